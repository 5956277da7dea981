"""Stories of ruptures, repairs and culture: what strains the relationship, and how it is mended."""

from __future__ import annotations

from tests.statements.telling import begun, story, why, working

import therarel as tr

E, D = tr.events, tr.domain
MODERATE = D.RuptureSeverity.MODERATE


@story("S53", "therarel.domain.Contributor.CULTURE")
def test_what_contributed_to_a_challenge_says_what_comes_into_play() -> None:
    """A supervisor asks what is in play in two ruptures: where culture contributed there is more to read and to do."""
    graph = tr.concept_graph()
    plain, cultural = working(), working()
    plain.record(E.RuptureNoticed(MODERATE, session=5))
    cultural.record(E.RuptureNoticed(MODERATE, contributors={D.Contributor.CULTURE}, session=5))
    in_play = [graph.around(course.relationship) for course in (plain, cultural)]
    assert ["cultural_factors" in {node.id for node in each.concepts} for each in in_play] == [False, True]
    assert ["cultural_repair" in {way.repair.id for way in each.strategies} for each in in_play] == [False, True]


@story("S54", "therarel.domain.events.RuptureNoticed")
def test_a_rupture_stands_in_the_way_until_it_is_repaired() -> None:
    """A rupture keeps the pair from going on; after a repair that both saw it is closed and on record as repaired."""
    course = working()
    course.record(E.RuptureNoticed(MODERATE, {D.RuptureMode.WITHDRAWAL}, session=5))
    assert course.at(5).alliance_status is D.AllianceStatus.RUPTURED
    assert "ruptured" in why(course.may(E.StageTaskMet(tr.StageTask.DEEPENING_CONNECTION, session=5)))
    repair(course)
    assert course.at(6).alliance_status is D.AllianceStatus.INTACT
    assert [episode.repaired for episode in course.episodes] == [True]


def repair(course: tr.Course, *, session: int = 6) -> None:
    """An exploratory repair of a moderate rupture, which the client sees as repaired."""
    course.record(E.RepairBegan(D.RepairRoute.EXPLORATORY, session=session))
    course.record(E.RepairStepTaken(D.RepairStep.STRAIN_RECOGNITION, session=session))
    course.record(E.RepairStepTaken(D.RepairStep.EXPLORING_RUPTURE, session=session))
    course.record(E.RepairSucceeded({tr.Rater.CLIENT, tr.Rater.THERAPIST}, session=session), must=True)


@story("S55", "therarel.domain.RepairStep.STRAIN_RECOGNITION")
def test_a_strain_has_to_be_recognised_before_a_repair_counts() -> None:
    """Steps without recognition of the strain are not enough; the answer says so, and with it the repair is accepted."""
    course = working()
    course.record(E.RuptureNoticed(MODERATE, session=5))
    course.record(E.RepairBegan(D.RepairRoute.EXPLORATORY, session=6))
    for step in (D.RepairStep.EXPLORING_RUPTURE, D.RepairStep.EMERGENCE_OF_NEED):
        course.record(E.RepairStepTaken(step, session=6))
    declined = course.may(E.RepairSucceeded({tr.Rater.CLIENT}, session=6))
    assert "not recognised" in why(declined)
    course.record(E.RepairStepTaken(D.RepairStep.STRAIN_RECOGNITION, session=7))
    assert course.record(E.RepairSucceeded({tr.Rater.CLIENT}, session=7))


@story("S56", "therarel.machine.guards.alliance.steps_sufficient")
def test_resolving_a_conflict_takes_what_its_severity_asks() -> None:
    """For a major rupture clarifying is not enough: the answer sends the pair to exploring it together."""
    course = working()
    course.record(E.RuptureNoticed(D.RuptureSeverity.MAJOR, session=5))
    course.record(E.RepairBegan(D.RepairRoute.IMMEDIATE, session=5))
    course.record(E.RepairStepTaken(D.ResolutionStrategy2015.CLARIFY_MISUNDERSTANDING, session=5))
    declined = course.record(E.RepairSucceeded({tr.Rater.CLIENT}, session=5))
    assert not declined
    assert "Explore the rupture" in " ".join(failed.would_change for failed in declined.failing)


@story("S59", "therarel.domain.CulturalContext")
def test_what_is_known_of_culture_is_gathered_from_what_happened() -> None:
    """A supervisor asks what is known of culture and power in a course; what was retracted is not among it."""
    course = working()
    course.record(E.ClientPerspectiveShared("one talks at the table until it is settled", session=5))
    course.record(E.PowerDynamicNamed("the language of the sessions", D.Party.THERAPIST, discussed=True, session=5))
    course.record(E.ApproachAdapted("work sheets in two languages", agreed_with_client=True, session=6))
    known = tr.machine.cultural_context(course)
    assert known.perspective is not None
    assert [each.held_by for each in known.power] == [D.Party.THERAPIST]
    assert len(known.adaptations) == 1
    course.retract(len(course.history))
    assert tr.machine.cultural_context(course).adaptations == ()


