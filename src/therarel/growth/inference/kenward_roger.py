"""Kenward and Roger's small-sample adjustment of standard errors and degrees of freedom.

With psi the variances and covariances, V = sum_r psi_r V_r, the covariance ``C = s2 (X' V^-1 X)^-1`` of the fixed
effects, and the second-order sums P_r, Q_rs and traces below, the expected information of psi is half of

    I_rs = tr(V^-1 V_r V^-1 V_s) - 2 tr(C Q_rs) + tr(C P_r C P_s)

so that their covariance is ``W = 2 I^-1``, and the adjusted covariance of the fixed effects

    C_A = C + 2 C (sum_rs W_rs (Q_rs - P_r C P_s)) C

The F statistic of l combinations, the rows of L, is scaled by lambda and has m denominator degrees of freedom, which
follow from ``T = L' (L C L')^-1 L`` and

    A1 = sum_rs W_rs tr(T C P_r C) tr(T C P_s C),    A2 = sum_rs W_rs tr(T C P_r C T C P_s C)

Second-order sums of a mixed model over groups: what Kenward and Roger's adjustment is made of.

With V = sum_r psi_r V_r, linear in the variances and covariances psi, these are for all pairs

    P_r = -X' V^-1 V_r V^-1 X,    Q_rs = X' V^-1 V_r V^-1 V_s V^-1 X,    tr(V^-1 V_r V^-1 V_s)

For random effects ``V_r = sum_i Z_i E_r Z_i'``, with E_r the matrix of ones at one entry, so that with W_i = Z_i' V^-1
Z_i and K_i = Z_i' V^-1 X, for one level,

    P_r = -sum K_i' E_r K_i,    Q_rs = sum K_i' E_r W_i E_s K_i,    tr = sum tr(W_i E_r W_i E_s)

A therapist's effects correct W_i by ``-N_i D N_i'``, with N_i = Z_i' V2^-1 Z3 (V2: without the therapist's effects) and
their posterior covariance D, and tie its dyads: i and j by ``-N_i D N_j'``. The sums of the residual variance follow
from ``V_residual = (V - sum_r psi_r V_r) / s2``. P, Q and traces here carry the residual variance: V is that of the
scores.
"""

from __future__ import annotations

import numpy as np
from attrs import frozen

from therarel.errors import InvalidValueError
from therarel.growth.inference.estimates import Estimates
from therarel.growth.likelihood.grouped_rows import group_sums
from therarel.growth.likelihood.profiled_likelihood import Evaluation, OuterLevel
from therarel.growth.likelihood.small_matrices import inverse, product, times, transposed, transposed_product
from therarel.growth.likelihood.sufficient_statistics import SufficientStatistics
from therarel.tables.arrays import Floats, Ints


@frozen(eq=False)
class SecondOrderSums:
    """The sums, for the entries of each level's covariance (inner first) and, last, the residual variance.

    Args:
        p: P, shape (r, p, p).
        q: Q, shape (r, r, p, p).
        traces: ``tr(V^-1 V_r V^-1 V_s)``, shape (r, r).
        linear: ``tr(V^-1 V_r)``, shape (r,).
    """

    p: Floats
    q: Floats
    traces: Floats
    linear: Floats


def second_order_sums(
    statistics: SufficientStatistics, factors: tuple[Floats, ...], evaluation: Evaluation
) -> SecondOrderSums:
    """The sums at one value of the covariance parameters, in the scaled columns.

    Args:
        statistics: Sufficient statistics of rows with iid residuals.
        factors: Relative covariance factors, inner level first.
        evaluation: The likelihood there.
    """
    fixed, s2 = statistics.layout.fixed, evaluation.variance
    inner = _entries(len(statistics.r))
    count = len(inner) + len(_entries(statistics.layout.outer_columns)) + 1
    sums = SecondOrderSums(
        np.zeros((count, fixed, fixed)), np.zeros((count, count, fixed, fixed)), np.zeros((count, count)),
        np.zeros(count),
    )  # fmt: skip
    a = statistics.per_cell(evaluation.a)
    w = transposed_product(a, a) / s2  # W = Z' V2^-1 Z of one dyad
    k = transposed_product(a, evaluation.b_corrected[:, :fixed]) / s2  # K = Z' V^-1 X, weighted
    we = [times(w, e) for e in inner]  # W E_r
    ek = [_left_times(e, k) for e in inner]  # E_r K
    for r, first in enumerate(we):
        sums.linear[r] = float(np.einsum("iik,k->", first, statistics.counts))
        sums.p[r] = -_total(k, ek[r])  # P_r = -sum K' E_r K
        for s in range(r + 1):
            sums.traces[r, s] = float(np.einsum("ijk,jik,k->", first, we[s], statistics.counts, optimize=True))
            sums.q[r, s] = _total(ek[r], product(w, ek[s]))  # Q_rs = sum K' E_r W E_s K
    if evaluation.outer is not None and statistics.outer is not None:
        n = transposed_product(a, evaluation.b[:, : statistics.layout.outer_columns]) / s2  # N, weighted
        _add_outer(sums, evaluation.outer, s2, statistics.outer, inner, (n, we, ek))
    for r in range(count - 1):
        for s in range(r):
            sums.traces[s, r], sums.q[s, r] = sums.traces[r, s], sums.q[r, s].T
    psi = s2 * np.concatenate([(factor @ factor.T)[np.tril_indices(len(factor))] for factor in factors])
    _add_residual(sums, psi, evaluation.information / s2, s2, statistics.layout.rows)
    return sums


