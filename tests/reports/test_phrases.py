"""What a report says about rules: a sentence for each, and no word that the panel does not allow."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from therarel.citations import bibliography
from therarel.detection import Reason, detect, rules
from therarel.domain.ratings import Construct
from therarel.panels import Panel
from therarel.reports import Report, report
from therarel.reports.phrases import REASONS, blind_spots, method, recovery_method, reference_lines, sources

RULES: tuple[rules.Rule, ...] = (
    rules.Drop(k=2, minimal_drop=0.2),
    rules.IndividualsChart(rules={1, 2, 5}, autocorrelation=True),
    rules.IndividualsChart(detrended=True, sigma="sd"),
    rules.BelowOwnMean(),
    rules.ReliableDrop(reliability=0.9),
    rules.SuddenLoss(cutoff=1),
    rules.SuddenGain(criterion3="t_test"),
    rules.ChangePoint(),
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.label)
def test_each_rule_is_told_in_sentences(rule: rules.Rule) -> None:
    """The method names what is compared with what; it is never the bare name of the rule."""
    told = method(rule)
    assert told.endswith(".")
    assert rule.label not in told
    assert "flagged" in told
    assert "rupture" not in (told + blind_spots(rule) + recovery_method(rule)).lower()


def test_settings_appear_in_the_method() -> None:
    """Thresholds, the smallest drop and the rules of a chart are part of the sentence."""
    assert "Changes of less than 0.2 points" in method(RULES[0])
    assert "Nelson's rules 1, 2 and 5" in method(RULES[1])
    assert "own straight line" in method(RULES[2])


def test_every_reason_is_explained() -> None:
    """A reason that is new to the rules cannot be forgotten here."""
    assert set(REASONS) == set(Reason)


def test_sources_are_in_the_bibliography_and_named_once() -> None:
    """Two rules of one source name it once."""
    keys = [each.key for each in sources((*RULES, *RULES))]
    assert len(keys) == len(set(keys))
    assert set(keys) <= set(bibliography())


@pytest.mark.parametrize("construct", [Construct.OUTCOME, None])
def test_a_title_that_speaks_of_more_than_the_data_is_left_out(construct: Construct | None) -> None:
    """Every reference of the bibliography can be printed for an outcome without the word."""
    everything = tuple(bibliography().values())
    assert "rupture" not in " ".join(reference_lines(everything, construct)).lower()
    assert "rupture" in " ".join(reference_lines(everything, Construct.ALLIANCE)).lower()


@pytest.mark.parametrize("rule", RULES[:-1], ids=lambda rule: rule.label)
@pytest.mark.parametrize("construct", [Construct.ALLIANCE, Construct.OUTCOME])
def test_any_rule_can_be_the_primary_one(
    rule: rules.Rule, construct: Construct, panel_of: Callable[..., Panel]
) -> None:
    """Drops and gains alike are drawn, listed and told with the words that fit."""
    made: Report = report(detect(panel_of(construct), primary=rule))
    told = made.html + json.dumps(made.as_dict())
    assert ("rupture" in told.lower()) is (construct is Construct.ALLIANCE and rule.name != "sudden_gain")


def test_a_gain_is_told_as_a_gain() -> None:
    """A rule for gains gives gains and reversals, and pictures that point up."""
    scores = [2.0, 2.1, 2.0, 4.0, 4.1, 4.0, 2.0, 2.1]
    panel = Panel.from_arrays(["A"] * 8, range(8), scores, scale=(1, 5), higher_is_better=True, construct="alliance")
    made = report(detect(panel, primary=rules.SuddenGain(cutoff=1)))
    assert len(made.detection.candidates) == 1
    assert "gain, to the best score" in made.html
    assert "1 were reversed" in made.html
    assert "score gain" in made.html
    assert "rupture" not in made.html.lower()
