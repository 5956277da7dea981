"""How the scores of two raters wander together, and the log likelihood ratio of a fall in one of them or in both.

Each rater's scores follow the model of one rater (see `therarel.noise.falls.likelihood`). Levels, slopes, and what
is new in the noise of a session are correlated between the raters. With ``V`` the covariance of all scores of a dyad
and ``K = V^-1`` the log likelihood ratio of a fall ``d h`` is ``d x - d^2 I / 2`` with ``x = -h' K (y - X b)`` and
``I = h' K h``, where ``h`` covers some sessions of one rater or of both, in standard deviations of each one's noise.
``K`` is dense, so that the time grows with the square of the sessions; with its running sums each fall takes a fixed
number of steps. A score that a rater did not give has no row in ``K``.

Arrays have raters first, then sessions, and dyads of equal length last.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from therarel.domain import checks
from therarel.domain.checks import as_float
from therarel.errors import InvalidValueError
from therarel.noise.falls.ratios import Falls
from therarel.noise.falls.sums import total
from therarel.noise.null import NullModel
from therarel.representation import one_line
from therarel.tables.arrays import Floats, Truths

ALTERNATIVES = ((True, False), (False, True), (True, True))
"""Whose scores fall: the first rater's alone, the second's alone, or both."""
_RATERS = tuple(tuple(rater for rater in range(2) if whose[rater]) for whose in ALTERNATIVES)
_correlation = checks.number(-0.99, 0.99)


@frozen(kw_only=True)
class TwoRaterNull:
    """Scores that two raters give of clients in whom nothing happens: a null model of each, and what they share.

    Args:
        first: Scores of the rater whose panel is judged.
        second: Scores of the other rater, on the same scale.
        level_correlation: Correlation of the two levels between clients; -.99 to .99.
        slope_correlation: Correlation of the two changes per session between clients; -.99 to .99.
        noise_correlation: Correlation of what is new in the noise of the same session; -.99 to .99. Where both have
            the same autocorrelation it is the correlation of their noise at the same session.

    Raises:
        InvalidValueError: if a figure is out of bounds.

    Examples:
        >>> alike = NullModel(), NullModel()
        >>> joint = TwoRaterNull(
        ...     first=alike[0], second=alike[1], level_correlation=0.4, slope_correlation=0, noise_correlation=0.2
        ... )
        >>> joint.second.within_sd
        0.35
    """

    first: NullModel = field(validator=checks.a(NullModel))
    second: NullModel = field(validator=checks.a(NullModel))
    level_correlation: float = field(validator=_correlation, converter=as_float)
    slope_correlation: float = field(validator=_correlation, converter=as_float)
    noise_correlation: float = field(validator=_correlation, converter=as_float)

    def __attrs_post_init__(self) -> None:
        if self.first.trend is not self.second.trend:
            raise InvalidValueError(
                "both raters' scores change in one shape",
                where="TwoRaterNull.trend",
                value=self.second.trend.value,
                bound=self.first.trend.value,
            )

    @property
    def both(self) -> tuple[NullModel, NullModel]:
        """The null models of the two raters."""
        return self.first, self.second

    @property
    def settings(self) -> dict[str, str | float | int | bool | None]:
        """The figures by name: those of the first rater, of the second after ``second_``, and the correlations."""
        second = {f"second_{name}": value for name, value in self.second.settings.items()}
        shared: dict[str, str | float | int | bool | None] = {
            "level_correlation": self.level_correlation,
            "slope_correlation": self.slope_correlation,
            "noise_correlation": self.noise_correlation,
        }
        return {**self.first.settings, **second, **shared}

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        return (
            f"first rater: {self.first}; second rater: {self.second}; correlations of level {self.level_correlation:g},"
            f" slope {self.slope_correlation:g}, noise {self.noise_correlation:g}"
        )


@frozen(eq=False)
class Paired:
    """The times of dyads of equal length at which two raters gave scores: all that is needed but the scores.

    Args:
        null: The parameters of the model, all known.
        time: Time of each session since the dyad's first; shape ``(n, m)``, or ``(n, 1)`` where it is the same for all.
        there: Which scores were given; shape ``(2, n, m)``, or ``(2, n, 1)``.
    """

    null: TwoRaterNull
    time: Floats
    there: Truths

    @cached_property
    def means(self) -> Floats:
        """Mean course of each rater's scores, ``X b``; shape ``(2, n, m)``."""
        return np.stack([each.intercept + each.slope * each.change(self.time) for each in self.null.both])

    @cached_property
    def effects(self) -> Floats:
        """Covariance of level and slope at two sessions, ``X G X'``; shape ``(2, n, 2, n, m)``."""
        one, two = self.null.both
        level = _between(one.between_sd, two.between_sd, self.null.level_correlation)
        slope = _between(one.slope_sd, two.slope_sd, self.null.slope_correlation)
        change = self.null.first.change(self.time)
        products = change[:, np.newaxis] * change
        found = level[:, np.newaxis, :, np.newaxis, np.newaxis] + (
            slope[:, np.newaxis, :, np.newaxis, np.newaxis] * products[np.newaxis, :, np.newaxis]
        )
        return np.asarray(found)

    @cached_property
    def noise(self) -> Floats:
        """Covariance of the noise at two sessions; shape ``(2, n, 2, n, m)``."""
        one, two = self.null.both
        n, m = self.time.shape
        carried = np.zeros((2, n, m))
        carried[:, 1:] = [each.correlation(np.diff(self.time, axis=0)) for each in self.null.both]
        kept = np.zeros((2, n, n, m))  # what is left at the second index of the noise at the first, if that is earlier
        shared = np.full((n, m), self.null.noise_correlation)
        for at in range(n):
            kept[:, :at, at] = kept[:, :at, at - 1] * carried[:, np.newaxis, at]
            kept[:, at, at] = 1.0
            if at:
                new = np.sqrt((1 - carried[0, at] ** 2) * (1 - carried[1, at] ** 2))
                shared[at] = carried[0, at] * carried[1, at] * shared[at - 1] + self.null.noise_correlation * new
        found = np.empty((2, n, 2, n, m))
        later = np.triu(np.ones((n, n), dtype=np.bool_), 1)[:, :, np.newaxis]
        for rater, each in enumerate(self.null.both):
            found[rater, :, rater] = each.within_sd**2 * np.where(later, kept[rater], kept[rater].swapaxes(0, 1))
        first = np.where(later, kept[1] * shared[:, np.newaxis], kept[0].swapaxes(0, 1) * shared)
        found[0, :, 1] = one.within_sd * two.within_sd * first
        found[1, :, 0] = found[0, :, 1].swapaxes(0, 1)
        return found

    @cached_property
    def precision(self) -> Floats:
        """The inverse covariance ``K`` of the scores that were given, 0 for others; shape ``(2, n, 2, n, m)``."""
        covariance = self.effects + self.noise
        n, m = self.time.shape[0], max(self.time.shape[1], self.there.shape[2])
        there = np.broadcast_to(self.there, (2, n, m)).reshape(2 * n, m).T
        both = there[:, :, np.newaxis] & there[:, np.newaxis]
        square = np.broadcast_to(covariance, (2, n, 2, n, m)).reshape(2 * n, 2 * n, m).transpose(2, 0, 1)
        inverse = np.linalg.inv(np.where(both, square, np.eye(2 * n)))
        return np.ascontiguousarray(np.where(both, inverse, 0.0).transpose(1, 2, 0)).reshape(2, n, 2, n, m)

    def inverted(self, score: Floats) -> Floats:
        """``K (y - X b)``; shape ``(2, n, m)``."""
        away = np.where(self.there, score - self.means, 0.0)
        return _times(self.precision, away)

    def course(self, score: Floats) -> Floats:
        """The course that a dyad's scores lead one to expect of the first rater; shape ``(n, m)``."""
        return np.asarray(self.means[0] + _times(self.effects[:1], self.inverted(score))[0])

    @cached_property
    def around(self) -> Floats:
        """Standard deviation of a score of the first rater around that course, which is itself not wholly known."""
        course = [of[0, at] - total(total(of * _times(self.precision, of))) for at, of in enumerate(self.effects[0])]
        return np.asarray(np.sqrt(self.null.first.within_sd**2 + np.stack(course)))

    @cached_property
    def across(self) -> Floats:
        """Running sums of ``K`` over the sessions of the second index, from 0 on; shape ``(2, n, 2, n + 1, m)``."""
        return _running(self.precision, 3)

    def information(self, longest: int) -> Floats:
        """``h_1' K h_2`` of falls of the one and of the other rater, in standard deviations; by length and onset.

        Shape ``(2, 2, longest + 1, n - 1, m)``.
        """
        n = self.time.shape[0]
        onset, sums = np.arange(1, n), _running(self.across, 1)
        ends = [np.minimum(onset + length, n) for length in (*range(1, longest + 1), n)]
        squares = np.array(
            [[[_within(sums[one, :, two], onset, end) for end in ends] for two in range(2)] for one in range(2)]
        )
        sd = self.sd
        return np.asarray((sd[:, np.newaxis] * sd)[:, :, np.newaxis, np.newaxis, np.newaxis] * squares)

    @property
    def sd(self) -> Floats:
        """Standard deviation of each rater's noise; shape ``(2,)``."""
        return np.array([each.within_sd for each in self.null.both])

    def falls(self, score: Floats, longest: int) -> list[Falls]:
        """The falls of each of the `ALTERNATIVES`; depths are in standard deviations.

        Args:
            score: Scores, shape ``(2, n, m)``; a value where none was given does not matter.
            longest: The longest fall that does not last to the end.
        """
        sums, information = _running(self.inverted(score), 1), self.information(longest)
        x = self.sd[:, np.newaxis, np.newaxis] * (sums[:, 1:-1] - sums[:, -1:])
        return [
            Falls(_added([x[one] for one in some]), _added([information[one, two] for one in some for two in some]))
            for some in _RATERS
        ]

    def steep(self, whose: int, length: int) -> tuple[Floats, Floats]:
        """By how much ``x`` of falls rises where the one or the other rater's score of the onset is lower by 1.

        Args:
            whose: Place among the `ALTERNATIVES`.
            length: Scored sessions that the falls last.

        Returns:
            For each rater's score, shape ``(n - 1, m)``.
        """
        n, onset = self.time.shape[0], np.arange(1, self.time.shape[0])
        end = np.minimum(onset + length, n)
        one, two = (
            _added(
                [
                    self.sd[by] * (self.across[at, onset, by, end] - self.across[at, onset, by, onset])
                    for by in _RATERS[whose]
                ]
            )
            for at in range(2)
        )
        return one, two


