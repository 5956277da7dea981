"""How the residuals of one dyad are related: unequal variances by a factor, and autocorrelation over time.

A residual structure is a whitening T, with ``T R T' = I`` for the covariance R of residuals. Rows are divided by their
relative standard deviation ``exp(log ratio)``. In a continuous-time AR(1), residuals t units of time apart are
correlated by ``phi^t``, and each row but the first of a series loses what the row before it predicts:

    T y_j = (y_j - rho_j y_(j-1)) / sqrt(1 - rho_j^2),    rho_j = phi^gap_j,    phi = eta^2 / (1 + eta^2)

What is left has iid residuals of unit variance. Of the likelihood, ``log|R| = -2 log|T|`` is part.
"""

from __future__ import annotations

import numpy as np
from attrs import field, frozen

from therarel.tables.arrays import Floats, Ints, Truths


@frozen(eq=False)
class Whitened:
    """Rows after whitening.

    Args:
        rows: Shape (columns, rows).
        log_jacobian: ``log|T|`` of the whitening T.
    """

    rows: Floats
    log_jacobian: float


@frozen(eq=False)
class ResidualStructure:
    """The structure of residuals, with its parameters unbounded.

    The parameters are the log ratio of each further class's residual standard deviation to that of the first, and, for
    autocorrelation, eta: phi, over one ``unit`` of time, runs from 0, where its derivative by eta vanishes, up to but
    without 1.

    Args:
        classes: Class of each row, 0 for the first; ``None`` for equal variances.
        levels: Names of the classes.
        gaps: Time since the previous row of the series, in units; NaN at a series' first row; ``None`` without
            autocorrelation.
        unit: The unit of ``gaps`` in the time's own unit.

    Source:
        pinheiro_bates2000, for both structures.
    """

    classes: Ints | None = None
    levels: tuple[str, ...] = ()
    gaps: Floats | None = None
    unit: float = 1.0
    _follows: Truths | None = field(init=False)

    @_follows.default
    def _find_follows(self) -> Truths | None:
        return None if self.gaps is None else ~np.isnan(self.gaps)

    @property
    def ratios(self) -> int:
        """Number of variance ratios."""
        return 0 if self.classes is None else len(self.levels) - 1

    @property
    def count(self) -> int:
        """Number of parameters."""
        return self.ratios + (self.gaps is not None)

    def start(self) -> Floats:
        """Parameters to begin with: equal variances, a low autocorrelation."""
        begin = np.zeros(self.count)
        if self.gaps is not None:
            begin[-1] = 0.5
        return begin

    def phi(self, parameters: Floats, span: float = 1.0) -> float | None:
        """Autocorrelation over a span of time in its own unit; ``None`` without."""
        if self.gaps is None:
            return None
        return float((parameters[-1] ** 2 / (1.0 + parameters[-1] ** 2)) ** (span / self.unit))

    def relative_sds(self, parameters: Floats) -> Floats:
        """Relative residual standard deviation of each class; one entry without classes."""
        return np.asarray(np.exp(np.concatenate([[0.0], parameters[: self.ratios]])))

    def row_sds(self, parameters: Floats) -> Floats | float:
        """Relative residual standard deviation of each row."""
        return 1.0 if self.classes is None else self.relative_sds(parameters)[self.classes]

    def whiten(self, rows: Floats, parameters: Floats) -> Whitened:
        """Rows with iid residuals of unit variance."""
        scaled, log_jacobian = self._scaled(rows, parameters)
        if self.gaps is None:
            return Whitened(scaled, log_jacobian)
        rho, _, sd = self._ar1(parameters)
        return Whitened(_without_previous(scaled, rho) / sd, log_jacobian - float(np.sum(np.log(sd))))

    def derivatives(self, rows: Floats, parameters: Floats) -> list[Whitened]:
        """Derivatives of the whitened rows and of ``log|T|`` by each parameter."""
        scaled, _ = self._scaled(rows, parameters)
        ar1 = None if self.gaps is None else self._ar1(parameters)
        result = []
        for k in range(self.ratios):
            chosen = self.classes == k + 1
            change = -scaled * chosen  # d exp(-log ratio) y = -exp(-log ratio) y
            if ar1 is not None:
                change = _without_previous(change, ar1[0]) / ar1[2]
            result.append(Whitened(change, -float(np.sum(chosen))))
        if ar1 is not None:
            rho, by_eta, sd = ar1
            share = rho * by_eta / sd**2  # d (1 / sd) = share / sd
            change = _without_previous(scaled, rho) / sd * share
            change[:, 1:] -= by_eta[1:] * scaled[:, :-1] / sd[1:]
            result.append(Whitened(change, float(np.sum(share))))
        return result

    def _scaled(self, rows: Floats, parameters: Floats) -> tuple[Floats, float]:
        """Rows divided by their relative standard deviation, and the sum of ``-log ratio``."""
        if self.classes is None:
            return rows, 0.0
        logs = np.log(self.relative_sds(parameters))[self.classes]
        return rows * np.exp(-logs), -float(np.sum(logs))

    def _ar1(self, parameters: Floats) -> tuple[Floats, Floats, Floats]:
        """Correlation rho with the previous row, its derivative by eta, and ``sqrt(1 - rho^2)``."""
        assert self.gaps is not None
        assert self._follows is not None
        eta = float(parameters[-1])
        square = eta**2
        gaps = np.where(self._follows, self.gaps, 1.0)
        log_phi = np.log(square / (1.0 + square)) if square else -np.inf
        with np.errstate(divide="ignore", over="ignore"):
            rho = np.where(self._follows, np.exp(gaps * log_phi), 0.0)  # rho = phi^gap
            # d rho / d eta = gap rho d log(phi) / d eta, and d log(phi) / d eta = 2 / (eta (1 + eta^2))
            by_eta = gaps * rho * 2.0 / (eta * (1.0 + square)) if eta else np.zeros_like(rho)
            sd = np.where(self._follows, np.sqrt(-np.expm1(2.0 * gaps * log_phi)), 1.0)  # sqrt(1 - phi^(2 gap))
        return rho, by_eta, sd


def _without_previous(rows: Floats, rho: Floats) -> Floats:
    """``y_j - rho_j y_(j-1)``."""
    left = rows.copy()
    left[:, 1:] -= rho[1:] * rows[:, :-1]
    return left
