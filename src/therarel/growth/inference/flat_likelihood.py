"""Directions in which a likelihood does not bend although the model changes: what the data cannot tell apart.

A direction of the parameters that changes no covariance does not count: where a variance is zero, the factor of the
others can be turned without any effect.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from attrs import frozen

from therarel.growth.arrays import Floats
from therarel.growth.likelihood.mixed_model import Problem

__all__ = ["FlatDirection", "flat_directions"]

_RISE: Final = 1e-4  # of deviance, for a step as large as the effects themselves; 3.84 makes the end of an interval
_NONE: Final = 1e-3  # of the residual standard deviation
_BEGUN: Final = 0.1  # of a step of length one
_CHANGE: Final = 1e-3  # of the relative covariances, per unit of a step


@frozen(eq=False)
class FlatDirection:
    """A direction in which the deviance does not rise.

    Args:
        place: Which eigenvector of the second derivatives it is.
        levels: The levels whose random effects change along it, 0 for the inner one.
        residual: Whether the residual variance, or the ratio of some, changes.
        phi: Whether the autocorrelation changes.
    """

    place: int
    levels: tuple[int, ...]
    residual: bool
    phi: bool


def flat_directions(problem: Problem, place: Floats, values: Floats, vectors: Floats) -> list[FlatDirection]:
    """The flat directions among the eigenvectors of the second derivatives of the deviance.

    Args:
        problem: The model.
        place: Its best parameters, and the log of the residual variance if the derivatives are by that, too.
        values: Eigenvalues, shape (n,).
        vectors: Eigenvectors in columns, shape (n, n).
    """
    sizes = _sizes(problem, place)
    found = []
    for k, (value, direction) in enumerate(zip(values, vectors.T, strict=True)):
        length = float(np.abs(direction) @ sizes)
        if 0.5 * value * length**2 > _RISE:
            continue
        changes = _changes(problem, place, direction)
        if any(changes):
            levels = tuple(level for level in range(len(problem.sizes)) if changes[level])
            found.append(FlatDirection(k, levels, changes[-2], changes[-1]))
    return found


def _sizes(problem: Problem, place: Floats) -> Floats:
    """How long a step by each parameter has to be to matter: as the random effect that it is of, or one."""
    found = []
    for factor in problem.factors(place[: problem.count]):
        rows = np.linalg.norm(factor, axis=1)
        found.append(np.repeat(rows, np.arange(1, len(rows) + 1)))
    others = np.ones(len(place) - problem.covariances)  # logarithms
    if problem.residuals.gaps is not None:
        others[problem.residuals.ratios] = max(1.0, abs(float(place[problem.count - 1])))
    return np.concatenate([np.maximum(np.concatenate(found), 1.0), others])


def _changes(problem: Problem, place: Floats, direction: Floats) -> list[bool]:
    """Which covariances change along a direction: of each level, of residuals, and the autocorrelation."""
    count = problem.count
    whole = float(direction[count]) if len(direction) > count else 0.0  # of the log residual variance
    found = []
    steps = problem.factors(direction[:count])
    for factor, step in zip(problem.factors(place[:count]), steps, strict=True):
        change = factor @ step.T + step @ factor.T + whole * factor @ factor.T
        none = np.linalg.norm(factor, axis=1) < _NONE  # a variance of zero changes with the square of the step
        begun = bool((np.linalg.norm(step[none], axis=1) > _BEGUN).any())
        found.append(begun or bool(np.max(np.abs(change)) > _CHANGE * max(1.0, float(np.max(np.abs(factor))))))
    residual = problem.residual_parameters(direction[:count])
    ratios = residual[: problem.residuals.ratios]
    found.append(bool(abs(whole) > _CHANGE or (np.abs(ratios) > _CHANGE).any()))
    return [*found, problem.residuals.gaps is not None and bool(abs(residual[-1]) > _BEGUN)]
