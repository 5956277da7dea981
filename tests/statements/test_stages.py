"""Stories of the stages of development: what has to be there before a pair goes on, and what moves when it is."""

from __future__ import annotations

from tests.statements.telling import begun, formed, mature, met, story, why, working

import therarel as tr

E, S, T = tr.events, tr.Stage, tr.StageTask
FORMATION = tr.domain.tasks_of(S.INITIAL_FORMATION)
WORK = tr.domain.tasks_of(S.WORKING_PHASE)


def without(task: tr.StageTask) -> tr.Course:
    """A course that has all tasks of the task's stage but this one and what rests on it."""
    if task.stage is S.INITIAL_FORMATION:
        course, tasks = begun(), FORMATION
    else:
        course, tasks = working(), WORK
        course.record(E.ChallengeFaced(session=6))
    met(course, *(each for each in tasks if each is not task), session=6)
    return course


def opens_the_next_stage(task: tr.StageTask, called: str) -> bool:
    """Whether the pair may not go on while a task is open, is told which by its name, and goes on once it is met."""
    course = without(task)
    answer = course.may(E.AdvanceRequested(session=7))
    said = why(answer)
    stage = course.relationship.stage
    for each in (task, *(other for other in FORMATION if task in other.prerequisites)):
        course.record(E.StageTaskMet(each, session=8))
    course.record(E.AdvanceRequested(session=9))
    return not answer and called in said and course.relationship.stage is not stage


def completes(task: tr.StageTask, called: str) -> bool:
    """Whether a course counts as completed only with a task of maturation met."""
    course = mature()
    met(course, *(each for each in tr.domain.tasks_of(S.MATURATION) if each is not task), session=12)
    course.record(E.EndingPlanned(session=13))
    met(course, *tr.domain.tasks_of(S.ENDING), session=14)
    answer = course.may(E.ClosedAllStagesCompleted(session=15))
    met(course, task, session=15)
    closed = course.record(E.ClosedAllStagesCompleted(session=16))
    return not answer and called in why(answer) and bool(closed)


@story("S31", "therarel.machine.guards.stages.formation_complete")
def test_a_relationship_moves_through_stages_one_after_another() -> None:
    """A therapist asks too early for the next stage and is told what is missing; later the relationship moves on."""
    course = begun()
    assert not course.record(E.AdvanceRequested(session=1))
    met(course, *FORMATION)
    course.record(E.AdvanceRequested(session=4))
    assert course.relationship.stage is S.WORKING_PHASE
    assert "from initial formation to working phase" in str(course.draw().description)


@story("S32", "therarel.domain.Stage.INITIAL_FORMATION")
def test_every_pair_begins_in_initial_formation() -> None:
    """A new course begins in initial formation, and the tasks on offer are those of this stage."""
    course = begun()
    assert course.relationship.stage is S.INITIAL_FORMATION
    offered = {judgement.task for judgement in course.options().open if isinstance(judgement, E.StageTaskMet)}
    assert offered <= set(FORMATION)
    assert tr.domain.tasks_of(S.INITIAL_FORMATION) == tuple(T)[:4]


@story("S33", "therarel.domain.StageTask.BUILDING_RAPPORT")
def test_rapport_comes_before_trust() -> None:
    """Trust cannot be judged established before rapport is built, and without both the pair does not go on."""
    course = begun()
    declined = course.record(E.StageTaskMet(T.ESTABLISHING_TRUST, session=1))
    assert not declined
    assert "building rapport" in why(declined)
    assert opens_the_next_stage(T.BUILDING_RAPPORT, "building rapport")


@story("S34", "therarel.domain.StageTask.ESTABLISHING_TRUST")
def test_trust_that_a_major_rupture_cost_comes_back_with_its_repair() -> None:
    """A major rupture opens the task of establishing trust again, and a repair gives it back."""
    course = working()
    course.record(E.RuptureNoticed(tr.domain.RuptureSeverity.MAJOR, session=5))
    assert T.ESTABLISHING_TRUST not in course.relationship.tasks_met
    assert opens_the_next_stage(T.ESTABLISHING_TRUST, "establishing trust")


@story("S35", "therarel.domain.StageTask.SETTING_EXPECTATIONS")
def test_expectations_are_set_before_the_work_begins() -> None:
    """While expectations are not set the working phase is out of reach, and the answer names them."""
    assert opens_the_next_stage(T.SETTING_EXPECTATIONS, "setting expectations")


@story("S36", "therarel.domain.StageTask.CREATING_SAFETY")
def test_safety_is_created_before_the_work_begins() -> None:
    """While safety is not created the working phase is out of reach, and the answer names it."""
    assert opens_the_next_stage(T.CREATING_SAFETY, "creating safety")


@story("S37", "therarel.domain.Stage.WORKING_PHASE")
def test_the_working_phase_brings_its_own_tasks_into_reach() -> None:
    """What could not be judged in initial formation can be once the pair is in the working phase."""
    course = formed()
    early = course.may(E.StageTaskMet(T.DEEPENING_CONNECTION, session=3))
    assert not early
    assert "working phase" in why(early)
    course.record(E.AdvanceRequested(session=4))
    assert course.relationship.stage is S.WORKING_PHASE
    assert course.may(E.StageTaskMet(T.DEEPENING_CONNECTION, session=5))


