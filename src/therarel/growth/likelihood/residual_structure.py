"""How the residuals of one dyad are related: unequal variances by a factor, and autocorrelation over time.

A residual structure is a whitening: rows are divided by their relative standard deviation, and each row but the first
of a series has the part removed that the row before it predicts. What is left has iid residuals of unit variance.
"""

from __future__ import annotations

import numpy as np
from attrs import field, frozen

from therarel.growth.arrays import Floats, Ints

__all__ = ["Residuals", "Whitened"]


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
class Residuals:
    """The structure of residuals, with its parameters unbounded.

    The parameters are the log ratio of each further class's residual standard deviation to that of the first,
    and, for autocorrelation, eta with ``phi = eta**2 / (1 + eta**2)`` over one ``unit`` of time: phi runs from 0, where
    its derivative by eta vanishes, up to but without 1.

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
    _follows: np.ndarray[tuple[int], np.dtype[np.bool_]] | None = field(init=False)

    @_follows.default
    def _find_follows(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]] | None:
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

    def scales(self, parameters: Floats) -> Floats:
        """Relative residual standard deviation of each class; one entry without classes."""
        return np.asarray(np.exp(np.concatenate([[0.0], parameters[: self.ratios]])))

    def whiten(self, rows: Floats, parameters: Floats) -> Whitened:
        """Rows with iid residuals of unit variance."""
        scaled, jacobian = self._scaled(rows, parameters)
        if self.gaps is None or self._follows is None:
            return Whitened(scaled, jacobian)
        pull, _, left = self._pull(parameters)
        after = scaled.copy()
        after[:, 1:] -= pull[1:] * scaled[:, :-1]
        after /= left
        return Whitened(after, jacobian - float(np.sum(np.log(left))))

    def derivatives(self, rows: Floats, parameters: Floats) -> list[Whitened]:
        """Derivatives of the whitened rows and of ``log|T|`` by each parameter."""
        scaled, _ = self._scaled(rows, parameters)
        found = []
        for k in range(self.ratios):
            chosen = self.classes == k + 1
            moved = -scaled * chosen
            if self.gaps is not None:
                pull, _, left = self._pull(parameters)
                before = moved.copy()
                moved[:, 1:] -= pull[1:] * before[:, :-1]
                moved /= left
            found.append(Whitened(moved, -float(np.sum(chosen))))
        if self.gaps is not None:
            pull, rate, left = self._pull(parameters)
            share = pull * rate / left**2
            moved = np.zeros_like(scaled)
            moved[:, 1:] -= rate[1:] * scaled[:, :-1] / left[1:]
            after = scaled.copy()
            after[:, 1:] -= pull[1:] * scaled[:, :-1]
            moved += after / left * share
            found.append(Whitened(moved, float(np.sum(share))))
        return found

    def row_scale(self, parameters: Floats) -> Floats | float:
        """Relative residual standard deviation of each row."""
        return 1.0 if self.classes is None else self.scales(parameters)[self.classes]

    def _scaled(self, rows: Floats, parameters: Floats) -> tuple[Floats, float]:
        if self.classes is None:
            return rows, 0.0
        logs = np.log(self.scales(parameters))[self.classes]
        return rows * np.exp(-logs), -float(np.sum(logs))

    def _pull(self, parameters: Floats) -> tuple[Floats, Floats, Floats]:
        """Correlation with the previous row, its derivative by eta, and the share of SD that is new."""
        assert self.gaps is not None
        assert self._follows is not None
        eta = float(parameters[-1])
        square = eta**2
        gaps = np.where(self._follows, self.gaps, 1.0)
        log_phi = np.log(square / (1.0 + square)) if square else -np.inf
        with np.errstate(divide="ignore", over="ignore"):
            pull = np.where(self._follows, np.exp(gaps * log_phi), 0.0)
            # d pull / d eta = gap * pull * d log(phi) / d eta, and d log(phi) / d eta = 2 / (eta (1 + eta^2))
            rate = gaps * pull * 2.0 / (eta * (1.0 + square)) if eta else np.zeros_like(pull)
            left = np.where(self._follows, np.sqrt(-np.expm1(2.0 * gaps * log_phi)), 1.0)
        return pull, rate, left
