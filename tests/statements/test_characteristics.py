"""Stories of the key characteristics: boundaries, a safe environment, emotional attunement."""

from __future__ import annotations

from tests.statements.seeing import rated, seen
from tests.statements.telling import begun, story

import therarel as tr

E, D = tr.events, tr.domain
CLIENT, THERAPIST = tr.Rater.CLIENT, tr.Rater.THERAPIST
BOUNDARIES, ENVIRONMENT, ATTUNEMENT = (
    f"characteristics.{each}" for each in ("boundaries", "environment", "attunement")
)


@story("S02b", "therarel.domain.EmotionalAttunement")
def test_attunement_is_unrated_until_somebody_rates_it() -> None:
    """What nobody rated is listed and nothing is assumed of it; once the client rates it, it is seen."""
    course = begun()
    assert D.RelationshipPart.EMOTION_RECOGNITION in course.view().unrated
    rated(course, f"{ATTUNEMENT}.emotion_recognition", 4)
    assert seen(course, f"{ATTUNEMENT}.emotion_recognition") == 4


@story("S17", "concept:key_characteristics")
def test_the_characteristics_have_a_heading() -> None:
    """A student asks what marks a therapeutic relationship and gets boundaries, a safe environment and attunement."""
    parts = [edge.subject for edge in tr.concept_graph().links("key characteristics", "part_of", "in")]
    assert parts == ["professional_boundaries", "safe_environment", "emotional_attunement"]


@story("S18", "therarel.domain.Characteristics")
def test_the_characteristics_stand_side_by_side() -> None:
    """One rating each of boundaries, environment and attunement: three views, and the rest listed as not rated."""
    course = begun()
    parts = (f"{BOUNDARIES}.warmth", f"{ENVIRONMENT}.confidentiality", f"{ATTUNEMENT}.validation")
    for part in parts:
        rated(course, part, 4)
    assert [view.part.value for view in course.view().now] == list(parts)
    assert D.RelationshipPart.PROFESSIONALISM in course.view().unrated


@story("S19", "therarel.domain.ProfessionalBoundaries")
def test_boundaries_are_seen_by_both() -> None:
    """The therapist rates the upholding of ethics high, the client lower; the gap is a question for the two."""
    course = begun()
    rated(course, f"{BOUNDARIES}.professional_ethics", 3, CLIENT)
    rated(course, f"{BOUNDARIES}.professional_ethics", 5, THERAPIST)
    assert course.view().gap(f"{BOUNDARIES}.professional_ethics").gap == 2


@story("S22", "therarel.domain.ProfessionalBoundaries.warmth")
def test_warmth_and_professionalism_are_held_in_balance() -> None:
    """A client finds the therapist correct and cold; the imbalance is derived from two ratings and says which way it leans."""
    scale = D.RatingScale(1, 5)
    cold = D.ProfessionalBoundaries(warmth=D.Rating(1, scale, CLIENT), professionalism=D.Rating(5, scale, CLIENT))
    even = D.ProfessionalBoundaries(warmth=D.Rating(4, scale, CLIENT), professionalism=D.Rating(4, scale, CLIENT))
    assert cold.imbalance is not None
    assert abs(cold.imbalance) == 1
    assert even.imbalance == 0
    assert tr.concept_graph().edge("professionalism", "balanced_with", "warmth").basis.value == "stated"


@story("S23", "therarel.domain.SafeEnvironment")
def test_a_safe_environment_is_seen_in_its_parts() -> None:
    """A client rates that nothing leaves the room and feels judged; the picture shows both."""
    course = begun()
    rated(course, f"{ENVIRONMENT}.confidentiality", 5)
    rated(course, f"{ENVIRONMENT}.nonjudgmental_atmosphere", 2)
    drawn = str(course.view().draw().description)
    assert "confidentiality" in drawn
    assert "nonjudgmental atmosphere" in drawn


