"""What a report says about rules: a sentence for each, and no word that the panel does not allow."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from therarel.citations import Citation, Status, bibliography
from therarel.detection import Reason, detect, rules
from therarel.domain.ratings import Construct, RatingScale
from therarel.panels import Panel
from therarel.reports import Report, report
from therarel.reports.phrases import REASONS, score_name
from therarel.reports.references import reference_lines, rule_sources

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


@pytest.mark.parametrize(
    ("construct", "instrument", "column", "better", "title"),
    [
        (Construct.ALLIANCE, "wai-sr", "wai", True, "wai-sr, 1 to 5, higher is better"),
        (Construct.ALLIANCE, None, "wai", True, "wai, 1 to 5, higher is better"),
        (Construct.ALLIANCE, None, "score", True, "alliance, 1 to 5, higher is better"),
        (Construct.ALLIANCE, None, None, True, "alliance, 1 to 5, higher is better"),
        (None, None, "score", True, "score, 1 to 5, higher is better"),
        (None, None, None, False, "score, 1 to 5, lower is better (better is up)"),
    ],
)
def test_an_axis_says_what_the_scores_are(
    construct: Construct | None, instrument: str | None, column: str | None, better: bool, title: str
) -> None:
    """The instrument, else the column if its name says more than score, else what is known of the scores."""
    assert score_name(construct, instrument, column, RatingScale(1, 5, better)) == title


def test_every_reason_is_explained() -> None:
    """A reason that is new to the rules cannot be forgotten here."""
    assert set(REASONS) == set(Reason)


def test_sources_are_in_the_bibliography_and_named_once() -> None:
    """Two rules of one source name it once."""
    keys = [each.key for each in rule_sources((*RULES, *RULES))]
    assert len(keys) == len(set(keys))
    assert set(keys) <= set(bibliography())


def test_a_rule_of_ones_own_brings_its_references() -> None:
    """A source is a key of the bibliography or a reference of the rule's author, each named once."""
    own = Citation(key="own_rule2026", authors=("Doe, J.",), status=Status.MEMORY_HIGH, title="A rule of our own")

    class OwnRule(rules.Drop):
        """A drop with sources of its own."""

        sources = (own, "gumz2012")

    assert [each.key for each in rule_sources((OwnRule(), rules.Drop()))] == ["own_rule2026", "gumz2012"]


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
    assert ">the gain</text>" in made.html
    assert "0 held, 1 was lost again. The median" in made.html
    assert "sudden gain" in made.html
    assert "rupture" not in made.html.lower()


def test_shares_are_written_in_one_way() -> None:
    """No page sets its per cent sign apart from the number, as others do not."""
    pages = list((Path(__file__).parent / "approved").glob("*.txt"))
    assert pages
    assert [page.name for page in pages if re.search(r"\d %", page.read_text("utf-8"))] == []
