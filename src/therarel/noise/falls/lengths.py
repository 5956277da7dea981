"""Dyads of equal length side by side: how series of any lengths are laid out for the scan."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final

import numpy as np
from attrs import frozen

from therarel.noise.series import Series
from therarel.tables.arrays import Floats, Truths, Whole

ROWS: Final = 2**16
"""Rows that are worked on at a time: few enough for the processor's cache. Never changes the answer."""


@frozen(eq=False)
class Equal:
    """Some dyads of equal length: ``m`` dyads of ``n`` scored sessions.

    Args:
        dyads: Their places in the series, shape ``(m,)``.
        rows: The rows of their sessions, shape ``(n, m)``.
        time: Time of each since the dyad's first scored session; shape ``(n, m)``, or ``(n, 1)`` where it is the same
            for all.
    """

    dyads: Whole
    rows: Whole
    time: Floats


def of_equal_length(
    series: Series, *, among: Truths | None = None, shortest: int = 2, rows: int = ROWS, squared: bool = False
) -> Iterator[Equal]:
    """The dyads of a block by their number of scored sessions, in parts that stay small in memory.

    Args:
        series: The block.
        among: Which dyads, shape ``(g,)``; ``None`` for all.
        shortest: Dyads with fewer scored sessions are left out.
        rows: Rows of a part.
        squared: Whether what is worked out grows with the square of the sessions, so that parts are smaller.
    """
    order = np.argsort(series.sizes, kind="stable")
    if among is not None:
        order = order[among[order]]
    sizes = series.sizes[order]
    bounds = np.flatnonzero(np.concatenate(([True], sizes[1:] != sizes[:-1], [True]))) if sizes.size else ()
    for begin, end in itertools.pairwise(bounds):
        n = int(sizes[begin])
        if n < shortest:
            continue
        step = max(rows // (n * n if squared else n), 1)
        for first in range(int(begin), int(end), step):
            dyads = order[first : min(first + step, int(end))]
            at = series.first[dyads] + np.arange(n)[:, np.newaxis]
            time = series.session[at]
            time -= time[:1].copy()
            if (time == time[:, :1]).all():
                time = time[:, :1].copy()
            yield Equal(dyads, at, time)
