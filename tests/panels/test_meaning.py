"""What a panel knows about its scores, and what it refuses to assume."""

from __future__ import annotations

import pytest

from therarel.domain.ratings import RatingScale
from therarel.errors import InvalidValueError, UnknownNameError
from therarel.panels import Panel, guess_columns


def panel_of(score: list[float], **more: object) -> Panel:
    """One dyad with these scores."""
    return Panel.from_arrays(["A"] * len(score), list(range(len(score))), score, **more)  # type: ignore[arg-type]


def test_the_direction_is_never_assumed() -> None:
    """Without instrument, scale or statement there is no panel."""
    with pytest.raises(InvalidValueError, match="instrument="):
        panel_of([4, 5], scale=(1, 5))


def test_an_instrument_states_construct_direction_range_and_rater() -> None:
    """A PHQ-9 total is an outcome from 0 to 27 where lower is better."""
    panel = panel_of([12, 9], instrument="phq-9")
    assert (panel.construct, str(panel.scale), panel.scale_source) == (
        "outcome", "0 to 27, lower is better", "instrument",
    )  # fmt: skip
    assert panel.rater == "client"


def test_what_is_usual_for_an_instrument_is_not_known_of_these_scores() -> None:
    """A PHQ-9 is mostly answered before the session; whether these were, only the caller can say."""
    assert panel_of([12, 9], instrument="phq-9").timing is None
    assert panel_of([12, 9], instrument="phq-9", timing="pre_session").timing == "pre_session"


@pytest.mark.parametrize(("scores", "scale"), [([4.5, 3.0], "1 to 5"), ([54, 36], "12 to 60")])
def test_a_total_is_told_from_a_mean_by_the_scores(scores: list[float], scale: str) -> None:
    """The range that holds the scores is the one that is meant."""
    assert str(panel_of(scores, instrument="wai-sr").scale).startswith(scale)


def test_a_range_that_nobody_states_is_the_observed_one() -> None:
    """The panel says so; a series that never moves shows no range."""
    panel = panel_of([3, 8], higher_is_better=True)
    assert (panel.scale.minimum, panel.scale.maximum, panel.scale_source) == (3.0, 8.0, "observed")
    with pytest.raises(InvalidValueError, match="give scale="):
        panel_of([3, 3], higher_is_better=True)


@pytest.mark.parametrize(
    "statements",
    [
        {"instrument": "phq-9", "higher_is_better": True},
        {"instrument": "phq-9", "construct": "alliance"},
        {"scale": RatingScale(0, 27, higher_is_better=False), "higher_is_better": True},
    ],
)
def test_statements_that_contradict_each_other_are_refused(statements: dict[str, object]) -> None:
    """Nobody can tell which of the two is meant."""
    with pytest.raises(InvalidValueError, match="contradict"):
        panel_of([4, 5], **statements)


@pytest.mark.parametrize(
    "wrong", [{"scale": (1, 2, 3)}, {"scale": 5}, {"scale": (5, 1)}, {"max_gap": 0}, {"max_gap": "2"}]
)
def test_a_scale_and_a_gap_are_checked(wrong: dict[str, object]) -> None:
    """What is no range and what is no distance is named."""
    with pytest.raises(InvalidValueError):
        panel_of([4, 5], higher_is_better=True, **wrong)


@pytest.mark.parametrize(
    "wrong", [{"instrument": "wai-st"}, {"construct": "aliance"}, {"index": "daily"}, {"timing": "post"}]
)
def test_unknown_terms_are_answered_with_known_ones(wrong: dict[str, object]) -> None:
    """The hint names what there is."""
    with pytest.raises(UnknownNameError):
        panel_of([4, 5], **({"higher_is_better": True} | wrong))


def test_two_equally_likely_columns_are_not_chosen_between() -> None:
    """The error names both and how to state one."""
    with pytest.raises(InvalidValueError, match=r"'phq9' and 'hamd'.*score=.*--score"):
        guess_columns(["client", "session", "phq9", "hamd"])


