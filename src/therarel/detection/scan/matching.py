"""The noise of a panel in which some dyads may have a fall: a null model and a share of falls, fitted by matching.

What a panel says are gradients of a likelihood (see `therarel.detection.gradients`), each dyad weighted by the
probability that it had no fall, and those probabilities themselves. Panels simulated from the parameters, with falls
in a share of the dyads, are clipped and rounded, short and full of holes as the panel is; what they say errs alike.
Parameters and share move until panel and simulated panels say the same. The share keeps falls out of the noise; it is
not a prevalence, for scores that only wander can hold as much.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt
from attrs import astuple, evolve, field, frozen

from therarel.counting import counted
from therarel.detection.gradients import Gradients, Parameters
from therarel.detection.matching import FEWEST_SCORES, Fit, bounds, moved, null_of, started
from therarel.detection.null import NullModel
from therarel.detection.scan.drawing import fallen_by
from therarel.detection.scan.lengths import dyad_ratios
from therarel.detection.scan.pulses import Pulses
from therarel.detection.skeleton import Skeleton
from therarel.errors import InvalidValueError

__all__ = ["FEWEST_DYADS", "MixtureFit", "match_mixture", "without_fall"]

Floats = npt.NDArray[np.float64]

FEWEST_DYADS: Final = 50
"""Dyads with 4 or more scores that distinguish noise from falls; our choice."""
EVEN: Final = 0.25
"""Share of falls that the weights of dyads assume, whatever the share that is fitted."""
_DYADS: Final = 8_000
_FEWEST_RUNS: Final = 4
_ROUNDS: Final = 12
_NEAR: Final = 0.05
_FAR: Final = 0.5
_MOST_SHARE: Final = 0.9
_REACH: Final = 0.5
_REACH_OF_PHI: Final = 0.2
_REACH_OF_SHARE: Final = 0.25


@frozen(eq=False)
class MixtureFit:
    """A null model fitted beside a share of falls.

    Args:
        fit: The null model, with its uncertainty.
        share: Share of dyads with a fall; not a prevalence.
    """

    fit: Fit
    share: float = field()

    @property
    def null(self) -> NullModel:
        """The null model."""
        return self.fit.null


def without_fall(log_ratio: Floats, share: float = EVEN) -> Floats:
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
            "a null model beside falls needs more scores",
            where="Scan",
            value=f"{counted(long, 'dyad')} with {FEWEST_SCORES} or more scores",
            bound=f"at least {FEWEST_DYADS} such dyads, and scores that vary",
            hint="state a null model: Scan(null=NullModel(within_sd=..., phi=...))",
        )
    runs = max(_FEWEST_RUNS, math.ceil(_DYADS / skeleton.n_dyads))
    seeds = [np.random.SeedSequence(seed, spawn_key=(7, run)) for run in range(runs)]
    try:
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            return _matched(skeleton, observed, pulses, seeds)
    except (FloatingPointError, np.linalg.LinAlgError):
        raise InvalidValueError(
            "no null model gives scores like these",
            where="Scan",
            value=f"{counted(skeleton.n_dyads, 'dyad')} on a scale of {skeleton.context.minimum:g} to"
            f" {skeleton.context.maximum:g}",
            hint="too few scores change, or most lie at one end; state a model: Scan(null=NullModel(...))",
        ) from None


def _matched(skeleton: Skeleton, observed: Floats, pulses: Pulses, seeds: list[np.random.SeedSequence]) -> MixtureFit:
    at, share = started(skeleton, observed), EVEN / 2
    low, high = (np.append(each, end) for each, end in zip(bounds(skeleton), (0.0, _MOST_SHARE), strict=True))
    for number in range(_ROUNDS):
        difference, slope, spread = _compared(skeleton, observed, at, share, pulses, seeds)
        now = np.array([*astuple(at), share])
        open_ = ~(((now <= low) & (difference < 0)) | ((now >= high) & (difference > 0)))
        apart = float(np.abs(difference[open_] / np.sqrt(np.diag(spread)[open_])).max())
        if apart < _NEAR or (number == _ROUNDS - 1 and apart < _FAR):
            inverse = np.linalg.inv(slope)
            covariance = (inverse @ spread @ inverse.T)[:6, :6]
            source = f"fitted to the panel beside falls ({counted(skeleton.n_dyads, 'dyad')})"
            return MixtureFit(Fit(null_of(at, skeleton, source), at, covariance), share)
        reach = np.array([math.inf] * 4 + [_REACH * at.innovation_variance, _REACH_OF_PHI, _REACH_OF_SHARE])
        to = moved(now, difference, slope, np.maximum(low, now - reach), np.minimum(high, now + reach))
        at, share = Parameters(*to[:6].tolist()), float(to[6])
    raise FloatingPointError


def _compared(
    skeleton: Skeleton,
    observed: Floats,
    at: Parameters,
    share: float,
    pulses: Pulses,
    seeds: list[np.random.SeedSequence],
) -> tuple[Floats, Floats, Floats]:
    """What the panel says less what simulated ones say; how that changes with parameters and share; its covariance."""
    gradients = Gradients(skeleton, at)
    null = null_of(at, skeleton, "")

    def said(values: Floats) -> Floats:
        none = without_fall(_ratios(skeleton, values, null, pulses))
        return np.concatenate([gradients.of(values) * none[..., np.newaxis], 1 - none[..., np.newaxis]], axis=-1)

    quiet, fallen, latent = [], [], []
    for part in skeleton.parts(len(seeds)):
        drawn = skeleton.draw([null] * len(part), [seeds[run] for run in part])
        chances = [np.random.Generator(np.random.Philox(seeds[run].spawn(1)[0])) for run in part]
        by = np.stack([fallen_by(skeleton.series, pulses, null.within_sd, chance) for chance in chances])
        shown = np.clip(drawn.latent, skeleton.context.minimum, skeleton.context.maximum)
        quiet.append(said(drawn.score).reshape(-1, 7))
        fallen.append(said(skeleton.on_scale(np.where(by > 0, shown - by, drawn.latent))).reshape(-1, 7))
        latent.append(gradients.of(drawn.latent).reshape(-1, 6))
    none, some, before = (np.concatenate(each) for each in (quiet, fallen, latent))
    g = skeleton.n_dyads
    mean_none, mean_some = none.mean(axis=0), some.mean(axis=0)
    moves = mean_some - mean_none
    difference = said(observed)[0].sum(axis=0) - g * (mean_none + share * moves)
    none, some, before = none - mean_none, some - mean_some, before - before.mean(axis=0)
    each = g / none.shape[0]
    slope = np.column_stack([each * ((1 - share) * none.T @ before + share * some.T @ before), g * moves])
    spread = each * ((1 - share) * none.T @ none + share * some.T @ some) + g * share * (1 - share) * np.outer(
        moves, moves
    )
    return difference, slope, spread


def _ratios(skeleton: Skeleton, values: Floats, null: NullModel, pulses: Pulses) -> Floats:
    """The log ratio of every dyad of some panels on a skeleton; ``(r, n)`` to ``(r, g)``."""
    one, runs = skeleton.series, values.shape[0]
    ends = (np.arange(runs)[:, np.newaxis] * one.score.size + one.starts[1:]).ravel()
    many = evolve(
        one, starts=np.append(0, ends), session=np.tile(one.session, runs), score=values.ravel(), position=None,
        known=None, beside=None,
    )  # fmt: skip
    return dyad_ratios(many, null, pulses).reshape(runs, -1)
