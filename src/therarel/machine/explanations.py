"""Decisions in plain language and as data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, TypeAlias

from attrs import frozen

from therarel.domain import Correction, Event, events
from therarel.machine.guards import Unmet
from therarel.machine.remarks import Remark
from therarel.machine.safety_remarks import SAFETY_REMARKS
from therarel.machine.texts import GuardText
from therarel.representation import one_line
from therarel.vocabulary import Vocabulary

__all__ = ["Explanation", "FailedGuard", "Plain", "event_label", "said", "words_of"]

Plain: TypeAlias = str | int | bool | list["Plain"] | dict[str, "Plain"] | None
"""Data that JSON can hold."""

_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


def said(value: object) -> str:
    """A value as a sentence says it.

    Examples:
        >>> from therarel.domain import StageTask
        >>> said((StageTask.BUILDING_RAPPORT, StageTask.CREATING_SAFETY)), said(True), said(None)
        ('building rapport, creating safety', 'yes', 'none')
    """
    if isinstance(value, tuple):
        return ", ".join(map(said, value)) or "none"
    if isinstance(value, Vocabulary):
        return words_of(value.label)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)


def words_of(name: str) -> str:
    """A name of a class, a state or a group in words.

    Examples:
        >>> words_of("AdvanceRequested"), words_of("initial_formation"), words_of("re_engagement")
        ('advance requested', 'initial formation', 're-engagement')
    """
    words = _HUMP.sub(" ", name).replace("_", " ").lower()
    return f"re-{words[3:]}" if words.startswith("re ") else words


def event_label(event: Event | Correction) -> str:
    """An event in words, with what it is about where it has that.

    Examples:
        >>> from therarel.domain import StageTask
        >>> event_label(events.StageTaskMet(StageTask.BUILDING_RAPPORT)), event_label(events.EntryRetracted(3))
        ('stage task met, building rapport', 'entry 3 retracted')
    """
    label = words_of(type(event).__name__)
    match event:
        case events.StageTaskMet(task=task) | events.StageTaskWaived(task=task) | events.StageTaskReopened(task=task):
            return f"{label}, {task.label}"
        case events.EntryRetracted(of=number):
            return f"entry {number} retracted"
        case events.EntryCorrected(of=number, by=instead):
            return f"entry {number} corrected: {event_label(instead)}"
        case events.Measured(score=score):
            return f"measured, {score.instrument}"
        case events.RiskAnswersReviewed(instrument=instrument):
            return f"{label}, {instrument}"
        case events.RepairViewGiven(by=rater, view=view):
            return f"view of the repair, {rater.label}: {view.label}"
        case events.ConsentDecided():
            return f"consent to {event.consent.in_words}"
        case events.TermsExplained(terms=terms):
            return f"explained, {' and '.join(sorted(term.label for term in terms))}"
        case events.RelationshipRated(quality=quality) if quality.rater is not None:
            return f"{label} by the {quality.rater.label}"
        case events.ClosedAllStagesCompleted():
            return "closed with all stages completed"
        case (
            events.SafetyConcernReviewed(of=str(concern))
            | events.BreachReassessed(of=concern)
            | events.BreachAddressed(of=concern)
            | events.ClientInformed(of=concern)
            | events.ClientWishStated(of=concern)
            | events.GoalReviewed(of=concern)
            | events.TherapeuticTaskReviewed(of=concern)
        ):
            return f"{label}, {concern}"
        case _:
            return label


@frozen
class FailedGuard:
    """A condition that does not hold.

    Args:
        guard: Its name.
        question: What it asks.
        sentence: What does not hold.
        would_change: What would change it.
        value: What was found.
        threshold: What would be needed.
        about: The tasks, states, steps or breaches it is about.
        concepts: Ids of the concepts behind it.

    Examples:
        >>> from therarel.domain import Relationship, events
        >>> from therarel.machine import decide
        >>> failed = decide(Relationship.between("C-014", "T-03"), events.AdvanceRequested()).failing[0]
        >>> failed.value, failed.threshold, failed.question
        (0, 4, 'Are the four tasks of initial formation met?')
    """

    guard: str
    question: str
    sentence: str
    would_change: str
    value: str | int | bool | None
    threshold: str | int | bool | None
    about: tuple[str, ...]
    concepts: tuple[str, ...]

    @classmethod
    def of(cls, guard: str, unmet: Unmet, text: GuardText) -> FailedGuard:
        """What a guard found, put into words."""
        words = {
            "value": said(unmet.value),
            "threshold": said(unmet.threshold),
            "about": said(unmet.in_words or unmet.about),
        }
        case = text.for_case(unmet.case)
        named = (unmet.value, unmet.threshold, *unmet.about)
        found = (each.concept for each in named if isinstance(each, Vocabulary))
        return cls(
            guard,
            text.question,
            _sentence(case.fails.format_map(words)),
            _sentence(case.would_change.format_map(words)),
            unmet.value,
            unmet.threshold,
            unmet.about,
            tuple(dict.fromkeys((*text.concepts, *filter(None, found)))),
        )

    def to_data(self) -> dict[str, Plain]:
        """The same as JSON-ready data."""
        return {
            "guard": self.guard,
            "question": self.question,
            "sentence": self.sentence,
            "would_change": self.would_change,
            "value": _plain(self.value),
            "threshold": _plain(self.threshold),
            "about": [str(each) for each in self.about],
            "concepts": list(self.concepts),
        }

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        return f"{self.question}\n    {self.sentence}\n    What would change it: {self.would_change}"


@frozen(kw_only=True)
class Explanation:
    """A decision in plain language; ``str`` gives the text and `to_data` the data.

    Args:
        headline: The answer in one line.
        accepted: Whether the event was, or would be, accepted.
        event: Name of the class of the event.
        failing: The conditions that do not hold.
        changes: What changes, one line each.
        remarks: What is said with it.
        open_now: The judgements that are open instead.

    Examples:
        >>> from therarel.domain import Relationship, events
        >>> from therarel.machine import why_not
        >>> print(why_not(Relationship.between("C-014", "T-03"), events.AdvanceRequested()))
        Not now: advance requested.
        - Are the four tasks of initial formation met?
            Not met: building rapport, establishing trust, setting expectations, creating safety. 0 of 4 are met.
            What would change it: Each counts once you judge it met and record that.
        Open now: stage task met, building rapport.
    """

    headline: str
    accepted: bool
    event: str
    failing: tuple[FailedGuard, ...] = ()
    changes: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    open_now: tuple[str, ...] = ()

    def to_data(self) -> Mapping[str, Plain]:
        """The same as JSON-ready data, without any confidential text."""
        return {
            "event": self.event,
            "accepted": self.accepted,
            "failing": [failed.to_data() for failed in self.failing],
            "changes": list(self.changes),
            "remarks": [{"code": remark.code, "text": remark.text} for remark in self.remarks],
            "open_now": list(self.open_now),
        }

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        first = [str(remark) for remark in self.remarks if remark.code in SAFETY_REMARKS]
        lines = [*first, self.headline, *(f"- {failed}" for failed in self.failing)]
        if self.changes:
            lines.append(f"Changed: {'; '.join(self.changes)}.")
        lines += [f"Note: {remark}" for remark in self.remarks if remark.code not in SAFETY_REMARKS]
        if self.open_now:
            lines.append(f"Open now: {'; '.join(self.open_now)}.")
        return "\n".join(lines)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _plain(value: str | int | bool | None) -> Plain:
    return str(value) if isinstance(value, str) else value
