"""What the rows of a table do, tried on some thousands of relationships."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from random import Random
from typing import Final

from attrs import field, frozen

from therarel.domain import Event, Relationship
from therarel.errors import InvalidValueError
from therarel.machine.checking import FindingKind, TableFault, findings_of_form
from therarel.machine.deciding import decide
from therarel.machine.decisions import Declined
from therarel.machine.machine import Machine
from therarel.machine.policy import Policy, Requirement
from therarel.machine.specimens import events_about, specimens
from therarel.machine.table import TransitionTable
from therarel.texts import Texts

_UNUSABLE: Final = frozenset({FindingKind.UNKNOWN_NAME, FindingKind.MISPLACED, FindingKind.NONDETERMINISTIC})
_ENOUGH: Final = 500


@frozen
class Trial:
    """What was seen of a machine when it was tried out.

    Args:
        fired: Names of the rows that answered with an acceptance.
        decided_alone: Names of the guards that were once the only one to decline.
        overlaps: Pairs of rows that both answered.
        contradictions: By the name of the row, what its outcome contradicted.
    """

    fired: set[str] = field(factory=set)
    decided_alone: set[str] = field(factory=set)
    overlaps: set[tuple[str, str]] = field(factory=set)
    contradictions: dict[str, str] = field(factory=dict)


def check(
    table: TransitionTable | Machine, *, texts: Texts | None = None, policy: Policy | None = None
) -> tuple[TableFault, ...]:
    """What is wrong with a table; empty if nothing is.

    Names are looked up first; only a table whose names all exist is tried on specimens, which takes a second or two.
    Found are names that do not exist or do not belong, sentences that are missing or cannot be said, rows without a
    reason, states that cannot be reached or left, rows that never answer, two rows that answer at once, rows that lead
    to a contradiction, and guards that never are the only one to decline.

    Args:
        table: The table, or a machine, which brings its sentences and its policy.
        texts: The sentences; where ``None`` those of the machine, or of the standard one beside a table.
        policy: Thresholds; where ``None`` those of the machine, or the defaults beside a table.

    Examples:
        >>> import attrs
        >>> table = Machine.standard().table
        >>> without_return = [row for row in table.transitions if row.id != "S11"]
        >>> for finding in check(attrs.evolve(table, transitions=without_return)):
        ...     print(finding.what)
        no way leads to 're_engagement'
    """
    if isinstance(table, Machine):
        return check(table.table, texts=texts or table.texts, policy=policy or table.policy)
    spoken = Machine.standard().texts if texts is None else texts
    found = findings_of_form(table, spoken)
    if any(each.in_texts or each.kind in _UNUSABLE for each in found):
        return found
    return (*found, *behaviour(Machine(table, spoken, policy)))


def behaviour(machine: Machine) -> Iterator[TableFault]:
    """What a trial of the machine on all specimens finds."""
    return findings_of(machine, try_out(machine, _cases()))


def findings_of(machine: Machine, trial: Trial) -> Iterator[TableFault]:
    """What is wrong with a machine by what was seen of it."""
    used: dict[str, tuple[str | int, ...]] = {}
    for position, row in enumerate(machine.table.transitions):
        path = ("transitions", position)
        for first, second in sorted(trial.overlaps):
            if second == row.id:
                what = f"'{second}' and '{first}' both answer one event in one state"
                hint = "their conditions have to exclude each other"
                yield TableFault(FindingKind.NONDETERMINISTIC, path, what, hint)
        if row.id in trial.contradictions:
            what = f"'{row.id}' leads to a relationship that contradicts itself: {trial.contradictions[row.id]}"
            yield TableFault(FindingKind.CONTRADICTION, path, what, "another effect belongs to this row")
        elif row.id not in trial.fired:
            yield TableFault(FindingKind.DEAD, path, f"'{row.id}' never answers", "loosen its guards, or leave it out")
        for number, guard in enumerate(row.guards):
            used.setdefault(guard, (*path, "guards", number))
    for guard, place in used.items():
        if guard not in trial.decided_alone:
            what = f"the guard '{guard}' never is the only one to decline"
            yield TableFault(FindingKind.NEVER_DECIDES, place, what, "other guards of its rows say the same")


def _cases() -> Iterator[tuple[Relationship, Event]]:
    mixed = list(specimens())
    Random(0).shuffle(mixed)
    about: dict[tuple[object, ...], tuple[Event, ...]] = {}
    for relationship in mixed:
        known = about.get(relationship.breaches)
        if known is None:
            known = about[relationship.breaches] = tuple(events_about(relationship))
        yield from ((relationship, event) for event in known)


def try_out(machine: Machine, cases: Iterable[tuple[Relationship, Event]]) -> Trial:
    """Decide cases and note what answers, each under the policy of the machine and under one that requires all it can.

    A row that has answered, whose guards have all decided alone, and that was tried some hundred times, is left alone.
    """
    strict = machine.with_policy(machine.policy.with_all(Requirement.REQUIRED))
    trial = Trial()
    tried: Counter[str] = Counter()
    for relationship, event in cases:
        steps = machine.steps(relationship.stage, relationship.alliance_status, type(event)) or ()
        answering = [
            step.transition.id
            for step in steps
            if step.transition is not None and (step.when is None or step.when(relationship, event))
        ]
        if not answering or (tried[answering[0]] >= _ENOUGH and _settled(machine, answering[0], trial)):
            continue
        tried[answering[0]] += 1
        if len(answering) > 1:
            trial.overlaps.add((answering[0], answering[1]))
        for asked in (machine, strict):
            try:
                decision = decide(relationship, event, machine=asked)
            except InvalidValueError as contradiction:
                trial.contradictions[answering[0]] = contradiction.what
                break
            if not isinstance(decision, Declined):
                trial.fired.add(answering[0])
            elif len(decision.unmet) == 1:
                trial.decided_alone.add(decision.unmet[0][0])
    return trial


def _settled(machine: Machine, identifier: str, trial: Trial) -> bool:
    return identifier in trial.fired and trial.decided_alone.issuperset(machine.transition(identifier).guards)