def _between(one: float, two: float, correlation: float) -> Floats:
    """Covariance of a figure of two raters; shape ``(2, 2)``."""
    return np.array([[one * one, correlation * one * two], [correlation * one * two, two * two]])


def _times(matrix: Floats, vector: Floats) -> Floats:
    """Matrices times vectors, one number after the other; ``(k, n, 2, n, m)`` and ``(2, n, m)`` to ``(k, n, m)``."""
    total = np.zeros((*matrix.shape[:2], max(matrix.shape[-1], vector.shape[-1])))
    for rater in range(2):
        for at in range(vector.shape[1]):
            total += matrix[:, :, rater, at] * vector[rater, at]
    return total


def _running(values: Floats, axis: int) -> Floats:
    """Running sums along an axis, from 0 on."""
    shape = list(values.shape)
    shape[axis] = 1
    return np.concatenate([np.zeros(shape), np.cumsum(values, axis=axis)], axis=axis)


def _within(sums: Floats, onset: npt.NDArray[np.intp], end: npt.NDArray[np.intp]) -> Floats:
    """Sums over squares of sessions from their running sums."""
    return np.asarray((sums[end, end] - sums[onset, end]) - (sums[end, onset] - sums[onset, onset]))


def _added(values: list[Floats]) -> Floats:
    total = values[0]
    for each in values[1:]:
        total = total + each
    return total
