"""Which column is a model's time: the one that was named, or the only one that can be it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from therarel.errors import InvalidValueError
from therarel.tables.arrays import Ints

if TYPE_CHECKING:
    import pandas as pd


def candidates_for_time(frame: pd.DataFrame, names: Iterable[str], groups: Ints) -> tuple[str, ...]:
    """The columns that could be time: numbers, dates as days, that change within a dyad.

    Args:
        frame: The rows that are used.
        names: The columns that the model reads.
        groups: The dyad of each row.
    """
    varying = []
    for name in sorted(names):
        if frame[name].dtype.kind == "f":
            within = frame[name].groupby(groups)
            if bool((within.max() > within.min()).any()):
                varying.append(name)
    return tuple(varying)


def checked_time(name: str, frame: pd.DataFrame) -> str:
    """A column that was named as time.

    Raises:
        InvalidValueError: if it holds neither numbers nor dates.
    """
    if frame[name].dtype.kind != "f":
        raise InvalidValueError(
            "time is a column of numbers or dates", where="time", value=f"'{name}'",
            hint="give the number or the date of each session",
        )  # fmt: skip
    return name


def time_words(name: str | None, candidates: Sequence[str], *, days: bool) -> str | None:
    """Which column is a model's time, for a summary; ``None`` where nothing in the model could be it."""
    if name is not None:
        return f"time: {name}{', in days' if days else ''}"
    return f"time: not said ({', '.join(candidates)} could be it)" if candidates else None


def unknown_time(candidates: Sequence[str]) -> InvalidValueError:
    """The refusal of what needs a time that is not known, with the columns that could be it."""
    if candidates:
        listed = " or ".join(f"time='{name}'" for name in candidates)
        return InvalidValueError(
            "several columns could be the time", where="time", value=", ".join(f"'{name}'" for name in candidates),
            hint=f"fit with {listed}",
        )  # fmt: skip
    return InvalidValueError(
        "the column of time is not known: no column of numbers or dates in the formulas changes within a dyad",
        where="time", hint="fit with time= the column of sessions or dates",
    )  # fmt: skip


Keys: TypeAlias = Sequence[np.ndarray[tuple[int], np.dtype[np.generic]]]


def row_order(keys: Keys, further: Callable[[], Keys]) -> Ints | None:
    """The order of rows by several keys, the last key first; ``None`` if they are in it already.

    Args:
        keys: Numbers for each row.
        further: More keys, that count less, for rows that are equal in all of these.
    """
    order, tied = _order(keys)
    return _order([*further(), *keys])[0] if tied else order


def _order(keys: Keys) -> tuple[Ints | None, bool]:
    """The order of rows, ``None`` if they are in it, and whether some are equal in every key."""
    order = None if _stand(keys)[0] else np.lexsort(list(keys)).astype(np.int64)
    return order, _stand(keys if order is None else [key[order] for key in keys])[1]


def _stand(keys: Keys) -> tuple[bool, bool]:
    """Whether rows are in the order of the keys, and whether neighbours are equal in every key."""
    tied = np.ones(max(len(keys[0]) - 1, 0), dtype=bool)
    for key in reversed(keys):
        before, after = key[:-1][tied], key[1:][tied]
        if (before > after).any():  # type: ignore[operator]  # keys are numbers
            return False, False
        tied[tied] = before == after
    return True, bool(tied.any())
