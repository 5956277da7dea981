"""What arithmetic forbids: short series, single spikes, and verdicts that never say "not flagged" where nothing could be."""

from __future__ import annotations

import math

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from therarel.detection import Reason, detect, judge
from therarel.detection.rules import (
    BelowOwnMean,
    CusumChart,
    Drop,
    EwmaChart,
    IndividualsChart,
    ReliableDrop,
    Rule,
    SuddenGain,
    SuddenLoss,
)
from therarel.detection.verdicts import CODES, reason_of
from therarel.noise.context import PanelContext
from therarel.noise.series import Series
from therarel.panels import Panel

SCALE = (0.0, 1000.0)
RULES: list[Rule] = [
    IndividualsChart(),
    IndividualsChart(k=2),
    IndividualsChart(minimal_drop=1),
    IndividualsChart(detrended=True),
    IndividualsChart(screened=True),
    IndividualsChart(sigma="sd", k=1.5),
    IndividualsChart(sigma="sd", k=2, detrended=True),
    IndividualsChart(sigma="sd", k=1.5, detrended=True),
    BelowOwnMean(k=2),
    BelowOwnMean(k=1.2),
    Drop(k=2, scale="person_sd"),
    Drop(k=1.5, scale="person_sd", minimal_drop=1),
    Drop(k=2, scale="person_sd", reference="running_maximum"),
    Drop(k=4, scale="points", reference="running_maximum"),
    Drop(k=1.7, scale="person_sd", reference="baseline", baseline=2),
    Drop(k=2, scale="person_sd", reference="regression"),
    Drop(k=2, scale="moving_range"),
    Drop(k=1.5, scale="moving_range", reference="person_mean"),
]
series_strategy = st.lists(st.integers(500, 505), min_size=1, max_size=9).map(lambda ys: np.array(ys, dtype=float))


def ever_flagged(rule: Rule, scores: np.ndarray, at: int) -> bool:
    """Whether any of many scores at a session would be flagged, the others held."""
    spread = np.ptp(scores) + 1
    tried = np.concatenate(
        [
            np.linspace(scores.min() - 60 * spread, scores.max(), 400),
            np.linspace(scores.min() - 3 * spread, scores.max(), 1600),
            scores,
            [-1e4],
        ]
    )
    every = np.tile(scores, (tried.size, 1))
    every[:, at] = tried
    n = scores.size
    series = Series(np.arange(tried.size + 1) * n, np.tile(np.arange(1.0, n + 1), tried.size), every.ravel())
    found = rule.verdicts(series, PanelContext.of_scale(*SCALE)).flagged
    return bool(found[at::n].any())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.label} {rule.settings.get('reference', '')}")
@settings(max_examples=15, deadline=None)
@given(scores=series_strategy)
def test_a_session_is_undetectable_exactly_where_no_score_could_fire(rule: Rule, scores: np.ndarray) -> None:
    """Apart from room, a verdict is undetectable where no score, on the scale or beyond, would be flagged; only there."""
    found = judge(rule, scores, scale=SCALE)
    unable = found.undetectable & (found.code != CODES[Reason.NO_ROOM])
    for at in range(scores.size):
        assert unable[at] != ever_flagged(rule, scores, at)


ON_SCALE: list[Rule] = [
    *RULES,
    CusumChart(interval=2, allowance=0.25),
    CusumChart(interval=3),
    EwmaChart(k=2, weight=0.4),
    IndividualsChart(k=2.5, minimal_drop=4),
    IndividualsChart(sigma="sd", k=2.5),
    IndividualsChart(sigma="sd", k=2.5, detrended=True),
    Drop(k=2, scale="larger_person_pooled", reference="person_mean"),
    Drop(k=1.5, scale="pooled_sd", reference="regression"),
    Drop(k=1, scale="moving_range", reference="running_maximum", minimal_drop=6),
    ReliableDrop(sd=3, reliability=0.8),
    ReliableDrop(sd=3, reliability=0.8, reference="running_maximum"),
    SuddenLoss(cutoff=4, criterion3=None, share=None),
    SuddenGain(cutoff=4, criterion3=None, share=None),
]
SMALL = (0.0, 10.0)


def flagged_on_scale(
    rule: Rule, scores: np.ndarray, at: int, context: PanelContext, sessions: np.ndarray | None = None
) -> bool:
    """Whether any of many scores of the scale would be flagged at a session, all else held, what was pooled too."""
    lattice = np.concatenate([np.linspace(*SMALL, 401), scores])
    every = np.tile(scores, (lattice.size, 1))
    every[:, at] = lattice
    n = scores.size
    counted = np.arange(1.0, n + 1) if sessions is None else sessions
    series = Series(np.arange(lattice.size + 1) * n, np.tile(counted, lattice.size), every.ravel())
    return bool(rule.verdicts(series, context).flagged[at::n].any())


