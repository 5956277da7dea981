"""What an internal consistency is: coefficients with intervals, item by item, on their level; and their formulas."""

from __future__ import annotations

from typing import Final

import numpy as np
from attrs import field, frozen

from therarel.counting import counted
from therarel.representation import one_line
from therarel.tables.arrays import Floats
from therarel.vocabulary import Vocabulary


class Level(Vocabulary, links={}):
    """What the consistency is a consistency of."""

    SINGLE = "single"
    """One row per dyad."""
    WITHIN = "within"
    """Differences between the sessions of a dyad."""
    BETWEEN = "between"
    """Differences between dyads, free of the noise of single sessions."""


@frozen(kw_only=True)
class Estimate:
    """A coefficient with its bootstrap interval; ``None`` where it is not defined.

    Examples:
        >>> Estimate(value=0.9, low=0.85, high=0.93).value
        0.9
    """

    value: float | None
    low: float | None
    high: float | None


@frozen(kw_only=True)
class ItemRest:
    """One item against the sum of the others.

    Args:
        item: Number of the item.
        correlation: Correlation with the sum of the other items; ``None`` where the item or the rest is constant.
        looks_wrongly_keyed: Whether it runs against the others, as an item does whose reversal was forgotten.

    Examples:
        >>> ItemRest(item=4, correlation=-0.6, looks_wrongly_keyed=True).item
        4
    """

    item: int
    correlation: float | None
    looks_wrongly_keyed: bool


@frozen(kw_only=True)
class Consistency:
    """How well the items of a score hang together.

    Args:
        level: What it is the consistency of.
        alpha: Cronbach's alpha.
        omega: McDonald's omega total of a one-factor model, fitted by unweighted least squares.
        items: Item-rest correlations.
        n_dyads: Number of dyads.
        n_rows: Number of complete rows.
        left_out: Number of rows left out because an answer is missing.
        confidence: Coverage of the intervals.
        remarks: What to know when reading it.

    Examples:
        >>> from therarel.measures import internal_consistency
        >>> answers = [[1, 2, 1], [2, 2, 3], [4, 5, 4], [5, 4, 5], [3, 3, 2]]
        >>> found = internal_consistency(answers, dyads="abcde", seed=1, resamples=200)
        >>> round(found.alpha.value, 3), found.n_dyads
        (0.932, 5)
    """

    level: Level
    alpha: Estimate
    omega: Estimate
    items: tuple[ItemRest, ...]
    n_dyads: int
    n_rows: int
    left_out: int
    confidence: float
    remarks: tuple[str, ...] = field(default=())

    __repr__ = one_line

    def __str__(self) -> str:
        both = (self.alpha.value, self.omega.value)
        alpha, omega = ("not defined" if value is None else f"{value:.2f}" for value in both)
        return f"{self.level.label}: alpha {alpha}, omega {omega}; {counted(self.n_dyads, 'dyad')}"


_SWEEPS: Final = 500
_SETTLED: Final = 1e-10


def alpha_of(covariances: Floats) -> Floats:
    """Cronbach's alpha of each covariance matrix; NaN where the total has no variance.

    Args:
        covariances: Covariances of the items, shape (matrices, items, items).

    Source:
        cronbach1951 (from memory, high confidence).

    Examples:
        >>> alpha_of(np.array([[[2.0, 1.0], [1.0, 2.0]]])).round(3).tolist()
        [0.667]
    """
    size = covariances.shape[-1]
    total = covariances.sum(axis=(1, 2))
    single = np.trace(covariances, axis1=1, axis2=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        alpha: Floats = np.where(total > 0, size / (size - 1) * (1 - single / total), np.nan)
    return alpha


def omega_of(covariances: Floats) -> Floats:
    """Omega total of a one-factor model of each covariance matrix; NaN where there is none.

    Args:
        covariances: Covariances of the items, shape (matrices, items, items); three items at least.

    Source:
        mcdonald1999 (from memory, high confidence).

    Examples:
        >>> omega_of(np.ones((1, 3, 3)) + np.eye(3)).round(3).tolist()
        [0.75]
    """
    size = covariances.shape[-1]
    omega = np.full(covariances.shape[0], np.nan)
    usable = np.isfinite(covariances).all(axis=(1, 2)) & (covariances.sum(axis=(1, 2)) > 0)
    if size < 3 or not usable.any():
        return omega
    computable = covariances[usable]
    loadings = _loadings(computable)
    variances = np.diagonal(computable, axis1=1, axis2=2)
    # An item cannot share more than its own variance with the others.
    unique = np.maximum(variances - loadings**2, 0.0)
    common = loadings.sum(axis=1) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        omega[usable] = common / (common + unique.sum(axis=1))
    return omega


def _loadings(covariances: Floats) -> Floats:
    """Loadings of a one-factor model by unweighted least squares, one item at a time until they settle."""
    size = covariances.shape[-1]
    values, vectors = np.linalg.eigh(covariances)
    loadings: Floats = vectors[:, :, -1] * np.sqrt(np.maximum(values[:, -1], 0.0))[:, None]
    scale = np.sqrt(np.maximum(values[:, -1], np.finfo(float).tiny))[:, None]
    diagonal = np.diagonal(covariances, axis1=1, axis2=2)
    for _ in range(_SWEEPS):
        former = loadings.copy()
        squares = (loadings**2).sum(axis=1)
        for item in range(size):
            own = loadings[:, item]
            shared = np.einsum("bj,bj->b", covariances[:, item], loadings) - diagonal[:, item] * own
            others = squares - own**2
            new = np.divide(shared, others, out=np.zeros_like(own), where=others > 0)
            squares = others + new**2
            loadings[:, item] = new
        if (np.abs(loadings - former) <= _SETTLED * scale).all():
            break
    return loadings
