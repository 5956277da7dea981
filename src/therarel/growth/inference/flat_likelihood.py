"""Directions in which a likelihood does not bend although the model changes: what the data cannot tell apart.

An eigenvector d of the second derivatives of the deviance, with eigenvalue w, is flat if a step along it that is as
long as the effects themselves raises the deviance by less than a cut: ``w length^2 / 2 < 1e-4``, where 3.84 would make
the end of an interval. A direction of the parameters that changes no covariance does not count: with S = F F' and a
step dF, S changes by ``F dF' + dF F'``, which is zero where a variance is zero and the factor of the others is turned.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from attrs import frozen

from therarel.growth.arrays import Floats
from therarel.growth.likelihood.mixed_model import MixedModel

__all__ = ["FlatDirection", "flat_directions"]

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
