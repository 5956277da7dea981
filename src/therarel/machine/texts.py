"""What a machine says, in words for clinicians, as written in its file."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from attrs import field, frozen

__all__ = ["DUE_FIELDS", "OBSERVED_FIELDS", "VIEW_FIELDS", "CaseText", "GuardText", "Texts"]

VIEW_FIELDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "title": ("about",),
        "not_a_status": (),
        "key": (),
        "before": ("value", "when"),
        "nothing_rated": (),
        "unrated": ("about",),
        "range_not_verified": (),
        "invariance_not_established": (),
        "not_at_one_session": (),
        "not_rated_by_both": (),
    }
)
"""What is said with the views of the relationship, each with the values of its sentence."""
DUE_FIELDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "concern_first_look": ("about",),
        "concern_review": ("about",),
        "answers_to_look_at": ("about",),
        "independent_review": ("about",),
        "breach_supervision": ("about",),
        "client_not_informed": ("about",),
        "concern_without_date": ("about",),
        "pause_ended": ("value",),
        "client_view_of_repair": ("about",),
        "goals": ("value",),
        "views": ("value",),
        "measures": ("value",),
        "development": ("about", "value"),
    }
)
"""What is said of what is due, each with the values of its sentence."""

OBSERVED_FIELDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "title": ("about",),
        "why": (),
        "not_measured": (),
        "one_score": ("about", "value", "when"),
        "change": ("about", "before", "start", "after", "end"),
        "reliable": ("value", "about"),
        "reliable_not_known": (),
        "significance": ("value", "about"),
        "no_cutoff": (),
        "sessions": ("held", "client", "unannounced", "not_known", "therapist", "neither"),
        "no_sessions": (),
        "gap": ("value",),
        "gap_not_known": (),
        "ended": ("value",),
        "not_ended": (),
        "scores": ("about", "value", "low", "high"),
        "gains": ("value",),
        "gains_none": (),
        "gains_not_looked_for": (),
        "expected": ("value", "inside", "better", "worse"),
        "expected_not_compared": (),
        "follow_up": ("when", "value", "start", "end"),
        "no_follow_up": (),
        "goal": ("about", "value", "scale", "rater"),
        "goal_first": ("about", "value", "scale", "rater", "before"),
        "goal_not_rated": ("about",),
        "no_goals": (),
    }
)
"""What is said of what was observed over a course, each with the values of its sentence."""


@frozen
class CaseText:
    """What is said where a guard does not hold in one of several ways.

    Args:
        fails: What does not hold. ``{value}``, ``{threshold}`` and ``{about}`` are filled in.
        would_change: What would change it.
    """

    fails: str
    would_change: str


@frozen
class GuardText:
    """What a guard asks and says.

    Args:
        question: What it asks.
        fails: What is said where it does not hold. ``{value}``, ``{threshold}`` and ``{about}`` are filled in.
        would_change: What would change it.
        concepts: Ids of the concepts it rests on, beside those of the tasks or states that it names.
        cases: Other sentences for certain ways of not holding.

    Examples:
        >>> from therarel.machine import Machine
        >>> Machine.standard().texts.guards["status_intact"].question
        'Is the alliance intact?'
    """

    question: str
    fails: str
    would_change: str
    concepts: tuple[str, ...] = ()
    cases: Mapping[str, CaseText] = field(factory=dict)

    def for_case(self, case: str) -> CaseText:
        """The sentences for a way of not holding."""
        return self.cases.get(case) or CaseText(self.fails, self.would_change)


@frozen
class Texts:
    """Every sentence of a machine.

    Args:
        guards: By the name of the guard.
        conditions: By the name of the condition: when the row answers.
        effects: By the name of the effect: what changes.
        remarks: By the name of the remark: what is said.
        views: What is said with the views of the relationship.
        due: By the kind: what is due.
        observed: What is said of what was observed over a course.
        clinician_reviewed: Whether a clinician has reviewed each of the sentences.
    """

    guards: Mapping[str, GuardText]
    conditions: Mapping[str, str]
    effects: Mapping[str, str]
    remarks: Mapping[str, str]
    views: Mapping[str, str] = field(factory=dict)
    due: Mapping[str, str] = field(factory=dict)
    observed: Mapping[str, str] = field(factory=dict)
    clinician_reviewed: bool = False
