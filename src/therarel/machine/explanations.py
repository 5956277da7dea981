"""Decisions in plain language and as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from attrs import field, frozen

from therarel.domain import Correction, Event, Rater, events
from therarel.machine.guards import Unmet
from therarel.machine.remarks import Remark
from therarel.machine.safety_remarks import SAFETY_REMARKS
from therarel.representation import one_line
from therarel.texts import AND, Listed, Texts, standard_texts
from therarel.vocabulary import Vocabulary

Plain: TypeAlias = str | int | bool | list["Plain"] | dict[str, "Plain"] | None
"""Data that JSON can hold."""


def event_label(event: Event | Correction, texts: Texts) -> str:
    """An event in words, with what it is about where it has that.

    Args:
        event: The event.
        texts: The texts in whose words it is said.

    Examples:
        >>> from therarel.domain import StageTask
        >>> from therarel.texts import standard_texts
        >>> event_label(events.StageTaskMet(StageTask.BUILDING_RAPPORT), standard_texts())
        'stage task met, building rapport'
        >>> event_label(events.EntryRetracted(3), standard_texts())
        'entry 3 retracted'
    """
    label = texts.event(type(event).__name__)
    about: object
    match event:
        case events.StageTaskMet(task=task) | events.StageTaskWaived(task=task) | events.StageTaskReopened(task=task):
            about = task
        case events.EntryRetracted(of=number):
            return texts("event.retracted", number=number)
        case events.EntryCorrected(of=number, by=instead):
            return texts("event.corrected", number=number, event=event_label(instead, texts))
        case events.Measured(score=score):
            return texts("event.measured", instrument=score.instrument)
        case events.RiskAnswersReviewed(instrument=instrument):
            about = instrument
        case events.RepairViewGiven(by=rater, view=view):
            return texts("event.repair_view", rater=rater, view=view)
        case events.ConsentDecided():
            return texts("event.consent", consent=event.consent)
        case events.TermsExplained(terms=terms):
            return texts("event.explained", terms=Listed(sorted(terms), AND))
        case events.RepairSucceeded(judged_by=raters) if raters:
            return texts("event.judged_by", event=label, raters=Listed((each for each in Rater if each in raters), AND))
        case events.RelationshipRated(quality=quality) if quality.rater is not None:
            return texts("event.rated_by", event=label, rater=quality.rater)
        case events.PerspectiveGiven(by=rater):
            return texts("event.rated_by", event=label, rater=rater)
        case events.RuptureNoticed(severity=severity, modes=modes):
            about = Listed((severity, *sorted(modes)), ", ")
        case events.RepairBegan(route=about) | events.RepairStepTaken(step=about) | events.Closed(reason=about):
            pass
        case events.ClosedAllStagesCompleted():
            return texts("event.all_stages_completed")
        case (
            events.SafetyConcernReviewed(of=str(concern))
            | events.BreachReassessed(of=concern)
            | events.BreachAddressed(of=concern)
            | events.ClientInformed(of=concern)
            | events.ClientWishStated(of=concern)
            | events.GoalReviewed(of=concern)
            | events.TherapeuticTaskReviewed(of=concern)
        ):
            about = concern
        case _:
            return label
    return texts("event.about", event=label, about=about)


def listed_label(judgement: Event, texts: Texts) -> str:
    """A judgement in words where many are listed, each once, whoever would judge a repair.

    Args:
        judgement: The judgement.
        texts: The texts in whose words it is said.

    Examples:
        >>> from therarel.domain import Rater
        >>> from therarel.texts import standard_texts
        >>> repaired = events.RepairSucceeded({Rater.CLIENT})
        >>> event_label(repaired, standard_texts()), listed_label(repaired, standard_texts())
        ('repair succeeded, judged by client', 'repair succeeded')
    """
    judged = isinstance(judgement, events.RepairSucceeded)
    return texts.event(type(judgement).__name__) if judged else event_label(judgement, texts)


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
        texts: The texts in whose words it is said.

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
    texts: Texts = field(factory=standard_texts, eq=False, repr=False)

    @classmethod
    def of(cls, guard: str, unmet: Unmet, texts: Texts) -> FailedGuard:
        """What a guard found, put into words."""
        words = {"value": unmet.value, "threshold": unmet.threshold, "about": unmet.in_words or unmet.about}
        text = texts.guards[guard]
        case = text.for_case(unmet.case)
        named = (unmet.value, unmet.threshold, *unmet.about)
        found = (each.concept for each in named if isinstance(each, Vocabulary))
        return cls(
            guard,
            text.question,
            _sentence(texts.filled(case.fails, words)),
            _sentence(texts.filled(case.would_change, words)),
            unmet.value,
            unmet.threshold,
            unmet.about,
            tuple(dict.fromkeys((*text.concepts, *filter(None, found)))),
            texts,
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
        would_change = self.texts("explanation.would_change", text=self.would_change)
        return f"{self.question}\n    {self.sentence}\n    {would_change}"


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
        texts: The texts in whose words it is said.

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
    texts: Texts = field(factory=standard_texts, eq=False, repr=False)

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
            lines.append(self.texts("explanation.changed", changes=Listed(self.changes)))
        notes = (remark for remark in self.remarks if remark.code not in SAFETY_REMARKS)
        lines += [self.texts("explanation.note", remark=remark.text) for remark in notes]
        if self.open_now:
            lines.append(self.texts("explanation.open_now", events=Listed(self.open_now)))
        return "\n".join(lines)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _plain(value: str | int | bool | None) -> Plain:
    return str(value) if isinstance(value, str) else value