@story("S25", "therarel.domain.SafeEnvironment.nonjudgmental_atmosphere")
def test_feeling_judged_shows_as_a_change() -> None:
    """After a remark a client feels judged; the change since the session before is shown, and is no status by itself."""
    course = begun()
    rated(course, f"{ENVIRONMENT}.nonjudgmental_atmosphere", 5, session=3)
    rated(course, f"{ENVIRONMENT}.nonjudgmental_atmosphere", 2, session=4)
    (change,) = course.view().change(f"{ENVIRONMENT}.nonjudgmental_atmosphere")
    assert change.difference == -3
    assert course.relationship.alliance_status is D.AllianceStatus.INTACT


@story("S26", "therarel.domain.SafeEnvironment.cultural_sensitivity")
def test_cultural_respect_is_rated_by_the_client() -> None:
    """A therapist's own rating of sensitivity is kept apart from the client's, which is the one that says something."""
    course = begun()
    rated(course, f"{ENVIRONMENT}.cultural_sensitivity", 5, THERAPIST)
    assert seen(course, f"{ENVIRONMENT}.cultural_sensitivity", CLIENT) is None
    rated(course, f"{ENVIRONMENT}.cultural_sensitivity", 2, CLIENT)
    assert seen(course, f"{ENVIRONMENT}.cultural_sensitivity", CLIENT) == 2


@story("S27", "concept:emotional_attunement")
def test_attunement_supports_the_relationship() -> None:
    """A student asks what supports the relationship and finds attunement, with the place in the outline that says so."""
    edges = {edge.subject: edge for edge in tr.concept_graph().supports("therapeutic_relationship")}
    assert edges["emotional_attunement"].basis.value == "stated"


@story("S28", "therarel.domain.EmotionalAttunement.emotion_recognition")
def test_being_recognised_is_rated_over_time() -> None:
    """A client feels more and more understood in what is felt; the series of ratings has every session."""
    course = begun()
    for session, value in ((1, 2), (3, 3), (5, 5)):
        rated(course, f"{ATTUNEMENT}.emotion_recognition", value, session=session)
    (series,) = course.view(f"{ATTUNEMENT}.emotion_recognition").series.values()
    assert [view.value for view in series] == [2, 3, 5]


@story("S29", "therarel.domain.EmotionalAttunement.emotional_regulation")
def test_a_rating_in_error_is_corrected_and_the_view_follows() -> None:
    """A rating of the therapist's steadiness was entered for the wrong session; retracted, the view is that of before."""
    course = begun()
    rated(course, f"{ATTUNEMENT}.emotional_regulation", 4, session=3)
    rated(course, f"{ATTUNEMENT}.emotional_regulation", 1, session=4)
    course.retract(len(course.history))
    assert seen(course, f"{ATTUNEMENT}.emotional_regulation") == 4


@story("S30", "therarel.domain.EmotionalAttunement.validation")
def test_validation_is_seen_in_whose_eyes() -> None:
    """The client's, the therapist's and an observer's ratings of validation are three views and never one mean."""
    course = begun()
    for rater, value in ((CLIENT, 2), (THERAPIST, 4), (tr.Rater.OBSERVER, 3)):
        rated(course, f"{ATTUNEMENT}.validation", value, rater)
    assert [(view.rater, view.value) for view in course.view(f"{ATTUNEMENT}.validation").now] == [
        (CLIENT, 2),
        (THERAPIST, 4),
        (tr.Rater.OBSERVER, 3),
    ]


@story("S48a", "therarel.domain.RelationshipQuality")
def test_the_quality_of_the_relationship_is_held_by_the_course() -> None:
    """A client rates three parts at once; the relationship holds the latest of each, and a panel has one of them."""
    course = begun()
    scale = D.RatingScale(1, 5)
    quality = D.RelationshipQuality.of(
        {
            part: D.Rating(value, scale, CLIENT)
            for part, value in {"alliance.bond.trust": 4, "presence.empathy": 3, f"{BOUNDARIES}.warmth": 5}.items()
        }
    )
    course.record(E.RelationshipRated(quality, session=3))
    assert sorted(view.value for view in course.relationship.views) == [3, 4, 5]
    panel = tr.Panel.from_courses([course], part="alliance.bond.trust", rater="client")
    assert (panel.n_dyads, panel.n_scored) == (1, 1)
