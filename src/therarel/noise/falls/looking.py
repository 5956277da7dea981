"""Dyads of equal length under the scan: how far the scores of one rater, or of two, speak for a fall."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property, lru_cache
from itertools import product

import numpy as np
from attrs import field, frozen

from therarel.noise.falls.joint import ALTERNATIVES, Paired, TwoRaterNull
from therarel.noise.falls.lengths import Equal, of_equal_length
from therarel.noise.falls.likelihood import Whitened, falls_of
from therarel.noise.falls.posterior import depths_of, weighed
from therarel.noise.falls.pulses import Pulses
from therarel.noise.falls.ratios import Ratios, Ways, mean_ratios, ratios_in_logarithms
from therarel.noise.null import NullModel
from therarel.noise.series import Series
from therarel.tables.arrays import Floats, Truths, Whole

OF_RATERS = ("first_alone", "second_alone", "both")
"""Names of the `ALTERNATIVES` among the figures of a dyad."""


@frozen(eq=False)
class _Fall:
    """The fall of each of some dyads of equal length.

    Args:
        figures: By name, depths in score points; each of shape ``(m,)``. See `therarel.noise.falls.posterior`.
        course: The course that the scores lead one to expect, had there been no fall, shape ``(n, m)``; ``None`` where
            that was not asked for.
    """

    figures: dict[str, Floats]
    course: Floats | None


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
        """Standard deviation in which the depths of falls are counted."""

    @property
    @abstractmethod
    def ways(self) -> Ways:
        """The falls, once for each way in which raters may show them, with its weight; those above 0."""

    @abstractmethod
    def steep(self, way: int, length: int) -> tuple[Floats, ...]:
        """By how much ``x`` of falls rises where a score of the onset is lower by 1, for each that may move."""

    @property
    @abstractmethod
    def course(self) -> Floats:
        """The course that the scores lead one to expect, falls and all; shape ``(n, m)``."""

    @property
    @abstractmethod
    def around(self) -> Floats:
        """Standard deviation of a score around that course; shape ``(n, m)`` or ``(n, 1)``."""

    @abstractmethod
    def fall(self, *, course: bool) -> _Fall:
        """Depth and length of the fall of each dyad, and the course without it."""

    @property
    def moving(self) -> tuple[Floats, ...]:
        """The scores that may be anywhere on the scale; NaN where none was given; each ``(n, m)``."""
        return (self.score,)

    @cached_property
    def ratios(self) -> Ratios:
        """How far the scores speak for a fall."""
        return mean_ratios(self.ways, self.pulses, self.unit)

    def perhaps_out_of_reach(self, limit: Floats, low: float) -> Truths:
        """Onsets that one fall alone, of one session, does not take from the low end beyond a dyad's limit.

        Where it does, no other falls have to be asked. The limits have shape ``(m,)``, what is found ``(n - 1, m)``.
        """
        share, falls = self.ways[0]
        x, information = falls.x_of(1), falls.information[0]
        for steep, score in zip(self.steep(0, 1), self.moving, strict=True):
            x += steep * np.nan_to_num(score[1:] - low)
        with np.errstate(divide="ignore"):
            left = limit - np.log(share * self.pulses.share[0] / len(self.pulses.depths))
        # d x - d^2 I / 2 is beyond what is left to the limit
        needed = np.min([left / d + d / 2 * information for d in self.unit * np.array(self.pulses.depths)], axis=0)
        return np.asarray((x <= needed) & (self.ratios.session <= limit))

    def out_of_reach(self, limit: Floats, low: float, high: float) -> Truths:
        """Onsets at which no score on the scale takes falls that begin there beyond a dyad's limit; ``(n - 1, m)``.

        A dyad's ratio is a mean of those of its onsets, and the likeliest is no smaller. Each rises and falls with
        the scores of its session as a sum of exponentials does, which is largest where each is at an end of the scale.
        """
        out = self.perhaps_out_of_reach(limit, low)
        for corner in product((low, high), repeat=len(self.moving)):
            onset, dyad = np.nonzero(out)
            if onset.size:
                out[onset, dyad] = self._moved(onset, dyad, corner) <= limit[dyad]
        return out

    def _moved(self, onset: Whole, dyad: Whole, ends: tuple[float, ...]) -> Floats:
        """The ``log_ratio`` of some onsets, had their scores been at some ends of the scale."""
        lengths = (*range(1, len(self.pulses.lengths) + 1), self.score.shape[0])
        by = [np.nan_to_num(score[1 + onset, dyad] - end) for score, end in zip(self.moving, ends, strict=True)]
        parts = []
        for way, (share, falls) in enumerate(self.ways):
            x, information = falls.x[:, onset, dyad], falls.information
            for each, length in zip(x, lengths, strict=True):
                for steep, points in zip(self.steep(way, length), by, strict=True):
                    each += np.broadcast_to(steep, falls.lasting.shape)[onset, dyad] * points
            information = np.broadcast_to(information, (len(lengths), *falls.lasting.shape))[:, onset, dyad]
            parts.append((share, x, information))
        return ratios_in_logarithms(parts, self.pulses, self.unit)


@frozen(eq=False)
class _One(Looked):
    """Scores of one rater."""

    white: Whitened

    @property
    def unit(self) -> float:
        return self.white.null.within_sd

    @cached_property
    def ways(self) -> Ways:
        return [(1.0, falls_of(self.white, self.score, len(self.pulses.lengths)))]

    def steep(self, way: int, length: int) -> tuple[Floats, ...]:
        return (self.white.steep(length),)

    @property
    def course(self) -> Floats:
        return self.white.course(self.score)

    @property
    def around(self) -> Floats:
        return self.white.around

    def fall(self, *, course: bool) -> _Fall:
        seen = weighed(self.ways, self.pulses, self.unit * depths_of(self.pulses), lowered=course)
        return _Fall(seen.figures, self.white.course(self.score + seen.lowered[0]) if course else None)


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
    def moving(self) -> tuple[Floats, ...]:
        return self.score, self.beside

    @property
    def _scores(self) -> Floats:
        return np.stack([self.score, self.beside])

    @property
    def _whose(self) -> list[int]:
        """Places of the ways among the `ALTERNATIVES`."""
        return np.flatnonzero(self.pulses.rater_share).tolist()

    @cached_property
    def ways(self) -> Ways:
        found = self.paired.falls(self._scores, len(self.pulses.lengths))
        return [(float(self.pulses.rater_share[place]), found[place]) for place in self._whose]

    def steep(self, way: int, length: int) -> tuple[Floats, ...]:
        return self.paired.steep(self._whose[way], length)

    @property
    def course(self) -> Floats:
        return self.paired.course(self._scores)

    @property
    def around(self) -> Floats:
        return self.paired.around

    def fall(self, *, course: bool) -> _Fall:
        seen = weighed(self.ways, self.pulses, depths_of(self.pulses), lowered=course)
        sd, of_raters = self.paired.sd, np.zeros((3, self.score.shape[1]))
        of_raters[self._whose] = seen.ways
        points = of_raters[0] * sd[0] + of_raters[1] * sd[1] + of_raters[2] * (sd[0] + sd[1]) / 2
        figures = {
            name: values * points if name.startswith("depth") else values for name, values in seen.figures.items()
        }
        figures |= dict(zip(OF_RATERS, of_raters, strict=True))
        if not course:
            return _Fall(figures, None)
        lowered = np.zeros_like(self._scores)
        for place, by in zip(self._whose, seen.lowered, strict=True):
            for rater in np.flatnonzero(ALTERNATIVES[place]):
                lowered[rater] += sd[rater] * by
        return _Fall(figures, self.paired.course(self._scores + lowered))


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
        alike = equal.time.shape[1] == 1
        return _One(pulses, score, _of_times(model, tuple(equal.time[:, 0])) if alike else Whitened(model, equal.time))
    beside = np.full(score.shape, np.nan) if series.beside is None else series.beside[:, 0][equal.rows]
    there = np.stack([np.ones(score.shape, dtype=np.bool_), ~np.isnan(beside)])
    if (there == there[:, :, :1]).all():
        there = there[:, :, :1]
    return _Both(pulses, score, beside, Paired(model, equal.time, there))


@lru_cache(maxsize=256)
def _of_times(null: NullModel, time: tuple[float, ...]) -> Whitened:
    """The whitened times of dyads that have all the same ones; worked out once."""
    return Whitened(null, np.array(time)[:, np.newaxis])


def dyad_ratios(series: Series, model: NullModel | TwoRaterNull, pulses: Pulses) -> Floats:
    """The ``log_ratio`` of every dyad, NaN where it has fewer than two scored sessions; shape ``(g,)``."""
    found = np.full(series.sizes.size, np.nan)
    for equal in of_equal_length(series, squared=not isinstance(model, NullModel)):
        found[equal.dyads] = looked_at(model, series, equal, pulses).ratios.dyad
    return found