def test_what_is_stated_is_not_guessed() -> None:
    """Stated columns are taken as they are, and no other role takes them."""
    roles = guess_columns(["id", "client", "month", "phq9", "hamd", "clinician"], score="hamd", dyad="id")
    assert (roles.dyad, roles.session, roles.score, roles.therapist) == ("id", "month", "hamd", "clinician")
    assert roles.guessed == ("session", "therapist")


def test_a_table_without_a_likely_column_is_refused() -> None:
    """The error says what is missing and how to state it."""
    with pytest.raises(InvalidValueError, match="--dyad"):
        guess_columns(["a", "b"])


def test_covariates_are_kept_as_they_are() -> None:
    """Further columns travel with the rows."""
    panel = panel_of([4, 5], higher_is_better=True, covariates={"arm": ["x", "y"]})
    assert panel.to_frame("polars")["arm"].to_list() == ["x", "y"]
    with pytest.raises(InvalidValueError, match="rename"):
        panel_of([4, 5], higher_is_better=True, covariates={"row": [1, 2]})


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"dyad": ["A"], "session": [1, 2], "score": [4, 5]}, "one length"),
        ({"dyad": "AA", "session": [1, 2], "score": [4, 5]}, "array or a list"),
        ({"dyad": ["A", "A"], "session": [1, 2], "score": [True, False]}, "neither numbers nor text"),
        ({"dyad": [1.5, 2.0], "session": [1, 2], "score": [4, 5]}, "not labels"),
    ],
)
def test_arrays_that_make_no_table_are_refused(columns: dict[str, object], message: str) -> None:
    """Lengths differ, or a column cannot hold what it should."""
    with pytest.raises(InvalidValueError, match=message):
        Panel.from_arrays(**columns, higher_is_better=True)  # type: ignore[arg-type]


def test_a_table_that_is_none_is_refused() -> None:
    """The message names what is taken."""
    with pytest.raises(InvalidValueError, match="polars, pandas, pyarrow or DuckDB"):
        Panel.from_frame([1, 2], higher_is_better=True)  # type: ignore[arg-type]  # what a caller may try


def test_wide_sessions_have_numbers_of_their_own() -> None:
    """Two columns of one session, and columns that are not there, are refused."""
    frame = panel_of([4, 5], higher_is_better=True).to_frame("polars")
    for sessions in ({"score": 1, "session": 1}, {}, {"score": "1"}):
        with pytest.raises(InvalidValueError):
            Panel.from_wide(frame, dyad="dyad", sessions=sessions, higher_is_better=True)  # type: ignore[arg-type]
    with pytest.raises(UnknownNameError):
        Panel.from_wide(frame, dyad="dyad", sessions={"scor": 1}, higher_is_better=True)


def test_some_dyads_of_a_panel_are_a_panel() -> None:
    """An unknown label is answered with the nearest; the number of dyads does not flood the repr."""
    panel = Panel.from_arrays(["C-1", "C-1", "C-2"], [1, 2, 1], [4, 5, 3], scale=(1, 5), higher_is_better=True)
    assert panel.only("C-1").n_sessions == 2
    assert panel.only(["C-2"]) != panel
    with pytest.raises(UnknownNameError, match="did you mean"):
        panel.dyad("C-3")
    assert "C-1" not in repr(panel) + str(panel.summary())


def test_a_block_of_no_rows_is_refused() -> None:
    """The size of a block is at least one."""
    with pytest.raises(InvalidValueError, match="at least one row"):
        panel_of([4, 5], higher_is_better=True).blocks(rows=0)


def test_arrays_of_a_block_cannot_be_written() -> None:
    """A rule cannot change the panel it reads."""
    (block,) = panel_of([4, 5], higher_is_better=True).blocks()
    for array in (block.starts, block.session, block.score):
        assert not array.flags.writeable


def test_a_panel_prints_in_a_notebook_without_scripts() -> None:
    """The table is plain HTML and quotes what was read."""
    page = panel_of([4, 9], scale=(1, 5), higher_is_better=True)._repr_html_()
    assert page.startswith("<table>")
    assert "<script" not in page


def test_an_unknown_kind_of_table_is_refused() -> None:
    """The message names the kinds there are."""
    with pytest.raises(InvalidValueError, match="pyarrow"):
        panel_of([4, 5], higher_is_better=True).to_frame("excel")
