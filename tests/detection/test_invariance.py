"""What must not change an answer: units, direction, row order, blocks, threads, how a missing session is written."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therarel.detection import Detection, detect, judge
from therarel.detection.rules import (
    BelowOwnMean,
    Drop,
    IndividualsChart,
    ReliableDrop,
    Rule,
    SuddenGain,
    SuddenLoss,
)
from therarel.panels import Panel
from therarel.simulation import simulate_clinic

RULES: list[Rule] = [
    Drop(k=2),
    Drop(k=1, scale="person_sd"),
    Drop(k=1, scale="moving_range"),
    Drop(k=1, scale="larger_person_between", reference="running_maximum"),
    Drop(k=1, scale="pooled_sd", reference="baseline"),
    Drop(k=1.5, scale="person_sd", reference="regression"),
    BelowOwnMean(k=1.5),
    IndividualsChart(),
    IndividualsChart(k=2, screened=True),
    IndividualsChart(k=2, detrended=True),
    IndividualsChart(k=2, autocorrelation=True),
    IndividualsChart(sigma="sd", k=2),
    IndividualsChart(rules={1, 2, 3, 5, 6}),
    ReliableDrop(reliability=0.8),
]
# Without scores that any rule measures in points: they scale with the scores.
IN_POINTS: list[Rule] = [*RULES, SuddenLoss(cutoff=0.5), SuddenGain(cutoff=0.5), Drop(minimal_drop=0.5)]
scores_strategy = st.lists(st.one_of(st.integers(12, 60), st.none()), min_size=1, max_size=16).map(
    lambda ys: np.array([math.nan if y is None else y / 12 for y in ys])
)


def codes(found: Detection) -> list[list[int]]:
    """The verdict codes of all rules."""
    return [code.tolist() for code in found.codes]


def rescaled(rule: Rule, factor: float) -> Rule:
    """The rule in other units."""
    from attrs import evolve

    if isinstance(rule, SuddenLoss):
        return evolve(rule, cutoff=None if rule.cutoff is None else rule.cutoff * factor)
    return evolve(rule, minimal_drop=rule.minimal_drop * factor)


@pytest.mark.parametrize("rule", IN_POINTS, ids=lambda rule: rule.label)
@settings(max_examples=25, deadline=None)
@given(scores=scores_strategy, factor=st.sampled_from([0.1, 3.0, 7.3, 1e6]), shift=st.sampled_from([0.0, 0.1, -4.7]))
def test_other_units_give_the_same_verdicts(rule: Rule, scores: np.ndarray, factor: float, shift: float) -> None:
    """Scores and scale multiplied and shifted give the same verdicts, ties included."""
    plain = judge(rule, scores, scale=(1, 5), step=1 / 12)
    low, high = 1 * factor + shift, 5 * factor + shift
    other = judge(rescaled(rule, factor), scores * factor + shift, scale=(low, high), step=factor / 12)
    assert plain.code.tolist() == other.code.tolist()


@pytest.mark.parametrize("rule", IN_POINTS, ids=lambda rule: rule.label)
@settings(max_examples=25, deadline=None)
@given(scores=scores_strategy)
def test_turned_scores_give_the_same_verdicts(rule: Rule, scores: np.ndarray) -> None:
    """A scale on which lower is better gives the verdicts of its mirror image."""
    plain = judge(rule, scores, scale=(1, 5), step=1 / 12)
    other = judge(rule, 6 - scores, scale=(1, 5), step=1 / 12, higher_is_better=False)
    assert plain.code.tolist() == other.code.tolist()


@settings(max_examples=25, deadline=None)
@given(scores=scores_strategy)
def test_a_gain_is_a_loss_upside_down(scores: np.ndarray) -> None:
    """Sudden gains of a series are the sudden losses of its mirror image."""
    gain = judge(SuddenGain(cutoff=0.5), scores, scale=(1, 5))
    loss = judge(SuddenLoss(cutoff=0.5), 6 - scores, scale=(1, 5))
    assert gain.code.tolist() == loss.code.tolist()


@pytest.mark.parametrize("rule", IN_POINTS, ids=lambda rule: rule.label)
@settings(max_examples=25, deadline=None)
@given(scores=scores_strategy)
def test_a_session_without_a_score_may_be_left_out_or_written_as_missing(rule: Rule, scores: np.ndarray) -> None:
    """Attended sessions without a score give the same verdicts whether they have a row or not."""
    sessions = np.arange(1.0, scores.size + 1)
    there = ~np.isnan(scores)
    written = judge(rule, scores, sessions, scale=(1, 5))
    if there.any():
        left_out = judge(rule, scores[there], sessions[there], scale=(1, 5))
        assert written.code[there].tolist() == left_out.code.tolist()


@pytest.fixture(scope="module")
def clinic() -> Panel:
    """A simulated panel with some scores missing."""
    made = simulate_clinic(90, seed=5)
    score = made.score.copy()
    score[np.random.default_rng(1).random(score.size) < 0.1] = math.nan
    labels = np.array(made.labels(), dtype=object)[made.dyad]
    return Panel.from_arrays(labels, made.session, score, scale=(1, 5), higher_is_better=True, construct="alliance")


@pytest.fixture(scope="module")
def found(clinic: Panel) -> Detection:
    """What all rules find in it."""
    return detect(clinic, primary=RULES[0], also=IN_POINTS[1:])


@pytest.mark.parametrize("rows", [1, 7, 100, 100_000])
@pytest.mark.parametrize("threads", [1, 2, 5])
def test_blocks_and_threads_never_change_an_answer(clinic: Panel, found: Detection, rows: int, threads: int) -> None:
    """Any block size and any number of threads give the same pooled figures and the same verdicts, to the last bit."""
    other = detect(clinic, primary=RULES[0], also=IN_POINTS[1:], rows=rows, threads=threads)
    assert other.context == found.context
    assert codes(other) == codes(found)


def test_the_order_of_rows_never_changes_an_answer(clinic: Panel, found: Detection) -> None:
    """Rows in any order give the same verdicts and the same candidates."""
    rows = clinic.to_frame("polars")
    mixed = rows.sample(fraction=1.0, shuffle=True, seed=3)
    other = detect(
        Panel.from_frame(
            mixed,
            dyad="dyad",
            session="session",
            score="score",
            scale=(1, 5),
            higher_is_better=True,
            construct="alliance",
        ),
        primary=RULES[0],
        also=IN_POINTS[1:],
    )
    assert codes(other) == codes(found)
    assert [repr(each) for each in other.candidates] == [repr(each) for each in found.candidates]


def test_one_dyad_alone_is_judged_as_it_is_among_others(clinic: Panel) -> None:
    """A rule that pools nothing gives a dyad the same verdicts alone and in a panel."""
    rule = IndividualsChart()
    together = detect(clinic, primary=rule)
    at = 0
    for block in clinic.blocks(rows=1):
        alone = judge(rule, block.score, block.session, scale=(1, 5))
        assert together.codes[0][at : at + block.n_sessions].tolist() == alone.code.tolist()
        at += block.n_sessions


def test_ties_do_not_hang_on_the_last_bit() -> None:
    """A drop that equals its threshold in exact arithmetic fires whatever the rounding of the scores."""
    for start in (0.1, 0.7, 2.3, 3.3, 4.1):
        scores = [start, start, start, start - 0.3]  # the drop is exactly twice the own standard deviation
        verdicts = judge(Drop(k=2, scale="person_sd"), scores, scale=(0, 5))
        assert verdicts.flagged.tolist() == [False, False, False, True]
