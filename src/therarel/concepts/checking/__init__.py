"""Whether a file of concepts makes sense: its kinds, its nodes, its edges, and the graph that they make."""

from __future__ import annotations

from collections.abc import Iterator

from therarel.concepts.checking.edges import edge_faults, kind_faults
from therarel.concepts.checking.nodes import node_faults
from therarel.concepts.checking.texts import unseen_faults
from therarel.concepts.checking.whole import whole_faults
from therarel.concepts.document import Scope
from therarel.concepts.faults import Fault

__all__ = ["Scope", "document_faults"]


def document_faults(scope: Scope) -> Iterator[Fault]:
    """Everything that is wrong with the document of a scope, without places in its text."""
    yield from unseen_faults(scope)
    yield from kind_faults(scope)
    yield from node_faults(scope)
    yield from edge_faults(scope)
    yield from whole_faults(scope)
