"""The list that grows while rows are looked at: one line per row and problem."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import polars as pl

from therarel.panels.problems import SCHEMA, code_or_none
from therarel.panels.table import RawTable
from therarel.panels.terms import Action, ProblemKind
from therarel.tables.showing import shown_values


class Listing:
    """Problem rows, gathered while a panel is built.

    Args:
        raw: The table that is read; it knows its columns' names and the lines of its file.

    Attributes:
        bounds: Per kind, what a message names as the bound.
        beyond: Per kind and action, rows that were counted and not kept one by one.
    """

    def __init__(self, raw: RawTable) -> None:
        self.roles = raw.roles
        self.bounds: dict[ProblemKind, str] = {}
        self.beyond: Counter[tuple[str, str]] = Counter()
        self._raw = raw
        self._parts: list[pl.DataFrame] = []
        self._kept: Counter[ProblemKind] = Counter()

    def add(
        self,
        kind: ProblemKind,
        action: Action,
        rows: pl.DataFrame,
        *,
        column: str | None = None,
        values: pl.Series | None = None,
        terms: bool = False,
    ) -> None:
        """List rows under one kind, with the values they hold where these say something.

        Args:
            kind: What is wrong.
            action: What is done about it.
            rows: The rows.
            column: The column in which it is.
            values: The cells, row by row.
            terms: Whether the values are terms of the library, which are shown as they stand, and not somebody's text.
        """
        if not rows.height:
            return
        room = self._raw.limits.problems - self._kept[kind]
        if rows.height > room:
            self.beyond[kind.value, action.value] += rows.height - room
            rows = rows.head(room)
            values = None if values is None else values.head(room)
            if not rows.height:
                return
        self._kept[kind] += rows.height
        session = rows["session"] if "session" in rows.columns else None
        numeric = session is not None and session.dtype == pl.Float64
        part = pl.DataFrame(
            {
                "row": rows["row"],
                "dyad": _each(rows["dyad"], code_or_none),
                "session": session if numeric else pl.Series([None], dtype=pl.Float64).new_from_index(0, rows.height),
            }
        ).with_columns(
            pl.lit(kind.value).alias("kind"),
            pl.lit(action.value).alias("action"),
            pl.lit(column, pl.String).alias("column"),
            pl.lit(None, pl.UInt32).alias("line"),
            _as_shown(values, terms=terms).alias("value"),
        )
        self._parts.append(part.select(list(SCHEMA)))

    def settle(
        self,
        rows: pl.DataFrame,
        kind: ProblemKind,
        action: Action,
        mask: pl.Series,
        *,
        column: str | None = None,
        values: pl.Series | None = None,
    ) -> pl.DataFrame:
        """List the rows of a mask and do with them what was decided; the rows that remain."""
        if not mask.any():
            return rows
        self.add(kind, action, rows.filter(mask), column=column, values=values)
        if action is Action.LEFT_OUT:
            return rows.filter(~mask)
        if action is Action.SCORE_LEFT_OUT:
            return rows.with_columns(rows["score"].set(mask, None))
        return rows

    def add_broken(self, rows: tuple[int, ...]) -> None:
        """List rows that could not be taken apart."""
        if rows:
            frame = pl.DataFrame({"row": pl.Series(rows, dtype=pl.UInt32)}).with_columns(
                pl.lit(None, pl.String).alias("dyad")
            )
            self.add(ProblemKind.UNREADABLE_ROW, Action.LEFT_OUT, frame)

    def table(self) -> pl.DataFrame:
        """All that was listed, with the lines of the file where it has lines."""
        if not self._parts:
            return pl.DataFrame(schema=SCHEMA)
        table = pl.concat(self._parts)
        if self._raw.column_of is not None:
            table = table.with_columns(
                pl.when(pl.col("column") == self.roles.score)
                .then(pl.col("session").replace_strict(self._raw.column_of, default=None))
                .otherwise(pl.col("column"))
                .alias("column")
            )
        lines = self._raw.lines() if self._raw.lines is not None else None
        if isinstance(lines, int):
            return table.with_columns((pl.col("row") + lines).cast(pl.UInt32).alias("line"))
        if isinstance(lines, Mapping):
            found = [lines.get(row) for row in table["row"]]
            return table.with_columns(pl.Series("line", found, pl.UInt32))
        return table


def _as_shown(values: pl.Series | None, *, terms: bool) -> pl.Series | pl.Expr:
    if values is None:
        return pl.lit(None, pl.String)
    return values if terms else shown_values(values)


def _each(column: pl.Series, say: object) -> pl.Series:
    """A column in words; each different value is looked at once."""
    assert callable(say)
    different = column.unique()
    said = pl.Series([say(value) for value in different.to_list()])
    return column.replace_strict(different, said, return_dtype=pl.String)
