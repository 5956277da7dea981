"""The rules that a panel is judged by where nobody names any."""

from __future__ import annotations

import pytest

from therarel.detection import detect, rules, usual_rules
from therarel.panels import Panel
from therarel.simulation import ClinicParameters, simulate_clinic

EVEN = ClinicParameters(sessions=8)


@pytest.mark.parametrize(("dyads", "primary"), [(49, "drop"), (50, "scan")])
def test_fifty_dyads_are_enough_for_the_scan(dyads: int, primary: str) -> None:
    """With 50 dyads that have 4 or more scores the scan is primary, drop and chart beside it; with 49 the drop is."""
    usual = usual_rules(simulate_clinic(dyads, seed=3, parameters=EVEN).panel())
    assert usual.primary.name == primary
    assert [rule.name for rule in (usual.primary, *usual.also)][-2:] == ["drop", "individuals_chart"]
    assert ("could not be used" in usual.why) is (primary == "drop")


def test_the_scan_comes_fitted_and_finds_the_same() -> None:
    """What the usual scan flags is what a scan flags that learns in the detection itself."""
    panel = simulate_clinic(60, seed=3, parameters=EVEN).panel()
    usual = usual_rules(panel)
    assert not usual.primary.learns
    found = [detect(panel, primary=rule, expected="none") for rule in (usual.primary, rules.Scan())]
    assert found[0].candidates.columns["dyad"] == found[1].candidates.columns["dyad"]
    assert found[0].counts[0].beside == found[1].counts[0].beside


@pytest.mark.parametrize("dyads", [12, 60])
def test_detection_takes_the_usual_rules_where_nobody_names_any(dyads: int) -> None:
    """The same rules, the same findings and the reason; a named rule leaves nothing to be said."""
    panel = simulate_clinic(dyads, seed=3, parameters=EVEN).panel()
    usual, found = usual_rules(panel), detect(panel, expected="none")
    assert (found.rules, found.why) == ((usual.primary, *usual.also), usual.why)
    own = [rules.ReliableDrop(reliability=0.9)]
    beside = detect(panel, also=own, expected="none")
    assert (beside.rules, beside.why) == ((usual.primary, *own), usual.why)
    named = detect(panel, primary=rules.Drop(k=2), expected="none")
    assert (named.rules, named.why) == ((rules.Drop(k=2),), "")


def test_scores_that_no_model_gives_are_left_to_the_drop() -> None:
    """Scores that never change give no model, and the reason is said."""
    dyad = [f"D{at}" for at in range(60) for _ in range(5)]
    flat = Panel.from_arrays(dyad, list(range(5)) * 60, [3.0] * 300, scale=(1, 5), higher_is_better=True)
    usual = usual_rules(flat)
    assert usual.primary == rules.Drop(k=2)
    assert "scores that vary" in usual.why or "needs more scores" in usual.why
