"""A small case of the study of the scan: its order of rules, and that it runs."""

from __future__ import annotations

import attrs

from .scan_roc import LEARNT, NOISES, known, learnt


def test_the_scan_finds_more_than_every_other_rule() -> None:
    """With the noise known, at equal false alarms, by as much as the page of the rule says."""
    (found,) = known(1500, ["mixed, 16 sessions"]).values()
    scan, best = found["scan"][0], found["fall from the best so far, in points"][0]
    published = max(values[0] for name, values in found.items() if "scan" not in name and "best so far" not in name)
    assert scan > 0.69
    assert scan > 1.1 * best
    assert scan > 1.3 * published
    assert found["scan, one session at a time"][0] > 0.5


def test_what_is_learnt_from_a_panel_is_looked_at_from_all_sides() -> None:
    """One panel: false alarms that are no multiple of what was asked for, and every figure of the table."""
    row = learnt(attrs.evolve(LEARNT["normal, 25% fallen"], dyads=80, sessions=10), panels=1)
    assert row["nothing fitted"] == [0.0, 0.0]
    assert 0.005 < row["false alarms"][0] < 0.15
    assert row["found, scan"][0] > 0.5
    assert NOISES.keys() == {"normal", "varying SD", "t5", "near the ceiling"}
