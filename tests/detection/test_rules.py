"""Rules as values: settings, labels, refusals, and each option against a plain computation."""

from __future__ import annotations

import math
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.detection import judge
from therarel.detection.learning import pool
from therarel.detection.rules import (
    BelowOwnMean,
    ChangePoint,
    Drop,
    IndividualsChart,
    ReliableDrop,
    Rule,
    SuddenGain,
    SuddenLoss,
)
from therarel.detection.rules.levels import Scale, scale_of
from therarel.errors import InvalidValueError, MissingExtraError
from therarel.noise.context import PanelContext, autocorrelation
from therarel.noise.series import Series

scores_strategy = st.lists(st.integers(12, 60), min_size=2, max_size=20).map(lambda ys: np.array(ys) / 12)
EVERY: list[Rule] = [
    Drop(),
    BelowOwnMean(),
    IndividualsChart(),
    ReliableDrop(reliability=0.9),
    SuddenGain(cutoff=1),
    SuddenLoss(cutoff=1),
    ChangePoint(),
]


@pytest.mark.parametrize("rule", EVERY, ids=lambda rule: rule.name)
def test_a_rule_is_a_frozen_value_that_tells_its_settings(rule: Rule) -> None:
    """Rules compare and hash by value, cannot be changed, and name every parameter."""
    from attrs import evolve
    from attrs.exceptions import FrozenInstanceError

    assert evolve(rule) == rule
    assert hash(evolve(rule)) == hash(rule)
    with pytest.raises(FrozenInstanceError):
        rule.minimal_drop = 1.0  # type: ignore[misc]
    assert not hasattr(rule, "__dict__")
    assert {"minimal_drop", "recovery_share", "recovery_within"} <= set(rule.settings)


def test_labels_name_what_differs_from_the_default() -> None:
    """A label says the rule and the settings that make it another one."""
    assert Drop().label == "drop"
    assert Drop(k=1, scale="person_sd").label == "drop (k 1, scale person sd)"
    assert IndividualsChart(rules={1, 2}).label == "individuals chart (rules 1 2)"


@pytest.mark.parametrize(
    "make",
    [
        lambda: Drop(k=0),
        lambda: Drop(k=math.inf),
        lambda: Drop(k="2"),  # type: ignore[arg-type]
        lambda: Drop(minimal_drop=-1),
        lambda: Drop(baseline=0),
        lambda: IndividualsChart(rules={9}),
        lambda: IndividualsChart(rules={4}),
        lambda: IndividualsChart(rules=set()),
        lambda: IndividualsChart(screened=1),  # type: ignore[arg-type]
        lambda: ReliableDrop(reliability=1.0),
        lambda: ReliableDrop(reliability=0.9, reference="person_mean"),
        lambda: ReliableDrop(reliability=0.9, instrument="wai-36"),
        lambda: SuddenGain(cutoff=None, share=None, criterion3=None),
        lambda: SuddenGain(cutoff=1, share=1.5),
        lambda: SuddenGain(cutoff=-1),
        lambda: ChangePoint(penalty=0),
    ],
)
def test_impossible_settings_are_refused(make: object) -> None:
    """What a rule cannot be is refused when it is made, as a value error."""
    with pytest.raises(InvalidValueError):
        make()  # type: ignore[operator]


def test_a_reliable_drop_needs_a_reliability_from_somewhere() -> None:
    """Without one it is refused with a hint; an unverified one does not count; the source is told."""
    with pytest.raises(InvalidValueError, match=r"reliability=0\.90"):
        ReliableDrop()
    with pytest.raises(InvalidValueError, match="no verified reliability"):
        ReliableDrop(instrument="srs-3")
    named = ReliableDrop(instrument="wai-36").settings
    assert (named["reliability"], named["reliability_source"], named["sd_source"]) == (
        0.92,
        "wai-36",
        "first scores of the panel",
    )


