"""Sudden gains and losses against suddengains, cell by cell."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from therarel.detection import ReversalStatus, detect, judge
from therarel.detection.rules import SuddenGain, SuddenLoss
from therarel.detection.verdicts import Verdicts
from therarel.panels import Panel

FOLDER = Path(__file__).parent / "oracles" / "sudden_changes"
NEGATIVE = "negative_scores"  # outside every symptom scale: only criteria 1 and 3 can be compared


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of a file."""
    with (FOLDER / name).open(newline="") as file:
        return list(csv.DictReader(file))


def series_of(row: dict[str, str]) -> np.ndarray:
    """The scores of a person, NaN where missing."""
    cells = [row[each] for each in row if each.startswith("s") and each[1:].isdigit()]
    return np.array([math.nan if cell == "NA" else float(cell) for cell in cells])


def truth(cell: str) -> bool | None:
    """A cell of R as a truth, None where it is not available."""
    return None if cell == "NA" else cell in ("TRUE", "1")


def told(verdicts: Verdicts, criterion: str, at: int) -> bool | None:
    """One of our criteria at a session, None where it is not available."""
    value = verdicts.values[criterion][at]
    return None if math.isnan(value) else bool(value)


@pytest.mark.parametrize(
    ("scores", "answers"),
    [("sessions.csv", "sessions_gains_cut7.csv"), ("edge_cases.csv", "edge_gains_cut7.csv")],
)
def test_gains_equal_those_of_suddengains(scores: str, answers: str) -> None:
    """Each criterion and the verdict of every interval that ends in a score are those of suddengains."""
    people = {row["id"]: series_of(row) for row in rows_of(scores)}
    compared = 0
    for row in rows_of(answers):
        values = people[row["id"]]
        if np.isnan(values).all():
            continue
        found = judge(SuddenGain(cutoff=7), values, scale=(0, 63), higher_is_better=False, step=1)
        for after in range(2, values.size - 1):
            if math.isnan(values[after]):
                continue
            interval = f"{after}to{after + 1}"
            room = values[after - 1]
            assert told(found, "criterion_1", after) == truth(row[f"sg_crit1_{interval}"]), (row["id"], interval)
            assert told(found, "criterion_3", after) == truth(row[f"sg_crit3_{interval}"]), (row["id"], interval)
            if row["id"] == NEGATIVE or room < 2:  # less than two steps of room: here not available
                continue
            assert told(found, "criterion_2", after) == truth(row[f"sg_crit2_{interval}"]), (row["id"], interval)
            if room < 7:  # no gain of 7 points is possible from here: undetectable, where suddengains says no
                assert found.undetectable[after]
                assert not truth(row[f"sg_{interval}"])
                continue
            verdict = None if found.undetectable[after] else bool(found.flagged[after])
            assert verdict == truth(row[f"sg_{interval}"]), (row["id"], interval)
            compared += 1
    assert compared > 50


def test_the_third_criterion_alone_equals_that_of_suddengains() -> None:
    """With the first two criteria left out the verdicts are those of suddengains."""
    people = {row["id"]: series_of(row) for row in rows_of("edge_cases.csv")}
    rule = SuddenGain(cutoff=None, share=None)
    for row in rows_of("edge_gains_criterion3_only.csv"):
        values = people[row["id"]]
        if np.isnan(values).all():
            continue
        found = judge(rule, values, scale=(-100, 100), higher_is_better=False)
        for after in range(2, values.size - 1):
            if np.isnan(values[after - 1 : after + 1]).any():
                continue
            interval = f"{after}to{after + 1}"
            expected = truth(row[f"sg_{interval}"])
            verdict = None if found.undetectable[after] else bool(found.flagged[after])
            assert verdict == expected, (row["id"], interval)


def test_losses_equal_those_of_suddengains_in_the_criteria_that_work_there() -> None:
    """The first and the third criterion for losses are those of suddengains; its second one never binds."""
    people = {row["id"]: series_of(row) for row in rows_of("sessions.csv")}
    for row in rows_of("sessions_losses_cut7.csv"):
        values = people[row["id"]]
        if np.isnan(values).all():
            continue
        found = judge(SuddenLoss(cutoff=7), values, scale=(0, 63), higher_is_better=False)
        for after in range(2, values.size - 1):
            if math.isnan(values[after]):
                continue
            interval = f"{after}to{after + 1}"
            assert told(found, "criterion_1", after) == truth(row[f"sl_crit1_{interval}"]), (row["id"], interval)
            assert told(found, "criterion_3", after) == truth(row[f"sl_crit3_{interval}"]), (row["id"], interval)


def test_gain_episodes_equal_those_of_suddengains() -> None:
    """The gains of 150 people are those of suddengains; a reversal it sees is one, and session n+2 counts here too."""
    people = {row["id"]: series_of(row) for row in rows_of("sessions.csv")}
    ids = [each for each, values in people.items() for _ in values]
    panel = Panel.from_arrays(
        ids,
        [at for values in people.values() for at in range(1, values.size + 1)],
        np.concatenate(list(people.values())),
        scale=(0, 63),
        higher_is_better=False,
    )
    found = detect(panel, primary=SuddenGain(cutoff=7)).candidates
    ours = {(each.dyad, int(each.flagged_at) - 1): each for each in found}
    theirs = {(row["id"], int(row["sg_session_n"])): row for row in rows_of("sessions_gain_episodes_cut7.csv")}
    inner = {key: each for key, each in ours.items() if 2 <= key[1] <= 10}
    assert inner.keys() == theirs.keys()
    for key, row in theirs.items():
        assert abs(ours[key].values["change"]) == pytest.approx(float(row["sg_magnitude"]))
        later = people[key[0]][key[1] + 1 :]  # from session n+2 on
        reversed_ = bool((later[~np.isnan(later)] > float(row["sg_reversal_value"])).any())
        assert (ours[key].reversal is ReversalStatus.LOST_AGAIN) == reversed_
        if row["sg_reversal"] == "1":
            assert reversed_


def test_the_reading_as_a_t_test_is_laxer_by_the_square_root_of_three_halves() -> None:
    """With three scores on each side the t-test asks for 1.22 times less than the pooled standard deviation."""
    values = [20.0, 22, 21, 15, 13, 14]
    strict = judge(SuddenGain(cutoff=1), values, scale=(0, 63), higher_is_better=False)
    lax = judge(SuddenGain(cutoff=1, criterion3="t_test"), values, scale=(0, 63), higher_is_better=False)
    assert strict.values["critical"][3] / lax.values["critical"][3] == pytest.approx(math.sqrt(1.5))


def test_less_than_two_steps_of_room_make_a_change_undetectable() -> None:
    """A symptom score of 1 has no room for a gain; that is told, and not called no gain."""
    found = judge(SuddenGain(cutoff=1), [1.0, 1, 1, 0, 0, 0], scale=(0, 27), higher_is_better=False, step=1)
    assert math.isnan(found.values["criterion_2"][3])
    assert found.undetectable[3]
