"""A document with very many problems is answered at once, with the first ones and the number of the others."""

from __future__ import annotations

import json

import pytest

from therarel import records
from therarel.errors import ReadingError


def test_very_many_unknown_keys_are_counted_and_not_told_one_by_one() -> None:
    """A hundred are named with what is known instead; how many more there are is said."""
    stamp = {"schema": "therarel.event/3", "type": "SessionHeld", "session": 1}
    with pytest.raises(ReadingError) as caught:
        records.loads(json.dumps(stamp | {f"key{number}": number for number in range(20_000)}))
    assert len(caught.value.problems) == 101
    assert "and 19,900 more unknown keys" in str(caught.value)


def test_very_many_problems_of_any_kind_are_counted() -> None:
    """Three hundred are told with their places, the rest by their number."""
    entry = {"schema": "therarel.event/3", "type": "SessionHeld", "session": 1}
    with pytest.raises(ReadingError) as caught:
        records.loads(json.dumps(entry | {"others_present": [7] * 1000}))
    assert len(caught.value.problems) == 301
    assert "and 700 more problems" in str(caught.value)
