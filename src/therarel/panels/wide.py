"""Wide tables: one row per dyad, one column per session."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from therarel.counting import counted
from therarel.errors import InvalidValueError, as_number, shown
from therarel.panels.problems import PanelProblem
from therarel.panels.table import RawTable, Roles, found_column
from therarel.panels.terms import Action, ProblemKind, SessionIndex
from therarel.tables import Limits, OpenTable

__all__ = ["from_wide", "numbered_columns"]

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
