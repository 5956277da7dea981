"""The graph itself: concepts, links, what they rest on, look-ups, and smaller graphs cut out of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Self, TypeAlias, TypeVar

import networkx as nx

from therarel.citations import Citation, citation
from therarel.concepts.findings import Evidence, Finding, findings
from therarel.concepts.names import Concept, Names
from therarel.concepts.terms import EdgeDirection
from therarel.concepts.values import Edge, EdgeKind, Node, NodeKind, edge_attributes, node_attributes
from therarel.errors import UnknownNameError, hint_for, shown
from therarel.representation import one_line

NodeLinks: TypeAlias = "nx.MultiDiGraph[str]"
"""A plain graph of networkx with concept ids as nodes and kinds of link as edge keys."""

K = TypeVar("K", NodeKind, EdgeKind)


class GraphCore:
    """Concepts and links over a networkx graph that nobody else can write to."""

    __slots__ = (
        "__weakref__", "_edge_kinds", "_edges", "_findings", "_graph", "_kept", "_layers", "_names",
        "_node_kinds", "_nodes", "_references", "title", "version",
    )  # fmt: skip

    def __init__(
        self,
        *,
        title: str,
        version: str,
        node_kinds: Iterable[NodeKind],
        edge_kinds: Iterable[EdgeKind],
        nodes: Iterable[Node],
        edges: Iterable[Edge],
        references: Iterable[Citation] = (),
        layers: Mapping[object, str] | None = None,
    ) -> None:
        self.title, self.version = title, version
        self._node_kinds = {kind.id: kind for kind in node_kinds}
        self._edge_kinds = {kind.id: kind for kind in edge_kinds}
        self._references = {each.key: each for each in references}
        # What came from a file laid over the first, by node id or edge triple.
        self._layers = dict(layers or {})
        self._graph: NodeLinks = nx.MultiDiGraph()
        self._nodes = {node.id: node for node in nodes}
        self._edges = tuple(edges)
        self._graph.add_nodes_from((node.id, {"node": node}) for node in self._nodes.values())
        for edge in self._edges:
            self._graph.add_edge(edge.subject, edge.object, edge.kind, edge=edge)
        nx.freeze(self._graph)
        self._names = Names(self._nodes.values())
        self._findings: dict[tuple[str, str, str], tuple[Finding, ...]] | None = None
        self._kept: dict[str, Self] = {}

    # what is there

    def __len__(self) -> int:
        """How many concepts there are."""
        return len(self._nodes)

    def __iter__(self) -> Iterator[Node]:
        """The concepts in the order of their file, which follows the outline."""
        return iter(self._nodes.values())

    def __contains__(self, concept: object) -> bool:
        """Whether something leads to a concept of this graph."""
        try:
            self.node(concept)  # type: ignore[arg-type]  # anything may be asked about
        except UnknownNameError:
            return False
        return True

    def __repr__(self) -> str:
        return one_line(
            f"{len(self)} concepts, {len(self.edges())} links", f"{type(self).__name__} '{self.title}' {self.version}"
        )

    def __str__(self) -> str:
        return f"{self.title} {self.version}: {len(self)} concepts, {len(self.edges())} links"

    def nodes(self, kind: str | None = None) -> tuple[Node, ...]:
        """The concepts in order, all or those of one kind.

        Raises:
            UnknownNameError: if there is no such kind.

        Examples:
            >>> from therarel.concepts import concept_graph
            >>> [node.label for node in concept_graph().nodes("role")]
            ['Therapist', 'Client', 'Supervisor']
        """
        if kind is not None:
            self.node_kind(kind)
        return tuple(node for node in self._nodes.values() if kind in (None, node.kind))

    def edges(self, kind: str | None = None) -> tuple[Edge, ...]:
        """The links in order, all or those of one kind.

        Raises:
            UnknownNameError: if there is no such kind.
        """
        if kind is not None:
            self.edge_kind(kind)
        return tuple(edge for edge in self._edges if kind in (None, edge.kind))

    @property
    def node_kinds(self) -> tuple[NodeKind, ...]:
        """The kinds of concept."""
        return tuple(self._node_kinds.values())

    @property
    def edge_kinds(self) -> tuple[EdgeKind, ...]:
        """The kinds of link."""
        return tuple(self._edge_kinds.values())

    def node_kind(self, kind: str) -> NodeKind:
        """A kind of concept by its id.

        Raises:
            UnknownNameError: if there is none; names the nearest.
        """
        return _known(self._node_kinds, kind, "kind of concept")

    def edge_kind(self, kind: str) -> EdgeKind:
        """A kind of link by its id.

        Raises:
            UnknownNameError: if there is none; names the nearest.
        """
        return _known(self._edge_kinds, kind, "kind of link")

    @property
    def root(self) -> Node:
        """The relationship itself."""
        return next(node for node in self.nodes() if node.kind == "relationship")

    # look-up

    def node(self, concept: Concept) -> Node:
        """The concept that something leads to.

        Args:
            concept: An id, label, alias or slug (case, hyphens and underscores make no difference), a term of a
                vocabulary, a class of the domain or an object of it, or a node.

        Raises:
            UnknownNameError: if it leads to none; names the nearest.

        Examples:
            >>> from therarel.concepts import concept_graph
            >>> from therarel.domain import AllianceStatus, WorkingAlliance
            >>> graph = concept_graph()
            >>> [graph.node(each).id for each in ("Mutual agreement on treatment goals", "congruence")]
            ['goal_agreement', 'authenticity']
            >>> [graph.node(each).id for each in (AllianceStatus.RUPTURED, WorkingAlliance)]
            ['alliance_rupture', 'working_alliance']
        """
        identifier = self._names.find(concept)
        if identifier is None or identifier not in self._nodes:
            raise self._names.unknown(concept)
        return self._nodes[identifier]

    def edge(self, subject: Concept, kind: str, object: Concept) -> Edge:  # noqa: A002  the third part of a triple
        """The link of that kind from one concept to another.

        Raises:
            UnknownNameError: if a concept or the kind is unknown, or no such link is there.
        """
        ends = self.node(subject).id, self.node(object).id
        self.edge_kind(kind)
        if not self._graph.has_edge(*ends, key=kind):
            there = [edge for edge in self.links(ends[0]) if edge.other(ends[0]) == ends[1]]
            hint = "; ".join(self.sentence(edge) for edge in there) or "nothing links the two directly"
            raise UnknownNameError("no such link", value=f"{ends[0]} {kind} {ends[1]}", hint=hint)
        found: Edge = self._graph.edges[ends[0], ends[1], kind]["edge"]
        return found

    def links(
        self,
        concept: Concept,
        kind: str | Collection[str] | None = None,
        direction: EdgeDirection | str = EdgeDirection.BOTH,
    ) -> tuple[Edge, ...]:
        """The links of a concept.

        Args:
            concept: Whose links.
            kind: Kind or kinds of link; ``None`` is all.
            direction: ``out`` where it is the subject, ``in`` where it is the object, or ``both``.

        Raises:
            UnknownNameError: if the concept, a kind or the direction is unknown.

        Examples:
            >>> from therarel.concepts import concept_graph
            >>> graph = concept_graph()
            >>> [graph.sentence(edge) for edge in graph.links("warmth", "supports")]
            ['Warmth supports bond.']
        """
        here, way = self.node(concept).id, EdgeDirection(direction)
        wanted = None if kind is None else {kind} if isinstance(kind, str) else set(kind)
        for each in wanted or ():
            self.edge_kind(each)
        found: list[Edge] = []
        if way is not EdgeDirection.IN:
            found += [data["edge"] for _, _, data in self._graph.out_edges(here, data=True)]
        if way is not EdgeDirection.OUT:
            found += [data["edge"] for _, _, data in self._graph.in_edges(here, data=True)]
        return tuple(edge for edge in found if wanted is None or edge.kind in wanted)

    def reachable(
        self,
        concept: Concept,
        kind: str | Collection[str] | None = None,
        direction: EdgeDirection | str = EdgeDirection.OUT,
        *,
        depth: int | None = None,
    ) -> tuple[Node, ...]:
        """A concept and everything that links lead to from it, the nearest first.

        Args:
            concept: Where to begin.
            kind: Kind or kinds of link to follow; ``None`` is all.
            direction: ``out`` from subject to object, ``in`` the other way, or ``both``.
            depth: How many links away at most; ``None`` is any number.

        Raises:
            UnknownNameError: if the concept, a kind or the direction is unknown.

        Examples:
            >>> from therarel.concepts import concept_graph
            >>> [node.id for node in concept_graph().reachable("empathy", "part_of")]
            ['empathy', 'therapeutic_presence', 'core_components', 'therapeutic_relationship']
        """
        here, way = self.node(concept).id, EdgeDirection(direction)
        kinds = {kind} if isinstance(kind, str) else kind
        for each in kinds or ():
            self.edge_kind(each)
        followed: nx.Graph[str] = nx.Graph() if way is EdgeDirection.BOTH else nx.DiGraph()
        followed.add_node(here)
        for edge in self.edges():
            if kinds is None or edge.kind in kinds:
                followed.add_edge(
                    *((edge.object, edge.subject) if way is EdgeDirection.IN else (edge.subject, edge.object))
                )
        return tuple(self._nodes[each] for each in nx.single_source_shortest_path_length(followed, here, depth))

    def prerequisites(self, concept: Concept) -> tuple[Edge, ...]:
        """The links that say what a concept directly requires, those of the stage that it is a part of included."""
        node = self.node(concept)
        found = list(self.links(node, "requires", EdgeDirection.OUT))
        for edge in self.links(node, "part_of", EdgeDirection.OUT):
            if self.node(edge.object).kind == "stage":
                found += self.links(edge.object, "requires", EdgeDirection.OUT)
        return tuple(found)

    # what it rests on

    def evidence(self, edge: Edge) -> Evidence:
        """What a link rests on: basis, places, publications and figures."""
        return Evidence(
            edge.basis, edge.outline, tuple(self.citation(key) for key in edge.refs), self.findings_of(edge)
        )

    def citation(self, key: str) -> Citation:
        """A publication that links rest on.

        Raises:
            UnknownNameError: if neither the bibliography nor a file laid over the graph has it.
        """
        return self._references.get(key) or citation(key)

    def findings_of(self, edge: Edge) -> tuple[Finding, ...]:
        """The published figures that belong to a link."""
        if self._findings is None:
            told: dict[tuple[str, str, str], list[Finding]] = {}
            for finding in findings():
                if finding.concept is not None and finding.outcome is not None:
                    told.setdefault((finding.concept, "predicts", finding.outcome), []).append(finding)
            self._findings = {triple: tuple(rows) for triple, rows in told.items()}
        return self._findings.get(edge.triple, ())

    @property
    def references(self) -> tuple[Citation, ...]:
        """The publications that came with the files of the graph, beside the bibliography of the library."""
        return tuple(self._references.values())

    @property
    def layers(self) -> Mapping[object, str]:
        """Titles of the files laid over the first one, by the concept ids and the triples of the links they brought."""
        return MappingProxyType(self._layers)

    def provenance(self, part: Concept | Edge) -> str:
        """The file that a concept or link comes from: the title of the graph, or of what was laid over it."""
        key = part.triple if isinstance(part, Edge) else self.node(part).id
        return self._layers.get(key, self.title)

    def sentence(self, edge: Edge, *, reverse: bool = False) -> str:
        """A link as a sentence, read from its subject or from its object.

        Examples:
            >>> from therarel.concepts import concept_graph
            >>> graph = concept_graph()
            >>> edge = graph.edge("empathy", "developed_by", "self_awareness")
            >>> graph.sentence(edge), graph.sentence(edge, reverse=True)
            ('Empathy is developed by self-awareness.', 'Self-awareness develops empathy.')
        """
        ends = (edge.object, edge.subject) if reverse else (edge.subject, edge.object)
        first = self.node(ends[0])
        verb = self.edge_kind(edge.kind).verb(reverse=reverse, plural=first.plural)
        return f"{first.label} {verb} {self.in_sentence(ends[1])}."

    def in_sentence(self, concept: Concept) -> str:
        """A label as it stands inside a sentence: names of instruments and theories keep their capital.

        Examples:
            >>> from therarel.concepts import concept_graph
            >>> concept_graph().in_sentence("empathy"), concept_graph().in_sentence("wai")
            ('empathy', 'Working Alliance Inventory')
        """
        node = self.node(concept)
        kind = self._node_kinds.get(node.kind)
        if kind is not None and kind.named:
            return node.label
        return node.label[:1].lower() + node.label[1:]

    # smaller graphs, plain graphs

    def subgraph(self, concepts: Iterable[Concept]) -> Self:
        """The graph of these concepts and the links between them."""
        kept = {self.node(concept).id for concept in concepts}
        nodes = [node for node in self.nodes() if node.id in kept]
        return self._made(nodes, [edge for edge in self.edges() if edge.subject in kept and edge.object in kept])

    def without_inferred(self) -> Self:
        """The graph without the links that are our reading of the outline and nothing else.

        All concepts stay, also those that nothing links any more.

        Examples:
            >>> from therarel.concepts import concept_graph
            >>> graph = concept_graph()
            >>> len(graph.edges()) - len(graph.without_inferred().edges())
            106
        """
        if "stated" not in self._kept:
            self._kept["stated"] = self._made(self.nodes(), [edge for edge in self.edges() if not edge.is_inferred])
        return self._kept["stated"]

    def _made(self, nodes: Iterable[Node], edges: Iterable[Edge]) -> Self:
        return type(self)(
            title=self.title,
            version=self.version,
            node_kinds=self.node_kinds,
            edge_kinds=self.edge_kinds,
            nodes=nodes,
            edges=edges,
            references=self._references.values(),
            layers=self._layers,
        )

    def to_networkx(self) -> NodeLinks:
        """A plain `networkx.MultiDiGraph` of your own: a copy that may be changed and given to any algorithm.

        Nodes are ids with ``label``, ``kind``, ``definition``, ``origin``, ``aliases``, ``outline``, ``slug`` and
        ``note``; the key of an edge is its kind, with ``kind``, ``basis``, ``outline``, ``refs``, ``waivable``,
        ``alternative``, ``note`` and ``weight`` (publications and figures that speak for it). What is not known is
        left out. Values are text, numbers, truth values and lists of text.

        Examples:
            >>> import networkx as nx
            >>> from therarel.concepts import concept_graph
            >>> nx.number_weakly_connected_components(concept_graph().to_networkx())
            1
        """
        plain: NodeLinks = nx.MultiDiGraph(title=self.title, version=self.version)
        plain.add_nodes_from((node.id, node_attributes(node)) for node in self.nodes())
        for edge in self.edges():
            attributes = {**edge_attributes(edge), "weight": self.evidence(edge).weight}
            plain.add_edge(edge.subject, edge.object, edge.kind, **attributes)
        return plain


def _known(kinds: Mapping[str, K], kind: str, words: str) -> K:
    found = kinds.get(kind)
    if found is None:
        raise UnknownNameError(f"no such {words}", value=shown(kind), hint=hint_for(kind, kinds))
    return found
