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
from therarel.measures import ChangeMethod, Direction, PublishedChange, instrument, reliable_change, score, stated_score

ORACLES = Path(__file__).parent / "oracles"
SUMMARY = json.loads((ORACLES / "summary.json").read_text(encoding="utf-8"))["results"]
METHODS = {
    "JT": ChangeMethod.JACOBSON_TRUAX,
    "EN": ChangeMethod.EDWARDS_NUNNALLY,
    "GLN": ChangeMethod.GULLIKSEN_LORD_NOVICK,
    "HLL": ChangeMethod.HSU_LINN_LORD,
    "NK": ChangeMethod.NUNNALLY_KOTSCH,
    "HA": ChangeMethod.HAGEMAN_ARRINDELL,
}
# The reliability of the later scores that the other program was given.
LATER = {"NK": 0.75}
WITH_AN_ERROR = [method for method in ChangeMethod if method is not ChangeMethod.PUBLISHED]
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
        reliability_after=LATER.get(code),
    )
    assert ours.index == pytest.approx(numbers(theirs["rci"]), abs=1e-12)
    signs = {"Recovered": 1, "Improved": 1, "Unchanged": 0, "Deteriorated": -1, "Harmed": -1}
    assert ours.signs.tolist() == [signs[category] for category in theirs["category"]]


@pytest.mark.parametrize("code", ["JT", "EN", "GLN", "HLL"])
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


@pytest.mark.parametrize(("data", "reliability"), [("symptom", 0.80), ("alliance", 0.90)])
def test_the_reliability_of_differences_matches_the_other_program(data: str, reliability: float) -> None:
    """Hageman and Arrindell's standard error is that of measurement, over the reliability of the differences."""
    told = SUMMARY[f"own_{data}__combined_c_HA"]["rci_scalars"]
    theirs = oracle(f"{data}_HA")
    ours = reliable_change(
        numbers(theirs["pre"]),
        numbers(theirs["post"]),
        reliability=reliability,
        higher_is_better=True,
        method="hageman_arrindell",
    )
    assert ours.standard_error == pytest.approx(told["se_measurement"] * math.sqrt(2 / told["r_dd"]))
    assert ours.critical == 1.65
    assert ours.confidence == pytest.approx(0.90, abs=0.002)


def test_differences_that_are_all_error_cannot_be_judged_by_hageman_and_arrindell() -> None:
    """Where differences vary no more than errors of measurement do, there is no true change to estimate."""
    with pytest.raises(InvalidValueError, match="vary no more than errors of measurement do"):
        reliable_change([20, 30, 40], [20, 30, 41], reliability=0.8, higher_is_better=True, method="hageman_arrindell")
    with pytest.raises(InvalidValueError, match="at least two clients"):
        reliable_change([20], [30], sd=5, reliability=0.8, higher_is_better=True, method="hageman_arrindell")


@given(st.integers(0, 27), st.integers(0, 27))
def test_a_published_change_counts_from_its_own_size_on(first: int, later: int) -> None:
    """Six points on the PHQ-9 are reliable, five are not, and the result names the level and the source."""
    found = reliable_change([first], [later], instrument="phq-9", method="published")
    fall = first - later
    assert found.signs.tolist() == [(fall >= 6) - (fall <= -6)]
    assert found.index.tolist() == [(later - first) / 6]
    assert (found.confidence, found.standard_error, found.sd, found.reliability) == (0.95, None, None, None)
    assert "6 points or more; 95%, nhs_talking_therapies" in repr(found)


def test_levels_of_published_changes_differ_and_are_told() -> None:
    """The same six points are a figure of 90% for the CORE-10, and of unknown level for the ORS."""
    assert "90%, barkham2013" in repr(reliable_change([20], [10], instrument="core-10", method="published"))
    five, six = instrument("ors").reliable_changes
    with pytest.raises(
        InvalidValueError, match=r"several published changes of ors, got .*5 points \(level not known\)"
    ):
        reliable_change([20], [26], instrument="ors", method="published")
    found = reliable_change([20, 20], [25, 26], instrument="ors", published=six)
    assert found.signs.tolist() == [0, 1]
    assert found.confidence is None
    assert "level not known" in repr(found)
    assert reliable_change([20], [25], instrument="ors", published=five).signs.tolist() == [1]
    own = PublishedChange(value=3, confidence=0.8, status="V", citations=["beck1996"])
    assert reliable_change([20.0], [16.5], published=own, higher_is_better=False).signs.tolist() == [1]


