"""How a profile interval is found: give a value, find everything else again, and see where that costs too much.

With D(v) the lowest deviance while the value is v, and D the fit's own, the interval of a level holds the values with

    D(v) - D <= the quantile of chi-squared with one degree of freedom
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

import numpy as np
from attrs import frozen
from scipy import stats
from scipy.optimize import brentq

from therarel.errors import TherarelError
from therarel.growth.likelihood.mixed_model import MixedModel
from therarel.growth.search.newton import WORST, Objective, minimise
from therarel.growth.search.optimum import NotConvergedError
from therarel.tables.arrays import Floats

_NOT_COMPUTED: Final = 1e200  # of deviance: the likelihood could not be computed
_SETTLED: Final = 1e-4  # of deviance: what a further step may still promise, beside the 3.84 that matter
_FINE: Final = 1e-6  # of the way from the estimate to what is rejected: how near to its end an interval is found

End: TypeAlias = tuple[float, Iterable[float]]
"""A value that is not rejected, and values further and further out."""


@frozen
class ProfileInterval:
    """An interval from the profile likelihood.

    Args:
        name: The parameter.
        estimate: The maximum-likelihood estimate for a fixed effect, the fit's own for everything else.
        low: Lower end; the limit of what is possible where that is not rejected; NaN where none was found.
        high: Upper end, likewise.
        remark: Which end is a limit or was not found, and why; empty for an interval within its limits.
    """

    name: str
    estimate: float
    low: float
    high: float
    remark: str = ""


def guarded(objective: Objective) -> Objective:
    """A function and its gradient, as bad as can be where they cannot be computed."""

    def safe(parameters: Floats) -> tuple[float, Floats]:
        try:
            with np.errstate(all="ignore"):
                value, gradient = objective(parameters)
        except np.linalg.LinAlgError:
            return WORST, np.zeros_like(parameters)
        if not np.isfinite(value) or not np.isfinite(gradient).all():
            return WORST, np.zeros_like(parameters)
        return value, gradient

    return safe


def deviance_of(model: MixedModel, offset: Floats | None = None, basis: Floats | None = None) -> Objective:
    """The deviance of a model over its parameters, or over x with parameters ``offset + basis @ x``."""

    def objective(x: Floats) -> tuple[float, Floats]:
        point = model.at(x if offset is None or basis is None else offset + basis @ x)
        return point.deviance, point.gradient if basis is None else basis.T @ point.gradient

    return guarded(objective)


class _UnsettledError(TherarelError):
    """A search with a given value did not reach a best point."""


class ProfileDistance:
    """How much worse than allowed the best fit with a given value is; negative for values that are not rejected.

    Args:
        objective: What is to be minimised with a given value.
        start: The point of the fit itself, in the parameters of the objective.
        best: The fit's own deviance.
        level: Confidence level of the interval, a share such as 0.95.
        begin: From a value and parameters, the parameters to begin with; ``None`` for these parameters unchanged.
    """

    def __init__(
        self,
        objective: Callable[[float], Objective],
        start: Floats,
        best: float,
        level: float,
        begin: Callable[[float, Floats], Floats] | None = None,
    ) -> None:
        self.objective, self.start, self.last, self.best = objective, start, start, best
        self.begin = begin or (lambda value, parameters: parameters)
        self.allowed = float(stats.chi2.ppf(level, 1))

    def __call__(self, value: float) -> float:
        """The distance at a value: D(v) - D - quantile.

        Raises:
            NotConvergedError: if a better fit than the fit itself was found.
        """
        starts = (self.start,) if self.last is self.start else (self.last, self.start)
        minimum = min(
            (minimise(self.objective(value), self.begin(value, start)) for start in starts),
            key=lambda optimum: optimum.value,
        )
        if minimum.value < self.best - max(1e-5, 1e-10 * abs(self.best)):
            raise NotConvergedError(
                f"a better fit was found while a value was fixed, by {self.best - minimum.value:.2g} units of deviance"
            )
        if minimum.value >= _NOT_COMPUTED or not minimum.decrease <= _SETTLED:
            raise _UnsettledError("a search did not settle")
        self.last = minimum.parameters
        return minimum.value - self.best - self.allowed

    def end(self, inside: float, outward: Iterable[float]) -> float | None:
        """Where the values turn to rejected on the way to the first that is; ``None`` if none is."""
        self.last = self.start
        for outside in outward:
            if self(outside) > 0:
                return float(brentq(self, inside, outside, xtol=_FINE * abs(outside - inside), rtol=1e-10))
            inside = outside
        return None


def approaching(value: float, limit: float, halvings: int = 6) -> list[float]:
    """Values from one inside to a limit, each half as far from it as the one before, and the limit; none at a limit.

    Examples:
        >>> approaching(0.0, 1.0, 2), approaching(1.0, 1.0)
        ([0.5, 0.75, 1.0], [])
    """
    if value == limit:
        return []
    return [limit - (limit - value) * 0.5**k for k in range(1, halvings + 1)] + [limit]


def profile_interval(
    name: str,
    estimate: float,
    distance: ProfileDistance,
    ends: tuple[End, End],
    limits: tuple[float, float],
    back: Callable[[float], float] = float,
) -> ProfileInterval:
    """Both ends, with a remark for each that is a limit or could not be found.

    Args:
        name: The parameter.
        estimate: The estimate.
        distance: The distance of a value, in the unit in which values are searched.
        ends: Where to search for the lower and the upper end.
        limits: The lowest and the highest value that is possible.
        back: Converts a value from the unit in which it was searched.
    """
    interval: list[float] = []
    remarks = []
    for word, (inside, outward), limit in zip(("lower", "upper"), ends, limits, strict=True):
        try:
            value = distance.end(inside, outward)
        except _UnsettledError:
            interval.append(float("nan"))
            remarks.append(f"The {word} end was not found: with values fixed near it, the search does not settle.")
            continue
        interval.append(limit if value is None else back(value))
        if value is None:
            remarks.append(f"The {word} end is the limit of what is possible: {limit:g} is not rejected.")
    return ProfileInterval(name, estimate, interval[0], interval[1], " ".join(remarks))
