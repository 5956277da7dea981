"""What a detection says is as a person has approved it: every sentence and every cell."""

from __future__ import annotations

from itertools import zip_longest

import pytest
from tests.detection.results import FOLDER, RESULTS, whole


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_is_as_it_was_approved(name: str) -> None:
    """What readers see has changed only where somebody looked at it; `python -m tests.detection.results` keeps it."""
    approved = (FOLDER / f"{name}.txt").read_text("utf-8").splitlines()
    now = whole(RESULTS[name]()).splitlines()
    changed = [(at, was, is_) for at, (was, is_) in enumerate(zip_longest(approved, now), 1) if was != is_]
    assert changed[:5] == []
