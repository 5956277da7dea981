"""Rules and results as values: made by name, of numbers of any library, equal where they say the same."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from inspect import Parameter, isabstract, signature
from typing import Any

import attrs
import numpy as np
import pytest
from attrs import evolve
from tests.values import classes_of, compared_by_fields, holds_arrays

import therarel.detection
from therarel.detection import Detection, RuptureCandidate, detect, judge, rules
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
from therarel.detection.rules.causal import BaselineChart, CausalRule, EarlierChart, EarlierDrop
from therarel.errors import InvalidValueError, UnknownNameError
from therarel.noise import NullModel
from therarel.noise.context import PanelContext
from therarel.noise.series import scored
from therarel.panels import Panel

KINDS: list[type] = [Drop, BelowOwnMean, IndividualsChart, ReliableDrop, SuddenLoss, SuddenGain, ChangePoint]
CAUSAL: list[type[CausalRule]] = [EarlierChart, BaselineChart, EarlierDrop]
RULES: list[Rule] = [
    *(Drop(k=1, reference=each) for each in ("previous", "running_maximum", "person_mean", "baseline", "regression")),
    *(Drop(k=1, scale=each) for each in ("person_sd", "pooled_sd", "between_sd", "larger_person_between", "moving_range")),
    BelowOwnMean(k=1),
    IndividualsChart(k=1),
    IndividualsChart(k=1, sigma="sd", detrended=True),
    IndividualsChart(rules={1, 2, 3, 5, 6}, screened=True),
    *(ReliableDrop(reliability=0.8, reference=each) for each in ("previous", "running_maximum", "baseline")),
    SuddenLoss(cutoff=0.5, criterion3=None),
    SuddenGain(cutoff=0.5),
    ChangePoint(),
    *(kind(k=1, earlier=2, least_sigma=floor) for kind in CAUSAL for floor in (0, 0.3)),
    EarlierChart(k=1, sigma="sd"),
]  # fmt: skip
NUMBERS: dict[type, dict[str, Any]] = {
    Drop: {"k": 2, "baseline": 4, "minimal_drop": 1},
    BelowOwnMean: {"k": 2, "minimal_drop": 1},
    IndividualsChart: {"k": 2, "minimal_drop": 1},
    ReliableDrop: {"reliability": 0.5, "sd": 2, "critical": 2, "baseline": 4, "minimal_drop": 1},
    SuddenLoss: {"cutoff": 2, "share": 0.5, "minimal_drop": 1},
    SuddenGain: {"cutoff": 2, "share": 0.5, "minimal_drop": 1},
    ChangePoint: {"penalty": 3, "shortest": 4, "minimal_drop": 1},
    Recovery: {"share": 0.5, "within": 3},
    **{kind: {"k": 2, "earlier": 4, "least_sigma": 1, "minimal_drop": 1} for kind in CAUSAL},
}
SCORES = [4.0, 4.5, 4.0, 2.0, 2.0, 2.5, 4.0, 4.5, 3.0, 4.0]


@pytest.mark.parametrize("cls", [*KINDS, *CAUSAL, PanelContext, NullModel, RuptureCandidate, Detection])
def test_rules_and_what_they_know_are_made_by_name(cls: type) -> None:
    """Nobody has to count the settings of a rule, and none is mistaken for another."""
    assert {each.kind for each in signature(cls).parameters.values()} == {Parameter.KEYWORD_ONLY}


@pytest.mark.parametrize("kind", NUMBERS, ids=lambda kind: kind.__name__)
def test_settings_take_numbers_of_any_library(kind: type) -> None:
    """A number of numpy, or a decimal, is the number that Python has for it, so that settings can be written."""
    plain = NUMBERS[kind]
    for given in (
        {name: np.int64(value) if isinstance(value, int) else np.float32(value) for name, value in plain.items()},
        {name: value if isinstance(value, int) else Decimal(str(value)) for name, value in plain.items()},
    ):
        made = kind(**given)
        assert made == kind(**plain)
        for name, value in plain.items():
            assert type(getattr(made, name)) in (float, type(value))
        if isinstance(made, Rule):
            assert json.loads(json.dumps(made.settings)) == made.settings


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.label)
def test_what_was_compared_is_given_where_it_is_asked_for(rule: Rule) -> None:
    """The verdicts are the same with and without; level, limit and distance belong together where there are any."""
    series, _, _ = scored([0, 10, 20], [*range(10)] * 2, [*SCORES, *SCORES[::-1]])
    context = evolve(
        PanelContext.of_scale(1, 5, step=0.5), pooled_sd=0.5, between_sd=0.5, first_sd=0.5, phi=0.2
    )  # fmt: skip
    plain, whole = rule.verdicts(series, context), rule.verdicts(series, context, values=True)
    assert dict(plain.values) == {}
    assert plain.code.tolist() == whole.code.tolist()
    level, drop = whole.values["reference"], whole.values["change"]
    after = whole.values.get("mean_after", series.score) if isinstance(rule, ChangePoint) else series.score
    sign = -1.0 if isinstance(rule, SuddenGain) else 1.0
    np.testing.assert_allclose(sign * (level - after), drop)
    limit = whole.values.get("limit", level - sign * 0.001)
    beyond = sign * (limit - after)
    assert (beyond[whole.flagged] >= -2 * context.tolerance).all()
    assert all(column.shape == (20,) and column.dtype == np.float64 for column in whole.values.values())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.label)
def test_a_dyad_among_others_is_judged_as_it_is_alone(rule: Rule) -> None:
    """With the same pooled figures the verdicts and values of a dyad do not depend on who stands before it."""
    context = evolve(PanelContext.of_scale(1, 5), pooled_sd=0.5, between_sd=0.5, first_sd=0.5, phi=0.2)
    every, _, _ = scored([0, 10, 20], [*range(10)] * 2, [*SCORES, *SCORES[::-1]])
    for at, scores in enumerate((SCORES, SCORES[::-1])):
        alone, _, _ = scored([0, 10], range(10), scores)
        one, part = rule.verdicts(alone, context, values=True), slice(10 * at, 10 * at + 10)
        both = rule.verdicts(every, context, values=True)
        assert one.code.tolist() == both.code[part].tolist()
        for name, column in one.values.items():
            np.testing.assert_array_equal(column, both.values[name][part])


def test_candidates_are_equal_where_they_say_the_same() -> None:
    """The whole series behind a candidate, and what the rule compared, are no part of what it says."""
    panel = Panel.from_arrays(["A"] * 8, range(1, 9), [4, 4, 4, 4, 2, 4, 4, 4], scale=(1, 5), higher_is_better=True)
    (found,) = detect(panel, primary=Drop(k=2), expected="none").candidates
    (again,) = detect(panel, primary=Drop(k=2), expected="none").candidates
    assert found == again
    assert hash(found) == hash(again)
    assert found == evolve(found, scores=(), sessions=(), limits=(), values={})
    assert found != evolve(found, flagged_at=6.0)
    assert len({*RULES, *RULES}) == len(RULES)


def test_a_pooled_autocorrelation_that_is_not_known_makes_nothing_detectable() -> None:
    """A chart that corrects for it says so at every session, and flags none."""
    found = judge(IndividualsChart(autocorrelation=True), [4.0, 4.5], scale=(1, 5))
    assert found.undetectable.all()
    assert math.isnan(found.values["sigma"][0])


def test_values_that_hold_arrays_are_not_compared_field_by_field() -> None:
    """Arrays and tables have no single answer to whether they are equal."""
    holding = [cls for cls in classes_of(therarel.detection) if holds_arrays(cls)]
    assert holding
    assert [cls.__name__ for cls in holding if compared_by_fields(cls)] == []


LEAST: list[tuple[type, str, float]] = [
    (Drop, "baseline", 1),
    (Drop, "minimal_drop", 0),
    (ChangePoint, "shortest", 1),
    (Recovery, "within", 1),
    *((kind, "earlier", 2) for kind in CAUSAL),
    *((kind, "least_sigma", 0) for kind in CAUSAL),
]


@pytest.mark.parametrize(("kind", "name", "least"), LEAST, ids=lambda each: getattr(each, "__name__", str(each)))
def test_the_least_that_a_setting_may_be_is_taken_and_nothing_less(kind: type, name: str, least: float) -> None:
    """The bound itself is within, one step below it is refused with the bound."""
    assert getattr(kind(**{name: least}), name) == least
    with pytest.raises(InvalidValueError, match=f"at least {least}"):
        kind(**{name: least - 1})


@pytest.mark.parametrize(
    ("kind", "name"), [(Recovery, "share"), (SuddenLoss, "share"), (SuddenGain, "share")], ids=lambda each: str(each)
)
def test_a_share_may_be_the_whole(kind: type, name: str) -> None:
    """One is within, anything above is refused."""
    assert getattr(kind(**{name: 1}), name) == 1.0
    with pytest.raises(InvalidValueError, match="at most 1"):
        kind(**{name: 1.01})


def test_a_reliability_may_be_none_at_all() -> None:
    """Zero is a reliability, however poor."""
    assert ReliableDrop(reliability=0, sd=1).least_drop(1.0) == pytest.approx(1.96 * math.sqrt(2))


@pytest.mark.parametrize("number", [int, float, Decimal, np.int32, lambda value: np.array(value)])
def test_sessions_take_numbers_of_any_library(number: Any) -> None:
    """The verdicts on a series do not depend on how its sessions are counted."""
    places = [1, 2, 3, 5, 8, 9, 10, 11, 12, 14]
    given = [number(place) for place in places]
    assert (
        judge(Drop(k=1), SCORES, given, scale=(1, 5)).code.tolist()
        == judge(Drop(k=1), SCORES, np.array(places, dtype=np.float64), scale=(1, 5)).code.tolist()
    )


def test_ends_of_a_scale_take_numbers_of_any_library() -> None:
    """Each end is a plain number."""
    ends: list[tuple[Any, Any]] = [(np.int64(1), np.float32(5)), (Decimal(1), Decimal(5))]
    for low, high in ends:
        given = evolve(PanelContext.of_scale(1, 5), minimum=low, maximum=high)
        assert (given.minimum, given.maximum) == (1.0, 5.0)
        assert (type(given.minimum), type(given.maximum)) == (float, float)


def is_a_rule(value: object) -> bool:
    """Whether a public name of the rules is a kind of rule that can be made."""
    return isinstance(value, type) and issubclass(value, Rule) and not isabstract(value)


EVERY: list[Any] = [getattr(rules, name) for name in rules.__all__ if is_a_rule(getattr(rules, name))]
GIVEN: dict[type, dict[str, Any]] = {rules.EarlierScan: {"null": NullModel()}}
LEARNT = {"wandering", "unknown"}
"""What a scan learns from a panel; nobody gives it."""


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, each.name) for kind in EVERY for each in attrs.fields(kind) if each.name not in LEARNT]
)
def test_no_setting_of_a_rule_takes_what_it_is_not(kind: Any, name: str) -> None:
    """A setting refuses what is of no kind that it knows; a number refuses one that no bound allows."""
    for wrong in (object(), -7.5):
        with pytest.raises((InvalidValueError, UnknownNameError)):
            kind(**{**GIVEN.get(kind, {}), name: wrong})


@pytest.mark.parametrize(
    "rule",
    [
        *RULES,
        rules.EwmaChart(),
        rules.CusumChart(),
        *(each(null=NullModel()) for each in (rules.Scan, rules.EarlierScan)),
    ],
    ids=lambda rule: rule.label,
)
def test_verdicts_are_a_byte_a_session(rule: Rule) -> None:
    """Whatever the rule, the code of a session takes one byte; a large panel holds one per session and rule."""
    assert judge(rule, SCORES, scale=(1, 5)).code.dtype == np.uint8
