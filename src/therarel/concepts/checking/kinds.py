"""Faults of the grammar: kinds of node and kinds of edge."""

from __future__ import annotations

from collections.abc import Iterator

from therarel.concepts.checking.scope import Scope
from therarel.concepts.checking.texts import id_faults, named, repeated, text_faults
from therarel.concepts.faults import Fault
from therarel.concepts.terms import FaultLevel
from therarel.errors import hint_for
from therarel.reading import Path

__all__ = ["kind_faults"]


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
                level=FaultLevel.ERROR,
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
        yield Fault(level=FaultLevel.ERROR, what="a kind of edge needs kinds of node at both ends", path=path)
    for position, kind in enumerate(kinds):
        if kind not in scope.node_kinds:
            yield Fault(
                level=FaultLevel.ERROR,
                what="no such kind of node",
                path=(*path, position),
                value=named(kind, scope.node_kinds),
                hint=hint_for(kind, scope.node_kinds),
            )
        elif kind in kinds[:position]:
            yield repeated("kind", kind, (*path, position))


def _twice(name: str, value: str, path: Path) -> Fault:
    return Fault(level=FaultLevel.ERROR, what=f"this {name} is there already", path=path, value=named(value))
