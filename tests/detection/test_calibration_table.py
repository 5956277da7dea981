"""The table of calibrations, of rates that were made up: every cell and the note."""

from __future__ import annotations

from therarel.detection import FalseAlarmRate, HitRate, Rate, calibration_table
from therarel.detection.calibration import Calibration
from therarel.detection.rules import BelowOwnMean, Drop
from therarel.noise import NullModel

NULL = NullModel(within_sd=0.4, phi=0.25, step=None, source="made up")


def test_rates_of_rules_stand_side_by_side() -> None:
    """A row for each rule and length, a column for each drop that was put in; what was not tried is a dash."""
    first = Calibration(
        Drop(k=2), NULL, 7,
        (FalseAlarmRate(8, Rate(10, 200), Rate(12, 1400), 0.1), FalseAlarmRate(16, Rate(30, 200), Rate(40, 3000), 0.1)),
        (HitRate(8, 1.0, 1, Rate(90, 200), Rate(95, 200)), HitRate(16, 1.0, 1, Rate(100, 200), Rate(120, 200)),
         HitRate(16, 1.5, 2, Rate(200, 200), Rate(200, 200))),
    )  # fmt: skip
    second = Calibration(BelowOwnMean(k=1), NULL, 8, (FalseAlarmRate(None, Rate(0, 200), Rate(0, 1000), 0.5),))
    table = calibration_table([first, second])
    assert table.title == "False Alarms and Hits by Rule and Number of Sessions"
    assert table.head == (
        "Rule", "Sessions", "False alarms", "95% CI", "Per session", "Found, 1 over 1", "Found, 1.5 over 2",
    )  # fmt: skip
    assert table.rows == (
        ("drop", "8", ".05", "[.03, .09]", ".009", ".45", "-"),
        ("drop", "16", ".15", "[.11, .21]", ".013", ".50", "1.00"),
        ("below own mean (k 1)", "own", ".00", "[.00, .02]", ".000", "-", "-"),
    )
    assert table.note == (
        "200 simulated clients per row; seed 7, 8. Null model: intercept = 3.9, between_sd = 0.65, slope = 0.02,"
        " slope_sd = 0.02, within_sd = 0.4, phi = 0.25, distance = 1, minimum = 1, maximum = 5, source = made up, trend = line."
        " CI: 95% Wilson interval of the simulation. Found: share of clients flagged within a change of the size and"
        " number of sessions in the head. Settings of drop: minimal_drop = 0, k = 2, reference = previous, scale ="
        " larger_person_pooled, baseline = 3, recovery_share = 1, recovery_within = 5, recovery_strictly = False."
        " Settings of below own mean (k 1): minimal_drop = 0, k = 1, recovery_share = 1, recovery_within = 5,"
        " recovery_strictly = False."
    )