@pytest.mark.parametrize("rule", ON_SCALE, ids=lambda rule: f"{rule.label} {rule.settings.get('reference', '')}")
@settings(max_examples=25, deadline=None)
@given(scores=st.lists(st.integers(0, 10), min_size=1, max_size=14).map(lambda ys: np.array(ys, dtype=float)))
def test_a_session_is_undetectable_exactly_where_no_score_of_the_scale_could_fire(
    rule: Rule, scores: np.ndarray
) -> None:
    """A verdict is undetectable where no possible score at that session would be flagged, and only there."""
    series = Series(np.array([0, scores.size]), np.arange(1.0, scores.size + 1), scores)
    context = evolve(PanelContext.of_scale(*SMALL), pooled_sd=1.5, between_sd=1.5)
    found = rule.verdicts(series, context)
    for at in range(scores.size):
        assert found.undetectable[at] != flagged_on_scale(rule, scores, at, context)


WITH_GAPS: list[Rule] = [
    IndividualsChart(detrended=True),
    IndividualsChart(k=1.5, detrended=True),
    IndividualsChart(k=1.5, sigma="sd", detrended=True),
    Drop(k=1.5, scale="moving_range", reference="regression"),
    Drop(k=2, scale="person_sd", reference="regression"),
]


@pytest.mark.parametrize("rule", WITH_GAPS, ids=lambda rule: f"{rule.label} {rule.settings.get('reference', '')}")
@settings(max_examples=20, deadline=None)
@given(
    rows=st.lists(st.tuples(st.integers(1, 4), st.integers(0, 10)), min_size=1, max_size=10),
    max_gap=st.sampled_from([1.0, 2.0, 3.0, math.inf]),
)
def test_what_a_line_forbids_holds_across_gaps(rule: Rule, rows: list[tuple[int, int]], max_gap: float) -> None:
    """Where sessions are missing, too, a verdict is undetectable just where no possible score would be flagged."""
    sessions, scores = np.cumsum([gap for gap, _ in rows]).astype(float), np.array([score for _, score in rows], float)
    context = evolve(PanelContext.of_scale(*SMALL), max_gap=max_gap)
    found = rule.verdicts(Series(np.array([0, scores.size]), sessions, scores), context)
    for at in range(scores.size):
        assert found.undetectable[at] != flagged_on_scale(rule, scores, at, context, sessions)


@given(st.lists(st.integers(0, 10), min_size=2, max_size=14), st.sampled_from([SuddenLoss(cutoff=4), SuddenGain()]))
def test_a_sudden_change_without_room_could_not_have_happened(values: list[int], rule: Rule) -> None:
    """Where a sudden change is undetectable no possible score would have made it one."""
    scores = np.array(values, dtype=float)
    context = PanelContext.of_scale(*SMALL)
    found = rule.verdicts(Series(np.array([0, scores.size]), np.arange(1.0, scores.size + 1), scores), context)
    for at in np.flatnonzero(found.undetectable).tolist():
        assert not flagged_on_scale(rule, scores, at, context)


@pytest.mark.parametrize("rule", ON_SCALE, ids=lambda rule: f"{rule.label} {rule.settings.get('reference', '')}")
@given(scores=st.lists(st.integers(0, 10), min_size=2, max_size=12).filter(lambda ys: len(set(ys)) > 1))
@settings(max_examples=10, deadline=None)
def test_an_observed_range_ends_nothing(rule: Rule, scores: list[int]) -> None:
    """Where nobody stated the ends of the scale a lower score could have come, and room is never the reason."""
    dyads, sessions = ["A"] * len(scores), range(1, len(scores) + 1)
    seen = Panel.from_arrays(dyads, sessions, scores, higher_is_better=True)
    stated = Panel.from_arrays(dyads, sessions, scores, higher_is_better=True, scale=(min(scores), max(scores)))
    observed, known = (detect(panel, primary=rule).codes[0] for panel in (seen, stated))
    assert not (observed == CODES[Reason.NO_ROOM]).any()
    assert ((observed == 1) == (known == 1)).all()
    assert (observed[known != CODES[Reason.NO_ROOM]] == known[known != CODES[Reason.NO_ROOM]]).all()


def test_a_client_near_the_end_of_the_scale_has_no_room_for_a_drop() -> None:
    """From 1.5 on a scale of 1 to 5 no score lies a whole point lower, and nobody may say that there was no drop."""
    rule = ReliableDrop(sd=0.8, reliability=0.9)
    found = judge(rule, [1.5, 1.4, 4.0, 3.9], scale=(1, 5))
    assert [reason_of(int(code)) for code in found.code] == [Reason.NO_REFERENCE, Reason.NO_ROOM, Reason.NO_ROOM, None]
    turned = judge(rule, [4.5, 4.6, 2.0, 2.1], scale=(1, 5), higher_is_better=False)
    assert turned.code.tolist() == found.code.tolist()


