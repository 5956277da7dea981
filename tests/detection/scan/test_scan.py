"""The scan as a rule: what it flags, what it could not, and the same whichever way the scores are written."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from therarel.detection import Detection, Reason, Verdict, detect, judge
from therarel.detection.rules import Change, Drop, Pulses, Scan, ScanGain
from therarel.detection.verdicts import CODES
from therarel.domain import RatingScale
from therarel.errors import InvalidValueError
from therarel.noise import NullModel
from therarel.noise.falls.limits import share_at_best
from therarel.noise.falls.wandering import stated
from therarel.noise.skeleton import Skeleton
from therarel.panels import Panel
from therarel.simulation import ClinicParameters, simulate_clinic

NULL = NullModel()
KNOWN = Scan(null=NULL)
SCALE = (1.0, 5.0)


@cache
def clinic(dyads: int = 60, falls: float = 0.0, **changed: Any) -> Panel:
    """A simulated clinic."""
    return simulate_clinic(dyads, seed=5, parameters=ClinicParameters(rupture_share=falls, **changed)).panel()


@cache
def found_in_clinic(falls: float) -> Detection:
    """What the scan finds where everything is learnt from the panel."""
    return detect(clinic(160, falls, sessions=(12, 12)), primary=Scan(), expected="none")


def figures(found: Detection, name: str) -> np.ndarray:
    """One figure of each dyad."""
    return np.asarray(found.of_dyads[0][name])


def test_a_fall_is_flagged_at_its_first_session() -> None:
    """A lasting fall of a point is found where it begins, with its depth, and with the level that was expected."""
    scores = [4.5, 4.4, 4.6, 4.5, 4.4, 3.4, 3.3, 3.5, 3.4]
    found = judge(KNOWN, scores, scale=SCALE)
    assert found.flagged.nonzero()[0].tolist() == [5]
    assert found.dyads["depth_low"][0] < 1.1 < found.dyads["depth_high"][0]
    assert found.dyads["regained"][0] < 0.05
    assert found.values["reference"][5] == pytest.approx(4.5, abs=0.15)
    assert found.code[0] == CODES[Reason.NO_REFERENCE]


def test_a_single_bad_session_is_a_fall_that_was_regained() -> None:
    """Where the next score is as before, the fall has the length 1."""
    found = judge(KNOWN, [4.5, 4.4, 4.6, 3.0, 4.4, 4.5, 4.6, 4.4], scale=SCALE)
    assert found.flagged.nonzero()[0].tolist() == [3]
    assert found.dyads["length"][0] == pytest.approx(1, abs=0.1)
    assert found.dyads["regained"][0] > 0.95


@pytest.mark.parametrize("falls", [0.0, 0.3])
def test_about_one_dyad_in_twenty_is_flagged_where_scores_only_wander(falls: float) -> None:
    """With the noise known, dyads without a fall are flagged at the stated rate, whatever the others do."""
    drawn = simulate_clinic(1500, seed=8, parameters=ClinicParameters(rupture_share=falls, sessions=(12, 12)))
    flagged = detect(drawn.panel(), primary=KNOWN, expected="none").codes[0].reshape(1500, -1) == 1
    quiet = np.setdiff1d(np.arange(1500), drawn.ruptures.dyad)
    assert 0.035 < flagged.any(axis=1)[quiet].mean() < 0.068


def test_what_is_learnt_from_a_panel_is_near_the_truth() -> None:
    """Noise, autocorrelation and level of a clinic of which a third has a fall come out about right."""
    rule = found_in_clinic(0.3).primary
    assert isinstance(rule, Scan)
    assert rule.wandering is not None
    null = rule.wandering.null
    assert 0.31 < null.within_sd < 0.42
    assert 0.15 < null.phi < 0.5
    assert 0.5 < null.between_sd < 0.8
    assert rule.settings["wandering_limit"] == pytest.approx(rule.wandering.tail.limit(0.05))


def test_of_few_dyads_nothing_is_fitted_and_the_rule_says_so() -> None:
    """Without 50 dyads of four scores and without a stated model nothing can be flagged."""
    found = detect(clinic(20), primary=Scan(), expected="none")
    codes = {Verdict.NO_SCORE: 2, "first": CODES[Reason.NO_REFERENCE], "other": CODES[Reason.NO_VARIATION_KNOWN]}
    assert set(np.unique(found.codes[0]).tolist()) <= set(codes.values())
    assert "fitted to 50 dyads or more" in found.primary.sentence
    assert math.isnan(figures(found, "log_ratio")[0])
    stated = detect(clinic(20), primary=KNOWN, expected="none")
    assert not np.isnan(figures(stated, "log_ratio")).any()


@pytest.mark.parametrize("scores", [[4.0], [4.0] * 12, [5.0] * 9 + [4.9], [1.0] * 8])
def test_series_without_a_story_are_judged_without_a_fuss(scores: list[float]) -> None:
    """One session, the same score throughout, the ceiling and the floor: numbers or reasons, and no flag."""
    found = judge(KNOWN, scores, scale=SCALE)
    assert not found.flagged.any()
    assert found.code[0] == CODES[Reason.NO_REFERENCE]


def test_scores_that_do_not_vary_give_no_model_and_no_error() -> None:
    """In a panel of constant scores nothing can be fitted, and every verdict says so."""
    labels = [f"D-{dyad}" for dyad in range(60) for _ in range(6)]
    panel = Panel.from_arrays(labels, [*range(6)] * 60, [4.0] * 360, scale=SCALE, higher_is_better=True)
    found = detect(panel, primary=Scan(), expected="none")
    assert (found.codes[0] >= 16).all()
    assert "Nothing could be flagged" in found.primary.sentence


SERIES = st.lists(st.integers(12, 60).map(lambda twelfth: twelfth / 12), min_size=2, max_size=10)


@settings(max_examples=25)
@given(scores=SERIES, factor=st.sampled_from([0.5, 10.0]), shift=st.sampled_from([0.0, -3.0, 100.0]))
def test_other_units_give_the_same_verdicts(scores: list[float], factor: float, shift: float) -> None:
    """Scores, scale and model in other units are judged alike."""
    null = evolve(
        NULL,
        intercept=NULL.intercept * factor + shift,
        slope=NULL.slope * factor,
        slope_sd=NULL.slope_sd * factor,
        between_sd=NULL.between_sd * factor,
        within_sd=NULL.within_sd * factor,
        step=factor / 12,
    )
    ends = (SCALE[0] * factor + shift, SCALE[1] * factor + shift)
    one = judge(KNOWN, scores, scale=SCALE, step=1 / 12)
    two = judge(Scan(null=null), np.array(scores) * factor + shift, scale=ends, step=factor / 12)
    assert two.dyads["log_ratio"] == pytest.approx(one.dyads["log_ratio"], abs=1e-6)
    assert two.dyads["p"] == pytest.approx(one.dyads["p"], rel=0.05)


@settings(max_examples=25)
@given(scores=SERIES)
def test_gains_are_falls_of_turned_scores(scores: list[float]) -> None:
    """What falls on a scale of which less is better is what rises where more is better."""
    turned = evolve(NULL, intercept=-NULL.intercept, slope=-NULL.slope, minimum=-5.0, maximum=-1.0)
    gain = judge(ScanGain(null=NULL), scores, scale=SCALE)
    fall = judge(Scan(null=turned), scores, scale=SCALE, higher_is_better=False)
    assert gain.code.tolist() == fall.code.tolist()
    assert gain.dyads["log_ratio"].tolist() == fall.dyads["log_ratio"].tolist()


@settings(max_examples=25)
@given(scores=SERIES, unit=st.sampled_from([7.0, 0.25]))
def test_the_unit_of_the_sessions_does_not_matter(scores: list[float], unit: float) -> None:
    """Sessions counted, or dated by equal distances, are judged alike where the model knows the distance."""
    null = evolve(NULL, slope=NULL.slope / unit, slope_sd=NULL.slope_sd / unit, distance=unit)
    at = np.arange(1.0, len(scores) + 1)
    one, two = judge(KNOWN, scores, at, scale=SCALE), judge(Scan(null=null), scores, at * unit, scale=SCALE)
    assert two.dyads["log_ratio"] == pytest.approx(one.dyads["log_ratio"], abs=1e-8)
    assert two.dyads["p"] == pytest.approx(one.dyads["p"], rel=0.05)


def test_the_order_of_rows_and_blocks_does_not_matter() -> None:
    """Dyads give the same numbers to the last bit whichever others stand beside them."""
    panel = clinic(60, 0.3)
    one, two = (detect(panel, primary=KNOWN, expected="none", rows=rows) for rows in (10**6, 40))
    assert one.codes[0].tolist() == two.codes[0].tolist()
    for name, values in one.of_dyads[0].items():
        assert np.array_equal(values, two.of_dyads[0][name], equal_nan=True)


@settings(max_examples=15, deadline=None)
@given(
    scores=st.lists(st.integers(4, 20).map(lambda quarter: quarter / 4), min_size=2, max_size=4), at=st.integers(1, 3)
)
def test_a_session_is_undetectable_only_where_no_score_would_be_flagged(scores: list[float], at: int) -> None:
    """By brute force over all quarter points of the scale."""
    at = min(at, len(scores) - 1)
    unable = judge(KNOWN, scores, scale=SCALE).code[at] == CODES[Reason.NO_ROOM]
    tried = [[*scores[:at], quarter / 4, *scores[at + 1 :]] for quarter in range(4, 21)]
    ever = any(judge(KNOWN, each, scale=SCALE).flagged[at] for each in tried)
    assert not (unable and ever)


def test_near_the_floor_of_the_scale_there_is_no_room() -> None:
    """From 1.25 on a scale of 1 to 5 nobody falls so far that it could be told from noise."""
    found = judge(KNOWN, [1.25, 1.2, 1.3, 1.2, 1.3, 1.2], scale=SCALE)
    assert CODES[Reason.NO_ROOM] in found.code.tolist()


def test_q_values_are_those_of_benjamini_and_hochberg_with_a_quarter_of_a_dyad_added() -> None:
    """Each dyad's q is the least rate of false discoveries at which it would be listed, a quarter of a dyad added."""
    p = np.array([0.01, 0.2, 0.03, np.nan, 0.03, 0.9])
    q = KNOWN.concluded({"p": p}, None)["q"]  # type: ignore[arg-type]  # nothing is asked of the context
    known = p[~np.isnan(p)]
    wanted = [
        min(*((each * known.size + 0.25) / (known <= each).sum() for each in known if each >= own), 1) for own in known
    ]
    assert q[~np.isnan(p)] == pytest.approx(wanted)
    assert math.isnan(q[3])


