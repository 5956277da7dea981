"""The scan of two raters' scores: their joint likelihood, what it says where one gave no score, and its rate on noise."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from therarel.detection import Detection, Reason, detect
from therarel.detection.rules import Drop, Pulses, Scan, ScanGain
from therarel.detection.verdicts import CODES, Verdict
from therarel.errors import InvalidValueError
from therarel.noise import NullModel, TwoRaterNull
from therarel.noise.context import PanelContext
from therarel.noise.falls.joint import ALTERNATIVES, Paired
from therarel.noise.falls.lengths import of_equal_length
from therarel.noise.falls.looking import dyad_ratios, looked_at
from therarel.noise.falls.mixing import Mixing
from therarel.noise.falls.pairs import Pairs
from therarel.noise.series import Series
from therarel.noise.skeleton import Skeleton
from therarel.panels import Panel

Floats = npt.NDArray[np.float64]

SCALE = (1.0, 5.0)
JOINT = TwoRaterNull(
    first=NullModel(),
    second=NullModel(intercept=3.6, within_sd=0.3, phi=0.2),
    level_correlation=0.4,
    slope_correlation=0.2,
    noise_correlation=0.3,
)
KNOWN = Scan(raters="both", null=JOINT)
NULLS = st.builds(
    NullModel,
    between_sd=st.sampled_from([0.0, 0.65, 2.0]),
    slope_sd=st.sampled_from([0.0, 0.02, 0.2]),
    within_sd=st.sampled_from([0.2, 0.35, 1.0]),
    phi=st.sampled_from([-0.4, 0.0, 0.3, 0.8]),
)
JOINTS = st.builds(
    TwoRaterNull,
    first=NULLS,
    second=NULLS,
    level_correlation=st.sampled_from([-0.5, 0.0, 0.4, 0.9]),
    slope_correlation=st.sampled_from([-0.5, 0.0, 0.4]),
    noise_correlation=st.sampled_from([-0.6, 0.0, 0.3, 0.9]),
)


@st.composite
def pairs(draw: st.DrawFn, least: int = 2, most: int = 7) -> Series:
    """One dyad with gaps, scores in twelfths, and some scores of the second rater missing."""
    n = draw(st.integers(least, most))
    gaps = draw(st.lists(st.integers(1, 3), min_size=n - 1, max_size=n - 1))
    first, second = (np.array(draw(st.lists(st.integers(12, 60), min_size=n, max_size=n))) / 12 for _ in range(2))
    gone = np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    beside = np.where(gone, np.nan, second)[:, None]
    return Series(np.array([0, n]), np.cumsum([1.0, *gaps]), first, beside=beside)


def dense(null: TwoRaterNull, time: Floats) -> tuple[Floats, Floats]:
    """Mean and covariance of the first rater's scores and then of the second's, from how they are made."""
    n = time.size
    roots = []
    for each in null.both:
        carried = np.append(0.0, each.correlation(np.diff(time)))
        root = np.zeros((n, n))  # noise out of what is new in each session
        for at in range(n):
            root[at] = carried[at] * root[at - 1] if at else 0.0
            root[at, at] = math.sqrt(1 - carried[at] ** 2)
        roots.append(each.within_sd * root)
    x = np.stack([np.ones(n), time], axis=1)
    mean = np.concatenate([x @ [each.intercept, each.slope] for each in null.both])
    covariance = np.empty((2, n, 2, n))
    for one in range(2):
        for two in range(2):
            shared = (
                [1.0] * 3 if one == two else [null.level_correlation, null.slope_correlation, null.noise_correlation]
            )
            a, b = null.both[one], null.both[two]
            of_effects = np.diag([shared[0] * a.between_sd * b.between_sd, shared[1] * a.slope_sd * b.slope_sd])
            covariance[one, :, two] = x @ of_effects @ x.T + shared[2] * roots[one] @ roots[two].T
    return mean, covariance.reshape(2 * n, 2 * n)


def by_density(null: TwoRaterNull, pulses: Pulses, series: Series) -> Floats:
    """The log ratio of each onset from the densities of the scores that were given, with and without each fall."""
    time, n = series.session - series.session[0], series.score.size
    assert series.beside is not None
    score = np.concatenate([series.score, series.beside[:, 0]])
    there = ~np.isnan(score)
    mean, covariance = dense(null, time)
    density = multivariate_normal(mean[there], covariance[np.ix_(there, there)])
    found = []
    for onset in range(1, n):
        terms = []
        for whose, likely in zip(ALTERNATIVES, pulses.rater_share, strict=True):
            for length, share in zip((*range(1, len(pulses.lengths) + 1), n), pulses.share, strict=True):
                within = ((np.arange(n) >= onset) & (np.arange(n) < onset + length)).astype(float)
                fall = np.concatenate(
                    [within * each.within_sd * falls for each, falls in zip(null.both, whose, strict=True)]
                )
                for depth in pulses.depths:
                    ratio = density.logpdf((score + depth * fall)[there]) - density.logpdf(score[there])
                    terms.append(math.log(likely * share / len(pulses.depths)) + ratio)
        found.append(np.logaddexp.reduce(terms))
    return np.array(found)


def seen(null: TwoRaterNull, series: Series) -> Any:
    """One dyad under the scan."""
    (equal,) = of_equal_length(series)
    return looked_at(null, series, equal, Pulses())


@settings(max_examples=40, deadline=None)
@given(null=JOINTS, series=pairs())
def test_it_is_the_ratio_of_the_two_joint_densities(null: TwoRaterNull, series: Series) -> None:
    """Each onset's log ratio, and the dyad's, is that of dense multivariate normal densities of both raters' scores."""
    found, wanted = seen(null, series), by_density(null, Pulses(), series)
    tolerance = 1e-9 * max(1.0, np.abs(wanted).max())
    assert np.abs(found.ratios.session[:, 0] - wanted).max() < tolerance
    assert abs(found.ratios.dyad[0] - (np.logaddexp.reduce(wanted) - math.log(wanted.size))) < tolerance


