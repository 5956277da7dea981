"""What noise is said to give: the count of a panel in which nothing happened, on its own sessions, gaps and lengths."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from attrs import evolve
from tests.proofs.expected_from_noise import DESIGNS, tried

from therarel.detection import Detection, RuleCount, Verdict, calibrate, code_of, detect, rules
from therarel.detection.bootstrap import noise_counts
from therarel.detection.learning import pool
from therarel.detection.rules import (
    BelowOwnMean,
    ChangePoint,
    Drop,
    IndividualsChart,
    ReliableDrop,
    SuddenGain,
    SuddenLoss,
)
from therarel.detection.simulated import Falls, tally
from therarel.errors import InvalidValueError
from therarel.noise import NullModel, fit_null
from therarel.noise.falls.mixing import MixedNull, Mixing
from therarel.noise.matching import match
from therarel.noise.skeleton import Skeleton
from therarel.panels import Panel
from therarel.simulation import ClinicParameters, SimulatedClinic, simulate_clinic

QUIET = ClinicParameters(rupture_share=0.0)


def panel_of(clinic: SimulatedClinic, **known: Any) -> Panel:
    """The scores of a simulated clinic as another panel."""
    labels = np.array(clinic.labels(), dtype=object)[clinic.dyad]
    settings = {"scale": (1, 5), "higher_is_better": True, **known}
    session, score = settings.pop("session", clinic.session), settings.pop("score", clinic.score)
    return Panel.from_arrays(labels, session, score, **settings)


def within(count: RuleCount) -> bool:
    """Whether a count lies in the interval that noise is said to give."""
    assert count.expected is not None, count.unknown
    return count.expected.low <= count.flagged_dyads <= count.expected.high


@pytest.mark.parametrize(
    "name", ["40 % missing, largest gap 1", "mixed lengths, dates, 20 % missing, largest gap 14 days"]
)
def test_noise_is_said_to_give_what_it_gives(name: str) -> None:
    """Over three small panels of a design the mean difference is small and nearly every interval holds the count."""
    for rule, told in tried(evolve(DESIGNS[name], dyads=60), 3).items():
        assert abs(told["share_of_dyads"]) < 0.06, (rule, told)
        assert told["held"] >= 2, (rule, told)


def test_relabelling_sessions_to_weeks_changes_nothing() -> None:
    """Sessions 1, 2, 3 and the same a week apart are flagged alike, and noise is said to give the same."""
    clinic = simulate_clinic(100, seed=4, sessions=10, parameters=evolve(QUIET, slope=0.25, intercept=2.5))
    rules = {"primary": Drop(k=2), "also": [IndividualsChart(), SuddenGain(cutoff=1.0)]}
    one = detect(panel_of(clinic), **rules).counts  # type: ignore[arg-type]  # the dictionary is of several kinds
    days = np.datetime64("2026-01-05") + 7 * clinic.session.astype(int)
    two = detect(panel_of(clinic, session=days.tolist(), index="dated"), **rules).counts  # type: ignore[arg-type]
    for here, there in zip(one, two, strict=True):
        assert here.flagged_dyads == there.flagged_dyads
        assert here.expected is not None
        assert there.expected is not None
        assert (here.expected.mean, here.expected.low, here.expected.high) == pytest.approx(
            (there.expected.mean, there.expected.low, there.expected.high), abs=1
        )
        assert within(here)
        assert within(there)


def test_dyads_in_which_a_rule_cannot_fire_are_treated_alike_in_panel_and_simulation() -> None:
    """Of 4,000 clients with 2 to 12 sessions many are undetectable; with the true null the count is what is told."""
    clinic = simulate_clinic(4000, seed=3, sessions=(2, 12), parameters=QUIET)
    found = detect(clinic.panel(), primary=IndividualsChart(), also=[BelowOwnMean()], expected=NullModel())
    for count in found.counts:
        assert count.undetectable_dyads > 800
        assert count.expected_share == pytest.approx(count.flagged_share, abs=0.015)
        assert within(count)


def test_a_panel_of_other_noise_is_compared_with_its_own() -> None:
    """With an autocorrelation of .7 the counts are far from those of the standard clinic, and as noise is said to give."""
    clinic = simulate_clinic(200, seed=6, sessions=16, parameters=evolve(QUIET, phi=0.7))
    for count in detect(clinic.panel(), primary=Drop(k=2), also=[IndividualsChart()]).counts:
        assert count.standard_share is not None
        assert abs(count.standard_share - count.flagged_share) > 0.1
        assert count.expected_share == pytest.approx(count.flagged_share, abs=0.07)
        assert within(count)


def test_what_is_pooled_is_pooled_over_the_whole_panel() -> None:
    """Short and long series together have one pooled standard deviation, in the panel and in each simulated one."""
    clinic = simulate_clinic(600, seed=7, sessions=(4, 30), parameters=evolve(QUIET, slope_sd=0.06))
    (count,) = detect(clinic.panel(), primary=Drop(k=2), expected=NullModel(slope_sd=0.06)).counts
    assert count.expected_share == pytest.approx(count.flagged_share, abs=0.04)
    assert within(count)


@pytest.fixture(scope="module")
def found() -> Detection:
    """A detection in a small clinic."""
    return detect(simulate_clinic(40, seed=2, sessions=12).panel(), primary=Drop(k=2), also=[SuddenGain(cutoff=1.0)])


def test_the_same_seed_gives_the_same_counts_on_any_number_of_threads(found: Detection) -> None:
    """A count can be repeated to the last digit, and another seed gives another."""
    again = detect(found.panel, primary=found.primary, also=found.also, threads=1)
    assert [each.expected for each in again.counts] == [each.expected for each in found.counts]
    other = detect(found.panel, primary=found.primary, also=found.also, seed=2).counts[0].expected
    assert other is not None
    assert other != found.counts[0].expected
    assert other.mean == pytest.approx(found.counts[0].expected_dyads or 0, abs=1.5)


def test_detection_calibration_and_fit_have_one_null_and_one_rate(found: Detection) -> None:
    """The null that detection fits is that of `fit_null`; a calibration like the panel gives the same rate."""
    noise = found.counts[0].expected
    assert noise is not None
    assert noise.null == fit_null(found.panel, seed=1)
    rate = calibrate(Drop(k=2), like=found.panel, depths=(), clients=8000, seed=1).false_alarms[0]
    assert rate.sessions is None
    assert rate.clients.share == pytest.approx(noise.share, abs=0.03)


def test_the_simulation_tells_how_far_it_is_and_runs_once(found: Detection) -> None:
    """Progress rises from above 0 to 1, and a second call gives what the first one found."""
    seen: list[float] = []
    other = detect(found.panel, primary=found.primary)
    first = other.simulate_noise(seen.append)
    assert seen == sorted(seen)
    assert 0 < seen[0] < seen[-1] == 1
    assert other.simulate_noise(seen.append) is first
    assert seen[-1] == 1
    assert other.counts[0].expected is first.counts[0]


def test_counts_have_an_interval_and_a_monte_carlo_error(found: Detection) -> None:
    """The mean lies in the interval, the error is a small part of a dyad, and the words hold all three numbers."""
    for count in found.counts:
        noise = count.expected
        assert noise is not None
        assert 0 <= noise.low <= noise.mean <= noise.high <= noise.dyads == 40
        assert noise.error < 0.3
        assert noise.runs == 1000
        assert f"{noise.mean:.1f} ({noise.low} to {noise.high})" in count.in_words()
        assert f"{noise.mean:.1f} ({noise.low} to {noise.high})" in str(found.table())


@pytest.mark.parametrize(("dyads", "sessions"), [(19, 12), (40, 3), (1, 2)])
def test_small_panels_have_no_expected_count_and_say_why(dyads: int, sessions: int) -> None:
    """Below 20 dyads with 4 scores nothing is fitted; the standard clinic is named as what it is."""
    (count,) = detect(simulate_clinic(dyads, seed=1, sessions=sessions).panel(), primary=Drop(k=2)).counts
    assert (count.expected, count.expected_dyads, count.expected_share, count.more_than_noise) == (None,) * 4
    assert "not known (only " in count.in_words()
    assert "in the standard clinic noise flags" in count.in_words()


def test_a_stated_null_serves_a_panel_of_any_size() -> None:
    """Whoever knows the noise of an instrument can state it for five dyads; nothing is fitted then."""
    panel = simulate_clinic(5, seed=1, sessions=12).panel()
    (count,) = detect(panel, primary=Drop(k=2), expected=NullModel()).counts
    assert count.expected is not None
    assert not count.expected.fitted
    assert count.expected.null == NullModel()
    assert count.expected.falls.null == NullModel()
    assert count.expected.share == pytest.approx(0.27, abs=0.08)


def test_the_comparison_can_be_left_out() -> None:
    """Nobody has to wait for a simulation that is not asked for."""
    (count,) = detect(simulate_clinic(40, seed=1).panel(), primary=Drop(k=2), expected="none").counts
    assert count.expected is None
    assert "it was not asked for" in count.in_words()


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"expected": NullModel(minimum=0, maximum=27)}, "on the scale of the panel"),
        ({"expected": "table"}, "'fitted', 'none' or a NullModel"),
        ({"expected": None}, "'fitted', 'none' or a NullModel"),
        ({"seed": -1}, "detect.seed"),
        ({"seed": 1.0}, "detect.seed"),
    ],
)
def test_what_noise_cannot_come_from_is_refused(settings: dict[str, Any], told: str) -> None:
    """A null of another scale, a word that means nothing, or a seed that is none are named before anything is judged."""
    with pytest.raises(InvalidValueError, match=told):
        detect(simulate_clinic(30, seed=1).panel(), primary=Drop(k=2), **settings)


def test_a_null_of_a_symptom_scale_is_turned() -> None:
    """On 0 to 27, lower is better, the null that is fitted can be stated again."""
    clinic = simulate_clinic(30, seed=1, sessions=8)
    score = np.round((5 - clinic.score) * 27 / 4)
    panel = panel_of(clinic, score=score, scale=(0, 27), higher_is_better=False)
    null = fit_null(panel)
    (count,) = detect(panel, primary=Drop(k=2), expected=null).counts
    assert (null.minimum, null.maximum) == (-27, 0)
    assert count.expected is not None


def test_scores_of_which_no_noise_can_be_learnt_are_said_to_be_so() -> None:
    """Where every score is the same nothing is simulated, and nothing fails."""
    panel = Panel.from_arrays(
        np.repeat(np.arange(30), 6), np.tile(np.arange(6), 30), np.full(180, 4.0), scale=(1, 5), higher_is_better=True
    )
    (count,) = detect(panel, primary=Drop(k=2)).counts
    assert (count.flagged_dyads, count.expected) == (0, None)
    assert "a null model needs more scores" in count.in_words()


def test_a_panel_without_any_score_has_no_expected_count() -> None:
    """Sessions without a score are neither judged nor simulated, whatever null is stated."""
    whole = Panel.from_arrays(["A", "A", "B"], [1, 2, 1], [None, None, 4], scale=(1, 5), higher_is_better=True)
    panel = whole.only(["A"])
    for expected in ("fitted", NullModel()):
        (count,) = detect(panel, primary=Drop(k=2), expected=expected).counts
        assert (count.dyads, count.expected) == (0, None)


def test_a_count_that_could_not_have_shown_drops_has_little_power() -> None:
    """Over 400 dyads charts and lasting losses show drops in a quarter of them; drops in pooled units do not."""
    skeleton = Skeleton.regular(400, 16, NullModel())
    rules = [IndividualsChart(), SuddenLoss(cutoff=1.0), Drop(k=2)]
    chart, loss, drop = noise_counts(skeleton, rules, null=NullModel(), seed=1)
    assert chart.falls.depth == 1
    assert chart.falls.share == 0.25
    assert chart.falls.mean > chart.mean + 15
    assert chart.could_tell
    assert loss.could_tell
    assert not drop.could_tell


def test_drops_leave_less_noise_than_is_fitted_beside_them(found: Detection) -> None:
    """Panels with the noise that is said to be there without drops, and with such drops, are fitted as the panel is."""
    noise = found.counts[0].expected
    assert noise is not None
    assert noise.falls.null.within_sd < 0.98 * noise.null.within_sd
    skeleton = Skeleton.of(found.panel)
    seeds = [np.random.SeedSequence(7, spawn_key=(run,)) for run in range(60)]
    quiet = skeleton.draw([noise.falls.null] * len(seeds), seeds)
    drops = ClinicParameters(rupture_share=noise.falls.share, depth=(noise.falls.depth,) * 3)
    fallen = skeleton.with_falls(quiet, drops, [seed.spawn(1)[0] for seed in seeds])
    again = match(skeleton, fallen.score, seed=1).null
    assert again.within_sd == pytest.approx(noise.null.within_sd, rel=0.03)
    assert again.phi == pytest.approx(noise.null.phi, abs=0.04)
    assert noise.falls.expected == pytest.approx(noise.mean, abs=2)


def test_power_is_the_share_of_panels_with_drops_whose_count_is_above_noise() -> None:
    """Where the noise is stated the share of 300 panels with drops above the range of noise is the power."""
    null = NullModel()
    skeleton = Skeleton.regular(80, 12, null)
    rules = [IndividualsChart(), SuddenLoss(cutoff=1.0), Drop(k=1.25, scale="points", reference="running_maximum")]
    seeds = [np.random.SeedSequence(11, spawn_key=(run,)) for run in range(300)]
    drops = Falls(shape=ClinicParameters(rupture_share=0.25, depth=(1.0, 1.0, 1.0)))
    counts = tally(skeleton, rules, [null] * len(seeds), seeds, falls=drops)
    for said, count in zip(noise_counts(skeleton, rules, null=null, seed=1), counts, strict=True):
        assert said.falls.power == pytest.approx(float((count.flagged > said.high).mean()), abs=0.07), said.rule


def test_a_fit_makes_a_count_show_drops_less_often_than_a_known_model() -> None:
    """What noise is said to give differs from panel to panel with the fit, so that fewer counts lie above it."""
    skeleton = Skeleton.regular(150, 16, NullModel())
    drawn = skeleton.draw([NullModel()], [np.random.SeedSequence(3)]).score[0]
    fitted = noise_counts(evolve(skeleton, series=skeleton.with_scores(drawn)), [IndividualsChart()], seed=1)[0]
    stated = noise_counts(skeleton, [IndividualsChart()], null=NullModel(), seed=1)[0]
    assert fitted.falls.power < stated.falls.power


def test_a_larger_panel_is_simulated_on_a_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts on a tenth of the dyads, raised, are those of the whole, with an interval that is no wider than it."""
    skeleton = Skeleton.regular(600, 8, NullModel())
    (whole,) = noise_counts(skeleton, [BelowOwnMean()], null=NullModel(), seed=1)
    monkeypatch.setattr("therarel.detection.bootstrap._LARGEST", 60)
    (part,) = noise_counts(skeleton, [BelowOwnMean()], null=NullModel(), seed=1)
    assert (part.dyads, part.simulated) == (600, 60)
    assert part.mean == pytest.approx(whole.mean, abs=3)
    assert part.high - part.low == pytest.approx(whole.high - whole.low, rel=0.25)