def _add_outer(
    sums: SecondOrderSums, outer: OuterLevel, s2: float, starts: Ints, inner: list[Floats],
    dyads: tuple[Floats, list[Floats], list[Floats]],
) -> None:  # fmt: skip
    """What therapists' effects change in the sums of the dyads' entries, and the sums of their own.

    Args:
        sums: The sums over the dyads' entries, as if there were no therapists.
        outer: The therapists' part of the likelihood.
        s2: The residual variance.
        starts: First cell of each therapist.
        inner: E_r of the dyads' entries.
        dyads: N of each cell, its W E_r and its E_r K.
    """
    n, we, ek = dyads
    fixed, first_outer = sums.p.shape[1], len(inner)
    d = s2 * outer.posterior  # D
    w3 = transposed_product(outer.a, outer.a) / s2  # W = Z3' V^-1 Z3
    k3 = transposed_product(outer.a, outer.b[:, :fixed]) / s2  # K = Z3' V^-1 X
    la = product(outer.cholesky, outer.a)  # R3, with R3'R3 = Z3' V2^-1 Z3
    left = np.eye(len(d))[:, :, None] - product(outer.posterior, transposed_product(la, la))  # I - D Z3' V2^-1 Z3
    ndn = product(n, product(np.repeat(d, np.diff(starts), axis=2), transposed(n)))  # N D N'
    nen = [group_sums(transposed_product(n, _left_times(e, n)), starts) for e in inner]  # sum N' E_r N
    nek = [group_sums(transposed_product(n, e_k), starts) for e_k in ek]  # sum N' E_r K
    nend = [product(n_e_n, d) for n_e_n in nen]
    for r, e in enumerate(inner):
        sums.linear[r] -= float(np.einsum("ijk,ji->", ndn, e))
        for s in range(r + 1):  # W less N D N', and the ties of a therapist's dyads
            within = float(np.einsum("iik->", product(we[s], times(ndn, e))))
            between = float(np.einsum("ijt,jit->", nend[r], nend[s]))
            sums.traces[r, s] += between - 2.0 * within
            sums.q[r, s] -= _total(nek[r], product(d, nek[s]))
    outer_entries = _entries(len(d))
    for r, e in enumerate(outer_entries):
        row = first_outer + r
        ek3, we3 = _left_times(e, k3), times(w3, e)
        sums.linear[row] = float(np.einsum("iit->", we3))
        sums.p[row] = -_total(k3, ek3)
        for s in range(first_outer):  # an entry of therapists with one of dyads: Z3' V^-1 Z = (I - D Z3' V2^-1 Z3)' N'
            sums.traces[row, s] = float(np.einsum("ijt,ji->", transposed_product(left, product(nen[s], left)), e))
            sums.q[row, s] = _total(ek3, transposed_product(left, nek[s]))
        for s in range(r + 1):
            sums.traces[row, first_outer + s] = float(np.einsum("ijt,jit->", we3, times(w3, outer_entries[s])))
            sums.q[row, first_outer + s] = _total(ek3, product(w3, _left_times(outer_entries[s], k3)))


def _add_residual(sums: SecondOrderSums, psi: Floats, information: Floats, s2: float, rows: int) -> None:
    """The residual variance's own sums, since ``V_residual = (V - sum_r psi_r V_r) / s2``."""
    p, q, traces, linear = sums.p, sums.q, sums.traces, sums.linear
    p[-1] = -(information + np.einsum("r,rab->ab", psi, p[:-1])) / s2  # -X' V^-1 V V^-1 X = -X' V^-1 X
    linear[-1] = (rows - psi @ linear[:-1]) / s2  # tr(V^-1 V) = n
    for s in range(len(psi)):
        traces[-1, s] = traces[s, -1] = (linear[s] - psi @ traces[:-1, s]) / s2
        q[-1, s] = (-p[s] - np.einsum("r,rab->ab", psi, q[:-1, s])) / s2
        q[s, -1] = q[-1, s].T
    traces[-1, -1] = (linear[-1] - psi @ traces[:-1, -1]) / s2
    q[-1, -1] = (-p[-1] - np.einsum("r,rab->ab", psi, q[:-1, -1])) / s2


def _left_times(matrix: Floats, stack: Floats) -> Floats:
    """One symmetric matrix times each of a stack."""
    return transposed(times(transposed(stack), matrix))


