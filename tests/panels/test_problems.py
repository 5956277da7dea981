"""Each kind of problem: when it is listed, what is done by default, and what a policy changes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO

import polars as pl
import pytest

from therarel.domain.ratings import RatingScale
from therarel.errors import InvalidValueError, ReadingError
from therarel.panels import Action, Panel, PanelPolicy, PanelProblem, ProblemKind
from therarel.tables import Limits

Columns = dict[str, list[object]]


def panel_of(dyad: str, session: list[object], score: list[object], **more: object) -> Panel:
    """A panel of dyads named by single letters, on a scale from 0 to 27 where lower is better."""
    how: dict[str, object] = {"scale": (0, 27), "higher_is_better": False}
    return Panel.from_arrays(list(dyad), session, score, **(how | more))  # type: ignore[arg-type]


def entries(panel: Panel, kind: ProblemKind) -> list[PanelProblem]:
    """The entries of a kind."""
    return [problem for problem in panel.problems if problem.kind is kind]


def test_an_unreadable_session_is_left_out_and_grouped_by_what_stands_there() -> None:
    """Many rows that say the same are one entry with their number and first rows."""
    panel = panel_of("AABBCC", [1, *["Post-Rx"] * 5], [1, 2, 3, 4, 5, 6])
    (problem,) = entries(panel, ProblemKind.UNREADABLE_SESSION)
    assert (problem.count, problem.rows, problem.value, problem.row) == (5, (2, 3, 4, 5, 6), "'Post-Rx'", None)
    assert problem.message == (
        "5 rows (2, 3, 4, 5, 6), column session: 'Post-Rx' is not a session: "
        "an attended session is a whole number from 0 (left out)"
    )


def test_what_stands_in_fewer_than_five_rows_is_shown_by_its_length() -> None:
    """It could be somebody's words: what one person said stands in one cell."""
    panel = panel_of("AABB", [1, "angry", "angry", 2], [1, 2, 3, 4])
    (problem,) = entries(panel, ProblemKind.UNREADABLE_SESSION)
    assert problem.value == "text of 5 characters"
    assert "angry" not in str(panel.problem_rows("polars").to_dict()) + "".join(map(str, panel.problems))


def test_a_fraction_is_no_attended_session_but_may_be_a_scheduled_one() -> None:
    """Session 3.7 was never attended; week 3.7 may be a week."""
    attended = panel_of("AAA", [1, 3.7, 4], [1, 2, 3])
    assert entries(attended, ProblemKind.UNREADABLE_SESSION)[0].value == "3.7"
    assert panel_of("AAA", [1, 3.7, 4], [1, 2, 3], index="scheduled").n_sessions == 3


def test_dates_count_days_from_the_first_of_each_dyad() -> None:
    """The dates stay beside the days."""
    days = ["2024-02-28", "2024-03-01", "2024-05-31", "31.05.2024", "2024-05-31T12:00:00"]
    panel = panel_of("AABBB", list(days), [1, 2, 3, 4, 5], index="dated")
    assert panel.to_frame("polars")["session"].to_list() == [0.0, 2.0, 0.0, 0.5]
    assert str(panel.to_frame("polars")["date"][1])[:10] == "2024-03-01"
    assert entries(panel, ProblemKind.UNREADABLE_SESSION)[0].row == 4


def test_a_score_outside_the_scale_leaves_a_session_without_a_score() -> None:
    """Nothing is clipped; a policy may keep the number or leave out the row."""
    rows: tuple[str, list[object], list[object]] = ("AAA", [1, 2, 3], [5, -0.25, 28])
    panel = panel_of(*rows)
    assert panel.to_frame("polars")["score"].to_list() == [5.0, None, None]
    assert [problem.value for problem in entries(panel, ProblemKind.OUT_OF_RANGE)] == ["-0.25", "28.0"]
    assert panel_of(*rows, policy=PanelPolicy(out_of_range="kept")).to_frame("polars")["score"].to_list() == [
        5.0,
        -0.25,
        28.0,
    ]
    assert panel_of(*rows, policy=PanelPolicy(out_of_range="left_out")).n_sessions == 1


def test_a_score_between_two_steps_is_kept_and_listed() -> None:
    """Half a point of a sum of whole numbers was imputed or mistyped: a person should look."""
    panel = panel_of("AAA", [1, 2, 3], [5, 7.5, 9], scale=None, higher_is_better=None, instrument="phq-9")
    (problem,) = entries(panel, ProblemKind.OFF_STEP)
    assert (problem.row, problem.action, problem.value) == (2, Action.KEPT, "7.5")
    assert panel.to_frame("polars")["score"].to_list() == [5.0, 7.5, 9.0]


def test_without_a_step_a_few_fractions_among_whole_numbers_are_listed() -> None:
    """Where nine scores in ten are whole, the others are worth a word; where fractions are usual they are not."""
    session: list[object] = list(range(20))
    whole = panel_of("A" * 20, session, [*range(19), 7.5])
    assert entries(whole, ProblemKind.OFF_STEP)[0].row == 20
    assert not entries(panel_of("A" * 20, session, [x + 0.5 for x in range(20)]), ProblemKind.OFF_STEP)


