"""The skeleton of a panel: what is drawn on it has its sessions, gaps and missing scores, and is judged as a panel is."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from therarel.detection import detect
from therarel.detection.designs import one_drop
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
from therarel.detection.simulated import Falls, knowing, tally
from therarel.noise import NullModel
from therarel.noise.lattice import step_of
from therarel.noise.skeleton import Skeleton
from therarel.panels import Panel
from therarel.simulation import ClinicParameters, simulate_clinic

RULES: list[Rule] = [
    Drop(k=2),
    Drop(k=1, scale="moving_range", reference="running_maximum"),
    Drop(k=2, scale="larger_person_between", reference="regression"),
    BelowOwnMean(k=2),
    IndividualsChart(autocorrelation=True),
    IndividualsChart(sigma="sd", rules={1, 2, 5}),
    IndividualsChart(detrended=True, screened=True),
    ReliableDrop(reliability=0.9),
    SuddenLoss(cutoff=0.5),
    SuddenGain(cutoff=0.5),
    ChangePoint(),
]


def seeds(number: int, start: int = 0) -> list[np.random.SeedSequence]:
    """Seeds of some panels."""
    return [np.random.SeedSequence(start + run) for run in range(number)]


def patchy_panel(dyads: int = 30, **known: Any) -> Panel:
    """A panel with series of several lengths, missing scores, breaks between sessions, and one dyad without a score."""
    chance = np.random.default_rng(7)
    labels, places, scores = [], [], []
    for dyad in range(dyads):
        sessions = int(chance.integers(1, 14))
        place = np.cumsum(chance.integers(1, 4, sessions))
        score = np.clip(3.5 + chance.normal() * 0.5 + 0.4 * chance.normal(size=sessions), 1, 5)
        missing = chance.random(sessions) < (1.0 if dyad == 3 else 0.3)
        labels += [f"D-{dyad:02}"] * sessions
        places += place.tolist()
        scores += np.where(missing, math.nan, np.round(12 * score) / 12).tolist()
    settings: dict[str, Any] = {"scale": (1, 5), "higher_is_better": True, **known}
    score = np.array(scores) if settings["higher_is_better"] else 6 - np.array(scores)
    return Panel.from_arrays(labels, places, score, **settings)


@pytest.mark.parametrize(
    "known",
    [
        {},
        {"max_gap": 2},
        {"higher_is_better": False},
        {"index": "scheduled", "max_gap": 3},
        {"index": "scheduled"},
        {"scale": None},
    ],
)
def test_scores_on_a_skeleton_are_judged_as_the_panel_is(known: dict[str, Any]) -> None:
    """The panel's own scores, put on its skeleton, are flagged in as many dyads as detection flags, by every rule."""
    panel = patchy_panel(**known)
    skeleton = Skeleton.of(panel)
    counts = detect(panel, primary=RULES[0], also=RULES[1:], expected="none").counts
    for rule, count in zip(RULES, counts, strict=True):
        series = skeleton.with_scores(skeleton.series.score)
        learnt, context = knowing(skeleton, rule, series)
        code = learnt.verdicts(series, context).code
        assert int(np.logical_or.reduceat(code == 1, series.first).sum()) == count.flagged_dyads, rule.label
        assert skeleton.n_dyads == count.dyads
        assert int((code >= 16).sum()) == count.undetectable_sessions, rule.label


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.label)
def test_what_is_flagged_does_not_depend_on_looking_for_limits(rule: Rule) -> None:
    """Rules that do not find out where they could not have fired flag the same sessions."""
    skeleton = Skeleton.of(patchy_panel(max_gap=3))
    null = NullModel(within_sd=0.6)
    found = [tally(skeleton, [rule], [null] * 3, seeds(3), limits=limits)[0] for limits in (False, True)]
    assert found[0].flagged.tolist() == found[1].flagged.tolist()
    assert found[0].flagged_sessions.tolist() == found[1].flagged_sessions.tolist()


def test_noise_has_the_spread_and_the_autocorrelation_of_the_null_over_real_distances() -> None:
    """Correlations over one, two and five times the usual distance are phi to those powers, and variances are right."""
    null = NullModel(between_sd=0, slope=0, slope_sd=0, within_sd=0.5, phi=0.6, distance=7)
    places = np.tile([0.0, 7.0, 21.0, 56.0], 2000)
    panel = Panel.from_arrays(
        np.repeat(np.arange(2000), 4), places, np.full(8000, 3.0), scale=(1, 5), higher_is_better=True,
        index="scheduled",
    )  # fmt: skip
    skeleton = Skeleton.of(panel)
    assert skeleton.distance == 14
    noise = skeleton.draw([null], seeds(1)).latent[0].reshape(-1, 4) - null.intercept
    assert noise.std(axis=0) == pytest.approx([0.5] * 4, abs=0.03)
    correlation = np.corrcoef(noise.T)
    assert correlation[0, 1:] == pytest.approx([0.6, 0.6**3, 0.6**8], abs=0.06)
    assert correlation[1, 2:] == pytest.approx([0.6**2, 0.6**7], abs=0.06)


def test_levels_and_slopes_are_those_of_the_null_in_units_of_the_session_column() -> None:
    """Without noise every dyad is a straight line whose level and slope have the mean and spread that were asked for."""
    null = NullModel(intercept=3, between_sd=0.3, slope=0.01, slope_sd=0.005, within_sd=0, distance=7)
    skeleton = Skeleton.regular(3000, 5, null)
    lines = skeleton.draw([null], seeds(1)).latent[0].reshape(-1, 5)
    assert lines[:, 0].mean() == pytest.approx(3, abs=0.03)
    assert lines[:, 0].std() == pytest.approx(0.3, abs=0.02)
    slopes = np.diff(lines, axis=1) / 7
    assert slopes.mean() == pytest.approx(0.01, abs=0.0005)
    assert slopes[:, 0].std() == pytest.approx(0.005, abs=0.0004)
    assert np.ptp(slopes, axis=1).max() < 1e-12


