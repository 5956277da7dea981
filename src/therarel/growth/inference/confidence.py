"""Levels of confidence, and the quantile that an interval extends to on either side."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats

from therarel.errors import InvalidValueError, is_number, shown
from therarel.growth.arrays import Floats

__all__ = ["checked_level", "t_quantile"]


def checked_level(level: float) -> float:
    """A level of confidence.

    Raises:
        InvalidValueError: if it is not a share, such as 95 for 95 %.
    """
    if is_number(level) and 0 < level < 1:
        return float(level)
    raise InvalidValueError(
        "a level of confidence is a share", where="level", value=shown(level), bound="between 0 and 1",
        hint="0.95 is 95 %",
    )  # fmt: skip


def t_quantile(level: float, df: Floats | float = np.inf) -> Any:
    """Standard errors from the middle of an interval to its end: the quantile of t, or of the normal distribution.

    Args:
        level: Confidence level of the interval, a share such as 0.95.
        df: Degrees of freedom of the standard error; infinite where it is taken as known.

    Raises:
        InvalidValueError: if the level is not a share.

    Examples:
        >>> round(float(t_quantile(0.95)), 2), round(float(t_quantile(0.95, 7)), 2)
        (1.96, 2.36)
    """
    return stats.t.ppf(0.5 + checked_level(level) / 2, df)
