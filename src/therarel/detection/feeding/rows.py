"""Rows of whole dyads, and what of them counts as a score."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import narwhals as nw
import numpy as np
import numpy.typing as npt
from attrs import frozen

from therarel.noise.context import PanelContext
from therarel.noise.series import Series, scored
from therarel.tables.arrays import Codes, Floats, Truths, Whole
from therarel.tables.frames import worded
from therarel.vocabulary import Vocabulary

Frame = nw.DataFrame[Any]
"""A table in memory, of any library."""


class LeftOut(Vocabulary, links={}):
    """Why a row that holds a score is judged as if it had none."""

    NO_DYAD = "no_dyad"
    """The row does not say whose session it is."""
    NO_SESSION = "no_session"
    """The row does not say which session it is."""
    OUTSIDE_SCALE = "outside_scale"
    """The score lies outside the scale."""
    REPEATED_SESSION = "repeated_session"
    """The dyad has another row for the same session."""


_LEFT_OUT: Final = tuple(LeftOut)


@frozen(eq=False)
class Rows:
    """Whole dyads as arrays, in the order of dyads and sessions.

    Args:
        starts: Row at which each dyad begins, and the number of rows; shape ``(g + 1,)``.
        named: Which rows say whose session they are; shape ``(n,)``.
        session: Sessions, NaN where there is none; shape ``(n,)``.
        score: Scores as they stand, NaN where there is none; shape ``(n, c)``, the primary ones first.
    """

    starts: Whole
    named: Truths
    session: Floats
    score: Floats


@frozen(eq=False)
class Prepared:
    """The scored sessions of some rows.

    Args:
        series: The scored sessions, oriented; ``None`` where there is not one.
        there: The rows that they are; shape ``(n,)``.
        dyads: The dyads that have one; shape ``(g,)``.
        left_out: For each row a number, 0 or one more than the place in `LeftOut`; shape ``(n,)``.
    """

    series: Series | None
    there: Truths
    dyads: Truths
    left_out: Codes


def prepared(rows: Rows, context: PanelContext, *, higher_is_better: bool) -> Prepared:
    """What of some rows counts as a score, and why the rest does not.

    Args:
        rows: The rows.
        context: The scale.
        higher_is_better: Direction of the scores.
    """
    primary = rows.score[:, 0]
    held, nowhere = ~np.isnan(primary), np.isnan(rows.session)
    same = np.zeros(primary.size, dtype=np.bool_)
    same[1:] = rows.session[1:] == rows.session[:-1]
    same[rows.starts[:-1][rows.starts[:-1] < primary.size]] = False
    again = same.copy()
    again[:-1] |= same[1:]
    turned = rows.score if higher_is_better else -rows.score
    low, high = context.minimum - context.tolerance, context.maximum + context.tolerance
    with np.errstate(invalid="ignore"):
        outside = (turned < low) | (turned > high)
    left_out = np.zeros(primary.size, dtype=np.uint8)
    for why, found in (
        (LeftOut.OUTSIDE_SCALE, outside[:, 0]),
        (LeftOut.REPEATED_SESSION, again),
        (LeftOut.NO_SESSION, nowhere),
        (LeftOut.NO_DYAD, ~rows.named),
    ):
        if found.any():
            left_out[found & held] = 1 + _LEFT_OUT.index(why)
    counted = ~again & ~nowhere & rows.named
    there = counted & (left_out == 0) & held
    starts, session, score = rows.starts, rows.session, rows.score
    before = starts if there.all() else np.concatenate(([0], np.cumsum(there)))[starts]
    dyads = np.diff(before) > 0
    if not there.any():
        return Prepared(None, there, dyads, left_out)
    if left_out.any():
        score = np.where((left_out == 0)[:, None] & ~outside, score, np.nan)
    elif score.shape[1] > 1:
        score = np.where(outside, np.nan, score)
    if not counted.all():
        starts = np.concatenate(([0], np.cumsum(counted)))[starts]
        session, score = session[counted], score[counted]
    beside = score[:, 1:] if score.shape[1] > 1 else None
    series, _, _ = scored(starts, session, score[:, 0], higher_is_better=higher_is_better, beside=beside)
    return Prepared(series, there, dyads, left_out)


def words(name: str, code: Codes, meanings: Mapping[int, str | None], backend: Any) -> nw.Series[Any]:
    """A column of words of a type that holds each word once, null where a code has none."""
    if backend.is_polars():
        return nw.from_native(worded({name: (code, meanings)})[name], series_only=True)
    import pyarrow as pa  # type: ignore[import-untyped]  # it ships no types

    vocabulary = list(dict.fromkeys(word for word in meanings.values() if word is not None))
    places = bytearray(b"\xff" * 256)  # -1 as a signed byte
    for each, word in meanings.items():
        places[each] = vocabulary.index(word) if word is not None else 0xFF
    at = np.frombuffer(code.tobytes().translate(places), dtype=np.int8)
    # Arrow's own layout, a bit per row that has a word and then the place of the word: nothing is looked at again.
    present = np.packbits(at >= 0, bitorder="little")
    indices = pa.Array.from_buffers(pa.int8(), at.size, [pa.py_buffer(present), pa.py_buffer(at)])
    column = pa.DictionaryArray.from_arrays(indices, pa.array(vocabulary, pa.string()), safe=False)
    made: nw.Series[Any] = nw.from_native(pa.chunked_array([column]), series_only=True).alias(name)
    return made


def numbers(name: str, values: npt.NDArray[Any], backend: Any) -> nw.Series[Any]:
    """A column of numbers, null where there is none."""
    if values.dtype.kind != "f":
        return nw.new_series(name, values, nw.Int64, backend=backend)
    found = nw.new_series(name, values, nw.Float64, backend=backend)
    return found.to_frame().select(nw.when(~nw.col(name).is_nan()).then(nw.col(name)).alias(name))[name]


def frame_of(batch: Any) -> Frame:
    """An Arrow batch as a table."""
    import pyarrow as pa

    return nw.from_native(pa.Table.from_batches([batch]), eager_only=True)


def quoted(name: str) -> str:
    """A column's name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


def whole_dyads(frames: Iterable[Frame], dyad: str) -> Iterator[Frame]:
    """Sorted tables that hold whole dyads: the last dyad of a table waits for the next one.

    Args:
        frames: Tables, sorted by dyad one after the other.
        dyad: Column of the dyad's label.
    """
    waiting: Frame | None = None
    for frame in frames:
        if not len(frame):
            continue
        joined = frame if waiting is None else nw.concat([waiting, frame])
        label = joined[dyad]
        other = (label[1:] != label[:-1]).fill_null(value=False).to_numpy() | (
            label[1:].is_null() != label[:-1].is_null()
        ).to_numpy()
        cuts = np.flatnonzero(other)
        if not cuts.size:
            waiting = joined
            continue
        cut = int(cuts[-1]) + 1
        yield joined[:cut]
        waiting = joined[cut:]
    if waiting is not None:
        yield waiting
