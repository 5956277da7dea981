"""Counts by group: those of the dyads themselves, and nothing about a handful of people."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.detection import Detection, GroupCounts, detect, rules
from therarel.errors import InvalidValueError, UnknownNameError
from therarel.panels import Panel
from therarel.reports import report
from therarel.simulation import simulate_clinic


def found(groups: Sequence[object], column: str = "arm") -> Detection:
    """Findings in a clinic, each dyad of which belongs to the group that stands at its place."""
    rows = simulate_clinic(len(groups), seed=5).panel().to_frame("polars")
    of = dict(zip(rows["dyad"].unique(maintain_order=True).to_list(), groups, strict=True))
    kept = rows.select("dyad", "session", "score").with_columns(
        pl.Series(column, [of[dyad] for dyad in rows["dyad"].to_list()], strict=False)
    )
    panel = Panel.from_frame(
        kept, dyad="dyad", session="session", score="score", scale=(1, 5), higher_is_better=True, covariates=[column]
    )
    return detect(panel, primary=rules.Drop(k=1), also=[rules.IndividualsChart()], expected="none")


def counts(groups: Sequence[object]) -> GroupCounts:
    """The counts by group."""
    return found(groups).by_group("arm")


def test_counts_are_those_of_the_dyads_themselves() -> None:
    """Each group counts what a panel of its dyads alone would, for every rule, and together they are the whole."""
    detection = found(["b"] * 90 + ["a"] * 70)
    told = detection.by_group("arm")
    assert [(each.group, each.dyads) for each in told.groups] == [("a", 70), ("b", 90)]
    frame = detection.panel.to_frame("polars")
    for each in told.groups:
        own = set(frame.filter(pl.col("arm") == each.group)["dyad"].to_list())
        assert each.sessions == frame.filter(pl.col("dyad").is_in(list(own)))["score"].count()
        for at, rule in enumerate(detection.rules):
            assert each.flagged_dyads[at] == len({one.dyad for one in detection.candidates_of(rule)} & own)
    for at, count in enumerate(detection.counts):
        assert sum(each.flagged_dyads[at] or 0 for each in told.groups) == count.flagged_dyads
    assert (told.hidden_groups, told.ungrouped_dyads, told.note) == (0, 0, "")


@pytest.mark.parametrize(
    ("sizes", "seen"),
    [
        ([5, 9], [5, 9]),
        ([4, 5, 9], [9]),  # one alone would follow from the counts of all
        ([4, 3, 9], [9]),
        ([2, 2, 9, 12], [12]),  # four dyads are a handful, too
        ([1, 1, 1, 1, 1, 9, 12], [12]),  # five groups in five dyads have one each
        ([4, 9], []),
        ([3], []),
    ],
)
def test_small_groups_are_hidden_with_what_keeps_them_hidden(sizes: list[int], seen: list[int]) -> None:
    """Fewer than five dyads are not shown, and those that are not shown are never one group or a handful of people."""
    told = counts([f"group {at}" for at, size in enumerate(sizes) for _ in range(size)])
    assert [each.dyads for each in told.groups] == seen
    assert told.hidden_groups == len(sizes) - len(seen)


@given(sizes=st.lists(st.integers(1, 12), min_size=1, max_size=7), apart=st.integers(0, 7))
def test_nothing_about_a_handful_follows_from_what_is_shown(sizes: list[int], apart: int) -> None:
    """What the counts of all leave over is nobody, five dyads or more in several groups, or all there are."""
    told = counts([*(f"group {at}" for at, size in enumerate(sizes) for _ in range(size)), *[None] * apart])
    left = sum(sizes) + apart - sum(each.dyads for each in told.groups)
    assert all(each.dyads >= 5 for each in told.groups)
    assert left == 0 or left >= 5 or not told.groups
    if any(size < 5 for size in sizes) and told.groups:
        assert told.hidden_groups >= 2
        assert left - apart > told.hidden_groups
    assert told.ungrouped_dyads == (None if 0 < apart < 5 else apart)


def test_hidden_groups_have_no_name_anywhere() -> None:
    """Text, data and page say how many there are and not what they are called."""
    detection = found(["a"] * 9 + ["she said so"] * 2 + ["he said so"] * 3)
    made = report(detection, groups=["arm"])
    for text in (str(made.groups[0]), str(made.as_dict()), made.html, repr(made.groups[0])):
        assert "said so" not in text
    assert "2 groups" in str(made.groups[0])
    assert "fewer than 5 each" in str(made.groups[0])
    assert '<th scope="row">2 groups</th>' in made.html


def test_only_dyads_with_one_group_are_in_one() -> None:
    """A cell that is empty names no group, two names in one dyad are none, and one spelling is one group."""
    several = [
        (f"D{at}", session, 3.0 + session % 2, "7" if session else "7.0") for at in range(6) for session in range(4)
    ]
    several += [("E", session, 3.0, f"{session}") for session in range(4)]
    partly = [("F", session, 3.0, "7" if session == 2 else None) for session in range(4)]
    partly += [("G", session, 3.0, None) for session in range(4)]
    table = pl.DataFrame([*several, *partly], schema=["dyad", "session", "score", "arm"], orient="row")
    panel = Panel.from_frame(table, scale=(1, 5), higher_is_better=True, covariates=["arm"])
    told = detect(panel, primary=rules.Drop(k=1), expected="none").by_group("arm")
    assert (told.groups, told.hidden_groups, told.ungrouped_dyads) == ((), 1, None)
    assert "with several" in told.note


def test_no_group_at_all_is_an_answer() -> None:
    """A column without a value has no groups, and says how many dyads that leaves."""
    told = counts([None] * 8)
    assert (told.groups, told.rows, told.ungrouped_dyads) == ((), (), 8)


def test_a_column_that_says_no_group_is_refused() -> None:
    """A name that the panel did not keep is answered with the nearest, and fractions are no labels."""
    detection = found(["a"] * 6)
    with pytest.raises(UnknownNameError, match="did you mean 'arm'"):
        detection.by_group("amr")
    with pytest.raises(UnknownNameError):
        detection.by_group("dyad")
    with pytest.raises(InvalidValueError, match="fractions"):
        counts(list(np.linspace(20.5, 70, 6)))


@pytest.mark.parametrize(
    ("sizes", "because"),
    [([3, 4, 9], "fewer than 5 each"), ([3], "fewer than 5"), ([4, 5, 9], "not shown"), ([5, 9], None)],
)
def test_the_data_say_why_groups_are_hidden(sizes: list[int], because: str | None) -> None:
    """In the words that stand in the table beside them."""
    told = counts([f"group {at}" for at, size in enumerate(sizes) for _ in range(size)])
    assert told.as_dict()["hidden_because"] == because
    assert because is None or told.rows[-1][1] == because


def test_nothing_hidden_leaves_nothing_to_note() -> None:
    """Counts of which nothing is hidden have a row for each group, and no note."""
    told = GroupCounts("arm", ("drop",), ())
    assert (told.rows, told.note, told.as_dict()["hidden_because"]) == ((), "", None)


def test_few_flagged_dyads_are_not_shown_and_the_note_says_so() -> None:
    """In the table, in the data and on the page."""
    detection = found(["a"] * 30 + ["b"] * 8 + ["c"] * 8)
    told = detection.by_group("arm")
    shown = [number for each in told.groups for number in each.flagged_dyads]
    assert None in shown
    assert "Fewer than 5 flagged dyads are not shown" in told.note
    assert "not shown" in str(told)
    assert "null" in json.dumps(told.as_dict())
    assert "Fewer than 5 flagged dyads are not shown" in report(detection, groups=["arm"]).html
