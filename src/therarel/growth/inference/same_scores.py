"""The rows of two fits side by side: the same scores, whatever order their tables came in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from therarel.errors import InvalidValueError
from therarel.growth.arrays import Ints
from therarel.growth.inference.estimates import Estimates

__all__ = ["Orders", "row_orders"]

Orders = tuple[Ints, Ints]
"""For each of two fits the order in which its rows match those of the other."""


def row_orders(one: Estimates, other: Estimates) -> Orders:
    """The orders in which the rows of two fits are the same scores, whatever order their tables came in.

    Raises:
        InvalidValueError: if the fits are not of the same scores, or it is not known which row is which.
    """
    first, second = one.design, other.design
    orders = np.argsort(first.rows, kind="stable"), np.argsort(second.rows, kind="stable")
    if np.array_equal(first.rows[orders[0]], second.rows[orders[1]]) and np.array_equal(
        first.score[orders[0]], second.score[orders[1]]
    ):
        return orders
    return _by_columns(one, other)


def _by_columns(one: Estimates, other: Estimates) -> Orders:
    """Rows of tables in different orders, matched by the columns that both have."""
    columns = [_columns(fit) for fit in (one, other)]
    score = one.design.request.score
    common = [name for name in columns[0] if name in columns[1]]
    if one.n_scores != other.n_scores or score not in common:
        raise _other_scores(one, other)
    keys = [_ranks([side[name] for side in columns]) for name in sorted(common)]
    sides = [np.stack([pair[side] for pair in keys]) for side in (0, 1)]
    orders = [np.lexsort(side).astype(np.int64) for side in sides]
    if not np.array_equal(sides[0][:, orders[0]], sides[1][:, orders[1]]):
        raise _other_scores(one, other)
    tied = (np.diff(sides[0][:, orders[0]], axis=1) == 0).all(axis=0)
    own = [[side[name] for name in side if name not in common] for side in columns]
    if not any(_constant(values, order, tied) for values, order in zip(own, orders, strict=True)):
        raise InvalidValueError(
            "the tables hold the same scores in different orders, and nothing says which row is which",
            where="compare", hint="fit both models to the same table",
        )  # fmt: skip
    return orders[0], orders[1]


def _columns(fit: Estimates) -> dict[str, Any]:
    """The columns of the rows that a fit used, in the order of its design."""
    table, rows = fit.design.table, fit.design.rows
    columns: dict[str, Any] = {str(name): table.frame[name].iloc[rows].to_numpy() for name in table.frame}
    for name, group in table.groups.items():
        labels = np.array([*group.labels, ""], dtype=object)
        columns[name] = labels[group.codes[rows]]
    return columns


def _ranks(sides: Iterable[Any]) -> tuple[Ints, Ints]:
    """Codes of the values of one column in two tables, equal for equal values."""
    import pandas as pd

    first, second = sides
    codes, _ = pd.factorize(np.concatenate([first, second]), use_na_sentinel=False)
    return np.asarray(codes[: len(first)], np.int64), np.asarray(codes[len(first) :], np.int64)


def _constant(columns: Iterable[Any], order: Ints, tied: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> bool:
    """Whether neighbours that are tied are equal in these columns too, so that they can change places."""
    return all(bool((values[order][1:] == values[order][:-1])[tied].all()) for values in columns)


def _other_scores(one: Estimates, other: Estimates) -> InvalidValueError:
    return InvalidValueError(
        "the models were not fitted to the same scores",
        value=f"{one.n_scores} and {other.n_scores} scores",
        hint="missing covariates drop rows: fit both models to the rows that both can use",
    )
