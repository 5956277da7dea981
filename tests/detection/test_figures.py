"""Pictures of a detection: better scores are up, what was flagged is marked, and limits stay on the scale."""

from __future__ import annotations

from itertools import pairwise

import pytest

from therarel.detection import calibrate, choose_threshold, detect, rules
from therarel.drawing import Dots, Trace
from therarel.errors import InvalidValueError, UnknownNameError
from therarel.panels import Panel
from therarel.simulation import simulate_clinic

SCORES = [20.0, 21, 20, 19, 20, 21, 20, 4, 20, 21, 20, 19]
SYMPTOMS = Panel.from_arrays(["A"] * 12, range(1, 13), SCORES, scale=(0, 27), higher_is_better=False)
CLINIC = simulate_clinic(40, seed=3).panel()


def test_flagged_sessions_are_marked_over_all_series() -> None:
    """As many marks as flagged sessions, pointing down, and a word for them."""
    found = detect(CLINIC, primary=rules.Drop(k=2), expected="none")
    flagged = sum(code == 1 for code in found.codes[0])
    (plot,) = found.draw().plots
    (marks,) = [mark for mark in plot.marks if isinstance(mark, Dots)]
    assert (len(list(marks.xs)), marks.shape) == (flagged, "down")
    assert f"{flagged} sessions flagged by the rule: drop" in found.draw().description


def test_the_dyads_with_findings_are_drawn_first() -> None:
    """Without names the small pictures are of dyads with a flagged session, and mark it."""
    found = detect(CLINIC, primary=rules.Drop(k=2), expected="none")
    chart = found.draw_dyads(most=4)
    dyads = {candidate.dyad for candidate in found.candidates}
    assert len(chart.plots) == 4
    assert {plot.title for plot in chart.plots} <= dyads
    assert all(any(mark.name.startswith("flagged") for mark in plot.marks) for plot in chart.plots)
    assert len(found.draw_dyads(CLINIC.dyads[:2]).plots) == 2


def test_a_control_chart_holds_centre_and_limits() -> None:
    """Better is up, the limits are those of the rule, and one beyond the scale is drawn at its end."""
    found = detect(SYMPTOMS, primary=rules.Drop(k=2), also=[rules.IndividualsChart(k=1)], expected="none")
    (plot,) = found.control_chart("A").plots
    named = {mark.name: mark for mark in plot.marks if isinstance(mark, Trace) and mark.name}
    assert set(named) == {"limits", "centre", "score"}
    assert plot.y.domain == (27, 0)
    assert list(named["score"].ys) == SCORES
    ranges = [abs(a - b) for a, b in pairwise(SCORES)]
    centre, sigma = sum(SCORES) / 12, sum(ranges) / 11 / 1.128
    assert list(named["centre"].ys) == pytest.approx([centre] * 12)
    assert list(named["limits"].ys) == pytest.approx([centre + sigma] * 12)
    wide = found.control_chart("A", rules.IndividualsChart(k=9)).plots[0]
    assert all(0 <= y <= 27 for mark in wide.marks if isinstance(mark, Trace) for y in mark.ys if y is not None)


def test_only_a_chart_makes_a_control_chart() -> None:
    """Another rule is refused, and so is a dyad that is not there."""
    found = detect(SYMPTOMS, primary=rules.Drop(k=2), expected="none")
    with pytest.raises(InvalidValueError, match="a control chart is drawn of a chart"):
        found.control_chart("A", rules.Drop())
    with pytest.raises(UnknownNameError, match="there is no such dyad"):
        found.control_chart("B")


def test_a_rule_for_gains_is_calibrated_with_rises() -> None:
    """Hits of gains are counted as those of drops are, in rises that last three sessions if nothing else is said."""
    gains = calibrate(rules.SuddenGain(cutoff=1), lengths=(12,), depths=(1.5,), clients=400, seed=1)
    losses = calibrate(rules.SuddenLoss(cutoff=1), lengths=(12,), depths=(1.5,), drop_lengths=(3,), clients=400, seed=1)
    assert [(hit.depth, hit.length) for hit in gains.hits] == [(1.5, 3)]
    assert gains.hits[0].found.share > 0.1
    assert gains.hits[0].found.share > 3 * gains.false_alarms[0].clients.share
    assert losses.hits[0].found.share > 0.1
    assert "height 1.5 over 3" in str(gains)
    names = {mark.name for mark in gains.draw().plots[0].marks if mark.name}
    assert names == {"false alarms", "1.5 points, 3 sessions"}


def test_a_chosen_threshold_is_tried_with_the_depths_that_are_asked_for() -> None:
    """The calibration of the choice holds hits of each depth and length."""
    chosen = choose_threshold(rules.Drop(), sessions=10, depths=(0.5, 2.0), drop_lengths=(1, 2), clients=200, seed=1)
    assert {(hit.depth, hit.length) for hit in chosen.calibration.hits} == {(0.5, 1), (0.5, 2), (2.0, 1), (2.0, 2)}
