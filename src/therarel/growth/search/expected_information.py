"""How the deviance is expected to bend: a first guess of its second derivatives, from one evaluation.

The expected second derivative of the deviance by the relative covariances S of one level, in the directions E and F, is
``sum_i tr(W E W F)`` with W = Z_i' V^-1 Z_i, less ``sum tr(W E) sum tr(W F) / n`` for the residual variance that is
estimated too. A step of one entry of the lower triangular factor L moves S by ``dL L' + L dL'``. How levels bear on
each other, and therapists on what dyads say, is left out: a search makes up for it.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import block_diag

from therarel.growth.arrays import Floats
from therarel.growth.likelihood.profiled_likelihood import Evaluation
from therarel.growth.likelihood.small_matrices import inverse, transposed_product
from therarel.growth.likelihood.sufficient_statistics import SufficientStatistics

__all__ = ["inverse_expected_hessian"]


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
