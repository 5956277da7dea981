"""How certain the covariance parameters are, and how the uncertainty of fixed effects depends on them.

The parameters are those of the model, theta, and the logarithm of the residual variance s2. The deviance has the
gradient ``(d/d theta, df - rss / s2)``; its derivatives Q, by central differences, are twice the observed information,
so that the covariance of the estimates is ``2 Q^-1``. The covariance of the fixed effects is ``C = s2 (X' V^-1 X)^-1``,
and its derivatives by the parameters, found in the same way, are what Satterthwaite's degrees of freedom rest on.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from attrs import frozen

from therarel.growth.arrays import Floats
from therarel.growth.inference.flat_likelihood import flat_directions
from therarel.growth.likelihood.mixed_model import MixedModel
from therarel.growth.likelihood.small_matrices import inverse

__all__ = ["ObservedInformation", "observed_information"]

_FLAT: Final = 1e-6  # second derivative of the deviance that a flat direction is given: next to none


@frozen(eq=False)
class ObservedInformation:
    """What the curvature of the deviance at the optimum says of the parameters and, last, log s2.

    Args:
        covariance: ``2 Q^-1``, of these parameters; large along directions in which the likelihood does not bend.
        beta_covariance: C of the scaled fixed effects, shape (p, p).
        beta_covariance_derivatives: Derivative of C by each parameter, shape (parameters + 1, p, p).
    """

    covariance: Floats
    beta_covariance: Floats
    beta_covariance_derivatives: Floats


def observed_information(model: MixedModel, parameters: Floats, variance: float) -> ObservedInformation:
    """Differentiate the analytic gradient, and the covariance of fixed effects, numerically.

    Args:
        model: The model.
        parameters: Its best parameters.
        variance: The residual variance there, scaled.
    """
    optimum = np.append(parameters, np.log(variance))

    def gradient_and_covariance(values: Floats) -> tuple[Floats, Floats]:
        s2 = float(np.exp(values[-1]))
        point = model.at(values[:-1], variance=s2)
        evaluation = point.evaluation
        by_log_s2 = evaluation.df - evaluation.rss / s2  # d deviance / d log s2
        gradient: Floats = np.append(point.gradient, by_log_s2)
        return gradient, s2 * inverse(evaluation.information)  # C = s2 (X' V^-1 X)^-1

    rows, derivatives = [], []
    for k, value in enumerate(optimum):
        step = np.zeros_like(optimum)
        step[k] = (1e-4 if k == len(parameters) else 1e-5) * max(1.0, abs(value))
        above, below = gradient_and_covariance(optimum + step), gradient_and_covariance(optimum - step)
        rows.append((above[0] - below[0]) / (2 * step[k]))
        derivatives.append((above[1] - below[1]) / (2 * step[k]))
    hessian = np.array(rows)
    values, vectors = np.linalg.eigh((hessian + hessian.T) / 2)
    positive = np.maximum(values, 1e-8 * float(values[-1]))
    positive[[flat.index for flat in flat_directions(model, optimum, values, vectors)]] = _FLAT
    covariance = 2.0 * (vectors / positive) @ vectors.T  # 2 Q^-1
    return ObservedInformation(covariance, gradient_and_covariance(optimum)[1], np.array(derivatives))
