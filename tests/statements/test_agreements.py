"""Stories of what the two agree on: goals, tasks of therapy, guidelines, and the limits of confidentiality."""

from __future__ import annotations

from tests.statements.telling import story, why

import therarel as tr

E, D, T = tr.events, tr.domain, tr.StageTask
BOTH = frozenset(D.Party)
CONSENT = E.ConsentDecided(D.ConsentScope.TREATMENT, D.ConsentDecision.GIVEN, D.ConsentGiver.CLIENT, session=1)
GUIDELINES = E.TermsExplained({D.Term.GUIDELINES}, session=1)


def first_session() -> tr.Course:
    """A course in which nothing is agreed yet."""
    return tr.Course.begin(client="C-014", therapist="T-03")


def asked() -> tr.Course:
    """A course in which consent was asked for and given, and a session held."""
    course = first_session()
    for event in (E.SessionHeld(session=1), CONSENT, GUIDELINES):
        course.record(event)
    return course


def remarks(course: tr.Course, task: tr.StageTask) -> str:
    """What would be said of a task that is judged met now."""
    return " ".join(str(remark) for remark in course.may(E.StageTaskMet(task, session=2)).remarks)


@story("S08", "therarel.domain.Goal.agreed_by")
def test_a_goal_is_agreed_when_both_have_said_so() -> None:
    """A goal that only the client named is remarked on; once the therapist agrees nothing is missing of it."""
    course = asked()
    course.record(E.GoalSet("to sleep through the night", D.GoalOwner.CLIENT, session=1))
    assert "A goal that both agree to is not on record" in remarks(course, T.SETTING_EXPECTATIONS)
    course.record(E.GoalReviewed("goal-1", {D.Party.THERAPIST}, session=2))
    assert "A goal that both agree to" not in remarks(course, T.SETTING_EXPECTATIONS)


@story("S09", "therarel.domain.TherapeuticTask.rationale_shared")
def test_a_task_of_therapy_is_shared_when_both_know_why() -> None:
    """An exercise that both agreed to counts as shared only once its reason is shared."""
    course = asked()
    course.record(E.TherapeuticTaskSet("a diary of the nights", False, BOTH, session=1))
    assert "with its reason shared, is not on record" in remarks(course, T.SETTING_EXPECTATIONS)
    course.record(E.TherapeuticTaskReviewed("task-1", rationale_shared=True, session=2))
    assert "with its reason shared" not in remarks(course, T.SETTING_EXPECTATIONS)


@story("S20", "therarel.domain.events.TermsExplained")
def test_the_guidelines_are_explained_before_expectations_count_as_set() -> None:
    """The answer says whose word is missing: the therapist has not explained what may be done and where to complain."""
    course = first_session()
    course.record(CONSENT)
    declined = course.may(E.StageTaskMet(T.SETTING_EXPECTATIONS, session=1))
    assert "the word of the therapist" in why(declined)
    course.record(GUIDELINES)
    assert course.record(E.StageTaskMet(T.SETTING_EXPECTATIONS, session=1))


@story("S24", "therarel.domain.Term.CONFIDENTIALITY_LIMITS")
def test_safety_counts_as_created_once_the_limits_of_confidentiality_are_known() -> None:
    """A client has to know when something is told to others; until that is on record the task is declined."""
    course = asked()
    declined = course.record(E.StageTaskMet(T.CREATING_SAFETY, session=1))
    assert not declined
    course.record(E.TermsExplained({D.Term.CONFIDENTIALITY_LIMITS}, session=2))
    assert course.record(E.StageTaskMet(T.CREATING_SAFETY, session=2))
