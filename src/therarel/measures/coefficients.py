"""Alpha and omega of covariance matrices, many at a time."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Array", "alpha_of", "omega_of"]

Array = NDArray[np.float64]
"""An array of floating numbers."""

_SWEEPS: Final = 500
_SETTLED: Final = 1e-10


def alpha_of(covariances: Array) -> Array:
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
        alpha: Array = np.where(total > 0, size / (size - 1) * (1 - single / total), np.nan)
    return alpha


def omega_of(covariances: Array) -> Array:
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


def _loadings(covariances: Array) -> Array:
    """Loadings of a one-factor model by unweighted least squares, one item at a time until they settle."""
    size = covariances.shape[-1]
    values, vectors = np.linalg.eigh(covariances)
    loadings: Array = vectors[:, :, -1] * np.sqrt(np.maximum(values[:, -1], 0.0))[:, None]
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