def test_means_written_with_two_decimals_are_on_the_steps_of_a_mean() -> None:
    """47 twelfths are written 3.92; 3.95 is no mean of twelve items."""
    panel = panel_of("AAA", [1, 2, 3], [3.92, 3.95, 4.5], scale=None, higher_is_better=None, instrument="wai-sr")
    assert str(panel.scale) == "1 to 5, higher is better"
    assert [problem.row for problem in entries(panel, ProblemKind.OFF_STEP)] == [2]


def test_codes_for_missing_scores_are_missing_scores() -> None:
    """-99 is no score where the policy says so."""
    panel = panel_of("AAA", [1, 2, 3], [5, -99, None], policy=PanelPolicy(missing_codes=[-99]))
    assert panel.n_missing == 2
    assert entries(panel, ProblemKind.MISSING_SCORE)[0].rows == (2, 3)


def test_rows_that_agree_are_one_row() -> None:
    """The same row twice, or once without its score, is merged and listed."""
    panel = panel_of("AAAA", [1, 1, 2, 2], [5, 5, None, 7])
    assert panel.to_frame("polars").select("session", "score", "row").rows() == [(1.0, 5.0, 1), (2.0, 7.0, 4)]
    (problem,) = entries(panel, ProblemKind.DUPLICATE)
    assert (problem.rows, problem.action) == ((2, 3), Action.MERGED)


@pytest.mark.parametrize(
    ("choice", "score", "gone"),
    [("left_out", [9.0], [1, 2]), ("first", [5.0, 9.0], [2]), ("last", [6.0, 9.0], [1]), ("mean", [5.5, 9.0], [2])],
)
def test_rows_that_contradict_each_other_wait_for_a_choice(choice: str, score: list[float], gone: list[int]) -> None:
    """By default none is used; first, last and mean are choices."""
    panel = panel_of("AAA", [1, 1, 2], [5, 6, 9], duplicates=choice)
    assert panel.to_frame("polars")["score"].to_list() == score
    assert panel.problem_rows("polars").filter(kind="conflicting_duplicate")["row"].to_list() == gone


def test_raters_are_never_pooled() -> None:
    """Two raters in one column need a choice; the other's rows are listed."""
    rows: dict[str, object] = {"rater": ["client", "Therapist", "T", "nurse", None]}
    with pytest.raises(InvalidValueError, match="rater_is='client'"):
        panel_of("AAAAA", [1, 1, 2, 3, 4], [5, 6, 7, 8, 9], **rows)
    panel = panel_of("AAAAA", [1, 1, 2, 3, 4], [5, 6, 7, 8, 9], rater_is="therapist", **rows)
    assert panel.to_frame("polars").select("score", "rater").rows() == [(6.0, "therapist"), (7.0, "therapist")]
    kinds = set(panel.problem_rows("polars")["kind"]) - {"one_row_dyad"}
    assert kinds == {"other_rater", "unreadable_rater", "missing_rater"}


def test_a_single_rater_in_the_column_is_the_panels_rater() -> None:
    """Nothing has to be chosen where there is no choice."""
    panel = panel_of("AA", [1, 2], [5, 6], rater=["client", "patient"])
    assert panel.rater == "client"


def test_a_change_of_therapist_is_listed_at_the_session_where_it_shows() -> None:
    """The dyad is kept, unless the policy leaves out the whole of it."""
    rows = {"therapist": ["T1", None, "T2", "T2", "T1", "T1"]}
    panel = panel_of("AAAABB", [1, 2, 3, 4, 1, 2], [5, 6, 7, 8, 5, 6], **rows)
    assert entries(panel, ProblemKind.THERAPIST_CHANGE)[0].row == 3
    assert panel.n_therapists == 2
    without = panel_of(
        "AAAABB", [1, 2, 3, 4, 1, 2], [5, 6, 7, 8, 5, 6], policy=PanelPolicy(therapist_change="left_out"), **rows
    )
    assert without.dyads == ["B"]


def test_gaps_single_sessions_and_flat_series_are_listed() -> None:
    """They are no faults, but rules stumble over them."""
    panel = panel_of("AAABCCC", [1, 2, 6, 1, 1, 2, 3], [5, 6, 7, 8, 4, 4, 4], max_gap=3)
    assert entries(panel, ProblemKind.GAP)[0].message == (
        "row 3, column session: more than 3 since the dyad's session before (kept)"
    )
    assert entries(panel, ProblemKind.ONE_ROW_DYAD)[0].dyad == "B"
    assert entries(panel, ProblemKind.CONSTANT_SERIES)[0].dyad == "C"


