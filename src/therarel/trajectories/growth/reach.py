"""How far an interval reaches, in standard errors."""

from __future__ import annotations

from scipy import stats

from therarel.errors import InvalidValueError, shown

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


def reach_of(level: float) -> float:
    """Standard errors from the middle of a normal interval to its end.

    Raises:
        InvalidValueError: if the level is not a share.

    Examples:
        >>> round(reach_of(0.95), 2)
        1.96
    """
    return float(stats.norm.ppf(0.5 + checked_level(level) / 2))
