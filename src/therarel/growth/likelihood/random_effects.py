"""Random effects of each dyad and therapist given the scores, and how certain they are."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from therarel.growth.arrays import Floats
from therarel.growth.likelihood.profiled_likelihood import Evaluation
from therarel.growth.likelihood.small_matrices import cholesky, forward_solve, product, times, transposed_product
from therarel.growth.likelihood.sufficient_statistics import Statistics

__all__ = ["Posterior", "posterior"]


@frozen(eq=False)
class Posterior:
    """What the scores say about random effects, in the scaled columns and relative to the residual variance.

    Args:
        inner: ``S Z' V^-1 [X y]`` of each dyad, (q, p + 1, g).
        outer: The same of each therapist, (q3, p + 1, T); no groups without that level.
        covariance: Of the dyad's effects and its therapist's together, given beta, (q + q3, q + q3, g).
    """

    inner: Floats
    outer: Floats
    covariance: Floats

    def inner_effects(self, beta: Floats) -> Floats:
        """Predicted random effects of dyads, (q, g)."""
        return np.asarray(self.inner[:, -1] - np.tensordot(self.inner[:, :-1], beta, axes=(1, 0)))

    def outer_effects(self, beta: Floats) -> Floats:
        """Predicted random effects of therapists, (q3, T)."""
        return np.asarray(self.outer[:, -1] - np.tensordot(self.outer[:, :-1], beta, axes=(1, 0)))


def posterior(statistics: Statistics, factors: tuple[Floats, ...], found: Evaluation) -> Posterior:
    """Posterior means and covariances of random effects.

    Args:
        statistics: Of the rows.
        factors: One per level, inner first.
        found: The likelihood at these factors.
    """
    cell, lead = statistics.dyad_cell, statistics.layout.outer_columns
    inner = len(statistics.upper)
    cells = statistics.cells
    alone = np.array_equal(cell, np.arange(cells))

    def of_dyads(stack: Floats) -> Floats:
        return stack if alone else stack[..., cell]

    heights = of_dyads(found.heights / np.sqrt(statistics.counts)).copy()
    heights[:, -1] = forward_solve(of_dyads(found.factor), statistics.dyad_score[:, None])[:, 0]
    relative = factors[0] @ factors[0].T
    reach = times(found.design, relative)  # N S, (q, q, cells)
    own_spread = times(statistics.upper, factors[0])
    turned = cholesky(np.eye(inner)[:, :, None] + transposed_product(own_spread, own_spread))
    half = forward_solve(turned, np.broadcast_to(factors[0].T[:, :, None], own_spread.shape))
    own = of_dyads(transposed_product(half, half))
    if found.outer is None:
        return Posterior(
            transposed_product(of_dyads(reach), heights), np.zeros((0, heights.shape[1], 0)), own
        )  # fmt: skip
    layout = statistics.layout
    assert layout.outer is not None
    sizes = np.diff(layout.outer)
    above = np.repeat(found.outer.effects, sizes, axis=2)
    corrected = heights[:, lead:] - product(heights[:, :lead], above)
    pull = transposed_product(of_dyads(reach), heights[:, :lead])  # S Z' V2^-1 Z3, (q, q3, g)
    spread = np.repeat(found.outer.posterior, sizes, axis=2)
    joint = np.empty((inner + lead, inner + lead, layout.groups))
    through = product(pull, spread)
    joint[:inner, :inner] = own + product(through, pull.transpose(1, 0, 2))
    joint[:inner, inner:] = -through
    joint[inner:, :inner] = -through.transpose(1, 0, 2)
    joint[inner:, inner:] = spread
    return Posterior(transposed_product(of_dyads(reach), corrected), found.outer.effects, joint)
