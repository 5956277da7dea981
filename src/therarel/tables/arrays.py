"""Types of arrays."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
"""Numbers, double precision."""

Ints: TypeAlias = NDArray[np.int64]
"""Whole numbers: sessions, codes, counts."""

Whole: TypeAlias = NDArray[np.intp]
"""Places in other arrays, and counts of them."""

Truths: TypeAlias = NDArray[np.bool_]
"""Truth values."""

Codes: TypeAlias = NDArray[np.uint8]
"""Small codes, such as those of verdicts."""
