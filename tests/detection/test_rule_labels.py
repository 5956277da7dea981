"""Labels of rules: short where a rule is at its defaults, and never the same for two rules."""

from __future__ import annotations

import re

import pytest
from attrs import evolve, fields_dict
from hypothesis import given
from hypothesis import strategies as st

from therarel.detection import detect
from therarel.detection.rules import (
    BaselineChart,
    BelowOwnMean,
    ChangePoint,
    Drop,
    EarlierChart,
    EarlierDrop,
    IndividualsChart,
    Recovery,
    ReliableDrop,
    Rule,
    SuddenGain,
    SuddenLoss,
)
from therarel.errors import InvalidValueError
from therarel.panels import Panel

NUMBERS = st.floats(0.01, 30) | st.sampled_from([0.1, 0.25, 1 / 3, 0.3, 0.1 + 0.2, 2.0, 2.0000001, 7.0])
SHARES = st.floats(0.01, 1) | st.sampled_from([0.25, 0.5, 1 / 3, 1.0])
RECOVERIES = st.builds(Recovery, share=SHARES, within=st.none() | st.integers(1, 8), strictly=st.booleans())
KINDS: tuple[type[Rule], ...] = (
    BaselineChart,
    BelowOwnMean,
    ChangePoint,
    Drop,
    EarlierChart,
    EarlierDrop,
    IndividualsChart,
    ReliableDrop,
    SuddenGain,
    SuddenLoss,
)
SETTINGS: dict[str, st.SearchStrategy[object]] = {
    "recovery": RECOVERIES,
    "minimal_drop": NUMBERS,
    "k": NUMBERS,
    "critical": NUMBERS,
    "penalty": NUMBERS,
    "sd": st.none() | NUMBERS,
    "cutoff": st.none() | NUMBERS,
    "share": st.none() | SHARES,
    "reliability": st.floats(0.1, 0.99),
    "rules": st.frozensets(st.integers(1, 8), min_size=1).map(lambda some: some | {1}),
    "reference": st.sampled_from(["previous", "running_maximum", "baseline"]),
    "detrended": st.booleans(),
    "earlier": st.integers(2, 9),
}


@st.composite
def any_rule(draw: st.DrawFn, kinds: tuple[type[Rule], ...] = KINDS) -> Rule:
    """A rule of any kind with any few of its settings changed."""
    kind = draw(st.sampled_from(kinds))
    rule = kind(reliability=0.9) if kind is ReliableDrop else kind()
    for name in draw(st.lists(st.sampled_from(sorted(SETTINGS)), max_size=3, unique=True)):
        if name in fields_dict(kind):
            rule = evolve(rule, **{name: draw(SETTINGS[name])})  # type: ignore[arg-type]  # settings by name
    return rule


@given(any_rule(), any_rule(), st.sampled_from(KINDS))
def test_two_rules_never_have_the_same_label(one: Rule, other: Rule, kind: type[Rule]) -> None:
    """Whatever differs between two rules, recovery conditions and the last digit included, shows in their labels."""
    assert (one.label == other.label) is (one == other)
    assert (one.settings == other.settings) is (one == other) or type(one) is not type(other)


@given(any_rule(), RECOVERIES)
def test_labels_of_what_is_flagged_leave_recovery_out(rule: Rule, recovery: Recovery) -> None:
    """Two rules that flag the same sessions have one label of judging."""
    assert evolve(rule, recovery=recovery).judging_label == rule.judging_label


@given(any_rule((SuddenGain,)))
def test_a_gain_has_no_drop_and_no_recovery_in_its_label(rule: Rule) -> None:
    """The smallest change is one of gains, and what ends a gain is its reversal."""
    assert not re.search("drop|recover", rule.label)


def test_two_rules_of_one_name_and_one_setting_are_refused() -> None:
    """A rule of one's own that kept the name of another could not be told apart from it."""

    class Mine(Drop):
        """Another rule under the same name."""

    panel = Panel.from_arrays(["A"] * 4, range(4), [4, 4, 2, 4], scale=(1, 5), higher_is_better=True)
    with pytest.raises(InvalidValueError, match="two rules go by the same label"):
        detect(panel, primary=Drop(k=1), also=[Mine(k=1)])
