"""Blocks of whole dyads: the form in which numbers leave a panel for computing."""

from __future__ import annotations

from collections.abc import Iterator, Sized
from typing import TypeVar

import numpy as np
import polars as pl
from attrs import field, frozen
from numpy.typing import NDArray

from therarel.errors import InvalidValueError, is_whole, shown

Number = TypeVar("Number", bound=np.generic)


def _length(values: Sized) -> str:
    """What a repr shows of labels and scores: how many there are."""
    return str(len(values))


@frozen(eq=False)
class Block:
    """Some whole dyads of a panel as arrays: g dyads with n sessions in all. The arrays are read-only.

    Args:
        dyads: The g labels, ascending; none in a block that was asked for without labels.
        starts: Shape (g + 1,): dyad i has the rows ``starts[i]:starts[i + 1]`` of this block.
        session: Shape (n,): session numbers (days for a dated panel), strictly increasing within a dyad.
        score: Shape (n,): scores as read, in the panel's own direction; NaN where a session has no score.
        first_row: Place of the block's first row in the sorted panel, from 0.

    Examples:
        >>> from therarel.panels import Panel
        >>> panel = Panel.from_arrays(["A", "A", "B"], [1, 2, 1], [4, 5, 3], scale=(1, 5), higher_is_better=True)
        >>> [block.dyads for block in panel.blocks(rows=2)]
        [['A'], ['B']]
    """

    dyads: list[str] = field(repr=_length)
    starts: NDArray[np.int64] = field(repr=False)
    session: NDArray[np.float64] = field(repr=False)
    score: NDArray[np.float64] = field(repr=_length)
    first_row: int

    @property
    def n_dyads(self) -> int:
        """Number of dyads, g."""
        return len(self.starts) - 1

    @property
    def n_sessions(self) -> int:
        """Number of sessions, n."""
        return len(self.session)


def starts_of(dyad: pl.Series) -> NDArray[np.int64]:
    """Where each dyad begins in a sorted column, and one past the end: shape (g + 1,)."""
    if not len(dyad):
        return np.zeros(1, np.int64)
    changes = dyad.slice(1).ne_missing(dyad.head(len(dyad) - 1)).arg_true().to_numpy().astype(np.int64)
    return np.concatenate([np.zeros(1, np.int64), changes + 1, np.asarray([len(dyad)], np.int64)])


def blocks_of(frame: pl.DataFrame, starts: NDArray[np.int64], rows: int, *, labels: bool) -> Iterator[Block]:
    """Cut sorted rows into blocks of at most ``rows`` rows; a longer dyad is a block of its own.

    Raises:
        InvalidValueError: if ``rows`` is not a whole number of at least 1.
    """
    if not is_whole(rows) or rows < 1:
        raise InvalidValueError("a block has at least one row", value=shown(rows), where="rows")
    return _cut(frame, starts, rows, labels)


def _cut(frame: pl.DataFrame, starts: NDArray[np.int64], rows: int, labels: bool) -> Iterator[Block]:
    begin, last = 0, len(starts) - 1
    while begin < last:
        end = int(np.searchsorted(starts, starts[begin] + rows, side="right")) - 1
        end = max(end, begin + 1)
        first, stop = int(starts[begin]), int(starts[end])
        part = frame.slice(first, stop - first)
        yield Block(
            dyads=part["dyad"].gather(starts[begin:end] - first).to_list() if labels else [],
            starts=_read_only(starts[begin : end + 1] - first),
            session=_read_only(part["session"].to_numpy()),
            score=_read_only(part["score"].fill_null(np.nan).to_numpy()),
            first_row=first,
        )
        begin = end


def _read_only(array: NDArray[Number]) -> NDArray[Number]:
    array.flags.writeable = False
    return array