def test_the_mirror_stands_beside_the_count() -> None:
    """The scan of the turned scores, with the turned model and the same limit, lists as many as are told."""
    panel = clinic(60, 0.3)
    found = detect(panel, primary=KNOWN, expected="none")
    wandering = found.primary.wandering  # type: ignore[attr-defined]  # a scan
    upside_down = evolve(wandering, null=evolve(NULL, intercept=-NULL.intercept, slope=-NULL.slope))
    turned = Panel.from_arrays(
        panel.to_frame("polars")["dyad"].to_list(), panel.to_frame("polars")["session"].to_list(), (-panel.to_frame("polars")["score"]).to_list(),
        scale=(-5, -1), higher_is_better=True,
    )  # fmt: skip
    rises = detect(turned, primary=evolve(KNOWN, wandering=upside_down), expected="none")
    assert figures(rises, "log_ratio") == pytest.approx(figures(found, "mirrored"), abs=1e-9)
    assert figures(rises, "p") == pytest.approx(figures(found, "mirrored_p"), abs=1e-9)
    number = (figures(rises, "p") < 0.05).sum()
    assert f"the same scan for changes for the better lists {number} dyad" in found.counts[0].in_words()


@pytest.mark.parametrize(("rule", "rising"), [(KNOWN, True), (ScanGain(null=NULL), False)])
def test_what_lies_on_one_side_of_a_large_change_is_no_change_in_the_other_direction(rule: Scan, rising: bool) -> None:
    """Of dyads that change for good by 1.25 points hardly more are flagged for the opposite than of dyads that wander."""
    chance, sign = np.random.default_rng(7), 1 if rising else -1
    scores = clinic(300, sessions=(16, 16)).to_frame("polars")["score"].to_numpy().reshape(300, 16)
    later = np.arange(16) >= chance.integers(2, 14, 300)[:, np.newaxis]
    moved = np.clip(scores + sign * np.where(later, 1.25, 0.0) - sign * 0.6, 1, 5)
    panel = Panel.from_arrays(
        np.repeat(np.arange(300), 16).tolist(), np.tile(np.arange(1, 17), 300).tolist(), moved.ravel().tolist(),
        scale=SCALE, higher_is_better=True,
    )  # fmt: skip
    found = detect(panel, primary=rule, expected="none")
    assert found.counts[0].flagged_share < 0.1  # a half of them, by the limit alone
    far = figures(found, "mirrored") > figures(found, "log_ratio") + math.log(3)
    assert far.mean() > 0.5
    assert (figures(found, "p")[far] == 1).all()