@pytest.mark.parametrize("phi", [-0.5, 0.0, 0.8])
def test_a_panel_depends_on_its_seed_alone(phi: float) -> None:
    """Drawn alone or among others, with the same null or with each its own, a panel is the same."""
    skeleton = Skeleton.of(patchy_panel())
    null = NullModel(phi=phi)
    together = skeleton.draw([null] * 3, seeds(3)).score
    apart = skeleton.draw([evolve(null, within_sd=1.0), null], seeds(2, start=1)).score
    assert (together[2] == apart[1]).all()
    assert not (together[1] == apart[0]).all()


def test_scores_stand_on_the_scale_in_its_steps() -> None:
    """Whatever is drawn lies between the ends, on whole steps."""
    skeleton = Skeleton.of(patchy_panel())
    score = skeleton.draw([NullModel(within_sd=2.0)] * 4, seeds(4)).score
    assert score.shape == (4, skeleton.n_scores)
    assert score.min() == 1
    assert score.max() == 5
    assert np.abs(12 * score - np.rint(12 * score)).max() < 1e-9


def test_falls_are_in_sessions_and_hidden_where_there_is_no_score() -> None:
    """A fall of one session in every dyad lowers one score by its depth, or none where that session has no score."""
    skeleton = Skeleton.of(patchy_panel(200))
    quiet = skeleton.draw([NullModel(intercept=3, between_sd=0.1, slope=0, slope_sd=0, within_sd=0.1)], seeds(1))
    fallen = skeleton.with_falls(quiet, one_drop(1.0, 1), seeds(1))
    assert fallen.within is not None
    assert fallen.fallen is not None
    assert (fallen.score == quiet.score)[~fallen.within].all()
    assert (quiet.score - fallen.score)[fallen.within] == pytest.approx(1.0)
    dyads = np.add.reduceat(fallen.within[0], skeleton.series.first, dtype=int)
    assert (dyads <= fallen.fallen[0]).all()
    assert 0 < dyads.sum() < fallen.fallen.sum()
    rising = skeleton.with_falls(quiet, one_drop(1.0, 1), seeds(1), rising=True)
    assert (rising.score - quiet.score)[fallen.within] == pytest.approx(1.0)


def test_a_share_of_the_dyads_falls() -> None:
    """About a quarter of dyads that are long enough have a fall if a quarter was asked for."""
    skeleton = Skeleton.regular(2000, 10, NullModel())
    quiet = skeleton.draw([NullModel()], seeds(1))
    fallen = skeleton.with_falls(quiet, ClinicParameters(rupture_share=0.25), seeds(1)).fallen
    assert fallen is not None
    assert fallen.mean() == pytest.approx(0.25, abs=0.04)


def test_tallies_add_up() -> None:
    """Hits are among the flagged that fell, and these among the flagged; nothing fell where nothing was put in."""
    skeleton = Skeleton.regular(100, 12, NullModel())
    falls = Falls(shape=ClinicParameters(rupture_share=0.5))
    for found in tally(skeleton, [Drop(k=2), SuddenGain(cutoff=0.5)], [NullModel()] * 4, seeds(4), falls=falls):
        assert len(found) == 4
        assert (found.hit <= found.flagged_fallen).all()
        assert (found.flagged_fallen <= np.minimum(found.flagged, found.fallen)).all()
        assert (found.flagged <= found.flagged_sessions).all()
    (quiet,) = tally(skeleton, [Drop(k=2)], [NullModel()], seeds(1))
    assert quiet.fallen.sum() == quiet.hit.sum() == 0


def test_a_thinned_skeleton_has_dyads_of_every_part() -> None:
    """So many dyads are kept, evenly taken, each with all of its scores; a smaller skeleton stays as it is."""
    panel = simulate_clinic(50, seed=1).panel()
    whole = Skeleton.of(panel)
    some = whole.thinned(10)
    assert some.n_dyads == 10
    assert set(some.series.sizes.tolist()) <= set(whole.series.sizes.tolist())
    assert (some.series.score[: some.series.sizes[0]] == whole.series.score[: whole.series.sizes[0]]).all()
    assert whole.thinned(50) is whole


@given(
    step=st.sampled_from([1.0, 0.5, 0.25, 1 / 3, 1 / 12, 1 / 7]),
    decimals=st.sampled_from([3, 12]),
    chosen=st.lists(st.integers(0, 60), min_size=30, max_size=200),
)
def test_the_step_of_scores_is_found_in_them(step: float, decimals: int, chosen: list[int]) -> None:
    """Multiples of a step, written with three digits or more, give the step or a multiple of it."""
    scores = np.round(1 + step * np.array(chosen), decimals)
    found = step_of(scores, 1.0, 1 + 60 * step)
    gaps = np.diff(np.unique(chosen))
    if gaps.size < 2:
        assert found is None
    elif np.gcd.reduce(gaps) == gaps.min() == np.sort(gaps)[gaps.size // 20]:
        assert found == pytest.approx(step * gaps.min(), rel=1e-3)


def test_scores_between_steps_have_no_step() -> None:
    """Averages of anything are not taken for steps, and nor are two values."""
    assert step_of(np.random.default_rng(1).normal(3, 0.5, 400), 1, 5) is None
    assert step_of(np.array([3.0, 4.0, 3.0]), 1, 5) is None
