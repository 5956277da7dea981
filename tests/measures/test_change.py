"""Reliable change, held against the paper's example, closed forms and another program."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.citations import bibliography
from therarel.errors import InvalidValueError
from therarel.measures import METHODS_NOT_SHIPPED, ChangeMethod, Direction, instrument, reliable_change

ORACLES = Path(__file__).parent / "oracles"
SUMMARY = json.loads((ORACLES / "summary.json").read_text(encoding="utf-8"))["results"]
METHODS = {
    "JT": ChangeMethod.JACOBSON_TRUAX,
    "EN": ChangeMethod.EDWARDS_NUNNALLY,
    "GLN": ChangeMethod.GULLIKSEN_LORD_NOVICK,
    "HLL": ChangeMethod.HSU_LINN_LORD,
}
SCORES = st.lists(st.floats(0, 60), min_size=3, max_size=30)


def oracle(name: str) -> dict[str, list[str]]:
    """The columns of one result of the other program."""
    with (ORACLES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {column: [row[column] for row in rows] for column in rows[0]}


def numbers(values: list[str]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A column as numbers."""
    return np.array([float(value) for value in values])


@pytest.mark.parametrize("code", METHODS)
@pytest.mark.parametrize(("data", "reliability", "higher"), [("symptom", 0.80, False), ("alliance", 0.90, True)])
def test_every_method_matches_the_other_program(data: str, reliability: float, higher: bool, code: str) -> None:
    """Index and direction of 200 people agree with clinicalsignificance, in both directions of scores."""
    theirs = oracle(f"{data}_{code}")
    ours = reliable_change(
        numbers(theirs["pre"]),
        numbers(theirs["post"]),
        reliability=reliability,
        higher_is_better=higher,
        method=METHODS[code],
    )
    assert ours.index == pytest.approx(numbers(theirs["rci"]), abs=1e-12)
    signs = {"Recovered": 1, "Improved": 1, "Unchanged": 0, "Deteriorated": -1, "Harmed": -1}
    assert ours.signs.tolist() == [signs[category] for category in theirs["category"]]


@pytest.mark.parametrize("code", METHODS)
@pytest.mark.parametrize(("data", "reliability"), [("symptom", 0.80), ("alliance", 0.90)])
def test_standard_errors_match_the_other_program(data: str, reliability: float, code: str) -> None:
    """The standard error of each method is the one that the other program reports."""
    told = SUMMARY[f"own_{data}__combined_c_{code}"]["rci_scalars"]
    theirs = oracle(f"{data}_{code}")
    ours = reliable_change(
        numbers(theirs["pre"]),
        numbers(theirs["post"]),
        reliability=reliability,
        higher_is_better=True,
        method=METHODS[code],
    )
    expected = told.get("s_diff") or told.get("se_prediction") or told["se_measurement"]
    assert ours.standard_error == pytest.approx(expected)


def test_missing_scores_are_left_out_of_the_spread() -> None:
    """The standard deviation is that of people who have both scores; the others are not known."""
    whole, held = oracle("symptom_JT"), oracle("symptom_missing_JT")
    kept = set(held["id"])
    assert len(kept) == 197
    before = [float(v) if i in kept else math.nan for i, v in zip(whole["id"], whole["pre"], strict=True)]
    found = reliable_change(before, numbers(whole["post"]), reliability=0.8, higher_is_better=False)
    known = np.isfinite(found.index)
    assert found.index[known] == pytest.approx(numbers(held["rci"]), abs=1e-12)
    assert found.directions.count(Direction.NOT_KNOWN) == 3
    assert found.sd_from == "(first scores of 197 clients)"


def test_the_example_of_jacobson_and_truax() -> None:
    """Their couple, from 32.5 to 47.5 with SD 7.5 and reliability .80: standard error 4.74, index 3.16."""
    found = reliable_change([32.5], [47.5], sd=7.5, reliability=0.80, higher_is_better=True)
    assert found.standard_error == pytest.approx(4.74, abs=0.005)
    assert found.index[0] == pytest.approx(3.16, abs=0.005)
    assert found.directions == (Direction.IMPROVED,)
    assert (found.sd_from, found.reliability_from) == ("(given)", "(given)")


@given(SCORES, SCORES, st.floats(0.05, 0.95), st.floats(0.5, 20), st.booleans())
def test_closed_form_interval_and_mirror(
    first: list[float], later: list[float], r: float, sd: float, higher: bool
) -> None:
    """A change is reliable exactly if its interval leaves zero out; turning the scale around mirrors the signs."""
    n = min(len(first), len(later))
    found = reliable_change(first[:n], later[:n], sd=sd, reliability=r, higher_is_better=higher)
    assert found.standard_error == pytest.approx(math.sqrt(2) * sd * math.sqrt(1 - r))
    assert found.smallest == pytest.approx(1.96 * found.standard_error)
    low, high = found.interval
    assert high - low == pytest.approx(2 * found.smallest)
    away = (low > found.tolerance) | (high < -found.tolerance)
    assert (found.signs != 0).tolist() == away.tolist()
    turned = reliable_change(
        [60 - x for x in first[:n]], [60 - x for x in later[:n]], sd=sd, reliability=r, higher_is_better=not higher
    )
    assert turned.signs.tolist() == found.signs.tolist()


