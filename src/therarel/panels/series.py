"""What is worth knowing about whole dyads: gaps, changes of therapist, single sessions, series that never move."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from therarel.panels.blocks import starts_of
from therarel.panels.listing import Listing
from therarel.panels.options import PanelPolicy
from therarel.panels.terms import Action, ProblemKind, farthest

# Two equal scores say little; from three on a flat series is worth a word.
_FLAT_FROM: Final = 3


def look(rows: pl.DataFrame, listing: Listing, policy: PanelPolicy, max_gap: float | None) -> pl.DataFrame:
    """List what is worth knowing; rows of dyads that the policy leaves out are gone.

    Args:
        rows: One row per dyad and session, sorted.
        listing: Where it is listed.
        policy: What is done about it.
        max_gap: Largest distance of neighbouring sessions; ``None`` if unlimited.
    """
    if "therapist" in rows.columns:
        changed = _changed(rows["dyad"], rows["therapist"])
        rows = _settle(
            rows, listing, ProblemKind.THERAPIST_CHANGE, policy.therapist_change, changed, listing.roles.therapist
        )
    if max_gap is not None:
        dyad, session = rows["dyad"], rows["session"]
        wide = ((dyad == dyad.shift(1)) & (session - session.shift(1) > farthest(max_gap))).fill_null(False)
        listing.bounds[ProblemKind.GAP] = f"{max_gap:g}"
        rows = _settle(rows, listing, ProblemKind.GAP, policy.gap, wide, listing.roles.session)
    starts = starts_of(rows["dyad"])
    alone = np.zeros(rows.height, np.bool_)
    alone[starts[:-1][np.diff(starts) == 1]] = True
    rows = _settle(rows, listing, ProblemKind.ONE_ROW_DYAD, policy.one_row_dyad, pl.Series(alone), None)
    flat = _flat(rows)
    return _settle(rows, listing, ProblemKind.CONSTANT_SERIES, policy.constant_series, flat, listing.roles.score)


def _changed(dyad: pl.Series, therapist: pl.Series) -> pl.Series:
    """Whether each row names another therapist than the last one that was named in its dyad."""
    starts = starts_of(dyad)
    place = np.arange(len(dyad))
    named = np.maximum.accumulate(np.where(therapist.is_not_null().to_numpy(), place, -1))
    before = np.concatenate([np.full(1, -1), named[:-1]])
    within = before >= np.repeat(starts[:-1], np.diff(starts))
    return (therapist != therapist.forward_fill().shift(1)).fill_null(False) & pl.Series(within)


def _flat(rows: pl.DataFrame) -> pl.Series:
    """The first row of each dyad whose scores, three or more, are all the same."""
    starts = starts_of(rows["dyad"])[:-1]
    score = rows["score"].fill_null(np.nan).to_numpy()
    low, high = np.fmin.reduceat(score, starts), np.fmax.reduceat(score, starts)
    scored = np.add.reduceat(~np.isnan(score), starts, dtype=np.int64)
    first = np.zeros(len(score), np.bool_)
    first[starts] = (low == high) & (scored >= _FLAT_FROM)
    return pl.Series(first)


def _settle(
    rows: pl.DataFrame,
    listing: Listing,
    kind: ProblemKind,
    action: Action,
    mask: pl.Series,
    column: str | None,
) -> pl.DataFrame:
    """List rows; where the policy leaves out, the whole dyad goes, for a part of a series is another series."""
    if not mask.any():
        return rows
    if action is Action.LEFT_OUT:
        mask = rows["dyad"].is_in(rows["dyad"].filter(mask).unique().implode())
    return listing.settle(rows, kind, action, mask, column=column)