@story("S60", "finding:cultural_competence_one_centre")
def test_whether_competence_matters_depends_on_who_rates_and_findings_disagree() -> None:
    """A researcher asks what cultural competence goes with: the client's rating, not the therapist's, and not everywhere."""
    graph = tr.concept_graph()
    evidence = str(graph.evidence(graph.edge("cultural_competence", "predicts", "treatment_effectiveness")))
    assert "r = .38, client-rated" in evidence
    assert "r = .06, therapist-rated" in evidence
    assert "conflicting: near zero, N = 1458" in evidence


@story("S62", "therarel.domain.CulturalContext.perspective")
def test_the_client_s_own_view_of_the_problem_stands_as_it_was_last_said() -> None:
    """A client sees the problem differently after some weeks: what is known is the latest view, and it is confidential."""
    course = working()
    course.record(E.ClientPerspectiveShared("a punishment", session=5))
    course.record(E.ClientPerspectiveShared("too much for one person", session=9))
    latest = tr.machine.cultural_context(course).perspective
    assert latest is not None
    assert latest.view.reveal() == "too much for one person"
    assert "too much" not in str(course.history)


@story("S61", "therarel.machine.guards.alliance.culture_acknowledged")
def test_power_that_weighed_on_the_two_is_acknowledged_before_the_repair() -> None:
    """Where power contributed, a repair waits until it was acknowledged with the client's view invited."""
    course = begun()
    named = course.record(E.PowerDynamicNamed("who may end the hour", D.Party.THERAPIST, discussed=False, session=2))
    assert "have not talked about this difference of power" in str(named.remarks[0])
    course.record(E.StrainNoticed(contributors={D.Contributor.POWER}, session=2))
    waiting = course.may(E.StrainEased(session=3))
    assert "That it was acknowledged, with the client's view invited, is not." in why(waiting)
    course.record(E.CulturalMisstepAcknowledged(client_view_invited=True, session=3))
    assert course.record(E.StrainEased(session=3))


@story("S58", "therarel.domain.RuptureEpisode.trust_lost")
def test_a_repair_gives_back_the_trust_that_the_rupture_cost() -> None:
    """A major rupture takes back that trust is established; the repair gives it back without anybody judging it again."""
    course = working()
    trust = tr.StageTask.ESTABLISHING_TRUST
    course.record(E.RuptureNoticed(D.RuptureSeverity.MAJOR, session=5))
    assert trust not in course.at(5).tasks_met
    course.record(E.RepairBegan(D.RepairRoute.EXPLORATORY, session=6))
    for step in (
        D.RepairStep.STRAIN_RECOGNITION,
        D.RepairStep.EXPLORING_RUPTURE,
        D.RepairStep.EXPLORING_AVOIDANCE,
        D.RepairStep.EMERGENCE_OF_NEED,
    ):
        course.record(E.RepairStepTaken(step, session=7))
    course.record(E.RepairSucceeded({tr.Rater.CLIENT, tr.Rater.THERAPIST}, session=8), must=True)
    assert trust in course.at(8).tasks_met


@story("S57", "therarel.domain.RuptureEpisode.understanding")
def test_what_was_understood_of_a_rupture_can_go_along_where_the_two_want_that() -> None:
    """What a rupture taught stays with the pair; asked for, it goes to the next therapist with the repair."""
    course = working()
    course.record(E.RuptureNoticed(D.RuptureSeverity.MINOR, session=5))
    course.record(E.RepairBegan(D.RepairRoute.IMMEDIATE, session=5))
    course.record(E.RepairStepTaken(D.ResolutionStrategy2015.CLARIFY_MISUNDERSTANDING, session=5))
    course.record(
        E.RepairSucceeded({tr.Rater.CLIENT, tr.Rater.THERAPIST}, "a question can feel like an order", session=6),
        must=True,
    )
    (kept,) = course.handover().repaired
    (along,) = course.handover(with_texts=True).repaired
    assert kept.understanding is None
    assert along.understanding is not None
    assert along.understanding.reveal() == "a question can feel like an order"


@story("S63", "therarel.domain.Handover.adaptations")
def test_an_adaptation_goes_along_to_the_next_therapist() -> None:
    """That the approach was adapted, and agreed with the client, stands in the handover; the words stay behind."""
    course = working()
    assert "Adaptations" not in str(course.handover())
    course.record(E.ApproachAdapted(what="she writes what she cannot say", agreed_with_client=True, session=15))
    assert "Adaptations: session 15, agreed with the client." in str(course.handover())
    assert "writes" not in str(course.handover())
