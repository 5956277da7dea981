"""Dyads of equal length under the scan: how far the scores of one rater, or of two, speak for a fall."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property

import numpy as np
import numpy.typing as npt
from attrs import evolve, field, frozen

from therarel.detection.null import NullModel
from therarel.detection.scan.joint import ALTERNATIVES, Paired, TwoRaterNull
from therarel.detection.scan.lengths import Equal, of_equal_length
from therarel.detection.scan.likelihood import Whitened, pulses_of
from therarel.detection.scan.posterior import Fall, depths_of, falls, weighed
from therarel.detection.scan.pulses import Pulses
from therarel.detection.scan.ratios import Kinds, Pulse, mean_ratios, session_ratios
from therarel.detection.series import Series

__all__ = ["OF_RATERS", "Looked", "dyad_ratios", "looked_at"]

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.intp]

OF_RATERS = ("first_alone", "second_alone", "both")
"""Names of the `ALTERNATIVES` among the figures of a dyad."""


@frozen(eq=False)
class Looked(ABC):
    """Dyads of equal length, ``m`` of them with ``n`` scored sessions, as the scan sees them.

    Args:
        pulses: The falls that are looked for, with their weights.
        score: Scores of the rater whose panel is judged; shape ``(n, m)``.
    """

    pulses: Pulses
    score: Floats

    @property
    @abstractmethod
    def unit(self) -> float:
        """Standard deviation in which the depths of `kinds` are counted."""

    @property
    @abstractmethod
    def kinds(self) -> Kinds:
        """Falls of all lengths, once for each way in which raters may show them, with its weight; those above 0."""

    @property
    @abstractmethod
    def course(self) -> Floats:
        """The course that the scores lead one to expect, falls and all; shape ``(n, m)``."""

    @property
    def around(self) -> Floats:
        """Standard deviation of a score around that course; NaN where two raters' scores are read; ``(n, m)``."""
        return np.full(self.score.shape, np.nan)

    @abstractmethod
    def falls(self, dyads: Whole) -> Fall:
        """Depth and length of the falls of some of the dyads, and the course without them."""

    @property
    def moving(self) -> list[Floats]:
        """The scores that may be anywhere on the scale; NaN where none was given; each ``(n, m)``."""
        return [self.score]

    @cached_property
    def _ratios(self) -> tuple[Floats, Floats]:
        return mean_ratios(self.kinds, self.pulses, self.unit)

    @property
    def session(self) -> Floats:
        """``log_ratio`` of the falls that begin at each session from the second scored one on; ``(n - 1, m)``."""
        return self._ratios[0]

    @property
    def dyad(self) -> Floats:
        """``log_ratio`` of each dyad; shape ``(m,)``."""
        return self._ratios[1]

    @property
    def mirrored(self) -> Floats:
        """The same scan upside down, on the same scores; shape ``(m,)``."""
        turned = [(share, [evolve(each, x=-each.x) for each in some]) for share, some in self.kinds]
        return mean_ratios(turned, self.pulses, self.unit)[1]

    def out_of_reach(self, limit: float, low: float, high: float) -> Truths:
        """Onsets at which no score on the scale takes the falls that begin there beyond the limit; ``(n - 1, m)``.

        A dyad's ratio is a mean of those of its onsets, and the likeliest is no smaller. Each rises and falls with
        the scores of its session as a sum of exponentials does, which is largest where each is at an end of the scale.
        """
        shape = self.session.shape
        open_ = np.flatnonzero(self.session <= limit)
        reached = np.zeros(open_.size, dtype=np.bool_)
        here = [score[1:].ravel()[open_] for score in self.moving]
        ends = [(low,), (high,)] if len(here) == 1 else [(one, two) for one in (low, high) for two in (low, high)]
        for corner in ends:
            left = np.flatnonzero(~reached)
            if not left.size:
                break
            by = [np.nan_to_num(score[left] - end) for score, end in zip(here, corner, strict=True)]
            # one fall that reaches is enough; only where it does not, all of them are asked
            share, fall = _likeliest(self.kinds, self.pulses)
            alone = _moved(fall, shape, open_[left], by)
            near = alone.at_least(share, self.pulses.depths, self.unit) <= limit
            reached[left[~near]] = True
            rows, some = open_[left[near]], [each[near] for each in by]
            moved = [(share, [_moved(fall, shape, rows, some) for fall in falls]) for share, falls in self.kinds]
            reached[left[near]] = session_ratios(moved, self.pulses, self.unit) > limit
        every = np.zeros(self.session.size, dtype=np.bool_)
        every[open_] = ~reached
        return every.reshape(shape)


@frozen(eq=False)
class _One(Looked):
    """Scores of one rater."""

    white: Whitened

    @property
    def unit(self) -> float:
        return self.white.null.within_sd

    @cached_property
    def kinds(self) -> Kinds:
        return [(1.0, list(pulses_of(self.white, self.score, len(self.pulses.lengths))))]

    @property
    def course(self) -> Floats:
        return self.white.course(self.score)

    @property
    def around(self) -> Floats:
        return self.white.around

    def falls(self, dyads: Whole) -> Fall:
        white = self.white
        some = evolve(white, time=white.time if white.time.shape[1] == 1 else white.time[:, dyads])
        return falls(some, self.score[:, dyads], self.pulses, [fall.of(dyads) for fall in self.kinds[0][1]])


