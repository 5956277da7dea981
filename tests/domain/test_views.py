"""What the relationship is like, in whose eyes and when: parts, ratings of them, and the latest of each."""

import math
from itertools import pairwise

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.concepts import concept_graph
from therarel.domain import (
    Closeness,
    Occurrence,
    PartScore,
    Rater,
    Rating,
    RatingScale,
    RelationshipPart,
    RelationshipQuality,
    Score,
    View,
    events,
    ratings_in,
)
from therarel.domain.views import latest_views, views_in
from therarel.errors import InvalidValueError, UnknownNameError
from therarel.testing.strategies import strategy_for

FIVE = RatingScale(1, 5)
TRUST = RelationshipPart.TRUST


def test_every_part_is_a_field_of_the_quality_and_every_rating_a_part() -> None:
    """The vocabulary of parts and the fields that can be rated are one list, the wholes included."""
    assert {path for path, _ in ratings_in(RelationshipQuality())} == set(RelationshipPart)
    assert len({part.label for part in RelationshipPart}) == len(RelationshipPart)


def test_a_part_is_called_as_its_concept() -> None:
    """Each part names the concept that its field stands for."""
    graph = concept_graph()
    for part in RelationshipPart:
        assert part.concept is not None
        assert graph.node(part.concept).id == part.concept


@given(st.dictionaries(st.sampled_from(RelationshipPart), st.floats(1, 5), min_size=1))
def test_ratings_are_held_at_their_parts_and_nothing_is_added_up(given_: dict[RelationshipPart, float]) -> None:
    """What was rated is there under its path, the rest is unrated, and no whole comes from its parts."""
    ratings = {part: Rating(value, FIVE, Rater.CLIENT) for part, value in given_.items()}
    quality = RelationshipQuality.of(ratings)
    assert dict(quality.rated) == {part.value: rating for part, rating in ratings.items()}
    assert set(quality.unrated) == set(RelationshipPart) - set(ratings)
    event = events.RelationshipRated(quality, session=2)
    assert {view.part: view.value for view in views_in(event)} == given_
    assert all(view.instrument is None and view.occurred == Occurrence(2) for view in views_in(event))


def test_a_part_that_there_is_not_and_an_empty_rating_are_refused() -> None:
    """A misspelt part is answered with the nearest one; nothing rated is not a rating."""
    with pytest.raises(UnknownNameError, match=r"did you mean 'alliance.goal_agreement'"):
        RelationshipQuality.of({"alliance.goal_agrement": Rating(4, FIVE, Rater.CLIENT)})
    with pytest.raises(InvalidValueError, match="nothing is rated"):
        events.RelationshipRated(RelationshipQuality())


@given(strategy_for(Score))
def test_a_score_gives_one_view_for_each_part_that_it_speaks_to(score: Score) -> None:
    """A measured view has the score's rater and instrument, and the scale's name, closeness and error."""
    views = views_in(events.Measured(score, session=4))
    assert [(view.part, view.value, view.of, view.closeness) for view in views] == [
        (each.part, each.value, each.of, each.closeness) for each in score.parts
    ]
    assert all(view.rater is score.rater and view.instrument == score.instrument for view in views)


@given(strategy_for(events.Measured) | strategy_for(events.RelationshipRated))
def test_a_view_of_an_event_is_the_one_that_would_be_made_and_checked_by_itself(
    event: events.Measured | events.RelationshipRated,
) -> None:
    """What the event has checked is not checked again, and nothing in it would be refused or converted."""
    for view in views_in(event):
        assert attrs.evolve(view) == view
        attrs.validate(view)
        assert type(view.value) is float


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 5), st.sampled_from(Rater)), max_size=12))
def test_the_latest_rating_of_each_rater_is_held_however_they_were_recorded(
    given_: list[tuple[int, int, Rater]],
) -> None:
    """Of ratings by one rater the one of the last session counts, of one session the one recorded last."""
    held: tuple[View, ...] = ()
    for session, value, rater in given_:
        held = latest_views(held, [View(TRUST, rater, value, FIVE, Occurrence(session))])
    for rater in Rater:
        mine = [(session, place, value) for place, (session, value, who) in enumerate(given_) if who is rater]
        seen = [view for view in held if view.rater is rater]
        assert [(view.occurred.session, view.value) for view in seen] == [
            (session, value) for session, _, value in sorted(mine)[-1:]
        ]


