"""A detection keeps all that it was asked with, and gathers its candidates with it."""

from __future__ import annotations

import numpy as np
import pytest
from tests.detection.feeding.toy import Apart

from therarel.detection import detect
from therarel.detection.engine import ROWS
from therarel.detection.rules import Drop
from therarel.noise import NullModel
from therarel.panels import Panel

MINE = [4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0]
YOURS = [4.0, 4.25, 4.0, 1.0, 4.25, 4.0, 4.25, 4.0]


def panel(scores: list[float], *, better: bool = True) -> Panel:
    """Two dyads with the same scores."""
    turned = scores if better else [6 - score for score in scores]
    return Panel.from_arrays(
        np.repeat(["A", "B"], len(scores)), [*range(1, len(scores) + 1)] * 2, turned * 2, scale=(1, 5), higher_is_better=better
    )  # fmt: skip


@pytest.mark.parametrize("better", [True, False])
def test_candidates_of_two_raters_are_gathered_with_both(better: bool) -> None:
    """Each dyad has its candidate where the raters are apart, in the direction of its own panel."""
    found = detect(panel(MINE, better=better), primary=Apart(), beside=panel(YOURS, better=better), expected="none")
    assert [(each.dyad, each.flagged_at) for each in found.candidates] == [("A", 4.0), ("B", 4.0)]
    for each in found.candidates:
        assert each.extreme == (4.0 if better else 2.0)
        assert dict(each.values)["change"] == pytest.approx(3.0)
        assert each.distance == pytest.approx(3.0)


def test_a_detection_keeps_what_it_was_asked_with() -> None:
    """The panel, the rules, the other rater's scores, the null model, the seed and the number of threads."""
    mine, noise = panel(MINE), NullModel(within_sd=0.2)
    found = detect(
        mine, primary=Drop(k=1), also=[Apart()], beside=panel(YOURS), expected=noise, seed=7, threads=1, rows=8
    )
    assert found.panel is mine
    assert (found.primary, [type(rule) for rule in found.also]) == (Drop(k=1), [Apart])
    assert found.beside is not None
    assert found.beside[:, 0].tolist() == YOURS * 2
    assert (found.expected, found.seed, found.threads) == (noise, 7, 1)
    assert [code.shape for code in found.codes] == [(16,), (16,)]
    assert [sorted(told) for told in found.of_dyads] == [[], ["distance", "further"]]
    assert found.context.minimum == 1.0
    plain = detect(mine, primary=Drop(k=1), expected="none")
    assert (plain.beside, plain.also, plain.expected, plain.seed, plain.threads) == (None, (), "none", 1, 2)


def test_candidates_are_gathered_beyond_a_block_without_any() -> None:
    """The first of two blocks of a large panel is steady; what is found in the second is found."""
    dyads, sessions = ROWS // 4 + 2, 4
    scores = np.full((dyads, sessions), 4.0)
    scores[-1] = [4, 4, 2, 4]
    large = Panel.from_arrays(
        np.repeat(np.arange(dyads), sessions), np.tile(np.arange(sessions), dyads), scores.ravel(),
        scale=(1, 5), higher_is_better=True,
    )  # fmt: skip
    found = detect(large, primary=Drop(k=1, scale="person_sd"), expected="none").candidates
    assert [(each.dyad, each.flagged_at) for each in found] == [(str(dyads - 1), 2.0)]
