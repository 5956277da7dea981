"""How the relationship is seen in a course: the latest of each rater, gaps, changes, and that nothing follows."""

from __future__ import annotations

import re

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.domain import (
    Closeness,
    PartScore,
    Rater,
    Rating,
    RatingScale,
    RelationshipPart,
    RelationshipQuality,
    Score,
    Timing,
    events,
)
from therarel.domain.views import latest_views
from therarel.errors import InvalidValueError, UnknownNameError
from therarel.machine import Course, Machine
from therarel.texts import VIEW_FIELDS

FIVE = RatingScale(1, 5)
TRUST, GOAL = RelationshipPart.TRUST, RelationshipPart.GOAL_AGREEMENT


def rated(
    session: int, value: float, rater: Rater = Rater.CLIENT, part: RelationshipPart = TRUST
) -> events.RelationshipRated:
    """A stated rating of one part."""
    return events.RelationshipRated(RelationshipQuality.of({part: Rating(value, FIVE, rater)}), session=session)


def measured(
    session: int, value: float, rater: Rater = Rater.CLIENT, form: str = "form", *, error: float | None = None,
    complete: bool = True, timing: Timing | None = None,
) -> events.Measured:  # fmt: skip
    """A measured rating of agreement on goals."""
    goal = PartScore("goal", GOAL, Closeness.EXACT, value, FIVE, complete=complete, standard_error=error)
    return events.Measured(Score(form, value, rater, timing, parts=(goal,), risk=()), session=session)


def course(*happened: events.Fact) -> Course:
    """A course in which this happened."""
    made = Course.begin("C-014", "T-03")
    for event in happened:
        made.record(event)
    return made


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 5), st.sampled_from(Rater)), max_size=10), st.data())
def test_the_relationship_holds_the_latest_views_of_its_history(
    given_: list[tuple[int, int, Rater]], data: st.DataObject
) -> None:
    """What the snapshot holds is what the history's views say is latest, corrections known."""
    made = course(*(rated(*each) for each in given_))
    if given_:
        made.retract(data.draw(st.integers(1, len(given_))))
    views = made.view()
    assert set(made.relationship.views) == set(views.now) == set(latest_views((), views.ratings))
    assert len(views.ratings) == max(len(given_) - 1, 0)
    for view in views.now:
        then = views.before(view)
        assert then is None or (then.source == view.source and view.occurred.before(then.occurred) is not True)


def test_ratings_of_everybody_at_once_or_of_some() -> None:
    """`view` takes a part, a rater, both or neither, and lists what of it is unrated."""
    made = course(rated(1, 3), rated(2, 4, Rater.THERAPIST), measured(3, 4))
    assert len(made.view().now) == 3
    assert [view.value for view in made.view("alliance.bond.trust").now] == [3, 4]
    assert [view.part for view in made.view(rater="therapist").now] == [TRUST]
    assert made.view(GOAL, rater="therapist").unrated == (GOAL,)
    assert set(made.view().unrated) == set(RelationshipPart) - {TRUST, GOAL}
    with pytest.raises(UnknownNameError, match=r"did you mean 'alliance.bond.trust'"):
        made.view("alliance.bond.trst")


def test_a_low_or_falling_view_is_not_a_status_and_a_person_may_record_a_strain_on_it() -> None:
    """Ratings at the worst end leave the alliance as it is; a strain with the view as its grounds moves it."""
    made = course(rated(1, 5), rated(2, 1), measured(2, 1))
    assert made.relationship.alliance_status.value == "intact"
    (low,) = made.view(TRUST).now
    made.record(events.StrainNoticed(grounds=low.grounds(), session=2))
    assert made.relationship.alliance_status.value == "strained"
    episode = made.relationship.episode
    assert episode is not None
    assert episode.grounds is not None
    said = {each.name: each.value for each in (*episode.grounds.settings, *episode.grounds.values)}
    assert said == {
        "part": "alliance.bond.trust", "rater": "client", "instrument": None, "of": None, "value": 1.0, "session": 2
    }  # fmt: skip


def test_the_grounds_of_a_strain_are_those_of_its_first_notice() -> None:
    """What joins an open strain leaves its grounds, and gives them where there were none."""
    (low,) = course(rated(1, 2)).view().now
    made = course(events.StrainNoticed(session=1), events.StrainNoticed(grounds=low.grounds(), session=2))
    assert made.relationship.episode is not None
    assert made.relationship.episode.grounds == low.grounds()
    made.record(events.StrainNoticed(grounds=attrs.evolve(low, value=1).grounds(), session=3))
    assert made.relationship.episode.grounds == low.grounds()


def test_a_gap_is_between_ratings_of_one_form_at_one_session() -> None:
    """The gap is the second rater minus the first at the latest session at which both rated."""
    made = course(
        measured(1, 4), measured(1, 3, Rater.THERAPIST), measured(3, 4), measured(3, 2, Rater.THERAPIST), measured(4, 5)
    )
    found = made.view().gap(GOAL)
    assert (found.gap, found.remark) == (-2, None)
    assert str(found) == "goal agreement, therapist minus client: -2 (form goal, session 3)"
    assert made.view().gap(GOAL, "therapist", "client").gap == 2


