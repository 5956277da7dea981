"""Sudden gains and losses against suddengains, cell by cell."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from therarel.detection import ReversalStatus, detect, judge
from therarel.detection.rules import Recovery, SuddenGain, SuddenLoss
from therarel.detection.verdicts import Verdicts
from therarel.drawing import Trace
from therarel.errors import InvalidValueError
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


COLUMNS_OF_SUDDENGAINS = {
    "before_3": "sg_m_2n",
    "before_2": "sg_m_1n",
    "before_1": "sg_m_n",
    "after_1": "sg_m_n1",
    "after_2": "sg_m_n2",
    "after_3": "sg_m_n3",
    "magnitude": "sg_magnitude",
}


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
    detected = detect(panel, primary=SuddenGain(cutoff=7), expected="none")
    found = detected.candidates
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
    table = detected.values_around()
    assert isinstance(table, pl.DataFrame)
    compared = [each for each in table.iter_rows(named=True) if (each["dyad"], int(each["flagged_at"]) - 1) in theirs]
    for values in compared:
        row = theirs[values["dyad"], int(values["flagged_at"]) - 1]
        for name, column in COLUMNS_OF_SUDDENGAINS.items():
            expected = float("nan") if row[column] == "NA" else float(row[column])
            assert values[name] == pytest.approx(expected, nan_ok=True), (row["id"], name)


def test_a_person_has_one_row_with_the_gain_that_was_chosen() -> None:
    """Persons without a gain have a row, too; of several gains the first, the last, the largest or the smallest is taken."""
    scores = [40.0, 41, 40, 30, 31, 30, 15, 16, 15, 5, 6, 5, 20, 20, 20]
    panel = Panel.from_arrays(
        ["A"] * 15 + ["B"] * 15, [*range(1, 16)] * 2, [*scores, *[20] * 15], scale=(0, 63), higher_is_better=False
    )
    found = detect(panel, primary=SuddenGain(cutoff=7), expected="none")

    def of_a(choose: str) -> tuple[float, float]:
        table = found.per_person(choose)
        assert isinstance(table, pl.DataFrame)
        assert table["dyad"].to_list() == ["A", "B"]
        assert table["findings"].to_list() == [3, 0]
        assert table["reversal"][1] is None
        return table["flagged_at"][0], table["magnitude"][0]

    assert (of_a("first"), of_a("largest"), of_a("last"), of_a("smallest")) == ((4, 10), (7, 15), (10, 10), (4, 10))
    with pytest.raises(ValueError, match="no such term"):
        found.per_person("best")


def test_the_magnitude_of_a_gain_is_the_published_one_wherever_it_is_given() -> None:
    """Each candidate says, as the table does, the change from the session before to the one after, in points."""
    scores = [40.25, 41, 40, 29.5, 31, 30, 15.75, 16, 15]
    panel = Panel.from_arrays(["A"] * 9, range(1, 10), scores, scale=(0, 63), higher_is_better=False)
    found = detect(panel, primary=SuddenGain(cutoff=7), expected="none")
    assert [each.magnitude for each in found.candidates] == [10.5, 14.25]
    assert list(found.candidates.columns["magnitude"]) == [10.5, 14.25]
    assert [abs(each.reference - each.seen_at(each.flagged_at)[0]) for each in found.candidates] == [10.5, 14.25]
    first = found.candidates[0]
    assert str(first).startswith("sudden gain in dyad A: session 3 to 4, magnitude 10.5, ")
    assert "Between the two lie 10.5 points, the magnitude." in first.explain()


def test_a_gain_holds_or_is_lost_again_or_that_is_not_known() -> None:
    """Up to the last score it held; without a later score, or before a window has ended, nobody knows."""

    def became(scores: list[float], rule: SuddenGain) -> ReversalStatus | None:
        panel = Panel.from_arrays(
            ["A"] * len(scores), range(len(scores)), scores, scale=(0, 63), higher_is_better=False
        )
        return detect(panel, primary=rule, expected="none").candidates[0].reversal

    whole = SuddenGain(cutoff=7)
    assert became([30, 31, 30, 12, 11, 12], whole) is ReversalStatus.HELD
    assert became([30, 31, 30, 12, 11, 12, 25], whole) is ReversalStatus.LOST_AGAIN
    last = SuddenGain(cutoff=7, criterion3=None)
    assert became([30, 31, 30, 12], last) is ReversalStatus.NOT_KNOWN
    windowed = SuddenGain(cutoff=7, recovery=Recovery(share=0.5, within=4))
    assert became([30, 31, 30, 12, 11, 12], windowed) is ReversalStatus.NOT_KNOWN
    assert became([30, 31, 30, 12, 11, 12, 11, 12], windowed) is ReversalStatus.HELD


def test_the_average_of_gains_is_drawn_with_better_scores_up() -> None:
    """Six sessions round the change, their means and intervals; without a gain there is nothing to average."""
    scores = [30.0, 31, 30, 12, 11, 12]
    panel = Panel.from_arrays(
        ["A"] * 6 + ["B"] * 6, [*range(1, 7)] * 2, [*scores, *(each + 2 for each in scores)], scale=(0, 63),
        higher_is_better=False,
    )  # fmt: skip
    chart = detect(panel, primary=SuddenGain(cutoff=7), expected="none").draw_average()
    (line,) = [mark for mark in chart.plots[0].marks if isinstance(mark, Trace)]
    assert line.ys == (31, 32, 31, 13, 12, 13)
    assert chart.plots[0].y.domain == (63, 0)
    with pytest.raises(InvalidValueError, match="nothing was found that could be averaged"):
        detect(panel, primary=SuddenGain(cutoff=30), expected="none").draw_average()


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


@pytest.mark.parametrize("better", [True, False])
@pytest.mark.parametrize("construct", ["alliance", "outcome", None])
def test_what_it_finds_is_called_a_sudden_gain_everywhere(better: bool, construct: str | None) -> None:
    """One name on candidates, pictures, tables and answers, whichever way the scale runs and whatever it measures."""
    scores = [2.0, 2, 2, 4, 4, 4]
    panel = Panel.from_arrays(
        ["A"] * 6,
        range(6),
        scores if better else [6 - score for score in scores],
        scale=(1, 5),
        higher_is_better=better,
        construct=construct,
    )
    found = detect(panel, primary=SuddenGain(cutoff=1, criterion3=None), expected="none")
    (candidate,) = found.candidates
    assert candidate.name == "sudden gain"
    assert str(candidate).startswith("sudden gain in dyad A")
    assert candidate.explain().startswith("Sudden gain in dyad A")
    assert candidate.draw().title == "Sudden gain in dyad A"
    assert found.terms.findings == "sudden gains"
    assert repr(found).startswith("<1 sudden gain in 1 dyad")
    assert "flagged: sudden gain" in found.draw().to_svg()
