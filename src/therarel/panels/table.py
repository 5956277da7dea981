"""The columns of a table that a panel needs, long or wide, under the names of their roles."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import polars as pl
from attrs import field, frozen

from therarel.counting import counted
from therarel.errors import InvalidValueError, UnknownNameError, as_number, nearest, shown
from therarel.panels.problems import PanelProblem
from therarel.panels.terms import Action, ProblemKind, SessionIndex
from therarel.tables import Limits, OpenTable, Table
from therarel.tables.showing import listed_names, shown_name
from therarel.tables.table import Lines

_RESERVED: Final = ("dyad", "session", "score", "therapist", "rater", "row", "line", "date")


@frozen(kw_only=True)
class Roles:
    """Which column holds what: names as in the table.

    Args:
        dyad: Column of the dyad's label.
        session: Column of the session.
        score: Column of the score.
        therapist: Column of the therapist's label, if there is one.
        rater: Column of the rater, if there is one.
        covariates: Further columns to keep.
        guessed: Roles whose column was guessed from its name.
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
            raise InvalidValueError("one column cannot hold two things", where="columns", value=shown_name(twice[0]))
        taken = sorted(set(self.covariates) & set(_RESERVED))
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

    def within(self, names: Sequence[str], *, sure: bool) -> None:
        """Check that the table has every column, and each once.

        Raises:
            UnknownNameError: naming the nearest column there is.
            InvalidValueError: if two columns share a name that is needed.
        """
        for role, name in [*self.by_role().items(), *(("covariates", each) for each in self.covariates)]:
            found_column(names, name, role, sure=sure)


@frozen(kw_only=True, eq=False)
class RawTable:
    """The needed columns under the names of their roles, with ``row`` counted from 1.

    Args:
        frame: Columns dyad, session, score, therapist, rater (where present), covariates, row.
        roles: Which column was which.
        height: Number of rows that were read, those that could not be taken apart among them.
        kind: Kind of table that came in: ``polars``, ``pandas``, ``pyarrow``, ``duckdb``.
        source: What was read, in words, such as ``clinic.csv (CSV, separated by ';')``.
        file: The file that was read; ``None`` where there is none.
        notes: What concerns the file as a whole.
        broken: Rows that could not be taken apart into cells.
        lines: The lines of a file at which given rows begin; ``None`` where there are no lines.
        comma: Whether numbers may have a decimal comma.
        column_of: For a table that was wide, the column of each session; ``None`` for a long one.
        limits: How many problems are kept row by row.
    """

    frame: pl.DataFrame = field(repr=False)
    roles: Roles
    height: int
    kind: str = "polars"
    source: str = "a table"
    file: Path | None = None
    notes: tuple[PanelProblem, ...] = ()
    broken: tuple[int, ...] = ()
    lines: Callable[[], Lines] | None = None
    comma: bool = False
    column_of: Mapping[float, str] | None = None
    limits: Limits = field(factory=Limits)


def raw_table(opened: OpenTable, roles_of: Callable[[OpenTable], Roles], limits: Limits) -> RawTable:
    """Read the columns that are needed.

    Args:
        opened: The table, its names known.
        roles_of: Which columns are needed, given the names of all.
        limits: How many problems are kept row by row.

    Raises:
        UnknownNameError: if a column is not there.
        InvalidValueError: if two columns share a name that is needed.
    """
    roles = roles_of(opened)
    roles.within(opened.names, sure=opened.surely_named)
    table = opened.read(roles.columns())
    return RawTable(
        frame=_by_role(table, roles),
        roles=roles,
        height=table.height,
        kind=table.kind,
        source=table.source,
        notes=tuple(PanelProblem(ProblemKind(note.kind.value), Action.KEPT, str(note)) for note in table.notes),
        broken=table.broken,
        lines=table.lines,
        comma=table.comma,
        limits=limits,
    )


def _by_role(table: Table, roles: Roles) -> pl.DataFrame:
    return table.frame.select(
        *(pl.col(name).alias(role) for role, name in roles.by_role().items()),
        *(pl.col(name) for name in roles.covariates),
    ).with_columns(table.row.alias("row"))


