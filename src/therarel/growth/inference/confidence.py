"""How far an interval reaches, in standard errors."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats

from therarel.errors import InvalidValueError, shown
from therarel.growth.arrays import Floats

__all__ = ["checked_level", "reach_of"]


def checked_level(level: float) -> float:
    """A level of confidence.

    Raises:
        InvalidValueError: if it is not a share, such as 95 for 95 %.
    """
    if 0 < level < 1:
        return level
    raise InvalidValueError(
        "a level of confidence is a share", where="level", value=shown(level), bound="between 0 and 1",
        hint="0.95 is 95 %",
    )  # fmt: skip


def reach_of(level: float, df: Floats | float = np.inf) -> Any:
    """Standard errors from the middle of an interval to its end.

    Args:
        level: Of the interval.
        df: Degrees of freedom of the standard error; infinite where it is taken as known.

    Raises:
        InvalidValueError: if the level is not a share.

    Examples:
        >>> round(float(reach_of(0.95)), 2), round(float(reach_of(0.95, 7)), 2)
        (1.96, 2.36)
    """
    return stats.t.ppf(0.5 + checked_level(level) / 2, df)
