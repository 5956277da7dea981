"""No score that a session could have had fires where the session is called undetectable, in series of any length."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from therarel.detection.rules import (
    BelowOwnMean,
    Drop,
    IndividualsChart,
    ReliableDrop,
    Rule,
    SuddenGain,
    SuddenLoss,
)
from therarel.detection.rules.causal import BaselineChart, EarlierChart, EarlierDrop
from therarel.detection.verdicts import Verdicts
from therarel.noise.context import PanelContext
from therarel.noise.series import scored

REFERENCES = ("previous", "running_maximum", "person_mean", "baseline", "regression")
SCALES = ("person_sd", "larger_person_pooled", "between_sd", "moving_range")
RULES: list[Rule] = [
    *(Drop(k=k, reference=reference, scale=scale) for k in (1, 1.7) for reference in REFERENCES for scale in SCALES),
    *(BelowOwnMean(k=k) for k in (1, 2)),
    *(
        IndividualsChart(k=k, sigma=sigma, detrended=detrended)
        for k in (0.8, 1.2, 1.6, 2.2)
        for sigma in ("moving_range", "sd")
        for detrended in (False, True)
    ),
    IndividualsChart(k=1.5, screened=True),
    IndividualsChart(k=1.5, autocorrelation=True, minimal_drop=0.5),
    ReliableDrop(reliability=0.8),
    SuddenLoss(cutoff=0.5, criterion3=None),
    SuddenGain(share=0.3, criterion3=None),
    EarlierChart(k=2),
    BaselineChart(earlier=2),
    EarlierDrop(k=1, least_sigma=0.3),
]
TRIED = np.arange(12, 61) / 12
SCORES = st.lists(st.sampled_from([1.0, 1.25, 2.0, 3.0, 3.5, 4.0, 4.75, 5.0]), min_size=2, max_size=9)


def judged(rule: Rule, scores: np.ndarray, gap: bool) -> Verdicts:
    """Verdicts on several series of one length, a row each, with pooled figures that are the same for all."""
    context = PanelContext.of_scale(1, 5, step=1 / 12, max_gap=2 if gap else None)
    context = evolve(context, pooled_sd=0.4, between_sd=0.5, first_sd=0.6, phi=0.2)
    number, size = scores.shape
    session = np.arange(size) + 5 * (np.arange(size) > size // 2) * gap
    series, _, _ = scored(np.arange(number + 1) * size, np.tile(session, number), scores.ravel())
    return rule.verdicts(series, context)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.label)
@settings(max_examples=20)
@given(scores=SCORES, gap=st.booleans())
def test_nothing_fires_where_nothing_could(rule: Rule, scores: list[float], gap: bool) -> None:
    """Each score of the scale is tried at each session; the others are held as they are."""
    size = len(scores)
    found = judged(rule, np.array([scores]), gap)
    every = np.tile(np.array(scores), (size, TRIED.size, 1))
    for at in range(size):
        every[at, :, at] = TRIED
    tried = judged(rule, every.reshape(-1, size), gap).flagged.reshape(size, TRIED.size, size)
    fires = np.array([tried[at, :, at].any() for at in range(size)])
    assert not (fires & found.undetectable).any()
