"""The profiled likelihood of a mixed model with two or three levels, its gradient, and its parts.

With V the covariance of the scores divided by the residual variance, n rows, p fixed effects and r2 the generalised
sum of squared residuals, minus twice the log-likelihood is, up to constants,

    ML:    log|V| + n log(r2 / n)
    REML:  log|V| + log|X' V^-1 X| + (n - p) log(r2 / (n - p))

Its derivative by the relative covariance S of a level's random effects is the symmetric matrix

    G = sum_i  Z_i' V^-1 Z_i - K_i (X' V^-1 X)^-1 K_i' - u_i u_i' / s2,    K_i = Z_i' V^-1 X,  u_i = Z_i' V^-1 e

(the middle term for REML alone), and by an unbounded factor L with S = L L' it is 2 G L. S is optimal if and only if
G is positive semi-definite and G S is zero; where G has a negative eigenvalue, the likelihood rises by adding variance
in that direction, even where L says that the slope is zero.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import numpy as np
from attrs import frozen

from therarel.growth.arrays import Floats
from therarel.growth.likelihood.grouped_rows import orthogonalise
from therarel.growth.likelihood.small_matrices import (
    back_solve,
    cholesky,
    forward_solve,
    gram,
    inverse,
    product,
    times,
    transposed_product,
)
from therarel.growth.likelihood.sufficient_statistics import Layout, Statistics

__all__ = ["Evaluation", "Outer", "Profiled", "evaluate", "profiled"]

_CHUNK: Final = 8192


@frozen(eq=False)
class Outer:
    """What was eliminated at the outer level; shapes end in the number of outer groups, T.

    Args:
        factor: Cholesky factor of M, (q3, q3, T).
        design: ``L^-1 R``, (q3, q3, T).
        heights: ``L^-1 H``, (q3, p + 1, T).
        effects: ``S3 Z3' V^-1 [X y]``, (q3, p + 1, T).
        posterior: Relative covariance of the outer effects given the scores and beta, (q3, q3, T).
    """

    factor: Floats
    design: Floats
    heights: Floats
    effects: Floats
    posterior: Floats


@frozen(eq=False)
class Evaluation:
    """The likelihood at one value of the covariance parameters, and everything it was made of.

    Args:
        deviance: Minus twice the log-likelihood, in the scaled columns.
        log_determinant: ``log|V|``.
        information: ``X' V^-1 X``, (p, p).
        information_factor: Its lower Cholesky factor.
        beta: Fixed effects of the scaled columns, (p,).
        squares: ``r2``.
        freedom: n for ML, n - p for REML.
        slopes: G of each level, inner first.
        factor: Cholesky factor of M of the inner level, (q, q, cells).
        design: ``L^-1 R``, (q, q, cells).
        heights: ``L^-1 H`` weighted, (q, q3 + p + 1, cells).
        corrected: ``heights`` of [X y] after the outer level was eliminated too, (q, p + 1, cells).
        outer: The outer level; ``None`` without it.
    """

    deviance: float
    log_determinant: float
    information: Floats
    information_factor: Floats
    beta: Floats
    squares: float
    freedom: int
    slopes: tuple[Floats, ...]
    factor: Floats
    design: Floats
    heights: Floats
    corrected: Floats
    outer: Outer | None

    @property
    def variance(self) -> float:
        """The residual variance of the scaled score."""
        return self.squares / self.freedom


@frozen(eq=False)
class Profiled:
    """What follows from the cross-products ``[X y]' V^-1 [X y]``: fixed effects, residual variance and deviance.

    Args:
        information: ``X' V^-1 X``.
        information_factor: Its lower Cholesky factor.
        beta: Fixed effects.
        squares: ``r2``.
        freedom: n for ML, n - p for REML.
        deviance: Minus twice the log-likelihood.
        precision: One by the residual variance.
        weights: ``[-beta 1]``.
        whitener: W with ``W W' = (X' V^-1 X)^-1``.
    """

    information: Floats
    information_factor: Floats
    beta: Floats
    squares: float
    freedom: int
    deviance: float
    precision: float
    weights: Floats
    whitener: Floats


def profiled(
    cross: Floats, log_determinant: float, layout: Layout, *, reml: bool, variance: float | None = None
) -> Profiled:
    """Profile fixed effects, and the residual variance unless it is held, out of the likelihood.

    Args:
        cross: ``[X y]' V^-1 [X y]``, shape (p + 1, p + 1).
        log_determinant: ``log|V|``.
        layout: The numbers of rows and fixed effects.
        reml: Restricted likelihood.
        variance: A residual variance to hold fixed; ``None`` for the one that is best.

    Raises:
        numpy.linalg.LinAlgError: if rounding left no positive definite information or no squares.
    """
    fixed = layout.fixed
    information = cross[:fixed, :fixed]
    root = np.asarray(np.linalg.cholesky(information), dtype=np.float64)
    whitener = inverse(root).T
    beta = whitener @ (cross[:fixed, fixed] @ whitener)
    weights = np.append(-beta, 1.0)
    squares = float(weights @ cross @ weights)
    if not squares > 0.0:
        raise np.linalg.LinAlgError("rounding left no sum of squares")
    freedom = layout.rows - fixed if reml else layout.rows
    deviance = log_determinant
    if variance is None:
        precision = freedom / squares
        deviance += freedom * (1.0 + math.log(2.0 * math.pi * squares / freedom))
    else:
        precision = 1.0 / variance
        deviance += freedom * math.log(2.0 * math.pi * variance) + squares / variance
    if reml:
        deviance += 2.0 * float(np.sum(np.log(np.diag(root))))
    return Profiled(information, root, beta, squares, freedom, deviance, precision, weights, whitener)


def evaluate(
    statistics: Statistics,
    factors: tuple[Floats, ...],
    *,
    reml: bool,
    log_jacobian: float = 0.0,
    variance: float | None = None,
) -> Evaluation:
    """The likelihood and its derivatives by the relative covariances.

    Args:
        statistics: Of the rows.
        factors: Any L with S = L L' per level, inner first, each (q, q).
        reml: Restricted likelihood.
        log_jacobian: ``log|T|`` of the whitening T of the rows; it is subtracted twice.
        variance: A residual variance to hold fixed; ``None`` for the one that is best.

    Source:
        bates2015, pinheiro_bates2000, for the profiled likelihoods; how they are computed here is described above.
    """
    layout = statistics.layout
    lead = layout.outer_columns
    eye = np.eye(layout.inner_columns)[:, :, None]
    factor, design = np.empty_like(statistics.upper), np.empty_like(statistics.upper)
    heights = np.empty_like(statistics.heights)
    log_determinant = 0.0
    for part in _chunks(statistics.cells):
        spread = times(statistics.upper[:, :, part], factors[0])
        lower = cholesky(eye + product(spread, spread.transpose(1, 0, 2)))
        factor[:, :, part] = lower
        design[:, :, part] = forward_solve(lower, statistics.upper[:, :, part])
        heights[:, :, part] = forward_solve(lower, statistics.heights[:, :, part])
        log_determinant += 2.0 * float(sum(np.log(lower[k, k]) @ statistics.counts[part] for k in range(len(lower))))
    outer: Outer | None = None
    owner = np.zeros(0, dtype=np.int64)
    if lead:
        outer, cross, more = _eliminate_outer(statistics, heights, factors[1])
        log_determinant += more
        starts = _cells_of(statistics)
        owner = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        corrected = np.empty_like(heights[:, lead:])
        for part in _chunks(statistics.cells):
            above = outer.effects[:, :, owner[part]]
            corrected[:, :, part] = heights[:, lead:, part] - product(heights[:, :lead, part], above)
    else:
        corrected = heights
        cross = statistics.rest + gram(heights, heights)
    scatter, solved = statistics.spread, None
    if scatter is not None and statistics.spread_upper is not None:
        spread = times(statistics.spread_upper, factors[0])
        lower = cholesky(eye + product(spread, spread.transpose(1, 0, 2)))
        root = forward_solve(lower, np.broadcast_to(eye, scatter.shape))
        cross[-1, -1] += float(np.sum(transposed_product(root, root) * scatter))
        solved = back_solve(lower, forward_solve(lower, statistics.spread_upper))
    found = profiled(cross, log_determinant - 2.0 * log_jacobian, layout, reml=reml, variance=variance)
    taken = np.vstack([found.whitener, np.zeros(len(found.whitener))]) if reml else np.zeros((len(found.weights), 0))
    taken = np.column_stack([taken, math.sqrt(found.precision) * found.weights])  # [W 0], [-beta 1] / s

    slope = np.zeros((layout.inner_columns, layout.inner_columns))
    for part in _chunks(statistics.cells):
        weighted = design[:, :, part] * np.sqrt(statistics.counts[part])
        slope += gram(weighted, weighted)
        slope -= _explained(design[:, :, part], corrected[:, :, part], taken)
        if outer is not None:
            reach = transposed_product(design[:, :, part], heights[:, :lead, part])
            through = product(reach, outer.posterior[:, :, owner[part]])
            slope -= gram(through.transpose(1, 0, 2), reach.transpose(1, 0, 2))
    if scatter is not None and solved is not None:
        slope -= found.precision * gram(solved, product(scatter, solved))
    slopes = [slope]
    if outer is not None:
        slopes.append(gram(outer.design, outer.design) - _explained(outer.design, outer.heights, taken))
    return Evaluation(
        found.deviance, log_determinant, found.information, found.information_factor, found.beta, found.squares,
        found.freedom, tuple(slopes), factor, design, heights, corrected, outer,
    )  # fmt: skip


def _chunks(cells: int) -> Iterator[slice]:
    """Stretches of cells whose temporary arrays stay in the processor's cache."""
    for start in range(0, cells, _CHUNK):
        yield slice(start, min(start + _CHUNK, cells))


