"""Sums over the sessions of many dyads at once, one session after the other.

A dyad then gives the same numbers to the last bit beside whichever others it is: numpy sums one column alone, and
columns that do not lie side by side, in another order, and accumulates along a first axis many times more slowly than
row by row.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from therarel.tables.arrays import Floats


@contextmanager
def unbuffered() -> Iterator[None]:
    """Let numpy combine columns with rows in place: it copies them into a buffer first, which takes twice as long."""
    before = np.setbufsize(16)  # the smallest there is
    try:
        yield
    finally:
        np.setbufsize(before)


def total(values: Floats) -> Floats:
    """Sum along the first axis; ``(n, ...)`` to ``(...)``."""
    if values.size > values.shape[0]:  # several columns side by side in memory are added row by row
        return np.asarray(np.add.reduce(np.ascontiguousarray(values), axis=0))
    found: Floats = values[0].copy()
    for each in values[1:]:
        found += each
    return found


def running(values: Floats) -> Floats:
    """Running sums along the first axis; shape of the values."""
    found = values.copy()
    for before, now in itertools.pairwise(found):
        now += before
    return found


def log_sum(values: Floats) -> Floats:
    """Logarithm of the sum of exponentials along the first axis; ``(n, ...)`` to ``(...)``."""
    most = values.max(axis=0)
    with np.errstate(under="ignore"):
        return np.asarray(np.log(total(np.exp(values - most))) + most)
