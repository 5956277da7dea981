"""Sufficient statistics from cross-products per dyad, where nobody has seen the rows.

The same projections as on rows, written for the cross-products of standardised columns.
"""

from __future__ import annotations

import numpy as np

from therarel.growth.segments import Floats, segment_sum
from therarel.growth.statistics import Layout, Statistics

__all__ = ["orthogonal_mix", "reduce_products"]


def orthogonal_mix(mix: Floats, whole: Floats) -> tuple[Floats, Floats, tuple[int, ...], tuple[int, ...]]:
    """Combinations that are orthogonal with mean square 1, R, and which columns were kept and dropped."""
    made: list[Floats] = []
    upper = np.zeros((mix.shape[1], mix.shape[1]))
    kept: list[int] = []
    dropped: list[int] = []
    for index in range(mix.shape[1]):
        own = mix[:, index].copy()
        before = float(own @ whole @ own)
        shares = np.zeros(mix.shape[1])
        for _ in range(2):
            for k, other in enumerate(made):
                share = float(other @ whole @ own)
                shares[k] += share
                own -= share * other
        square = float(own @ whole @ own)
        if square <= 1e-14 * max(before, 1e-300) and square <= 1e-14 * float(np.sum(mix[1:, index] ** 2) + 1e-300):
            dropped.append(index)
            continue
        upper[:, len(made)] = shares
        upper[len(made), len(made)] = np.sqrt(square)
        made.append(own / np.sqrt(square))
        kept.append(index)
    count = len(made)
    return np.array(made).reshape(count, len(mix)).T, upper[:count, :count], tuple(kept), tuple(dropped)


def _projected(products: Floats, first: int) -> tuple[Floats, Floats]:
    """Cross-products split like rows in `orthogonalise`: ``[R H]`` of the first columns, cross-products of the rest."""
    left = products.copy()
    whole = np.stack([products[k, k] for k in range(len(products))])
    upper = np.zeros((first, *products.shape[1:]))
    for k in range(first):
        pivot = left[k, k]
        firm = pivot > 1e-12 * whole[k]
        row = left[k] * np.where(firm, 1.0 / np.sqrt(np.where(firm, pivot, 1.0)), 0.0)
        row[:k] = 0.0
        upper[k] = row
        left = left - row[:, None] * row[None, :]
    return upper, left[first:, first:]


def reduce_products(products: Floats, layout: Layout) -> Statistics:
    """Sufficient statistics from cross-products of ``[Z Z3 X y]`` of each dyad, shape (columns, columns, g)."""
    inner, lead = layout.inner_columns, layout.outer_columns
    upper, rest = _projected(products, inner)
    outer_rows: Floats | None = None
    if lead and layout.outer is not None:
        size = sum(float(rest[k, k].sum()) for k in range(lead))
        together = segment_sum(rest, layout.outer)
        if size > 1e-10 * layout.rows:
            outer_rows, left = _projected(together, lead)
            total = left.sum(axis=2)
        else:
            total = together[lead:, lead:].sum(axis=2)
    else:
        total = rest.sum(axis=2)
    alone = np.arange(layout.groups, dtype=np.int64)
    heights = upper[:, inner:]
    return Statistics(
        layout, upper[:, :inner], heights, np.ones(layout.groups), None, None, layout.outer, outer_rows, total, None,
        alone, heights[:, -1],
    )  # fmt: skip