@frozen(eq=False)
class _Both(Looked):
    """Scores of two raters.

    Args:
        beside: Scores of the second rater, NaN where none was given; shape ``(n, m)``.
        paired: Model, times and missing scores.
    """

    beside: Floats
    paired: Paired
    unit: float = field(default=1.0, init=False)

    @property
    def moving(self) -> list[Floats]:
        return [self.score, self.beside]

    @property
    def _scores(self) -> Floats:
        return np.stack([self.score, self.beside])

    @cached_property
    def kinds(self) -> Kinds:
        found = self.paired.pulses(self._scores, len(self.pulses.lengths))
        return [(share, some) for share, some in zip(self.pulses.rater_share, found, strict=True) if share > 0]

    @property
    def course(self) -> Floats:
        return self.paired.course(self._scores)

    def falls(self, dyads: Whole) -> Fall:
        if dyads.size == 1:  # a sum over one column alone is taken in another order
            both = self.falls(np.repeat(dyads, 2))
            return Fall({name: each[:1] for name, each in both.figures.items()}, both.course[:, :1])
        n, paired, scores = self.score.shape[0], self.paired.of(dyads), self._scores[:, :, dyads]
        found = paired.pulses(scores, len(self.pulses.lengths))
        used, whose = [], []
        for place, (likely, some) in enumerate(zip(self.pulses.rater_share, found, strict=True)):
            for share, fall in zip(self.pulses.share, some, strict=True):
                if likely * share > 0:
                    used.append((likely * share, fall))
                    whose.append(place)
        seen = weighed(used, depths_of(self.pulses), n)
        sd = np.array([each.within_sd for each in paired.null.both])
        lowered, of_raters = np.zeros_like(scores), np.zeros((3, dyads.size))
        for place, by, weight in zip(whose, seen.lowered, seen.weights, strict=True):
            of_raters[place] += weight
            for rater in np.flatnonzero(ALTERNATIVES[place]):
                lowered[rater] += sd[rater] * by
        points = of_raters[0] * sd[0] + of_raters[1] * sd[1] + of_raters[2] * (sd[0] + sd[1]) / 2
        figures = {
            name: values * points if name.startswith("depth") else values for name, values in seen.figures.items()
        }
        figures |= dict(zip(OF_RATERS, of_raters, strict=True))
        return Fall(figures, paired.course(scores + lowered))


def looked_at(model: NullModel | TwoRaterNull, series: Series, equal: Equal, pulses: Pulses) -> Looked:
    """Dyads of equal length under the scan of one rater's scores, or of two's.

    Args:
        model: How scores wander.
        series: The scored sessions; a second rater's scores are in the first column beside them.
        equal: Which of the dyads.
        pulses: The falls that are looked for.
    """
    score = series.score[equal.rows]
    if isinstance(model, NullModel):
        return _One(pulses, score, Whitened(model, equal.time))
    beside = np.full(score.shape, np.nan) if series.beside is None else series.beside[:, 0][equal.rows]
    there = np.stack([np.ones(score.shape, dtype=np.bool_), ~np.isnan(beside)])
    if (there == there[:, :, :1]).all():
        there = there[:, :, :1]
    return _Both(pulses, score, beside, Paired(model, equal.time, there))


def dyad_ratios(series: Series, model: NullModel | TwoRaterNull, pulses: Pulses) -> Floats:
    """The ``log_ratio`` of every dyad, NaN where it has fewer than two scored sessions; shape ``(g,)``."""
    found = np.full(series.sizes.size, np.nan)
    for equal in of_equal_length(series, squared=not isinstance(model, NullModel)):
        found[equal.dyads] = looked_at(model, series, equal, pulses).dyad
    return found


def _likeliest(kinds: Kinds, pulses: Pulses) -> tuple[float, Pulse]:
    """A fall with its weight: of the first kind, of the length with the largest weight."""
    share, falls = kinds[0]
    at = int(np.argmax(pulses.share))
    return share * float(pulses.share[at]), falls[at]


def _moved(fall: Pulse, shape: tuple[int, ...], rows: Whole, by: list[Floats]) -> Pulse:
    """A fall at some places, had the scores of its onset been lower by some points."""
    x = fall.x.ravel()[rows]
    for steep, points in zip((fall.steep, fall.steep_beside), by, strict=False):
        if steep is not None:
            x = x + _at(steep, shape, rows) * points
    return Pulse(fall.length, x, _at(fall.information, shape, rows), fall.steep)


def _at(values: Floats, shape: tuple[int, ...], rows: Whole) -> Floats:
    """Values of some places of an array that may be the same for all dyads."""
    return np.asarray(np.broadcast_to(values, shape).ravel()[rows])
