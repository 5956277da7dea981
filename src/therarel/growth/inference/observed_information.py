"""How certain the covariance parameters are, and how the uncertainty of fixed effects depends on them."""

from __future__ import annotations

from typing import Final

import numpy as np
from attrs import frozen

from therarel.growth.arrays import Floats
from therarel.growth.inference.flat_likelihood import flat_directions
from therarel.growth.likelihood.mixed_model import Problem
from therarel.growth.likelihood.small_matrices import inverse

__all__ = ["Sensitivity", "sensitivity"]

_FLAT: Final = 1e-6  # second derivative of the deviance that a flat direction is given: next to none


@frozen(eq=False)
class Sensitivity:
    """Curvature of the deviance at the optimum in the parameters and, last, the log of the residual variance.

    Args:
        covariance: Of these parameters, from the observed information; large along directions in which the likelihood
            does not bend.
        moves: Derivative of the covariance of the scaled fixed effects by each, shape (parameters + 1, p, p).
        spread: That covariance itself, shape (p, p).
    """

    covariance: Floats
    moves: Floats
    spread: Floats


def sensitivity(problem: Problem, parameters: Floats, variance: float) -> Sensitivity:
    """Differentiate the analytic gradient, and the covariance of fixed effects, numerically.

    Args:
        problem: The model.
        parameters: Its best parameters.
        variance: The residual variance there, scaled.
    """
    place = np.append(parameters, np.log(variance))

    def at(values: Floats) -> tuple[Floats, Floats]:
        own = float(np.exp(values[-1]))
        point = problem.at(values[:-1], variance=own)
        found = point.evaluation
        slope: Floats = np.append(point.gradient, found.freedom - found.squares / own)
        return slope, own * inverse(found.information)

    slopes, moves = [], []
    for k, value in enumerate(place):
        step = np.zeros_like(place)
        step[k] = 1e-4 * max(1.0, abs(value)) if k == len(parameters) else 1e-5 * max(1.0, abs(value))
        above, below = at(place + step), at(place - step)
        slopes.append((above[0] - below[0]) / (2 * step[k]))
        moves.append((above[1] - below[1]) / (2 * step[k]))
    hessian = np.array(slopes)
    hessian = (hessian + hessian.T) / 2
    values, vectors = np.linalg.eigh(hessian)
    firm = np.maximum(values, 1e-8 * float(values[-1]))
    firm[[direction.place for direction in flat_directions(problem, place, values, vectors)]] = _FLAT
    return Sensitivity(2.0 * (vectors / firm) @ vectors.T, np.array(moves), at(place)[1])
