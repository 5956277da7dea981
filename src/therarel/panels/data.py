"""What a panel holds: sessions in order, what is known about the scores, and what was found in the data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal, Self, overload

import numpy as np
import polars as pl
from attrs import evolve, field, frozen
from narwhals.typing import IntoFrame
from numpy.typing import NDArray

from therarel.domain.ratings import Construct, Rater, RatingScale, Timing
from therarel.errors import InvalidValueError, UnknownNameError, nearest, shown
from therarel.measures.instrument import Instrument
from therarel.panels.blocks import Block, blocks_of, starts_of
from therarel.panels.options import PanelPolicy
from therarel.panels.problems import PanelProblem
from therarel.panels.risk import risk_of_panel
from therarel.panels.terms import ScaleSource, SessionIndex
from therarel.tables.forks import use_polars
from therarel.tables.frames import as_kind

_LABELS_COMPARED = 5000  # near misses are sought among at most this many labels; more take too long


@frozen(eq=False, repr=False)
class PanelData:
    """The sessions of many dyads, one score per dyad and session, in order; see `Panel`."""

    _sorted_rows: pl.DataFrame = field(alias="rows")
    _starts: NDArray[np.int64]
    _problem_rows: pl.DataFrame
    construct: Construct | None
    scale: RatingScale
    scale_source: ScaleSource
    instrument: str | None
    rater: Rater | None
    timing: Timing | None
    index: SessionIndex
    max_gap: float | None
    problems: tuple[PanelProblem, ...]
    policy: PanelPolicy
    source: str
    file: Path | None
    columns: Mapping[str, str]
    guessed: tuple[str, ...]
    kind: str
    rows_read: int
    form: Instrument | None = None

    @property
    def _rows(self) -> pl.DataFrame:
        """The sessions in order, wherever they are computed with."""
        use_polars()
        return self._sorted_rows

    @overload
    def problem_rows(self, kind: Literal["polars"]) -> pl.DataFrame: ...
    @overload
    def problem_rows(self, kind: str | None = None) -> IntoFrame: ...
    def problem_rows(self, kind: str | None = None) -> IntoFrame:
        """Every row of every problem: kind, action, row, line, column, value (as it may be shown), dyad, session.

        Args:
            kind: The kind of table, as for `to_frame`; ``None`` for the kind that came in.

        Raises:
            InvalidValueError: if the kind is not known.
            ImportError: if its library is not installed.
        """
        return as_kind(self._problem_rows.clone(), self.kind if kind is None else kind)

    @property
    def n_dyads(self) -> int:
        """Number of dyads."""
        return len(self._starts) - 1

    @property
    def n_sessions(self) -> int:
        """Number of sessions, with or without a score."""
        return self._rows.height

    @property
    def n_scored(self) -> int:
        """Number of sessions with a score."""
        return self._rows["score"].count()

    @property
    def n_missing(self) -> int:
        """Number of sessions without a score."""
        return self._rows["score"].null_count()

    @property
    def n_therapists(self) -> int:
        """Number of therapists; 0 if nobody stated them."""
        if "therapist" not in self._rows.columns:
            return 0
        return self._rows["therapist"].drop_nulls().n_unique()

    @property
    def dyads(self) -> list[str]:
        """The labels of the dyads, ascending."""
        return self._rows["dyad"].gather(self._starts[:-1]).to_list()

    def sessions_per_dyad(self) -> NDArray[np.int64]:
        """Number of sessions of each dyad, in the order of `dyads`: shape (g,)."""
        return np.diff(self._starts)

    def blocks(self, rows: int = 65536, *, labels: bool = True) -> Iterator[Block]:
        """Cut the panel into blocks of whole dyads, for computing.

        Args:
            rows: Most rows of a block. A dyad with more is a block of its own.
            labels: Whether the blocks name their dyads; without, their ``dyads`` are empty.

        Raises:
            InvalidValueError: if ``rows`` is not a whole number of at least 1.
        """
        return blocks_of(self._rows, self._starts, rows, labels=labels)

    def dyad(self, label: str) -> IntoFrame:
        """The sessions of one dyad, as the kind of table that came in.

        Raises:
            UnknownNameError: if there is no such dyad.
        """
        return self.only([label]).to_frame()

    def only(self, labels: Iterable[str]) -> Self:
        """The panel of some of its dyads; `problems` stay those of the whole.

        Raises:
            UnknownNameError: if a dyad is not there.
            InvalidValueError: if none is named.

        Examples:
            >>> from therarel.panels import Panel
            >>> panel = Panel.from_arrays(["A", "B"], [1, 1], [4, 5], scale=(1, 5), higher_is_better=True)
            >>> panel.only(["B"]).dyads
            ['B']
        """
        wanted = [str(label) for label in ([labels] if isinstance(labels, str) else labels)]
        if not wanted:
            raise InvalidValueError("no dyad is named", bound="one dyad or more")
        known = self.dyads
        present = set(known)
        for label in wanted:
            if label not in present:
                near = nearest(label, known) if len(known) <= _LABELS_COMPARED else None
                raise UnknownNameError(
                    "there is no such dyad",
                    value=shown(label),
                    hint=None if near is None else f"did you mean {shown(near)}?",
                )
        rows = self._rows.filter(pl.col("dyad").is_in(wanted))
        return evolve(self, rows=rows, starts=starts_of(rows["dyad"]))

    @overload
    def to_frame(self, kind: Literal["polars"]) -> pl.DataFrame: ...
    @overload
    def to_frame(self, kind: str | None = None) -> IntoFrame: ...
    def to_frame(self, kind: str | None = None) -> IntoFrame:
        """The sessions in order, as the kind of table that came in or as another.

        Columns: dyad, session, score (nothing where there is none), therapist, rater, row (the place in what was
        read, from 1), date (dated panels only), covariates.

        Args:
            kind: ``polars``, ``pandas``, ``pyarrow`` or ``duckdb``; ``None`` for the kind that came in.

        Raises:
            InvalidValueError: if the kind is not known.
            ImportError: if its library is not installed.
        """
        rows = self._rows
        if "therapist" not in rows.columns:
            rows = rows.with_columns(pl.lit(None, pl.String).alias("therapist"))
        rows = rows.with_columns(pl.lit(self.rater.value if self.rater else None, pl.String).alias("rater"))
        first = ["dyad", "session", "score", "therapist", "rater", "row"]
        return as_kind(rows.select(*first, pl.exclude(first)), self.kind if kind is None else kind)

    @property
    def risk_note(self) -> str | None:
        """What has to be known of items that ask about risk wherever these scores are shown.

        ``None`` where the instrument has no such item, or is not known.

        Examples:
            >>> from therarel.panels import Panel
            >>> print(Panel.from_arrays([7, 7], [1, 2], [3, 3], instrument="phq-9").risk_note)
            phq-9 asks about risk in item 9 (suicidal thoughts or acts, self harm). These totals do not show what was answered to it: look at the answers themselves.
        """  # noqa: E501 -- a sentence is one line
        return risk_of_panel(self.form, self._rows)

    def __eq__(self, other: object) -> bool:
        """Whether two panels say the same about the same sessions; where they were read does not count."""
        if not isinstance(other, PanelData):
            return NotImplemented
        if self._what() != other._what():
            return False
        mine, theirs = (panel._rows.drop("row") for panel in (self, other))
        return set(mine.columns) == set(theirs.columns) and mine.equals(theirs.select(mine.columns))

    def __hash__(self) -> int:
        return hash((self._what(), self.n_dyads, self.n_sessions))

    def _what(self) -> tuple[object, ...]:
        return (self.construct, self.scale, self.instrument, self.rater, self.timing, self.index, self.max_gap)