def test_a_larger_rate_flags_no_fewer_dyads() -> None:
    """The rate is the threshold: what is flagged at .05 is flagged at .2."""
    panel = clinic(60, 0.3)
    strict, lenient = (
        detect(panel, primary=KNOWN.with_threshold(rate), expected="none").codes[0] == 1 for rate in (0.05, 0.2)
    )
    assert (lenient | ~strict).all()
    assert lenient.sum() > strict.sum()


def test_a_smallest_fall_can_be_asked_for() -> None:
    """A fall shallower than the minimal drop is not flagged."""
    scores = [4.5, 4.4, 4.6, 4.5, 4.4, 3.7, 3.6, 3.8, 3.7]
    assert judge(KNOWN, scores, scale=SCALE).flagged.any()
    assert not judge(evolve(KNOWN, minimal_drop=1.5), scores, scale=SCALE).flagged.any()


def test_a_rule_that_has_learnt_is_still_the_rule() -> None:
    """Candidates can be asked for by the rule that was given, and its label stays short."""
    found = found_in_clinic(0.3)
    assert found.candidates_of(Scan()) is found.candidates
    assert found.primary.label == "scan"
    assert Scan(rate=0.1).label == "scan (rate 0.1)"
    assert all(isinstance(each, str | float | int | bool | None) for each in found.primary.settings.values())
    candidate = found.candidates[0]
    assert candidate.values["p"] <= 0.05
    assert candidate.grounds.rule == "scan"


