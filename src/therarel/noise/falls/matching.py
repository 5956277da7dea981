"""The noise of a panel in which some dyads may have a fall: a null model and a share of falls, fitted by matching.

What a panel says are gradients of a likelihood (see `therarel.noise.gradients`), each dyad weighted by the
probability that it had no fall; those probabilities; how far large residuals keep company in the same dyads, for
dyads may differ in how much they vary; and how far residuals upwards reach, for noise may have long tails, and falls
live in the other one. Panels simulated from the parameters, with falls in a share of the dyads, are clipped and
rounded, short and full of holes as the panel is; what they say errs alike. All move until panel and simulated panels
say the same. The share keeps falls out of the noise; it is not a prevalence, for scores that only wander can hold as
much.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from attrs import astuple, evolve, frozen

from therarel.counting import counted
from therarel.errors import InvalidValueError
from therarel.noise.falls.drawing import fallen_by
from therarel.noise.falls.lengths import of_equal_length
from therarel.noise.falls.likelihood import Whitened, scanned
from therarel.noise.falls.mixing import Mixing
from therarel.noise.falls.pulses import Pulses
from therarel.noise.gradients import Gradients, Parameters
from therarel.noise.matching import FEWEST_SCORES, Fit, bounds, moved, null_of, on_the_scale, started
from therarel.noise.null import NullModel
from therarel.noise.series import stacked
from therarel.noise.skeleton import Skeleton
from therarel.tables.arrays import Floats

FEWEST_DYADS: Final = 50
"""Dyads with 4 or more scores that distinguish noise from falls; our choice."""
_EVEN: Final = 0.25
"""Share of falls that the weights of dyads assume, whatever the share that is fitted."""
_DYADS: Final = 8_000
_FEWEST_RUNS: Final = 4
_ROUNDS: Final = 8
_NEAR_AT_FIRST: Final = 1.0
_NEAR: Final = 0.15
_FAR: Final = 6.0
_OF: Final = 200
"""Standard errors by which panel and simulated panels may differ: after the first rounds, to stop, and at most, of this
number of dyads; noise that the model does not have, such as skewed noise, leaves a difference that grows with them."""
_LESS: Final = 0.97
"""A step that leaves more than this share of the difference has hardly helped."""
_DAMPING: Final = 0.02
_MOST_SHARE: Final = 0.9
_MOST_MIXING: Final = (0.25, 0.5)
_REACH: Final = 0.6
_LEAST_REACH: Final = np.array([0, 0, 0.01, 0.0005, 0, 0.15, 0.15, 0.05, 0.05])
"""How far one step may lead: a share of each figure, and at least so much."""
_OUTLYING: Final = 16.0
"""Squares of residuals count up to here."""


@frozen(eq=False)
class MixtureFit:
    """A null model fitted beside a share of falls.

    Args:
        fit: The null model, with its uncertainty.
        share: Share of dyads with a fall; not a prevalence.
        noise: How noise differs between dyads and between sessions.
    """

    fit: Fit
    share: float
    noise: Mixing

    @property
    def null(self) -> NullModel:
        """The null model."""
        return self.fit.null


def without_fall(log_ratio: Floats, share: float = _EVEN) -> Floats:
    """Probability that a dyad had no fall, by its log ratio and the share of dyads that have one; 1 where unknown.

    Examples:
        >>> without_fall(np.array([0.0, np.nan]), 0.25)
        array([0.75, 1.  ])
    """
    odds = np.where(np.isnan(log_ratio), -math.inf, log_ratio) + math.log(share / (1 - share)) if share else -math.inf
    with np.errstate(over="ignore"):
        return np.asarray(1 / (1 + np.exp(np.broadcast_to(odds, log_ratio.shape))))


def match_mixture(skeleton: Skeleton, pulses: Pulses, *, seed: int) -> MixtureFit:
    """Fit a null model to a panel some of whose dyads may have a fall.

    Args:
        skeleton: The skeleton of the panel, with its scores.
        pulses: The falls that are looked for.
        seed: Seed of the simulated panels.

    Raises:
        InvalidValueError: if there are too few scores, or they do not vary enough to fit a model.
    """
    observed = skeleton.series.score[np.newaxis]
    long = int((skeleton.series.sizes >= FEWEST_SCORES).sum())
    if long < FEWEST_DYADS or not np.ptp(observed) > 0:
        raise InvalidValueError(
            "a null model beside lasting changes needs more scores",
            where="Scan",
            value=f"{counted(long, 'dyad')} with {FEWEST_SCORES} or more scores",
            bound=f"at least {FEWEST_DYADS} such dyads, and scores that vary",
            hint="state a null model: Scan(null=NullModel(within_sd=..., phi=...))",
        )
    seeds = seeds_of(skeleton, seed)
    try:
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            return _matched(skeleton, observed, pulses, seeds)
    except (FloatingPointError, np.linalg.LinAlgError):
        raise InvalidValueError(
            "no null model gives scores like these",
            where="Scan",
            value=f"{counted(skeleton.n_dyads, 'dyad')} on a scale of {skeleton.context.minimum:g} to"
            f" {skeleton.context.maximum:g}",
            hint="too few scores change, or most lie at its ends; state a model: Scan(null=NullModel(...))",
        ) from None


def _matched(skeleton: Skeleton, observed: Floats, pulses: Pulses, seeds: list[np.random.SeedSequence]) -> MixtureFit:
    few = fewer(pulses)
    low, high = bounds_of(skeleton)
    at = At(started(skeleton, observed), _EVEN / 2, Mixing(0.03, 0.03))
    slope = Study(skeleton, few, seeds[: len(seeds) // 2], at.parameters).slope(at)
    rough, _, slope, _ = _solved(
        Study(skeleton, few, seeds, at.parameters), observed, at, slope, low, high, _NEAR_AT_FIRST
    )
    at, apart, slope, spread = _solved(
        Study(skeleton, few, seeds, rough.parameters), observed, rough, slope, low, high, _NEAR
    )
    if not apart < _FAR * math.sqrt(max(skeleton.n_dyads / _OF, 1.0)):
        raise FloatingPointError
    on_the_scale(at.parameters, skeleton)
    inverse = np.linalg.inv(slope[:6, :6])
    covariance = inverse @ spread[:6, :6] @ inverse.T / skeleton.n_dyads
    null = null_of(
        at.parameters, skeleton, f"fitted to the panel beside lasting changes ({counted(skeleton.n_dyads, 'dyad')})"
    )
    return MixtureFit(Fit(null, at.parameters, covariance), at.share, at.mixing)


def fewer(pulses: Pulses) -> Pulses:
    """The pulses that are fitted with: every other depth."""
    return evolve(pulses, depths=pulses.depths[::2])


def seeds_of(skeleton: Skeleton, seed: int) -> list[np.random.SeedSequence]:
    """Seeds of the panels that are simulated in every round."""
    runs = max(_FEWEST_RUNS, math.ceil(_DYADS / skeleton.n_dyads))
    return [np.random.SeedSequence(seed, spawn_key=(7, run)) for run in range(runs)]


def bounds_of(skeleton: Skeleton) -> tuple[Floats, Floats]:
    """Lowest and highest values of all that is fitted."""
    lowest, highest = bounds(skeleton)
    return np.append(lowest, [0.0] * 3), np.append(highest, [_MOST_SHARE, *_MOST_MIXING])


def stepped(
    now: Floats, missing: Floats, error: Floats, slope: Floats, damping: float, low: Floats, high: Floats
) -> Floats:
    """Where one step of Levenberg and Marquardt leads that would add what is missing to what panels say."""
    scaled = slope / error[:, np.newaxis]
    square = scaled.T @ scaled
    square[np.diag_indices(9)] *= 1 + damping
    reach = np.maximum(_REACH * np.abs(now), _LEAST_REACH)
    reach[:2] = math.inf
    return moved(now, scaled.T @ (missing / error), square, np.maximum(low, now - reach), np.minimum(high, now + reach))


def _solved(
    study: Study, observed: Floats, at: At, slope: Floats, low: Floats, high: Floats, near: float
) -> tuple[At, float, Floats, Floats]:
    """Where simulated panels say what the observed one says; by how many standard errors they still differ there.

    Steps are Levenberg's and Marquardt's: short ones down the slope until whole ones lead on. The slope follows what
    each step has shown (Broyden). It comes third, and last the covariance of what dyads say.
    """
    wanted = study.said(observed)[0].mean(axis=0)
    said = study.simulated(at)
    damping, apart, idle = _DAMPING, math.inf, 0
    for _ in range(_ROUNDS):
        error = np.sqrt(np.diag(said[1]) / study.skeleton.n_dyads)
        missing = wanted - said[0]
        apart = float((np.abs(_open(at.vector, missing, low, high)) / error).max())
        if apart < near:
            break
        to = At.of(stepped(at.vector, missing, error, slope, damping, low, high))
        there, step = study.simulated(to), to.vector - at.vector
        length = step / study.steps(at)
        if not length.any():
            break
        slope = slope + np.outer(there[0] - said[0] - slope @ step, length / study.steps(at)) / (length @ length)
        before, after = (
            float(np.sum((_open(each.vector, wanted - told, low, high) / error) ** 2))
            for each, told in ((at, said[0]), (to, there[0]))
        )
        damping = damping / 5 if after < before else 4 * max(damping, _DAMPING)
        if after < before:
            at, said = to, there
        idle = 0 if after < _LESS * before else idle + 1
        if idle == 2:
            break
    return at, apart, slope, said[1]


def _open(now: Floats, difference: Floats, low: Floats, high: Floats) -> Floats:
    """Differences but for those that lead beyond a bound that is reached."""
    return np.where(((now <= low) & (difference < 0)) | ((now >= high) & (difference > 0)), 0.0, difference)


@frozen
class At:
    """All that is fitted."""

    parameters: Parameters
    share: float
    mixing: Mixing

    @classmethod
    def of(cls, values: Floats) -> At:
        """All of it, from one vector."""
        numbers = values.tolist()
        return cls(Parameters(*numbers[:6]), numbers[6], Mixing(*numbers[7:]))

    @property
    def vector(self) -> Floats:
        """All of it in one vector; shape ``(9,)``."""
        return np.array([*astuple(self.parameters), self.share, *astuple(self.mixing)])


@frozen(eq=False)
class Study:
    """What panels on a skeleton say, asked at some working parameters that are near those of the panel.

    Args:
        skeleton: Where the scores stand.
        pulses: The falls.
        seeds: One seed for each simulated panel; the same ones whatever is simulated.
        working: The parameters at which gradients and weights are taken.
    """

    skeleton: Skeleton
    pulses: Pulses
    seeds: list[np.random.SeedSequence]
    working: Parameters

    def simulated(self, at: At) -> tuple[Floats, Floats]:
        """What a dyad says on average, and the covariance of what dyads say; shapes ``(9,)`` and ``(9, 9)``."""
        skeleton, null = self.skeleton, null_of(at.parameters, self.skeleton, "")
        quiet, fallen = [], []
        for part in skeleton.parts(len(self.seeds)):
            seeds = [self.seeds[run] for run in part]
            drawn = skeleton.drawn([null] * len(part), at.mixing.draw(skeleton, seeds))
            chances = [np.random.Generator(np.random.Philox(seed.spawn(1)[0])) for seed in seeds]
            by = np.stack([fallen_by(skeleton.series, self.pulses, null.within_sd, chance) for chance in chances])
            quiet.append(self.said(drawn.score).reshape(-1, 9))
            fallen.append(self.said(skeleton.on_scale(drawn.latent - by)).reshape(-1, 9))
        none, some = np.concatenate(quiet), np.concatenate(fallen)
        mean = (1 - at.share) * none.mean(axis=0) + at.share * some.mean(axis=0)
        none, some = none - mean, some - mean
        return mean, ((1 - at.share) * none.T @ none + at.share * some.T @ some) / none.shape[0]

    def slope(self, at: At) -> Floats:
        """How what a dyad says changes with each figure; shape ``(9, 9)``."""
        said, columns = self.simulated(at)[0], []
        for place, by in enumerate(self.steps(at)):
            there = at.vector
            there[place] += by
            columns.append((self.simulated(At.of(there))[0] - said) / by)
        return np.column_stack(columns)

    def steps(self, at: At) -> Floats:
        """By how much each figure is moved to see what changes."""
        noise = at.parameters.noise_variance
        long = max(float(self.skeleton.change.max()), 1.0)
        return np.array(
            [
                0.2 * math.sqrt(noise),
                0.2 * math.sqrt(noise) / long,
                0.2 * at.parameters.level_variance + 0.1 * noise,
                0.2 * at.parameters.slope_variance + 0.2 * noise / long**2,
                0.1 * at.parameters.innovation_variance,
                0.05 if at.parameters.phi < 0.85 else -0.05,
                0.1 if at.share < 0.5 else -0.1,
                0.03,
                0.03,
            ]
        )

    def said(self, values: Floats) -> Floats:
        """What panels say, dyad by dyad; ``(r, n)`` to ``(r, g, 9)``."""
        series, null = stacked(self.skeleton.series, values), null_of(self.working, self.skeleton, "")
        none, company, upwards = np.ones((3, series.sizes.size))
        for equal in of_equal_length(series):
            white, score = Whitened(null, equal.time), series.score[equal.rows]
            none[equal.dyads] = without_fall(scanned(white, score, self.pulses).dyad)
            residual = white.inverted(score)
            square = np.minimum(residual**2, _OUTLYING)
            over, n = square - 1, square.shape[0]
            company[equal.dyads] = (over.sum(axis=0) ** 2 - (over**2).sum(axis=0)) / (n * (n - 1))
            upwards[equal.dyads] = np.where(residual > 0, square**2, 0.0).sum(axis=0) / n
        none, company, upwards = (each.reshape(values.shape[0], -1) for each in (none, company, upwards))
        rest = np.stack([1 - none, none * company, none * upwards], axis=-1)
        gradients = Gradients(self.skeleton, self.working).of(values)
        return np.concatenate([gradients * none[..., np.newaxis], rest], axis=-1)
