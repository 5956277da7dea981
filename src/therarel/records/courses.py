"""A course as a record: where it began, every entry with its verdict, and the policy it was judged by.

The state is not written: it is the fold of the entries, and reading a course folds them again.
"""

from __future__ import annotations

from attrs import field, frozen

from therarel.domain import Relationship
from therarel.errors import InvalidValueError
from therarel.machine import Course, Machine, Policy, Recorded

__all__ = ["CourseRecord"]


@frozen
class CourseRecord:
    """A course of therapy as a value: written as a document, made a course again with `course`.

    Args:
        start: The relationship before the first entry.
        entries: Every entry in the order of recording.
        policy: The thresholds that judgements were tested against.
        machine: Name of the table that decided.

    Examples:
        >>> from therarel.domain import events
        >>> course = Course.begin("C-014", "T-03")
        >>> _ = course.record(events.SessionHeld(session=1))
        >>> CourseRecord.of(course).course() == course
        True
    """

    start: Relationship
    entries: tuple[Recorded, ...] = ()
    policy: Policy = field(factory=Policy)
    machine: str = field(factory=lambda: Machine.standard().table.name)

    @classmethod
    def of(cls, course: Course) -> CourseRecord:
        """The record of a course as it stands."""
        return cls(course.start, course.log, course.policy, course.machine.table.name)

    def course(self, machine: Machine | None = None) -> Course:
        """The course again, with its history and the state that follows from it.

        Args:
            machine: The table that decides; ours by default. It must be the one the record names.

        Raises:
            InvalidValueError: if the record was written under another table.
        """
        chosen = machine or Machine.standard()
        if chosen.table.name != self.machine:
            raise InvalidValueError(
                "the course was recorded under another table",
                where="CourseRecord.machine",
                value=f"'{self.machine}'",
                bound=f"'{chosen.table.name}'",
                hint="hand that table over: record.course(machine=...)",
            )
        return Course.resume(self.start, self.entries, policy=self.policy, machine=chosen)
