"""How a profile interval is found: hold a value, find everything else again, and see where that costs too much."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

import numpy as np
from attrs import frozen
from scipy import stats
from scipy.optimize import brentq

from therarel.errors import TherarelError
from therarel.growth.arrays import Floats
from therarel.growth.search.newton import minimise
from therarel.growth.search.optimum import NotConvergedError

__all__ = ["Distance", "Objective", "ProfileInterval", "guarded", "interval_between", "nearing"]

_WORST: Final = 1e300
_NOWHERE: Final = 1e200  # of deviance: the likelihood could not be computed
_SETTLED: Final = 1e-4  # of deviance: what a further step may still promise, beside the 3.84 that matter
_FINE: Final = 1e-6  # of the way from the estimate to what is rejected: how near to its end an interval is found

Objective: TypeAlias = Callable[[Floats], tuple[float, Floats]]
"""A deviance and its gradient."""


@frozen
class ProfileInterval:
    """An interval from the profile likelihood.

    Args:
        name: What it is of.
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


def guarded(look: Objective) -> Objective:
    """A function and its gradient, as bad as can be where they cannot be computed."""

    def value(parameters: Floats) -> tuple[float, Floats]:
        try:
            with np.errstate(all="ignore"):
                height, gradient = look(parameters)
        except np.linalg.LinAlgError:
            return _WORST, np.zeros_like(parameters)
        if not np.isfinite(height) or not np.isfinite(gradient).all():
            return _WORST, np.zeros_like(parameters)
        return height, gradient

    return value


class LostError(TherarelError):
    """A search with a value held did not reach a best point."""


class Distance:
    """How much worse than allowed the best fit with a value held is; negative for values that are not rejected.

    Args:
        objective: What is to be minimised with a value held.
        start: Where the fit itself is, in the parameters of the objective.
        best: The fit's own deviance.
        level: Of the interval.
        towards: Makes of a value and parameters the ones to begin with; ``None`` for the parameters as they are.
    """

    def __init__(
        self,
        objective: Callable[[float], Objective],
        start: Floats,
        best: float,
        level: float,
        towards: Callable[[float, Floats], Floats] | None = None,
    ) -> None:
        self.objective, self.start, self.place, self.best = objective, start, start, best
        self.towards = towards or (lambda held, place: place)
        self.allowed = float(stats.chi2.ppf(level, 1))

    def __call__(self, held: float) -> float:
        """The distance with this value held.

        Raises:
            NotConvergedError: if a better fit than the fit itself was found.
            LostError: if the search did not reach a best point.
        """
        starts = (self.start,) if self.place is self.start else (self.place, self.start)
        place, deviance, _, promise = min(
            (minimise(self.objective(held), self.towards(held, start)) for start in starts), key=lambda found: found[1]
        )
        if deviance < self.best - max(1e-5, 1e-10 * abs(self.best)):
            raise NotConvergedError(
                f"a better fit was found while a value was held, by {self.best - deviance:.2g} units of deviance"
            )
        if deviance >= _NOWHERE or not promise <= _SETTLED:
            raise LostError("a search did not settle")
        self.place = place
        return deviance - self.best - self.allowed

    def end(self, inside: float, outward: Iterable[float]) -> float | None:
        """Where the first of these values that is rejected is left behind; ``None`` if none is."""
        self.place = self.start
        for far in outward:
            if self(far) > 0:
                return float(brentq(self, inside, far, xtol=_FINE * abs(far - inside), rtol=1e-10))
            inside = far
        return None


def nearing(here: float, limit: float, halvings: int = 6) -> list[float]:
    """Values from one inside to a limit, each half as far from it as the one before; the limit at the end.

    Examples:
        >>> nearing(0.0, 1.0, 2)
        [0.5, 0.75, 1.0]
    """
    return [limit - (limit - here) * 0.5**k for k in range(1, halvings + 1)] + [limit]


def interval_between(
    name: str, estimate: float, ends: tuple[Callable[[], float | None], Callable[[], float | None]],
    limits: tuple[float, float], back: Callable[[float], float] = float,
) -> ProfileInterval:  # fmt: skip
    """Both ends, with a remark for each that is a limit or could not be found."""
    found: list[float] = []
    remarks = []
    for word, end, limit in zip(("lower", "upper"), ends, limits, strict=True):
        try:
            value = end()
        except LostError:
            found.append(float("nan"))
            remarks.append(f"The {word} end was not found: with values held near it, the search does not settle.")
            continue
        found.append(limit if value is None else back(value))
        if value is None:
            remarks.append(f"The {word} end is the limit of what is possible: {limit:g} is not rejected.")
    return ProfileInterval(name, estimate, found[0], found[1], " ".join(remarks))
