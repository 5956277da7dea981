"""The values that are filled into the sentences about views, what is due and what was observed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

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
        "no_value": ("about",),
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
        "answered": ("about", "when", "value"),
        "without_value": ("about", "value"),
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
