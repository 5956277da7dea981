"""Fitting a null model by matching: panels simulated from it say about its parameters what the panel itself says.

What a panel says are the gradients of a likelihood that knows nothing of ends and steps of a scale. Simulated panels
are clipped and rounded, have the same short series and missing cells, and so err alike: where both say the same, the
parameters are right. Each round moves the parameters by the difference, in the measure that the simulated panels give:
how gradients change with a parameter is their covariance with the gradients of the same panels before clipping.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from attrs import astuple, evolve, field, frozen

from therarel.counting import counted
from therarel.errors import InvalidValueError, as_whole
from therarel.noise.gradients import Gradients, Parameters
from therarel.noise.null import NullModel, Trend
from therarel.noise.skeleton import Skeleton
from therarel.panels import Panel
from therarel.tables.arrays import Floats

FEWEST_DYADS: Final = 2
FEWEST_SCORES: Final = 4
"""Scores that a dyad needs to tell level, slope and noise from each other."""
_DYADS: Final = 20_000
_FEWEST_RUNS: Final = 10
_MOST_RUNS: Final = 200
"""Simulated panels of a round, and dyads in all of them: at least this many."""
_ROUNDS: Final = 16
_ALL: Final = 6
"""Rounds at most in which every dyad counts in full, before those that vary much count less."""
_NEAR: Final = 0.02
_FAR: Final = 0.5
"""Standard errors by which panel and simulated panels may differ: to stop early, and at the end."""
_WHOLE: Final = 8
"""Rounds of whole steps."""
_REACH: Final = 0.5
_REACH_OF_PHI: Final = 0.2
"""How far one step may lead: a share of the variance of the noise, and a part of its autocorrelation."""
_MOST_PHI: Final = 0.95
_WIDEST: Final = 0.5
"""Largest standard deviation of noise, as a share of the scale; wider, scores go from end to end."""


@frozen(eq=False)
class Fit:
    """A null model as it was fitted, with its uncertainty.

    Args:
        null: The model.
        at: Its parameters in usual distances of sessions.
        covariance: Covariance of their sampling errors, shape ``(6, 6)``.
    """

    null: NullModel
    at: Parameters
    covariance: Floats = field(repr=False)

    def likely(self, skeleton: Skeleton, number: int, chance: np.random.Generator) -> list[NullModel]:
        """Other null models that the panel might have come from: parameters drawn round those fitted."""
        values, axes = np.linalg.eigh(self.covariance)
        spread = axes * np.sqrt(np.maximum(values, 0.0))
        drawn = np.array(astuple(self.at)) + chance.standard_normal((number, 6)) @ spread.T
        low, high = bounds(skeleton)
        low[4] = self.at.innovation_variance / 4
        return [null_of(Parameters(*each.tolist()), skeleton, self.null.source) for each in np.clip(drawn, low, high)]


@frozen(eq=False)
class PlainRefit:
    """What would be fitted to other panels, as far as one step leads from what was fitted.

    Args:
        skeleton: Where the scores of the panels stand.
        null: What was fitted.
        centre: Its parameters, shape ``(6,)``.
        said: The gradients that panels without falls say there, for each dyad; shape ``(6,)``.
        slope: How they change with the parameters, for each dyad; shape ``(6, 6)``.
    """

    skeleton: Skeleton
    null: NullModel
    centre: Floats
    said: Floats
    slope: Floats

    @classmethod
    def of(cls, skeleton: Skeleton, null: NullModel, *, seed: int) -> PlainRefit:
        """A refit of panels on a skeleton.

        Args:
            skeleton: Where the scores of the panels stand.
            null: What was fitted.
            seed: Seed of the simulated panels.
        """
        skeleton = evolve(skeleton, trend=null.trend)
        at = parameters_of(null, skeleton)
        nothing = np.zeros((1, skeleton.n_scores))
        of_nothing = _said(Gradients(skeleton, at), nothing, weighted=True).sum(axis=(0, 1))
        less, slope, _ = _compared(skeleton, nothing, at, _seeds(skeleton, seed), weighted=True)
        g = skeleton.n_dyads
        return cls(skeleton, null, np.array(astuple(at)), (of_nothing - less) / g, slope / g)

    def moved(self, skeleton: Skeleton, panels: Floats, said: Floats | None = None) -> Floats:
        """Parameters of each panel, shape ``(r, 6)``.

        Args:
            skeleton: Where their scores stand: those of the same panels or of a part of them.
            panels: Scores, shape ``(r, n)``.
            said: What panels say to which the centre is fitted; what these say on average if not given.
        """
        skeleton = evolve(skeleton, trend=self.null.trend)
        gradients = Gradients(skeleton, Parameters(*self.centre.tolist()))
        every = np.concatenate(
            [
                _said(gradients, panels[part.start : part.stop], weighted=True).mean(axis=1)
                for part in skeleton.parts(len(panels))
            ]
        )
        low, high = _within_reach(skeleton, Parameters(*self.centre.tolist()))
        missing = every - (every.mean(axis=0) if said is None else said)
        return np.stack([moved(self.centre, each, self.slope, low, high) for each in missing])

    def noise(self, vector: Floats) -> tuple[NullModel, None]:
        """The null model of some parameters."""
        low, high = bounds(self.skeleton)
        low[4] = self.centre[4] / 4
        return null_of(Parameters(*np.clip(vector, low, high).tolist()), self.skeleton, self.null.source), None


def fit_null(panel: Panel, *, trend: Trend | str = Trend.LINE, seed: int = 1) -> NullModel:
    """Fit a null model to a panel: level, slope and noise of its dyads, had nothing happened.

    The model is fitted by matching (see `therarel.noise.matching`), in the panel's own unit of time. Dyads that
    vary more about their own line than most count less, so that a minority of falls inflates the noise less than it
    would; where a quarter of dyads have one it is still inflated by a tenth.

    Args:
        panel: The panel; at least 2 dyads with 4 or more scores are needed, and for figures that mean much 20 or more.
        trend: The shape in which scores change over a course: a ``line``, or ``log`` where they change fast at first
            and ever more slowly.
        seed: Seed of the simulated panels; the same seed gives the same model.

    Raises:
        InvalidValueError: if there are too few scores, or they do not vary enough to fit a model.
        UnknownNameError: if there is no such trend.

    Examples:
        >>> from therarel.simulation import simulate_clinic
        >>> null = fit_null(simulate_clinic(300, seed=3, sessions=16).panel())
        >>> 0.3 < null.within_sd < 0.45
        True
    """
    skeleton = evolve(Skeleton.of(panel), trend=Trend(trend))
    return match(skeleton, seed=as_whole(seed, where="fit_null.seed")).null


def match(skeleton: Skeleton, observed: Floats | None = None, *, seed: int, source: str = "") -> Fit:
    """Fit a null model to one or more panels on a skeleton.

    Args:
        skeleton: Where the scores stand.
        observed: Scores of the panels, shape ``(r, n)``; those of the skeleton if not given.
        seed: Seed of the simulated panels.
        source: What the figures come from, in words; how many dyads it was fitted to if not given.

    Raises:
        InvalidValueError: if there are too few scores, or they do not vary enough to fit a model.
    """
    observed = skeleton.series.score[np.newaxis] if observed is None else observed
    long = int((skeleton.series.sizes >= FEWEST_SCORES).sum())
    if long < FEWEST_DYADS or not np.ptp(observed) > 0:
        raise InvalidValueError(
            "a null model needs more scores",
            where="fit_null",
            value=f"{counted(long, 'dyad')} with {FEWEST_SCORES} or more scores"
            + ("" if np.ptp(observed) > 0 else ", all of them the same"),
            bound=f"at least {FEWEST_DYADS} such dyads, and scores that vary",
            hint="state a null model: NullModel(within_sd=..., phi=...)",
        )
    source = source or f"fitted to the panel ({counted(skeleton.n_dyads, 'dyad')})"
    seeds = _seeds(skeleton, seed)
    try:
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            at, covariance = _matched(skeleton, observed, seeds)
    except (FloatingPointError, np.linalg.LinAlgError):
        raise InvalidValueError(
            "no null model gives scores like these",
            where="fit_null",
            value=f"{counted(skeleton.n_dyads, 'dyad')} on a scale of {skeleton.context.minimum:g} to"
            f" {skeleton.context.maximum:g}",
            hint="too few scores change, or most lie at its ends; state a model: NullModel(within_sd=..., phi=...)",
        ) from None
    return Fit(null_of(at, skeleton, source), at, covariance)


def _seeds(skeleton: Skeleton, seed: int) -> list[np.random.SeedSequence]:
    runs = min(max(_FEWEST_RUNS, math.ceil(_DYADS / skeleton.n_dyads)), _MOST_RUNS)
    return [np.random.SeedSequence(seed, spawn_key=(0, run)) for run in range(runs)]


def _within_reach(skeleton: Skeleton, at: Parameters) -> tuple[Floats, Floats]:
    """How far one step may lead: lowest and highest parameters."""
    low, high = bounds(skeleton)
    now, reach = np.array(astuple(at)), np.array([math.inf] * 4 + [_REACH * at.innovation_variance, _REACH_OF_PHI])
    return np.maximum(low, now - reach), np.minimum(high, now + reach)


def _matched(skeleton: Skeleton, observed: Floats, seeds: list[np.random.SeedSequence]) -> tuple[Parameters, Floats]:
    """Parameters at which simulated panels say what the observed ones say, and the covariance of their errors.

    Raises:
        FloatingPointError: if there are none, or the search for them leaves what can be computed.
        LinAlgError: if some parameter changes nothing.
    """
    at, weighted = started(skeleton, observed), False
    low, high = bounds(skeleton)
    for number in range(_ROUNDS):
        difference, slope, spread = _compared(skeleton, observed, at, seeds, weighted=weighted)
        now = np.array(astuple(at))
        open_ = ~(((now <= low) & (difference < 0)) | ((now >= high) & (difference > 0)))
        apart = float(np.abs(difference[open_] / np.sqrt(np.diag(spread)[open_])).max())
        if weighted and (apart < _NEAR or (number == _ROUNDS - 1 and apart < _FAR)):
            inverse = np.linalg.inv(slope)
            return on_the_scale(at, skeleton), inverse @ spread @ inverse.T
        weighted = weighted or apart < _FAR or number == _ALL
        step = 1.0 if number < _WHOLE else 0.5  # halved where whole steps go to and fro
        to = moved(now, step * difference, slope, *_within_reach(skeleton, at))
        at = Parameters(*to.tolist())
    raise FloatingPointError


def _compared(
    skeleton: Skeleton, observed: Floats, at: Parameters, seeds: list[np.random.SeedSequence], *, weighted: bool
) -> tuple[Floats, Floats, Floats]:
    """Gradients of the panel less those of simulated ones; how they change with parameters; and their covariance."""
    gradients = Gradients(skeleton, at)
    null = null_of(at, skeleton, "")
    of_panel = _said(gradients, observed, weighted=weighted).sum(axis=1).mean(axis=0)
    simulated, latent = [], []
    for part in skeleton.parts(len(seeds)):
        drawn = skeleton.draw([null] * len(part), [seeds[run] for run in part])
        simulated.append(_said(gradients, drawn.score, weighted=weighted).reshape(-1, 6))
        latent.append(gradients.of(drawn.latent).reshape(-1, 6))
    every, before = np.concatenate(simulated), np.concatenate(latent)
    expected = every.sum(axis=0) / len(seeds)
    every -= every.mean(axis=0)
    before -= before.mean(axis=0)
    return of_panel - expected, every.T @ before / len(seeds), every.T @ every / len(seeds)


def _said(gradients: Gradients, values: Floats, *, weighted: bool) -> Floats:
    found = gradients.of(values)
    return found * gradients.weights(values)[..., np.newaxis] if weighted else found


def moved(now: Floats, difference: Floats, slope: Floats, low: Floats, high: Floats) -> Floats:
    """Parameters after one step of Newton's method; those that would pass a bound stop there, and the others adapt."""
    move, free = np.zeros(now.size), np.ones(now.size, dtype=np.bool_)
    while free.any():
        left = difference[free] - slope[np.ix_(free, ~free)] @ move[~free]
        move[free] = np.linalg.solve(slope[np.ix_(free, free)], left)
        beyond = free & ((now + move < low) | (now + move > high))
        if not beyond.any():
            break
        move[beyond] = np.clip(now + move, low, high)[beyond] - now[beyond]
        free &= ~beyond
    return np.clip(now + move, low, high)


