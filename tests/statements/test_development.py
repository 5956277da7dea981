"""Stories of the therapist's own development: advice on the therapist's page, and never a condition."""

from __future__ import annotations

from datetime import date, timedelta

from tests.statements.telling import begun, story, why, working

import therarel as tr

E, D = tr.events, tr.domain
TODAY = date(2026, 6, 30)


def overdue(
    policy: D.DevelopmentPolicy, *entries: D.SelfReflection | D.BoundaryReview | D.CulturalLearning
) -> list[str]:
    """What is overdue of a therapist's development, as the page says it."""
    log = D.DevelopmentLog(D.Therapist("T-03"), entries)
    return [str(each) for each in D.overdue(log, TODAY, policy)]


@story("S64", "therarel.domain.DevelopmentLog.entries")
def test_what_was_done_for_ones_own_development_is_on_one_page() -> None:
    """A therapist asks what is due: supervision that a course recorded counts, and reflection that the log has counts too."""
    policy = D.DevelopmentPolicy(self_awareness=90, clinical_supervision=31)
    course = begun()
    course.record(E.SupervisionHeld(session=9, on=date(2026, 6, 20)))
    assert for_yourself(course, policy) == ["self awareness"]
    assert for_yourself(course, policy, D.SelfReflection(date(2026, 6, 1))) == []


def for_yourself(
    course: tr.Course, policy: D.DevelopmentPolicy, *entries: D.SelfReflection | D.BoundaryReview | D.CulturalLearning
) -> list[str]:
    """What is due of the therapist's own development, on the page of the therapist."""
    log = D.DevelopmentLog(D.Therapist("T-03"), entries)
    page = tr.machine.due([course], on=TODAY, policy=tr.machine.DuePolicy(development=policy), development=log)
    begin = "Due for yourself: "
    return [str(each).removeprefix(begin).partition(";")[0] for each in page if str(each).startswith(begin)]


@story("S65", "therarel.domain.overdue")
def test_development_goes_on_all_the_time() -> None:
    """What was not done for longer than the policy says is overdue; what was done lately is not."""
    policy = D.DevelopmentPolicy(self_awareness=timedelta(days=90))
    assert overdue(policy, D.SelfReflection(date(2026, 1, 5))) != []
    assert overdue(policy, D.SelfReflection(date(2026, 6, 5))) == []


@story("S66", "therarel.domain.DevelopmentPolicy.self_awareness")
def test_self_awareness_is_due_on_the_therapist_s_page_and_never_on_the_client_s() -> None:
    """A therapist who noted no reflection for months finds it on their own page; the client's page does not have it."""
    policy = D.DevelopmentPolicy(self_awareness=timedelta(days=90))
    assert for_yourself(begun(), policy, D.SelfReflection(date(2026, 1, 5))) == ["self awareness"]
    assert for_yourself(begun(), policy, D.SelfReflection(date(2026, 6, 5))) == []
    assert "yourself" not in " ".join(map(str, tr.machine.due(begun(), on=TODAY)))


@story("S67", "therarel.machine.guards.breaches.breach_supervised_since")
def test_a_breach_is_addressed_only_after_supervision() -> None:
    """A breach waits until it was brought to supervision; then it can be judged addressed, and trust worked on again."""
    course = working()
    course.record(E.BreachReported(D.BreachKind.CONTACT, D.BreachSeverity.VIOLATION, session=5))
    addressed = E.BreachAddressed("breach-1", client_informed=True, session=6)
    assert "supervision" in why(course.may(addressed))
    course.record(E.SupervisionHeld(session=6))
    assert course.record(addressed)


@story("S68", "therarel.domain.DevelopmentPolicy.boundary_maintenance")
def test_the_care_of_boundaries_is_due_in_its_own_time() -> None:
    """A service that asks for a review of boundaries twice a year sees who has not done one."""
    policy = D.DevelopmentPolicy(boundary_maintenance=timedelta(days=180))
    assert overdue(policy, D.BoundaryReview(date(2025, 11, 1))) != []
    assert overdue(policy, D.BoundaryReview(date(2026, 5, 1))) == []


@story("S69", "therarel.domain.DevelopmentPolicy.cultural_competency_development")
def test_learning_about_culture_is_due_in_its_own_time() -> None:
    """A service that asks for learning about culture once a year sees who has not done any."""
    policy = D.DevelopmentPolicy(cultural_competency_development=timedelta(days=365))
    assert overdue(policy, D.CulturalLearning(date(2025, 3, 1))) != []
    assert overdue(policy, D.CulturalLearning(date(2026, 3, 1))) == []


@story("S21", "therarel.machine.guards.breaches.no_open_breach")
def test_professional_ethics_are_maintained_or_the_work_waits() -> None:
    """After a violation the pair does not go on until it is addressed; a mere task of paper does not settle it."""
    course = begun()
    for task in D.tasks_of(tr.Stage.INITIAL_FORMATION):
        course.record(E.StageTaskMet(task, session=1))
    course.record(E.BreachReported(D.BreachKind.CONFIDENTIALITY, D.BreachSeverity.VIOLATION, session=2))
    answer = course.may(E.AdvanceRequested(session=3))
    assert "confidentiality" in why(answer)


@story("S70c", "therarel.domain.DevelopmentActivity.CLINICAL_SUPERVISION")
def test_supervision_that_a_course_records_counts_for_upkeep() -> None:
    """A service asks for supervision every month: without any it is due, and with a recorded hour it is not."""
    policy = D.DevelopmentPolicy(clinical_supervision=timedelta(days=31))
    course = begun()
    (due,) = D.overdue(D.DevelopmentLog(D.Therapist("T-03"), []), TODAY, policy)
    assert due.activity is D.DevelopmentActivity.CLINICAL_SUPERVISION
    assert for_yourself(course, policy) == ["clinical supervision"]
    course.record(E.SupervisionHeld(session=9, on=date(2026, 6, 20)))
    assert for_yourself(course, policy) == []