def _total(left: Floats, right: Floats) -> Floats:
    """The sum over groups of ``A' B``."""
    return np.asarray(np.einsum("iak,ibk->ab", left, right, optimize=True))


def _entries(size: int) -> list[Floats]:
    """E_r: for each entry of the lower triangle, the symmetric matrix of ones there."""
    entries = []
    for row in range(size):
        for column in range(row + 1):
            matrix = np.zeros((size, size))
            matrix[row, column] = matrix[column, row] = 1.0
            entries.append(matrix)
    return entries


@frozen(eq=False)
class KenwardRoger:
    """The adjustment of one fit, in the units of the table.

    Args:
        unadjusted: C, the covariance of fixed effects as if the variances were known, (p, p).
        covariance: The adjusted C_A, (p, p).
        psi_covariance: W, the covariance of the variance parameters, (r, r).
        p: ``P_r``, (r, p, p).
    """

    unadjusted: Floats
    covariance: Floats
    psi_covariance: Floats
    p: Floats

    def f_test(self, rows: Floats, estimates: Floats) -> tuple[float, float]:
        """Scaled F statistic and denominator degrees of freedom of combinations of fixed effects."""
        size, c, w = len(rows), self.unadjusted, self.psi_covariance
        theta = rows.T @ inverse(rows @ c @ rows.T) @ rows  # T = L' (L C L')^-1 L
        parts = np.einsum("ab,bc,rcd,de->rae", theta, c, self.p, c, optimize=True)  # T C P_r C
        traces = np.trace(parts, axis1=1, axis2=2)
        a1 = float(traces @ w @ traces)
        a2 = float(np.einsum("rs,rab,sba->", w, parts, parts, optimize=True))
        # moments of F under the null hypothesis, matched to those of a scaled F distribution: B, g, c1 to c3, E*, V*
        b = (a1 + 6.0 * a2) / (2.0 * size)
        g = ((size + 1) * a1 - (size + 4) * a2) / ((size + 2) * a2)
        base = 3 * size + 2 * (1 - g)
        c1, c2, c3 = g / base, (size - g) / base, (size + 2 - g) / base
        expected = 1.0 / (1.0 - a2 / size)
        variance = 2.0 / size * (1 + c1 * b) / ((1 - c2 * b) ** 2 * (1 - c3 * b))
        rho = variance / (2.0 * expected**2)
        df = 4.0 + (size + 2) / (size * rho - 1.0)  # m
        scale = df / (expected * (df - 2.0))  # lambda
        values = rows @ estimates
        statistic = float(values @ inverse(rows @ self.covariance @ rows.T) @ values) / size
        return scale * statistic, float(df)

    def df(self, weights: Floats) -> float:
        """Degrees of freedom of one contrast: ``2 / A1``."""
        theta = np.outer(weights, weights) / float(weights @ self.unadjusted @ weights)
        traces = np.einsum("ab,bc,rcd,da->r", theta, self.unadjusted, self.p, self.unadjusted, optimize=True)
        a1 = float(traces @ self.psi_covariance @ traces)
        return 2.0 / a1 if a1 > 0 else float("inf")


def kenward_roger(fit: Estimates) -> KenwardRoger:
    """Kenward and Roger's adjustment of a fit; computed once.

    Raises:
        InvalidValueError: for a fit by maximum likelihood, or with residuals that are not iid.

    Source:
        kenward_roger1997.
    """
    return fit.cached("kenward_roger", lambda: _kenward_roger(fit))


def _kenward_roger(fit: Estimates) -> KenwardRoger:
    model = fit.model
    if not model.reml or model.residuals.count:
        raise InvalidValueError(
            "Kenward and Roger's adjustment is defined here for REML fits with iid residuals",
            hint="fit by method='reml' and residual='iid', or use Satterthwaite's degrees of freedom",
        )
    evaluation = fit.optimum.point.evaluation
    c = evaluation.variance * inverse(evaluation.information)
    sums = second_order_sums(model.statistics, fit.optimum.point.factors, evaluation)
    information = sums.traces - 2.0 * np.einsum("ab,rsba->rs", c, sums.q)  # I_rs
    cp = np.einsum("ab,rbc->rac", c, sums.p)
    information += np.einsum("rab,sba->rs", cp, cp)
    w = 2.0 * np.linalg.pinv((information + information.T) / 2, rcond=1e-12, hermitian=True)  # W = 2 I^-1
    bias = sums.q - np.einsum("rab,bc,scd->rsad", sums.p, c, sums.p, optimize=True)  # Q_rs - P_r C P_s
    adjusted = c + 2.0 * c @ np.einsum("rs,rsab->ab", w, bias) @ c  # C_A
    r = inverse(fit.units.r_inverse)
    return KenwardRoger(
        fit.units.beta_covariance(c),
        fit.units.beta_covariance((adjusted + adjusted.T) / 2),
        w,
        np.einsum("ba,rbc,cd->rad", r, sums.p, r, optimize=True) / fit.units.score_scale**2,
    )
