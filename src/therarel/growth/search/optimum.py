"""Finding the best covariance parameters, and making sure that it was found.

Parameters are unbounded, so that an optimiser can pass through zero variance; what it reaches is then checked against
the conditions of a boundary optimum (Karush, Kuhn and Tucker): where adding variance in some direction raises the
likelihood, the search starts again from there. It ends when Newton's step promises nothing more.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from attrs import frozen

from therarel.errors import TherarelError
from therarel.growth.arrays import Floats
from therarel.growth.likelihood.mixed_model import Point, Problem
from therarel.growth.search.expected_information import expected_spread
from therarel.growth.search.newton import approach, curvature, minimise

__all__ = ["NotConvergedError", "Optimum", "optimise"]

_FEW: Final = 25  # groups: below, likelihoods often have several peaks, and chance starts join the chosen ones
_MANY: Final = 300  # groups: above, one start is enough
_CHANCE_STARTS: Final = 8
_RESTARTS: Final = 12
_INSIDE: Final = 1e-4  # of the residual variance: relative variances above are not at a boundary
_WORST: Final = 1e300


class NotConvergedError(TherarelError, RuntimeError):
    """The search for the best parameters ended at a point that is not the best; there is no fit to return."""


@frozen(eq=False)
class Optimum:
    """The best parameters and how they were reached.

    Args:
        point: The model there.
        hessian: Second derivatives of the deviance, symmetric.
        promise: What a further Newton step would lower the deviance by.
        evaluations: How often the likelihood was computed.
        restarts: How often the boundary check found a better direction.
    """

    point: Point
    hessian: Floats
    promise: float
    evaluations: int
    restarts: int


class _Counted:
    """The problem with a count of evaluations; what cannot be computed is as bad as can be."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.evaluations = 0
        self._last: Point | None = None  # kept for one look only: with many dyads a point is large

    def at(self, parameters: Floats) -> Point | None:
        """The model at these parameters; ``None`` where it cannot be computed."""
        if self._last is not None and np.array_equal(self._last.parameters, parameters):
            return self._last
        self._last = None
        self.evaluations += 1
        if not np.isfinite(parameters).all() or np.max(np.abs(parameters), initial=0.0) > 1e8:
            return None
        try:
            with np.errstate(all="ignore"):
                point = self.problem.at(parameters)
        except np.linalg.LinAlgError:
            return None
        self._last = point if np.isfinite(point.deviance) and np.isfinite(point.gradient).all() else None
        return self._last

    def value(self, parameters: Floats) -> tuple[float, Floats]:
        """Deviance and gradient."""
        point = self.at(parameters)
        return (_WORST, np.zeros_like(parameters)) if point is None else (point.deviance, point.gradient)


def optimise(problem: Problem, starts: tuple[Floats, ...] = ()) -> Optimum:
    """Fit a model.

    Args:
        problem: The model.
        starts: Parameters to begin with; none for those the library chooses.

    Raises:
        NotConvergedError: if no stationary point was reached.
    """
    counted = _Counted(problem)
    chosen = starts or tuple(_starts(problem, counted))
    if len(chosen) > 1:
        near = [approach(counted.value, start) for start in chosen]
        start, spread = min(near, key=lambda one: one[1])[0], None
    else:
        start, spread = chosen[0], _spread(problem, counted, chosen[0])
    found = _searched(problem, counted, start, spread)
    if found is None:
        raise _failed("the likelihood could not be computed anywhere near the start")
    if found.promise > max(1e-6, 2e-11 * abs(found.point.deviance)):
        raise _failed(f"a further step still promises {found.promise:.2g} units of deviance")
    return found


def _spread(problem: Problem, counted: _Counted, start: Floats) -> Floats | None:
    """A guess of how parameters spread, for a search from one start; ``None`` where nothing simple is known."""
    if problem.residuals.count or problem.groups[0] <= _MANY:
        return None
    point = counted.at(start)
    if point is None:
        return None
    spread = expected_spread(point.statistics, point.factors, point.evaluation)
    firm = np.isfinite(spread).all() and float(np.linalg.eigvalsh(spread)[0]) > 0.0
    return spread if firm else None


def _searched(problem: Problem, counted: _Counted, start: Floats, spread: Floats | None) -> Optimum | None:
    """The best place that a search from here finds; ``None`` if the likelihood cannot be computed."""
    best = minimise(counted.value, start, spread=spread)
    if best[1] >= _WORST:
        return None
    restarts = 0
    while restarts < _RESTARTS:
        better = _beyond_boundary(problem, counted, best[0], best[1])
        if better is None:
            break
        restarts += 1
        found = minimise(counted.value, better)
        if found[1] >= best[1] - 1e-9:
            break
        best = found
    return _settled(problem, counted, best, restarts)


def _failed(why: str) -> NotConvergedError:
    return NotConvergedError(
        f"the fit did not reach a best point: {why}",
        hint="use fewer random effects, or look for dyads with very few or identical scores",
    )


