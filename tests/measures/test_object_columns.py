"""Columns of Python objects, such as pandas makes of numbers beside words, are read as single responses are."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.domain import MissingReason
from therarel.errors import InvalidValueError
from therarel.measures import Prorate, contradictions, score

CELLS = st.sampled_from(
    [0, 1, 2, 3, 3.0, 2.5, 7, -9, "2", " 1 ", "N/A", "na", "", "refused", "None", "nie", True, None, float("nan"),
     Decimal(2), np.int64(1), pd.NA, MissingReason.NOT_APPLICABLE, "?"]
)  # fmt: skip


@given(st.lists(st.lists(CELLS, min_size=7, max_size=7), min_size=1, max_size=6), st.booleans())
def test_a_table_of_objects_is_read_like_its_rows(rows: list[list[object]], prorated: bool) -> None:
    """Whatever stands in a cell, the table says what the row alone says, and comes back with its cells as they were."""
    table = pd.DataFrame(rows, columns=[f"item{n}" for n in range(1, 8)], dtype=object, index=[3] * len(rows))
    missing = Prorate(0.5) if prorated else None
    options = {"words": {"nie": 0}, "missing_codes": {-9: MissingReason.REFUSED}}
    options |= {"missing": missing} if missing else {}
    scored = score("gad-7", table, detail=True, **options)  # type: ignore[call-overload]
    # What pandas takes for missing was not answered, in a row as in a table.
    alone = [
        score("gad-7", [None if cell is pd.NA else cell for cell in row], **options)  # type: ignore[call-overload]
        for row in rows
    ]
    assert scored["gad_7_status"].tolist() == [one.status for one in alone]
    assert scored["gad_7_answered"].tolist() == [one.answered for one in alone]
    told = [", ".join(f"{gap.item} {gap.reason}" for gap in one.missing) for one in alone]
    assert scored["gad_7_missing"].tolist() == told
    values = [None if pd.isna(value) else value for value in scored["gad_7"]]
    assert values == pytest.approx([one.value for one in alone])
    pd.testing.assert_frame_equal(scored[table.columns.tolist()], table)


def test_an_object_column_of_prose_is_refused() -> None:
    """Too many different answers are no answers of a scale."""
    table = pd.DataFrame({f"item{n}": [k / 1000 for k in range(201)] for n in range(1, 5)}, dtype=object)
    with pytest.raises(InvalidValueError, match="201 different texts"):
        score("ors", table)


def test_totals_beside_objects_are_compared() -> None:
    """Stated totals are held against rows of objects too; a total that is not a number at all was not stated."""
    table = pd.DataFrame({f"item{n}": [1, "1"] for n in range(1, 8)} | {"total": [8, 7]}, dtype=object)
    assert [found.row for found in contradictions("gad-7", table, "total")] == [0]
    assert contradictions("gad-7", [[1] * 7], [float("nan")]) == ()
