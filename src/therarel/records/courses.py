"""A course as a record: where it began, every entry as it was recorded, and what decides.

The state is not written: it is the fold of the entries. What was accepted when it was recorded is applied again, and no
guard is asked about it, so that a later table, policy or release changes no past. A digest of the state shows whether
reading led to the same one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import attrs
from attrs import field, frozen

from therarel.domain import Relationship, checks
from therarel.errors import InvalidValueError
from therarel.machine import Clock, Course, Ids, Machine, Policy, Recorded, state_digest
from therarel.reading import holds_confidential
from therarel.representation import one_line


def _lines_of(lines: Iterable[Recorded]) -> tuple[Recorded, ...]:
    return checks.as_tuple(lines)


def _policies(policies: Iterable[Policy]) -> tuple[Policy, ...]:
    return checks.as_tuple(policies)


@frozen
class CourseRecord:
    """A course of therapy as a value: written as a document, made a course again with `course`.

    Args:
        start: The relationship before the first entry.
        entries: Every entry in the order of recording.
        policy: The thresholds that decide from now on.
        machine: Name of the table that decides from now on.
        earlier_policies: Other thresholds by which entries were decided.
        state: Digest of the state when it was written, confidential texts masked; ``None`` if that is not known.
        redacted: Whether confidential text was masked when it was written.

    Raises:
        InvalidValueError: if a part is not what it has to be.

    Examples:
        >>> from therarel.domain import events
        >>> course = Course.begin("C-014", "T-03")
        >>> _ = course.record(events.SessionHeld(session=1))
        >>> CourseRecord.of(course).course() == course
        True
    """

    start: Relationship = field(validator=checks.a(Relationship))
    entries: tuple[Recorded, ...] = field(default=(), converter=_lines_of, validator=checks.members(checks.a(Recorded)))
    policy: Policy = field(factory=Policy, validator=checks.a(Policy))
    machine: str = field(factory=lambda: Machine.standard().table.name, validator=checks.a(str))
    earlier_policies: tuple[Policy, ...] = field(
        default=(), converter=_policies, validator=checks.members(checks.a(Policy))
    )
    state: str | None = field(default=None, validator=checks.optional(checks.name))
    redacted: bool = field(default=False, validator=checks.truth)

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        return f"{self.start.dyad}, entries: {len(self.entries)}{', redacted' if self.redacted else ''}"

    @classmethod
    def of(cls, course: Course) -> CourseRecord:
        """The record of a course as it stands."""
        log = course.log
        return cls(
            course.start,
            log,
            course.machine.policy,
            course.machine.table.name,
            course.earlier_policies,
            state_digest(course.relationship),
            any(line.redacted for line in log),
        )

    def course(
        self,
        machine: Machine | None = None,
        *,
        earlier: Iterable[Machine] = (),
        clock: Clock | None = None,
        ids: Ids | None = None,
    ) -> Course:
        """The course again, with its history and its state.

        What another table, policy or release would decide otherwise, `Course.decided_otherwise` lists; nothing is
        decided anew here.

        Args:
            machine: The machine that decides from now on; ``None`` takes ours, if its table is the one of the record.
            earlier: Machines by which entries may have been decided before.
            clock: As for `Course.begin`.
            ids: As for `Course.begin`.

        Raises:
            InvalidValueError: if the record is of another table and no machine is given, or a line is missing.
        """
        chosen = Machine.standard() if machine is None else machine
        if machine is None and chosen.table.name != self.machine:
            raise InvalidValueError(
                "the course was recorded under another table",
                where="CourseRecord.machine",
                value=f"'{self.machine}'",
                bound=f"'{chosen.table.name}'",
                hint="hand that table over, or the one under which it goes on: record.course(machine=...)",
            )
        return Course.resume(
            self.start,
            self._lines(),
            machine=chosen.with_policy(self.policy),
            earlier=(*map(chosen.with_policy, self.earlier_policies), *earlier),
            clock=clock,
            ids=ids,
        )

    @property
    def not_known(self) -> tuple[str, ...]:
        """What a record of an older library could not keep, one line each; empty if everything is known."""
        agreed = () if self.start.agreements.kept_from_start else (_NOT_KEPT,)
        return (*_not_known(self.entries), *agreed)

    def _lines(self) -> Sequence[Recorded]:
        # what an older line could not keep, its record may have kept since: the state after the last of them
        if self.state is None or not self.entries or self.entries[-1].state is not None:
            return self.entries
        return (*self.entries[:-1], attrs.evolve(self.entries[-1], state=self.state))


_NOT_KEPT: Final = "what was agreed: the course began before agreements could be recorded"


def _not_known(entries: Sequence[Recorded]) -> Iterator[str]:
    lacking = {
        "who recorded it and when": [line.recorded_at is None for line in entries],
        "what decided it": [line.provenance is None for line in entries],
        "the state that it led to": [line.state is None for line in entries],
        "what it set aside": [line.corrects is not None and line.set_aside is None for line in entries],
    }
    for what, lacks in lacking.items():
        count = sum(lacks)
        if count:
            yield f"{what}: {count} of {len(entries)} entries, the first is entry {lacks.index(True) + 1}"


def marked(value: object) -> object:
    """The value as it is written redacted: each entry with confidential text says that it is masked, and its record."""
    if isinstance(value, Recorded):
        return _marked(value)
    if isinstance(value, CourseRecord):
        entries = tuple(map(_marked, value.entries))
        redacted = value.redacted or holds_confidential(value.start) or any(line.redacted for line in entries)
        return attrs.evolve(value, entries=entries, redacted=redacted)
    return value


def _marked(line: Recorded) -> Recorded:
    return attrs.evolve(line, redacted=True) if holds_confidential(line.event) else line
