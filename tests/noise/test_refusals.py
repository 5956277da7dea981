"""Everything that the room of noise refuses, with the whole of what it says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.refusals import Refusal, files_of, places_of, places_that_raise, refused

from therarel.detection.monitors import Monitor
from therarel.detection.rules import Pulses, SuddenLoss
from therarel.domain.ratings import RatingScale
from therarel.noise import NullModel, TwoRaterNull, fit_null
from therarel.noise.context import PanelContext, scale_for
from therarel.noise.falls.matching import match_mixture
from therarel.noise.skeleton import Skeleton
from therarel.panels import Panel

FILES = files_of("noise/*.py", "noise/falls/*.py")
WORD: Any = "deep"


def panel(*score: float, dyads: int = 30) -> Panel:
    """A panel of dyads that all have the same scores."""
    labels = [f"D{dyad}" for dyad in range(dyads) for _ in score]
    return Panel.from_arrays(
        labels, [*range(len(score))] * dyads, [*score] * dyads, scale=(1, 5), higher_is_better=True
    )


def mixture(of: Panel) -> object:
    """The fit of noise beside falls to a panel."""
    return match_mixture(Skeleton.of(of), Pulses(), seed=1)


def within_a_step() -> Panel:
    """A panel whose noise is a small part of a step of its scale."""
    null = NullModel(within_sd=0.02, between_sd=0.0)
    skeleton = Skeleton.regular(30, 12, null)
    score = skeleton.draw([null], [np.random.SeedSequence(1)]).score[0]
    labels, session = np.repeat(np.arange(30), 12), np.tile(np.arange(1, 13), 30)
    return Panel.from_arrays(labels, session, score, scale=(1, 5), higher_is_better=True)


def at_either_end() -> Panel:
    """A panel of scores that are the lowest or the highest one, by chance."""
    score = np.random.default_rng(1).choice([1.0, 5.0], 480)
    labels, session = np.repeat(np.arange(60), 8), np.tile(np.arange(1, 9), 60)
    return Panel.from_arrays(labels, session, score, scale=(1, 5), higher_is_better=True)


STATE_ONE = "Hint: state a null model: NullModel(within_sd=..., phi=...)"
STATE_ONE_OF_THE_SCAN = "Hint: state a null model: Scan(null=NullModel(within_sd=..., phi=...))"
AT_THE_ENDS = "got 30 dyads on a scale of 1 to 5. Hint: too few scores change, or most lie at its ends; state a model:"

REFUSED = [
    Refusal(
        lambda: PanelContext.of_scale(5, 5),
        "PanelContext: a panel needs a scale with a range, got 5 to 5. Hint: name the scale when every score is the same",
    ),
    Refusal(
        lambda: Monitor(SuddenLoss(), scale=RatingScale(1, 5), higher_is_better=False),
        "higher_is_better: scale and higher_is_better disagree, got False",
    ),
    Refusal(lambda: scale_for((1, 2, 3), True), "scale: a scale is a lowest and a highest score, got a tuple of 3"),
    Refusal(
        lambda: Monitor(SuddenLoss(), scale=(1, 5)),
        "higher_is_better: the direction of the scores is not known. Hint: say whether a higher score is better; it is never assumed",
    ),
    Refusal(
        lambda: Monitor(SuddenLoss(), scale=(1, 5), higher_is_better=True, max_gap=0),
        "max_gap: a largest gap is a distance, got 0 (expected above 0)",
    ),
    Refusal(
        lambda: fit_null(panel(3, 4, 3, 4, dyads=1)),
        f"fit_null: a null model needs more scores, got 1 dyad with 4 or more scores (expected at least 2 such dyads, and scores that vary). {STATE_ONE}",
    ),
    Refusal(
        lambda: fit_null(panel(4, 4, 4, 4)),
        f"fit_null: a null model needs more scores, got 30 dyads with 4 or more scores, all of them the same (expected at least 2 such dyads, and scores that vary). {STATE_ONE}",
    ),
    Refusal(
        lambda: fit_null(panel(1, 1, 1, 1, 1, 1, 1, 5)),
        f"fit_null: no null model gives scores like these, {AT_THE_ENDS} NullModel(within_sd=..., phi=...)",
    ),
    Refusal(
        lambda: fit_null(within_a_step()),
        f"fit_null: no null model gives scores like these, {AT_THE_ENDS} NullModel(within_sd=..., phi=...)",
    ),
    Refusal(
        lambda: fit_null(at_either_end()),
        f"fit_null: no null model gives scores like these, {AT_THE_ENDS.replace('30', '60')} NullModel(within_sd=..., phi=...)",
    ),
    Refusal(
        lambda: mixture(panel(3, 4, 3, 4, dyads=1)),
        f"Scan: a null model beside lasting changes needs more scores, got 1 dyad with 4 or more scores (expected at least 50 such dyads, and scores that vary). {STATE_ONE_OF_THE_SCAN}",
    ),
    Refusal(
        lambda: mixture(panel(*np.linspace(1, 5, 8), dyads=60)),
        f"Scan: no null model gives scores like these, {AT_THE_ENDS.replace('30', '60')} Scan(null=NullModel(...))",
    ),
    Refusal(
        lambda: mixture(panel(1, 5, 1, 5, 1, 5, 1, 5, dyads=60)),
        f"Scan: no null model gives scores like these, {AT_THE_ENDS.replace('30', '60')} Scan(null=NullModel(...))",
    ),
    Refusal(
        lambda: mixture(at_either_end()),
        f"Scan: no null model gives scores like these, {AT_THE_ENDS.replace('30', '60')} Scan(null=NullModel(...))",
    ),
    Refusal(
        lambda: TwoRaterNull(
            first=NullModel(),
            second=NullModel(trend="log"),
            level_correlation=0,
            slope_correlation=0,
            noise_correlation=0,
        ),
        "TwoRaterNull.trend: both raters' scores change in one shape, got log (expected line)",
    ),
    Refusal(lambda: Pulses(depths=WORD), "Pulses: weights and depths are a tuple of numbers, got 'deep'"),
    Refusal(
        lambda: Pulses(lengths=(-1.0,)),
        "Pulses: weights of lengths are at least 0, and one is above 0, got a tuple of 2",
    ),
    Refusal(
        lambda: Pulses(raters=(1.0,)),
        "Pulses.raters: the first rater alone, the second alone and both have a weight each, and one is above 0, got a tuple of 1 (expected 3 numbers of at least 0)",
    ),
    Refusal(lambda: Pulses(depths=(0.0,)), "Pulses.depths: a depth is above 0, got a tuple of 1"),
]


@pytest.mark.parametrize("refusal", REFUSED, ids=lambda refusal: refusal.message[:60])
def test_what_is_refused_is_said_whole(refusal: Refusal) -> None:
    """Place, fact, value, bound and hint of every refusal."""
    error = refused(refusal.call)
    assert (type(error), str(error)) == (refusal.kind, refusal.message)


def test_every_refusal_of_the_room_is_among_them() -> None:
    """No line of the room raises an error that is not tried here."""
    tried = [places_of(refused(refusal.call), FILES) for refusal in REFUSED]
    assert set().union(*tried) == places_that_raise(FILES)