def bounds(skeleton: Skeleton) -> tuple[Floats, Floats]:
    """Lowest and highest parameters; between whole distances no autocorrelation below 0 has a meaning."""
    low, high = skeleton.context.minimum, skeleton.context.maximum
    wide = high - low
    least = 0.01 if skeleton.broken else -0.9
    return (
        np.array([low - wide, -wide, 0.0, 0.0, 1e-7 * wide**2, least]),
        np.array([high + wide, wide, wide**2, wide**2, wide**2, _MOST_PHI]),
    )


def on_the_scale(at: Parameters, skeleton: Skeleton) -> Parameters:
    """The same parameters, if their noise lies on the scale for the most part.

    Raises:
        FloatingPointError: if it is wider than half of the scale.
    """
    if not math.sqrt(at.noise_variance) <= _WIDEST * (skeleton.context.maximum - skeleton.context.minimum):
        raise FloatingPointError
    return at


def started(skeleton: Skeleton, observed: Floats) -> Parameters:
    """Parameters to begin with: rough, and far enough from 0."""
    mean = np.add.reduceat(observed, skeleton.series.first, axis=1) / skeleton.series.sizes
    follows = np.isfinite(skeleton.apart[1:])
    change = np.diff(observed, axis=1)[:, follows]
    noise = max(float((change**2).mean()) / 2, 1e-6 * float(np.ptp(observed)) ** 2)
    return Parameters(float(mean.mean()), 0.0, max(float(mean.var()), noise / 10), noise / 400, 1.3 * noise, 0.3)


def null_of(at: Parameters, skeleton: Skeleton, source: str) -> NullModel:
    """Parameters as a model in units of the session column."""
    return NullModel(
        intercept=at.intercept,
        between_sd=math.sqrt(at.level_variance),
        slope=at.slope / skeleton.distance,
        slope_sd=math.sqrt(at.slope_variance) / skeleton.distance,
        within_sd=math.sqrt(at.noise_variance),
        phi=at.phi,
        distance=skeleton.distance,
        minimum=skeleton.context.minimum,
        maximum=skeleton.context.maximum,
        step=skeleton.step,
        source=source,
        trend=skeleton.trend,
    )


def parameters_of(null: NullModel, skeleton: Skeleton) -> Parameters:
    """The parameters of a model in usual distances of the sessions of a skeleton."""
    phi = float(null.correlation(np.array(skeleton.distance)))
    return Parameters(
        null.intercept,
        null.slope * skeleton.distance,
        null.between_sd**2,
        (null.slope_sd * skeleton.distance) ** 2,
        null.within_sd**2 * (1 - phi**2),
        phi,
    )
