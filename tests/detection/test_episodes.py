"""From flagged sessions to candidates: onset, worst score, depth, length, recovery."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.detection import RecoveryStatus, detect
from therarel.detection.candidates import Candidates
from therarel.detection.rules import Drop, IndividualsChart, Recovery, ReliableDrop, Rule, SuddenGain
from therarel.errors import InvalidValueError
from therarel.panels import Panel

V_SHAPE = [4.0, 4, 4, 4, 3, 2, 3, 4, 4]


def candidates(
    scores: list[float], rule: Rule, *, max_gap: float | None = None, sessions: Sequence[int] | None = None
) -> Candidates:
    """The candidates in one series."""
    at = range(1, len(scores) + 1) if sessions is None else sessions
    panel = Panel.from_arrays(
        ["A"] * len(scores),
        list(at),
        scores,
        scale=(1, 5),
        higher_is_better=True,
        max_gap=max_gap,
    )
    return detect(panel, primary=rule).candidates


def dropped(by: float = 0.9, recovery: Recovery | None = None, reference: str = "previous") -> ReliableDrop:
    """A rule that fires on every drop by more than so many points."""
    return ReliableDrop(
        reliability=0.5,
        sd=1.0,
        critical=by,
        reference=reference,
        recovery=Recovery() if recovery is None else recovery,
    )


def test_a_v_is_one_candidate_from_its_onset_to_its_recovery() -> None:
    """A decline over two sessions that is made good is one drop, with its whole depth and length."""
    (found,) = candidates(V_SHAPE, dropped())
    assert (found.onset, found.flagged_at, found.extreme_at, found.recovered_at) == (4, 5, 6, 8)
    assert (found.reference, found.extreme, found.distance, found.length) == (4, 2, 2, 3)
    assert found.recovery is RecoveryStatus.RECOVERED


def test_a_drop_that_is_not_made_good_within_the_window_is_open() -> None:
    """After the window a drop is open, and what follows is another one."""
    found = candidates([4, 4, 2, 2, 2, 2, 2, 4], dropped(recovery=Recovery(within=3)))
    assert [(each.recovery, each.length) for each in found] == [(RecoveryStatus.OPEN, 4)]


def test_a_series_that_ends_first_leaves_recovery_not_known() -> None:
    """Two sessions after a drop say nothing about five."""
    (found,) = candidates([4, 4, 4, 2, 2, 2], dropped())
    assert found.recovery is RecoveryStatus.NOT_KNOWN
    assert found.recovered_at is None


def test_a_gap_ends_the_follow_up() -> None:
    """What happened beyond a gap does not tell whether a drop recovered."""
    (found,) = candidates([4, 4, 2, 2, 4], dropped(), max_gap=2, sessions=[1, 2, 3, 4, 9])
    assert found.recovery is RecoveryStatus.NOT_KNOWN


def test_a_share_of_the_drop_may_be_enough() -> None:
    """With half of the drop to regain, half of it is enough."""
    scores = [4.0, 4, 2, 3, 3, 3, 3, 3, 3]
    (whole,) = candidates(scores, dropped())
    (half,) = candidates(scores, dropped(recovery=Recovery(share=0.5)))
    assert (whole.recovery, half.recovered_at) == (RecoveryStatus.OPEN, 4)
    (strictly,) = candidates(scores, dropped(recovery=Recovery(share=0.5, strictly=True)))
    assert strictly.recovery is RecoveryStatus.OPEN


def test_two_drops_are_two_candidates() -> None:
    """A drop after a recovery is a drop of its own."""
    found = candidates([4, 2, 4, 4, 2, 4], dropped())
    assert [each.flagged_at for each in found] == [2, 5]


def test_a_slow_decline_is_seen_from_the_running_maximum() -> None:
    """A decline in small steps passes the step rule and fails the running maximum."""
    scores = [4.0, 4, 3.6, 3.2, 2.8, 2.4, 2.0]
    assert len(candidates(scores, dropped())) == 0
    (found,) = candidates(scores, dropped(reference="running_maximum"))
    assert (found.onset, found.reference) == (2, 4)


def test_a_gain_that_is_lost_again_is_reversed() -> None:
    """More than half of a sudden gain lost at a later session is a reversal, the next session included."""
    scores = [2.0, 2, 2, 4, 4, 4, 2.5, 4]
    (found,) = candidates(scores, SuddenGain(cutoff=1))
    assert (found.onset, found.flagged_at, found.recovered_at, found.lost_again_at) == (3, 4, None, 7)
    assert "lost again at session 7" in repr(found)


@given(st.lists(st.integers(12, 60), min_size=2, max_size=30), st.sampled_from([1, 2, 5, None]))
def test_candidates_never_overlap_and_hold_every_flagged_session(values: list[int], within: int | None) -> None:
    """Each flagged session lies in exactly one candidate, and each candidate begins with one."""
    scores = [value / 12 for value in values]
    rule = dropped(0.5, Recovery(within=within))
    panel = Panel.from_arrays(
        ["A"] * len(scores), range(1, len(scores) + 1), scores, scale=(1, 5), higher_is_better=True
    )
    detection = detect(panel, primary=rule)
    flagged = set((np.flatnonzero(detection.codes[0] == 1) + 1).tolist())
    spans = [set(range(int(each.flagged_at), int(each.flagged_at) + each.length)) for each in detection.candidates]
    assert sum(len(span) for span in spans) == len(set().union(*spans)) if spans else True
    assert flagged <= set().union(*spans) if spans else not flagged
    for each in detection.candidates:
        assert each.flagged_at in flagged
        assert each.distance > 0
        assert each.extreme == min(
            scores[int(at) - 1] for at in range(int(each.flagged_at), int(each.flagged_at) + each.length)
        )


def test_the_chart_regains_its_centre() -> None:
    """The level to regain of a chart is its centre line."""
    scores = [4.6, 4.7, 4.5, 4.8, 4.6, 4.7, 2.1, 4.2, 4.6, 4.7, 4.8, 4.6]
    (found,) = candidates(scores, IndividualsChart())
    assert found.reference == pytest.approx(sum(scores) / len(scores))
    assert found.recovered_at == 9


@pytest.mark.parametrize(("share", "within"), [(0.0, 3), (1.1, 3), (math.nan, 3), (1.0, 0), (1.0, 2.5)])
def test_an_impossible_recovery_condition_is_refused(share: float, within: int) -> None:
    """A share lies above 0 and at most at 1, a window is a whole number of sessions."""
    with pytest.raises(InvalidValueError):
        Recovery(share=share, within=within)


def test_an_unknown_reference_is_refused_with_a_hint() -> None:
    """A misspelt level names the nearest one."""
    with pytest.raises(LookupError, match="previous"):
        Drop(reference="previus")
