"""What a rule says of itself: what it does, what it cannot see, and when what it found has recovered."""

from __future__ import annotations

import pytest

from therarel.detection import rules
from therarel.detection.false_alarms import TABLED, embedded_false_alarms, false_alarms_of
from therarel.detection.monitors.false_alarms import (
    causal_false_alarms_of,
    embedded_causal_false_alarms,
    tabled_causal_rules,
)

RULES: tuple[rules.Rule, ...] = (
    rules.Drop(k=2, minimal_drop=0.2),
    rules.IndividualsChart(rules={1, 2, 5}, autocorrelation=True),
    rules.IndividualsChart(detrended=True, sigma="sd"),
    rules.BelowOwnMean(),
    rules.ReliableDrop(reliability=0.9),
    rules.SuddenLoss(cutoff=1),
    rules.SuddenGain(criterion3="t_test"),
    rules.ChangePoint(),
    rules.EarlierChart(least_sigma=0.35),
    rules.BaselineChart(sigma="sd"),
    rules.EarlierDrop(),
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.label)
def test_each_rule_is_told_in_sentences(rule: rules.Rule) -> None:
    """The method names what is compared with what; it is never the bare name of the rule."""
    told = rule.method
    assert told.endswith(".")
    assert rule.label not in told
    assert "flagged" in told
    assert "rupture" not in (told + rule.blind_spots + rule.recovery_method).lower()


def test_settings_appear_in_the_method() -> None:
    """Thresholds, the smallest drop and the rules of a chart are part of the sentence."""
    assert "Changes of less than 0.2 points" in RULES[0].method
    assert "or where one of Nelson's rules 2 and 5 signals" in RULES[1].method
    assert "own straight line" in RULES[2].method


