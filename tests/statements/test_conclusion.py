"""Stories of the conclusion: the relationship changes with time, is attended to, and is kept up."""

from __future__ import annotations

from collections.abc import Iterable

from tests.statements.telling import begun, said_openly, story, working

import therarel as tr

E = tr.events


@story("S05b", "page:S05b")
def test_the_container_is_called_a_picture() -> None:
    """A reader who looks for the container finds that it is a picture and that no effect is invented for it."""
    said = said_openly("S05b")
    assert "is a picture" in said
    assert "no effect is invented" in said


@story("S70a", "therarel.machine.Course.at")
def test_the_relationship_evolves_and_can_be_asked_how_it_stood() -> None:
    """A supervisor asks how things stood at an earlier session, and gets the relationship of then and not of now."""
    course = working()
    course.record(E.StrainNoticed(session=5))
    assert course.relationship.alliance_status is tr.domain.AllianceStatus.STRAINED
    assert course.at(4).alliance_status is tr.domain.AllianceStatus.INTACT
    assert course.at(1).stage is tr.Stage.INITIAL_FORMATION


@story("S70b", "therarel.domain.events.Measured")
def test_attention_to_the_relationship_shows_as_the_latest_view() -> None:
    """A pair that measures again has the relationship as it is seen now; the earlier score is kept beside it."""
    course = begun()
    for session, answer in ((3, 4), (9, 2)):
        course.record(E.Measured(tr.score("wai-sr", [answer] * 12, rater=tr.Rater.CLIENT), session=session))
    whole = [view for view in course.relationship.views if view.part is tr.domain.RelationshipPart.ALLIANCE]
    assert [view.occurred.session for view in whole] == [9]
    assert course.view("alliance.whole").before(whole[0]) is not None


@story("S70d", "page:S70d")
def test_that_upkeep_maintains_the_effect_is_called_a_claim() -> None:
    """A reader finds that the effect of upkeep is a claim; a teacher who wants to show it has to state by how much."""
    said = said_openly("S70d")
    (supervision,) = (each for each in tr.concepts.findings() if each.element == "supervision")
    assert supervision.figure in said
    assert supervision.status.unverified
    assert "by default not at all" in said
    by_default = rated_at_the_end(tr.simulate_courses(3, seed=5, sessions=12))
    assert by_default > rated_at_the_end(tr.simulate_courses(3, seed=5, sessions=12, drift=0.2))
    assert by_default == rated_at_the_end(tr.simulate_courses(3, seed=5, sessions=12, drift=0.0))


def rated_at_the_end(courses: Iterable[tr.Course]) -> float:
    """Sum of the latest ratings by the clients."""
    return sum(view.value for course in courses for view in course.relationship.views if view.rater is tr.Rater.CLIENT)
