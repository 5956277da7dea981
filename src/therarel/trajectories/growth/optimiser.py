"""Finding the best covariance parameters, and making sure that it was found.

Parameters are unbounded, so that an optimiser can pass through zero variance; what it reaches is then checked against
the conditions of a boundary optimum (Karush, Kuhn and Tucker): where adding variance in some direction raises the
likelihood, the search starts again from there. It ends when Newton's step promises nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
from attrs import frozen
from scipy.optimize import minimize

from therarel.errors import TherarelError
from therarel.trajectories.growth.problem import Point, Problem
from therarel.trajectories.growth.segments import Floats

__all__ = ["NotConvergedError", "Optimum", "curvature", "minimise", "optimise"]

_PROMISE: Final = 1e-8  # of deviance: half of it in log-likelihood
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

    def at(self, parameters: Floats) -> Point | None:
        self.evaluations += 1
        if not np.isfinite(parameters).all() or np.max(np.abs(parameters), initial=0.0) > 1e8:
            return None
        try:
            with np.errstate(all="ignore"):
                point = self.problem.at(parameters)
        except np.linalg.LinAlgError:
            return None
        return point if np.isfinite(point.deviance) and np.isfinite(point.gradient).all() else None

    def value(self, parameters: Floats) -> tuple[float, Floats]:
        point = self.at(parameters)
        return (_WORST, np.zeros_like(parameters)) if point is None else (point.deviance, point.gradient)


def curvature(gradient_at: Callable[[Floats], Floats], parameters: Floats) -> Floats:
    """Second derivatives from central differences of an analytic gradient.

    Examples:
        >>> curvature(lambda x: 2 * x, np.array([1.0])).round(6).tolist()
        [[2.0]]
    """
    columns = []
    for k, value in enumerate(parameters):
        step = np.zeros_like(parameters)
        step[k] = 1e-5 * max(1.0, abs(value))
        columns.append((gradient_at(parameters + step) - gradient_at(parameters - step)) / (2 * step[k]))
    matrix = np.array(columns).reshape(len(parameters), len(parameters))
    return np.asarray((matrix + matrix.T) / 2)


def approach(value: Callable[[Floats], tuple[float, Floats]], start: Floats) -> Floats:
    """Come near a minimum by quasi-Newton steps (BFGS)."""
    found = minimize(value, start, jac=True, method="BFGS", options={"gtol": 1e-3, "maxiter": 200})
    return np.asarray(found.x, dtype=np.float64)


def minimise(
    value: Callable[[Floats], tuple[float, Floats]], start: Floats, *, rounds: int = 60, tolerance: float = _PROMISE
) -> tuple[Floats, float, Floats, float]:
    """Minimise a function with gradient: quasi-Newton steps, then Newton steps until they promise nothing.

    Returns:
        The place, the value there, the second derivatives, and what a further step promises.
    """
    if len(start) == 0:
        return start, value(start)[0], np.zeros((0, 0)), 0.0
    place = approach(value, start)
    best, gradient = value(place)
    hessian, promise = np.eye(len(place)), np.inf
    for _ in range(rounds):
        hessian = curvature(lambda x: value(x)[1], place)
        values, vectors = np.linalg.eigh(hessian)
        # a direction of negative curvature is left by going down it; a flat one is not followed forever
        sizes = np.maximum(np.abs(values), 1e-9 * max(1.0, float(np.max(np.abs(values)))))
        along = vectors.T @ gradient
        step = -vectors @ (along / sizes)
        promise = 0.5 * float(np.sum(along**2 / sizes))
        enough = max(tolerance, 2e-13 * abs(best))
        if promise <= enough:
            break
        length = min(1.0, 10.0 / max(float(np.linalg.norm(step)), 1e-300) * max(1.0, float(np.linalg.norm(place))))
        for _ in range(40):
            trial = place + length * step
            there, slope = value(trial)
            if there < best - 1e-4 * length * promise or (length * promise < 1e-6 and there <= best):
                break
            length /= 2
        else:
            break
        place, best, gradient = trial, there, slope
    return place, best, hessian, promise


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
    near = [approach(counted.value, start) for start in chosen] if len(chosen) > 1 else list(chosen)
    values = [counted.value(place)[0] for place in near]
    best = minimise(counted.value, near[int(np.argmin(values))])
    if best[1] >= _WORST:
        raise _failed("the likelihood could not be computed anywhere near the start")
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
    best = _settled(problem, counted, best)
    point = counted.at(best[0])
    if point is None or best[3] > max(1e-6, 2e-11 * abs(best[1])):
        raise _failed(f"a further step still promises {best[3]:.2g} units of deviance")
    return Optimum(point, best[2], best[3], counted.evaluations, restarts)


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
        for _ in range(4):
            point = counted.at(problem.parameters(relative, residual))
            if point is None:
                break
            relative = tuple(
                matrix - matrix @ slope @ matrix / count
                for matrix, slope, count in zip(relative, point.evaluation.slopes, problem.groups, strict=True)
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
    point = counted.at(place)
    if point is None:
        return None
    residual = problem.residual_parameters(place)
    relative = [factor @ factor.T for factor in point.factors]
    for level, slope in enumerate(point.evaluation.slopes):
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
    problem: Problem, counted: _Counted, best: tuple[Floats, float, Floats, float]
) -> tuple[Floats, float, Floats, float]:
    """The optimum in its plain form: a variance that is zero is exactly zero, diagonals are not negative."""
    factors = problem.factors(best[0])
    residual = problem.residual_parameters(best[0]).copy()
    relative = []
    for factor in factors:
        values, vectors = np.linalg.eigh(factor @ factor.T)
        values = np.where(values < 1e-7 * max(1.0, float(values[-1])), 0.0, values)
        relative.append(vectors @ np.diag(values) @ vectors.T)
    if problem.residuals.gaps is not None:
        residual[-1] = 0.0 if abs(residual[-1]) < 1e-3 else abs(residual[-1])
    plain = problem.parameters(tuple(relative), residual)
    there = counted.at(plain)
    if there is None or there.deviance > best[1] + max(1e-8, 1e-13 * abs(best[1])):
        plain, there = best[0], counted.at(best[0])
    if there is None:
        return best
    hessian = curvature(lambda x: counted.value(x)[1], plain)
    values, vectors = np.linalg.eigh(hessian)
    sizes = np.maximum(np.abs(values), 1e-9 * max(1.0, float(np.max(np.abs(values), initial=0.0))))
    promise = 0.5 * float(np.sum((vectors.T @ there.gradient) ** 2 / sizes)) if len(plain) else 0.0
    return plain, there.deviance, hessian, promise
