"""Kenward and Roger's small-sample adjustment of standard errors and degrees of freedom."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from therarel.errors import InvalidValueError
from therarel.growth.arrays import Floats
from therarel.growth.inference.estimates import Estimates
from therarel.growth.inference.kenward_roger_sums import second_order
from therarel.growth.likelihood.small_matrices import inverse

__all__ = ["Adjusted", "adjusted"]


@frozen(eq=False)
class Adjusted:
    """The adjustment of one fit, in the units of the table.

    Args:
        plain: Covariance of fixed effects as if the variances were known, (p, p).
        covariance: The adjusted one, (p, p).
        weights: Covariance of the variance parameters, (r, r).
        slopes: ``P_r`` in the units of the table, (r, p, p).
    """

    plain: Floats
    covariance: Floats
    weights: Floats
    slopes: Floats

    def f_test(self, rows: Floats, estimates: Floats) -> tuple[float, float]:
        """Scaled F statistic and denominator degrees of freedom of combinations of fixed effects."""
        size = len(rows)
        middle = rows.T @ inverse(rows @ self.plain @ rows.T) @ rows
        parts = np.einsum("ab,bc,rcd,de->rae", middle, self.plain, self.slopes, self.plain, optimize=True)
        traces = np.trace(parts, axis1=1, axis2=2)
        first = float(traces @ self.weights @ traces)
        second = float(np.einsum("rs,rab,sba->", self.weights, parts, parts, optimize=True))
        b = (first + 6.0 * second) / (2.0 * size)
        g = ((size + 1) * first - (size + 4) * second) / ((size + 2) * second)
        base = 3 * size + 2 * (1 - g)
        c1, c2, c3 = g / base, (size - g) / base, (size + 2 - g) / base
        expected = 1.0 / (1.0 - second / size)
        variance = 2.0 / size * (1 + c1 * b) / ((1 - c2 * b) ** 2 * (1 - c3 * b))
        ratio = variance / (2.0 * expected**2)
        freedom = 4.0 + (size + 2) / (size * ratio - 1.0)
        scale = freedom / (expected * (freedom - 2.0))
        values = rows @ estimates
        statistic = float(values @ inverse(rows @ self.covariance @ rows.T) @ values) / size
        return scale * statistic, float(freedom)

    def freedom(self, weights: Floats) -> float:
        """Degrees of freedom of one contrast."""
        row = weights[None, :]
        middle = row.T @ row / float(weights @ self.plain @ weights)
        traces = np.einsum("ab,bc,rcd,da->r", middle, self.plain, self.slopes, self.plain, optimize=True)
        uncertainty = float(traces @ self.weights @ traces)
        return 2.0 / uncertainty if uncertainty > 0 else float("inf")


def adjusted(fit: Estimates) -> Adjusted:
    """Kenward and Roger's adjustment of a fit.

    Raises:
        InvalidValueError: for a fit by maximum likelihood, or with residuals that are not iid.

    Source:
        kenward_roger1997.
    """
    return fit.remembered("kenward_roger", lambda: _adjusted(fit))


def _adjusted(fit: Estimates) -> Adjusted:
    problem = fit.problem
    if not problem.reml or problem.residuals.count:
        raise InvalidValueError(
            "Kenward and Roger's adjustment is defined here for REML fits with iid residuals",
            hint="fit by method='reml' and residual='iid', or use Satterthwaite's degrees of freedom",
        )
    found = fit.optimum.point.evaluation
    spread = found.variance * inverse(found.information)
    sums = second_order(problem.statistics, fit.optimum.point.factors, found)
    information = sums.traces - 2.0 * np.einsum("ab,rsba->rs", spread, sums.crosses)
    shares = np.einsum("ab,rbc->rac", spread, sums.slopes)
    information += np.einsum("rab,sba->rs", shares, shares)
    weights = 2.0 * np.linalg.pinv((information + information.T) / 2, rcond=1e-12, hermitian=True)
    bend = sums.crosses - np.einsum("rab,bc,scd->rsad", sums.slopes, spread, sums.slopes, optimize=True)
    wider = spread + 2.0 * spread @ np.einsum("rs,rsab->ab", weights, bend) @ spread
    given = inverse(fit.units.back)
    return Adjusted(
        fit.units.beta_covariance(spread),
        fit.units.beta_covariance((wider + wider.T) / 2),
        weights,
        np.einsum("ba,rbc,cd->rad", given, sums.slopes, given, optimize=True) / fit.units.size**2,
    )