@story("S38", "therarel.domain.StageTask.DEEPENING_CONNECTION")
def test_a_pair_that_is_thrown_back_works_on_its_connection_again() -> None:
    """Going back from maturation opens the task of deepening the connection, which waits to be met anew."""
    course = mature()
    course.record(E.RuptureNoticed(tr.domain.RuptureSeverity.MODERATE, session=9))
    course.record(E.ReturnedToEarlierStage(session=10), must=True)
    assert T.DEEPENING_CONNECTION not in course.relationship.tasks_met
    assert opens_the_next_stage(T.DEEPENING_CONNECTION, "deepening connection")


@story("S39", "therarel.domain.StageTask.ADDRESSING_RESISTANCE")
def test_resistance_is_addressed_or_waived_with_a_reason() -> None:
    """Where there was nothing to address the task may be waived, and no other task may."""
    course = without(T.ADDRESSING_RESISTANCE)
    assert not course.may(E.AdvanceRequested(session=7))
    assert not course.may(E.StageTaskWaived(T.PROCESSING_DIFFICULT_EMOTIONS, "there were none", session=7))
    course.record(E.StageTaskWaived(T.ADDRESSING_RESISTANCE, "nothing was held back", session=7))
    assert course.record(E.AdvanceRequested(session=8))
    assert course.relationship.stage is S.MATURATION


@story("S40", "therarel.domain.StageTask.PROCESSING_DIFFICULT_EMOTIONS")
def test_difficult_emotions_count_as_processed_only_where_trust_stands() -> None:
    """After a major rupture the task waits for the repair; without it the pair does not reach maturation."""
    course = working()
    course.record(E.RuptureNoticed(tr.domain.RuptureSeverity.MAJOR, session=5))
    waiting = course.record(E.StageTaskMet(T.PROCESSING_DIFFICULT_EMOTIONS, session=5))
    assert not waiting
    assert "processing difficult emotions" in why(waiting)
    assert opens_the_next_stage(T.PROCESSING_DIFFICULT_EMOTIONS, "processing difficult emotions")


@story("S41", "therarel.machine.guards.tasks.challenge_on_record")
def test_a_challenge_is_worked_through_only_after_it_was_faced() -> None:
    """With no challenge on record the task is declined; once one was faced it is accepted."""
    course = working()
    declined = course.record(E.StageTaskMet(T.WORKING_THROUGH_CHALLENGES, session=5))
    assert not declined
    assert "No challenge is on record" in why(declined)
    course.record(E.ChallengeFaced("what came up between the two", session=5))
    assert met(course, T.WORKING_THROUGH_CHALLENGES, session=6)


@story("S42", "therarel.machine.guards.stages.worked_through_once")
def test_maturation_rests_on_a_difficulty_come_through() -> None:
    """Where a policy asks for it, a pair that came through no difficulty is told so; by default a remark says it."""
    required = tr.Policy(difficulty_before_maturation=tr.machine.Requirement.REQUIRED)
    course = working(tr.Machine.standard().with_policy(required))
    met(course, *(each for each in WORK if each is not T.WORKING_THROUGH_CHALLENGES), session=6)
    course.record(E.ChallengeFaced(session=6))
    answer = course.may(E.AdvanceRequested(session=7))
    assert not answer
    assert "No difficulty is on record" in str(tr.decide(course.relationship, E.AdvanceRequested(session=7)))
    assert "worked_through_once" in {failed.guard for failed in answer.failing}
    met(course, T.WORKING_THROUGH_CHALLENGES, session=7)
    assert course.record(E.AdvanceRequested(session=8))
    assert course.relationship.stage is S.MATURATION


@story("S43", "therarel.domain.StageTask.INCREASED_DEPTH")
def test_depth_rests_on_a_deepened_connection() -> None:
    """Once the connection is open again, depth cannot be judged reached; completing a course takes both."""
    course = mature()
    course.record(E.StageTaskReopened(T.DEEPENING_CONNECTION, session=9))
    declined = course.record(E.StageTaskMet(T.INCREASED_DEPTH, session=9))
    assert not declined
    assert "deepening connection" in why(declined)
    assert completes(T.INCREASED_DEPTH, "increased depth")


@story("S44", "therarel.domain.StageTask.CLIENT_AUTONOMY")
def test_a_course_is_completed_with_the_client_s_autonomy() -> None:
    """Without the client's autonomy a course closes for another reason; with it all stages count as completed."""
    assert completes(T.CLIENT_AUTONOMY, "client autonomy")


@story("S45", "therarel.domain.StageTask.COLLABORATIVE_GROWTH")
def test_a_course_is_completed_with_collaborative_growth() -> None:
    """Without collaborative growth a course does not count as completed, and the answer names it."""
    assert completes(T.COLLABORATIVE_GROWTH, "collaborative growth")


@story("S46", "concept:insight")
def test_what_is_integrated_is_insight_however_it_was_gained() -> None:
    """A student asks what integrating insights needs: insight, and not a rupture; a course is completed with the task."""
    needed = {edge.object for edge in tr.concept_graph().links("integration_of_insights", "requires", "out")}
    assert needed == {"insight"}
    assert completes(T.INTEGRATION_OF_INSIGHTS, "integration of insights")
