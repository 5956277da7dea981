"""Clinical significance: cut-offs by their definitions, categories against another program."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.errors import InvalidValueError
from therarel.measures import (
    ChangeMethod,
    ChangeOutcome,
    ClinicalCutoff,
    Population,
    clinical_cutoff,
    clinical_significance,
    reliable_change,
)

ORACLES = Path(__file__).parent / "oracles"
SUMMARY = json.loads((ORACLES / "summary.json").read_text(encoding="utf-8"))["results"]
METHODS = {
    "JT": ChangeMethod.JACOBSON_TRUAX,
    "EN": ChangeMethod.EDWARDS_NUNNALLY,
    "GLN": ChangeMethod.GULLIKSEN_LORD_NOVICK,
    "HLL": ChangeMethod.HSU_LINN_LORD,
}
FUNCTIONAL = {"symptom": Population(12, 6), "alliance": Population(5.5, 0.7)}


def cutoff_of(data: str, kind: str = "c") -> tuple[ClinicalCutoff, float]:
    """Our cut-off from the other program's populations, and the one that it reports."""
    key = f"own_{data}__combined_c_JT" if kind == "c" else f"own_{data}__statistical_JT_{kind}"
    told = SUMMARY[key]["cutoff"]
    clinical = Population(told["m_clinical"], told["sd_clinical"])
    higher = data == "alliance"
    ours = clinical_cutoff(kind, clinical=clinical, functional=FUNCTIONAL[data], higher_is_better=higher)
    return ours, told["value"]


