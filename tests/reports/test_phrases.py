"""What a report says about rules: a sentence for each, and no word that the panel does not allow."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from therarel.citations import bibliography
from therarel.detection import Reason, detect, rules
from therarel.domain.ratings import Construct, RatingScale
from therarel.panels import Panel
from therarel.reports import Report, report
from therarel.reports.phrases import REASONS, blind_spots, method, recovery_method, reference_lines, score_name, sources

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
    assert "or where one of Nelson's rules 2 and 5 signals" in method(RULES[1])
    assert "own straight line" in method(RULES[2])


WHOLE: list[tuple[rules.Rule, str, str, str]] = [
    (
        rules.Drop(),
        "A session is flagged where its score is worse than the previous score of the same dyad by at least 2 times the larger of the dyad's own standard deviation and the one pooled over all dyads.",
        "It sees a fall from one score to the next and misses a slow decline. The own standard deviation includes the fall itself, so that a short series hides its own drops. Near the worst end of the scale there is no room to fall so far.",
        "A drop has recovered when the reference level is reached within the next 5 scored sessions; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.Drop(k=1.5, reference="running_maximum", scale="person_sd"),
        "A session is flagged where its score is worse than the best earlier score of the same dyad by at least 1.5 times the dyad's own standard deviation.",
        "",
        "A drop has recovered when the reference level is reached within the next 5 scored sessions; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.Drop(reference="person_mean", scale="pooled_sd", minimal_drop=1),
        "A session is flagged where its score is worse than the dyad's own mean by at least 2 times the standard deviation within dyads, pooled over all of them. Changes of less than 1 point are not looked at.",
        "",
        "A drop has recovered when the reference level is reached within the next 5 scored sessions; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.Drop(reference="baseline", scale="between_sd", recovery=rules.Recovery(share=0.5, within=None)),
        "A session is flagged where its score is worse than the mean of the dyad's first sessions by at least 2 times the standard deviation of the dyads' means.",
        "",
        "A drop has recovered when 50% of the way back to the reference level is reached at any later session; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.Drop(reference="regression", scale="larger_person_between"),
        "A session is flagged where its score is worse than the dyad's own straight line by at least 2 times the larger of the dyad's own standard deviation and that of the dyads' means.",
        "",
        "A drop has recovered when the reference level is reached within the next 5 scored sessions; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.Drop(scale="moving_range", recovery=rules.Recovery(strictly=True, within=1)),
        "A session is flagged where its score is worse than the previous score of the same dyad by at least 2 times the dyad's mean change from session to session, divided by 1.128.",
        "It sees a fall from one score to the next and misses a slow decline. The own standard deviation includes the fall itself, so that a short series hides its own drops. Near the worst end of the scale there is no room to fall so far.",
        "A drop has recovered when the reference level is passed at the next scored session; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.IndividualsChart(),
        "Each dyad's scores are charted around its own mean, with sigma taken as their mean change from session to session, divided by 1.128. A session is flagged where its score is more than 3 sigma worse than that centre.",
        "It looks back over the whole series, later sessions included. In a series that keeps improving, the first sessions lie far below the mean and may be flagged although nothing fell; such findings begin with the series and are marked so. Scores that resemble those of the session before make its limits too narrow.",
        "A drop has recovered when the reference level is reached within the next 5 scored sessions; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.IndividualsChart(k=2, sigma="sd", detrended=True),
        "Each dyad's scores are charted around its own straight line, with sigma taken as their standard deviation, corrected for bias. A session is flagged where its score is more than 2 sigma worse than that centre.",
        "It looks back over the whole series, later sessions included.",
        "A drop has recovered when the reference level is reached within the next 5 scored sessions; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.IndividualsChart(rules={2}, autocorrelation=True),
        "Each dyad's scores are charted around its own mean, with sigma taken as their mean change from session to session, divided by 1.128. A session is flagged where Nelson's rule 2 signals. Sigma is widened for autocorrelation, which is pooled over dyads.",
        "It looks back over the whole series, later sessions included. In a series that keeps improving, the first sessions lie far below the mean and may be flagged although nothing fell; such findings begin with the series and are marked so. Scores that resemble those of the session before make its limits too narrow.",
        "A drop has recovered when the reference level is reached within the next 5 scored sessions; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.IndividualsChart(rules={1, 2, 5}),
        "Each dyad's scores are charted around its own mean, with sigma taken as their mean change from session to session, divided by 1.128. A session is flagged where its score is more than 3 sigma worse than that centre, or where one of Nelson's rules 2 and 5 signals.",
        "It looks back over the whole series, later sessions included. In a series that keeps improving, the first sessions lie far below the mean and may be flagged although nothing fell; such findings begin with the series and are marked so. Scores that resemble those of the session before make its limits too narrow.",
        "A drop has recovered when the reference level is reached within the next 5 scored sessions; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.BelowOwnMean(k=1.5),
        "A session is flagged where its score is worse than the dyad's own mean by at least 1.5 of the dyad's own standard deviations.",
        "Every dyad has a worst score, and the more sessions, the likelier it lies so low by chance. Later sessions enter the mean.",
        "A drop has recovered when the reference level is reached within the next 5 scored sessions; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.ReliableDrop(reliability=0.9, critical=1.645),
        "A session is flagged where its score is worse than the previous score of the same dyad by more than 1.645 standard errors of a difference between two scores, which follow from the reliability and the standard deviation among the settings.",
        "It knows the error of the instrument, and nothing of how a client's scores vary from day to day.",
        "A drop has recovered when the reference level is reached within the next 5 scored sessions; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.SuddenLoss(),
        "A session is flagged where the change for the worse since the session before is at least 25% of the distance to the end of the scale that it moves towards, and parts up to three scores before from up to three after by more than their spread, by the reading of the program suddengains.",
        "It sees changes that last. What is made good within two sessions it takes for no change.",
        "A drop has recovered when 50% of the way back to the reference level is passed at any later session; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.SuddenLoss(cutoff=1, criterion3=None),
        "A session is flagged where the change for the worse since the session before is at least 1 point, and is at least 25% of the distance to the end of the scale that it moves towards.",
        "It sees changes that last. What is made good within two sessions it takes for no change.",
        "A drop has recovered when 50% of the way back to the reference level is passed at any later session; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.SuddenGain(cutoff=7, share=None, criterion3=None),
        "A session is flagged where the change for the better since the session before is at least 7 points.",
        "It sees changes that last. What is made good within two sessions it takes for no change.",
        "A gain has been reversed when 50% of the way back to the reference level is passed at any later session; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.SuddenGain(criterion3="t_test"),
        "A session is flagged where the change for the better since the session before is at least 25% of the distance to the end of the scale that it moves towards, and parts up to three scores before from up to three after by more than their spread, as in a t-test.",
        "It sees changes that last. What is made good within two sessions it takes for no change.",
        "A gain has been reversed when 50% of the way back to the reference level is passed at any later session; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.ChangePoint(),
        "Each series is divided into stretches of steady level, as many as the gain in fit pays for. A session is flagged where a stretch begins whose level is worse than that of the one before.",
        "",
        "A drop has recovered when the reference level is reached within the next 5 scored sessions; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.IndividualsChart(rules={1, 3, 4, 8}),
        "Each dyad's scores are charted around its own mean, with sigma taken as their mean change from session to session, divided by 1.128. A session is flagged where its score is more than 3 sigma worse than that centre, or where Nelson's rule 3 signals.",
        "It looks back over the whole series, later sessions included. In a series that keeps improving, the first sessions lie far below the mean and may be flagged although nothing fell; such findings begin with the series and are marked so. Scores that resemble those of the session before make its limits too narrow.",
        "A drop has recovered when the reference level is reached within the next 5 scored sessions; it is open when it is not, and not known when the series ends first.",
    ),
]


@pytest.mark.parametrize(("rule", "does", "misses", "recovers"), WHOLE, ids=lambda each: getattr(each, "label", ""))
def test_what_a_rule_does_is_told_whole(rule: rules.Rule, does: str, misses: str, recovers: str) -> None:
    """What is compared with what, what the rule cannot see, and when what it found has recovered."""
    assert (method(rule), blind_spots(rule), recovery_method(rule)) == (does, misses, recovers)


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
