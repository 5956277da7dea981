"""From a file to a graph: read, check, refuse what is wrong, and lay one file over another."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from therarel.concepts.checking import Scope, document_faults
from therarel.concepts.document import ReadDocument, read_document
from therarel.concepts.faults import Fault
from therarel.concepts.graph import ConceptGraph
from therarel.concepts.terms import FaultLevel
from therarel.counting import counted
from therarel.discretion import discreet
from therarel.errors import ReadingError
from therarel.reading import Problem, Source

_FILE: Final = Path(__file__).with_name("concepts.yaml")


@cache
def concept_graph() -> ConceptGraph:
    """The concept graph of the therapeutic relationship, loaded once.

    Links whose basis is ``inferred`` are our readings of the outline that the library implements; no clinician has
    reviewed them, and `ConceptGraph.without_inferred` leaves them out.

    Examples:
        >>> graph = concept_graph()
        >>> len(graph), len(graph.edges())
        (124, 366)
    """
    return load_concepts(_FILE, name=_FILE.name)


@discreet
def load_concepts(source: Source, *, name: str | None = None) -> ConceptGraph:
    """The graph of a file that defines its own kinds of concept and link.

    Args:
        source: The YAML text, its bytes, or the file that holds it.
        name: The name to use in messages; the file's own where it is ``None``.

    Raises:
        ReadingError: if anything is wrong with it, with every place at once.
    """
    read = read_document(source, name=name)
    _refuse(read, _faults(read, None))
    document = read.document
    return ConceptGraph(
        title=document.title,
        version=document.version,
        node_kinds=document.node_kinds,
        edge_kinds=document.edge_kinds,
        nodes=document.nodes,
        edges=document.edges,
        references=document.references,
    )


@discreet
def extend_concepts(base: ConceptGraph, source: Source, *, name: str | None = None) -> ConceptGraph:
    """The graph with the concepts and links of another file laid over it; what was there before stays as it is.

    The file may bring kinds, publications, concepts, and links between its own concepts and those below.
    `ConceptGraph.provenance` says which file a concept or link came from.

    Args:
        base: The graph below.
        source: The YAML text, its bytes, or the file that holds it.
        name: The name to use in messages; the file's own where it is ``None``.

    Raises:
        ReadingError: if anything is wrong with the file, alone or over the graph, with every place at once.

    Examples:
        >>> ours = extend_concepts(concept_graph(), '''
        ... schema: therarel.concepts/1
        ... title: Terms of our clinic
        ... version: "1"
        ... nodes:
        ... - {id: checking_in, kind: skill, label: Checking in, origin: literature,
        ...    definition: Asking in every session how the work together feels.}
        ... edges:
        ... - {subject: checking_in, kind: supports, object: collaboration, basis: literature, refs: [tryon2018]}
        ... ''')
        >>> ours.provenance("checking in"), ours.provenance("collaboration")
        ('Terms of our clinic', 'Concept graph of the therapeutic relationship')
    """
    read = read_document(source, name=name)
    _refuse(read, _faults(read, base))
    document = read.document
    layers: dict[object, str] = {**base.layers, **{node.id: document.title for node in document.nodes}}
    layers.update({edge.triple: document.title for edge in document.edges})
    return ConceptGraph(
        title=base.title,
        version=base.version,
        node_kinds=(*base.node_kinds, *document.node_kinds),
        edge_kinds=(*base.edge_kinds, *document.edge_kinds),
        nodes=(*base.nodes(), *document.nodes),
        edges=(*base.edges(), *document.edges),
        references=(*base.references, *document.references),
        layers=layers,
    )


@discreet
def check_concepts(source: Source, *, over: ConceptGraph | None = None, name: str | None = None) -> tuple[Fault, ...]:
    r"""Everything that is wrong or noteworthy in a file of concepts, with lines; nothing is raised.

    Args:
        source: The YAML text, its bytes, or the file that holds it.
        over: The graph that the file is to be laid over; ``None`` where it is read alone.
        name: The name to use in messages; the file's own where it is ``None``.

    Examples:
        >>> for fault in check_concepts("schema: therarel.concepts/1\ntitle: Ours\nversion: 1"):
        ...     print(fault)
        error: line 3, column 10 $.version: text is needed, got 1. Hint: put it in quotes
    """
    try:
        read = read_document(source, name=name)
    except ReadingError as error:
        return tuple(Fault.of(problem) for problem in error.problems if isinstance(problem, Problem))
    return _faults(read, over)


def _faults(read: ReadDocument, base: ConceptGraph | None) -> tuple[Fault, ...]:
    return read.placed(document_faults(Scope(read.document, base)))


def _refuse(read: ReadDocument, faults: tuple[Fault, ...]) -> None:
    errors = [fault.problem() for fault in faults if fault.level is FaultLevel.ERROR]
    if errors:
        raise ReadingError(f"the concepts make no graph, {counted(len(errors), 'error')}", errors, where=read.name)
