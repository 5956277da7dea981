"""Every kind of problem, with the whole of what is said: the sentence, and the row in the table of problems."""

from __future__ import annotations

import io
from typing import Any

import attrs
import pytest

from therarel.errors import InvalidValueError, ReadingError
from therarel.panels import Action, Panel, PanelPolicy, ProblemKind

MESS = """Exported by the clinic
client,week,wai,counsellor,rater
A,1,4,T1,client
A,2,4.0,T1,client
A,2,4,T1,client
A,3,,T1,client
A,4,x,T1,client
A,4b,3,T1,client
A,,3,T1,client
A,5,9,T2,client
A,6,3.5,T2,client
,6,3,T2,client
,,,T2,client
A,9,5,,client
a,1,3,T1,client
Anna Maier,1,4,T1,client
NA,1,4,T1,client
B,1,4,T1,client
B,1,5,T1,client
C,1,4,T1,
C,2,4,T1,her mother
C,3,4,T1,client
C,4,4,T1,therapist
C,5,4,T1,client,more
C,6,4,T1,client
C,7,4,T1,client
D,1,3,T1,client
D,2,3,T1,client
D,3,3,T1,client
"""
MEANT: dict[str, Any] = {"scale": (1, 5), "higher_is_better": True}
SAID = [
    "1 line before the header is not data",
    "row 22 (line 24): more cells than the header has names, or no JSON object (left out)",
    "row 11 (line 13): dyad, session and score are empty (left out)",
    "row 10 (line 12), column client: no dyad (left out)",
    "row 7 (line 9), column week: no session (left out)",
    "row 6 (line 8), column week: text of 2 characters is not a session: an attended session is a whole number from 0 (left out)",
    "row 12 (line 14), column counsellor: no therapist (kept)",
    "row 14 (line 16), column client: labels look like names of people, addresses or dates of birth: give codes instead, for those of one word are shown on the page, and all of them in files (kept)",
    "8 rows (1, 2, 4, 5, 8, ...), column client: labels that may be meant to be one: a label of 1 character and a label of 1 character (kept)",
    "row 15 (line 17), column client: the label 'NA' is elsewhere a word for nothing; here it is taken as a label (kept)",
    "row 18 (line 20), column rater: no rater (left out)",
    "row 19 (line 21), column rater: text of 10 characters is not a rater: client, therapist, observer or model (left out)",
    "row 21 (line 23), column rater: rated by therapist, who was not asked for: raters are never pooled (left out)",
    "row 4 (line 6), column wai: no score (kept)",
    "row 5 (line 7), column wai: text of 1 character is not a number (score left out)",
    "row 8 (line 10), column wai: 9.0 lies outside the scale, 1 to 5 (score left out)",
    "row 9 (line 11), column wai: not a value the scale can take, 93.8% of the scores being whole numbers (kept)",
    "row 3 (line 5): another row of the same dyad and session says the same (merged)",
    "2 rows (16, 17), column wai: rows of the same dyad and session contradict each other, so none is used: keep the rows of one rater and one instrument, or choose duplicates='first', 'last' or 'mean' (left out)",
    "row 8 (line 10), column counsellor: the therapist differs from that of the dyad's session before (kept)",
    "2 rows (12, 23), column week: more than 2 since the dyad's session before (kept)",
    "3 rows (13, 14, 15): the dyad has a single session (kept)",
    "2 rows (20, 25), column wai: all scores of the dyad are the same (kept)",
]
ROWS: list[tuple[object, ...]] = [
    ("unreadable_row", "left_out", 22, 24, None, None, None, None),
    ("empty_row", "left_out", 11, 13, None, None, None, None),
    ("missing_dyad", "left_out", 10, 12, "client", None, None, None),
    ("missing_session", "left_out", 7, 9, "week", None, "A", None),
    ("unreadable_session", "left_out", 6, 8, "week", "text of 2 characters", "A", None),
    ("missing_rater", "left_out", 18, 20, "rater", None, "C", 1.0),
    ("unreadable_rater", "left_out", 19, 21, "rater", "text of 10 characters", "C", 2.0),
    ("other_rater", "left_out", 21, 23, "rater", "therapist", "C", 4.0),
    ("missing_score", "kept", 4, 6, "wai", None, "A", 3.0),
    ("unreadable_score", "score_left_out", 5, 7, "wai", "text of 1 character", "A", 4.0),
    ("out_of_range", "score_left_out", 8, 10, "wai", "9.0", "A", 5.0),
    ("off_step", "kept", 9, 11, "wai", "3.5", "A", 6.0),
    ("duplicate", "merged", 3, 5, None, None, "A", 2.0),
    ("conflicting_duplicate", "left_out", 16, 18, "wai", "4.0", "B", 1.0),
    ("conflicting_duplicate", "left_out", 17, 19, "wai", "5.0", "B", 1.0),
    ("therapist_change", "kept", 8, 10, "counsellor", None, "A", 5.0),
    ("gap", "kept", 12, 14, "week", None, "A", 9.0),
    ("gap", "kept", 23, 25, "week", None, "C", 6.0),
    ("one_row_dyad", "kept", 14, 16, None, None, None, 1.0),
    ("one_row_dyad", "kept", 15, 17, None, None, "NA", 1.0),
    ("one_row_dyad", "kept", 13, 15, None, None, "a", 1.0),
    ("constant_series", "kept", 20, 22, "wai", None, "C", 3.0),
    ("constant_series", "kept", 25, 27, "wai", None, "D", 1.0),
    ("word_as_label", "kept", 15, 17, "client", "'NA'", "NA", 1.0),
    ("personal_label", "kept", 14, 16, "client", None, None, 1.0),
    ("look_alike_label", "kept", 1, 3, "client", None, "A", 1.0),
    ("look_alike_label", "kept", 2, 4, "client", None, "A", 2.0),
    ("look_alike_label", "kept", 4, 6, "client", None, "A", 3.0),
    ("look_alike_label", "kept", 5, 7, "client", None, "A", 4.0),
    ("look_alike_label", "kept", 8, 10, "client", None, "A", 5.0),
    ("look_alike_label", "kept", 9, 11, "client", None, "A", 6.0),
    ("look_alike_label", "kept", 12, 14, "client", None, "A", 9.0),
    ("look_alike_label", "kept", 13, 15, "client", None, "a", 1.0),
    ("missing_therapist", "kept", 12, 14, "counsellor", None, "A", 9.0),
]
ALLOWED = {
    "missing_dyad": {"left_out", "refused"},
    "session": {"left_out", "refused"},
    "missing_score": {"kept", "left_out", "refused"},
    "unreadable_score": {"score_left_out", "left_out", "refused"},
    "out_of_range": {"score_left_out", "left_out", "kept", "refused"},
    "off_step": {"kept", "score_left_out", "left_out", "refused"},
    "therapist_change": {"kept", "left_out", "refused"},
    "gap": {"kept", "refused"},
    "one_row_dyad": {"kept", "left_out", "refused"},
    "constant_series": {"kept", "left_out", "refused"},
}


