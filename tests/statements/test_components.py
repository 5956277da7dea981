"""Stories of the core components: the working alliance and therapeutic presence, in whose eyes and when."""

from __future__ import annotations

from tests.statements.seeing import rated, seen
from tests.statements.telling import begun, story

import therarel as tr

E, D = tr.events, tr.domain
CLIENT, THERAPIST = tr.Rater.CLIENT, tr.Rater.THERAPIST
BOND, PRESENCE = "alliance.bond", "presence"


@story("S02a", "therarel.domain.WorkingAlliance.collaboration")
def test_falling_collaboration_is_a_reason_to_ask_and_a_person_calls_it_a_strain() -> None:
    """A client rates collaboration lower than before: nothing moves until a person records a strain with that as grounds."""
    course = begun()
    rated(course, "alliance.collaboration", 4, session=2)
    rated(course, "alliance.collaboration", 2, session=3)
    assert course.relationship.alliance_status is D.AllianceStatus.INTACT
    (low,) = course.view("alliance.collaboration").now
    course.record(E.StrainNoticed(grounds=low.grounds(), session=3))
    assert course.at(3).alliance_status is D.AllianceStatus.STRAINED
    assert low.value == 2


@story("S04b", "therarel.domain.Bond")
def test_the_bond_is_seen_in_its_parts_and_never_as_a_total() -> None:
    """Trust and safety are two views of the bond; nobody adds them up, and what was not rated is listed."""
    course = begun()
    rated(course, f"{BOND}.trust", 4)
    rated(course, f"{BOND}.emotional_safety", 2)
    assert [(view.part.label, view.value) for view in course.view().now] == [("trust", 4), ("emotional safety", 2)]
    assert D.RelationshipPart.MUTUAL_REGARD in course.view().unrated


@story("S06", "concept:core_components")
def test_what_the_relationship_is_made_of_has_a_heading() -> None:
    """A student asks what the core components are and gets the working alliance and therapeutic presence."""
    parts = [edge.subject for edge in tr.concept_graph().links("core components", "part_of", "in")]
    assert parts == ["working_alliance", "therapeutic_presence"]


@story("S07", "therarel.domain.RelationshipPart.ALLIANCE")
def test_an_answered_inventory_shows_the_alliance_and_its_parts() -> None:
    """A client answers the twelve items; the course shows the alliance as a whole, goals, tasks and regard apart."""
    course = begun()
    course.record(E.Measured(tr.score("wai-sr", [4] * 12, rater=CLIENT), session=3))
    assert {view.part.value for view in course.view().now} == {
        "alliance.whole", "alliance.goal_agreement", "alliance.task_understanding", "alliance.bond.mutual_regard"
    }  # fmt: skip
    assert str(course.view(D.RelationshipPart.ALLIANCE)).startswith("alliance as a whole, client")


@story("S10", "therarel.domain.Bond.trust")
def test_trust_and_safety_develop_over_the_sessions() -> None:
    """A client trusts more than at the beginning; the change is shown with both sessions, and no total is made."""
    course = begun()
    for session, trust, safety in ((1, 2, 2), (6, 4, 3)):
        rated(course, f"{BOND}.trust", trust, session=session)
        rated(course, f"{BOND}.emotional_safety", safety, session=session)
    (change,) = course.view().change(f"{BOND}.trust")
    assert (change.difference, change.reliable) == (2, None)
    assert "from 2 (session 1) to 4 (session 6)" in str(change)
    assert [each.difference for each in course.view().change(f"{BOND}.emotional_safety")] == [1]


@story("S11", "therarel.machine.Views.gap")
def test_the_two_see_their_collaboration_differently() -> None:
    """The therapist finds that they solve problems together, the client does not; the gap is shown and nobody is right."""
    course = begun()
    rated(course, "alliance.collaboration", 2, CLIENT)
    rated(course, "alliance.collaboration", 4, THERAPIST)
    assert course.view().gap("alliance.collaboration").gap == 2
    course.record(E.Measured(tr.score("wai-sr", [4] * 12, rater=CLIENT), session=4))
    assert course.view().gap("alliance.goal_agreement").gap is None


@story("S12", "therarel.domain.RelationshipPart.PRESENCE")
def test_presence_is_seen_by_the_client_and_by_the_therapist() -> None:
    """A therapist rates presence high and the client low: both are shown, for only the client's rating predicts."""
    course = begun()
    for rater, value in ((CLIENT, 3.5), (THERAPIST, 5.5)):
        total = D.PartScore("total", D.RelationshipPart.PRESENCE, D.Closeness.EXACT, value, D.RatingScale(1, 7))
        course.record(E.Measured(tr.Score("tpi", value, rater, parts=(total,), risk=()), session=3))
    assert (seen(course, "presence.whole", CLIENT), seen(course, "presence.whole", THERAPIST)) == (3.5, 5.5)
    (finding,) = (each for each in tr.concepts.findings() if each.concept == "therapeutic_presence")
    assert finding.rater is CLIENT


@story("S13", "concept:empathy")
def test_empathy_is_what_rapport_rests_on() -> None:
    """A student who wants to build rapport is sent to empathy first, and finds what measures it."""
    graph = tr.concept_graph()
    path = [step.node.id for step in graph.learning_path("building_rapport").steps]
    assert path.index("empathy") < path.index("building_rapport")
    assert {edge.object for edge in graph.links("empathy", "measured_by", "out")} == {"blri", "care"}


@story("S14", "therarel.domain.TherapeuticPresence.active_listening")
def test_listening_and_attention_are_two_views() -> None:
    """A client feels attended to and not heard; the picture of the views has both, one beside the other."""
    course = begun()
    rated(course, f"{PRESENCE}.genuine_attention", 5)
    rated(course, f"{PRESENCE}.active_listening", 2)
    said = str(course.view())
    assert "genuine attention, client: 5" in said
    assert "active listening, client: 2" in said
    assert "active listening" in str(course.view().draw().description)


@story("S15", "therarel.domain.TherapeuticPresence.authenticity")
def test_authenticity_is_rated_before_and_now() -> None:
    """A client comes to find the therapist more genuine; the line shows the rating of before beside that of now."""
    course = begun()
    rated(course, f"{PRESENCE}.authenticity", 3, session=2)
    rated(course, f"{PRESENCE}.authenticity", 5, session=8)
    assert "authenticity, client: 5" in str(course.view())
    assert "before: 3, session 2" in str(course.view())


@story("S16", "therarel.domain.TherapeuticPresence.nonverbal_communication")
def test_an_observer_rates_what_the_two_cannot_see_themselves() -> None:
    """A supervisor who watched rates the non-verbal exchange; the view has this rater and no other."""
    course = begun()
    rated(course, f"{PRESENCE}.nonverbal_communication", 2, tr.Rater.OBSERVER)
    assert seen(course, f"{PRESENCE}.nonverbal_communication", tr.Rater.OBSERVER) == 2
    assert seen(course, f"{PRESENCE}.nonverbal_communication", CLIENT) is None
