"""Pictures of a panel: better scores are up, nothing is drawn beyond the scale, and labels that are texts stay out."""

from __future__ import annotations

import pytest

from therarel.drawing import Trace
from therarel.errors import UnknownNameError
from therarel.panels import Panel
from therarel.simulation import simulate_clinic

CLINIC = simulate_clinic(30, seed=4, therapist_ratings=True)


def symptoms() -> Panel:
    """Two dyads on a symptom scale, one with a session that has no score and a label that is a text."""
    return Panel.from_arrays(
        ["A", "A", "A", "said that it was over between us"], [1, 2, 3, 1], [20, None, 9, 12], instrument="phq-9"
    )


def test_a_symptom_scale_is_drawn_upside_down() -> None:
    """The lowest score is at the top, and the axis says so."""
    (plot,) = symptoms().draw().plots
    assert plot.y.domain == (27, 0)
    assert plot.y.title == "phq-9, 0 to 27, lower is better (better is up)"
    assert [mark.xs for mark in plot.marks if isinstance(mark, Trace)] == [(1, 3), (1,)]


def test_the_middle_is_drawn_over_eight_dyads_or_more() -> None:
    """The median and the middle half are in the picture of a clinic, and not in that of two dyads."""
    names = {mark.name for mark in CLINIC.panel().draw().plots[0].marks}
    assert names == {"a dyad", "median", "middle half"}
    assert {mark.name for mark in symptoms().draw().plots[0].marks} == {"a dyad"}


def test_two_raters_are_drawn_in_two_colours_and_never_pooled() -> None:
    """Each rater has a median of its own; a dyad's small picture has a line of each."""
    client, therapist = CLINIC.panel(), CLINIC.panel(rater="therapist")
    medians = {mark.name: mark for mark in client.draw(beside=therapist).plots[0].marks if "median" in mark.name}
    assert set(medians) == {"client: median", "therapist: median"}
    assert medians["client: median"].colour is not medians["therapist: median"].colour
    small = client.draw_dyads(most=4, beside=therapist)
    assert len(small.plots) == 4
    assert all({"client", "therapist"} <= {mark.name for mark in plot.marks} for plot in small.plots)


def test_small_pictures_share_their_axes_and_name_no_text() -> None:
    """Every dyad is drawn from the first to the last session of all; a label that is a text is named by its number."""
    chart = symptoms().draw_dyads()
    assert [plot.title for plot in chart.plots] == ["A", "no. 2 (label of 32 characters)"]
    assert {plot.x.domain for plot in chart.plots} == {(1, 3)}
    assert "over between us" not in chart.to_svg()
    assert chart.description.startswith("A: from 20 at session 1 to 9 at session 3; lowest 9 at session 3")


def test_dyads_are_drawn_that_are_named() -> None:
    """By their labels, and one that is not there is refused."""
    panel = CLINIC.panel()
    assert [plot.title for plot in panel.draw_dyads(panel.dyads[3:5]).plots] == panel.dyads[3:5]
    with pytest.raises(UnknownNameError, match="there is no such dyad"):
        panel.draw_dyads(["nobody"])


def test_dyads_without_a_score_are_drawn_all_the_same() -> None:
    """The axes are there, and the words say that there is no score."""
    both = Panel.from_arrays(["A", "B"], [1, 1], [None, 4], scale=(1, 5), higher_is_better=True)
    panel = both.only(["A"])
    assert panel.draw().description == "No session has a score."
    assert panel.draw().plots[0].x.domain == (0.5, 1.5)


def test_forms_with_other_numbers_of_items_are_drawn_beside_each_other() -> None:
    """Means of twelve items of the client and of ten of the therapist lie on one scale, in other steps."""
    client, therapist = (
        Panel.from_arrays(["A", "A"], [1, 2], [4, 3.5], instrument=form) for form in ("wai-sr", "wai-srt")
    )
    assert "therapist: a dyad" in {mark.name for mark in client.draw(beside=therapist).plots[0].marks}
