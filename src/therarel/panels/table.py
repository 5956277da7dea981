"""A table as it was read, before anything is made of its cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import polars as pl
from attrs import field, frozen

from therarel.errors import InvalidValueError, UnknownNameError, nearest, shown
from therarel.panels.problems import PanelProblem

__all__ = ["COUNTED", "RawTable", "Roles", "found_column", "renamed"]

COUNTED: Final = "__row__"
"""Row numbers that a reader has counted itself travel in a column of this name."""

RESERVED: Final = ("dyad", "session", "score", "therapist", "rater", "row", "line", "date")


@frozen(kw_only=True)
class Roles:
    """Which column holds what: names as they stand in the table.

    Args:
        dyad: Column of the dyad's label.
        session: Column of the session.
        score: Column of the score.
        therapist: Column of the therapist's label, if there is one.
        rater: Column of the rater, if there is one.
        covariates: Further columns to keep.
        guessed: Roles of which the column was guessed from its name.
    """

    dyad: str
    session: str
    score: str
    therapist: str | None = None
    rater: str | None = None
    covariates: tuple[str, ...] = ()
    guessed: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        named = [*self.by_role().values(), *self.covariates]
        twice = sorted({name for name in named if named.count(name) > 1})
        if twice:
            raise InvalidValueError("one column cannot hold two things", where="columns", value=listable(twice[0]))
        taken = sorted(set(self.covariates) & set(RESERVED))
        if taken:
            raise InvalidValueError(
                "a covariate may not have the name of a panel's own column",
                where="covariates",
                value=shown(taken[0]),
                hint="rename it first",
            )

    def by_role(self) -> dict[str, str]:
        """The columns of the roles that are filled, without covariates."""
        roles = {role: getattr(self, role) for role in ("dyad", "session", "score", "therapist", "rater")}
        return {role: name for role, name in roles.items() if name is not None}

    def columns(self) -> tuple[str, ...]:
        """All columns that are needed."""
        return (*self.by_role().values(), *self.covariates)

    def within(self, names: Sequence[str]) -> None:
        """Check that the table has every column, and each once.

        Raises:
            UnknownNameError: naming the nearest column there is.
            InvalidValueError: if two columns share a name that is needed.
        """
        for role, name in [*self.by_role().items(), *(("covariates", each) for each in self.covariates)]:
            found_column(names, name, role)


@frozen(kw_only=True)
class RawTable:
    """The needed columns under the names of their roles, with ``row`` counted from 1.

    Args:
        frame: Columns dyad, session, score, therapist, rater (where present), covariates, row.
        roles: Which column was which.
        height: Number of rows that were read, those that could not be taken apart among them.
        kind: Kind of table that came in: ``polars``, ``pandas``, ``pyarrow``, ``duckdb``.
        source: What was read, in words, such as ``clinic.csv (CSV, separated by ';')``.
        notes: What concerns the file as a whole.
        broken: Rows that could not be taken apart into cells.
        lines: The lines of a file at which given rows begin; ``None`` where there are no lines.
        comma: Whether numbers may have a decimal comma.
        column_of: For a table that was wide, the column of each session; ``None`` for a long one.
    """

    frame: pl.DataFrame = field(repr=False, eq=False)
    roles: Roles
    height: int
    kind: str = "polars"
    source: str = "a table"
    notes: tuple[PanelProblem, ...] = ()
    broken: tuple[int, ...] = ()
    lines: Callable[[], Mapping[int, int] | int | None] | None = None
    comma: bool = False
    column_of: Mapping[float, str] | None = None


def found_column(names: Iterable[str], name: str, role: str) -> None:
    """Check that a column is there, once.

    Raises:
        UnknownNameError: naming the nearest column there is.
        InvalidValueError: if two columns have the name.
    """
    names = list(names)
    if names.count(name) > 1:
        raise InvalidValueError("two columns have the same name", where=role, value=shown(name))
    if name not in names:
        near = nearest(name, names)
        known = ", ".join(listable(each) for each in names[:12])
        raise UnknownNameError(
            "there is no such column",
            where=role,
            value=listable(name),
            hint=f"did you mean {listable(near)}?" if near is not None else f"the columns are {known}",
        )


def listable(name: str) -> str:
    """A column's name as a message may show it; what is too long for a name is described by its length."""
    return repr(name) if len(name) <= 40 and len(name.split()) <= 4 else f"text of {len(name)} characters"


def renamed(frame: pl.DataFrame, roles: Roles) -> pl.DataFrame:
    """The needed columns under the names of their roles, and ``row`` unless the reader has counted the rows."""
    counted = COUNTED in frame.columns
    chosen = frame.select(
        *(pl.col(name).alias(role) for role, name in roles.by_role().items()),
        *(pl.col(name) for name in roles.covariates),
        *([pl.col(COUNTED).alias("row")] if counted else []),
    )
    if counted:
        return chosen
    return chosen.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).alias("row"))
