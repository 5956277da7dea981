"""The profiled likelihood of a mixed model with two or three levels, its gradient, and its parts.

With V the covariance of the scores divided by the residual variance s2, n rows, p fixed effects, and

    beta = (X' V^-1 X)^-1 X' V^-1 y,    rss = (y - X beta)' V^-1 (y - X beta),    df = n (ML) or n - p (REML)

minus twice the log-likelihood, with beta and ``s2 = rss / df`` profiled out, is

    deviance = log|V| + df (1 + log(2 pi rss / df)) + (REML) log|X' V^-1 X|

From the sufficient statistics (R, H, E'E) of each dyad, with ``M = I + R S R' = L L'``, ``A = L^-1 R`` and
``B = L^-1 H``:

    Z' V^-1 Z = A'A,    [X y]' V^-1 [X y] = E'E + B'B,    log|V| = sum log|M|

Outer random effects are eliminated in the same way, with the rows B of all dyads of a therapist in the place of scores.

Its derivative by the relative covariance S of a level's random effects is the symmetric matrix

    G = sum_i  Z_i' V^-1 Z_i - K_i (X' V^-1 X)^-1 K_i' - u_i u_i' / s2,    K_i = Z_i' V^-1 X,  u_i = Z_i' V^-1 e

(the middle term for REML alone), and by an unbounded factor F with S = F F' it is 2 G F. S is optimal if and only if
G is positive semi-definite and G S is zero; where G has a negative eigenvalue, the likelihood rises by adding variance
in that direction, even where F says that the slope is zero.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import numpy as np
from attrs import frozen

from therarel.growth.likelihood.grouped_rows import orthogonalise
from therarel.growth.likelihood.small_matrices import (
    back_solve,
    cholesky,
    forward_solve,
    gram,
    inverse,
    product,
    times,
    transposed,
    transposed_product,
)
from therarel.growth.likelihood.sufficient_statistics import SufficientStatistics
from therarel.tables.arrays import Floats, Ints

_CHUNK: Final = 6144


@frozen(eq=False)
class OuterLevel:
    """What was eliminated at the outer level; shapes end in the number of outer groups, T.

    Args:
        cholesky: L of M, (q3, q3, T).
        a: A, (q3, q3, T).
        b: B of [X y], (q3, p + 1, T).
        effects: ``S3 Z3' V^-1 [X y]``, (q3, p + 1, T).
        posterior: Relative covariance of the outer effects given the scores and beta, (q3, q3, T).
    """

    cholesky: Floats
    a: Floats
    b: Floats
    effects: Floats
    posterior: Floats


@frozen(eq=False)
class Evaluation:
    """The likelihood at one value of the covariance parameters, and everything it was made of.

    Args:
        deviance: Minus twice the log-likelihood, in the scaled columns.
        information: ``X' V^-1 X``, (p, p).
        beta: Fixed effects of the scaled columns, (p,).
        rss: Generalised residual sum of squares.
        df: Degrees of freedom of the residual variance: n for ML, n - p for REML.
        derivatives: G of each level, inner first.
        cholesky: L of each pattern, (q, q, patterns).
        a: A of each pattern, (q, q, patterns).
        b: B of each cell, weighted, (q, q3 + p + 1, cells).
        b_corrected: B of [X y] after the outer level was eliminated too, (q, p + 1, cells).
        outer: The outer level; ``None`` without it.
    """

    deviance: float
    information: Floats
    beta: Floats
    rss: float
    df: int
    derivatives: tuple[Floats, ...]
    cholesky: Floats
    a: Floats
    b: Floats
    b_corrected: Floats
    outer: OuterLevel | None

    @property
    def variance(self) -> float:
        """The residual variance of the scaled score."""
        return self.rss / self.df


def evaluate(
    statistics: SufficientStatistics,
    factors: tuple[Floats, ...],
    *,
    reml: bool,
    log_jacobian: float = 0.0,
    variance: float | None = None,
) -> Evaluation:
    """The likelihood and its derivatives by the relative covariances.

    Args:
        statistics: Sufficient statistics of the rows.
        factors: Any F with S = F F' per level, inner first, each (q, q).
        reml: Restricted likelihood.
        log_jacobian: ``log|T|`` of the whitening T of the rows; it is subtracted twice.
        variance: A given residual variance; ``None`` for the one that is best.

    Raises:
        numpy.linalg.LinAlgError: if rounding left no positive definite information or no squares.

    Source:
        bates2015, pinheiro_bates2000, for the profiled likelihoods; how they are computed here is described above.
    """
    layout = statistics.layout
    p, q3, df = layout.fixed, layout.outer_columns, layout.df(reml=reml)
    g = np.zeros((layout.inner_columns, layout.inner_columns))
    lower, a = np.empty_like(statistics.r), np.empty_like(statistics.r)
    log_det_v = -2.0 * log_jacobian
    for part in _chunks(len(statistics.pattern_counts)):
        r, counts = statistics.r[:, :, part], statistics.pattern_counts[part]
        lower[:, :, part] = cholesky(_identity_plus_square(times(r, factors[0])))  # M = I + R S R' = L L'
        a[:, :, part] = forward_solve(lower[:, :, part], r)  # A = L^-1 R
        log_det_v += _log_det(lower[:, :, part], counts)
        weighted = a[:, :, part] * np.sqrt(counts)
        g += gram(weighted, weighted)  # first term of G: sum Z' V^-1 Z = sum A'A
    b = np.empty_like(statistics.h)
    for part in _chunks(statistics.cells):
        b[:, :, part] = forward_solve(statistics.per_cell(lower, part), statistics.h[:, :, part])  # B = L^-1 H
    outer: OuterLevel | None = None
    owner = np.zeros(0, dtype=np.int64)
    if statistics.outer is None:
        b_corrected = b
        cross = statistics.rest + gram(b, b)  # [X y]' V^-1 [X y] = E'E + B'B
    else:
        outer, cross = _eliminate_outer(statistics, statistics.outer, b, factors[1])
        log_det_v += _log_det(outer.cholesky, np.ones(outer.cholesky.shape[2]))
        owner = np.repeat(np.arange(len(statistics.outer) - 1), np.diff(statistics.outer))
        b_corrected = np.empty_like(b[:, q3:])
        for part in _chunks(statistics.cells):  # what the therapist's effects explain is taken off [X y]
            b_corrected[:, :, part] = b[:, q3:, part] - product(b[:, :q3, part], outer.effects[:, :, owner[part]])
    m_inverse_r = None
    if statistics.scatter is not None:
        l_inverse = forward_solve(lower, np.broadcast_to(np.eye(len(lower))[:, :, None], lower.shape))
        cross[-1, -1] += float(np.sum(transposed_product(l_inverse, l_inverse) * statistics.scatter))  # tr(M^-1 W)
        m_inverse_r = back_solve(lower, a)

    information = cross[:p, :p]  # X' V^-1 X = C C'
    information_factor = np.asarray(np.linalg.cholesky(information), dtype=np.float64)
    whitener = inverse(information_factor).T  # C'^-1, whose square is (X' V^-1 X)^-1
    beta = whitener @ (cross[:p, p] @ whitener)
    contrast = np.append(-beta, 1.0)  # y - X beta = [X y] (-beta, 1)
    rss = float(contrast @ cross @ contrast)
    if not rss > 0.0:
        raise np.linalg.LinAlgError("rounding left no sum of squares")
    s2 = rss / df if variance is None else variance
    deviance = log_det_v + df * math.log(2.0 * math.pi * s2) + (df if variance is None else rss / s2)
    if reml:
        deviance += 2.0 * float(np.sum(np.log(np.diag(information_factor))))  # log|X' V^-1 X|

    # the last two terms of G are squares of Z' V^-1 [X y] times these columns: [C'^-1; 0] and (-beta, 1) / s
    columns = np.column_stack([np.vstack([whitener, np.zeros(p)])[:, : p if reml else 0], contrast / math.sqrt(s2)])
    for part in _chunks(statistics.cells):
        a_cells = statistics.per_cell(a, part)
        g -= _explained(a_cells, b_corrected[:, :, part], columns)
        if outer is not None:  # Z' V^-1 Z loses what the therapist's effects explain
            z_to_outer = transposed_product(a_cells, b[:, :q3, part])
            through = product(z_to_outer, outer.posterior[:, :, owner[part]])
            g -= gram(transposed(through), transposed(z_to_outer))
    if m_inverse_r is not None and statistics.scatter is not None:
        g -= gram(m_inverse_r, product(statistics.scatter, m_inverse_r)) / s2  # R' M^-1 W M^-1 R / s2
    derivatives = [g]
    if outer is not None:
        derivatives.append(gram(outer.a, outer.a) - _explained(outer.a, outer.b, columns))
    return Evaluation(deviance, information, beta, rss, df, tuple(derivatives), lower, a, b, b_corrected, outer)


def _chunks(count: int) -> Iterator[slice]:
    """Stretches whose temporary arrays stay in the processor's cache."""
    for start in range(0, count, _CHUNK):
        yield slice(start, min(start + _CHUNK, count))


