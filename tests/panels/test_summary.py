"""The summary of a panel: its numbers are those of the rows, and every line says one thing."""

from __future__ import annotations

import json
from itertools import islice
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therarel.panels import Panel

DYADS = st.lists(
    st.lists(st.none() | st.integers(4, 20).map(lambda quarter: quarter / 4), min_size=1, max_size=6),
    min_size=1,
    max_size=5,
).filter(lambda dyads: any(score is not None for dyad in dyads for score in dyad))


def panel_of(dyads: list[list[float | None]], **more: Any) -> Panel:
    """A panel of dyads D-1, D-2, ... with these scores."""
    labels = [f"D-{at}" for at, dyad in enumerate(dyads, 1) for _ in dyad]
    sessions = [session for dyad in dyads for session in range(1, len(dyad) + 1)]
    scores = [score for dyad in dyads for score in dyad]
    return Panel.from_arrays(labels, sessions, scores, **{"scale": (1, 5), "higher_is_better": True, **more})


@given(DYADS)
def test_the_numbers_are_those_of_the_rows(dyads: list[list[float | None]]) -> None:
    """Counts, mean, standard deviation, range and lengths, as numpy computes them."""
    panel = panel_of(dyads)
    summary, scores = panel.summary(), [score for dyad in dyads for score in dyad if score is not None]
    sizes = [len(dyad) for dyad in dyads]
    assert (summary.n_dyads, summary.n_sessions) == (len(dyads), sum(sizes)) == (panel.n_dyads, panel.n_sessions)
    assert (summary.n_scored, summary.n_missing) == (len(scores), sum(sizes) - len(scores))
    assert summary.sessions_per_dyad == (min(sizes), float(np.median(sizes)), max(sizes))
    assert panel.sessions_per_dyad().tolist() == sizes
    assert (summary.score_min, summary.score_max) == (min(scores), max(scores))
    assert summary.score_mean == pytest.approx(np.mean(scores))
    assert summary.score_sd == (pytest.approx(np.std(scores, ddof=1)) if len(scores) > 1 else None)
    assert (summary.n_therapists, summary.rows_read, summary.rows_merged) == (0, sum(sizes), 0)
    assert json.loads(json.dumps(summary.as_dict()))["n_scored"] == len(scores)
    assert list(summary.messages) == [str(problem) for problem in panel.problems]
    (whole,) = panel.blocks()
    assert (whole.n_dyads, whole.n_sessions) == (len(dyads), sum(sizes))
    assert [block.dyads for block in panel.blocks(labels=False)] == [[]]


@settings(max_examples=100)
@given(DYADS, st.integers(1, 8))
def test_blocks_take_whole_dyads_as_long_as_they_fit(dyads: list[list[float | None]], rows: int) -> None:
    """Each block holds as many of the dyads that are left as have at most so many rows, and at least one."""
    expected: list[list[int]] = []
    for at, dyad in enumerate(dyads):
        if expected and sum(len(dyads[each]) for each in expected[-1]) + len(dyad) <= rows:
            expected[-1].append(at)
        else:
            expected.append([at])
    panel = panel_of(dyads)
    blocks = list(islice(panel.blocks(rows=rows), len(dyads) + 1))
    assert [block.dyads for block in blocks] == [[f"D-{at + 1}" for at in held] for held in expected]
    for block, held in zip(blocks, expected, strict=True):
        sizes = [len(dyads[at]) for at in held]
        assert block.starts.tolist() == np.cumsum([0, *sizes]).tolist()
        assert block.first_row == sum(len(dyad) for dyad in dyads[: held[0]])
        assert (block.n_dyads, block.n_sessions) == (len(held), sum(sizes))
    assert blocks[0] != next(panel.blocks(rows=rows))  # by identity, for arrays have no truth value
    assert len(set(blocks)) == len(blocks)


def test_each_line_says_one_thing() -> None:
    """What was stated is printed, what was not is said not to be known."""
    plain = dict(panel_of([[4, 4.5], [3, 5, 2]]).summary().lines())
    assert plain == {
        "read": "arrays: 5 rows",
        "columns": "dyad = dyad, session = session, score = score",
        "dyads": "2, with 2 to 3 sessions (median 2.5)",
        "therapists": "not stated",
        "sessions": "5 (attended): 5 with a score, 0 without",
        "rows not used": "0 left out, 0 merged",
        "construct": "not known",
        "scale": "1 to 5, higher is better (given)",
        "scores": "2 to 5, mean 3.7, SD 1.2",
        "rater": "not known",
        "timing": "not known",
        "largest gap": "unlimited",
    }
    stated = panel_of(
        [[4, None], [9]], scale=None, higher_is_better=None, instrument="wai-sr", rater_is="therapist",
        timing="pre_session", index="scheduled", max_gap=2.5, therapist=["T1", "T1", "T2"],
    ).summary()  # fmt: skip
    told = dict(stated.lines())
    assert told["construct"] == "alliance (wai-sr)"
    assert (told["rater"], told["timing"], told["largest gap"]) == ("therapist", "pre session", "2.5")
    assert (told["therapists"], told["scale"]) == ("2", "1 to 5, higher is better (instrument)")
    assert (told["sessions"], told["scores"]) == ("3 (scheduled): 1 with a score, 2 without", "4 to 4, mean 4")
    text = str(stated)
    assert "found in the data:\n  " in text
    assert all(f"\n  {message}" in text for message in stated.messages)
    headings = [line.split("  ")[0] for line in str(panel_of([[4, 4.5], [3, 5, 2]]).summary()).splitlines()]
    assert headings == list(plain)


def test_the_page_of_a_notebook_holds_the_same_words() -> None:
    """Every line and every problem of the summary stands on the page, escaped; without problems there is no list."""
    panel = panel_of([[4, 9]], covariates={"<b>": ["x", "y"]})
    page = panel._repr_html_()
    for heading, words in panel.summary().lines():
        assert f">{heading}</th>" in page
        assert f">{words}</td>" in page
    assert page.count("<li>") == len(panel.problems) > 0
    assert f"Found in the data ({len(panel.problems)})" in page
    assert "<details>" not in panel_of([[4, 4.5]])._repr_html_()


def test_a_repr_says_how_much_there_is_and_what_of() -> None:
    """Dyads, sessions, scores, construct, scale and, where an item asks about risk, that one does."""
    assert repr(panel_of([[4, None]], construct="alliance")) == (
        "<Panel: 1 dyad, 2 sessions (1 scored, 1 without a score), alliance, 1 to 5, higher is better>"
    )
    assert "construct not known" in repr(panel_of([[4, 4.5]]))
