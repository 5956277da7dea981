"""Random effects of each dyad and therapist given the scores, and how certain they are.

With S = F F' and the symbols of the likelihood, the effects of dyad i given the scores have, relative to the residual
variance and beta taken as known,

    mean S Z' V^-1 (y - X beta) = (A S)' B (-beta, 1),    covariance (S^-1 + R'R)^-1 = F (I + F' R'R F)^-1 F'

A therapist's effects c add uncertainty: with ``P = S Z' V^-1 Z3`` and the covariance D of c, the covariance of a dyad's
effects gains ``P D P'``, and that of both together is ``-P D``.
"""

from __future__ import annotations

import numpy as np
from attrs import frozen

from therarel.growth.arrays import Floats
from therarel.growth.likelihood.profiled_likelihood import Evaluation
from therarel.growth.likelihood.small_matrices import (
    cholesky,
    forward_solve,
    product,
    times,
    transposed,
    transposed_product,
)
from therarel.growth.likelihood.sufficient_statistics import SufficientStatistics

__all__ = ["Posterior", "posterior"]


@frozen(eq=False)
class Posterior:
    """What the scores say about random effects, in the scaled columns and relative to the residual variance.

    Args:
        inner: ``S Z' V^-1 [X y]`` of each dyad, (q, p + 1, g).
        outer: The same of each therapist, (q3, p + 1, T); no groups without that level.
        covariance: Covariance of the dyad's effects and its therapist's together, given beta, (q + q3, q + q3, g).
    """

    inner: Floats
    outer: Floats
    covariance: Floats

    def inner_effects(self, beta: Floats) -> Floats:
        """Predicted random effects of dyads, (q, g)."""
        return np.tensordot(self.inner, np.append(-beta, 1.0), axes=(1, 0))

    def outer_effects(self, beta: Floats) -> Floats:
        """Predicted random effects of therapists, (q3, T)."""
        return np.tensordot(self.outer, np.append(-beta, 1.0), axes=(1, 0))


def posterior(statistics: SufficientStatistics, factors: tuple[Floats, ...], evaluation: Evaluation) -> Posterior:
    """Posterior means and covariances of random effects.

    Args:
        statistics: Sufficient statistics of the rows.
        factors: F of each level, inner first.
        evaluation: The likelihood at these factors.
    """
    q, q3 = len(statistics.r), statistics.layout.outer_columns
    factor = factors[0]

    def of_dyads(stack: Floats) -> Floats:
        return statistics.per_dyad(statistics.per_cell(stack))

    b = statistics.per_dyad(evaluation.b / np.sqrt(statistics.counts)).copy()
    b[:, -1] = forward_solve(of_dyads(evaluation.cholesky), statistics.dyad_score[:, None])[:, 0]
    a_s = of_dyads(times(evaluation.a, factor @ factor.T))  # A S
    rf = times(statistics.r, factor)
    turned = cholesky(np.eye(q)[:, :, None] + transposed_product(rf, rf))  # I + F' R'R F
    half = forward_solve(turned, np.broadcast_to(factor.T[:, :, None], rf.shape))
    own = of_dyads(transposed_product(half, half))  # F (I + F' R'R F)^-1 F'
    outer = evaluation.outer
    if outer is None or statistics.layout.outer is None:
        return Posterior(transposed_product(a_s, b), np.zeros((0, b.shape[1], 0)), own)
    sizes = np.diff(statistics.layout.outer)
    corrected = b[:, q3:] - product(b[:, :q3], np.repeat(outer.effects, sizes, axis=2))
    p = transposed_product(a_s, b[:, :q3])  # P = S Z' V^-1 Z3, of the dyad alone
    d = np.repeat(outer.posterior, sizes, axis=2)
    pd = product(p, d)
    joint = np.empty((q + q3, q + q3, statistics.layout.groups))
    joint[:q, :q] = own + product(pd, transposed(p))  # own + P D P'
    joint[:q, q:] = -pd
    joint[q:, :q] = -transposed(pd)
    joint[q:, q:] = d
    return Posterior(transposed_product(a_s, corrected), outer.effects, joint)