@given(st.integers(2, 5), st.integers(0, 4), st.floats(0.01, 100))
def test_two_own_sds_below_the_own_mean_cannot_be_reached_in_five_sessions(n: int, at: int, depth: float) -> None:
    """With 5 sessions or fewer no score lies 2 of the own standard deviations below the own mean."""
    scores = np.full(n, 500.0)
    scores[min(at, n - 1)] -= depth
    assert judge(BelowOwnMean(k=2), scores, scale=SCALE).undetectable.all()


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=40))
def test_no_score_lies_further_below_than_its_series_is_long(values: list[float]) -> None:
    """The largest own z score is (n - 1) / sqrt(n)."""
    scores = np.array(values)
    n, sd = scores.size, scores.std(ddof=1)
    if sd > 1e-9:
        assert (np.abs(scores - scores.mean()) / sd).max() <= (n - 1) / np.sqrt(n) + 1e-9


@pytest.mark.parametrize("n", range(3, 12))
def test_a_chart_cannot_flag_one_interior_spike_in_up_to_seven_sessions(n: int) -> None:
    """One interior spike on a flat series is flagged from 8 sessions on, one at the last session from 5 on."""
    for at in range(n):
        scores = np.full(n, 500.0)
        scores[at] = 300.0
        found = judge(IndividualsChart(), scores, scale=SCALE)
        interior = 0 < at < n - 1
        assert found.flagged[at] == (n >= 8 if interior else n >= 5)
        flat = judge(IndividualsChart(), np.full(n, 500.0), scale=SCALE)
        assert flat.undetectable[at] == (n < 8 if interior else n < 5)


@given(st.lists(st.integers(1, 60), min_size=1, max_size=4))
def test_a_chart_of_four_sessions_or_fewer_is_undetectable_as_a_whole(values: list[int]) -> None:
    """No session of a series of 4 or fewer can leave its own limits."""
    found = judge(IndividualsChart(), np.array(values, dtype=float), scale=SCALE)
    assert found.undetectable.all()
    assert {reason_of(int(code)) for code in found.code} == {Reason.TOO_FEW_SESSIONS}


@given(st.lists(st.integers(1, 60), min_size=5, max_size=12))
def test_a_chart_of_five_sessions_or_more_is_never_undetectable_as_a_whole(values: list[int]) -> None:
    """From 5 sessions on a drop at the last one could always be seen, if the scale leaves room for it."""
    assert not judge(IndividualsChart(), np.array(values, dtype=float), scale=(-1e5, 1e5)).undetectable[-1]


@pytest.mark.parametrize("rule", [Drop(), ReliableDrop(sd=1, reliability=0.9), SuddenLoss(cutoff=1)])
def test_a_first_session_has_nothing_to_be_compared_with(rule: Rule) -> None:
    """Rules that look at the session before say so where there is none, or where it lies beyond the gap."""
    found = judge(rule, [5.0, 5, 5, 5, 5, 1], [1, 2, 3, 4, 10, 11], scale=(0, 10), max_gap=2)
    reasons = [reason_of(int(code)) for code in found.code]
    assert reasons[0] is Reason.NO_REFERENCE
    assert reasons[4] is Reason.NO_REFERENCE


def test_a_flagged_session_is_never_undetectable_and_a_missing_one_is_neither() -> None:
    """A session without a score gets the verdict no score, and the others stay as if it were not there."""
    whole = judge(IndividualsChart(), [5.0, 5, 5, 5, 5, 5, 5, 1], scale=SCALE)
    holed = judge(IndividualsChart(), [5.0, 5, np.nan, 5, 5, 5, 5, 5, 1], scale=SCALE)
    assert holed.code[2] == 2
    assert np.delete(holed.code, 2).tolist() == whole.code.tolist()


def test_a_minimal_drop_keeps_hairs_from_firing() -> None:
    """A drop of 2.8 own standard deviations and one item point fires only without a minimal drop."""
    scores = [5, 5, 5, 5, 5, 4.92, 5, 5]
    assert judge(Drop(k=2, scale="person_sd"), scores, scale=(1, 5)).flagged.any()
    assert not judge(Drop(k=2, scale="person_sd", minimal_drop=0.5), scores, scale=(1, 5)).flagged.any()


def test_a_flat_series_fires_nothing() -> None:
    """Where nothing varies there is no drop, whatever the threshold."""
    for rule in RULES:
        assert not judge(rule, np.full(12, 500.0), scale=SCALE).flagged.any()
