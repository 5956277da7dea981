"""Rules that look back only, against a reading of the sessions one by one in plain Python."""

from __future__ import annotations

import math
import statistics

import numpy as np
import pytest
from attrs import define, evolve
from hypothesis import given
from hypothesis import strategies as st

from therarel.detection.rules import BaselineChart, ChartSigma, EarlierChart, EarlierDrop
from therarel.detection.rules.causal import CausalRule, earlier_sessions
from therarel.detection.verdicts import CODES, Reason, Verdict
from therarel.noise.context import PanelContext
from therarel.noise.series import Series, scored

TIE, NOTHING = 4e-9, 4e-6
DYADS = st.lists(
    st.lists(
        st.tuples(st.sampled_from([1, 1, 1, 4]), st.sampled_from([1.0, 13 / 12, 2.0, 3.0, 3.25, 4.0, 4.25, 5.0])),
        min_size=1,
        max_size=9,
    ),
    min_size=1,
    max_size=4,
)
RULES: list[CausalRule] = [
    *(
        kind(k=k, earlier=earlier, sigma=sigma, least_sigma=floor, minimal_drop=least)
        for kind in (EarlierChart, BaselineChart)
        for sigma in ChartSigma
        for k, earlier, floor, least in ((1, 2, 0, 0), (2, 3, 0.25, 0), (0.5, 4, 0, 1.25))
    ),
    *(EarlierDrop(k=k, earlier=earlier) for k in (0.5, 1) for earlier in (2, 3)),
    EarlierDrop(k=2, earlier=2, least_sigma=0.375, minimal_drop=0.5),
]


@define
class Read:
    """A verdict, and what was compared."""

    verdict: Verdict | Reason
    reference: float = math.nan
    spread: float = math.nan


def variation(rule: CausalRule, scores: list[float], sessions: list[float], gap: float) -> float:
    """Standard deviation or mean moving range of some sessions; NaN where there is none."""
    if isinstance(rule, EarlierDrop) or rule.settings["sigma"] == "sd":
        return statistics.stdev(scores) if len(scores) > 1 else math.nan
    ranges = [
        abs(scores[at] - scores[at - 1]) for at in range(1, len(scores)) if sessions[at] - sessions[at - 1] <= gap
    ]
    return statistics.fmean(ranges) / 1.128 if ranges else math.nan


def read(rule: CausalRule, scores: list[float], sessions: list[float], at: int, gap: float, end: float) -> Read:
    """What the rule says of a session."""
    drop = isinstance(rule, EarlierDrop)
    many = rule.earlier if isinstance(rule, BaselineChart) else at
    known = variation(rule, scores[:many], sessions[:many], gap) if at >= rule.earlier else math.nan
    spread = max(known, rule.least_sigma) if not math.isnan(known) else math.nan
    if drop and (at == 0 or sessions[at] - sessions[at - 1] > gap):
        return Read(Reason.NO_REFERENCE, spread=spread)
    if at < rule.earlier:
        return Read(Reason.TOO_FEW_SESSIONS, reference=scores[at - 1] if drop else math.nan)
    level = scores[at - 1] if drop else statistics.fmean(scores[:many])
    if math.isnan(spread):
        return Read(Reason.NO_VARIATION_KNOWN, level)

    def fires(score: float) -> bool:
        fall = level - score
        beyond = fall >= rule.k * spread - TIE if drop else fall > rule.k * spread + TIE
        enough = fall >= rule.minimal_drop - TIE if drop else fall > rule.minimal_drop - TIE
        return beyond and enough and (fall >= NOTHING if drop else fall > NOTHING)

    verdict = Verdict.FLAGGED if fires(scores[at]) else Verdict.NOT_FLAGGED
    return Read(verdict if fires(end) else Reason.NO_ROOM, level, spread)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.label)
@given(dyads=DYADS, gap=st.sampled_from([math.inf, 2.0]), stated=st.booleans())
def test_a_rule_that_looks_back_is_its_formula(
    rule: CausalRule, dyads: list[list[tuple[int, float]]], gap: float, stated: bool
) -> None:
    """Every verdict with its reason, the level and the variation, whatever stands before in the block."""
    scores = [[score for _, score in dyad] for dyad in dyads]
    sessions = [np.cumsum([float(step) for step, _ in dyad]).tolist() for dyad in dyads]
    series, _, _ = scored(np.cumsum([0, *map(len, scores)]), np.concatenate(sessions), np.concatenate(scores))
    context = evolve(PanelContext.of_scale(1, 5, stated=stated), max_gap=gap)
    found = rule.verdicts(series, context, values=True)
    end = 1.0 if stated else -math.inf
    reading = [
        read(rule, mine, at_sessions, at, gap, end)
        for mine, at_sessions in zip(scores, sessions, strict=True)
        for at in range(len(mine))
    ]
    assert found.code.tolist() == [CODES[each.verdict] for each in reading]
    np.testing.assert_allclose(found.values["reference"], [each.reference for each in reading], atol=1e-12)
    spread = found.values["spread" if isinstance(rule, EarlierDrop) else "sigma"]
    np.testing.assert_allclose(spread, [each.spread for each in reading], atol=1e-6)


@given(dyads=DYADS, gap=st.sampled_from([1.0, 4.0]))
def test_figures_of_earlier_sessions_are_those_of_python(dyads: list[list[tuple[int, float]]], gap: float) -> None:
    """Number, mean, squares, ranges and pairs of what stands before; nothing is known at a first session."""
    scores = [[score for _, score in dyad] for dyad in dyads]
    sessions = [np.cumsum([float(step) for step, _ in dyad]) for dyad in dyads]
    series = Series(np.cumsum([0, *map(len, scores)]), np.concatenate(sessions), np.concatenate(scores))
    past = earlier_sessions(series, gap)
    row = 0
    for mine, places in zip(scores, sessions, strict=True):
        for at in range(len(mine)):
            before = mine[:at]
            ranges = [abs(before[e] - before[e - 1]) for e in range(1, at) if places[e] - places[e - 1] <= gap]
            assert past.number[row] == at
            assert past.pairs[row] == len(ranges)
            assert past.ranges[row] == pytest.approx(sum(ranges))
            assert math.isnan(past.mean[row]) if at == 0 else past.mean[row] == pytest.approx(statistics.fmean(before))
            if at:
                squares = sum((each - statistics.fmean(before)) ** 2 for each in before)
                assert past.squares[row] == pytest.approx(squares, abs=1e-9)
            row += 1


def test_a_steady_client_has_no_variation_at_all() -> None:
    """Sums are taken from the first score on, so that equal scores leave exactly nothing over."""
    scores = [[4.1] * 12, [0.7] * 3]
    series, _, _ = scored([0, 12, 15], [*range(12), *range(3)], np.concatenate(scores))
    for sigma in ChartSigma:
        found = earlier_sessions(series, math.inf).sigma(sigma)
        assert np.isnan(found).tolist() == [at < 2 for at in (*range(12), *range(3))]
        assert (found[~np.isnan(found)] == 0.0).all()
