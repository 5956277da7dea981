"""Kenward and Roger's small-sample adjustment of standard errors and degrees of freedom.

With psi the variances and covariances, V = sum_r psi_r V_r, the covariance ``C = s2 (X' V^-1 X)^-1`` of the fixed
effects, and the sums P_r, Q_rs and traces of `kenward_roger_sums`, the expected information of psi is half of

    I_rs = tr(V^-1 V_r V^-1 V_s) - 2 tr(C Q_rs) + tr(C P_r C P_s)

so that their covariance is ``W = 2 I^-1``, and the adjusted covariance of the fixed effects

    C_A = C + 2 C (sum_rs W_rs (Q_rs - P_r C P_s)) C

The F statistic of l combinations, the rows of L, is scaled by lambda and has m denominator degrees of freedom, which
follow from ``T = L' (L C L')^-1 L`` and

    A1 = sum_rs W_rs tr(T C P_r C) tr(T C P_s C),    A2 = sum_rs W_rs tr(T C P_r C T C P_s C)
"""

from __future__ import annotations

import numpy as np
from attrs import frozen

from therarel.errors import InvalidValueError
from therarel.growth.arrays import Floats
from therarel.growth.inference.estimates import Estimates
from therarel.growth.inference.kenward_roger_sums import second_order_sums
from therarel.growth.likelihood.small_matrices import inverse

__all__ = ["KenwardRoger", "kenward_roger"]


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
