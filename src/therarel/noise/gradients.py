"""Gradients of the log likelihood of level, slope and noise, dyad by dyad: what a dyad's scores say about each of them.

The model of a dyad at times ``t`` is ``y = X (b + u) + e`` with ``X = [1, t]``, ``u ~ N(0, G)``, ``G`` diagonal, and
``cov(e) = s2 R`` where ``R`` is a first-order autoregression over the distances of the sessions. Whitening by the
autoregression makes its noise independent, so that everything follows from sums per dyad: ``A = X'X``, ``c = X'r`` and
``q = r'r`` of the whitened columns and residuals ``r = y - X b``. The variance of whitened scores is
``V = s2 I + X G X'``, and with ``B = G (s2 I + A G)^-1`` its inverse is ``(I - X B X') / s2``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Final

import numpy as np
from attrs import frozen

from therarel.noise.null import correlation
from therarel.noise.skeleton import Skeleton
from therarel.tables.arrays import Floats

_STEP: Final = 1e-4
"""By how much the autocorrelation is moved to see how the likelihood changes."""
_FULL: Final = 0.0
_NOTHING: Final = 2.0
"""A dyad counts in full up to the first, and not at all from the second; standard normal quantiles of its variation."""


@frozen
class Parameters:
    """The parameters of the model; times are in usual distances of sessions, and so are slope and autocorrelation.

    Args:
        intercept: Mean level at the first session.
        slope: Mean slope.
        level_variance: Variance of levels between dyads.
        slope_variance: Variance of slopes between dyads.
        innovation_variance: Variance of what is new in the noise after one usual distance: that of the noise times
            ``1 - phi ** 2``. It and phi say different things, where the variance of the noise and phi do not.
        phi: Autocorrelation of the noise.
    """

    intercept: float
    slope: float
    level_variance: float
    slope_variance: float
    innovation_variance: float
    phi: float

    @property
    def noise_variance(self) -> float:
        """Variance of the noise."""
        return self.innovation_variance / (1 - self.phi**2)


@frozen(eq=False)
class Gradients:
    """Gradients at some parameters on a skeleton.

    Args:
        skeleton: Where the scores stand: ``g`` dyads, ``n`` scores.
        at: The parameters.
    """

    skeleton: Skeleton
    at: Parameters

    def of(self, values: Floats) -> Floats:
        """How the log likelihood of each dyad changes with each parameter.

        Args:
            values: Scores of some panels on the skeleton, shape ``(r, n)``.

        Returns:
            The derivatives, in the order of `Parameters`; shape ``(r, g, 6)``.
        """
        s2 = self.at.noise_variance
        residual = self._residual(values)
        (a00, a01, a11), (b00, b01, b10, b11) = self._white.sums, self._shrinking
        c0, c1, q = self._white.sums_of(residual)
        d0, d1 = b00 * c0 + b01 * c1, b10 * c0 + b11 * c1  # d = B c
        of_level = (c0 - a00 * d0 - a01 * d1) / s2  # X' V^-1 r
        of_slope = (c1 - a01 * d0 - a11 * d1) / s2
        of_noise = (q - 2 * (c0 * d0 + c1 * d1) + a00 * d0**2 + 2 * a01 * d0 * d1 + a11 * d1**2) / s2**2  # r' V^-2 r
        level, slope, trace = self._traces
        up, down = (self._log_likelihood(residual, white) for white in self._beside)
        by_noise, by_phi = (of_noise - trace) / 2, (up - down) / (2 * _STEP)
        left = 1 - self.at.phi**2  # the innovation held, a larger phi is a larger noise
        return np.stack(
            [
                of_level,
                of_slope,
                (of_level**2 - level) / 2,
                (of_slope**2 - slope) / 2,
                by_noise / left,
                by_phi + by_noise * 2 * self.at.phi * s2 / left,
            ],
            axis=-1,
        )

    def weights(self, values: Floats) -> Floats:
        """How far each dyad counts: in full if it varies about its own line as noise does, less the more it varies.

        Falls make a dyad vary more. The variation is a chi-square of as many degrees of freedom as the dyad has scores
        beyond two; its cube root is nearly normal (Wilson and Hilferty).

        Args:
            values: Scores of some panels on the skeleton, shape ``(r, n)``.

        Returns:
            Weights from 0 to 1, shape ``(r, g)``; 1 for dyads with fewer than three scores.
        """
        (a00, a01, a11), (c0, c1, q) = self._white.sums, self._white.sums_of(self._residual(values))
        freedom = self.skeleton.series.sizes - 2.0
        det = a00 * a11 - a01**2
        known = (freedom > 0) & (det > 1e-9 * a00 * a11)
        part = 2 / (9 * np.where(known, freedom, 1.0))
        with np.errstate(invalid="ignore", divide="ignore"):
            about_line = (q - (a11 * c0**2 - 2 * a01 * c0 * c1 + a00 * c1**2) / det) / self.at.noise_variance
            normal = (np.cbrt(np.maximum(about_line, 0.0) / freedom) - 1 + part) / np.sqrt(part)
        return np.where(known, np.clip((_NOTHING - normal) / (_NOTHING - _FULL), 0.0, 1.0), 1.0)

    def _residual(self, values: Floats) -> Floats:
        return values - (self.at.intercept + self.at.slope * self.skeleton.change)

    @cached_property
    def _white(self) -> _Whitening:
        return _Whitening.of(self.skeleton, self.at.phi)

    @cached_property
    def _beside(self) -> tuple[_Whitening, _Whitening]:
        return (
            _Whitening.of(self.skeleton, self.at.phi + _STEP),
            _Whitening.of(self.skeleton, self.at.phi - _STEP),
        )

    @cached_property
    def _shrinking(self) -> tuple[Floats, Floats, Floats, Floats]:
        """The matrix B of each dyad, row by row; each of shape ``(g,)``."""
        inverse, _ = self._inverse(self._white)
        g0, g1 = self.at.level_variance, self.at.slope_variance
        return g0 * inverse[0], g0 * inverse[1], g1 * inverse[2], g1 * inverse[3]

    def _inverse(self, white: _Whitening) -> tuple[tuple[Floats, Floats, Floats, Floats], Floats]:
        """The inverse of s2 I + A G, row by row, and its determinant."""
        s2, g0, g1 = self.at.noise_variance, self.at.level_variance, self.at.slope_variance
        a00, a01, a11 = white.sums
        det = (s2 + a00 * g0) * (s2 + a11 * g1) - a01**2 * g0 * g1
        return ((s2 + a11 * g1) / det, -a01 * g1 / det, -a01 * g0 / det, (s2 + a00 * g0) / det), det

    @cached_property
    def _traces(self) -> tuple[Floats, Floats, Floats]:
        """What the squares above are expected to be: the diagonal of X' V^-1 X, and the trace of V^-1."""
        (a00, a01, a11), (b00, b01, b10, b11) = self._white.sums, self._shrinking
        s2, n = self.at.noise_variance, self.skeleton.series.sizes
        p00, p01, p10, p11 = b00 * a00 + b01 * a01, b00 * a01 + b01 * a11, b10 * a00 + b11 * a01, b10 * a01 + b11 * a11
        return (a00 - a00 * p00 - a01 * p10) / s2, (a11 - a01 * p01 - a11 * p11) / s2, (n - p00 - p11) / s2

    def _log_likelihood(self, residual: Floats, white: _Whitening) -> Floats:
        """Log likelihood of each dyad but for what does not depend on the autocorrelation; shape ``(r, g)``."""
        g0, g1, s2 = self.at.level_variance, self.at.slope_variance, self.at.noise_variance
        (i00, i01, i10, i11), det = self._inverse(white)
        c0, c1, q = white.sums_of(residual)
        explained = g0 * c0 * (i00 * c0 + i01 * c1) + g1 * c1 * (i10 * c0 + i11 * c1)  # c' B c
        return np.asarray(-(np.log(det) + white.logs + (q - explained) / s2) / 2)


