"""Whether every name of a table exists and stands where it belongs."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final

from therarel.citations import bibliography
from therarel.domain import AllianceStatus, Stage
from therarel.domain.events import FACTS, JUDGEMENTS
from therarel.errors import hint_for
from therarel.machine.checking.findings import FindingKind, TableFault
from therarel.machine.conditions import CONDITIONS
from therarel.machine.effects import EFFECTS
from therarel.machine.guards import GUARDS
from therarel.machine.remarks import REMARK_RULES
from therarel.machine.table import Region, RegionName, Transition, TransitionTable
from therarel.reading import Path
from therarel.texts import Texts

_FACTS: Final[Mapping[str, type[Any]]] = {kind.__name__: kind for kind in FACTS}
_EVENTS: Final[Mapping[str, type[Any]]] = {**_FACTS, **{kind.__name__: kind for kind in JUDGEMENTS}}
_STAGES: Final = tuple(stage.value for stage in Stage)
_STATUSES: Final = tuple(status.value for status in AllianceStatus)


def names(table: TransitionTable) -> Iterator[TableFault]:
    """Names that do not exist, or stand where they do not belong."""
    yield from _regions(table)
    seen: set[str] = set()
    for position, row in enumerate(table.transitions):
        path = ("transitions", position)
        if row.id in seen:
            yield TableFault(FindingKind.MISPLACED, (*path, "id"), f"another row goes by the name '{row.id}'")
        seen.add(row.id)
        yield from _row(table, row, path)
    yield from _facts(table)


def unexplained(table: TransitionTable, texts: Texts, *, in_texts: bool = False) -> Iterator[TableFault]:
    """Rows for which neither the table nor the texts say why they are there, each with its place in one of the two."""
    for position, row in enumerate(table.transitions):
        if row.worded_reason(texts).strip():
            continue
        if in_texts:
            what = f"there is no sentence for '{row.id}' among the reasons"
            yield TableFault(FindingKind.MISSING_TEXT, ("reasons",), what, in_texts=True)
        else:
            what = f"'{row.id}' says no reason"
            hint = "say in words why it is here ('reason'), or under its id among the 'reasons' of the texts"
            yield TableFault(FindingKind.MISSING_TEXT, ("transitions", position), what, hint)


def _unknown(what: str, name: str, known: Collection[str], path: Path) -> Iterator[TableFault]:
    if name not in known:
        yield TableFault(FindingKind.UNKNOWN_NAME, path, f"there is no {what} '{name}'", hint_for(name, known, most=40))


def _regions(table: TransitionTable) -> Iterator[TableFault]:
    for group, states in table.groups.items():
        for state in states:
            yield from _unknown("stage", state, _STAGES, ("groups", group))
    regions: tuple[tuple[str, Region, tuple[str, ...], str], ...] = (
        ("stage", table.regions.stage, _STAGES, Stage.INITIAL_FORMATION),
        ("alliance_status", table.regions.alliance_status, _STATUSES, AllianceStatus.INTACT),
    )
    for name, region, known, initial in regions:
        path = ("regions", name)
        for position, state in enumerate(region.states):
            yield from _unknown("state", state, known, (*path, "states", position))
        if region.initial != initial:
            yield TableFault(FindingKind.MISPLACED, (*path, "initial"), f"a course begins in '{initial}'")
        for position, state in enumerate(region.moves_in):
            yield from _unknown("stage", state, (*_STAGES, *table.groups), (*path, "moves_in", position))


def _row(table: TransitionTable, row: Transition, path: Path) -> Iterator[TableFault]:
    yield from _unknown("event", row.event, _EVENTS, (*path, "event"))
    known = table.regions.alliance_status.states if row.region is RegionName.ALLIANCE_STATUS else ()
    states = known or (*table.regions.stage.states, *table.groups)
    for position, state in enumerate(row.during):
        yield from _unknown("state", state, states, (*path, "during", position))
    yield from _target(table, row, path)
    if row.event in _FACTS and row.guards:
        what = f"'{row.event}' is a fact, and facts are never declined"
        hint = "say with 'when' which row answers, or record a judgement"
        yield TableFault(FindingKind.MISPLACED, (*path, "guards"), what, hint)
    if row.when is not None:
        yield from _fitting("condition", row.when, CONDITIONS, row.event, (*path, "when"))
    for position, guard in enumerate(row.guards):
        yield from _fitting("guard", guard, GUARDS, row.event, (*path, "guards", position))
    if row.effect is not None:
        yield from _fitting("effect", row.effect, EFFECTS, row.event, (*path, "effect"))
    for position, remark in enumerate(row.remarks):
        yield from _fitting("remark", remark, REMARK_RULES, row.event, (*path, "remarks", position))
    for position, key in enumerate(row.basis):
        yield from _unknown("citation", key, bibliography(), (*path, "basis", position))


def _target(table: TransitionTable, row: Transition, path: Path) -> Iterator[TableFault]:
    if row.region is RegionName.STAGE:
        allowed: tuple[str, ...] = (*table.regions.stage.states, "ended_from")
    elif row.region is RegionName.ALLIANCE_STATUS:
        allowed = (*table.regions.alliance_status.states, "same", "origin")
    else:
        allowed = ()
    if row.to is None and allowed:
        yield TableFault(FindingKind.MISPLACED, path, f"a row of the region '{row.region}' says where it leads")
    elif row.to is not None and not allowed:
        yield TableFault(FindingKind.MISPLACED, (*path, "to"), f"a row of '{row.region}' moves no region")
    elif row.to is not None:
        yield from _unknown("state", row.to, allowed, (*path, "to"))


def _facts(table: TransitionTable) -> Iterator[TableFault]:
    seen: set[str] = set()
    for position, row in enumerate(table.facts):
        path = ("facts", position)
        yield from _unknown("fact", row.event, _FACTS, (*path, "event"))
        if row.event in seen:
            yield TableFault(FindingKind.MISPLACED, (*path, "event"), f"'{row.event}' occurs twice")
        seen.add(row.event)
        if row.effect is not None:
            yield from _fitting("effect", row.effect, EFFECTS, row.event, (*path, "effect"))
        for number, remark in enumerate(row.remarks):
            yield from _fitting("remark", remark, REMARK_RULES, row.event, (*path, "remarks", number))
    for name in _FACTS:
        if name not in seen:
            hint = "every fact is accepted; list it, without an effect if it is only logged"
            yield TableFault(FindingKind.MISPLACED, ("facts",), f"'{name}' is missing", hint)


def _fitting(
    what: str, name: str, known: Mapping[str, Callable[..., object]], event: str, path: Path
) -> Iterator[TableFault]:
    yield from _unknown(what, name, known, path)
    if name in known and event in _EVENTS and _EVENTS[event] not in _read_by(known[name]):
        speaks_of = ", ".join(sorted(kind.__name__ for kind in _read_by(known[name])))
        yield TableFault(FindingKind.MISPLACED, path, f"the {what} '{name}' reads {speaks_of}, not {event}")


def _read_by(function: Callable[..., object]) -> tuple[type[Any], ...]:
    """The classes of events that a function reads; its second argument says so."""
    second = list(inspect.signature(function).parameters)[1]
    declared = typing.get_type_hints(function)[second]
    if declared is object:
        return tuple(_EVENTS.values())
    return typing.get_args(declared) or (declared,)
