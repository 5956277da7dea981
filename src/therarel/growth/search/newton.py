"""Minimising a smooth function by its gradient: quasi-Newton steps, then Newton steps until they promise nothing.

With gradient g and second derivatives Q = U D U', a Newton step is ``-U |D|^-1 U' g``, and the decrease that a
quadratic function would have along it is ``g' U |D|^-1 U' g / 2``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from scipy.optimize import minimize

from therarel.tables.arrays import Floats

Objective: TypeAlias = Callable[[Floats], tuple[float, Floats]]
"""A function of parameters: its value and its gradient."""

WORST: Final = 1e300
"""The value of an objective that cannot be computed."""

_TOLERANCE: Final = 1e-8  # of deviance: half of it in log-likelihood


class Minimum(NamedTuple):
    """The point at which a search ended.

    Args:
        parameters: The best parameters.
        value: Value of the objective there.
        hessian: Its second derivatives.
        decrease: What a further Newton step would lower the objective by.
    """

    parameters: Floats
    value: float
    hessian: Floats
    decrease: float


def hessian(objective: Objective, parameters: Floats) -> Floats:
    """Second derivatives from central differences of an analytic gradient.

    Examples:
        >>> hessian(lambda x: (float(x @ x), 2 * x), np.array([1.0])).round(6).tolist()
        [[2.0]]
    """
    columns = []
    for k, value in enumerate(parameters):
        step = np.zeros_like(parameters)
        step[k] = 1e-5 * max(1.0, abs(value))
        columns.append((objective(parameters + step)[1] - objective(parameters - step)[1]) / (2 * step[k]))
    matrix = np.array(columns).reshape(len(parameters), len(parameters))
    return np.asarray((matrix + matrix.T) / 2)


def predicted_decrease(gradient: Floats, second: Floats) -> tuple[float, Floats]:
    """What a Newton step would lower a function by, and that step."""
    values, vectors = np.linalg.eigh(second)
    # a direction of negative curvature is left by going down it; a flat one is not followed forever
    sizes = np.maximum(np.abs(values), 1e-9 * max(1.0, float(np.max(np.abs(values), initial=0.0))))
    along = vectors.T @ gradient  # U' g
    return 0.5 * float(np.sum(along**2 / sizes)), -vectors @ (along / sizes)


def quasi_newton(
    objective: Objective, start: Floats, inverse_hessian: Floats | None = None
) -> tuple[Floats, float, Floats]:
    """Come near a minimum by quasi-Newton steps (BFGS).

    Args:
        objective: The function and its gradient.
        start: Where to begin.
        inverse_hessian: A guess of the inverse of the second derivatives, positive definite.

    Returns:
        The parameters, the value and the gradient there.
    """
    options: Any = {"gtol": 1e-3, "maxiter": 200}  # scipy's stubs know a closed set of names
    if inverse_hessian is not None:
        options["hess_inv0"] = inverse_hessian
    result = minimize(objective, start, jac=True, method="BFGS", options=options)
    return np.asarray(result.x, dtype=np.float64), float(result.fun), np.asarray(result.jac, dtype=np.float64)


def minimise(objective: Objective, start: Floats, *, inverse_hessian: Floats | None = None) -> Minimum:
    """Minimise a function with gradient: quasi-Newton steps, then Newton steps until they promise nothing."""
    if len(start) == 0:
        return Minimum(start, objective(start)[0], np.zeros((0, 0)), 0.0)
    parameters, best, gradient = quasi_newton(objective, start, inverse_hessian)
    second, decrease = np.eye(len(parameters)), np.inf
    for _ in range(60):
        second = hessian(objective, parameters)
        decrease, step = predicted_decrease(gradient, second)
        if decrease <= max(_TOLERANCE, 2e-13 * abs(best)):
            break
        size = max(1.0, float(np.linalg.norm(parameters)))
        length = min(1.0, 10.0 / max(float(np.linalg.norm(step)), 1e-300) * size)
        for _ in range(40):  # halve the step until it lowers the function enough (Armijo)
            trial = parameters + length * step
            value, slope = objective(trial)
            if value < best - 1e-4 * length * decrease or (length * decrease < 1e-6 and value <= best):
                break
            length /= 2
        else:
            break
        parameters, best, gradient = trial, value, slope
    return Minimum(parameters, best, second, decrease)