def test_slow_rules_are_simulated_on_fewer_dyads_and_keep_their_place() -> None:
    """Change points are searched dyad by dyad; their count stands where they do among the rules."""
    panel = simulate_clinic(20, seed=1, sessions=5).panel()
    rules = [ChangePoint(), ReliableDrop(sd=0.8, reliability=0.9)]
    assert ChangePoint.slow
    found = detect(panel, primary=rules[0], also=rules[1:])
    assert [each.rule for each in found.counts] == rules
    assert all(each.expected is not None and each.expected.rule == each.rule for each in found.counts)


def test_beside_falls_a_drop_is_judged_by_the_unit_of_the_panel_with_its_falls() -> None:
    """Falls widen a pooled standard deviation; what noise is said to give is what it gives by that very unit."""
    null = NullModel()
    skeleton = Skeleton.regular(400, 12, null)
    seed = [np.random.SeedSequence(3)]
    quiet = skeleton.draw([null], seed)
    fallen = skeleton.with_falls(quiet, ClinicParameters(rupture_share=0.5), [np.random.SeedSequence(4)])
    with_falls = evolve(skeleton, series=skeleton.with_scores(fallen.score[0]))
    rule = Drop(k=1.5, scale="pooled_sd")
    unit = pool([with_falls.series], rule.needs, skeleton.context)
    code = rule.verdicts(skeleton.with_scores(quiet.score[0]), skeleton.context.knowing(unit)).code
    gives = np.logical_or.reduceat(code == code_of(Verdict.FLAGGED), skeleton.series.first).mean()
    alike = MixedNull(null, Mixing(0.0, 0.0))
    (said,) = noise_counts(with_falls, [rule], null=null, beside_falls=alike, seed=1)
    assert said.share == pytest.approx(gives, abs=0.06)
    (own,) = noise_counts(with_falls, [rule], null=null, seed=1)
    assert own.share > said.share + 0.1