def _explained(design: Floats, heights: Floats, taken: Floats) -> Floats:
    """What the fixed effects and the residuals take away from the derivative: the last two terms of G."""
    reach = transposed_product(design, times(heights, taken)).transpose(1, 0, 2)
    return gram(reach, reach)


def _cells_of(statistics: Statistics) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    assert statistics.outer is not None
    return statistics.outer


def _eliminate_outer(statistics: Statistics, heights: Floats, factor: Floats) -> tuple[Outer, Floats, float]:
    """Project the dyads' reduced rows on the therapists' random effects, and eliminate those."""
    lead, starts = statistics.layout.outer_columns, _cells_of(statistics)
    inner, columns, cells = heights.shape
    rows = heights.transpose(1, 2, 0).reshape(columns, cells * inner)
    edges = starts * inner
    if statistics.outer_rows is not None:
        more = statistics.outer_rows
        groups = more.shape[2]
        rows = np.concatenate([rows, more.transpose(1, 2, 0).reshape(columns, groups * lead)], axis=1)
        owner = np.concatenate([np.repeat(np.arange(groups), np.diff(edges)), np.repeat(np.arange(groups), lead)])
        rows = rows[:, np.argsort(owner, kind="stable")]
        edges = edges + lead * np.arange(groups + 1)
    _, upper, rest = orthogonalise(rows, lead, edges)
    own, above = upper[:, :lead], upper[:, lead:]
    spread = times(own, factor)
    eye = np.eye(lead)[:, :, None]
    lower = cholesky(eye + product(spread, spread.transpose(1, 0, 2)))
    design, reduced = forward_solve(lower, own), forward_solve(lower, above)
    turned = cholesky(eye + transposed_product(spread, spread))
    half = forward_solve(turned, np.broadcast_to(factor.T[:, :, None], spread.shape))
    effects = transposed_product(half, forward_solve(turned, transposed_product(spread, above)))
    outer = Outer(lower, design, reduced, effects, transposed_product(half, half))
    cross = statistics.rest + rest @ rest.T + gram(reduced, reduced)
    log_determinant = 2.0 * float(sum(np.sum(np.log(lower[k, k])) for k in range(lead)))
    return outer, cross, log_determinant
