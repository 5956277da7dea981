"""The scan one session at a time: by what came before alone, and with false alarms counted per course."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therarel.detection import judge
from therarel.detection.monitors import Monitor, calibrate_causal
from therarel.detection.rules import EarlierScan, Scan
from therarel.detection.verdicts import CODES, Reason
from therarel.domain import RatingScale
from therarel.errors import InvalidValueError
from therarel.noise import NullModel

RULE = EarlierScan(null=NullModel())
SCORES = st.lists(st.integers(12, 60).map(lambda twelfth: twelfth / 12), min_size=1, max_size=12)


@settings(max_examples=40)
@given(scores=SCORES, upto=st.integers(1, 12))
def test_a_session_is_judged_alike_whatever_comes_after_it(scores: list[float], upto: int) -> None:
    """Verdicts and predictions of a course so far are, to the last bit, those of the whole course."""
    whole, part = judge(RULE, scores, scale=(1, 5)), judge(RULE, scores[:upto], scale=(1, 5))
    assert part.code.tolist() == whole.code[:upto].tolist()
    assert np.array_equal(part.values["reference"], whole.values["reference"][:upto])


@settings(max_examples=40)
@given(scores=SCORES, at=st.integers(0, 11))
def test_a_session_is_undetectable_exactly_where_the_worst_score_would_not_be_flagged(
    scores: list[float], at: int
) -> None:
    """The worst score of the scale is the lowest there is, and the prediction does not depend on it."""
    at = min(at, len(scores) - 1)
    worst = judge(RULE, [*scores[:at], 1.0, *scores[at + 1 :]], scale=(1, 5)).flagged[at]
    assert judge(RULE, scores, scale=(1, 5)).undetectable[at] != worst


def test_a_monitor_follows_a_course_by_it() -> None:
    """A monitor takes it, and the error of one that is given the scan itself names it."""
    monitor = Monitor(RULE, scale=RatingScale(1, 5))
    state, verdicts = monitor.start(), []
    for session, score in enumerate([4.5, 4.4, 4.6, 4.5, 3.0], start=1):
        state, answers = monitor.update(state, session, score)
        verdicts += [repr(each) for each in answers]
    assert verdicts[-1] == "<session 5: flagged>"
    with pytest.raises(InvalidValueError, match="EarlierScan"):
        Monitor(Scan(), scale=RatingScale(1, 5))


def test_false_alarms_are_counted_per_course() -> None:
    """By session 16 some of a hundred courses of noise alone are flagged, by session 30 more."""
    rates = calibrate_causal(RULE, sessions=30, clients=2000, seed=3)
    assert [rates.clients_by(sessions - 1) for sessions in (8, 16, 30)] == pytest.approx(
        [0.022, 0.047, 0.082], abs=0.015
    )


def test_single_scores_and_models_without_noise() -> None:
    """The first session has nothing to be compared with; a model without noise is refused."""
    assert judge(RULE, [4.0], scale=(1, 5)).code.tolist() == [CODES[Reason.NO_REFERENCE]]
    with pytest.raises(InvalidValueError, match="wander"):
        EarlierScan(null=NullModel(within_sd=0))
