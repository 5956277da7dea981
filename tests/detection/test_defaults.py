"""What holds where nothing was said: the defaults of rules, of what they know, and of what works with them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from inspect import Parameter, signature
from typing import Any

import attrs
import pytest

from therarel.detection import (
    RuptureCandidate,
    calibrate,
    choose_threshold,
    detect,
    judge,
    rules,
)
from therarel.detection.calibration import Calibration
from therarel.detection.engine import blocks_of, judge_panel, learn_from
from therarel.detection.groups import GroupCounts
from therarel.detection.learning import figures
from therarel.detection.rules.base import Recovery, Rule, above_zero
from therarel.detection.rules.levels import reference_level
from therarel.detection.rules.nelson import nelson_signals
from therarel.detection.wording import Terms, session_words
from therarel.domain.ratings import RatingScale
from therarel.noise import NullModel, Trend
from therarel.noise.context import PanelContext, context_for, scale_for
from therarel.noise.matching import fit_null
from therarel.noise.series import scored
from therarel.panels import SessionIndex

ROWS = 262144
ANY_RULE: Mapping[str, object] = {"minimal_drop": 0.0, "recovery": Recovery(share=1.0, within=5, strictly=False)}
CAUSAL: Mapping[str, object] = {**ANY_RULE, "earlier": 3, "least_sigma": 0.0}
CHART: Mapping[str, object] = {"k": 3.0, "sigma": "moving_range"}
SUDDEN: Mapping[str, object] = {
    "minimal_drop": 0.0,
    "recovery": Recovery(share=0.5, within=None, strictly=True),
    "cutoff": None,
    "share": 0.25,
    "criterion3": "pooled_sd",
}
RULES: Mapping[type[Rule], Mapping[str, object]] = {
    rules.Drop: {**ANY_RULE, "k": 2.0, "reference": "previous", "scale": "larger_person_pooled", "baseline": 3},
    rules.BelowOwnMean: {**ANY_RULE, "k": 2.0},
    rules.IndividualsChart: {
        **ANY_RULE,
        **CHART,
        "rules": frozenset({1}),
        "screened": False,
        "detrended": False,
        "autocorrelation": False,
    },
    rules.ReliableDrop: {
        **ANY_RULE,
        "reliability": None,
        "instrument": None,
        "sd": None,
        "critical": 1.96,
        "reference": "previous",
        "baseline": 3,
    },
    rules.SuddenLoss: SUDDEN,
    rules.SuddenGain: SUDDEN,
    rules.ChangePoint: {**ANY_RULE, "penalty": 2.0, "shortest": 2},
    rules.EarlierChart: {**CAUSAL, **CHART},
    rules.BaselineChart: {**CAUSAL, **CHART, "earlier": 5},
    rules.EarlierDrop: {**CAUSAL, "k": 2.0},
}
OTHERS: Mapping[Callable[..., Any], Mapping[str, object]] = {
    Recovery: {"share": 1.0, "within": 5, "strictly": False},
    above_zero: {"maximum": math.inf},
    PanelContext: {
        **dict.fromkeys(("pooled_sd", "between_sd", "first_sd", "phi"), math.nan),
        "step": 0.0,
        "max_gap": math.inf,
        "adjacent": 1.0,
        "worst": -math.inf,
        "best": math.inf,
        "limits": True,
    },
    PanelContext.of_scale: {"higher_is_better": True, "step": 0.0, "max_gap": None, "dated": False, "stated": True},
    context_for: {"index": SessionIndex.ATTENDED, "max_gap": None},
    scale_for: {"higher_is_better": None},
    reference_level: {"baseline": 3},
    nelson_signals: {"k": 3.0},
    scored: {"higher_is_better": True, "beside": None},
    figures: {"max_gap": math.inf},
    blocks_of: {"rows": ROWS, "labels": True},
    learn_from: {"beside": None, "threads": 2, "rows": ROWS},
    judge_panel: {"beside": None, "threads": 2, "rows": ROWS},
    judge: {"sessions": None, "higher_is_better": True, "max_gap": None, "step": 0.0},
    detect: {
        "primary": None,
        "also": None,
        "beside": None,
        "expected": "fitted",
        "seed": 1,
        "threads": 2,
        "rows": None,
    },
    calibrate: {
        "like": None,
        "lengths": None,
        "depths": (1.0,),
        "drop_lengths": None,
        "sensitivity": False,
        "clients": 4000,
        "threads": 2,
    },
    Calibration.predictive_value: {"prevalences": (0.05, 0.1, 0.25, 0.5), "depth": None},
    choose_threshold: {
        "false_alarm": 0.05,
        "sessions": None,
        "like": None,
        "depths": (1.0,),
        "drop_lengths": None,
        "clients": 4000,
        "threads": 2,
    },
    fit_null: {"trend": Trend.LINE, "seed": 1},
    NullModel: {
        "intercept": 3.9,
        "between_sd": 0.65,
        "slope": 0.02,
        "slope_sd": 0.02,
        "within_sd": 0.35,
        "phi": 0.3,
        "distance": 1.0,
        "minimum": 1.0,
        "maximum": 5.0,
        "step": 1 / 12,
        "source": "the simulator's defaults",
        "trend": Trend.LINE,
    },
    GroupCounts: {"hidden_groups": 0, "all_small": True, "ungrouped_dyads": 0},
    RuptureCandidate: {
        **dict.fromkeys(("recovery", "recovered_at", "reversal", "lost_again_at", "construct")),
        **dict.fromkeys(("also", "sessions", "scores", "limits", "expected", "expected_sd"), ()),
        "dated": False,
    },
    Terms: {"construct": None, "higher_is_better": True, "called": ""},
    session_words: {"dated": False},
}


def defaults_of(made: Callable[..., Any]) -> dict[str, object]:
    """The default of every argument that has one."""
    arguments = signature(made).parameters.values()
    return {each.name: each.default for each in arguments if each.default is not Parameter.empty}


@pytest.mark.parametrize("kind", RULES, ids=lambda kind: kind.__name__)
def test_a_rule_of_which_nothing_is_said_is_the_documented_one(kind: type[Rule]) -> None:
    """Each setting has the value that its page names, and no setting is without one."""
    given: dict[str, Any] = {"reliability": 0.9} if kind is rules.ReliableDrop else {}
    made = kind(**given)
    expected = {**RULES[kind], **given}
    assert {each.name: getattr(made, each.name) for each in attrs.fields(kind)} == expected


@pytest.mark.parametrize("made", OTHERS, ids=lambda made: made.__qualname__)
def test_what_works_with_rules_has_the_documented_defaults(made: Callable[..., Any]) -> None:
    """Each argument that may be left out has its value, and no others may."""
    found = defaults_of(made)
    assert found.keys() == OTHERS[made].keys()
    for name, expected in OTHERS[made].items():
        if isinstance(expected, float) and math.isnan(expected):
            assert isinstance(found[name], float)
            assert math.isnan(found[name])  # type: ignore[arg-type]  # narrowed in the line above
        else:
            assert found[name] == expected
            assert type(found[name]) is type(expected)


NATURE: Mapping[type[Rule], Mapping[str, object]] = {
    rules.Drop: {"name": "drop", "threshold": "k", "ahead": None},
    rules.BelowOwnMean: {"name": "below_own_mean", "threshold": "k", "ahead": None},
    rules.IndividualsChart: {"name": "individuals_chart", "threshold": "k", "ahead": None},
    rules.ReliableDrop: {"name": "reliable_drop", "threshold": "critical", "ahead": 0},
    rules.SuddenLoss: {"name": "sudden_loss", "threshold": "cutoff", "ahead": 2, "merges": False},
    rules.SuddenGain: {"name": "sudden_gain", "threshold": "cutoff", "ahead": 2, "merges": False, "change": "gain"},
    rules.ChangePoint: {"name": "change_point", "threshold": "penalty", "ahead": None, "slow": True},
    rules.EarlierChart: {"name": "earlier_chart", "threshold": "k", "ahead": 0},
    rules.BaselineChart: {"name": "baseline_chart", "threshold": "k", "ahead": 0},
    rules.EarlierDrop: {"name": "earlier_drop", "threshold": "k", "ahead": 0},
}


@pytest.mark.parametrize("kind", NATURE, ids=lambda kind: kind.__name__)
def test_a_rule_says_what_kind_of_rule_it_is(kind: type[Rule]) -> None:
    """Name, threshold, direction, how far it looks ahead, whether findings merge, and how many raters it reads."""
    usual = {"change": "drop", "merges": True, "slow": False, "sample": 0}
    for name, expected in {**usual, **NATURE[kind]}.items():
        assert getattr(kind, name) == expected
        assert not isinstance(expected, bool) or getattr(kind, name) is expected


TABLED: Mapping[str, Rule] = {
    "drop_1_person": rules.Drop(k=1, scale="person_sd"),
    "drop_2_person": rules.Drop(k=2, scale="person_sd"),
    "drop_1_larger": rules.Drop(k=1),
    "drop_2_larger": rules.Drop(k=2),
    "drop_2_between": rules.Drop(k=2, scale="larger_person_between"),
    "below_own_mean_2": rules.BelowOwnMean(k=2),
    "individuals_chart_3": rules.IndividualsChart(k=3),
    "individuals_chart_3_autocorrelation": rules.IndividualsChart(k=3, autocorrelation=True),
    "reliable_drop": rules.ReliableDrop(reliability=0.9, sd=0.8),
    "sudden_loss_1": rules.SuddenLoss(cutoff=1),
    "ewma_chart": rules.EwmaChart(),
    "ewma_chart_autocorrelation": rules.EwmaChart(autocorrelation=True),
    "cusum_chart": rules.CusumChart(),
    "cusum_chart_autocorrelation": rules.CusumChart(autocorrelation=True),
}
TABLED_CAUSAL: Mapping[str, tuple[Rule, ...]] = {
    "earlier_chart_3": tuple(rules.EarlierChart(k=3, earlier=number) for number in (2, 3, 7)),
    "earlier_chart_3_floor": (rules.EarlierChart(k=3, least_sigma=0.35),),
    "earlier_chart_sd_2": (rules.EarlierChart(k=2, sigma="sd"),),
    "earlier_drop_2": (rules.EarlierDrop(k=2), rules.EarlierDrop(k=2, earlier=2)),
    "earlier_drop_2_floor": (rules.EarlierDrop(k=2, least_sigma=0.35),),
    **{f"baseline_chart_3_of_{number}": (rules.BaselineChart(earlier=number),) for number in (2, 3, 4, 5)},
    "reliable_drop": (rules.ReliableDrop(reliability=0.9, sd=0.8),),
    "sudden_loss": (rules.SuddenLoss(),),
}


@pytest.mark.parametrize("row", TABLED)
def test_a_rule_finds_its_row_in_the_table_of_clients(row: str) -> None:
    """Only the very same settings do; how a drop recovers is none of them."""
    rule = TABLED[row]
    assert rule.tabled_row == row
    assert attrs.evolve(rule, recovery=Recovery(within=2)).tabled_row == row
    assert attrs.evolve(rule, minimal_drop=0.1).tabled_row is None


@pytest.mark.parametrize("row", TABLED_CAUSAL)
def test_a_rule_finds_its_row_in_the_table_of_sessions(row: str) -> None:
    """However many earlier sessions a moving limit waits for, it fires as often once it judges."""
    for rule in TABLED_CAUSAL[row]:
        assert rule.tabled_causal_row == row
        assert attrs.evolve(rule, minimal_drop=0.1).tabled_causal_row is None


def test_rules_outside_the_tables_have_no_row() -> None:
    """Neither a rule that was not tabled nor one of another baseline."""
    for rule in (rules.ChangePoint(), rules.SuddenGain(cutoff=1)):
        assert (rule.tabled_row, rule.tabled_causal_row) == (None, None)
    assert rules.BaselineChart(earlier=6).tabled_causal_row is None
    assert rules.Drop(k=1.5).tabled_row is None


def test_a_context_of_scores_that_nobody_has_seen_is_what_was_said_of_them() -> None:
    """Ends, direction and step of the scale, whether sessions are days, and the largest gap."""
    scale = RatingScale(9, 36, higher_is_better=False, step=1)
    made = context_for(scale, SessionIndex.DATED, 14)
    same = PanelContext.of_scale(9, 36, higher_is_better=False, step=1.0, max_gap=14.0, dated=True)
    assert repr(made) == repr(same)
    assert made.max_gap == pytest.approx(14)
    assert made.adjacent == pytest.approx(14)
    assert repr(context_for(scale)) == repr(PanelContext.of_scale(9, 36, higher_is_better=False, step=1.0))
    assert repr(context_for(RatingScale(1, 5))) == repr(PanelContext.of_scale(1, 5))
    assert math.isinf(context_for(scale, "dated").adjacent)