def test_rows_without_a_dyad_are_left_out() -> None:
    """A score of nobody cannot be used."""
    panel = Panel.from_arrays(["A", None, "A"], [1, 2, 3], [4, 5, 5], scale=(1, 5), higher_is_better=True)
    assert entries(panel, ProblemKind.MISSING_DYAD)[0].rows == (2,)


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        (PanelPolicy(session="refused"), "text of 1 character is not a session"),
        (PanelPolicy(out_of_range="refused"), "99.0 lies outside the scale"),
        (PanelPolicy(duplicates="refused"), "contradict each other"),
        (PanelPolicy(missing_score="refused"), "no score"),
        (PanelPolicy(one_row_dyad="refused"), "a single session"),
    ],
)
def test_a_policy_may_refuse(policy: PanelPolicy, message: str) -> None:
    """Reading stops with an error that lists the rows."""
    with pytest.raises(ReadingError, match=message):
        panel_of("AAAAAB", [1, 1, 2, "x", 3, 1], [5, 6, 99, 7, None, 4], policy=policy)


def test_an_action_that_makes_no_sense_is_refused() -> None:
    """A row without a session cannot be kept."""
    with pytest.raises(InvalidValueError, match="left_out or refused"):
        PanelPolicy(session="kept")
    with pytest.raises(InvalidValueError, match="a code for a missing value is a number or a word"):
        PanelPolicy(missing_codes=[True])


def test_very_many_different_values_are_folded_and_all_rows_stay_reachable() -> None:
    """Fifty entries and one for the rest; the table has every row."""
    odd: list[object] = [100 + number for number in range(200)]
    panel = panel_of("A" * 202, list(range(202)), [5, 6, *odd])
    found = entries(panel, ProblemKind.OUT_OF_RANGE)
    assert (len(found), found[-1].count) == (51, 150)
    assert panel.problem_rows("polars").filter(kind="out_of_range").height == 200


def test_columns_of_dates_are_read_like_dates_in_text() -> None:
    """A date type, with or without a time of day or zone, counts the same days; numbers are no dates."""
    days = [date(2024, 2, 28), None, date(2024, 3, 1)]
    moments = [None if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC) for day in days]
    for column in (days, moments):
        panel = panel_of("AAA", list(column), [1, 2, 3], index="dated")
        assert panel.to_frame("polars")["session"].to_list() == [0.0, 2.0]
        assert panel.to_frame("polars")["date"].to_list() == [days[0], days[2]]
        assert entries(panel, ProblemKind.MISSING_SESSION)[0].row == 2
        with pytest.raises(InvalidValueError, match="say index='dated'"):
            panel_of("AAA", list(column), [1, 2, 3])
    with pytest.raises(InvalidValueError, match="not dates"):
        panel_of("AAA", [1, 2, 3], [1, 2, 3], index="dated")


def test_categories_are_labels_and_whole_floats_are_too() -> None:
    """A label reads the same whatever type a program kept it in."""
    frame = pl.DataFrame({"dyad": [7.0, None], "session": [1, 2], "score": [3, 4]})
    panel = Panel.from_frame(frame, scale=(0, 27), higher_is_better=False)
    assert panel.dyads == ["7"]
    named = frame.with_columns(pl.Series("dyad", ["a", "b"], pl.Categorical))
    assert Panel.from_frame(named, scale=(0, 27), higher_is_better=False).dyads == ["a", "b"]


@pytest.mark.parametrize("width", [1e-3, 4.0, 1e6])
def test_rounding_puts_no_score_beyond_the_scale_or_between_its_steps(width: float) -> None:
    """A billionth of the scale's range is rounding, on scales of any width; two billionths are another number."""
    scale = RatingScale(0, width, True, step=width / 4)
    for off, listed in ((0.5e-9, False), (2e-9, True)):
        panel = panel_of("AAA", [1, 2, 3], [width * (1 + off), width / 2, 0], scale=scale, higher_is_better=None)
        assert bool(entries(panel, ProblemKind.OUT_OF_RANGE)) is listed
        panel = panel_of("AAA", [1, 2, 3], [-width * off, width / 2, width], scale=scale, higher_is_better=None)
        assert bool(entries(panel, ProblemKind.OUT_OF_RANGE)) is listed
    whole = RatingScale(0, 100, True, step=1)
    for off, listed in ((0.5e-7, False), (2e-7, True)):
        panel = panel_of("AAA", [1, 2, 3], [7 + off, 50, 0], scale=whole, higher_is_better=None)
        assert bool(entries(panel, ProblemKind.OFF_STEP)) is listed


def test_rows_that_are_left_out_are_in_the_line_of_a_panel() -> None:
    """Whoever looks at a panel sees how many rows it lost, those beyond the limit of the listed problems included."""
    rows = "".join(f"A,{at},4,x\nA,{at},3,y\n" for at in range(1, 31))
    made = Panel.read(
        BytesIO(f"client,session,wai,who\n{rows}B,1,3,x\nB,2,,x\n".encode()),
        dyad="client", session="session", score="wai", scale=(1, 5), higher_is_better=True, limits=Limits(problems=7),
    )  # fmt: skip
    assert "60 of 62 rows left out: see problems" in repr(made)
    assert made.summary().rows_left_out == 60
    assert "one rater and one instrument" in str(made.problems[1])
    assert "left out" not in repr(Panel.from_arrays(["A", "A"], [1, 2], [4, None], scale=(1, 5), higher_is_better=True))
