"""How the scores of a panel wander: all that the scan has learnt before it judges."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import numpy as np
from attrs import evolve, field, frozen

from therarel.noise.context import PanelContext
from therarel.noise.falls.joint import TwoRaterNull
from therarel.noise.falls.limits import Tail, tail_of
from therarel.noise.falls.matching import MixtureFit, match_mixture
from therarel.noise.falls.mixing import Mixing
from therarel.noise.falls.noise import noise_of
from therarel.noise.falls.pairs import Pairs, match_pairs, pair_noise_of, pair_tail_of, second_of
from therarel.noise.falls.pulses import Pulses
from therarel.noise.lattice import step_of
from therarel.noise.null import NullModel, Trend
from therarel.noise.series import Series
from therarel.noise.skeleton import Skeleton

_ALIKE: Final = Mixing(0.0, 0.0)
_LIKELY: Final = 200


@frozen
class Wandering:
    """How scores wander when nothing lasting happens, in the direction in which a fall goes down.

    Args:
        null: Level, slope and noise of the dyads.
        mixing: How noise differs between dyads and between sessions.
        tail: How far scores that only wander take the scan.
        fitted: Whether the model was fitted to the panel, or stated.
        share: Share of dyads with a fall that was fitted beside it; it keeps falls out of the noise, and is not
            a prevalence.
        skewness: Skewness of the panel's own noise; 0 where it was not looked at.
        likely: Other null models that the panel might have come from, drawn within the uncertainty of the fit.
        joint: How the scores of two raters wander together; ``None`` where those of one are read.
    """

    null: NullModel
    mixing: Mixing
    tail: Tail = field(repr=False)
    fitted: bool
    share: float = 0.0
    skewness: float = 0.0
    likely: tuple[NullModel, ...] = field(default=(), repr=False)
    joint: TwoRaterNull | None = None

    @property
    def model(self) -> NullModel | TwoRaterNull:
        """The model that scores are compared with."""
        return self.null if self.joint is None else self.joint


def turned(null: NullModel) -> NullModel:
    """The same model of scores whose sign is turned: what rises in the one falls in the other."""
    return evolve(null, intercept=-null.intercept, slope=-null.slope, minimum=-null.maximum, maximum=-null.minimum)


def both_turned(joint: TwoRaterNull) -> TwoRaterNull:
    """The same model of two raters' scores whose sign is turned."""
    return evolve(joint, first=turned(joint.first), second=turned(joint.second))


def upside_down(series: Series, context: PanelContext) -> tuple[Series, PanelContext]:
    """Scores whose sign is turned, and what is known about them: what rose falls."""
    beside = None if series.beside is None else -series.beside
    ends: dict[str, Any] = {"minimum": -context.maximum, "maximum": -context.minimum}
    known = evolve(context, **ends, worst=-context.best, best=-context.worst)
    return evolve(series, score=-series.score, known=None, beside=beside), known


def _skeleton_of(series: Series, context: PanelContext) -> Skeleton:
    """Where the scores of some dyads stand; time is counted from each dyad's first score."""
    apart = np.delete(np.diff(series.session), series.starts[1:-1] - 1)
    step = context.step or step_of(series.score, context.minimum, context.maximum)
    distance = float(np.median(apart)) if apart.size else 1.0
    return Skeleton(series, series.sizes, series.session[series.first], context, step, distance)


def fitted(series: Series, context: PanelContext, pulses: Pulses, *, trend: Trend, seed: int) -> Wandering:
    """How the scores of some dyads wander, with some trend, fitted to them.

    Raises:
        InvalidValueError: if there are too few scores, or they do not vary enough to fit a model.
    """
    skeleton = evolve(_skeleton_of(series, context), trend=trend)
    found = match_mixture(skeleton, pulses, seed=seed)
    noise = noise_of(series, found.null, found.noise, pulses)
    tail = tail_of(skeleton, found.null, pulses, found.noise, noise, seed=seed)
    skewness = 0.0 if noise is None else noise.skewness
    return Wandering(found.null, found.noise, tail, True, found.share, skewness, _likely(found, skeleton, seed))


def both_fitted(series: Series, context: PanelContext, pulses: Pulses, *, trend: Trend, seed: int) -> Wandering:
    """How the scores that two raters gave of some dyads wander, with some trend, fitted to them.

    Raises:
        InvalidValueError: if one of them gave too few scores, or they do not vary enough to fit a model.
    """
    skeleton, second = (evolve(_skeleton_of(each, context), trend=trend) for each in (series, second_of(series)))
    one, two = match_mixture(skeleton, pulses, seed=seed), match_mixture(second, pulses, seed=seed)
    pairs = match_pairs(skeleton, second, one, two, pulses, seed=seed)
    noise = pair_noise_of(series, second.series, pairs, pulses)
    tail = pair_tail_of(skeleton, pairs, pulses, noise, seed=seed)
    skewness = 0.0 if noise is None else noise.skewness
    likely = _likely(one, skeleton, seed)
    return Wandering(one.null, one.noise, tail, True, one.share, skewness, likely, pairs.null)


def _likely(found: MixtureFit, skeleton: Skeleton, seed: int) -> tuple[NullModel, ...]:
    chance = np.random.Generator(np.random.Philox(np.random.SeedSequence(seed, spawn_key=(10,))))
    return tuple(found.fit.likely(skeleton, _LIKELY, chance))


def both_stated(joint: TwoRaterNull, series: Series, context: PanelContext, pulses: Pulses, *, seed: int) -> Wandering:
    """How the scores of two raters wander under a stated model, with limits for series like some dyads'."""
    skeleton = evolve(_skeleton_of(series, context), distance=joint.first.distance)
    tail = pair_tail_of(skeleton, Pairs(joint, _ALIKE, _ALIKE), pulses, None, seed=seed)
    return Wandering(joint.first, _ALIKE, tail, False, joint=joint)


def stated(null: NullModel, series: Series, context: PanelContext, pulses: Pulses, *, seed: int) -> Wandering:
    """How scores wander under a stated null model, with limits for series like some dyads'."""
    starts, session = tuple(series.starts.tolist()), tuple(series.session.tolist())
    skeleton = _skeleton_of(series, context)
    ends = (context.minimum, context.maximum, skeleton.step or 0.0)
    return Wandering(null, _ALIKE, _tail(null, starts, session, ends, context.stated, pulses, seed), False)


@lru_cache(maxsize=64)
def _tail(
    null: NullModel,
    starts: tuple[int, ...],
    session: tuple[float, ...],
    ends: tuple[float, float, float],
    known: bool,
    pulses: Pulses,
    seed: int,
) -> Tail:
    """Limits depend on where scores stand, and not on the scores: those of equal skeletons are simulated once."""
    at, sessions = np.array(starts, dtype=np.intp), np.array(session)
    series = Series(at, sessions, np.full(sessions.size, ends[0]))
    context = PanelContext.of_scale(ends[0], ends[1], step=ends[2], stated=known)
    skeleton = evolve(_skeleton_of(series, context), step=ends[2] or None, distance=null.distance)
    return tail_of(skeleton, null, pulses, _ALIKE, None, seed=seed)
