"""Minimising a smooth function by its gradient: quasi-Newton steps, then Newton steps until they promise nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from scipy.optimize import minimize

from therarel.growth.arrays import Floats

__all__ = ["approach", "curvature", "minimise"]

_PROMISE: Final = 1e-8  # of deviance: half of it in log-likelihood


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


def approach(
    value: Callable[[Floats], tuple[float, Floats]], start: Floats, spread: Floats | None = None
) -> tuple[Floats, float, Floats]:
    """Come near a minimum by quasi-Newton steps (BFGS).

    Args:
        value: The function and its gradient.
        start: Where to begin.
        spread: A guess of the inverse of the second derivatives, positive definite.

    Returns:
        The place, the value and the gradient there.
    """
    options: Any = {"gtol": 1e-3, "maxiter": 200}  # scipy's stubs know a closed set of names
    if spread is not None:
        options["hess_inv0"] = spread
    found = minimize(value, start, jac=True, method="BFGS", options=options)
    return np.asarray(found.x, dtype=np.float64), float(found.fun), np.asarray(found.jac, dtype=np.float64)


def minimise(
    value: Callable[[Floats], tuple[float, Floats]],
    start: Floats,
    *,
    spread: Floats | None = None,
    rounds: int = 60,
    tolerance: float = _PROMISE,
) -> tuple[Floats, float, Floats, float]:
    """Minimise a function with gradient: quasi-Newton steps, then Newton steps until they promise nothing.

    Returns:
        The place, the value there, the second derivatives, and what a further step promises.
    """
    if len(start) == 0:
        return start, value(start)[0], np.zeros((0, 0)), 0.0
    place, best, gradient = approach(value, start, spread)
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
