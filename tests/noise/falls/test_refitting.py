"""What would be fitted to other panels: one step from a fit leads near the fit itself."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from attrs import evolve

from therarel.detection.rules import Pulses
from therarel.noise import NullModel
from therarel.noise.falls.matching import match_mixture
from therarel.noise.falls.mixing import MixedNull, Mixing
from therarel.noise.falls.refitting import MixtureRefit
from therarel.noise.falls.wandering import turned
from therarel.noise.matching import PlainRefit, match
from therarel.noise.skeleton import Skeleton
from therarel.simulation import ClinicParameters

NULL = NullModel()
SKELETON = Skeleton.regular(150, 10, NULL)
ALIKE = Mixing(0.0, 0.0)
SDS = (0.32, 0.35, 0.38)


def panels() -> npt.NDArray[np.float64]:
    """Scores of three panels whose noise differs, a quarter of the dyads of each with a fall."""
    seeds = [np.random.SeedSequence(4, spawn_key=(run,)) for run in range(len(SDS))]
    quiet = SKELETON.draw([evolve(NULL, within_sd=sd) for sd in SDS], seeds)
    return SKELETON.with_falls(quiet, ClinicParameters(rupture_share=0.25), [seed.spawn(1)[0] for seed in seeds]).score


def test_one_step_beside_falls_leads_near_the_fit_of_each_panel() -> None:
    """The standard deviation and the autocorrelation of the noise are within a twentieth of those of a whole fit."""
    scores = panels()
    refit = MixtureRefit.of(SKELETON, MixedNull(NULL, ALIKE, share=0.2), seed=1)
    for score, vector in zip(scores, refit.moved(SKELETON, scores, refit.said), strict=True):
        whole = match_mixture(evolve(SKELETON, series=SKELETON.with_scores(score)), Pulses(), seed=1)
        null, _ = refit.noise(vector)
        assert null.within_sd == pytest.approx(whole.null.within_sd, rel=0.05)
        assert null.phi == pytest.approx(whole.null.phi, abs=0.06)


def test_one_step_of_a_plain_fit_leads_near_the_fit_of_each_panel() -> None:
    """The standard deviation and the autocorrelation of the noise are within a twentieth of those of a whole fit."""
    scores = panels()
    refit = PlainRefit.of(SKELETON, match(SKELETON, scores, seed=1).null, seed=1)
    for score, vector in zip(scores, refit.moved(SKELETON, scores), strict=True):
        whole = match(SKELETON, score[np.newaxis], seed=1)
        null, _ = refit.noise(vector)
        assert null.within_sd == pytest.approx(whole.null.within_sd, rel=0.05)
        assert null.phi == pytest.approx(whole.null.phi, abs=0.06)


def test_rises_are_refitted_as_falls_are_upside_down() -> None:
    """Scores, scale and model turned, the same figures come out."""
    scores = panels()
    upside_down = evolve(
        SKELETON,
        series=evolve(SKELETON.series, score=-SKELETON.series.score),
        context=evolve(SKELETON.context, minimum=-5.0, maximum=-1.0),
    )
    falls = MixtureRefit.of(SKELETON, MixedNull(NULL, ALIKE, share=0.2), seed=1)
    rises = MixtureRefit.of(upside_down, MixedNull(turned(NULL), ALIKE, share=0.2, rising=True), seed=1)
    ours, theirs = falls.moved(SKELETON, scores), rises.moved(upside_down, -scores)
    assert theirs == pytest.approx(ours)
    (down, _), (up, _) = falls.noise(ours[0]), rises.noise(theirs[0])
    assert turned(up) == down