def test_a_candidate_says_in_plain_words_how_far_and_how_often() -> None:
    """Depth and length with their intervals, and how many of 100 simulated clients show as much."""
    panel = Panel.from_arrays(
        ["A"] * 9, [*range(9)], [4.5, 4.4, 4.6, 4.5, 4.4, 3.4, 3.3, 3.5, 3.4], scale=SCALE, higher_is_better=True
    )
    told = detect(panel, primary=KNOWN, expected="none").candidates[0].explain()
    assert "about 1.1 points worse than the dyad's other scores lead one to expect" in told
    assert "Of 100 simulated clients whose scores only wandered, fewer than 1 show as much." in told


def test_long_and_deep_falls_are_said_in_plain_numbers() -> None:
    """A scale may have 180 points and a series 150 sessions: no number has an exponent."""
    values = {"depth": 131.4, "depth_low": 118.2, "depth_high": 144.6, "p": 0.0004}
    values |= {"fall_length": 121.6, "fall_length_low": 104, "fall_length_high": 133}
    told = KNOWN.candidate_in_words(values)
    assert "about 131.4 points worse" in told
    assert "(between 118.2 and 144.6), for about 122 scored sessions (between 104 and 133)" in told


def test_where_a_higher_score_is_worse_nothing_is_said_to_fall() -> None:
    """The number rose, so every sentence about it says so, or says worse."""
    scores = [1.5, 1.6, 1.4, 1.5, 1.6, 2.6, 2.7, 2.5, 2.6]
    panel = Panel.from_arrays(["A"] * 9, [*range(9)], scores, scale=SCALE, higher_is_better=False)
    told = detect(panel, primary=KNOWN, expected="none").candidates[0].explain()
    assert "worse than the dyad's other scores lead one to expect" in told
    assert "fell" not in told


