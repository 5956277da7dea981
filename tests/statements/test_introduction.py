"""Stories of the title, the summary and the introduction: the whole, the two people, and that it moves."""

from __future__ import annotations

import pytest
from tests.statements.telling import begun, story, working

import therarel as tr

E = tr.events


@story("S01", "therarel.machine.decide")
def test_the_relationship_is_a_thing_that_can_be_asked() -> None:
    """A developer asks a relationship whether it may go on, and gets another relationship or the reasons."""
    relationship = tr.Relationship.between("C-014", "T-03")
    answer = tr.decide(relationship, E.StageTaskMet(tr.StageTask.BUILDING_RAPPORT, session=1))
    assert answer
    assert relationship.tasks_met == frozenset()
    assert answer.relationship.tasks_met == {tr.StageTask.BUILDING_RAPPORT}


@story("S02c", "therarel.domain.Dyad.client")
def test_an_alliance_is_between_one_therapist_and_one_client() -> None:
    """A course says whose it is, and the same person on both sides is refused."""
    course = begun()
    assert str(course.relationship).startswith("C-014 with T-03")
    with pytest.raises(tr.errors.InvalidValueError):
        tr.Course.begin(client="T-03", therapist="T-03")


@story("S03", "concept:therapeutic_relationship")
def test_everything_in_the_vocabulary_leads_up_to_the_relationship() -> None:
    """A student asks what trust is a part of, and the way up ends at the therapeutic relationship."""
    described = tr.concept_graph().explain("trust")
    assert [node.id for node in described.ancestors] == [
        "bond",
        "working_alliance",
        "core_components",
        "therapeutic_relationship",
    ]


@story("S04a", "therarel.concepts.ConceptGraph.node")
def test_the_two_names_of_the_relationship_lead_to_one_concept() -> None:
    """A student who says therapeutic alliance gets the relationship, and learns that research keeps two things apart."""
    graph = tr.concept_graph()
    assert (
        graph.node("therapeutic alliance").id == graph.node("Therapeutic relationship").id == "therapeutic_relationship"
    )
    assert "working alliance as one part" in (graph.node("therapeutic alliance").note or "")
    assert graph.node("working alliance").id != graph.node("therapeutic alliance").id


@story("S04c", "therarel.domain.Therapist")
def test_a_pair_with_two_therapists_is_refused() -> None:
    """Co-therapy is out of scope and says so; a professional and a client make a course."""
    with pytest.raises(tr.errors.OutOfScopeError):
        tr.Course.begin(client="C-014", therapist=["T-03", "T-04"])  # type: ignore[arg-type]  # that is the story
    assert [str(each) for each in begun().relationship.dyad.parties] == ["C-014", "T-03"]


@story("S05a", "therarel.domain.events.StrainNoticed")
def test_the_partnership_is_dynamic() -> None:
    """A strain is noticed and eases, and at each session the relationship can be asked how it stood then."""
    course = working()
    course.record(E.StrainNoticed(session=5))
    course.record(E.StrainEased(session=7))
    status = tr.domain.AllianceStatus
    assert [course.at(session).alliance_status for session in (4, 5, 7)] == [
        status.INTACT,
        status.STRAINED,
        status.INTACT,
    ]