@pytest.mark.parametrize("code", METHODS)
@pytest.mark.parametrize(("data", "reliability"), [("symptom", 0.80), ("alliance", 0.90)])
def test_categories_match_the_other_program(data: str, reliability: float, code: str) -> None:
    """Each of 200 people has the other program's category, those not in the clinical range told apart."""
    with (ORACLES / f"{data}_{code}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    cutoff, _ = cutoff_of(data)
    change = reliable_change(
        [float(row["pre"]) for row in rows],
        [float(row["post"]) for row in rows],
        reliability=reliability,
        higher_is_better=cutoff.higher_is_better,
        method=METHODS[code],
    )
    found = clinical_significance(change, cutoff)
    same = {
        ChangeOutcome.RECOVERED: {"Recovered"},
        ChangeOutcome.IMPROVED: {"Improved"},
        ChangeOutcome.UNCHANGED: {"Unchanged"},
        ChangeOutcome.DETERIORATED: {"Deteriorated"},
        ChangeOutcome.RELIABLY_DETERIORATED_INTO_CLINICAL_RANGE: {"Harmed"},
        ChangeOutcome.NOT_IN_CLINICAL_RANGE_AT_START: {"Improved", "Unchanged"},
    }
    for outcome, row in zip(found.outcomes, rows, strict=True):
        assert row["category"] in same[outcome]
    counts = {row["category"]: row["n"] for row in SUMMARY[f"own_{data}__combined_c_{code}"]["summary"]}
    assert found.counts[ChangeOutcome.RECOVERED] == counts["Recovered"]
    assert found.counts[ChangeOutcome.RELIABLY_DETERIORATED_INTO_CLINICAL_RANGE] == counts["Harmed"]
    assert sum(found.counts.values()) == 200


@pytest.mark.parametrize(("data", "kind"), [("symptom", "a"), ("symptom", "c"), ("alliance", "c")])
def test_cut_offs_a_and_c_match_the_other_program(data: str, kind: str) -> None:
    """Cut-offs a and c are those of the other program."""
    ours, theirs = cutoff_of(data, kind)
    assert ours.value == pytest.approx(theirs)


def test_cut_off_b_does_not_follow_the_other_program() -> None:
    """Cut-off b is made from the functional standard deviation; the other program uses the clinical one."""
    ours, theirs = cutoff_of("symptom", "b")
    assert ours.value == 12 + 2 * 6
    assert theirs == pytest.approx(12 + 2 * SUMMARY["own_symptom__statistical_JT_b"]["cutoff"]["sd_clinical"])


def test_the_example_of_jacobson_and_truax() -> None:
    """With means 40 and 60 and SD 7.5 the cut-offs are 55, 45 and 50; their couple improves without recovering."""
    clinical, functional = Population(40, 7.5), Population(60, 7.5)
    values = {
        kind: clinical_cutoff(kind, clinical=clinical, functional=functional, higher_is_better=True) for kind in "abc"
    }
    assert {kind: cutoff.value for kind, cutoff in values.items()} == {"a": 55.0, "b": 45.0, "c": 50.0}
    change = reliable_change([32.5], [47.5], sd=7.5, reliability=0.80, higher_is_better=True)
    assert clinical_significance(change, values["c"]).outcomes == (ChangeOutcome.IMPROVED,)
    assert clinical_significance(change, values["b"]).outcomes == (ChangeOutcome.RECOVERED,)


@given(st.floats(-50, 50), st.floats(0.5, 20), st.floats(1, 60), st.floats(0.5, 20))
def test_cut_offs_are_mirrored_with_the_scale(mean: float, sd: float, apart: float, other: float) -> None:
    """Turning the scale around turns every cut-off around; c lies between the means."""
    clinical, functional = Population(mean, sd), Population(mean + apart, other)
    mirrored = Population(-mean, sd), Population(-mean - apart, other)
    for kind in ("a", "b", "c"):
        up = clinical_cutoff(kind, clinical=clinical, functional=functional, higher_is_better=True)
        down = clinical_cutoff(kind, clinical=mirrored[0], functional=mirrored[1], higher_is_better=False)
        assert up.value == pytest.approx(-down.value, abs=1e-9)
        assert str(up.kind) == kind
        assert kind != "c" or clinical.mean < up.value < functional.mean


@pytest.mark.parametrize("higher", [True, False])
def test_every_path_has_its_outcome(higher: bool) -> None:
    """Start and end on either side of the cut-off, with and without reliable change, give the six outcomes."""
    paths = {
        (10, 30): ChangeOutcome.RECOVERED,
        (5, 15): ChangeOutcome.IMPROVED,
        (18, 21): ChangeOutcome.UNCHANGED,
        (15, 5): ChangeOutcome.DETERIORATED,
        (40, 30): ChangeOutcome.DETERIORATED,
        (30, 10): ChangeOutcome.RELIABLY_DETERIORATED_INTO_CLINICAL_RANGE,
        (25, 40): ChangeOutcome.NOT_IN_CLINICAL_RANGE_AT_START,
        (25, 19): ChangeOutcome.NOT_IN_CLINICAL_RANGE_AT_START,
        (10, 20): ChangeOutcome.IMPROVED,
        (20, 35): ChangeOutcome.RECOVERED,
    }
    sign = 1 if higher else -1
    first, last = (np.array([path[end] for path in paths], dtype=float) * sign for end in (0, 1))
    change = reliable_change(first, last, sd=8, reliability=0.9, higher_is_better=higher)
    found = clinical_significance(change, ClinicalCutoff(value=20 * sign, higher_is_better=higher))
    assert found.outcomes == tuple(paths.values())
    assert found.counts[ChangeOutcome.NOT_KNOWN] == 0


def test_a_score_on_the_cut_off_is_in_the_clinical_range() -> None:
    """The cut-off must be passed by more than the last bits of a number."""
    change = reliable_change([5, 5], [20, 20 + 1e-12], sd=5, reliability=0.9, higher_is_better=True)
    found = clinical_significance(change, ClinicalCutoff(value=20, higher_is_better=True))
    assert found.outcomes == (ChangeOutcome.IMPROVED, ChangeOutcome.IMPROVED)


def test_a_missing_score_is_not_known() -> None:
    """Without both scores there is no category."""
    change = reliable_change([5, math.nan, 5], [math.nan, 30, 30], sd=5, reliability=0.9, higher_is_better=True)
    found = clinical_significance(change, ClinicalCutoff(value=20, higher_is_better=True))
    assert found.outcomes == (ChangeOutcome.NOT_KNOWN, ChangeOutcome.NOT_KNOWN, ChangeOutcome.RECOVERED)


def test_what_does_not_fit_is_refused() -> None:
    """Populations in the wrong order, missing populations and mixed directions are refused."""
    low, high = Population(40, 5), Population(60, 5)
    with pytest.raises(InvalidValueError, match="better side"):
        clinical_cutoff("c", clinical=high, functional=low, higher_is_better=True)
    with pytest.raises(InvalidValueError, match="better side"):
        clinical_cutoff("c", clinical=low, functional=high, higher_is_better=False)
    with pytest.raises(InvalidValueError, match="needs the clinical population"):
        clinical_cutoff("a", functional=high, higher_is_better=True)
    with pytest.raises(InvalidValueError, match="needs the functional population"):
        clinical_cutoff("b", clinical=low, higher_is_better=True)
    with pytest.raises(InvalidValueError, match="needs the functional population"):
        clinical_cutoff("c", clinical=low, higher_is_better=True)
    with pytest.raises(InvalidValueError, match=r"Population\.sd"):
        Population(40, 0)
    change = reliable_change([5], [30], sd=5, reliability=0.9, higher_is_better=True)
    with pytest.raises(InvalidValueError, match="different directions"):
        clinical_significance(change, ClinicalCutoff(value=20, higher_is_better=False))


def test_every_client_has_a_row() -> None:
    """The table has the change and what became of each client, in the order given, in the kind that is asked for."""
    change = reliable_change([32.5, 30, 41], [52.5, math.nan, 40], sd=7.5, reliability=0.8, higher_is_better=True)
    found = clinical_significance(change, ClinicalCutoff(value=50, higher_is_better=True))
    table: Any = found.to_frame("pandas")
    changes: Any = change.to_frame()
    assert list(table["outcome"]) == ["recovered", "not_known", "unchanged"]
    assert list(table["direction"]) == list(changes["direction"]) == ["improved", "not_known", "unchanged"]
    assert list(table["after"])[::2] == [52.5, 40]
    assert changes.columns == ["before", "after", "difference", "index", "direction"]
