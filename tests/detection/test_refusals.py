"""Everything that detection refuses, with the whole of what it says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.refusals import Refusal, files_of, places_of, places_that_raise, refused

from therarel.detection import (
    RuptureCandidate,
    calibrate,
    choose_threshold,
    detect,
    judge,
    rules,
    usual_rules,
)
from therarel.detection.monitors import Monitor
from therarel.domain.ratings import Construct
from therarel.domain.ruptures import RuptureSeverity
from therarel.errors import UnknownNameError
from therarel.noise import NullModel
from therarel.panels import Panel

from .feeding.toy import Apart

FILES = files_of("detection/*.py", "detection/rules/*.py")
DROP, CHART = rules.Drop(k=2), rules.IndividualsChart()
WORD: Any = "Baseline"
HALF: Any = 2.5
SMALL: dict[str, Any] = {"lengths": (4,), "clients": 100, "seed": 1}


def panel(score: Any = (4, 4, 4, 4, 2, 4), session: Any = (1, 2, 3, 4, 5, 6), **options: Any) -> Panel:
    """A panel of one dyad with a drop."""
    meant: dict[str, Any] = {"scale": (1, 5), "higher_is_better": True, "construct": Construct.ALLIANCE}
    return Panel.from_arrays(["A"] * len(score), list(session), list(score), **(meant | options))


def many(*score: float, **options: Any) -> Panel:
    """A panel of 30 dyads of the same scores."""
    meant: dict[str, Any] = {"scale": (1, 5), "higher_is_better": True}
    dyads = [f"D{dyad}" for dyad in range(30) for _ in score]
    return Panel.from_arrays(dyads, [*range(len(score))] * 30, [*score] * 30, **(meant | options))


def found(*of: Any, by: Any = DROP, **options: Any) -> Callable[[], object]:
    """What is found in a panel."""
    return lambda: detect(of[0] if of else panel(), primary=by, **options)


def proposed(of: Panel, by: rules.Rule = DROP) -> Callable[[], object]:
    """The event that is made of the first candidate of a panel."""
    return lambda: first(of, by).proposed(RuptureSeverity.MODERATE)


def first(of: Panel, by: rules.Rule = DROP) -> RuptureCandidate:
    """The first candidate of a panel."""
    return detect(of, primary=by, expected="none").candidates[0]


GAIN = rules.SuddenGain(cutoff=1, criterion3=None)
RISING = panel((2, 2, 2, 4, 4, 4))
DAYS = ["2024-01-08", "2024-01-15", "2024-01-22", "2024-01-29", "2024-02-05", "2024-02-12"]
BETWEEN = panel(session=(1, 2, 3, 4, 4.5, 6), index="scheduled")

REFUSED: list[Refusal] = [
    Refusal(lambda: usual_rules(WORD), "usual_rules: a panel is needed, got 'Baseline'"),
    Refusal(
        lambda: detect(panel(), primary=DROP, expected="none").control_chart("A", DROP),
        "control_chart.rule: a control chart is drawn of a chart, got 'drop'. Hint: such as therarel.rules.IndividualsChart()",
    ),
    Refusal(
        lambda: detect(
            Panel.from_arrays(["A", "B"], [1, 1], [None, 4], scale=(1, 5), higher_is_better=True),
            primary=DROP,
            expected="none",
        ).control_chart("A"),
        "control_chart.dyad: the dyad has no score, got 'A'",
    ),
    Refusal(
        lambda: detect(panel(), primary=rules.SuddenGain(cutoff=1), expected="none").draw_average(),
        "draw_average: nothing was found that could be averaged",
    ),
    Refusal(
        found([4, 4, 2]),
        "detect: a panel is needed, got a list of 3. Hint: make one with Panel.from_frame(...) or Panel.read(...); tables that stay in DuckDB, Spark or a lazy frame go to therarel.detect_lazy",
    ),
    Refusal(found(by=WORD), "primary: a rule is needed, got 'Baseline'. Hint: for example therarel.rules.Drop(k=2)"),
    Refusal(
        found(also=CHART),
        "also: the further rules are a list, got an object of type IndividualsChart. Hint: also=[rule]",
    ),
    Refusal(found(also=[WORD]), "also: a rule is needed, got 'Baseline'. Hint: for example therarel.rules.Drop(k=2)"),
    Refusal(found(also=[DROP]), "also: each rule is given once, got 2 rules"),
    Refusal(
        found(also=[type("Mine", (rules.Drop,), {})()]),
        "also: two rules go by the same label, got 2 rules. Hint: give a rule of your own a name of its own",
    ),
    Refusal(found(expected=WORD), "expected: not accepted, got 'Baseline' (expected 'fitted', 'none' or a NullModel)"),
    Refusal(
        found(expected=NullModel(minimum=0, maximum=10)),
        "expected: a null model is on the scale of the panel, got 0 to 10 (expected 1 to 5). Hint: where lower scores are better its figures are turned, so that minimum and maximum are negative",
    ),
    Refusal(
        found(panel(higher_is_better=False), expected=NullModel(minimum=1, maximum=5)),
        "expected: a null model is on the scale of the panel, got -5 to -1 (expected 1 to 5). Hint: where lower scores are better its figures are turned, so that minimum and maximum are negative",
    ),
    Refusal(found(seed=-1), "detect.seed: not accepted, got -1 (expected a whole number of at least 0)"),
    Refusal(found(seed=HALF), "detect.seed: not accepted, got 2.5 (expected a whole number of at least 0)"),
    Refusal(found(threads=0), "threads: not accepted, got 0 (expected a whole number of at least 1)"),
    Refusal(found(threads=HALF), "threads: not accepted, got 2.5 (expected a whole number of at least 1)"),
    Refusal(found(rows=0), "rows: not accepted, got 0 (expected a whole number of at least 1)"),
    Refusal(found(rows=HALF), "rows: not accepted, got 2.5 (expected a whole number of at least 1)"),
    Refusal(
        lambda: detect(panel(), primary=DROP, expected="none").candidates_of("individuals_chart"),
        "no such rule here, got 'individuals_chart'. Hint: known are drop",
        UnknownNameError,
    ),
    Refusal(
        lambda: detect(panel(), primary=DROP, expected="none").candidates_of("dropp"),
        "no such rule here, got 'dropp'. Hint: did you mean 'drop'?",
        UnknownNameError,
    ),
    Refusal(
        lambda: detect(panel(), primary=DROP, expected="none").candidates[1], "there are no more candidates", IndexError
    ),
    Refusal(
        lambda: detect(panel(), primary=DROP, expected="none").candidates[-2],
        "there are no more candidates",
        IndexError,
    ),
    Refusal(
        proposed(panel(construct=Construct.OUTCOME)),
        "a score drop in scores of this kind says nothing about a relationship. Hint: only drops in scores of alliance, relationship or presence can be proposed",
    ),
    Refusal(
        proposed(panel(construct=None)),
        "a score drop in scores of this kind says nothing about a relationship. Hint: only drops in scores of alliance, relationship or presence can be proposed",
    ),
    Refusal(
        proposed(RISING, GAIN),
        "a sudden gain in scores of this kind says nothing about a relationship. Hint: only drops in scores of alliance, relationship or presence can be proposed",
    ),
    Refusal(
        proposed(panel(session=DAYS, index="dated")),
        "the event of a course needs the number of a session, got 28. Hint: record the event with on=..., and take grounds from this candidate",
    ),
    Refusal(
        proposed(BETWEEN),
        "the event of a course needs the number of a session, got 4.5. Hint: record the event with on=..., and take grounds from this candidate",
    ),
    Refusal(
        lambda: judge(WORD, [4, 4], scale=(1, 5)),
        "judge: a rule is needed, got 'Baseline'. Hint: for example therarel.rules.Drop(k=2)",
    ),
    Refusal(
        lambda: judge(DROP, [4, 4], scale=(5, 5)),
        "PanelContext: a panel needs a scale with a range, got 5 to 5. Hint: name the scale when every score is the same",
    ),
    Refusal(
        lambda: judge(DROP, [4, 4], scale=(5, 1)),
        "PanelContext: a panel needs a scale with a range, got 5 to 1. Hint: name the scale when every score is the same",
    ),
    Refusal(
        lambda: judge(DROP, [4, 4], [2, 2], scale=(1, 5)),
        "judge.sessions: sessions rise from score to score, one for each",
    ),
    Refusal(
        lambda: judge(DROP, [4, 4], [1, 2, 3], scale=(1, 5)),
        "judge.sessions: sessions rise from score to score, one for each",
    ),
    Refusal(lambda: rules.Drop(k=0), "Drop.k: not accepted, got 0.0 (expected a number above 0)"),
    Refusal(lambda: rules.Drop(k=WORD), "Drop.k: not accepted, got text of 8 characters (expected a number above 0)"),
    Refusal(
        lambda: rules.Drop(baseline=0), "Drop.baseline: not accepted, got 0 (expected a whole number of at least 1)"
    ),
    Refusal(
        lambda: rules.Drop(baseline=HALF),
        "Drop.baseline: not accepted, got 2.5 (expected a whole number of at least 1)",
    ),
    Refusal(
        lambda: rules.Drop(minimal_drop=-1),
        "Drop.minimal_drop: not accepted, got -1.0 (expected a number of at least 0)",
    ),
    Refusal(
        lambda: rules.Drop(recovery=WORD), "Drop.recovery: not accepted, got text of 8 characters (expected a Recovery)"
    ),
    Refusal(
        lambda: rules.Recovery(share=0), "Recovery.share: not accepted, got 0.0 (expected a number above 0, at most 1)"
    ),
    Refusal(
        lambda: rules.Recovery(share=1.5),
        "Recovery.share: not accepted, got 1.5 (expected a number above 0, at most 1)",
    ),
    Refusal(
        lambda: rules.Recovery(within=0), "Recovery.within: not accepted, got 0 (expected a whole number of at least 1)"
    ),
    Refusal(
        lambda: rules.Recovery(strictly=WORD),
        "Recovery.strictly: not accepted, got text of 8 characters (expected True or False)",
    ),
    Refusal(lambda: rules.BelowOwnMean(k=0), "BelowOwnMean.k: not accepted, got 0.0 (expected a number above 0)"),
    Refusal(
        lambda: rules.ChangePoint(penalty=0), "ChangePoint.penalty: not accepted, got 0.0 (expected a number above 0)"
    ),
    Refusal(
        lambda: rules.ChangePoint(shortest=0),
        "ChangePoint.shortest: not accepted, got 0 (expected a whole number of at least 1)",
    ),
    Refusal(
        lambda: rules.IndividualsChart(k=0), "IndividualsChart.k: not accepted, got 0.0 (expected a number above 0)"
    ),
    Refusal(
        lambda: rules.IndividualsChart(rules=WORD),
        "IndividualsChart.rules: the rules of a chart are a set of numbers, got 'Baseline' (expected some of 1 to 8)",
    ),
    Refusal(
        lambda: rules.IndividualsChart(rules=()),
        "IndividualsChart.rules: a chart needs Nelson rules, at least one of them with a low side, got none (expected some of 1 to 8, with one of 1, 2, 3, 5, 6)",
    ),
    Refusal(
        lambda: rules.IndividualsChart(rules={1, 9}),
        "IndividualsChart.rules: a chart needs Nelson rules, at least one of them with a low side, got 1 9 (expected some of 1 to 8, with one of 1, 2, 3, 5, 6)",
    ),
    Refusal(
        lambda: rules.IndividualsChart(rules={4, 7, 8}),
        "IndividualsChart.rules: a chart needs Nelson rules, at least one of them with a low side, got 4 7 8 (expected some of 1 to 8, with one of 1, 2, 3, 5, 6)",
    ),
    Refusal(
        lambda: rules.IndividualsChart(screened=WORD),
        "IndividualsChart.screened: not accepted, got text of 8 characters (expected True or False)",
    ),
    Refusal(
        lambda: rules.IndividualsChart(detrended=WORD),
        "IndividualsChart.detrended: not accepted, got text of 8 characters (expected True or False)",
    ),
    Refusal(
        lambda: rules.IndividualsChart(autocorrelation=WORD),
        "IndividualsChart.autocorrelation: not accepted, got text of 8 characters (expected True or False)",
    ),
    Refusal(
        lambda: rules.ReliableDrop(),
        "ReliableDrop: a reliable drop needs one reliability, got none. Hint: give reliability=0.90, or instrument='...' with a verified one",
    ),
    Refusal(
        lambda: rules.ReliableDrop(reliability=0.9, instrument="wai-36"),
        "ReliableDrop: a reliable drop needs one reliability, got both. Hint: give reliability=0.90, or instrument='...' with a verified one",
    ),
    Refusal(
        lambda: rules.ReliableDrop(instrument="phq-9"),
        "ReliableDrop.instrument: no verified reliability of 'phq-9' is known. Hint: give reliability=... of scores like these, and cite where it comes from",
    ),
    Refusal(
        lambda: rules.ReliableDrop(reliability=1),
        "ReliableDrop.reliability: not accepted, got 1 (expected 0 to below 1)",
    ),
    Refusal(
        lambda: rules.ReliableDrop(reliability=-0.1),
        "ReliableDrop.reliability: not accepted, got -0.1 (expected a number from 0 to 1)",
    ),
    Refusal(
        lambda: rules.ReliableDrop(reliability=0.9, reference="person_mean"),
        "ReliableDrop.reference: a reliable drop is a difference of two scores, got person_mean (expected previous, running_maximum or baseline)",
    ),
    Refusal(
        lambda: rules.ReliableDrop(reliability=0.9, sd=0),
        "ReliableDrop.sd: not accepted, got 0.0 (expected a number above 0)",
    ),
    Refusal(
        lambda: rules.ReliableDrop(reliability=0.9, critical=0),
        "ReliableDrop.critical: not accepted, got 0.0 (expected a number above 0)",
    ),
    Refusal(
        lambda: rules.ReliableDrop(reliability=0.9, baseline=0),
        "ReliableDrop.baseline: not accepted, got 0 (expected a whole number of at least 1)",
    ),
    Refusal(
        lambda: rules.EarlierScan(null=NullModel(within_sd=0)),
        "EarlierScan.null.within_sd: scores that do not wander need no scan, got 0 (expected above 0)",
    ),
    Refusal(
        lambda: rules.Scan(raters="both", null=NullModel()),
        "Scan.null: the scan needs a null model of as many raters as it reads, got NullModel (expected TwoRaterNull)."
        ' Hint: Scan(raters="both", null=TwoRaterNull(...)) or Scan(null=NullModel(...))',
    ),
    Refusal(
        lambda: rules.Scan(null=NullModel(), trend="log"),
        "Scan.trend: a stated null model has a trend of its own, got log (expected line)."
        ' Hint: say it of the model: Scan(null=NullModel(trend="log", ...))',
    ),
    Refusal(
        lambda: rules.Scan(null=NullModel(within_sd=0)),
        "Scan.null.within_sd: scores that do not wander need no scan, got 0 (expected above 0)",
    ),
    Refusal(
        lambda: rules.SuddenLoss(share=None, criterion3=None),
        "SuddenLoss: a sudden change needs at least one criterion",
    ),
    Refusal(
        lambda: rules.SuddenGain(share=None, criterion3=None),
        "SuddenGain: a sudden change needs at least one criterion",
    ),
    Refusal(lambda: rules.SuddenLoss(cutoff=0), "SuddenLoss.cutoff: not accepted, got 0.0 (expected a number above 0)"),
    Refusal(
        lambda: rules.SuddenLoss(share=1.5),
        "SuddenLoss.share: not accepted, got 1.5 (expected a number above 0, at most 1)",
    ),
    Refusal(
        lambda: rules.SuddenLoss(recovery=WORD),
        "SuddenLoss.recovery: not accepted, got text of 8 characters (expected a Recovery)",
    ),
    Refusal(
        lambda: calibrate(WORD, **SMALL),
        "calibrate: a rule is needed, got 'Baseline'. Hint: for example therarel.rules.Drop(k=2)",
    ),
    Refusal(
        lambda: calibrate(DROP, **(SMALL | {"like": WORD})), "like: a panel or a null model is needed, got 'Baseline'"
    ),
    Refusal(
        lambda: calibrate(DROP, **(SMALL | {"clients": 99})),
        "calibrate.clients: not accepted, got 99 (expected a whole number of at least 100)",
    ),
    Refusal(
        lambda: calibrate(DROP, **(SMALL | {"clients": HALF})),
        "calibrate.clients: not accepted, got 2.5 (expected a whole number of at least 100)",
    ),
    Refusal(
        lambda: calibrate(DROP, **(SMALL | {"seed": -1})),
        "calibrate.seed: not accepted, got -1 (expected a whole number of at least 0)",
    ),
    Refusal(
        lambda: calibrate(DROP, **(SMALL | {"lengths": ()})),
        "calibrate.lengths: numbers of sessions are needed, got a tuple of 0 (expected one or more whole numbers of at least 1, such as (8, 16))",
    ),
    Refusal(
        lambda: calibrate(DROP, **(SMALL | {"lengths": (8, 0)})),
        "calibrate.lengths: numbers of sessions are needed, got a tuple of 2 (expected one or more whole numbers of at least 1, such as (8, 16))",
    ),
    Refusal(
        lambda: calibrate(DROP, **(SMALL | {"lengths": WORD})),
        "calibrate.lengths: numbers of sessions are needed, got 'Baseline' (expected one or more whole numbers of at least 1, such as (8, 16))",
    ),
    Refusal(
        lambda: calibrate(DROP, **(SMALL | {"depths": (1.0, 0)})),
        "calibrate.depths: depths are score points, got a tuple of 2 (expected above 0, such as (1.0, 1.5))",
    ),
    Refusal(
        lambda: calibrate(DROP, **(SMALL | {"depths": WORD})),
        "calibrate.depths: depths are score points, got 'Baseline' (expected above 0, such as (1.0, 1.5))",
    ),
    Refusal(
        lambda: calibrate(DROP, **(SMALL | {"lengths": (4,), "depths": (1.0,), "drop_lengths": (5,)})),
        "calibrate.drop_lengths: a change for the worse is no longer than the series that it is put into, got 5 in 4 sessions",
    ),
    Refusal(
        lambda: calibrate(DROP, **(SMALL | {"lengths": (4,), "drop_lengths": ()})),
        "calibrate.drop_lengths: numbers of sessions are needed, got a tuple of 0 (expected one or more whole numbers of at least 1, such as (8, 16))",
    ),
    Refusal(
        lambda: calibrate(DROP, depths=(), **SMALL).predictive_value(),
        "no drops were put in. Hint: calibrate(..., depths=(1.0,))",
    ),
    Refusal(
        lambda: calibrate(DROP, **SMALL).predictive_value((1.5,)),
        "prevalences: a prevalence is a share, got 1.5 (expected 0 to 1)",
    ),
    Refusal(
        lambda: choose_threshold(WORD, false_alarm=0.05, seed=1),
        "choose_threshold: a rule is needed, got 'Baseline'. Hint: for example therarel.rules.Drop(k=2)",
    ),
    Refusal(
        lambda: choose_threshold(DROP, false_alarm=1, seed=1),
        "false_alarm: not accepted, got 1 (expected above 0 and below 1)",
    ),
    Refusal(
        lambda: choose_threshold(DROP, false_alarm=0.0, seed=1),
        "false_alarm: not accepted, got 0.0 (expected above 0 and below 1)",
    ),
    Refusal(
        lambda: choose_threshold(DROP, false_alarm=1.0, seed=1),
        "false_alarm: not accepted, got 1.0 (expected above 0 and below 1)",
    ),
    Refusal(
        lambda: choose_threshold(CHART, false_alarm=0.05, clients=99, seed=1),
        "choose_threshold.clients: not accepted, got 99 (expected a whole number of at least 100)",
    ),
    Refusal(
        lambda: choose_threshold(
            rules.IndividualsChart(rules={1, 2}), false_alarm=0.001, sessions=30, clients=200, seed=1
        ),
        "choose_threshold: no threshold makes the rule fire so seldom, got 0.001",
    ),
]

TWO_RATERS = Apart()
THREE: Any = 3
REFUSED += [
    Refusal(
        lambda: detect(RISING, primary=TWO_RATERS),
        "detect: the rule reads the scores of two raters, got 'apart'. Hint: give the other rater's panel: detect(panel, beside=other, ...)",
    ),
    Refusal(
        lambda: detect(RISING, primary=TWO_RATERS, beside=panel((2, 2, 2, 4, 4, 4), scale=(1, 7))),
        "detect.beside: the two raters' scores are on different scales, got '1 to 7, higher is better' (expected '1 to 5, higher is better')",
    ),
    Refusal(
        lambda: detect(RISING, primary=TWO_RATERS, beside=THREE),
        "detect.beside: the other rater's scores are a panel, got 3. Hint: beside=panel",
    ),
    Refusal(
        lambda: detect(RISING, primary=rules.Drop(k=1), beside=RISING),
        "detect.beside: none of these rules reads a second rater's scores, got 'drop (k 1)'. Hint: detect(panel, primary=rules.Scan(raters='both'), beside=other)",
    ),
    Refusal(
        lambda: Monitor(rules.BelowOwnMean(), scale=(1, 5), higher_is_better=True),
        "Monitor.rule: a monitor needs a rule that looks back only, and at one course, got 'below_own_mean'. Hint: use EarlierChart(sigma='sd', k=2)",
    ),
]


@pytest.mark.parametrize("refusal", REFUSED, ids=lambda refusal: refusal.message[:60])
def test_what_is_refused_is_told_whole(refusal: Refusal) -> None:
    """Place, fact, value, bound and hint of every refusal."""
    error = refused(refusal.call)
    assert (type(error), str(error)) == (refusal.kind, refusal.message)


def test_every_refusal_of_the_room_is_among_them() -> None:
    """No line of the room raises an error that is not tried here; monitors and engines have tests of their own."""
    tried = [places_of(refused(refusal.call), FILES) for refusal in REFUSED]
    assert set().union(*tried) == places_that_raise(FILES)
