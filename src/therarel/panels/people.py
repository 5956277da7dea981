"""Labels of dyads and therapists: in one spelling each, and what is odd about them is listed."""

from __future__ import annotations

import re
from typing import Final

import polars as pl

from therarel.confidential import taken_for
from therarel.counting import counted
from therarel.panels.listing import Listing
from therarel.panels.options import PanelPolicy
from therarel.panels.table import RawTable
from therarel.panels.terms import Action, ProblemKind
from therarel.tables.labels import each_once, labels, look_alikes
from therarel.tables.missing import WORDS, Missing, folded

_MOST_COMPARED: Final = 200_000
_CODE: Final = re.compile(r"(?=.{1,24}$)[A-Za-z]{0,12}[-_.: ]{0,2}0*\d[\w.:-]*")
_NUMBERED: Final = "^([A-Za-z]{0,12}[-_]?)[0-9]{1,7}$"
"""A code with a number too short for a date; what it looks like depends on what comes before the number."""
_SOME: Final = 3


def labelled(raw: RawTable, listing: Listing, policy: PanelPolicy) -> pl.DataFrame:
    """Rows with the labels of their people; rows without a dyad are set aside.

    Raises:
        InvalidValueError: if a column holds neither text nor whole numbers.
    """
    roles = [role for role in ("dyad", "therapist") if role in raw.frame.columns]
    rows = raw.frame.with_columns(labels(raw.frame[role], role).alias(role) for role in roles)
    listing.add_broken(raw.broken)
    without = rows["dyad"].is_null()
    if without.any():
        blank = without & _blank(rows["session"]) & _blank(rows["score"])
        listing.add(ProblemKind.EMPTY_ROW, Action.LEFT_OUT, rows.filter(blank))
        listing.add(ProblemKind.MISSING_DYAD, policy.missing_dyad, rows.filter(without & ~blank), column=raw.roles.dyad)
        rows = rows.filter(~without)
    return rows


def look(rows: pl.DataFrame, listing: Listing) -> None:
    """List labels that look like people, like one another, or like words for nothing, and rows without a therapist.

    Args:
        rows: The rows of the panel; all of them stay in it.
        listing: Where it is listed.
    """
    for role in ("dyad", "therapist"):
        if role in rows.columns:
            _look_at(rows, listing, role, getattr(listing.roles, role))
    if "therapist" in rows.columns:
        absent = rows["therapist"].is_null()
        if not absent.all():
            listing.add(ProblemKind.MISSING_THERAPIST, Action.KEPT, rows.filter(absent), column=listing.roles.therapist)


def _look_at(rows: pl.DataFrame, listing: Listing, role: str, column: str) -> None:
    different = each_once(rows[role])
    if len(different) > _MOST_COMPARED:
        return
    # Codes that differ in their number alone are judged once.
    kinds = different.str.replace(_NUMBERED, "${1}1")
    judged = kinds.unique().to_list()
    words = _of_kinds(different, kinds, [kind for kind in judged if folded(kind) in WORDS])
    if len(words):
        found = rows.filter(rows[role].is_in(words.implode()))
        listing.add(ProblemKind.WORD_AS_LABEL, Action.KEPT, found, column=column, values=found[role])
    personal = _of_kinds(different, kinds, [kind for kind in judged if taken_for(kind) is not None])
    if len(personal):
        found = rows.filter(rows[role].is_in(personal.implode()))
        listing.add(ProblemKind.PERSONAL_LABEL, Action.KEPT, found, column=column)
    alike = look_alikes(different.sort())
    if alike:
        told = [" and ".join(_shown(label) for label in group) for group in alike[:_SOME]]
        told += [f"and {counted(len(alike) - _SOME, 'more group')}"] if len(alike) > _SOME else []
        before = listing.bounds.get(ProblemKind.LOOK_ALIKE_LABEL)  # of dyads, where these are therapists
        listing.bounds[ProblemKind.LOOK_ALIKE_LABEL] = "; ".join(told if before is None else [before, *told])
        several = [label for group in alike for label in group]
        listing.add(ProblemKind.LOOK_ALIKE_LABEL, Action.KEPT, rows.filter(rows[role].is_in(several)), column=column)


def _of_kinds(labels: pl.Series, kinds: pl.Series, chosen: list[str]) -> pl.Series:
    return labels.filter(kinds.is_in(chosen)) if chosen else labels.clear()


def _shown(label: str) -> str:
    """A label as a message may show it: a code as it stands, anything else by its length."""
    return repr(label) if _CODE.fullmatch(label) else f"a label of {counted(len(label), 'character')}"


def _blank(column: pl.Series) -> pl.Series:
    if column.dtype == pl.String:
        different = column.unique().drop_nulls()
        missing = Missing()
        said = pl.Series([missing.is_word(cell) for cell in different.to_list()])
        return column.is_null() | column.replace_strict(different, said, default=False, return_dtype=pl.Boolean)
    return column.is_null() | (column.is_nan() if column.dtype.is_float() else False)