@pytest.mark.parametrize(
    ("other", "remark"),
    [
        (None, "not rated by both"),
        (measured(3, 2, Rater.THERAPIST, "another form"), "Invariance not established"),
        (measured(3, 2, Rater.THERAPIST, complete=False), "Invariance not established"),
        (rated(3, 2, Rater.THERAPIST, GOAL), "Invariance not established"),
        (measured(2, 2, Rater.THERAPIST), "not rate it at the same session"),
        (measured(3, 2, Rater.THERAPIST, timing=Timing.PRE_SESSION), "not rate it at the same session"),
    ],
)
def test_where_forms_do_not_match_there_is_no_gap_and_a_reason(other: events.Fact | None, remark: str) -> None:
    """Two forms, unanswered items, stated beside measured, or other times give no gap."""
    made = course(measured(3, 4, timing=Timing.POST_SESSION), *([other] if other is not None else []))
    found = made.view().gap(GOAL)
    assert found.gap is None
    assert remark in str(found)


def test_a_gap_is_between_two_raters() -> None:
    """The gap of a rater with oneself is refused."""
    with pytest.raises(InvalidValueError, match="a gap is between two raters"):
        course().view().gap(GOAL, "client", "client")


def test_a_change_is_reliable_where_it_exceeds_the_error_of_both_ratings() -> None:
    """With standard errors of .3 and .4 the difference must exceed .98; a tie does not."""
    for value, reliable in ((3.98, False), (4.0, True), (2.02, False), (2.0, True)):
        (change,) = course(measured(1, 3, error=0.3), measured(2, value, error=0.4)).view().change(GOAL)
        assert change.smallest == pytest.approx(0.98)
        assert change.reliable is reliable
        ends = "; reliable" if reliable else "; within the error of measurement"
        assert str(change).startswith(
            f"goal agreement, client, form goal: {value - 3:+g}, from 3 (session 1) to {value:g} (session 2)"
        )
        assert str(change).endswith(f"(session 2){ends}")
    (change,) = course(measured(1, 3), measured(2, 5, error=0.4)).view().change(GOAL)
    assert str(change).endswith("(session 2)")
    assert (change.smallest, change.reliable, change.difference) == (None, None, 2)


def test_a_change_is_of_one_rater_and_one_source_and_from_a_session_that_may_be_named() -> None:
    """Ratings of two raters give two changes; a stated one after a measured one gives none."""
    made = course(rated(1, 1), rated(3, 2), rated(5, 5), rated(1, 4, Rater.THERAPIST), rated(5, 3, Rater.THERAPIST))
    assert [each.difference for each in made.view().change(TRUST)] == [3, -1]
    assert [each.difference for each in made.view().change(TRUST, "client", since=1)] == [4]
    assert made.view().change(TRUST, since=5) == ()
    assert course(rated(1, 1, part=GOAL), measured(2, 4)).view().change(GOAL) == ()


def test_the_picture_says_every_rating_and_what_was_not_rated() -> None:
    """The text alternative holds each latest rating, the one before, and the unrated parts."""
    made = course(rated(1, 3), rated(4, 4), measured(4, 2))
    drawing = made.view().draw()
    assert drawing.title == "How the relationship is seen: C-014 with T-03"
    for said in ("trust, client: 4", "before: 3, session 1", "goal agreement, client: 2", "form goal", "Not rated:"):
        assert said in drawing.description
    assert "never a status by itself" in drawing.to_svg()
    assert course().view().draw().description == "No part of the relationship has been rated."
    assert made.view()._repr_html_() == drawing.to_svg()


def test_the_rows_of_the_picture_begin_below_its_key() -> None:
    """However many lines the key has, no heading of a column and no name of a part is written over it."""
    for made in (course(rated(1, 3)), course(rated(1, 3), rated(1, 4, Rater.THERAPIST), rated(1, 2, Rater.OBSERVER))):
        svg = made.view().draw().to_svg()
        key = svg[svg.index("A low or falling") : svg.index(">client<")]
        lines = key[: key.index("</text>")].count("<tspan")
        heading = float(re.findall(r' y="([\d.]+)"', key)[-1])
        assert heading > 50 + 15 * (lines - 1)
        assert float(re.findall(r' y="([\d.]+)"', svg[: svg.index(">trust<")])[-1]) > heading


def test_title_raters_and_parts_stand_out_in_the_picture() -> None:
    """They are bold, and values, sources and what was not rated are not."""
    svg = course(rated(1, 3), rated(1, 4, Rater.THERAPIST)).view().draw().to_svg()
    bold = {
        word for style, word in re.findall(r"<text([^>]*)>([^<]+)</text>", svg) if "bold" in style or "600" in style
    }
    assert {"client", "therapist", "How the relationship is seen: C-014 with T-03"} <= bold
    assert not any("stated" in word or "Not rated" in word for word in bold)


def test_every_word_said_with_views_comes_from_the_texts() -> None:
    """With every text of views marked, each sentence that is said carries the mark."""
    texts = Machine.standard().texts
    marked = {name: "§" + "".join(f"{{{value}}}" for value in fields) for name, fields in VIEW_FIELDS.items()}
    machine = Machine(Machine.standard().table, attrs.evolve(texts, views=marked))
    made = Course.begin("C-014", "T-03", machine=machine)
    made.record(rated(1, 3))
    made.record(rated(2, 4))
    said = [made.view().title, str(made.view().gap(GOAL)), *list(made.view().lines())]
    assert all("§" in each for each in said)


def test_a_rating_that_moves_nothing_says_why() -> None:
    """A repeated rating, an earlier one, and a score that speaks to no part are kept with the record, and say so."""
    made = course(rated(3, 4))
    said = [
        made.record(event).explain().remarks[-1].code
        for event in (rated(3, 4), rated(1, 2), events.Measured(Score("phq-9", 4, Rater.CLIENT, risk=()), session=3))
    ]
    assert said == ["as_before", "rated_later", "rates_no_part"]
    assert [view.value for view in made.view().now] == [4]
