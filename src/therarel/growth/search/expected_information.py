"""How the likelihood is expected to bend: a first guess of the curvature, from one evaluation.

The expected second derivative of the deviance by the relative covariances S of one level is ``sum_i tr(W E W F)``
with W = Z_i' V^-1 Z_i, less ``sum tr(W E) sum tr(W F) / n`` for the residual variance that is estimated too. How levels
bear on each other, and therapists on what dyads say, is left out: a search makes up for it.
"""

from __future__ import annotations

import numpy as np

from therarel.growth.arrays import Floats
from therarel.growth.likelihood.profiled_likelihood import Evaluation
from therarel.growth.likelihood.small_matrices import inverse, transposed_product
from therarel.growth.likelihood.sufficient_statistics import Statistics

__all__ = ["expected_spread"]


def expected_spread(statistics: Statistics, factors: tuple[Floats, ...], found: Evaluation) -> Floats:
    """The inverse of the expected curvature by the entries of the factors, level by level: shape (entries, entries).

    Args:
        statistics: Of rows with iid residuals.
        factors: Lower triangular factors, inner level first.
        found: The likelihood there.
    """
    designs = [(found.design, statistics.counts)]
    if found.outer is not None:
        designs.append((found.outer.design, np.ones(found.outer.design.shape[2])))
    blocks = [
        inverse(_curvature(design, counts, factor, statistics.layout.rows))
        for (design, counts), factor in zip(designs, factors, strict=True)
    ]
    spread = np.zeros((sum(len(block) for block in blocks),) * 2)
    place = 0
    for block in blocks:
        spread[place : place + len(block), place : place + len(block)] = block
        place += len(block)
    return (spread + spread.T) / 2


def _curvature(design: Floats, counts: Floats, factor: Floats, rows: int) -> Floats:
    """The expected curvature of one level, kept away from singularity."""
    size = len(factor)
    own = transposed_product(design, design)
    flat = own.reshape(size * size, -1)
    pairs = ((flat * counts) @ flat.T).reshape(size, size, size, size)
    whole = (flat @ counts).reshape(size, size)
    moves = []
    for row in range(size):
        for column in range(row + 1):
            step = np.zeros((size, size))
            step[row] = factor[:, column]
            moves.append(step + step.T)
    bend = np.array([[np.einsum("ijkl,jk,li->", pairs, one, other) for other in moves] for one in moves])
    pull = np.array([np.sum(whole * one) for one in moves])
    bend = bend - np.outer(pull, pull) / rows
    return np.asarray((bend + bend.T) / 2 + 1e-6 * float(np.trace(bend)) * np.eye(len(moves)))