WHOLE: list[tuple[rules.Rule, str, str, str]] = [
    (
        rules.Drop(),
        "A session is flagged where its score is worse than the previous score of the same dyad by at least 2 times the larger of the dyad's own standard deviation and the one pooled over all dyads.",
        "It sees a change for the worse from one score to the next and misses a slow one. The own standard deviation includes the change itself, so that a short series hides its own changes. Near the worst end of the scale there is no room for so large a change.",
        "A change for the worse has recovered when the reference level is reached within the next 5 scored sessions; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.Drop(k=1.5, reference="running_maximum", scale="person_sd"),
        "A session is flagged where its score is worse than the best earlier score of the same dyad by at least 1.5 times the dyad's own standard deviation.",
        "The best earlier score is the best of more and more scores, so that a long series lies further from it by chance than a short one, and one single good score is remembered to the end.",
        "A change for the worse has recovered when the reference level is reached within the next 5 scored sessions; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.Drop(k=1.5, reference="running_maximum", scale="points"),
        "A session is flagged where its score is worse than the best earlier score of the same dyad by at least 1.5 points.",
        "The best earlier score is the best of more and more scores, so that a long series lies further from it by chance than a short one, and one single good score is remembered to the end.",
        "A change for the worse has recovered when the reference level is reached within the next 5 scored sessions; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.Drop(reference="person_mean", scale="pooled_sd", minimal_drop=1),
        "A session is flagged where its score is worse than the dyad's own mean by at least 2 times the standard deviation within dyads, pooled over all of them. Changes of less than 1 point are not looked at.",
        "",
        "A change for the worse has recovered when the reference level is reached within the next 5 scored sessions; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.Drop(reference="baseline", scale="between_sd", recovery=rules.Recovery(share=0.5, within=None)),
        "A session is flagged where its score is worse than the mean of the dyad's first sessions by at least 2 times the standard deviation of the dyads' means.",
        "",
        "A change for the worse has recovered when 50% of the way back to the reference level is reached at any later session; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.Drop(reference="regression", scale="larger_person_between"),
        "A session is flagged where its score is worse than the dyad's own straight line by at least 2 times the larger of the dyad's own standard deviation and that of the dyads' means.",
        "",
        "A change for the worse has recovered when the reference level is reached within the next 5 scored sessions; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.Drop(scale="moving_range", recovery=rules.Recovery(strictly=True, within=1)),
        "A session is flagged where its score is worse than the previous score of the same dyad by at least 2 times the dyad's mean change from session to session, divided by 1.128.",
        "It sees a change for the worse from one score to the next and misses a slow one. The own standard deviation includes the change itself, so that a short series hides its own changes. Near the worst end of the scale there is no room for so large a change.",
        "A change for the worse has recovered when the reference level is passed at the next scored session; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.IndividualsChart(),
        "Each dyad's scores are charted around its own mean, with sigma taken as their mean change from session to session, divided by 1.128. A session is flagged where its score is more than 3 sigma worse than that centre.",
        "It looks back over the whole series, later sessions included. In a series that keeps improving, the first sessions are far worse than the mean and may be flagged although nothing got worse; such findings begin with the series and are marked so. Scores that resemble those of the session before make its limits too narrow.",
        "A change for the worse has recovered when the reference level is reached within the next 5 scored sessions; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.IndividualsChart(k=2, sigma="sd", detrended=True),
        "Each dyad's scores are charted around its own straight line, with sigma taken as their standard deviation, corrected for bias. A session is flagged where its score is more than 2 sigma worse than that centre.",
        "It looks back over the whole series, later sessions included.",
        "A change for the worse has recovered when the reference level is reached within the next 5 scored sessions; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.IndividualsChart(rules={2}, autocorrelation=True),
        "Each dyad's scores are charted around its own mean, with sigma taken as their mean change from session to session, divided by 1.128. A session is flagged where Nelson's rule 2 signals. Sigma is widened for autocorrelation, which is pooled over dyads.",
        "It looks back over the whole series, later sessions included. In a series that keeps improving, the first sessions are far worse than the mean and may be flagged although nothing got worse; such findings begin with the series and are marked so. Scores that resemble those of the session before make its limits too narrow.",
        "A change for the worse has recovered when the reference level is reached within the next 5 scored sessions; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.IndividualsChart(rules={1, 2, 5}),
        "Each dyad's scores are charted around its own mean, with sigma taken as their mean change from session to session, divided by 1.128. A session is flagged where its score is more than 3 sigma worse than that centre, or where one of Nelson's rules 2 and 5 signals.",
        "It looks back over the whole series, later sessions included. In a series that keeps improving, the first sessions are far worse than the mean and may be flagged although nothing got worse; such findings begin with the series and are marked so. Scores that resemble those of the session before make its limits too narrow.",
        "A change for the worse has recovered when the reference level is reached within the next 5 scored sessions; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.BelowOwnMean(k=1.5),
        "A session is flagged where its score is worse than the dyad's own mean by at least 1.5 of the dyad's own standard deviations.",
        "Every dyad has a worst score, and the more sessions, the likelier it is so bad by chance. Later sessions enter the mean.",
        "A change for the worse has recovered when the reference level is reached within the next 5 scored sessions; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.ReliableDrop(reliability=0.9, critical=1.645),
        "A session is flagged where its score is worse than the previous score of the same dyad by more than 1.645 standard errors of a difference between two scores, which follow from the reliability and the standard deviation among the settings.",
        "It knows the error of the instrument, and nothing of how a client's scores vary from day to day.",
        "A change for the worse has recovered when the reference level is reached within the next 5 scored sessions; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.SuddenLoss(),
        "A session is flagged where the change for the worse since the session before is at least 25% of the distance to the end of the scale that it moves towards, and parts up to three scores before from up to three after by more than their spread, by the reading of the program suddengains.",
        "It sees changes that last. What is made good within two sessions it takes for no change.",
        "A change for the worse has recovered when 50% of the way back to the reference level is passed at any later session; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.SuddenLoss(cutoff=1, criterion3=None),
        "A session is flagged where the change for the worse since the session before is at least 1 point, and is at least 25% of the distance to the end of the scale that it moves towards.",
        "It sees changes that last. What is made good within two sessions it takes for no change.",
        "A change for the worse has recovered when 50% of the way back to the reference level is passed at any later session; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.SuddenGain(cutoff=7, share=None, criterion3=None),
        "A session is flagged where the change for the better since the session before is at least 7 points.",
        "It sees changes that last. What is made good within two sessions it takes for no change.",
        "A gain is lost again when 50% of the way back to the reference level is passed at any later session; otherwise it held.",
    ),
    (
        rules.SuddenGain(criterion3="t_test"),
        "A session is flagged where the change for the better since the session before is at least 25% of the distance to the end of the scale that it moves towards, and parts up to three scores before from up to three after by more than their spread, as in a t-test.",
        "It sees changes that last. What is made good within two sessions it takes for no change.",
        "A gain is lost again when 50% of the way back to the reference level is passed at any later session; otherwise it held.",
    ),
    (
        rules.ChangePoint(),
        "Each series is divided into stretches of steady level, as many as their better fit pays for. A session is flagged where a stretch begins whose level is worse than that of the one before.",
        "",
        "A change for the worse has recovered when the reference level is reached within the next 5 scored sessions; it is open when it is not, and not known when the series ends first.",
    ),
    (
        rules.IndividualsChart(rules={1, 3, 4, 8}),
        "Each dyad's scores are charted around its own mean, with sigma taken as their mean change from session to session, divided by 1.128. A session is flagged where its score is more than 3 sigma worse than that centre, or where Nelson's rule 3 signals.",
        "It looks back over the whole series, later sessions included. In a series that keeps improving, the first sessions are far worse than the mean and may be flagged although nothing got worse; such findings begin with the series and are marked so. Scores that resemble those of the session before make its limits too narrow.",
        "A change for the worse has recovered when the reference level is reached within the next 5 scored sessions; it is open when it is not, and not known when the series ends first.",
    ),
]


@pytest.mark.parametrize(("rule", "does", "misses", "recovers"), WHOLE, ids=lambda each: getattr(each, "label", ""))
def test_what_a_rule_does_is_told_whole(rule: rules.Rule, does: str, misses: str, recovers: str) -> None:
    """What is compared with what, what the rule cannot see, and when what it found has recovered."""
    assert (rule.method, rule.blind_spots, rule.recovery_method) == (does, misses, recovers)


def test_each_row_of_the_embedded_tables_belongs_to_the_rule_that_names_it() -> None:
    """Every row is named by one rule, which finds it by its settings; and every rule that names a row has one."""
    assert TABLED.keys() == embedded_false_alarms().keys()
    assert tabled_causal_rules().keys() == embedded_causal_false_alarms().keys()
    for name, rule in TABLED.items():
        assert rule.tabled_row == name
        assert false_alarms_of(rule) is embedded_false_alarms()[name]
    for name, rule in tabled_causal_rules().items():
        assert rule.tabled_causal_row == name
        assert causal_false_alarms_of(rule) is embedded_causal_false_alarms()[name]


def test_a_rule_made_of_a_tabled_one_does_not_inherit_its_rates() -> None:
    """How often the mother fires says nothing of a rule that judges otherwise: a gain, or one of one's own."""

    class Stricter(rules.Drop):
        """The same settings, other verdicts."""

    for rule in (Stricter(k=2), rules.SuddenGain(cutoff=1), rules.SuddenGain()):
        assert (rule.tabled_row, rule.tabled_causal_row) == (None, None)
        assert false_alarms_of(rule) is None
        assert causal_false_alarms_of(rule) is None