def test_stated_and_measured_ratings_and_two_scales_are_kept_apart() -> None:
    """A stated rating, two instruments and two ways of scoring give four views of one part by one rater."""
    measured = [
        View(TRUST, Rater.CLIENT, 3, scale, instrument=name, of="trust", closeness=Closeness.EXACT)
        for name, scale in (("one", FIVE), ("two", FIVE), ("two", RatingScale(0, 20)))
    ]
    held = latest_views((), [View(TRUST, Rater.CLIENT, 3, FIVE), *measured])
    assert len(held) == 4
    assert all(one.source != other.source for one, other in pairwise(held))


def test_a_measured_view_says_by_what() -> None:
    """A view has all of instrument, scale and closeness, or none of them."""
    with pytest.raises(InvalidValueError, match="a measured rating has an instrument"):
        View(TRUST, Rater.CLIENT, 3, FIVE, instrument="wai-sr")
    with pytest.raises(InvalidValueError, match=r"View\.value: a rating lies on its scale, got 9 \(expected 1 to 5\)"):
        View(TRUST, Rater.CLIENT, 9, FIVE)


def test_scores_of_parts_are_checked() -> None:
    """A score off its scale, an error of zero, and two parts of one scale are refused."""
    with pytest.raises(InvalidValueError, match=r"PartScore\.value"):
        PartScore("goal", TRUST, Closeness.EXACT, 9, FIVE)
    with pytest.raises(InvalidValueError, match=r"PartScore\.standard_error"):
        PartScore("goal", TRUST, Closeness.EXACT, 3, FIVE, standard_error=0)
    twice = (PartScore("goal", TRUST, Closeness.EXACT, 3), PartScore("goal", TRUST, Closeness.CLOSE, 3))
    with pytest.raises(InvalidValueError, match=r"Score\.parts"):
        Score("own", 3, Rater.CLIENT, parts=twice)


def test_a_model_rates_and_judges_nothing() -> None:
    """A model's ratings are ratings; it perceives no rupture and judges no repair."""
    assert (
        events.RelationshipRated(RelationshipQuality.of({TRUST: Rating(3, FIVE, Rater.MODEL)})).quality.rater == "model"
    )
    with pytest.raises(
        InvalidValueError,
        match=r"a model judges and perceives nothing, got model \(expected a person: client, therapist, observer\)",
    ):
        events.PerspectiveGiven(Rater.MODEL, True)
    with pytest.raises(
        InvalidValueError,
        match=r"a model judges and perceives nothing, got model \(expected a person: client, therapist, observer\)",
    ):
        events.RepairSucceeded({Rater.MODEL})


def test_a_view_whose_scale_runs_the_other_way_has_its_best_end_at_1() -> None:
    """The share of a rating is 0 at the worst end and 1 at the best, and not known without a scale."""
    down = RatingScale(0, 4, higher_is_better=False)
    assert View(TRUST, Rater.CLIENT, 1, down).share == 0.75
    assert View(TRUST, Rater.CLIENT, 2, FIVE).share == 0.25
    assert View(TRUST, Rater.CLIENT, 2).share is None


@pytest.mark.parametrize("size", [0, -0.5, math.nan, True])
def test_a_standard_error_is_above_zero(size: float) -> None:
    """What has no error is not a measurement: a rating refuses it as the score of a part does."""
    with pytest.raises(InvalidValueError, match=r"View\.standard_error"):
        View(RelationshipPart.TRUST, Rater.CLIENT, 4, RatingScale(1, 5), standard_error=size)
    with pytest.raises(InvalidValueError, match=r"PartScore\.standard_error"):
        PartScore("goal", RelationshipPart.GOAL_AGREEMENT, Closeness.EXACT, 4, RatingScale(1, 5), standard_error=size)
