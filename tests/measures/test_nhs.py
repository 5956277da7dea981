"""Recovery as NHS Talking Therapies counts it is something else than "recovered"."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.errors import InvalidValueError
from therarel.measures import nhs_recovery, score

PHQ = st.integers(0, 27)
GAD = st.integers(0, 21)


@given(PHQ, PHQ, GAD, GAD)
def test_recovery_by_its_definition(d1: int, d2: int, a1: int, a2: int) -> None:
    """A case on either at the start and on neither at the end; reliable if one measure fell and the other did not rise."""
    found = nhs_recovery(phq_9=(d1, d2), gad_7=(a1, a2))
    started, ended = d1 >= 10 or a1 >= 8, d2 >= 10 or a2 >= 8
    assert (found.case_at_start, found.case_at_end) == (started, ended)
    fell, rose = d1 - d2 >= 6 or a1 - a2 >= 4, d2 - d1 >= 6 or a2 - a1 >= 4
    assert found.reliably_improved == (fell and not rose)
    assert found.reliably_deteriorated == (rose and not fell)
    assert found.recovery == ((not ended) if started else None)
    assert found.reliable_recovery == ((not ended and fell and not rose) if started else None)


def test_recovery_need_not_be_reliable() -> None:
    """One point across the threshold is recovery and no reliable recovery."""
    found = nhs_recovery(phq_9=(10, 9), gad_7=(7, 7))
    assert (found.recovery, found.reliable_recovery) == (True, False)


def test_a_missing_score_leaves_open_what_it_must() -> None:
    """One measure can show caseness alone, but not its absence, and no reliable change."""
    found = nhs_recovery(phq_9=(18, None), gad_7=(5, 3))
    assert (found.case_at_start, found.case_at_end) == (True, None)
    assert (found.reliably_improved, found.reliably_deteriorated) == (None, None)
    assert (found.recovery, found.reliable_recovery) == (None, None)
    later = nhs_recovery(phq_9=(None, 4), gad_7=(12, 3))
    assert (later.recovery, later.reliable_recovery) == (True, None)


def test_scores_are_taken_with_their_status() -> None:
    """A score without a value counts as missing; a score of another instrument is refused."""
    first, partial = score("phq-9", [2] * 9), score("phq-9", [0] * 8 + [None])
    assert nhs_recovery(phq_9=(first, 3), gad_7=(5, 5)).recovery is True
    assert nhs_recovery(phq_9=(first, partial), gad_7=(5, 5)).recovery is None
    with pytest.raises(InvalidValueError, match="another instrument"):
        nhs_recovery(phq_9=(first, 3), gad_7=(first, 5))
    with pytest.raises(InvalidValueError, match="not a total"):
        nhs_recovery(phq_9=(28, 3), gad_7=(5, 5))
