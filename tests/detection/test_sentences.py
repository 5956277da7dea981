"""What a candidate says of itself: up or down, better or worse, recovered or reversed, as the scores have it."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.detection import RecoveryStatus, ReversalStatus, detect
from therarel.detection.candidate import RuptureCandidate
from therarel.detection.rules import Drop, Recovery, Rule, SuddenGain, SuddenLoss
from therarel.panels import Panel

# From 3 the score moves by 1.5 to the fourth session, where it stays, comes back half way or comes back whole.
ENDINGS = {"held": [1.5, 1.5, 1.5], "half": [1.5, 0.75, 0.75], "whole": [1.5, 0.25, 0.0]}


def candidate(
    ending: str,
    *,
    gain: bool,
    higher_is_better: bool,
    share: float = 0.5,
    within: int | None = 2,
    index: str = "attended",
) -> RuptureCandidate:
    """The one candidate of a series that moves for the better or the worse, on a scale that runs either way."""
    up = 1 if gain is higher_is_better else -1
    scores = [3 + up * each for each in (0, 0, 0, *ENDINGS[ending])]
    recovery = Recovery(share=share, within=within)
    kind = SuddenGain if gain else SuddenLoss
    rule: Rule = kind(cutoff=1, share=None, criterion3=None, recovery=recovery)
    panel = Panel.from_arrays(
        ["A"] * 6,
        range(1, 7),
        scores,
        scale=(1, 5),
        higher_is_better=higher_is_better,
        construct="alliance",
        index=index,
    )
    (found,) = detect(panel, primary=rule).candidates
    return found


@pytest.mark.parametrize("higher_is_better", [True, False])
@pytest.mark.parametrize("gain", [True, False])
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_gain_is_reversed_and_a_drop_recovers(ending: str, gain: bool, higher_is_better: bool) -> None:
    """Each says which way the scores went, to which score, and what became of it, in words of its own."""
    found = candidate(ending, gain=gain, higher_is_better=higher_is_better)
    told, brief = found.explain(), repr(found)
    up = gain is higher_is_better
    to = 4.5 if up else 1.5
    assert f"The scores {'rose' if up else 'fell'} 1.5 points {'above' if up else 'below'} the reference level" in told
    assert f"to {to:g} at session 4. The last one at that level was session 3." in told
    assert (
        f"At session 4 the score was {to:g}; the reference level was 3 and the limit {3 + (1 if up else -1):g}." in told
    )
    words = (told + brief).lower()
    back = ending != "held"
    if gain:
        assert not re.search(r"recover|regain|rupture|drop|score loss", words)
        assert told.startswith("Sudden gain in dyad A")
        expected = "Reversal: 50% of the change was lost again at session 5." if back else "It held: "
        assert brief.endswith("lost again at session 5>" if back else "held>")
    else:
        assert not re.search(r"revers|gain in|lost again", words)
        assert told.startswith(f"{'Score drop' if higher_is_better else 'Change for the worse'} (candidate rupture) in")
        expected = "Score recovery: 50% of the change was regained at session 5, after 1 session." if back else "Open: "
        assert brief.endswith("recovered at session 5>" if back else "open>")
    assert expected in told


@pytest.mark.parametrize("gain", [True, False])
def test_what_the_end_of_the_series_hides_is_not_told(gain: bool) -> None:
    """Where the series ends within the window nothing is said to be open, and with no window no window is named."""
    found = candidate("half", gain=gain, higher_is_better=True, share=1.0, within=None)
    told = found.explain()
    if gain:
        assert (found.recovery, found.reversal) == (None, ReversalStatus.HELD)
        assert "It held: the reference level was not lost again up to the last score." in told
    else:
        assert (found.recovery, found.reversal) == (RecoveryStatus.NOT_KNOWN, None)
        assert "Whether it recovered is not known: the series ends before the reference level was regained." in told
        assert repr(found).endswith("recovery not known>")
    open_ = candidate("half", gain=gain, higher_is_better=True, share=1.0, within=1)
    assert "within 1 session." in open_.explain()
    whole = candidate("whole", gain=gain, higher_is_better=True, share=1.0, within=5)
    assert ("lost again" if gain else "regained") + " at session 6" in whole.explain()


def test_days_are_called_days() -> None:
    """In a dated panel a candidate speaks of days, and nothing of it can be recorded under a session number."""
    panel = Panel.from_arrays(
        ["A"] * 4,
        ["2026-01-05", "2026-01-12", "2026-01-19", "2026-01-26"],
        [4, 4, 2, 2],
        scale=(1, 5),
        higher_is_better=True,
        index="dated",
        construct="alliance",
    )
    (found,) = detect(panel, primary=SuddenLoss(cutoff=1, share=None, criterion3=None)).candidates
    assert found.dated
    assert "At day 14 the score was 2" in found.explain()
    assert "day 7 to 14" in repr(found)


@given(st.lists(st.integers(4, 20).map(lambda quarter: quarter / 4), min_size=3, max_size=12), st.booleans())
def test_what_is_said_is_what_the_scores_did(scores: list[float], higher_is_better: bool) -> None:
    """Distance, worst score and place in the sentence are those of the series, whichever way the scale runs."""
    panel = Panel.from_arrays(
        ["A"] * len(scores), range(1, len(scores) + 1), scores, scale=(1, 5), higher_is_better=higher_is_better
    )
    for each in detect(panel, primary=Drop(k=1, minimal_drop=0.5)).candidates:
        seen = re.search(
            r"scores (\w+) ([\d.]+) points? (\w+) the reference level, to ([\d.]+) at session (\d+)", each.explain()
        )
        assert seen is not None
        assert (seen[1], seen[3]) == (("fell", "below") if higher_is_better else ("rose", "above"))
        worst = scores[int(seen[5]) - 1]
        assert float(seen[4]) == worst == each.extreme
        assert float(seen[2]) == pytest.approx(abs(each.reference - worst)) == pytest.approx(each.distance)
        assert each.scores == pytest.approx(np.array(scores))
