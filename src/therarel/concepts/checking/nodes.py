"""Faults of concepts: ids, kinds, names, definitions, places and mappings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import therarel.domain as domain
from therarel.concepts.checking.texts import id_faults, named, outline_faults, repeated, text_faults, unknown
from therarel.concepts.document import Scope
from therarel.concepts.faults import Fault
from therarel.concepts.terms import FaultLevel, Match, Origin, Scheme
from therarel.concepts.values import Counterpart, Node, folded
from therarel.reading import Path

_SLUG: Final = re.compile(r"[a-z]+(?:-[a-z]+)*")
# MeSH descriptors have six digits, and nine since 2013; BCIO numbers have six; Wikidata items are Q and a number.
_POSSIBLE: Final = {
    Scheme.MESH: (re.compile(r"D\d{6}(?:\d{3})?"), "such as D004645"),
    Scheme.BCIO: (re.compile(r"BCIO:\d{6}"), "such as BCIO:050942"),
    Scheme.WIKIDATA: (re.compile(r"Q[1-9]\d*"), "such as Q182263"),
}


def node_faults(scope: Scope) -> Iterator[Fault]:
    """What is wrong with the concepts that a document brings."""
    ids = set(scope.below)
    names = {folded(name): node.id for node in scope.below.values() for name in node.names}
    definitions = {folded(node.definition) for node in scope.below.values()}
    exact = {
        each.identifier: node.id for node in scope.below.values() for each in node.mappings if each.match is Match.EXACT
    }
    for position, node in enumerate(scope.document.nodes):
        here: Path = ("nodes", position)
        yield from id_faults(node.id, (*here, "id"))
        if node.id in ids:
            what = "a concept with this id is there already"
            yield Fault(what=what, path=(*here, "id"), value=named(node.id))
        else:
            yield from _name_faults(node, here, names)
        ids.add(node.id)
        if node.kind not in scope.node_kinds:
            yield unknown("no such kind of node", node.kind, scope.node_kinds, (*here, "kind"))
        yield from _definition_faults(node, here, definitions)
        yield from text_faults(node.note, (*here, "note"), "note")
        yield from _place_faults(node, here)
        yield from _class_faults(node, here)
        yield from _mapping_faults(node, here, exact)


def _name_faults(node: Node, here: Path, names: dict[str, str]) -> Iterator[Fault]:
    yield from text_faults(node.label, (*here, "label"), "label")
    given = [("label", node.label)] if node.label.strip() else []
    if node.slug is not None:
        given.append(("slug", node.slug))
        if not _SLUG.fullmatch(node.slug):
            yield Fault(
                what="a slug is in lower case with hyphens",
                path=(*here, "slug"),
                value=named(node.slug),
                bound="such as 'active-listening'",
            )
    own = {folded(node.id)}
    other = names.get(folded(node.id))
    if other is not None:
        yield _taken("id", node.id, other, (*here, "id"))
    for field, name in given:
        yield from _name_fault(field, name, (*here, field), names, own, node.id)
    for position, alias in enumerate(node.aliases):
        path = (*here, "aliases", position)
        yield from text_faults(alias, path, "alias")
        if alias in (node.id, node.label, node.slug, *node.aliases[:position]):
            yield Fault(level=FaultLevel.WARN, what="the alias leads here already", path=path, value=named(alias))
        yield from _name_fault("alias", alias, path, names, own, node.id)
    for name in own:
        names.setdefault(name, node.id)


def _name_fault(
    field: str, name: str, path: Path, names: dict[str, str], own: set[str], identifier: str
) -> Iterator[Fault]:
    other = names.get(folded(name))
    if other is not None and other != identifier:
        yield _taken(field, name, other, path)
    own.add(folded(name))


def _taken(field: str, name: str, other: str, path: Path) -> Fault:
    return Fault(
        what=f"the {field} leads to '{other}' already",
        path=path,
        value=named(name),
        hint="no two concepts share a name",
    )


def _definition_faults(node: Node, here: Path, definitions: set[str]) -> Iterator[Fault]:
    path = (*here, "definition")
    yield from text_faults(node.definition, path, "definition")
    text = folded(node.definition)
    if not text:
        return
    if text in definitions:
        yield Fault(what="another concept has the same definition", path=path)
    definitions.add(text)
    if text.rstrip(".") == folded(node.label):
        yield Fault(level=FaultLevel.WARN, what="the definition only repeats the label", path=path)
    if not node.definition.rstrip().endswith("."):
        yield Fault(level=FaultLevel.INFO, what="the definition does not end with a full stop", path=path)


def _place_faults(node: Node, here: Path) -> Iterator[Fault]:
    yield from outline_faults(node.outline, (*here, "outline"))
    if (node.origin is Origin.DOCUMENT) != bool(node.outline):
        hint = "a concept of the outline has a place there, one of the literature has none"
        yield Fault(
            level=FaultLevel.WARN,
            what="origin and outline disagree",
            path=(*here, "origin"),
            value=named(node.origin.value),
            hint=hint,
        )


_CLASSES: Final = (*domain.__all__, *domain.events.__all__)
"""What a concept may name: nouns of the domain, and its events."""


def _class_faults(node: Node, here: Path) -> Iterator[Fault]:
    for position, name in enumerate(node.classes):
        path = (*here, "classes", position)
        if name not in _CLASSES:
            yield unknown("therarel.domain has no such name", name, _CLASSES, path)
        elif name in node.classes[:position]:
            yield repeated("class", name, path)


def _mapping_faults(node: Node, here: Path, exact: dict[str, str]) -> Iterator[Fault]:
    seen = set()
    for position, mapping in enumerate(node.mappings):
        path = (*here, "mappings", position)
        yield from text_faults(mapping.label, (*path, "label"), "label")
        yield from _identifier_faults(mapping, (*path, "identifier"))
        if mapping.identifier in seen:
            yield repeated("identifier", mapping.identifier, (*path, "identifier"))
        seen.add(mapping.identifier)
        if mapping.match is Match.EXACT and exact.setdefault(mapping.identifier, node.id) != node.id:
            yield Fault(
                level=FaultLevel.WARN,
                what=f"'{exact[mapping.identifier]}' is an exact match of it already",
                path=(*path, "match"),
                value=named(mapping.identifier),
                hint="two concepts that both match it exactly would be one",
            )


def _identifier_faults(mapping: Counterpart, path: Path) -> Iterator[Fault]:
    pattern, bound = _POSSIBLE[mapping.vocabulary]
    if not pattern.fullmatch(mapping.identifier):
        yield Fault(
            what=f"no identifier of {mapping.vocabulary.value.upper()} looks like this",
            path=path,
            value=named(mapping.identifier),
            bound=bound,
            hint="leave the identifier out where none is known",
        )
