"""Rows of one dyad and session: those that agree become one, those that contradict each other wait for a choice."""

from __future__ import annotations

from typing import Final

import polars as pl

from therarel.panels.listing import Listing
from therarel.panels.options import PanelPolicy
from therarel.panels.terms import Action, Duplicates, ProblemKind

_KEY: Final = ("dyad", "session")
_PLACE: Final = ("row", "session")  # a row of a table that was wide stands for several sessions
_WORDS: Final = {
    Duplicates.LEFT_OUT: (
        "so none is used: keep the rows of one rater and one instrument, or choose duplicates='first', 'last' or 'mean'"
    ),
    Duplicates.FIRST: "the first one read is used",
    Duplicates.LAST: "the last one read is used",
    Duplicates.MEAN: "the mean of their scores is used",
    Duplicates.REFUSED: "which is refused",
}


def settle(rows: pl.DataFrame, listing: Listing, policy: PanelPolicy) -> pl.DataFrame:
    """One row per dyad and session, from rows sorted by both; the columns used for comparing go.

    Rows agree when no column holds two different values; an empty cell agrees with everything. A row without a score
    contradicts no row that has one, whatever else is in it.
    """
    dyad, session = rows["dyad"], rows["session"]
    as_before = ((dyad == dyad.shift(1)) & (session == session.shift(1))).fill_null(False)
    if not as_before.any():
        return rows.drop("seen", "unclear")
    repeated = as_before | as_before.shift(-1).fill_null(False)
    several = _without_empty(rows.filter(repeated).sort(*_KEY, "row"), listing)
    told = [name for name in several.columns if name not in (*_KEY, "row", "score")]
    agree = pl.all_horizontal(pl.col(name).drop_nulls().n_unique().over(_KEY) <= 1 for name in told)
    several = several.with_columns(agree.alias("agree"))
    kept = pl.concat(
        [
            _agreeing(several.filter("agree").drop("agree"), listing, told),
            _conflicting(several.filter(~pl.col("agree")).drop("agree"), listing, policy.duplicates),
        ]
    )
    once = rows.filter(~repeated)
    return pl.concat([once, kept]).sort(_KEY).drop("seen", "unclear")


def _without_empty(rows: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """The rows less those without a score beside one that has a score."""
    scored = pl.col("seen").is_not_null()
    empty = rows.select(gone=~scored & scored.any().over(_KEY))["gone"]
    listing.add(ProblemKind.DUPLICATE, Action.MERGED, rows.filter(empty))
    return rows.filter(~empty)


def _agreeing(rows: pl.DataFrame, listing: Listing, told: list[str]) -> pl.DataFrame:
    """The first row that has a score stands for all; cells it lacks are filled from the others."""
    filled = rows.with_columns(pl.col(name).drop_nulls().first().over(_KEY) for name in [*told, "score"])
    best = filled.with_columns(rows["score"].is_null().alias("poorer")).sort(*_KEY, "poorer", "row").drop("poorer")
    first = best.unique(_KEY, keep="first")
    merged = rows.join(first.select(_PLACE), on=_PLACE, how="anti")
    listing.add(ProblemKind.DUPLICATE, Action.MERGED, merged)
    return first


def _conflicting(rows: pl.DataFrame, listing: Listing, choice: Duplicates) -> pl.DataFrame:
    listing.bounds[ProblemKind.CONFLICTING_DUPLICATE] = _WORDS[choice]
    kind = ProblemKind.CONFLICTING_DUPLICATE
    values = rows["seen"]
    match choice:
        case Duplicates.LEFT_OUT:
            listing.add(kind, Action.LEFT_OUT, rows, column=listing.roles.score, values=values)
            return rows.clear()
        case Duplicates.REFUSED:
            listing.add(kind, Action.REFUSED, rows, column=listing.roles.score, values=values)
            return rows.clear()
        case Duplicates.FIRST:
            keep = rows.unique(_KEY, keep="first")
        case Duplicates.LAST:
            keep = rows.unique(_KEY, keep="last")
        case _:
            # What else the rows contradict each other in has no mean: it is not known.
            others = [name for name in rows.columns if name not in (*_KEY, "row", "score", "seen", "unclear")]
            keep = rows.with_columns(
                pl.col("score").sort().mean().over(_KEY),
                *(
                    pl.when(pl.col(name).drop_nulls().n_unique().over(_KEY) <= 1)
                    .then(pl.col(name).drop_nulls().first().over(_KEY))
                    .alias(name)
                    for name in others
                ),
            ).unique(_KEY, keep="first")
    gone = rows.join(keep.select(_PLACE), on=_PLACE, how="anti")
    listing.add(kind, Action.MERGED, gone, column=listing.roles.score, values=gone["seen"])
    return keep