def found_column(names: Iterable[str], name: str, role: str, *, sure: bool = True) -> None:
    """Check that a column is there, once.

    Args:
        names: The names of the columns.
        name: The one that is needed.
        role: What it is needed for.
        sure: Whether these are surely names, and not the first row of data, so that a hint may show them.

    Raises:
        UnknownNameError: naming the nearest column there is.
        InvalidValueError: if two columns have the name.
    """
    names = list(names)
    if names.count(name) > 1:
        raise InvalidValueError("two columns have the same name", where=role, value=shown_name(name))
    if name not in names:
        near = nearest(name, names) if sure else None
        raise UnknownNameError(
            "there is no such column",
            where=role,
            value=shown_name(name),
            hint=f"did you mean {shown_name(near)}?" if near is not None else listed_names(names, sure=sure),
        )


_NUMBERED: Final = re.compile(
    r"(.*?)(?:[_. -]*(?:session|sess|week|month|visit|time|s|w|m|v|t))?[_. -]*(\d{1,3})", re.IGNORECASE
)
_FEWEST: Final = 3


def from_wide(
    opened: OpenTable,
    dyad: str,
    sessions: Mapping[str, float],
    therapist: str | None,
    covariates: Sequence[str],
    index: SessionIndex,
    limits: Limits,
) -> RawTable:
    """Turn a wide table long; ``row`` stays the row of the wide table.

    Raises:
        InvalidValueError: if ``sessions`` does not give each column a number of its own, or the index is dates.
        UnknownNameError: if a column is not there.
    """
    numbers = _numbers(sessions)
    if index is SessionIndex.DATED:
        raise InvalidValueError(
            "the columns of a wide table are numbered, not dated",
            where="index",
            hint="turn the table long and use from_frame",
        )
    names = list(numbers)
    roles = Roles(dyad=dyad, session="column heading", score="cell", therapist=therapist, covariates=tuple(covariates))
    people = {"dyad": dyad, **({"therapist": therapist} if therapist else {})}
    for name in [*people.values(), *covariates, *names]:
        found_column(opened.names, name, "sessions" if name in numbers else "columns", sure=opened.surely_named)
    table = opened.read([*people.values(), *covariates, *names])
    taken = table.frame.with_columns(table.row.alias("__row__"))
    scores = taken.select(names)
    common = pl.Float64 if all(kind.is_numeric() for kind in scores.dtypes) else pl.String
    long = pl.concat(
        taken.select(
            *(pl.col(name).alias(role) for role, name in people.items()),
            *(pl.col(name) for name in covariates),
            pl.lit(numbers[name], pl.Float64).alias("session"),
            scores[name].cast(common).alias("score"),
            pl.col("__row__").alias("row"),
        )
        for name in names
    )
    return RawTable(
        frame=long,
        roles=roles,
        height=long.height + len(table.broken),
        kind=table.kind,
        source=f"{table.source}, wide: {counted(taken.height, 'row')} and {counted(len(names), 'session')}",
        notes=tuple(PanelProblem(ProblemKind(note.kind.value), Action.KEPT, str(note)) for note in table.notes),
        broken=table.broken,
        lines=table.lines,
        comma=table.comma,
        column_of={number: name for name, number in numbers.items()},
        limits=limits,
    )


def numbered_columns(names: Sequence[str]) -> dict[str, float]:
    """Columns that are named alike and numbered, as a wide table has one for each session; empty if there are none.

    Examples:
        >>> numbered_columns(["client", "phq9_s1", "phq9_s2", "phq9_s3"])
        {'phq9_s1': 1.0, 'phq9_s2': 2.0, 'phq9_s3': 3.0}
    """
    groups: dict[str, dict[str, float]] = {}
    for name in names:
        numbered = _NUMBERED.fullmatch(name)
        if numbered is not None:
            groups.setdefault(numbered[1].lower(), {})[name] = float(numbered[2])
    best = max(groups.values(), key=len, default={})
    return best if len(best) >= _FEWEST and len(set(best.values())) == len(best) else {}


def _numbers(sessions: Mapping[str, float]) -> dict[str, float]:
    if not isinstance(sessions, Mapping):
        raise InvalidValueError(
            "each column of scores needs its session", where="sessions", value=shown(sessions),
            hint="such as sessions={'s1': 1, 's2': 2}",
        )  # fmt: skip
    numbers = {name: as_number(number, where=f"sessions[{shown(name)}]") for name, number in sessions.items()}
    if not numbers or len(set(numbers.values())) < len(numbers):
        raise InvalidValueError(
            "each column has a session number of its own",
            where="sessions",
            value=shown(sessions),
            hint="such as sessions={'s1': 1, 's2': 2}",
        )
    return numbers