def mess(**options: Any) -> Panel:
    """A panel of a table with one problem of every kind that a CSV file may have, but for decimal commas."""
    named = {"dyad": "client", "session": "week", "score": "wai", "therapist": "counsellor", "rater": "rater"}
    return Panel.read(io.BytesIO(MESS.encode()), **(MEANT | named | {"rater_is": "client", "max_gap": 2} | options))


def arrays(session: list[object], score: list[object], **options: Any) -> Panel:
    """A panel of one dyad."""
    return Panel.from_arrays(["A"] * len(session), session, score, **(MEANT | options))


def test_each_problem_is_told_in_a_sentence() -> None:
    """Rows, lines, column, what is wrong, the bound, and what was done; nothing of what a person wrote."""
    assert [str(problem) for problem in mess().problems] == SAID
    others = {"other_encoding", "other_sheets", "decimal_comma"}
    assert {problem.kind for problem in mess().problems} == {kind for kind in ProblemKind if kind.value not in others}


def test_each_row_of_each_problem_stands_in_the_table() -> None:
    """Kind, action, row, line, column, the value as it may be shown, dyad if it is a code, session."""
    assert mess().problem_rows("polars").rows() == ROWS


def test_a_problem_knows_its_place() -> None:
    """One row has row, line and dyad, several have none of these; the first ten rows are named, five in the sentence."""
    for problem in mess().problems:
        rows = [row for row in ROWS if row[0] == problem.kind.value]
        assert problem.count == len(rows)
        assert problem.rows == tuple(sorted(int(str(row[2])) for row in rows))[:10]
        one = rows[0] if len(rows) == 1 else (None,) * 8
        assert (problem.row, problem.line, problem.dyad) == (one[2], one[3], one[6])
        assert problem.column == (rows[0][4] if rows else None)
        assert problem.value == (rows[0][5] if len({row[5] for row in rows}) == 1 else None)


@pytest.mark.parametrize("number", [1, 2, 5, 6, 11, 1200])
def test_many_rows_are_named_by_the_first_five(number: int) -> None:
    """Up to five rows are named; of more, the first five, and that there are more."""
    panel = arrays([*range(number + 3)], [4, 5, 4, *[None] * number])
    (problem,) = (each for each in panel.problems if each.kind is ProblemKind.MISSING_SCORE)
    rows = list(range(4, number + 4))
    named = ", ".join(str(row) for row in rows[:5]) + (", ..." if number > 5 else "")
    where = "row 4" if number == 1 else f"{number:,} rows ({named})"
    assert str(problem) == f"{where}, column score: no score (kept)"
    assert problem.rows == tuple(rows[:10])


