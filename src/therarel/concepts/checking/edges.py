"""Faults of links and of kinds: their ends, their kind, what they rest on, and what occurs twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import attrs

from therarel.concepts.checking.texts import id_faults, named, outline_faults, repeated, text_faults, unknown
from therarel.concepts.document import Scope
from therarel.concepts.faults import Fault
from therarel.concepts.terms import Basis, FaultLevel
from therarel.concepts.values import Edge, EdgeKind, folded
from therarel.reading import Path


def kind_faults(scope: Scope) -> Iterator[Fault]:
    """What is wrong with the kinds that a document brings."""
    document = scope.document
    seen = set(scope.taken_node_kinds)
    for position, kind in enumerate(document.node_kinds):
        here: Path = ("node_kinds", position)
        yield from id_faults(kind.id, (*here, "id"))
        yield from text_faults(kind.meaning, (*here, "meaning"), "meaning")
        if kind.id in seen:
            yield _twice("kind of node", kind.id, (*here, "id"))
        seen.add(kind.id)
    names = set(scope.taken_edge_kinds)
    for position, link in enumerate(document.edge_kinds):
        here = ("edge_kinds", position)
        for field in ("id", "inverse"):
            name = getattr(link, field)
            yield from id_faults(name, (*here, field))
            if name in names and not (field == "inverse" and link.symmetric and name == link.id):
                yield _twice("kind of edge", name, (*here, field))
            names.add(name)
        if link.symmetric and link.inverse != link.id:
            yield Fault(
                what="a symmetric kind of edge is its own inverse",
                path=(*here, "inverse"),
                value=named(link.inverse),
                bound=link.id,
            )
        for field in ("says", "inverse_says", "meaning"):
            yield from text_faults(getattr(link, field), (*here, field), field.replace("_", " "))
        for field in ("subjects", "objects"):
            yield from _ends(scope, getattr(link, field), (*here, field))


def _ends(scope: Scope, kinds: tuple[str, ...], path: Path) -> Iterator[Fault]:
    if not kinds:
        yield Fault(what="a kind of edge needs kinds of node at both ends", path=path)
    for position, kind in enumerate(kinds):
        if kind not in scope.node_kinds:
            yield unknown("no such kind of node", kind, scope.node_kinds, (*path, position))
        elif kind in kinds[:position]:
            yield repeated("kind", kind, (*path, position))


def _twice(name: str, value: str, path: Path) -> Fault:
    return Fault(what=f"this {name} is there already", path=path, value=named(value))


# Whether an edge of this basis names places in the outline, and whether it names publications; None: it may.
_RESTS: Final = {
    Basis.STATED: (True, None),
    Basis.OUTLINE: (True, False),
    Basis.INFERRED: (None, False),
    Basis.INFERRED_WITH_LITERATURE: (None, True),
    Basis.LITERATURE: (False, True),
}
_EVIDENCE: Final = (("outline", "a place in the outline"), ("refs", "a publication"))


def edge_faults(scope: Scope) -> Iterator[Fault]:
    """What is wrong with the links that a document brings, each link alone."""
    triples = {edge.triple for edge in scope.edges_below}
    wholes = {
        (edge.subject, edge.kind): edge.object for edge in scope.edges_below if scope.edge_kinds[edge.kind].functional
    }
    for position, edge in enumerate(scope.document.edges):
        here: Path = ("edges", position)
        kind = scope.edge_kinds.get(edge.kind)
        if kind is None:
            yield unknown("no such kind of edge", edge.kind, scope.edge_kinds, (*here, "kind"))
        else:
            yield from _kind_faults(scope, edge, kind, here)
            if kind.functional and edge.subject in scope.nodes:
                whole = wholes.setdefault((edge.subject, edge.kind), edge.object)
                if whole != edge.object:
                    yield Fault(
                        what=f"'{edge.subject}' {kind.says} '{whole}' already, and has only one",
                        path=(*here, "object"),
                        value=named(edge.object),
                    )
            if kind.symmetric and (edge.object, edge.kind, edge.subject) in triples:
                yield Fault(
                    level=FaultLevel.WARN, what="the edge reads the same both ways and is there already", path=here
                )
            if (edge.waivable or edge.alternative) and edge.kind != "requires":
                name = "waivable" if edge.waivable else "alternative"
                yield Fault(level=FaultLevel.WARN, what="only a requirement has this", path=(*here, name), at_key=True)
        yield from _end_faults(scope, edge, here)
        if edge.triple in triples:
            yield Fault(what="this edge is there already", path=here, value=" ".join(edge.triple))
        triples.add(edge.triple)
        yield from _evidence_faults(scope, edge, here)
        for name in ("note", "alternative"):
            yield from text_faults(getattr(edge, name), (*here, name), name)


def _end_faults(scope: Scope, edge: Edge, here: Path) -> Iterator[Fault]:
    for name in ("subject", "object"):
        end = getattr(edge, name)
        if end not in scope.nodes:
            what = f"the {name} of the edge is not a concept"
            fault = unknown(what, end, scope.nodes, (*here, name), listed=False)
            meant = scope.names.get(folded(end))
            yield fault if meant is None else attrs.evolve(fault, hint=f"an edge names ids; did you mean '{meant}'?")
    if edge.subject == edge.object:
        yield Fault(
            what="an edge does not lead back to where it begins", path=(*here, "object"), value=named(edge.object)
        )


def _kind_faults(scope: Scope, edge: Edge, kind: EdgeKind, here: Path) -> Iterator[Fault]:
    subject, target = scope.nodes.get(edge.subject), scope.nodes.get(edge.object)
    for name, end, allowed in (("subject", subject, kind.subjects), ("object", target, kind.objects)):
        if end is not None and end.kind in scope.node_kinds and end.kind not in allowed:
            yield Fault(
                what=f"the kind '{end.kind}' cannot be the {name} of '{kind.id}'",
                path=(*here, name),
                value=named(end.id),
                bound=", ".join(allowed),
            )
    if kind.same_kind and subject is not None and target is not None and subject.kind != target.kind:
        yield Fault(
            what=f"'{kind.id}' joins concepts of one kind",
            path=(*here, "object"),
            value=named(target.id),
            bound=f"a {subject.kind} like '{subject.id}', not a {target.kind}",
        )


def _evidence_faults(scope: Scope, edge: Edge, here: Path) -> Iterator[Fault]:
    if not edge.outline and not edge.refs and edge.basis is not Basis.INFERRED:
        yield Fault(
            what="an edge names what it rests on",
            path=here,
            hint="add places of the outline or keys of the bibliography; what is your own reading is 'inferred'",
        )
    else:
        for (name, words), needed in zip(_EVIDENCE, _RESTS[edge.basis], strict=True):
            given = bool(getattr(edge, name))
            if needed is not None and given != needed:
                verb = "names" if needed else "does not name"
                what = f"an edge of the basis '{edge.basis}' {verb} {words}"
                yield Fault(what=what, path=(*here, name if given else "basis"))
    yield from outline_faults(edge.outline, (*here, "outline"))
    for position, key in enumerate(edge.refs):
        if key not in scope.references:
            yield unknown(
                "the bibliography has no such key", key, scope.references, (*here, "refs", position), listed=False
            )
        elif key in edge.refs[:position]:
            yield repeated("key", key, (*here, "refs", position))