@given(scores_strategy)
def test_the_drop_rule_is_its_formula(scores: np.ndarray) -> None:
    """A drop is flagged exactly where it reaches k own standard deviations."""
    found = judge(Drop(k=1, scale="person_sd"), scores, scale=(0, 10)).flagged
    change, sd = -np.diff(scores), scores.std(ddof=1)
    assert found[1:].tolist() == ((change >= sd - 1e-8) & (change > 1e-5)).tolist()


@given(scores_strategy)
def test_the_running_maximum_is_the_best_earlier_score(scores: np.ndarray) -> None:
    """The reference level is the largest of all earlier scores."""
    found = judge(Drop(reference="running_maximum"), scores, scale=(0, 10)).values["reference"]
    assert found[1:].tolist() == np.maximum.accumulate(scores)[:-1].tolist()


@given(st.lists(st.integers(1, 4), min_size=2, max_size=20), st.data())
def test_the_running_maximum_begins_anew_after_a_gap(steps: list[int], data: st.DataObject) -> None:
    """Beyond the largest gap nothing earlier counts."""
    sessions = np.cumsum(steps).astype(float)
    scores = np.array(data.draw(st.lists(st.integers(1, 9), min_size=len(steps), max_size=len(steps))), dtype=float)
    found = judge(Drop(reference="running_maximum"), scores, sessions, scale=(0, 10), max_gap=2)
    best = math.nan
    for at in range(scores.size):
        if at and sessions[at] - sessions[at - 1] > 2:
            best = math.nan
        reference = found.values["reference"][at]
        assert math.isnan(reference) if at == 0 or math.isnan(best) else reference == best
        best = scores[at] if math.isnan(best) else max(best, scores[at])


@given(scores_strategy.filter(lambda ys: ys.size >= 3))
def test_a_line_and_a_baseline_are_what_they_say(scores: np.ndarray) -> None:
    """The regression level is the least-squares line, the baseline the mean of the first sessions."""
    line = judge(Drop(reference="regression"), scores, scale=(0, 10)).values["reference"]
    at = np.arange(1.0, scores.size + 1)
    assert line == pytest.approx(np.polyval(np.polyfit(at, scores, 1), at), abs=1e-8)
    base = judge(Drop(reference="baseline", baseline=2), scores, scale=(0, 10)).values["reference"]
    assert np.isnan(base[:2]).all()
    assert base[2:] == pytest.approx(np.full(scores.size - 2, scores[:2].mean()))


def test_scales_are_what_they_say() -> None:
    """Each variation is the one its name says, from two dyads of three scores."""
    scores = np.array([3.0, 4, 5, 2, 2, 5])
    series = Series(np.array([0, 3, 6]), np.tile([1.0, 2, 3], 2), scores)
    figures = pool([series], {"pooled_sd", "between_sd", "first_sd"}, PanelContext.of_scale(1, 5))
    assert figures["pooled_sd"] == pytest.approx(math.sqrt((2 + 6) / 4))
    assert figures["between_sd"] == pytest.approx(np.std([4, 3], ddof=1))
    assert figures["first_sd"] == pytest.approx(np.std([3, 2], ddof=1))


@given(dyads=st.lists(st.lists(st.integers(12, 60), min_size=1, max_size=6), min_size=1, max_size=4))
def test_a_drop_is_measured_in_the_variation_that_its_scale_names(dyads: list[list[int]]) -> None:
    """Own, pooled and between standard deviation, the larger of two, and the mean moving range by 1.128."""
    scores = [np.array(dyad) / 12 for dyad in dyads]
    starts = np.cumsum([0, *(each.size for each in scores)])
    at = np.concatenate([np.arange(1.0, each.size + 1) for each in scores])
    series = Series(starts, at, np.concatenate(scores))
    context = PanelContext.of_scale(1, 5).knowing({"pooled_sd": 0.4, "between_sd": 0.6})
    own = np.array([each.std(ddof=1) if each.size > 1 else np.nan for each in scores])
    ranges = np.array([np.abs(np.diff(each)).mean() / 1.128 if each.size > 1 else np.nan for each in scores])
    wanted = {
        Scale.PERSON_SD: own,
        Scale.POOLED_SD: np.full(own.size, 0.4),
        Scale.BETWEEN_SD: np.full(own.size, 0.6),
        Scale.LARGER_PERSON_POOLED: np.fmax(own, 0.4),
        Scale.LARGER_PERSON_BETWEEN: np.fmax(own, 0.6),
        Scale.MOVING_RANGE: ranges,
        Scale.POINTS: np.ones(own.size),
    }
    assert set(wanted) == set(Scale)
    for scale, variation in wanted.items():
        assert scale_of(series, context, scale) == pytest.approx(variation, nan_ok=True, abs=1e-12)