@pytest.mark.parametrize("pulses", [{"lengths": (-1.0,)}, {"lengths": (0.0,), "lasting": 0}, {"depths": (0.0,)}, {"depths": "deep"}])  # fmt: skip
def test_weights_that_are_none_are_refused(pulses: dict[str, Any]) -> None:
    """Weights are at least 0 and not all 0, and depths above 0."""
    with pytest.raises(InvalidValueError, match="Pulses"):
        Pulses(**pulses)


def test_a_model_without_noise_is_refused() -> None:
    """Scores that do not wander cannot be scanned."""
    with pytest.raises(InvalidValueError, match="wander"):
        Scan(null=NullModel(within_sd=0))


def test_symptoms_are_judged_in_their_own_direction() -> None:
    """On a scale of which less is better a fall is a rise of the score, and its level is told as the scale counts."""
    null = NullModel(intercept=-10, slope=0.3, between_sd=4, slope_sd=0.2, within_sd=2, minimum=-27, maximum=0, step=1)
    labels, at = ["A"] * 8, [*range(1, 9)]
    scale = RatingScale(0, 27, higher_is_better=False)
    panel = Panel.from_arrays(labels, at, [9, 10, 8, 9, 19, 18, 20, 19], scale=scale)
    found = detect(panel, primary=Scan(null=null), expected="none")
    assert len(found.candidates) == 1
    assert found.candidates[0].flagged_at == 5
    assert 7 < found.candidates[0].reference < 12


@pytest.mark.parametrize("rule", [Scan(), ScanGain()])
def test_noise_is_counted_without_the_falls_where_a_scan_was_fitted(rule: Scan) -> None:
    """The count expected of the scan is about its rate, whichever way the scores run; and the rules beside it gain by it."""
    sign = 1 if rule.change is Change.DROP else -1
    panel = clinic(160, 0.5, sessions=(12, 12))
    turned_panel = Panel.from_arrays(
        panel.to_frame("polars")["dyad"].to_list(),
        panel.to_frame("polars")["session"].to_list(),
        [6 - score if sign < 0 else score for score in panel.to_frame("polars")["score"]],
        scale=SCALE,
        higher_is_better=True,
    )
    points = Drop(k=1.25, scale="points", reference="running_maximum")
    found = detect(turned_panel, primary=rule, also=[points])
    noise = found.counts[0].expected
    assert noise is not None
    assert noise.fitted
    assert noise.beside_falls
    assert found.primary.beside_falls is not None
    assert noise.null == found.primary.beside_falls.null
    assert 0.01 < noise.share < 0.09
    alone = detect(turned_panel, primary=points).counts[0].expected
    beside = found.counts[1].expected
    assert alone is not None
    assert beside is not None
    assert not alone.beside_falls
    assert sign < 0 or beside.mean < alone.mean


def test_a_stated_scan_says_nothing_of_the_noise_of_others() -> None:
    """Only what was fitted to the panel takes the place of the usual null model."""
    found = detect(clinic(), primary=KNOWN, expected="none")
    assert found.primary.beside_falls is None
    assert Scan().beside_falls is None


def test_a_finding_has_the_q_value_of_its_dyad_and_a_length_of_its_own() -> None:
    """The list gives q beside p; its length counts sessions, and that of the fall by the model has its own name."""
    found = found_in_clinic(0.5)
    q = dict(zip(found.panel.to_frame("polars")["dyad"].unique(maintain_order=True), figures(found, "q"), strict=True))
    assert len(found.candidates) > 20
    for candidate in found.candidates:
        seen = candidate.values
        assert seen["q"] == q[candidate.dyad] >= seen["p"] * 0.999
        last = [at for at in candidate.sessions if at >= candidate.flagged_at]
        if candidate.recovered_at is not None:
            last = [at for at in last if at < candidate.recovered_at]
            assert candidate.length == len(last)
        assert 1 <= candidate.length <= len(last)
        assert seen["fall_length_low"] <= seen["fall_length_high"]