def test_noise_that_differs_between_dyads_is_simulated_so() -> None:
    """A fall in points is flagged more often where some dyads vary more than others, at the same overall variance."""
    null = NullModel()
    skeleton = Skeleton.regular(300, 12, null)
    rule = Drop(k=1.5, scale="points")
    alike, differing = (
        noise_counts(skeleton, [rule], null=null, beside_falls=MixedNull(null, Mixing(each, 0.0)), seed=1)[0].share
        for each in (0.0, 0.15)
    )
    assert differing > 1.3 * alike


@pytest.mark.parametrize("rule", [rules.Drop(k=2), rules.Scan()])
def test_the_figures_of_the_noise_have_intervals_where_they_were_fitted(rule: rules.Rule) -> None:
    """They hold what was fitted, and most of the time the truth; a stated model has none."""
    parameters = ClinicParameters(rupture_share=0.0, sessions=(10, 10))
    panel = simulate_clinic(120, seed=6, parameters=parameters).panel()
    noise = detect(panel, primary=rule).counts[0].expected
    assert noise is not None
    assert noise.within_sd is not None
    assert noise.phi is not None
    assert noise.within_sd[0] < noise.null.within_sd < noise.within_sd[1]
    assert noise.within_sd[0] < 0.35 < noise.within_sd[1]
    assert noise.phi[0] < noise.null.phi < noise.phi[1]
    stated = detect(panel, primary=rules.Drop(k=2), expected=NullModel()).counts[0].expected
    assert stated is not None
    assert stated.within_sd is stated.phi is None