@settings(max_examples=40, deadline=None)
@given(null=JOINTS, series=pairs())
def test_course_and_spread_of_the_first_are_what_the_scores_of_both_predict(null: TwoRaterNull, series: Series) -> None:
    """The expected course is the best linear prediction from both raters' scores, and so is the spread around it."""
    n, found = series.score.size, seen(null, series)
    assert series.beside is not None
    score = np.concatenate([series.score, series.beside[:, 0]])
    there, time = ~np.isnan(score), series.session - series.session[0]
    mean, covariance = dense(null, time)
    first, second = (evolve(each, within_sd=1e-9) for each in null.both)
    course = dense(evolve(null, first=first, second=second), time)[1]  # of levels and slopes alone
    towards = np.linalg.solve(covariance[np.ix_(there, there)], course[there][:, :n]).T
    assert found.course[:, 0] == pytest.approx(mean[:n] + towards @ (score - mean)[there], rel=1e-6, abs=1e-6)
    left = np.diag(course[:n, :n] - towards @ course[there][:, :n])
    assert found.around[:, 0] == pytest.approx(np.sqrt(null.first.within_sd**2 + np.maximum(left, 0)), rel=1e-6)


@settings(max_examples=25, deadline=None)
@given(null=JOINTS, series=pairs(), at=st.integers(1, 6), rater=st.integers(0, 1), by=st.floats(-2, 2))
def test_it_is_known_how_it_changes_with_either_score_of_the_onset(
    null: TwoRaterNull, series: Series, at: int, rater: int, by: float
) -> None:
    """A score of either rater that is lower by 1 at the onset raises x by a known number, for falls of every kind."""
    n = series.score.size
    at = min(at, n - 1)
    assert series.beside is not None
    score = np.stack([series.score, series.beside[:, 0]])[:, :, None]
    time = (series.session - series.session[0])[:, None]
    white = Paired(null, time, ~np.isnan(score))
    lower = score.copy()
    lower[rater, at] -= by
    if np.isnan(score[rater, at, 0]):
        return
    for whose, (some, others) in enumerate(zip(white.falls(score, 6), white.falls(lower, 6), strict=True)):
        for length, before, after in zip((*range(1, 7), n), some.x[:, at - 1, 0], others.x[:, at - 1, 0], strict=True):
            steep = white.steep(whose, length)[rater][at - 1, 0]
            assert after == pytest.approx(before + by * steep, rel=1e-9, abs=1e-8)