@pytest.mark.parametrize("method", list(ChangeMethod))
def test_regression_to_the_mean_is_expected_only_where_the_method_says_so(method: ChangeMethod) -> None:
    """Without change, an extreme first score is expected back nearer to the mean, except by Jacobson and Truax."""
    found = reliable_change(
        [30, 50], [30, 50], sd=10, reliability=0.8, mean_before=40, mean_after=40, higher_is_better=True, method=method
    )
    shrunk = method is not ChangeMethod.JACOBSON_TRUAX
    assert found.expected.tolist() == ([32, 48] if shrunk else [30, 50])
    assert set(method.citations) <= set(bibliography())


def test_hsu_linn_and_lord_expect_the_change_of_the_group() -> None:
    """Their expectation moves with the mean of the later scores."""
    found = reliable_change(
        [40], [40], sd=10, reliability=0.8, mean_before=40, mean_after=45, higher_is_better=True, method="hsu_linn_lord"
    )
    assert found.expected.tolist() == [45]


def test_a_change_of_exactly_the_critical_size_is_a_tie() -> None:
    """The critical size must be exceeded by more than the last bits of a number."""
    limit = 1.96 * math.sqrt(2) * 5 * math.sqrt(1 - 0.9)
    for size, sign in ((limit, 0), (limit + 1e-12, 0), (limit + 1e-6, 1), (-limit - 1e-6, -1)):
        found = reliable_change([20.0], [20.0 + size], sd=5, reliability=0.9, instrument="wai-sr")
        assert found.signs.tolist() == [sign]


def test_direction_and_reliability_come_from_the_instrument() -> None:
    """The WAI-36 has a verified reliability, which is named with its source; the direction is the instrument's."""
    found = reliable_change([180], [140], sd=20, instrument="wai-36")
    assert found.reliability == 0.92
    assert "hanson2002" in found.reliability_from
    assert found.directions == (Direction.DETERIORATED,)
    assert reliable_change([20], [5], sd=5, reliability=0.8, instrument="phq-9").directions == (Direction.IMPROVED,)
    assert reliable_change([20], [5], sd=5, reliability=0.8, instrument=instrument("phq-9")).higher_is_better is False


def test_a_reliability_that_is_not_verified_is_not_used() -> None:
    """The WAI-SR has no verified value, so one must be given."""
    with pytest.raises(InvalidValueError, match="no verified reliability is known for wai-sr"):
        reliable_change([20], [30], sd=8, instrument="wai-sr")
    with pytest.raises(InvalidValueError, match="no verified reliability is known"):
        reliable_change([20], [30], sd=8, higher_is_better=True)


@pytest.mark.parametrize("reliability", [0, 1, -0.1, 1.2, float("nan")])
def test_reliabilities_out_of_bounds_are_refused(reliability: float) -> None:
    """A reliability of 0 or 1 leaves no error or no measure to judge by."""
    with pytest.raises(InvalidValueError, match="reliability"):
        reliable_change([20], [30], sd=8, reliability=reliability, higher_is_better=True)


def test_what_is_needed_is_asked_for() -> None:
    """Direction, spread, equal shapes and a positive critical value are needed, and said so."""
    with pytest.raises(InvalidValueError, match="direction of the scores is needed"):
        reliable_change([20], [30], sd=8, reliability=0.8)
    with pytest.raises(InvalidValueError, match="not the one of the instrument"):
        reliable_change([20], [30], sd=8, reliability=0.8, instrument="phq-9", higher_is_better=True)
    with pytest.raises(InvalidValueError, match="at least two clients"):
        reliable_change([20], [30], reliability=0.8, higher_is_better=True)
    with pytest.raises(InvalidValueError, match=r"sd: .*above 0"):
        reliable_change([20, 20], [30, 30], reliability=0.8, higher_is_better=True)
    with pytest.raises(InvalidValueError, match="one later score for each"):
        reliable_change([20, 21], [30], reliability=0.8, higher_is_better=True)
    with pytest.raises(InvalidValueError, match="critical"):
        reliable_change([20], [30], sd=8, reliability=0.8, higher_is_better=True, critical=0)
    with pytest.raises(InvalidValueError, match="mean_before"):
        reliable_change([math.nan], [30], sd=8, reliability=0.8, higher_is_better=True, method="edwards_nunnally")


def test_the_result_shows_where_its_numbers_come_from() -> None:
    """Its text names the method, the counts, the spread and the reliability with their sources."""
    told = repr(reliable_change([20, 30], [40, 31], sd=8, reliability=0.8, higher_is_better=True))
    assert told.startswith("ReliableChange(jacobson_truax: 1 improved, 1 unchanged; more than")
    assert "SD 8 (given), reliability 0.8 (given)" in told


def test_methods_that_are_left_out_are_named_with_the_reason() -> None:
    """What other programs offer and this one does not is said, not passed over."""
    assert {"nunnally_kotsch", "hageman_arrindell"} <= set(METHODS_NOT_SHIPPED)
    assert all(reason.endswith(".") for reason in METHODS_NOT_SHIPPED.values())
