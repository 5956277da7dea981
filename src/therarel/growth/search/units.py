"""From the scaled columns, in which a model is fitted, back to the units of time and score."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from therarel.growth.arrays import Floats

__all__ = ["Units"]


@frozen(eq=False)
class Units:
    """How the scaled problem relates to the given columns.

    Args:
        names: Fixed effects that are in the model.
        dropped: Fixed effects that were left out because they depend on others.
        kept: Index of ``names`` among all columns of the formula.
        back: Coefficients of the given columns are this times those of the scaled ones, shape (p, p).
        log_volume: ``log|R|`` of the fixed-effect columns.
        start: Least-squares coefficients that were taken off the score first, scaled columns.
        size: What the score was divided by.
        level_back: ``back`` of the random-effect columns of each level, inner first.
        column_means: Means of the scaled fixed-effect columns.
    """

    names: tuple[str, ...]
    dropped: tuple[str, ...]
    kept: tuple[int, ...]
    back: Floats
    log_volume: float
    start: Floats
    size: float
    level_back: tuple[Floats, ...]
    column_means: Floats

    def beta(self, own: Floats) -> Floats:
        """Fixed effects in the units of the table."""
        return np.asarray(self.back @ (own * self.size + self.start))

    def beta_covariance(self, own: Floats) -> Floats:
        """Covariance of fixed effects in the units of the table, from that of the scaled ones."""
        return np.asarray(self.size**2 * self.back @ own @ self.back.T)

    def contrast(self, weights: Floats) -> Floats:
        """A contrast of the given coefficients as one of the scaled ones, the score's size left out."""
        return np.asarray(weights @ self.back)

    def covariance(self, own: Floats, level: int) -> Floats:
        """A covariance of random effects in the units of the table, from that of the scaled ones."""
        back = self.level_back[level]
        return np.asarray(self.size**2 * back @ own @ back.T)

    def effects(self, own: Floats, level: int) -> Floats:
        """Random effects in the units of the table, shape (q, groups)."""
        return np.asarray(self.size * self.level_back[level] @ own)

    def log_likelihood(self, deviance: float, *, freedom: int, reml: bool) -> float:
        """The log-likelihood of the scores as they stand in the table."""
        total = deviance + 2.0 * freedom * float(np.log(self.size))
        return -0.5 * (total + (2.0 * self.log_volume if reml else 0.0))