def _starts(problem: Problem, counted: _Counted) -> Iterator[Floats]:
    """Starting values: random effects about as large as the residual, refined by steps of the EM algorithm."""
    residual = problem.residuals.start()
    groups = problem.groups[0]
    for scale in (1.0,) if groups > _MANY else (1.0, 0.02, 30.0):
        relative = tuple(np.eye(size) * scale for size in problem.sizes)
        for _ in range(2 if groups > _MANY else 4):
            seen = counted.at(problem.parameters(relative, residual))
            if seen is None:
                break
            relative = tuple(
                matrix - matrix @ slope @ matrix / count
                for matrix, slope, count in zip(relative, seen.evaluation.slopes, problem.groups, strict=True)
            )
        yield problem.parameters(relative, residual)
    if problem.residuals.gaps is not None and groups <= _MANY:
        for eta in (0.05, 3.0):
            other = residual.copy()
            other[-1] = eta
            yield problem.parameters(tuple(np.eye(size) for size in problem.sizes), other)
    if groups <= _FEW:
        chance = np.random.default_rng(groups)
        for _ in range(_CHANCE_STARTS):
            yield chance.normal(size=problem.count) * 10.0 ** chance.uniform(-1.5, 1.5)


def _beyond_boundary(problem: Problem, counted: _Counted, place: Floats, best: float) -> Floats | None:
    """Parameters with more variance in a direction in which the likelihood rises; ``None`` if there is none."""
    residual = problem.residual_parameters(place)
    relative = [factor @ factor.T for factor in problem.factors(place)]
    if all(np.linalg.eigvalsh(matrix)[0] > _INSIDE for matrix in relative):
        return None
    seen = counted.at(place)
    if seen is None:
        return None
    for level, slope in enumerate(seen.evaluation.slopes):
        if np.linalg.eigvalsh(relative[level])[0] > _INSIDE:
            continue  # no boundary: what is stationary here meets the conditions
        values, vectors = np.linalg.eigh((slope + slope.T) / 2)
        if values[0] >= -1e-8 * max(1.0, float(np.max(np.abs(values)))):
            continue
        direction = np.outer(vectors[:, 0], vectors[:, 0])
        candidates = []
        for amount in 10.0 ** np.arange(-6.0, 2.0):
            moved = [matrix + amount * direction if k == level else matrix for k, matrix in enumerate(relative)]
            parameters = problem.parameters(tuple(moved), residual)
            there = counted.at(parameters)
            if there is not None and there.deviance < best - 1e-9:
                candidates.append((there.deviance, parameters))
        if candidates:
            return min(candidates, key=lambda pair: pair[0])[1]
    return None


def _settled(
    problem: Problem, counted: _Counted, best: tuple[Floats, float, Floats, float], restarts: int
) -> Optimum | None:
    """The optimum in its plain form: a variance that is zero is exactly zero, diagonals are not negative."""
    place, _, hessian, _ = best
    signs = _signs(problem, place)
    plain, hessian = signs * place, signs[:, None] * hessian * signs
    point = counted.at(plain)
    if point is None:
        return None
    rounded = _rounded(problem, plain)
    if rounded is not None:
        there = counted.at(rounded)
        if there is not None and there.deviance <= point.deviance + max(1e-8, 1e-13 * abs(point.deviance)):
            point = there
            hessian = curvature(lambda x: counted.value(x)[1], rounded)
    values, vectors = np.linalg.eigh(hessian)
    sizes = np.maximum(np.abs(values), 1e-9 * max(1.0, float(np.max(np.abs(values), initial=0.0))))
    promise = 0.5 * float(np.sum((vectors.T @ point.gradient) ** 2 / sizes)) if len(plain) else 0.0
    return Optimum(point, hessian, promise, counted.evaluations, restarts)


def _signs(problem: Problem, place: Floats) -> Floats:
    """Signs that make diagonals of factors, and the parameter of autocorrelation, not negative."""
    parts = []
    for factor in problem.factors(place):
        flip = np.where(np.diag(factor) < 0, -1.0, 1.0)
        parts.append(flip[np.tril_indices(len(factor))[1]])
    residual = np.ones(problem.residuals.count)
    if problem.residuals.gaps is not None and place[-1] < 0:
        residual[-1] = -1.0
    return np.concatenate([*parts, residual])


def _rounded(problem: Problem, place: Floats) -> Floats | None:
    """Parameters with variances and autocorrelation that are all but zero set to zero; ``None`` if none is."""
    residual = problem.residual_parameters(place).copy()
    changed = False
    relative = []
    for factor in problem.factors(place):
        values, vectors = np.linalg.eigh(factor @ factor.T)
        small = values < 1e-7 * max(1.0, float(values[-1]))
        changed |= bool(small.any())
        relative.append(vectors @ np.diag(np.where(small, 0.0, values)) @ vectors.T)
    if problem.residuals.gaps is not None and residual[-1] < 1e-3:
        changed |= bool(residual[-1] != 0.0)
        residual[-1] = 0.0
    return problem.parameters(tuple(relative), residual) if changed else None