def test_the_rate_is_said_with_the_skewness_of_the_noise() -> None:
    """The rule says its rate in words: beside the skewness, with a warning where noise looks like falls."""
    rule = found_in_clinic(0.0).primary
    assert isinstance(rule, Scan)
    assert rule.wandering is not None
    assert "5 of 100 dyads" in rule.rate_in_words
    assert "skewness of the noise" in rule.rate_in_words
    skewed = evolve(rule, wandering=evolve(rule.wandering, skewness=-0.5))
    assert "skewed towards worse scores here (skewness -0.50)" in skewed.rate_in_words
    assert Scan().rate_in_words == ""


@pytest.mark.parametrize("rule", [KNOWN, ScanGain(null=evolve(NULL, intercept=2.1, slope=-0.02))])
def test_dyads_near_an_end_of_the_scale_are_flagged_about_as_often_as_others(rule: Scan) -> None:
    """Scores that cannot rise further wander less; their limits are lower by as much."""
    null = evolve(NULL, intercept=4.6 if rule.change is Change.DROP else 1.4, slope=NULL.slope * rule.change.sign)
    score = Skeleton.regular(4000, 12, null).draw([null], [np.random.SeedSequence(2)]).score[0]
    panel = Panel.from_arrays(
        np.repeat(np.arange(4000), 12), np.tile(np.arange(1, 13), 4000), score, scale=SCALE, higher_is_better=True
    )
    flagged = (
        (detect(panel, primary=evolve(rule, null=null), expected="none").codes[0] == 1).reshape(4000, 12).any(axis=1)
    )
    at_end = (score == (5 if rule.change is Change.DROP else 1)).reshape(4000, 12).mean(axis=1)
    for some in (at_end < 0.1, (at_end > 0.3) & (at_end < 0.7), at_end > 0.7):
        assert some.sum() > 600
        assert 0.03 < flagged[some].mean() < 0.07


def test_limits_go_by_the_share_of_scores_at_the_end_where_that_is_known() -> None:
    """A dyad at the ceiling has a lower limit and so a lower p of the same ratio; without stated ends all are alike."""
    null = evolve(NULL, intercept=4.6)
    skeleton = Skeleton.regular(50, 12, null)
    series = skeleton.with_scores(skeleton.draw([null], [np.random.SeedSequence(2)]).score[0])
    tail = stated(null, series, skeleton.context, Pulses(), seed=1).tail
    at_best = np.array([0.0, 0.5, 1.0])
    assert (np.diff(tail.limits(0.05, at_best)) < 0).all()
    assert tail.limits(0.05, at_best[:1]) == pytest.approx(tail.limit(0.05))
    assert (np.diff(tail.p(np.full(3, 1.0), at_best)) < 0).all()
    unknown = evolve(skeleton.context, worst=-math.inf, best=math.inf)
    assert share_at_best(series, unknown).max() == 0
    assert stated(null, series, unknown, Pulses(), seed=1).tail.shares == (0.0,)


def test_improvement_that_slows_down_is_no_fall_where_the_trend_is_a_logarithm() -> None:
    """With the trend that the scores have the noise is smaller and more falls are found; the setting says which it is."""
    null = evolve(NULL, intercept=3.0, slope=0.45, slope_sd=0.05, trend="log")
    skeleton = Skeleton.regular(160, 12, null)
    quiet = skeleton.draw([null], [np.random.SeedSequence(3)])
    falls = ClinicParameters(rupture_share=0.4, sessions=(12, 12))
    score = skeleton.with_falls(quiet, falls, [np.random.SeedSequence(4)]).score[0]
    panel = Panel.from_arrays(
        np.repeat(np.arange(160), 12), np.tile(np.arange(1, 13), 160), score, scale=SCALE, higher_is_better=True
    )
    line, log = (detect(panel, primary=Scan(trend=trend), expected="none") for trend in ("line", "log"))
    assert log.primary.settings["trend"] == "log"
    assert log.primary.wandering.null.within_sd < line.primary.wandering.null.within_sd  # type: ignore[attr-defined]
    assert len(log.candidates) > len(line.candidates)
