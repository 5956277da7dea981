"""Types of arrays."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
"""Numbers, double precision."""

Ints: TypeAlias = NDArray[np.int64]
"""Whole numbers: positions, codes, counts."""

Bools: TypeAlias = NDArray[np.bool_]
"""Truth values."""
