"""Labels of dyads, therapists and raters: what is listed about them, and that all of them stay in the panel."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.confidential import taken_for
from therarel.errors import InvalidValueError
from therarel.panels import NothingReadableError, Panel, PanelProblem
from therarel.tables import Limits


def panel_of(dyads: list[Any], **more: Any) -> Panel:
    """A panel with one session for each label, numbered from 1 within a dyad."""
    sessions = [dyads[: at + 1].count(dyad) for at, dyad in enumerate(dyads)]
    return Panel.from_arrays(
        dyads, sessions, [1 + at % 4 for at in range(len(dyads))], **{"scale": (1, 5), "higher_is_better": True, **more}
    )


def entry(panel: Panel, kind: str) -> PanelProblem:
    """The one entry of a kind."""
    (found,) = [each for each in panel.problems if each.kind == kind]
    return found


def listed(panel: Panel, kind: str) -> list[int]:
    """The rows of a kind, in order."""
    return sorted(panel.problem_rows("polars").filter(pl.col("kind") == kind)["row"].to_list())


def test_labels_that_may_name_people_are_listed_and_never_shown() -> None:
    """Names, addresses and dates of birth among the labels are a problem of the page; codes are not."""
    panel = panel_of(["C-1", "Jane Doe", "C-1", "1980-05-04", "a@b.org"], therapist=["T1", "Ann Lee", "T1", "T2", "T2"])
    found = [each for each in panel.problems if each.kind == "personal_label"]
    assert [(each.column, each.rows, each.action) for each in found] == [
        ("dyad", (2, 4, 5), "kept"), ("therapist", (2,), "kept"),
    ]  # fmt: skip
    assert panel.n_dyads == 4
    assert "Jane" not in str(panel.summary())
    assert not [each for each in panel_of(["C-1", "C-2"]).problems if each.kind == "personal_label"]


def test_labels_that_look_alike_are_listed_with_the_first_three_groups() -> None:
    """C-014 in Latin and in Cyrillic letters may be meant to be one; more than three groups are counted."""
    pairs = [(f"C-{at}", f"\u0421-{at}") for at in range(1, 6)]
    panel = panel_of([label for pair in pairs for label in pair])
    found = entry(panel, "look_alike_label")
    assert found.count == 10
    assert found.message.count(" and a label of 3 characters") == 3
    assert found.message.endswith("; and 2 more groups (kept)")
    both = entry(panel_of([*pairs[0], *pairs[1]], therapist=[*pairs[2], *pairs[3]]), "look_alike_label")
    assert both.count == 8
    assert both.message.count(" and a label of 3 characters") == 4
    few = entry(panel_of([label for pair in pairs[:3] for label in pair]), "look_alike_label")
    assert "more groups" not in few.message
    assert few.message.count(";") == 2


def test_words_for_nothing_as_labels_are_listed_by_value() -> None:
    """NA may be a label of somebody: it is one, and an entry says so; an empty cell is none."""
    panel = panel_of(["NA", "C-1", "", "None"])
    found = [each for each in panel.problems if each.kind == "word_as_label"]
    assert {(each.value, each.rows) for each in found} == {("'NA'", (1,)), ("'None'", (4,))}
    assert panel.dyads == ["C-1", "NA", "None"]
    assert listed(panel, "missing_dyad") == [3]


def test_rows_without_a_therapist_are_listed_only_where_some_have_one() -> None:
    """A panel in which nobody stated a therapist has none; where one is missing the row stays and is listed."""
    assert not [each for each in panel_of(["A", "B"], therapist=[None, None]).problems if "therapist" in each.kind]
    panel = panel_of(["A", "B", "C"], therapist=["T1", None, ""])
    found = entry(panel, "missing_therapist")
    assert (found.rows, found.column, found.action) == ((2, 3), "therapist", "kept")
    assert (panel.n_sessions, panel.n_therapists) == (3, 1)


def test_raters_are_read_by_name_and_first_letter() -> None:
    """Whatever the case; others are listed by value, an empty cell as missing, and the other rater as not asked for."""
    said = ["Client", "c", "PATIENT", "therapist", "nurse", "", "n/a"]
    panel = panel_of(["A", "B", "C", "D", "E", "F", "G"], rater=said, rater_is="client")
    assert panel.dyads == ["A", "B", "C"]
    assert set(panel.to_frame("polars")["rater"]) == {"client"}
    assert (listed(panel, "other_rater"), listed(panel, "unreadable_rater")) == ([4], [5])
    assert listed(panel, "missing_rater") == [6, 7]
    other, odd = entry(panel, "other_rater"), entry(panel, "unreadable_rater")
    assert (other.row, other.column, other.action) == (4, "rater", "left_out")
    assert (odd.column, odd.action, odd.row) == ("rater", "left_out", 5)
    assert "5 characters" in odd.message
    with pytest.raises(InvalidValueError, match="rater_is='client'") as caught:
        panel_of(["A", "B"], rater=["client", "observer"])
    assert (caught.value.where, caught.value.value) == ("rater", "client and observer")


def test_more_problems_than_are_kept_are_counted() -> None:
    """With a limit of three rows for each kind the others are a number, and no row of the panel is lost."""
    rows = "".join(f"A,{at},{9 if at % 2 else 3}\n" for at in range(1, 13))
    file = BytesIO(f"client,session,score\n{rows}".encode())
    panel = Panel.read(file, scale=(1, 5), higher_is_better=True, limits=Limits(problems=3))
    found = [each for each in panel.problems if each.kind == "out_of_range"]
    assert [(each.count, each.rows) for each in found] == [(3, (1, 3, 5)), (3, ())]
    assert found[1].message == "and 3 more rows: out of range"
    assert listed(panel, "out_of_range") == [1, 3, 5]
    assert (panel.n_sessions, panel.n_scored) == (12, 6)


def test_a_problem_names_the_line_of_the_file() -> None:
    """Row 2 of a file with a header stands in line 3, and the entry says both, with the column and the dyad."""
    file = BytesIO(b"client,session,score\nA,1,3\nA,2,9\nA,3,4\n")
    panel = Panel.read(file, scale=(1, 5), higher_is_better=True)
    found = entry(panel, "out_of_range")
    assert (found.row, found.line, found.column, found.dyad, found.value) == (2, 3, "score", "A", "9.0")
    assert found.message == "row 2 (line 3), column score: 9.0 lies outside the scale, 1 to 5 (score left out)"
    assert panel.problem_rows("polars").filter(pl.col("kind") == "out_of_range")["session"].to_list() == [2.0]


def test_a_step_that_is_missed_names_column_and_values() -> None:
    """One score in ten between whole numbers is listed with its column; several values are told as such as."""
    scores = [1, 2, 3, 4, 5, 4, 3, 2, 1, 2.5, 3, 4, 5, 4, 3, 2, 1, 2, 3, 3.5]
    panel = Panel.from_arrays(["A"] * 20, range(20), scores, scale=(1, 5), higher_is_better=True)
    found = entry(panel, "off_step")
    assert (found.column, found.rows, found.value, found.action) == ("score", (10, 20), None, "kept")
    assert found.message == (
        "2 rows (10, 20), column score: not a value the scale can take, 90.0% of the scores being whole numbers:"
        " such as 2.5, 3.5 (kept)"
    )
    nine = Panel.from_arrays(["A"] * 19, range(19), scores[1:], scale=(1, 5), higher_is_better=True)
    assert not [each for each in nine.problems if each.kind == "off_step"]


def test_a_table_without_rows_says_what_it_was() -> None:
    """The error names the file or the arrays in which nothing stood."""
    with pytest.raises(NothingReadableError) as caught:
        panel_of([])
    assert (caught.value.where, caught.value.problems) == ("arrays", ())
    with pytest.raises(NothingReadableError) as caught:
        Panel.read(BytesIO(b"client,session,score\n"), scale=(1, 5), higher_is_better=True)
    assert "no rows" in str(caught.value)


def test_problems_of_a_wide_table_name_the_column_of_their_session() -> None:
    """The row is that of the wide table; the column is the one in which the cell stands."""
    table = pl.DataFrame({"client": ["A", "B"], "s1": [3.0, 9.0], "s2": [4.0, None], "arm": ["x", "y"]})
    panel = Panel.from_wide(
        table, dyad="client", sessions={"s1": 1, "s2": 2}, covariates=["arm"], scale=(1, 5), higher_is_better=True
    )
    assert (
        entry(panel, "out_of_range").message == "row 2, column s1: 9.0 lies outside the scale, 1 to 5 (score left out)"
    )
    assert (entry(panel, "missing_score").column, entry(panel, "missing_score").row) == ("s2", 2)
    assert panel.to_frame("polars").select("dyad", "session", "score", "arm", "row").rows() == [
        ("A", 1, 3.0, "x", 1), ("A", 2, 4.0, "x", 1), ("B", 1, None, "y", 2),
    ]  # fmt: skip
    assert panel.source.endswith("wide: 2 rows and 2 sessions")
    assert panel.rows_read == 4


WORDS_OF_CODES = ("C", "client", "Jane", "may", "str", "mainstr", "street", "rue", "platz", "NA", "none", "")


@given(
    st.lists(
        st.tuples(st.sampled_from(WORDS_OF_CODES), st.sampled_from(["", "-", "_"]), st.text("0123456789", max_size=9)),
        max_size=8,
    )
)
def test_a_label_is_judged_by_itself(parts: list[tuple[str, str, str]]) -> None:
    """Which labels look like people does not depend on the labels beside them."""
    labels = ["C-1", *("".join(part) for part in parts if any(part))]
    judged = [row for row, label in enumerate(labels, start=1) if taken_for(label) is not None]
    assert listed(panel_of(labels), "personal_label") == judged
