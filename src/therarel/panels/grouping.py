"""The group that each dyad belongs to, by a further column of the panel: its arm, its clinic, its cohort."""

from __future__ import annotations

import polars as pl

from therarel.errors import UnknownNameError, hint_for, shown
from therarel.panels.data import PanelData
from therarel.tables.labels import labels

_NO_GROUP = frozenset({"dyad", "session", "score", "therapist", "rater", "row", "date"})


def groups_of(panel: PanelData, column: str) -> list[str | None]:
    """The group of each dyad, in their order; ``None`` where the sessions of a dyad name none, or several.

    Args:
        panel: The panel.
        column: A further column of it (``covariates=``); an empty cell names no group, and no other cell is missing.

    Raises:
        UnknownNameError: if the panel kept no such column.
        InvalidValueError: if the column holds fractions, which are not labels.
    """
    frame = panel.to_frame("polars")
    known = [name for name in frame.columns if name not in _NO_GROUP]
    if column not in known:
        hint = hint_for(column, known) if known else "keep it with covariates=[...] where the panel is made"
        raise UnknownNameError("the panel kept no such column", where="group", value=shown(column), hint=hint)
    value = pl.col("group").drop_nulls()
    one = pl.when(value.n_unique() == 1).then(value.first())
    rows = pl.DataFrame({"dyad": frame["dyad"], "group": labels(frame[column], "group")})
    found: list[str | None] = rows.group_by("dyad", maintain_order=True).agg(one)["group"].to_list()
    return found
