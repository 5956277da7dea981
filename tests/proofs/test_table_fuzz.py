"""A small case of the fuzzing of the gate for tables."""

from __future__ import annotations

import pytest
from tests.proofs.table_fuzz import KINDS, fuzz


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_tables_are_tables_or_errors_of_ours(kind: str) -> None:
    """Sixty files of each kind, cut, overwritten and mixed."""
    ends, _ = fuzz(kind, seconds=60, seed=0, most=60)
    assert set(ends) <= {"read", "refused"}
    assert ends.total() == 60