@pytest.mark.parametrize("field", ALLOWED)
@pytest.mark.parametrize("action", [*Action])
def test_a_policy_takes_what_makes_sense_for_a_kind_and_nothing_else(field: str, action: Action) -> None:
    """What is refused is told with the field and with what it may be."""
    if action.value in ALLOWED[field]:
        assert getattr(PanelPolicy(**{field: action.value}), field) is action
        return
    with pytest.raises(InvalidValueError) as refused:
        PanelPolicy(**{field: action.value})
    assert refused.value.where == f"PanelPolicy.{field}"
    assert set((refused.value.bound or "").split(" or ")) == ALLOWED[field]


def test_every_field_of_a_policy_is_among_them() -> None:
    """Duplicates and codes for missing values have choices of their own."""
    assert {each.name for each in attrs.fields(PanelPolicy)} == {*ALLOWED, "duplicates", "missing_codes"}


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("missing_dyad", {"policy": PanelPolicy(missing_dyad="refused")}),
        ("missing_session", {"policy": PanelPolicy(session="refused")}),
        ("unreadable_session", {"policy": PanelPolicy(session="refused")}),
        ("missing_score", {"policy": PanelPolicy(missing_score="refused")}),
        ("unreadable_score", {"policy": PanelPolicy(unreadable_score="refused")}),
        ("out_of_range", {"policy": PanelPolicy(out_of_range="refused")}),
        ("off_step", {"policy": PanelPolicy(off_step="refused")}),
        ("conflicting_duplicate", {"duplicates": "refused"}),
        ("therapist_change", {"policy": PanelPolicy(therapist_change="refused")}),
        ("gap", {"policy": PanelPolicy(gap="refused")}),
        ("one_row_dyad", {"policy": PanelPolicy(one_row_dyad="refused")}),
        ("constant_series", {"policy": PanelPolicy(constant_series="refused")}),
    ],
)
def test_what_a_policy_refuses_is_told_in_the_same_sentence(kind: str, options: dict[str, Any]) -> None:
    """The error holds the sentence of the problem, with the word refused."""
    (said,) = (str(each) for each in mess().problems if each.kind.value == kind)
    with pytest.raises(ReadingError) as refused:
        mess(**options)
    told = [str(each) for each in refused.value.problems]
    sentence = said.rpartition(" (")[0].replace(
        "so none is used: keep the rows of one rater and one instrument, or choose duplicates='first', 'last' or 'mean'",
        "which is refused",
    )
    assert f"{sentence} (refused)" in told
    assert str(refused.value).startswith("policy: the table")


@pytest.mark.parametrize(
    ("choice", "score", "value", "words"),
    [
        ("first", 4.0, "5.0", "the first one read is used"),
        ("last", 5.0, "4.0", "the last one read is used"),
        ("mean", 4.5, "5.0", "the mean of their scores is used"),
    ],
)
def test_what_was_chosen_for_contradictions_is_told(choice: str, score: float, value: str, words: str) -> None:
    """The row that gave way is listed with its score."""
    panel = arrays([1, 1, 2], [4, 5, 3], duplicates=choice)
    row = 1 if choice == "last" else 2
    (problem,) = panel.problems
    assert str(problem) == (
        f"row {row}, column score: rows of the same dyad and session contradict each other, {words} (merged)"
    )
    assert (problem.value, panel.to_frame("polars")["score"].to_list()) == (value, [score, 3.0])


def test_a_wide_table_tells_of_its_file_and_its_columns() -> None:
    """Lines before the header are noted, and a problem names the column of its session and the row of its dyad."""
    text = "Exported by the clinic\nclient;s1;s2\nA;4,5;\nB;3,5;9\n"
    panel = Panel.read(io.BytesIO(text.encode()), wide={"s1": 1, "s2": 2}, **MEANT)
    assert [str(problem) for problem in panel.problems] == [
        "1 line before the header is not data",
        "column cell: numbers are read with a decimal comma",
        "row 1 (line 3), column s2: no score (left out)",
        "row 2 (line 4), column s2: 9.0 lies outside the scale, 1 to 5 (score left out)",
        "row 1 (line 3): the dyad has a single session (kept)",
    ]


def test_the_step_of_an_instrument_is_known_where_its_range_is_stated() -> None:
    """A scale with the range of the form has its step, one with a step of its own keeps it, another has none."""
    panel = arrays([1, 2], [3, 4], instrument="phq-9", scale=(0, 27), higher_is_better=None)
    assert (panel.scale.step, panel.scale_source) == (1.0, "given")
    half = attrs.evolve(panel.scale, step=0.5)
    assert arrays([1, 2], [3, 4], instrument="phq-9", scale=half, higher_is_better=None).scale.step == 0.5
    assert arrays([1, 2], [3, 4], instrument="phq-9", scale=(0, 30), higher_is_better=None).scale.step is None
