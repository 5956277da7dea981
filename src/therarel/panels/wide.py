"""Wide tables: one row per dyad, one column per session."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import polars as pl
from narwhals.typing import IntoFrame

from therarel.errors import InvalidValueError, shown
from therarel.panels import frames
from therarel.panels.table import RawTable, Roles, found_column
from therarel.panels.terms import SessionIndex

__all__ = ["from_wide"]


def from_wide(
    frame: IntoFrame,
    dyad: str,
    sessions: Mapping[str, float],
    therapist: str | None,
    covariates: Sequence[str],
    index: SessionIndex,
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
    present = frames.names_of(frame)
    for name in [*people.values(), *covariates, *names]:
        found_column(present, name, "sessions" if name in numbers else "columns")
    taken = frames.to_polars(frame, [*people.values(), *covariates, *names])
    scores = taken.select(names)
    common = pl.Float64 if all(kind.is_numeric() for kind in scores.dtypes) else pl.String
    long = pl.concat(
        taken.select(
            *(pl.col(name).alias(role) for role, name in people.items()),
            *(pl.col(name) for name in covariates),
            pl.lit(numbers[name], pl.Float64).alias("session"),
            scores[name].cast(common).alias("score"),
            pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).alias("row"),
        )
        for name in names
    )
    kind = frames.kind_of(frame)
    return RawTable(
        frame=long,
        roles=roles,
        height=long.height,
        kind=kind,
        source=f"a wide {kind} table of {taken.height:,} rows and {len(names)} sessions",
        column_of={number: name for name, number in numbers.items()},
    )


def _numbers(sessions: Mapping[str, float]) -> dict[str, float]:
    numbers: dict[str, float] = {}
    if not isinstance(sessions, Mapping):
        raise InvalidValueError(
            "each column of scores needs its session", where="sessions", value=shown(sessions),
            hint="such as sessions={'s1': 1, 's2': 2}",
        )  # fmt: skip
    for name, number in sessions.items():
        if type(number) not in (int, float) or not math.isfinite(number):
            raise InvalidValueError(
                "the session of a column is a number", where=f"sessions[{name!r}]", value=shown(number)
            )
        numbers[name] = float(number)
    if not numbers or len(set(numbers.values())) < len(numbers):
        raise InvalidValueError(
            "each column has a session number of its own",
            where="sessions",
            value=shown(sessions),
            hint="such as sessions={'s1': 1, 's2': 2}",
        )
    return numbers
