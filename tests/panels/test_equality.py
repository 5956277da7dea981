"""When two panels are the same: what their scores mean counts as much as the scores."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from therarel.panels import Panel

PLAIN: dict[str, Any] = {"scale": (1, 5), "higher_is_better": True}
OTHERWISE: dict[str, dict[str, Any]] = {
    "the plain one": {},
    "another scale": {"scale": (1, 7)},
    "the other direction": {"higher_is_better": False},
    "another construct": {"construct": "alliance"},
    "another rater": {"rater_is": "therapist"},
    "another timing": {"timing": "pre_session"},
    "another index": {"index": "scheduled"},
    "a largest gap": {"max_gap": 2},
    "another largest gap": {"max_gap": 3},
    "an instrument": {"instrument": "wai-sr"},
}


def panel(
    dyads: str = "AABB", sessions: tuple[int, ...] = (1, 2, 1, 2), scores: Any = (4, 3.5, 2, 3), **more: Any
) -> Panel:
    """Two dyads of two sessions, or what is given in their place."""
    return Panel.from_arrays(list(dyads), list(sessions), list(scores), **{**PLAIN, **more})


@pytest.mark.parametrize(("one", "other"), [*itertools.product(OTHERWISE, OTHERWISE)])
def test_panels_are_equal_only_where_their_scores_mean_the_same(one: str, other: str) -> None:
    """The same numbers on another scale, by another rater, at another time or of another thing are another panel."""
    left, right = panel(**OTHERWISE[one]), panel(**OTHERWISE[other])
    assert (left == right) is (one == other)
    if one == other:
        assert hash(left) == hash(right)


@pytest.mark.parametrize(
    "changed",
    [
        {"scores": (4, 3.5, 2, 4)},
        {"scores": (4, 3.5, 2, None)},
        {"sessions": (1, 2, 1, 3)},
        {"dyads": "AAAC", "sessions": (1, 2, 3, 1)},
        {"therapist": ["T", "T", "T", "T"]},
    ],
)
def test_panels_of_other_sessions_are_not_equal(changed: dict[str, Any]) -> None:
    """One score, session, dyad or column more or less makes another panel, and nothing else equals a panel."""
    assert panel() != panel(**changed)
    assert panel() != "a panel"
    assert panel() == panel()


def test_where_a_row_was_read_does_not_count() -> None:
    """The same sessions in another order of rows are the same panel, and are told apart from no other by their hash."""
    assert panel() == panel("BBAA", (1, 2, 1, 2), (2, 3, 4, 3.5))
    assert hash(panel()) == hash(panel("BBAA", (1, 2, 1, 2), (2, 3, 4, 3.5)))


def test_a_panel_is_no_other_thing() -> None:
    """Compared with what is no panel, the answer is no, and the other thing is asked as well."""
    panel = Panel.from_arrays(["A", "A"], [1, 2], [4, 5], scale=(1, 5), higher_is_better=True)
    assert (panel == 5) is False
    assert (panel != "A") is True
    assert panel.__eq__(5) is NotImplemented