def _identity_plus_square(root: Floats) -> Floats:
    """``I + U U'`` for each U of a stack."""
    return np.asarray(np.eye(len(root))[:, :, None] + product(root, transposed(root)))


def _log_det(lower: Floats, counts: Floats) -> float:
    """The sum of ``log|L L'|`` over groups that occur some number of times."""
    return 2.0 * float(sum(np.log(lower[k, k]) @ counts for k in range(len(lower))))


def _explained(a: Floats, b: Floats, columns: Floats) -> Floats:
    """The sum over groups of the squares of ``Z' V^-1 [X y] c = A'B c``, for the columns c."""
    root = transposed(transposed_product(a, times(b, columns)))
    return gram(root, root)


def _eliminate_outer(
    statistics: SufficientStatistics, starts: Ints, b: Floats, factor: Floats
) -> tuple[OuterLevel, Floats]:
    """Project the reduced rows B of the dyads on the therapists' random effects; [X y]' V^-1 [X y] without those."""
    q3, edges = statistics.layout.outer_columns, starts
    rows = transposed(b)  # (columns, q, cells)
    if statistics.outer_h is not None:  # one more cell for each therapist, with q3 rows
        groups, depth = len(starts) - 1, max(len(b), q3)
        more = transposed(statistics.outer_h)
        rows = np.concatenate(
            [np.pad(part, ((0, 0), (0, depth - part.shape[1]), (0, 0))) for part in (rows, more)], axis=2
        )
        owner = np.concatenate([np.repeat(np.arange(groups), np.diff(starts)), np.arange(groups)])
        rows = rows[:, :, np.argsort(owner, kind="stable")]
        edges = starts + np.arange(groups + 1)
    _, rh, rest = orthogonalise(rows, q3, edges)
    rest = rest.reshape(len(rest), -1)
    r, h = rh[:, :q3], rh[:, q3:]
    rf = times(r, factor)
    lower = cholesky(_identity_plus_square(rf))  # M3 = I + R3 S3 R3' = L L'
    a, reduced = forward_solve(lower, r), forward_solve(lower, h)
    # the posterior covariance of c = F d is F (I + F' R'R F)^-1 F' = D'D, and its mean that times R'H
    turned = cholesky(_identity_plus_square(transposed(rf)))
    d = forward_solve(turned, np.broadcast_to(factor.T[:, :, None], rf.shape))
    effects = transposed_product(d, forward_solve(turned, transposed_product(rf, h)))
    cross = statistics.rest + rest @ rest.T + gram(reduced, reduced)
    return OuterLevel(lower, a, reduced, effects, transposed_product(d, d)), cross
