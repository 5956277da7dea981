"""How certain the covariance parameters are, and how the uncertainty of fixed effects depends on them.

The parameters are those of the model, theta, and the logarithm of the residual variance s2. The deviance has the
gradient ``(d/d theta, df - rss / s2)``; its derivatives Q, by central differences, are twice the observed information,
so that the covariance of the estimates is ``2 Q^-1``. The covariance of the fixed effects is ``C = s2 (X' V^-1 X)^-1``,
and its derivatives by the parameters, found in the same way, are what Satterthwaite's degrees of freedom rest on.

Directions in which a likelihood does not bend although the model changes: what the data cannot tell apart.

An eigenvector d of the second derivatives of the deviance, with eigenvalue w, is flat if a step along it that is as
long as the effects themselves raises the deviance by less than a cut: ``w length^2 / 2 < 1e-4``, where 3.84 would make
the end of an interval. A direction of the parameters that changes no covariance does not count: with S = F F' and a
step dF, S changes by ``F dF' + dF F'``, which is zero where a variance is zero and the factor of the others is turned.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from attrs import frozen

from therarel.growth.likelihood.mixed_model import MixedModel
from therarel.growth.likelihood.small_matrices import inverse
from therarel.tables.arrays import Floats

_RISE: Final = 1e-4  # of deviance, for a step as large as the effects themselves; 3.84 makes the end of an interval
_ZERO: Final = 1e-3  # of the residual standard deviation
_AWAY_FROM_ZERO: Final = 0.1  # of a step of length one
_CHANGE: Final = 1e-3  # of the relative covariances, per unit of a step


@frozen(eq=False)
class FlatDirection:
    """A direction in which the deviance does not rise.

    Args:
        index: Which eigenvector of the second derivatives it is.
        levels: The levels whose random effects change along it, 0 for the inner one.
        residual: Whether the residual variance, or the ratio of some, changes.
        phi: Whether the autocorrelation changes.
    """

    index: int
    levels: tuple[int, ...]
    residual: bool
    phi: bool


def flat_directions(model: MixedModel, parameters: Floats, values: Floats, vectors: Floats) -> list[FlatDirection]:
    """The flat directions among the eigenvectors of the second derivatives of the deviance.

    Args:
        model: The model.
        parameters: Its best parameters, and the log of the residual variance if the derivatives are by that, too.
        values: Eigenvalues, shape (n,).
        vectors: Eigenvectors in columns, shape (n, n).
    """
    scales = _scales(model, parameters)
    flat = []
    for k, (value, direction) in enumerate(zip(values, vectors.T, strict=True)):
        length = float(np.abs(direction) @ scales)
        if 0.5 * value * length**2 > _RISE:  # w length^2 / 2
            continue
        *levels, residual, phi = _changes(model, parameters, direction)
        if residual or phi or any(levels):
            flat.append(FlatDirection(k, tuple(np.flatnonzero(levels).tolist()), residual, phi))
    return flat


def _scales(model: MixedModel, parameters: Floats) -> Floats:
    """How long a step by each parameter has to be to matter: as the random effect that it is of, or one."""
    sds = [np.linalg.norm(factor, axis=1) for factor in model.factors(parameters)]
    entries = np.concatenate([np.repeat(sd, np.arange(1, len(sd) + 1)) for sd in sds])
    others = np.ones(len(parameters) - model.covariances)  # logarithms
    if model.residuals.gaps is not None:
        others[model.residuals.ratios] = max(1.0, abs(float(parameters[model.count - 1])))
    return np.concatenate([np.maximum(entries, 1.0), others])


def _changes(model: MixedModel, parameters: Floats, direction: Floats) -> list[bool]:
    """Which covariances change along a direction: of each level, of residuals, and the autocorrelation."""
    log_s2 = float(direction[model.count]) if len(direction) > model.count else 0.0
    changes = []
    for factor, step in zip(model.factors(parameters), model.factors(direction), strict=True):
        change = factor @ step.T + step @ factor.T + log_s2 * factor @ factor.T  # dS = F dF' + dF F' + S d log s2
        zero = np.linalg.norm(factor, axis=1) < _ZERO  # a variance of zero changes with the square of the step
        leaves_zero = bool((np.linalg.norm(step[zero], axis=1) > _AWAY_FROM_ZERO).any())
        largest = max(1.0, float(np.max(np.abs(factor))))
        changes.append(leaves_zero or bool(np.max(np.abs(change)) > _CHANGE * largest))
    residual = model.residual_parameters(direction[: model.count])
    ratios = residual[: model.residuals.ratios]
    changes.append(bool(abs(log_s2) > _CHANGE or (np.abs(ratios) > _CHANGE).any()))
    return [*changes, model.residuals.gaps is not None and bool(abs(residual[-1]) > _AWAY_FROM_ZERO)]


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