@given(st.floats(-0.5, 0.7), st.integers(3, 12))
def test_pooled_autocorrelation_is_free_of_the_bias_of_short_series(phi: float, n: int) -> None:
    """Handed what a first-order autoregression is expected to give, the estimate is its coefficient."""
    one, two = 2 * (1 - phi) * (n - 1), 2 * (1 - phi**2) * (n - 2)
    assert autocorrelation(7 * one, 7 * (n - 1), 7 * two, 7 * (n - 2)) == pytest.approx(phi, abs=1e-9)


def test_autocorrelation_is_taken_over_sessions_that_follow_each_other() -> None:
    """Changes across a gap count for nothing, and two sessions give no autocorrelation."""
    series = Series(np.array([0, 5]), np.array([1.0, 2, 3, 10, 11]), np.array([1.0, 2, 4, 9, 9]))
    one, two = (1 + 4 + 0) / 3, 9.0
    assert pool([series], {"phi"}, PanelContext.of_scale(1, 9, max_gap=1))["phi"] == pytest.approx(
        min(two / one - 1, 0.95)
    )
    short = Series(np.array([0, 2]), np.array([1.0, 2]), np.array([1.0, 2]))
    assert math.isnan(pool([short], {"phi"}, PanelContext.of_scale(1, 5))["phi"])


def test_nelson_rules_without_a_side_never_flag_a_drop() -> None:
    """Fourteen alternating scores signal rule 4 and are no drop."""
    scores = np.tile([4.0, 5.0], 8)
    found = judge(IndividualsChart(rules={1, 4}), scores, scale=(1, 7))
    assert not found.flagged.any()
    assert (found.values["nelson_low"][13:] == 8).all()


def test_a_run_below_the_centre_is_flagged_where_rule_2_is_chosen() -> None:
    """Nine sessions below the centre fire rule 2 at the ninth, and rule 1 never."""
    scores = np.array([5.0] * 10 + [4.9] * 9)
    assert not judge(IndividualsChart(k=20), scores, scale=(1, 7)).flagged.any()
    found = judge(IndividualsChart(k=20, rules={1, 2}), scores, scale=(1, 7))
    assert np.flatnonzero(found.flagged).tolist() == [18]


def test_a_trend_is_no_drop_where_the_chart_is_detrended() -> None:
    """A steady fall leaves the limits of a level chart and stays within those of a detrended one."""
    scores = 5 - 0.1 * np.arange(20) + np.tile([0.01, -0.01], 10)
    assert judge(IndividualsChart(), scores, scale=(1, 7)).flagged.any()
    assert not judge(IndividualsChart(detrended=True), scores, scale=(1, 7)).flagged.any()


def test_a_change_point_is_where_the_level_falls() -> None:
    """A lasting fall is a change point at its first session, and a brief one is not."""
    rng = np.random.default_rng(0)
    scores = np.concatenate([4.5 + 0.1 * rng.standard_normal(10), 3.5 + 0.1 * rng.standard_normal(10)])
    assert np.flatnonzero(judge(ChangePoint(), scores, scale=(1, 5)).flagged).tolist() == [10]
    assert not judge(ChangePoint(), scores[::-1], scale=(1, 5)).flagged.any()


def test_change_points_without_their_extra_name_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the library is not installed, the error says what to install."""
    monkeypatch.setitem(sys.modules, "ruptures", None)
    with pytest.raises(MissingExtraError, match="changepoints"):
        judge(ChangePoint(), [4.0, 4, 4, 3, 3, 3], scale=(1, 5))
