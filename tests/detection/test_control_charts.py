"""The individuals chart against qcc, qicharts2 and NHSRplotthedots, cell by cell."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from therarel.detection import judge
from therarel.detection.rules import IndividualsChart

DATA: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "oracles" / "control_charts" / "results.json").read_text()
)
NAMES = sorted(DATA)
COMPLETE = sorted(set(NAMES) - {"with_missing"})


def scores(name: str) -> np.ndarray:
    """The series, NaN where a session has no score."""
    return np.array([math.nan if each is None else each for each in DATA[name]["series"]], dtype=np.float64)


def charted(name: str, rule: IndividualsChart, **more: Any) -> dict[str, np.ndarray]:
    """Centre, limits and signals of our chart for a series, turned both ways for the upper limit."""
    values = scores(name)
    low = judge(rule, values, scale=(-100, 100), **more)
    high = judge(rule, values, scale=(-100, 100), higher_is_better=False, **more)
    return {
        "centre": low.values["reference"],
        "low": low.values["limit"],
        "high": -high.values["limit"],
        "below": low.flagged,
        "above": high.flagged,
        "sigma": low.values["sigma"],
        "nelson_low": np.nan_to_num(low.values["nelson_low"]).astype(int),
        "nelson_high": np.nan_to_num(low.values["nelson_high"]).astype(int),
    }


def only(values: np.ndarray) -> float:
    """The one value that all sessions share."""
    there = values[~np.isnan(values)]
    assert np.ptp(there) < 1e-9
    return float(there[0])


@pytest.mark.parametrize("name", [each for each in COMPLETE if "center" in DATA[each]["qcc_MR"]])
def test_limits_equal_those_of_qcc(name: str) -> None:
    """Centre, sigma and limits by moving ranges are those of qcc."""
    expected, found = DATA[name]["qcc_MR"], charted(name, IndividualsChart())
    assert only(found["centre"]) == pytest.approx(expected["center"], rel=1e-12)
    assert only(found["sigma"]) == pytest.approx(expected["std.dev"], rel=1e-12)
    if expected["std.dev"] > 0:
        assert only(found["low"]) == pytest.approx(expected["LCL"], rel=1e-12)
        assert only(found["high"]) == pytest.approx(expected["UCL"], rel=1e-12)


@pytest.mark.parametrize("name", [each for each in COMPLETE if "center" in DATA[each]["qcc_SD"]])
def test_limits_by_standard_deviation_equal_those_of_qcc(name: str) -> None:
    """Sigma by the standard deviation, freed of its bias, is that of qcc."""
    expected, found = DATA[name]["qcc_SD"], charted(name, IndividualsChart(sigma="sd"))
    assert only(found["sigma"]) == pytest.approx(expected["std.dev"], rel=1e-12, abs=1e-12)
    if expected["std.dev"] > 0:
        assert only(found["low"]) == pytest.approx(expected["LCL"], rel=1e-12)
        assert only(found["high"]) == pytest.approx(expected["UCL"], rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_limits_and_signals_equal_those_of_qicharts2(name: str) -> None:
    """Limits and signals are those of qicharts2, which forms moving ranges between neighbouring sessions only."""
    expected, found = DATA[name]["qic_i"], charted(name, IndividualsChart(), max_gap=1)
    assert only(found["centre"]) == pytest.approx(expected["cl"], rel=1e-12)
    if only(found["sigma"]) > 0:
        assert only(found["low"]) == pytest.approx(expected["lcl"], rel=1e-12)
        assert only(found["high"]) == pytest.approx(expected["ucl"], rel=1e-12)
    assert (found["below"] | found["above"]).tolist() == [bool(each) for each in expected["sigma.signal"]]


@pytest.mark.parametrize("name", [each for each in NAMES if each != "constant"])
def test_screened_limits_equal_those_of_qicharts2(name: str) -> None:
    """Limits with screened moving ranges are those of qicharts2."""
    expected = DATA[name]["qic_i_screened"]
    found = charted(name, IndividualsChart(screened=True), max_gap=1)
    assert only(found["low"]) == pytest.approx(expected["lcl"], rel=1e-12)
    assert only(found["high"]) == pytest.approx(expected["ucl"], rel=1e-12)
    assert (found["below"] | found["above"]).tolist() == [bool(each) for each in expected["sigma.signal"]]


@pytest.mark.parametrize("screened", [False, True])
@pytest.mark.parametrize("name", [each for each in NAMES if each != "constant"])
def test_limits_equal_those_of_nhsrplotthedots_up_to_its_rounded_constant(name: str, *, screened: bool) -> None:
    """Missing sessions skipped, the limits are those of NHSRplotthedots, which rounds 3 / 1.128 to 2.66."""
    expected = DATA[name]["nhsr_screened" if screened else "nhsr_unscreened"]
    found = charted(name, IndividualsChart(screened=screened))
    centre, low, high = (only(found[each]) for each in ("centre", "low", "high"))
    rounded = 2.66 / (3 / 1.128)
    assert centre == pytest.approx(expected["mean"], rel=1e-12)
    assert centre - (centre - low) * rounded == pytest.approx(expected["lpl"], rel=1e-9)
    assert centre + (high - centre) * rounded == pytest.approx(expected["upl"], rel=1e-9)
    there = ~np.isnan(scores(name))
    assert found["below"][there].tolist() == [each == "Below LCL" for each in expected["special_cause_type"]]


@pytest.mark.parametrize("rule", range(1, 9))
@pytest.mark.parametrize("name", [each for each in COMPLETE if "rules" in DATA[each]["qcc_nelson"]])
def test_nelson_signals_equal_those_of_qcc(name: str, rule: int) -> None:
    """Each of Nelson's eight rules signals at the sessions at which qcc signals."""
    expected = DATA[name]["qcc_nelson"]["rules"][f"rule{rule}"]
    wanted = [expected] if isinstance(expected, int) else expected
    found = charted(name, IndividualsChart(rules={1, rule}))
    signals = (found["nelson_low"] | found["nelson_high"]) & (1 << (rule - 1))
    assert (np.flatnonzero(signals) + 1).tolist() == wanted
