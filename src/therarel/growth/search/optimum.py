"""Finding the best covariance parameters, and making sure that it was found.

Parameters are unbounded, so that a search can pass through zero variance; where it ends is then checked against the
conditions of Karush, Kuhn and Tucker: with G the derivative of the deviance by the relative covariance S of a level,
the optimum has ``G`` positive semi-definite and ``G S = 0``. Where G has a negative eigenvalue with eigenvector v, the
search starts again from ``S + t v v'``. It ends when Newton's step promises nothing more.

How the deviance is expected to bend: a first guess of its second derivatives, from one evaluation.

The expected second derivative of the deviance by the relative covariances S of one level, in the directions E and F, is
``sum_i tr(W E W F)`` with W = Z_i' V^-1 Z_i, less ``sum tr(W E) sum tr(W F) / n`` for the residual variance that is
estimated too. A step of one entry of the lower triangular factor L moves S by ``dL L' + L dL'``. How levels bear on
each other, and therapists on what dyads say, is left out: a search makes up for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from attrs import frozen
from scipy.linalg import block_diag

from therarel.errors import TherarelError
from therarel.growth.likelihood.mixed_model import MixedModel, ModelPoint
from therarel.growth.likelihood.profiled_likelihood import Evaluation
from therarel.growth.likelihood.small_matrices import inverse, transposed_product
from therarel.growth.likelihood.sufficient_statistics import SufficientStatistics
from therarel.growth.search.newton import WORST, Minimum, hessian, minimise, predicted_decrease, quasi_newton
from therarel.tables.arrays import Floats


def inverse_expected_hessian(
    statistics: SufficientStatistics, factors: tuple[Floats, ...], evaluation: Evaluation
) -> Floats:
    """The inverse of the expected second derivatives by the entries of the factors: shape (entries, entries).

    Args:
        statistics: Sufficient statistics of rows with iid residuals.
        factors: Lower triangular factors, inner level first.
        evaluation: The likelihood there.
    """
    levels = [(evaluation.a, statistics.pattern_counts)]
    if evaluation.outer is not None:
        levels.append((evaluation.outer.a, np.ones(evaluation.outer.a.shape[2])))
    blocks = [
        inverse(_expected_hessian(a, counts, factor, statistics.layout.rows))
        for (a, counts), factor in zip(levels, factors, strict=True)
    ]
    result: Floats = block_diag(*blocks)
    return np.asarray((result + result.T) / 2)


def _expected_hessian(a: Floats, counts: Floats, factor: Floats, rows: int) -> Floats:
    """The expected second derivatives of one level, kept away from singularity."""
    q = len(factor)
    w = transposed_product(a, a).reshape(q * q, -1)  # W = Z' V^-1 Z = A'A
    pairs = ((w * counts) @ w.T).reshape(q, q, q, q)
    total = (w @ counts).reshape(q, q)
    moves = []
    for row in range(q):
        for column in range(row + 1):
            step = np.zeros((q, q))
            step[row] = factor[:, column]  # dL L'
            moves.append(step + step.T)
    second = np.array([[np.einsum("ijkl,jk,li->", pairs, e, f) for f in moves] for e in moves])  # sum tr(W E W F)
    traces = np.array([np.sum(total * e) for e in moves])  # sum tr(W E)
    second = second - np.outer(traces, traces) / rows
    return np.asarray((second + second.T) / 2 + 1e-6 * float(np.trace(second)) * np.eye(len(moves)))


_FEW: Final = 25  # groups: below, likelihoods often have several peaks, and random starts join the chosen ones
_MANY: Final = 300  # groups: above, one start is enough
_RANDOM_STARTS: Final = 8
_RESTARTS: Final = 12
_INSIDE: Final = 1e-4  # of the residual variance: relative variances above are not at a boundary


class NotConvergedError(TherarelError, RuntimeError):
    """The search for the best parameters ended at a point that is not the best; there is no fit to return."""


@frozen(eq=False)
class Optimum:
    """The best parameters and how they were found.

    Args:
        point: The model there.
        hessian: Second derivatives of the deviance, symmetric.
        predicted_decrease: What a further Newton step would lower the deviance by.
        evaluations: How often the likelihood was computed.
        restarts: How often the boundary check found a better direction.
    """

    point: ModelPoint
    hessian: Floats
    predicted_decrease: float
    evaluations: int
    restarts: int


class _Counted:
    """The model with a count of evaluations; what cannot be computed is as bad as can be."""

    def __init__(self, model: MixedModel) -> None:
        self.model = model
        self.evaluations = 0
        self._last: ModelPoint | None = None  # the last one alone: with many dyads a point is large

    def at(self, parameters: Floats) -> ModelPoint | None:
        """The model at these parameters; ``None`` where it cannot be computed."""
        if self._last is not None and np.array_equal(self._last.parameters, parameters):
            return self._last
        self._last = None
        self.evaluations += 1
        if not np.isfinite(parameters).all() or np.max(np.abs(parameters), initial=0.0) > 1e8:
            return None
        try:
            with np.errstate(all="ignore"):
                point = self.model.at(parameters)
        except np.linalg.LinAlgError:
            return None
        self._last = point if np.isfinite(point.deviance) and np.isfinite(point.gradient).all() else None
        return self._last

    def deviance(self, parameters: Floats) -> tuple[float, Floats]:
        """Deviance and gradient."""
        point = self.at(parameters)
        return (WORST, np.zeros_like(parameters)) if point is None else (point.deviance, point.gradient)


def optimise(model: MixedModel, starts: tuple[Floats, ...] = ()) -> Optimum:
    """Fit a model.

    Args:
        model: The model.
        starts: Parameters to begin with; none for those the library chooses.

    Raises:
        NotConvergedError: if no stationary point was reached.
    """
    counted = _Counted(model)
    chosen = starts or tuple(_starts(model, counted))
    if len(chosen) > 1:
        start = min((quasi_newton(counted.deviance, start) for start in chosen), key=lambda near: near[1])[0]
        guess = None
    else:
        start, guess = chosen[0], _expected(model, counted, chosen[0])
    best = minimise(counted.deviance, start, inverse_hessian=guess)
    optimum = None if best.value >= WORST else _settled(model, counted, *_off_boundary(model, counted, best))
    if optimum is None:
        raise _failed("the likelihood could not be computed anywhere near the start")
    if optimum.predicted_decrease > max(1e-6, 2e-11 * abs(optimum.point.deviance)):
        raise _failed(f"a further step still promises {optimum.predicted_decrease:.2g} units of deviance")
    return optimum


def _failed(why: str) -> NotConvergedError:
    return NotConvergedError(
        f"the fit did not reach a best point: {why}",
        hint="use fewer random effects, or look for dyads with very few or identical scores",
    )


def _expected(model: MixedModel, counted: _Counted, start: Floats) -> Floats | None:
    """A guess of the inverse of the second derivatives, for a search from one start; ``None`` where none is simple."""
    point = None if model.residuals.count or model.groups[0] <= _MANY else counted.at(start)
    if point is None:
        return None
    guess = inverse_expected_hessian(point.statistics, point.factors, point.evaluation)
    return guess if np.isfinite(guess).all() and float(np.linalg.eigvalsh(guess)[0]) > 0.0 else None


def _off_boundary(model: MixedModel, counted: _Counted, best: Minimum) -> tuple[Minimum, int]:
    """The best point after restarts wherever the boundary conditions do not hold, and the number of restarts."""
    for restart in range(_RESTARTS):
        better = _beyond_boundary(model, counted, best)
        if better is None:
            return best, restart
        restarted = minimise(counted.deviance, better)
        if restarted.value >= best.value - 1e-9:
            return best, restart + 1
        best = restarted
    return best, _RESTARTS


def _starts(model: MixedModel, counted: _Counted) -> Iterator[Floats]:
    """Starting values: random effects about as large as the residual, refined by steps of the EM algorithm."""
    residual = model.residuals.start()
    groups = model.groups[0]
    for scale in (1.0,) if groups > _MANY else (1.0, 0.02, 30.0):
        relative = tuple(np.eye(size) * scale for size in model.sizes)
        for _ in range(2 if groups > _MANY else 4):
            point = counted.at(model.parameters(relative, residual))
            if point is None:
                break
            relative = tuple(  # EM: S - S G S / groups
                s - s @ g @ s / count
                for s, g, count in zip(relative, point.evaluation.derivatives, model.groups, strict=True)
            )
        yield model.parameters(relative, residual)
    if model.residuals.gaps is not None and groups <= _MANY:
        for eta in (0.05, 3.0):
            yield model.parameters(tuple(np.eye(size) for size in model.sizes), np.append(residual[:-1], eta))
    if groups <= _FEW:
        chance = np.random.default_rng(groups)
        for _ in range(_RANDOM_STARTS):
            yield chance.normal(size=model.count) * 10.0 ** chance.uniform(-1.5, 1.5)


def _beyond_boundary(model: MixedModel, counted: _Counted, best: Minimum) -> Floats | None:
    """Parameters with more variance in a direction in which the likelihood rises; ``None`` if there is none."""
    residual = model.residual_parameters(best.parameters)
    relative = [factor @ factor.T for factor in model.factors(best.parameters)]
    if all(np.linalg.eigvalsh(s)[0] > _INSIDE for s in relative):
        return None
    point = counted.at(best.parameters)
    if point is None:
        return None
    for level, g in enumerate(point.evaluation.derivatives):
        if np.linalg.eigvalsh(relative[level])[0] > _INSIDE:
            continue  # no boundary: what is stationary here meets the conditions
        values, vectors = np.linalg.eigh((g + g.T) / 2)
        if values[0] >= -1e-8 * max(1.0, float(np.max(np.abs(values)))):
            continue
        direction = np.outer(vectors[:, 0], vectors[:, 0])  # v v'
        candidates = []
        for amount in 10.0 ** np.arange(-6.0, 2.0):
            moved = [s + amount * direction if k == level else s for k, s in enumerate(relative)]  # S + t v v'
            parameters = model.parameters(tuple(moved), residual)
            value = counted.deviance(parameters)[0]
            if value < best.value - 1e-9:
                candidates.append((value, parameters))
        if candidates:
            return min(candidates, key=lambda pair: pair[0])[1]
    return None


def _settled(model: MixedModel, counted: _Counted, best: Minimum, restarts: int) -> Optimum | None:
    """The optimum in its plain form: a variance that is zero is exactly zero, diagonals are not negative."""
    signs = _signs(model, best.parameters)
    second = signs[:, None] * best.hessian * signs
    point = counted.at(signs * best.parameters)
    if point is None:
        return None
    rounded = _rounded(model, point.parameters)
    if rounded is not None:
        exact = counted.at(rounded)
        if exact is not None and exact.deviance <= point.deviance + max(1e-8, 1e-13 * abs(point.deviance)):
            point, second = exact, hessian(counted.deviance, rounded)
    decrease = predicted_decrease(point.gradient, second)[0] if model.count else 0.0
    return Optimum(point, second, decrease, counted.evaluations, restarts)


def _signs(model: MixedModel, parameters: Floats) -> Floats:
    """Signs that make diagonals of factors, and the parameter of autocorrelation, not negative."""
    parts = []
    for factor in model.factors(parameters):
        flip = np.where(np.diag(factor) < 0, -1.0, 1.0)
        parts.append(flip[np.tril_indices(len(factor))[1]])
    residual = np.ones(model.residuals.count)
    if model.residuals.gaps is not None and parameters[-1] < 0:
        residual[-1] = -1.0
    return np.concatenate([*parts, residual])


def _rounded(model: MixedModel, parameters: Floats) -> Floats | None:
    """Parameters with variances and autocorrelation that are all but zero set to zero; ``None`` if none is."""
    residual = model.residual_parameters(parameters).copy()
    changed = False
    relative = []
    for factor in model.factors(parameters):
        values, vectors = np.linalg.eigh(factor @ factor.T)
        small = values < 1e-7 * max(1.0, float(values[-1]))
        changed |= bool(small.any())
        relative.append(vectors @ np.diag(np.where(small, 0.0, values)) @ vectors.T)
    if model.residuals.gaps is not None and residual[-1] < 1e-3:
        changed |= bool(residual[-1] != 0.0)
        residual[-1] = 0.0
    return model.parameters(tuple(relative), residual) if changed else None
