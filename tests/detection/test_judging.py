"""Judging one series: what is asked of the arguments, what comes back, and what rules are set to where nothing is said."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from therarel.detection import Reason, Verdict, detect, judge
from therarel.detection.engine import ROWS, in_order, rows_of
from therarel.detection.learning import pool
from therarel.detection.rules import (
    BelowOwnMean,
    ChangePoint,
    Drop,
    IndividualsChart,
    Recovery,
    ReliableDrop,
    Rule,
    SuddenGain,
    SuddenLoss,
)
from therarel.detection.verdicts import CODES, code_of, reason_of, verdict_of
from therarel.errors import InvalidValueError
from therarel.noise.context import PanelContext, autocorrelation
from therarel.noise.series import Series, scored
from therarel.panels import Panel

DEFAULTS: dict[Rule, dict[str, Any]] = {
    Drop(): {"k": 2.0, "reference": "previous", "scale": "larger_person_pooled", "baseline": 3},
    BelowOwnMean(): {"k": 2.0},
    IndividualsChart(): {
        "k": 3.0, "sigma": "moving_range", "rules": "1", "screened": False, "detrended": False, "autocorrelation": False,
    },
    ReliableDrop(reliability=0.9, sd=1): {
        "reliability": 0.9, "instrument": None, "sd": 1.0, "critical": 1.96, "reference": "previous", "baseline": 3,
        "reliability_source": "given", "sd_source": "given",
    },
    ChangePoint(): {"penalty": 2.0, "shortest": 2},
}  # fmt: skip
SUDDEN = {
    "cutoff": None, "share": 0.25, "criterion3": "pooled_sd",
    "recovery_share": 0.5, "recovery_within": None, "recovery_strictly": True,
}  # fmt: skip
USUAL = {"minimal_drop": 0.0, "recovery_share": 1.0, "recovery_within": 5, "recovery_strictly": False}
THRESHOLDS = {
    Drop: "k", BelowOwnMean: "k", IndividualsChart: "k", ReliableDrop: "critical", SuddenLoss: "cutoff",
    SuddenGain: "cutoff", ChangePoint: "penalty",
}  # fmt: skip


def test_what_is_not_said_is_set_as_the_pages_say() -> None:
    """Every setting of every rule, the recovery condition among them, in the form in which it is reported."""
    for rule, expected in DEFAULTS.items():
        assert rule.settings == {**USUAL, **expected}
        assert rule.judging == {name: value for name, value in rule.settings.items() if "recovery" not in name}
    for sudden in (SuddenLoss(), SuddenGain()):
        assert sudden.settings == {"minimal_drop": 0.0, **SUDDEN}
    assert {rule.merges for rule in DEFAULTS} == {True}
    assert not SuddenLoss().merges
    for kind, name in THRESHOLDS.items():
        rule = kind(reliability=0.9) if kind is ReliableDrop else kind()
        assert rule.with_threshold(2.5) == evolve(rule, **{name: 2.5})


@pytest.mark.parametrize(
    ("rule", "label"),
    [
        (Drop(), "drop"),
        (Drop(k=1.5, reference="running_maximum", minimal_drop=0.5), "drop (minimal drop 0.5, k 1.5, reference running maximum)"),
        (Drop(recovery=Recovery(within=2, strictly=True)), "drop (recovery within 2, recovery strictly True)"),
        (IndividualsChart(rules={2, 1}, screened=True), "individuals chart (rules 1 2, screened True)"),
        (ReliableDrop(reliability=0.9), "reliable drop (reliability 0.9, reliability source given, sd source first scores of the panel)"),
        (SuddenGain(cutoff=7, share=None), "sudden gain (cutoff 7, share none)"),
        (SuddenGain(minimal_drop=2, recovery=Recovery()), "sudden gain (minimal gain 2, reversal share 1, reversal within 5, reversal strictly False)"),
    ],
)  # fmt: skip
def test_a_label_says_what_differs(rule: Rule, label: str) -> None:
    """A rule at its defaults goes by its name alone."""
    assert rule.label == label


def test_each_rule_asks_for_the_pooled_figures_that_it_reads() -> None:
    """No more and no less: what is not asked for is not computed."""
    assert Drop(scale="person_sd").needs == Drop(scale="moving_range").needs == frozenset()
    assert Drop().needs == Drop(scale="pooled_sd").needs == {"pooled_sd"}
    assert Drop(scale="between_sd").needs == Drop(scale="larger_person_between").needs == {"between_sd"}
    assert IndividualsChart().needs == BelowOwnMean().needs == SuddenLoss().needs == frozenset()
    assert IndividualsChart(autocorrelation=True).needs == {"phi"}
    assert ReliableDrop(reliability=0.9).needs == {"first_sd"}
    assert ReliableDrop(reliability=0.9, sd=1).needs == frozenset()
    block = Series(np.array([0, 2, 5]), np.array([1.0, 2, 1, 2, 3]), np.array([4.0, 3, 5, 5, 2]))
    for needs in ({"pooled_sd"}, {"between_sd"}, {"first_sd"}, {"phi"}, {"phi", "first_sd"}):
        assert pool([block], needs, PanelContext.of_scale(1, 5)).keys() == needs
    assert all(
        math.isnan(figure)
        for figure in pool([], {"pooled_sd", "between_sd", "first_sd", "phi"}, PanelContext.of_scale(1, 5)).values()
    )


@pytest.mark.parametrize(
    ("scores", "sessions", "more", "where"),
    [
        ([4, 3], [2, 1], {}, "judge.sessions"),
        ([4, 3], [1, 1], {}, "judge.sessions"),
        ([4, 3], [1, 2, 3], {}, "judge.sessions"),
        ([4, 3], None, {"scale": (5, 1)}, "PanelContext"),
        ([4, 3], None, {"scale": (3, 3)}, "PanelContext"),
    ],
)
def test_what_is_no_series_is_refused(
    scores: list[float], sessions: list[float] | None, more: dict[str, Any], where: str
) -> None:
    """Sessions rise, one for each score, and a scale has a range."""
    with pytest.raises(InvalidValueError) as caught:
        judge(Drop(), scores, sessions, **{"scale": (1, 5), **more})
    assert caught.value.where == where
    with pytest.raises(InvalidValueError, match="a rule is needed"):
        judge("drop", [4, 3], scale=(1, 5))  # type: ignore[arg-type]  # what a caller may try


@given(
    st.lists(st.none() | st.integers(4, 20).map(lambda quarter: quarter / 4), min_size=1, max_size=10),
    st.sampled_from([Drop(k=1), IndividualsChart(k=1), SuddenLoss(share=0.5, criterion3=None)]),
)
def test_sessions_without_a_score_are_left_blank(scores: list[float | None], rule: Rule) -> None:
    """The verdicts and values of the others are those of the series without them, each at its session."""
    values = np.array([math.nan if score is None else score for score in scores])
    there = ~np.isnan(values)
    found = judge(rule, values, scale=(1, 5))
    assert (found.code[~there] == CODES[Verdict.NO_SCORE]).all()
    assert not (found.flagged[~there] | found.undetectable[~there]).any()
    if there.any():
        alone = judge(rule, values[there], np.arange(1, values.size + 1)[there], scale=(1, 5))
        assert found.code[there].tolist() == alone.code.tolist()
        for name, column in alone.values.items():
            assert np.isnan(found.values[name][~there]).all()
            np.testing.assert_array_equal(found.values[name][there], column)
    else:
        assert dict(found.values) == {}


def test_codes_verdicts_and_reasons_belong_together() -> None:
    """Every verdict and reason has a byte of its own, and the byte tells them again."""
    for term, code in CODES.items():
        if isinstance(term, Reason):
            assert (verdict_of(code), reason_of(code)) == (Verdict.UNDETECTABLE, term)
        else:
            assert (verdict_of(code), reason_of(code)) == (term, None)
        assert (code_of(Reason(term)) if isinstance(term, Reason) else code_of(Verdict(term))) == code
    assert len(set(CODES.values())) == len(CODES) == len(Verdict) - 1 + len(Reason)


def test_bytes_of_verdicts_are_those_that_are_documented() -> None:
    """Whoever stored verdicts reads them again: bytes are never given anew."""
    assert {term.value: code for term, code in CODES.items() if isinstance(term, Verdict | Reason)} == {
        "not_flagged": 0, "flagged": 1, "no_score": 2, "no_reference": 16, "too_few_sessions": 17,
        "no_variation_known": 18, "few_around": 19, "no_room": 20,
    }  # fmt: skip
    assert [verdict_of(code) for code in (0, 1, 2, 16, 20)] == [
        Verdict.NOT_FLAGGED, Verdict.FLAGGED, Verdict.NO_SCORE, Verdict.UNDETECTABLE, Verdict.UNDETECTABLE,
    ]  # fmt: skip
    assert [reason_of(code) for code in (2, 16, 20)] == [None, Reason.NO_REFERENCE, Reason.NO_ROOM]
    with pytest.raises(InvalidValueError):
        reason_of(21)


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_results_come_in_the_order_of_what_was_asked(threads: int) -> None:
    """Whatever the number of threads, and with few values taken ahead of what is used."""
    taken = []

    def values() -> Any:
        for each in range(40):
            taken.append(each)
            yield each

    results = in_order(lambda each: each**2, values(), threads)
    assert next(results) == 0
    assert len(taken) <= 2 * threads + 1
    assert [0, *results] == [each**2 for each in range(40)]
    for wrong in (0, -1, 1.5, True, "2"):
        with pytest.raises(InvalidValueError, match="threads"):
            list(in_order(abs, [1], wrong))  # type: ignore[arg-type]  # what a caller may try
    panel = Panel.from_arrays(["A", "A"], [1, 2], [4, 3], scale=(1, 5), higher_is_better=True)
    for rows in (0, -1, 2.0):
        with pytest.raises(InvalidValueError, match="rows"):
            detect(panel, primary=Drop(), rows=rows)  # type: ignore[arg-type]  # what a caller may try


def test_blocks_are_larger_for_slow_rules_if_enough_are_left_for_every_thread() -> None:
    """Quick rules have blocks of one size; slow ones up to four times that, in a panel that has four for each thread."""
    assert rows_of(10**9, [Drop()], 2) == ROWS
    assert rows_of(10**9, [Drop(), ChangePoint()], 2) == 4 * ROWS
    assert rows_of(16 * ROWS, [ChangePoint()], 2) == 2 * ROWS
    assert rows_of(1, [ChangePoint()], 64) == ROWS


@pytest.mark.parametrize("better", [True, False])
@pytest.mark.parametrize("stated", [True, False])
def test_a_context_is_oriented(better: bool, stated: bool) -> None:
    """On a scale where lower is better the ends change places and signs; ends that nobody stated bound nothing."""
    context = PanelContext.of_scale(2, 7, higher_is_better=better, stated=stated, step=0.5)
    low, high = (2.0, 7.0) if better else (-7.0, -2.0)
    assert (context.minimum, context.maximum, context.step) == (low, high, 0.5)
    assert (context.worst, context.best) == ((low, high) if stated else (-math.inf, math.inf))
    assert context.stated is stated
    assert context.tolerance == pytest.approx(5e-9)
    assert context.least_difference == pytest.approx(5e-6)
    assert context.max_gap == math.inf
    assert context.adjacent == pytest.approx(1)
    assert PanelContext.of_scale(2, 7, dated=True).adjacent == math.inf
    assert PanelContext.of_scale(2, 7, dated=True, max_gap=3).adjacent == pytest.approx(3)
    assert PanelContext.of_scale(2, 7, max_gap=3).max_gap == pytest.approx(3)


def test_autocorrelation_has_bounds_and_needs_changes() -> None:
    """Between -.95 and .95; nothing where there is no change over one session, or none over two."""
    assert autocorrelation(10, 100, 100, 100) == 0.95
    assert autocorrelation(10, 100, 0, 100) == -0.95
    for nothing in ((0, 100, 1, 100), (1, 0, 1, 100), (1, 100, 1, 0)):
        assert math.isnan(autocorrelation(*nothing))


@given(st.lists(st.lists(st.none() | st.integers(1, 9).map(float), max_size=5), min_size=1, max_size=5))
def test_what_is_scored_is_taken_with_its_place(dyads: list[list[float | None]]) -> None:
    """Scores, sessions and places of the sessions that have a score, and the dyads that have one, turned or not."""
    values = [math.nan if score is None else score for dyad in dyads for score in dyad]
    starts = np.cumsum([0, *map(len, dyads)])
    sessions = [float(at) for dyad in dyads for at in range(len(dyad))]
    if not values:
        return
    series, rows, kept = scored(starts, sessions, values, higher_is_better=False)
    known = [
        (at, place, score) for at, dyad in enumerate(dyads) for place, score in enumerate(dyad) if score is not None
    ]
    assert series.score.tolist() == [-score for _, _, score in known]
    assert series.session.tolist() == [place for _, place, _ in known]
    if rows is None:
        assert len(known) == len(values)
    else:
        assert rows.tolist() == [not math.isnan(value) for value in values]
        assert series.position is not None
        assert series.position.tolist() == [place for _, place, _ in known]
    there = [any(score is not None for score in dyad) for dyad in dyads]
    assert (kept is None) == all(there)
    assert kept is None or kept.tolist() == there
    sizes = [sum(score is not None for score in dyad) for dyad in dyads]
    assert series.sizes.tolist() == [size for size in sizes if size]
    if known:
        picked, found = series.select(series.sizes > 1)
        assert found.tolist() == [at for at, owner in enumerate(series.owner) if series.sizes[owner] > 1]
        assert picked.score.tolist() == series.score[found].tolist()
        assert picked.scores_before.tolist() == series.scores_before[found].tolist()
        assert (picked.position is None) == (series.position is None)
        assert series.lowest.tolist() == [min(series.score[series.owner == at]) for at in range(series.sizes.size)]
        assert series.highest.tolist() == [max(series.score[series.owner == at]) for at in range(series.sizes.size)]