@frozen(eq=False)
class _Whitening:
    """The autoregression taken out of times and scores.

    Args:
        carried: Autocorrelation with the score before, shape ``(n,)``; 0 at a dyad's first.
        scale: What makes the rest vary as the first does, shape ``(n,)``.
        one: The whitened column of ones, shape ``(n,)``.
        time: The whitened times, shape ``(n,)``.
        sums: The distinct parts of ``A``, each of shape ``(g,)``.
        logs: Logarithm of the determinant of ``R``, shape ``(g,)``.
        total: Sum within dyads of arrays whose last axis is the scores.
    """

    carried: Floats
    scale: Floats
    one: Floats
    time: Floats
    sums: tuple[Floats, Floats, Floats]
    logs: Floats
    total: Callable[[Floats], Floats]

    @classmethod
    def of(cls, skeleton: Skeleton, phi: float) -> _Whitening:
        carried = correlation(phi, skeleton.apart)
        left = 1 - carried**2
        scale = 1 / np.sqrt(left)
        one, time = (1 - carried) * scale, skeleton.change.copy()
        time[1:] -= carried[1:] * skeleton.change[:-1]
        time *= scale
        first = skeleton.series.first

        def total(values: Floats) -> Floats:
            return np.asarray(np.add.reduceat(values, first, axis=-1))

        return cls(
            carried,
            scale,
            one,
            time,
            (total(one * one), total(one * time), total(time * time)),
            total(np.log(left)),
            total,
        )

    def sums_of(self, residual: Floats) -> tuple[Floats, Floats, Floats]:
        """The two parts of ``c``, and ``q``, of whitened residuals; each of shape ``(r, g)``."""
        white = residual.copy()
        white[:, 1:] -= self.carried[1:] * residual[:, :-1]
        white *= self.scale
        return self.total(white * self.one), self.total(white * self.time), self.total(white * white)
