"""Second-order sums of a mixed model over groups: what small-sample adjustments are made of.

With V = sum_r psi_r V_r, linear in the variances and covariances psi, these are for all pairs

    P_r = -X' V^-1 V_r V^-1 X,    Q_rs = X' V^-1 V_r V^-1 V_s V^-1 X,    tr(V^-1 V_r V^-1 V_s)

For random effects V_r = sum_i Z_i E_r Z_i', so that all of them are sums over groups of products of small matrices;
those of the residual variance follow from V = sum_r psi_r V_r itself.
"""

from __future__ import annotations

import numpy as np
from attrs import frozen

from therarel.growth.arrays import Floats
from therarel.growth.likelihood.grouped_rows import segment_sum
from therarel.growth.likelihood.profiled_likelihood import Evaluation
from therarel.growth.likelihood.small_matrices import product, times, transposed_product
from therarel.growth.likelihood.sufficient_statistics import Statistics

__all__ = ["SecondOrder", "second_order"]


@frozen(eq=False)
class SecondOrder:
    """The sums, for the entries of each level's covariance (inner first) and, last, the residual variance.

    Args:
        slopes: P, shape (r, p, p).
        crosses: Q, shape (r, r, p, p).
        traces: Shape (r, r).
    """

    slopes: Floats
    crosses: Floats
    traces: Floats


def second_order(statistics: Statistics, factors: tuple[Floats, ...], found: Evaluation) -> SecondOrder:
    """The sums at one value of the covariance parameters, in the scaled columns.

    Args:
        statistics: Of rows with iid residuals.
        factors: Relative covariance factors, inner level first.
        found: The likelihood there.
    """
    fixed, lead = statistics.layout.fixed, statistics.layout.outer_columns
    variance = found.variance
    inner = _basis(len(statistics.upper))
    outer = _basis(lead)
    number = len(inner) + len(outer) + 1
    slopes, crosses = np.zeros((number, fixed, fixed)), np.zeros((number, number, fixed, fixed))
    traces, linear = np.zeros((number, number)), np.zeros(number)
    own = transposed_product(found.design, found.design) / variance  # Z' V2^-1 Z of one dyad
    reach = transposed_product(found.design, found.corrected[:, :fixed]) / variance  # Z' V^-1 X, weighted
    turned = [times(own, matrix) for matrix in inner]
    aimed = [times(reach.transpose(1, 0, 2), matrix).transpose(1, 0, 2) for matrix in inner]
    for r, first in enumerate(turned):
        linear[r] = float(np.einsum("iik,k->", first, statistics.counts))
        slopes[r] = -_total(reach, aimed[r])
        for s in range(r + 1):
            traces[r, s] = float(np.einsum("ijk,jik,k->", first, turned[s], statistics.counts, optimize=True))
            crosses[r, s] = _total(aimed[r], product(own, aimed[s]))
    if found.outer is not None and statistics.outer is not None:
        above = found.outer
        starts = statistics.outer
        pull = transposed_product(found.design, found.heights[:, :lead]) / variance  # Z' V2^-1 Z3, weighted
        given = variance * above.posterior
        whole = transposed_product(above.design, above.design) / variance  # Z3' V^-1 Z3
        aim = transposed_product(above.design, above.heights[:, :fixed]) / variance  # Z3' V^-1 X
        upper = product(above.factor, above.design)
        left = np.eye(lead)[:, :, None] - product(above.posterior, transposed_product(upper, upper))
        sizes = np.diff(starts)
        through = product(pull, product(np.repeat(given, sizes, axis=2), pull.transpose(1, 0, 2)))
        held = [
            segment_sum(transposed_product(pull, times(pull.transpose(1, 0, 2), matrix).transpose(1, 0, 2)), starts)
            for matrix in inner
        ]
        drawn = [segment_sum(transposed_product(pull, one), starts) for one in aimed]
        damped = [product(one, given) for one in held]
        for r, matrix in enumerate(inner):
            linear[r] -= float(np.einsum("ijk,ji->", through, matrix))
            for s in range(r + 1):
                part = product(turned[s], times(through, matrix))
                traces[r, s] += -2.0 * float(np.einsum("iik->", part)) + float(
                    np.einsum("ijt,jit->", damped[r], damped[s])
                )
                crosses[r, s] -= _total(drawn[r], product(given, drawn[s]))
        for r, matrix in enumerate(outer):
            place = len(inner) + r
            pointed = times(aim.transpose(1, 0, 2), matrix).transpose(1, 0, 2)
            spun = times(whole, matrix)
            linear[place] = float(np.einsum("iit->", spun))
            slopes[place] = -_total(aim, pointed)
            for s, one in enumerate(held):
                middle = transposed_product(left, product(one, left))
                traces[place, s] = float(np.einsum("ijt,ji->", middle, matrix))
                crosses[place, s] = _total(pointed, transposed_product(left, drawn[s]))
            for s in range(r + 1):
                other = times(aim.transpose(1, 0, 2), outer[s]).transpose(1, 0, 2)
                traces[place, len(inner) + s] = float(np.einsum("ijt,jit->", spun, times(whole, outer[s])))
                crosses[place, len(inner) + s] = _total(pointed, product(whole, other))
    for r in range(number - 1):
        for s in range(r):
            traces[s, r], crosses[s, r] = traces[r, s], crosses[r, s].T
    psi = variance * np.concatenate([_entries(factor @ factor.T) for factor in factors])
    _add_residual(slopes, crosses, traces, linear, psi, found.information / variance, variance, statistics.layout.rows)
    return SecondOrder(slopes, crosses, traces)


def _add_residual(
    slopes: Floats, crosses: Floats, traces: Floats, linear: Floats, psi: Floats, information: Floats,
    variance: float, rows: int,
) -> None:  # fmt: skip
    """The residual variance's own sums, since ``V_residual = (V - sum_r psi_r V_r) / variance``."""
    slopes[-1] = -(information + np.einsum("r,rab->ab", psi, slopes[:-1])) / variance
    linear[-1] = (rows - psi @ linear[:-1]) / variance
    for s in range(len(psi)):
        traces[-1, s] = traces[s, -1] = (linear[s] - psi @ traces[:-1, s]) / variance
        crosses[-1, s] = (-slopes[s] - np.einsum("r,rab->ab", psi, crosses[:-1, s])) / variance
        crosses[s, -1] = crosses[-1, s].T
    traces[-1, -1] = (linear[-1] - psi @ traces[:-1, -1]) / variance
    crosses[-1, -1] = (-slopes[-1] - np.einsum("r,rab->ab", psi, crosses[:-1, -1])) / variance


def _total(left: Floats, right: Floats) -> Floats:
    return np.asarray(np.einsum("iak,ibk->ab", left, right, optimize=True))


def _basis(size: int) -> list[Floats]:
    found = []
    for row in range(size):
        for column in range(row + 1):
            matrix = np.zeros((size, size))
            matrix[row, column] = matrix[column, row] = 1.0
            found.append(matrix)
    return found


def _entries(matrix: Floats) -> Floats:
    return np.asarray(matrix[np.tril_indices(len(matrix))])