@settings(max_examples=25, deadline=None)
@given(null=JOINTS, series=pairs(), factor=st.sampled_from([0.01, 3.0]), shift=st.floats(-20, 20), unit=st.sampled_from([7.0, 1 / 7]))  # fmt: skip
def test_other_units_give_the_same(
    null: TwoRaterNull, series: Series, factor: float, shift: float, unit: float
) -> None:
    """Scores in other units, and sessions counted in weeks or in days, have the same log ratios."""

    def in_units(each: NullModel) -> NullModel:
        return evolve(
            each,
            intercept=each.intercept * factor + shift,
            slope=each.slope * factor / unit,
            between_sd=each.between_sd * factor,
            slope_sd=each.slope_sd * factor / unit,
            within_sd=each.within_sd * factor,
            distance=each.distance * unit,
        )

    other = evolve(null, first=in_units(null.first), second=in_units(null.second))
    assert series.beside is not None
    moved = Series(
        series.starts, series.session * unit, series.score * factor + shift, beside=series.beside * factor + shift
    )
    assert seen(other, moved).ratios.session == pytest.approx(seen(null, series).ratios.session, rel=1e-6, abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(null=JOINTS, series=pairs())
def test_the_raters_may_change_places(null: TwoRaterNull, series: Series) -> None:
    """Where both gave every score it does not matter whose panel is judged."""
    assert series.beside is not None
    whole = np.where(np.isnan(series.beside), 3.0, series.beside)
    one = Series(series.starts, series.session, series.score, beside=whole)
    two = Series(series.starts, series.session, whole[:, 0], beside=series.score[:, None])
    swapped = evolve(null, first=null.second, second=null.first)
    assert seen(swapped, two).ratios.session == pytest.approx(seen(null, one).ratios.session, rel=1e-8, abs=1e-8)


@settings(max_examples=25, deadline=None)
@given(null=NULLS, series=pairs())
def test_without_the_other_rater_it_is_the_scan_of_one(null: NullModel, series: Series) -> None:
    """If the two share nothing, and only the first rater's scores may fall, the second's do not matter."""
    joint = TwoRaterNull(first=null, second=null, level_correlation=0, slope_correlation=0, noise_correlation=0)
    alone = dyad_ratios(series, null, Pulses())
    assert dyad_ratios(series, joint, Pulses(raters=(1, 0, 0))) == pytest.approx(alone, rel=1e-8, abs=1e-8)


def drawn(dyads: int, sessions: int, seed: int, *, falls: float = 0.0, gone: float = 0.0) -> tuple[Panel, Panel]:
    """Panels of two raters; in some dyads the first rater's scores, the second's or both fall by a point for good."""
    chance = np.random.default_rng(seed)
    skeleton = Skeleton.regular(dyads, sessions, JOINT.first)
    whole = evolve(skeleton, series=evolve(skeleton.series, beside=np.zeros((dyads * sessions, 1))))
    same = Mixing(0.0, 0.0)
    pairs_ = Pairs(JOINT, same, same)
    series = pairs_.drawn(whole, chance.standard_normal((1, pairs_.numbers(whole))))
    assert series.beside is not None
    late = np.tile(np.arange(sessions) >= sessions // 2, dyads)
    whose = np.array(ALTERNATIVES)[chance.integers(0, 3, dyads)] & (np.arange(dyads) < falls * dyads)[:, None]
    scores = np.stack([series.score, series.beside[:, 0]])
    scores = np.clip(scores - late * np.repeat(whose.T, sessions, axis=1), 1, 5)
    scores[1, chance.random(scores.shape[1]) < gone] = np.nan
    labels = np.repeat([f"D-{at:04d}" for at in range(dyads)], sessions)
    one, two = (Panel.from_arrays(labels, series.session, each, scale=SCALE, higher_is_better=True) for each in scores)
    return one, two


@cache
def clinic(gone: float = 0.2) -> tuple[Panel, Panel]:
    """Sixty dyads, a third of them with a fall."""
    return drawn(60, 8, 3, falls=1 / 3, gone=gone)


def scanned(rule: Scan, panels: tuple[Panel, Panel], **given_: Any) -> Detection:
    """What the scan finds in two panels."""
    beside = panels[1] if rule.n_raters > 1 else None
    return detect(panels[0], beside=beside, primary=rule, expected="none", **given_)


def test_about_one_dyad_in_twenty_is_flagged_where_both_only_wander() -> None:
    """With the noise known, dyads without a fall are flagged at the stated rate, a sixth of the second's scores missing."""
    for gone in (0.0, 1 / 6):
        codes = scanned(KNOWN, drawn(1500, 10, 4, gone=gone)).codes[0].reshape(1500, -1)
        assert 0.035 < (codes == 1).any(axis=1).mean() < 0.066


def test_a_fall_in_both_is_found_more_often_than_by_one_rater_alone() -> None:
    """Where falls are in either's scores or in both's, the two together show more of them than the first alone."""
    panels = drawn(400, 10, 5, falls=1.0)
    one = (scanned(Scan(null=JOINT.first), panels).codes[0].reshape(400, -1) == 1).any(axis=1).mean()
    both = (scanned(KNOWN, panels).codes[0].reshape(400, -1) == 1).any(axis=1).mean()
    assert both > one + 0.15


def test_it_says_whose_scores_fell() -> None:
    """A fall that one rater alone shows, or both, has nearly all the weight, with its depth and the expected course."""
    flat, fallen = [4.5, 4.4, 4.6, 4.5, 4.4, 4.5, 4.4, 4.6, 4.5], [4.5, 4.4, 4.6, 4.5, 4.4, 3.3, 3.2, 3.4, 3.3]
    for first, second, name in (
        (fallen, flat, "first_alone"),
        (flat, fallen, "second_alone"),
        (fallen, fallen, "both"),
    ):
        one, two = (
            Panel.from_arrays(["A"] * 9, [*range(9)], each, scale=SCALE, higher_is_better=True)
            for each in (first, second)
        )
        candidate = scanned(KNOWN, (one, two)).candidates[0]
        assert candidate.flagged_at == 5
        assert candidate.values[name] > 0.9
        assert sum(candidate.values[each] for each in ("first_alone", "second_alone", "both")) == pytest.approx(1)
        assert candidate.values["depth_low"] < 1.1 < candidate.values["depth_high"]
        assert candidate.reference == pytest.approx(4.5, abs=0.25)
        assert "of the rater who is judged here alone" in candidate.explain()


def test_missing_scores_of_one_rater_leave_the_other() -> None:
    """Without any score of the second rater the first's are judged; sessions that the first did not score are not."""
    one, two = clinic()
    nothing = Panel.from_arrays(["Z"], [1], [3.0], scale=SCALE, higher_is_better=True)
    found = scanned(KNOWN, (one, nothing))
    assert np.isfinite(found.of_dyads[0]["log_ratio"]).all()
    holes = one.to_frame("polars")["score"].to_numpy().copy()
    holes[::5] = np.nan
    fewer = Panel.from_arrays(
        one.to_frame("polars")["dyad"].to_list(),
        one.to_frame("polars")["session"].to_list(),
        holes,
        scale=SCALE,
        higher_is_better=True,
    )
    codes = scanned(KNOWN, (fewer, two)).codes[0]
    assert (codes[::5] == CODES[Verdict.NO_SCORE]).all()


def test_blocks_of_any_size_give_the_same_to_the_last_bit() -> None:
    """A dyad gives the same numbers whichever others are beside it."""
    one, two = (scanned(KNOWN, clinic(), rows=rows) for rows in (10**6, 20))
    assert one.codes[0].tolist() == two.codes[0].tolist()
    assert list(one.candidates) == list(two.candidates)
    assert all(len(candidate.expected_sd) == len(candidate.scores) for candidate in one.candidates)
    for name, values in one.of_dyads[0].items():
        assert np.array_equal(values, two.of_dyads[0][name], equal_nan=True)


def test_gains_are_falls_of_turned_scores() -> None:
    """What both raters' scores show falling shows as a rise where the scale is turned."""
    panels = clinic()
    turned = tuple(
        Panel.from_arrays(
            each.to_frame("polars")["dyad"].to_list(), each.to_frame("polars")["session"].to_list(), [6 - score for score in each.to_frame("polars")["score"].fill_null(math.nan)],
            scale=SCALE, higher_is_better=True,
        )
        for each in panels
    )  # fmt: skip
    null = evolve(
        JOINT,
        first=evolve(JOINT.first, intercept=6 - JOINT.first.intercept, slope=-JOINT.first.slope),
        second=evolve(JOINT.second, intercept=6 - JOINT.second.intercept, slope=-JOINT.second.slope),
    )
    falls, rises = scanned(KNOWN, panels), scanned(ScanGain(raters="both", null=null), (turned[0], turned[1]))
    assert rises.of_dyads[0]["log_ratio"] == pytest.approx(falls.of_dyads[0]["log_ratio"], abs=1e-8)


@settings(max_examples=12, deadline=None)
@given(series=pairs(least=2, most=3), at=st.integers(1, 2))
def test_a_session_is_undetectable_only_where_no_pair_of_scores_would_be_flagged(series: Series, at: int) -> None:
    """By brute force over all half points of the scale, for either rater who gave a score."""
    context = PanelContext.of_scale(*SCALE)
    at = min(at, series.score.size - 1)
    rule = KNOWN.learnt({}, series, context)
    unable = rule.verdicts(series, context).code[at] == CODES[Reason.NO_ROOM]
    assert series.beside is not None
    halves = np.arange(1, 5.5, 0.5)
    ever = False
    for first in halves:
        for second in halves if not np.isnan(series.beside[at, 0]) else (np.nan,):
            score, beside = series.score.copy(), series.beside.copy()
            score[at], beside[at, 0] = first, second
            tried = Series(series.starts, series.session, score, beside=beside)
            ever = ever or rule.verdicts(tried, context).code[at] == CODES[Verdict.FLAGGED]
    assert not (unable and ever)


def test_near_the_floor_of_the_scale_there_is_no_room() -> None:
    """Where both raters give low scores throughout, nobody falls so far that noise does not go as far."""
    low = Panel.from_arrays(
        ["A"] * 6, [*range(6)], [1.25, 1.0, 1.25, 1.0, 1.0, 1.25], scale=SCALE, higher_is_better=True
    )
    one = NullModel(intercept=1.2, between_sd=0.2)  # sharing nothing: a high score of the one makes no low one unlikely
    null = TwoRaterNull(first=one, second=one, level_correlation=0, slope_correlation=0, noise_correlation=0)
    assert CODES[Reason.NO_ROOM] in scanned(Scan(raters="both", null=null), (low, low)).codes[0]


def test_what_the_raters_share_is_learnt_from_the_panels() -> None:
    """Models of both and their correlations come out about right, a quarter of the dyads fallen."""
    found = scanned(Scan(raters="both"), drawn(250, 8, 6, falls=0.25, gone=0.1))
    wandering = found.primary.wandering  # type: ignore[attr-defined]  # a scan
    joint = wandering.joint
    assert joint.first.within_sd == pytest.approx(0.35, abs=0.06)
    assert joint.second.within_sd == pytest.approx(0.3, abs=0.06)
    assert joint.level_correlation == pytest.approx(0.4, abs=0.2)
    assert joint.noise_correlation == pytest.approx(0.3, abs=0.12)
    assert isinstance(found.primary, Scan)
    fresh = scanned(found.primary, drawn(1500, 8, 8)).codes[0].reshape(1500, -1)
    assert 0.015 < (fresh == 1).any(axis=1).mean() < 0.095
    assert found.primary.settings["wandering_noise_correlation"] == joint.noise_correlation
    assert found.primary.label == "scan (raters both)"


def test_with_few_scores_of_one_rater_nothing_is_fitted_and_the_rule_says_so() -> None:
    """Fifty dyads with four scores of each rater are needed; without, nothing is flagged."""
    one, two = drawn(60, 6, 7, gone=0.7)
    found = scanned(Scan(raters="both"), (one, two))
    assert not (found.codes[0] == CODES[Verdict.FLAGGED]).any()
    assert "of each rater" in found.primary.sentence


def test_noise_is_counted_for_the_rules_of_one_rater_beside_it() -> None:
    """A rule that reads two raters has no count from noise, and says why; the others have theirs."""
    one, two = clinic()
    found = detect(one, beside=two, primary=KNOWN, also=[Drop(k=2)])
    assert found.counts[0].expected is None
    assert "reads those of two" in found.counts[0].unknown
    assert found.counts[1].expected is not None
    assert not found.counts[1].unknown
    alone = detect(one, beside=two, primary=KNOWN)
    assert alone.counts[0].expected is None


def test_the_model_has_as_many_raters_as_are_read() -> None:
    """A model of one rater is refused for two, and of two for one; so are raters whose scores never vary."""
    with pytest.raises(InvalidValueError, match="as many raters"):
        Scan(raters="both", null=NullModel())
    with pytest.raises(InvalidValueError, match="as many raters"):
        Scan(null=JOINT)
    with pytest.raises(InvalidValueError, match="wander"):
        Scan(raters="both", null=evolve(JOINT, second=NullModel(within_sd=0)))
    with pytest.raises(InvalidValueError, match=r"Pulses\.raters"):
        Pulses(raters=(1.0, 1.0))