def test_what_a_published_change_does_not_use_is_refused() -> None:
    """A published change is one of totals, has no standard error, and there has to be one."""
    with pytest.raises(InvalidValueError, match="no published change of wai-sr is known"):
        reliable_change([20], [30], instrument="wai-sr", method="published")
    with pytest.raises(InvalidValueError, match="no published change is known"):
        reliable_change([20], [30], higher_is_better=True, method="published")
    with pytest.raises(InvalidValueError, match="reliability, sd: not used by this method"):
        reliable_change([20], [10], instrument="phq-9", method="published", sd=5, reliability=0.9)
    with pytest.raises(InvalidValueError, match="published: not used by this method"):
        reliable_change(
            [20], [10], instrument="phq-9", published=instrument("phq-9").reliable_changes[0], method="jacobson_truax"
        )
    means = [score("phq-9", [n] * 9, metric="mean") for n in (2, 1)]
    with pytest.raises(InvalidValueError, match="a published change is one of totals"):
        reliable_change(means[:1], means[1:], instrument="phq-9", method="published")
    with pytest.raises(InvalidValueError, match="not a published change"):
        reliable_change([20], [10], instrument="phq-9", published=6)  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(InvalidValueError, match="reliability_after: not used"):
        reliable_change([20], [10], instrument="phq-9", sd=5, reliability=0.8, reliability_after=0.7)


def test_a_change_of_scores_says_what_was_answered_about_risk() -> None:
    """Improvement on a form that asks about risk is told with what was answered at the later score, or that it is not known."""
    before, after = score("phq-9", [2] * 9), score("phq-9", [0] * 8 + [3])
    found = reliable_change([before], [after], method="published", instrument="phq-9")
    assert found.directions == (Direction.IMPROVED,)
    assert "asks about risk" in repr(found)
    assert "Risk item 9, of 1 responses: 1 endorsed" in str(found)
    alone = reliable_change([before], [after], sd=5, reliability=0.9)
    assert alone.risk_note == found.risk_note
    told = reliable_change([before, before], [stated_score("phq-9", 3), None], sd=5, reliability=0.9)
    assert "1 not recorded" in str(told)
    totals = reliable_change([18], [3], instrument="phq-9", method="published")
    assert "look at the answers themselves" in str(totals)
    assert reliable_change([30], [40], instrument="wai-sr", sd=8, reliability=0.9).risk_note is None


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
    assert found.standard_error is not None
    assert found.smallest == pytest.approx(1.96 * found.standard_error)
    low, high = found.interval
    assert high - low == pytest.approx(2 * found.smallest)
    away = (low > found.tolerance) | (high < -found.tolerance)
    assert (found.signs != 0).tolist() == away.tolist()
    turned = reliable_change(
        [60 - x for x in first[:n]], [60 - x for x in later[:n]], sd=sd, reliability=r, higher_is_better=not higher
    )
    assert turned.signs.tolist() == found.signs.tolist()


@pytest.mark.parametrize("method", WITH_AN_ERROR)
def test_regression_to_the_mean_is_expected_only_where_the_method_says_so(method: ChangeMethod) -> None:
    """Without change, an extreme first score is expected back nearer to the mean, except by Jacobson and Truax and Hageman and Arrindell."""
    found = reliable_change(
        [30, 50], [50, 30], sd=10, reliability=0.8, mean_before=40, mean_after=40, higher_is_better=True, method=method
    )
    shrunk = method not in (ChangeMethod.JACOBSON_TRUAX, ChangeMethod.HAGEMAN_ARRINDELL)
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
