"""The log likelihood ratio of a fall, for every fall of every dyad, in time that is linear in the sessions.

The model of a dyad at times ``t`` is ``y = X b + X u + e - d h`` with ``X = [1, t]``, ``u ~ N(0, G)``, ``G`` diagonal,
and ``cov(e_j, e_k) = s^2 phi^|t_j - t_k|``. A pulse ``h`` is 1 from its onset on for some scored sessions and 0
elsewhere, and ``d`` its depth. With ``V = X G X' + R`` and ``r = V^-1 (y - X b)`` the log likelihood ratio is
``d x - d^2 I / 2`` where ``x = -h' r`` and ``I = h' V^-1 h``.

Whitening by the autoregression, ``w(v)_j = (v_j - rho_j v_(j-1)) c_j`` with ``c_j = 1 / (s sqrt(1 - rho_j^2))``, makes
``R`` the identity. With ``U = w(X G^1/2)`` and ``M = (1 + U'U)^-1`` the inverse of ``V`` is ``1 - U M U'``. A pulse
from session ``a`` to session ``e`` is a fall ``H_a`` to the end without the fall ``H_e`` to the end. Its ``x`` is
``X_a - X_e`` with ``X_j = -H_j' r``, and its ``I`` is ``K_aa + K_ee - 2 K_ae`` with ``K_jk = H_j' V^-1 H_k``. Whitened,
``H_j`` is ``c`` at its onset and the whitened ones ``o`` after it, so that products with it are running sums.

Arrays have the sessions of a dyad along the first axis and dyads of equal length along the second: ``(n, m)``, or
``(n, 1)`` for what is the same in all of them. Sums run session by session, so that a dyad gives the same numbers to
the last bit beside whichever others it stands.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from attrs import field, frozen

from therarel.noise.falls.pulses import Pulses
from therarel.noise.falls.ratios import Falls, Ratios, mean_ratios
from therarel.noise.falls.sums import running, total, unbuffered
from therarel.noise.null import NullModel
from therarel.tables.arrays import Floats


@frozen(eq=False)
class Whitened:
    """The times of dyads of equal length, whitened; what the likelihood ratio needs but for the scores.

    Args:
        null: The parameters of the model, all known.
        time: Time of each scored session since the first, in units of the session column; shape ``(n, m)`` or
            ``(n, 1)``.
    """

    null: NullModel
    time: Floats
    _information: dict[int, Floats] = field(factory=dict, init=False, repr=False)

    @cached_property
    def change(self) -> Floats:
        """By how much the mean has changed for each unit of the slope; shape of the times."""
        return self.null.change(self.time)

    @cached_property
    def carried(self) -> Floats:
        """Autocorrelation ``rho`` with the score before, 0 at the first; shape of the times."""
        carried = np.zeros_like(self.time)
        carried[1:] = self.null.correlation(np.diff(self.time, axis=0))
        return carried

    @cached_property
    def scale(self) -> Floats:
        """The factor ``c``; shape of the times."""
        return np.asarray(1 / (self.null.within_sd * np.sqrt(1 - self.carried**2)))

    def white(self, values: Floats) -> Floats:
        """The whitened vector ``w(v)``; shape ``(n, m)``."""
        white = np.array(np.broadcast_to(values, np.broadcast_shapes(values.shape, self.time.shape)))
        white[1:] -= self.carried[1:] * values[:-1]
        white *= self.scale
        return white

    @cached_property
    def ones(self) -> Floats:
        """The whitened ones ``o``; shape of the times."""
        return self.white(np.ones_like(self.time))

    @cached_property
    def effects(self) -> tuple[Floats, Floats]:
        """The columns of ``U``: level and slope; each of the shape of the times."""
        return self.null.between_sd * self.ones, self.null.slope_sd * self.white(self.change)

    @cached_property
    def shrinking(self) -> tuple[Floats, Floats, Floats]:
        """The distinct parts of ``M``; each of shape ``(m,)``."""
        u0, u1 = self.effects
        a00, a01, a11 = 1 + total(u0 * u0), total(u0 * u1), 1 + total(u1 * u1)
        det = a00 * a11 - a01 * a01
        return a11 / det, -a01 / det, a00 / det

    def predicted(self, score: Floats) -> tuple[Floats, Floats]:
        """The whitened residuals ``w(y - X b)``, and the two parts of ``M U' w(y - X b)``: the dyads' own ``u``."""
        white = self.white(score - (self.null.intercept + self.null.slope * self.change))
        (u0, u1), (m00, m01, m11) = self.effects, self.shrinking
        c0, c1 = total(u0 * white), total(u1 * white)
        return white, np.stack([m00 * c0 + m01 * c1, m01 * c0 + m11 * c1])

    def inverted(self, score: Floats) -> Floats:
        """The whitened ``r``: ``(1 - U M U') w(y - X b)``; shape ``(n, m)``."""
        white, own = self.predicted(score)
        u0, u1 = self.effects
        return np.asarray(white - u0 * own[0] - u1 * own[1])

    def course(self, score: Floats) -> Floats:
        """The course that a dyad's scores lead one to expect, ``X (b + u)`` at the best guess of ``u``; ``(n, m)``."""
        _, own = self.predicted(score)
        level, slope = self.null.between_sd * own[0], self.null.slope_sd * own[1]
        return np.asarray(self.null.intercept + level + (self.null.slope + slope) * self.change)

    @cached_property
    def around(self) -> Floats:
        """Standard deviation of a score around that course, which is itself not wholly known; shape of the times."""
        (m00, m01, m11), level, slope = self.shrinking, self.null.between_sd, self.null.slope_sd * self.change
        course = level**2 * m00 + 2 * level * slope * m01 + slope**2 * m11  # X cov(u | y) X'
        return np.asarray(np.sqrt(self.null.within_sd**2 + course))

    def steps(self, vector: Floats) -> Floats:
        """The products ``H_j' v`` of the whitened falls to the end with whitened vectors.

        Args:
            vector: One vector, or several side by side; shape ``(n, ..., m)``.

        Returns:
            Shape ``(n - 1, ..., m)``.
        """
        shape = (-1, *(1,) * (vector.ndim - 2), self.time.shape[-1])
        scale, ones = self.scale.reshape(shape), self.ones.reshape(shape)
        after = running((ones * vector)[:0:-1])[::-1]  # sums of o v from a session on
        found: Floats = scale[1:] * vector[1:]
        found[:-1] += after[1:]
        return found

    @cached_property
    def reach(self) -> tuple[Floats, Floats, Floats]:
        """What the ``K_jk`` are made of: ``H_j' o``, and the parts of ``C U' H_j`` where ``C'C = M``.

        Shapes ``(n - 1, m)`` or ``(n - 1, 1)``.
        """
        (_, u1), (m00, m01, _) = self.effects, self.shrinking
        ones, p1 = np.moveaxis(self.steps(np.stack([self.ones, u1], axis=1)), 1, 0)
        root, p0 = np.sqrt(m00), self.null.between_sd * ones
        return ones, root * p0 + m01 / root * p1, p1 / np.sqrt(1 + total(u1 * u1))

    @cached_property
    def precision(self) -> Floats:
        """The ``K_jj``; shape ``(n - 1, m)`` or ``(n - 1, 1)``."""
        (ones, s0, s1), scale = self.reach, self.scale[1:]
        return np.asarray(ones + scale * (scale - self.ones[1:]) - s0 * s0 - s1 * s1)

    def information(self, longest: int) -> Floats:
        """``I`` of the falls of 1, 2, ..., ``longest`` sessions and of those to the end, by length and onset.

        Shape ``(longest + 1, n - 1, m)`` or ``(longest + 1, n - 1, 1)``.
        """
        if longest in self._information:
            return self._information[longest]
        own, (ones, s0, s1) = self.precision, self.reach
        found = np.repeat(own[np.newaxis], longest + 1, axis=0)
        ended, twice = own - 2 * ones, (2 * s0, 2 * s1)
        for length, each in enumerate(found[: min(longest, own.shape[0] - 1)], start=1):
            each[:-length] += ended[length:]  # K_aa + K_ee - 2 K_ae
            each[:-length] += twice[0][:-length] * s0[length:]
            each[:-length] += twice[1][:-length] * s1[length:]
        self._information[longest] = found
        return found

    def steep(self, length: int) -> Floats:
        """By how much ``x`` of falls of a length rises where the score of the onset is lower by 1; ``(n - 1, ...)``.

        A score alone is ``H_a - H_(a+1)``, so that it is ``K_aa - K_ae - K_(a+1)a + K_(a+1)e``.
        """
        if length == 1:
            return np.asarray(self.information(1)[0])
        (ones, s0, s1), found = self.reach, self.precision.copy()
        found[:-1] -= ones[1:] - s0[:-1] * s0[1:] - s1[:-1] * s1[1:]
        found[:-length] += (s0[:-length] - s0[1 : 1 - length]) * s0[length:]
        found[:-length] += (s1[:-length] - s1[1 : 1 - length]) * s1[length:]
        return found

    def innovations(self, score: Floats) -> tuple[Floats, Floats]:
        """What each score differs from what the dyad's scores before it predict, in standard errors; and those.

        Args:
            score: Scores, shape ``(n, m)``.

        Returns:
            One-step prediction errors over their standard errors, and by how much larger these are than those of a
            dyad whose level and slope are known; each of shape ``(n, m)``.
        """
        white = self.white(score - (self.null.intercept + self.null.slope * self.change))
        u0, u1 = self.effects
        errors, wider = np.empty_like(white), np.empty_like(white)
        # a: precision of u so far (its prior is the identity), c: what the scores so far say of it
        a00, a01, a11 = np.ones_like(u0[0]), np.zeros_like(u0[0]), np.ones_like(u0[0])
        c0, c1 = np.zeros_like(white[0]), np.zeros_like(white[0])
        for row, v0, v1, error, wide in zip(white, u0, u1, errors, wider, strict=True):
            det = a00 * a11 - a01 * a01
            wide[:] = np.sqrt(1 + (a11 * v0 * v0 - 2 * a01 * v0 * v1 + a00 * v1 * v1) / det)
            error[:] = (row - ((a11 * c0 - a01 * c1) * v0 + (a00 * c1 - a01 * c0) * v1) / det) / wide
            a00, a01, a11 = a00 + v0 * v0, a01 + v0 * v1, a11 + v1 * v1
            c0, c1 = c0 + v0 * row, c1 + v1 * row
        return errors, wider


@unbuffered()
def falls_of(white: Whitened, score: Floats, longest: int) -> Falls:
    """The falls of 1, 2, ..., ``longest`` scored sessions, and last those to the end; scores of shape ``(n, m)``."""
    return Falls(-white.steps(white.inverted(score)), white.information(longest))


def scanned(white: Whitened, score: Floats, pulses: Pulses) -> Ratios:
    """The log of a weighted mean of likelihood ratios, over the falls that begin at each session and over all falls.

    Args:
        white: Model and times of the dyads; at least two sessions.
        score: Scores, oriented; shape ``(n, m)``.
        pulses: The falls and their weights.
    """
    return mean_ratios([(1.0, falls_of(white, score, len(pulses.lengths)))], pulses, white.null.within_sd)
