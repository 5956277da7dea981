"""What is due is advice for a day: safety first, nothing of the therapist on a client's page, and never a guard."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therarel.domain import (
    BreachKind,
    BreachSeverity,
    BreachStatus,
    ClosingReason,
    ConcernKind,
    ConcernOutcome,
    DevelopmentLog,
    DevelopmentPolicy,
    Event,
    Occurrence,
    PersonAtRisk,
    Rater,
    Rating,
    RatingScale,
    RelationshipQuality,
    RepairRoute,
    RepairView,
    Reporter,
    ResolutionStrategy2015,
    RiskAnswer,
    RiskKind,
    RiskState,
    RuptureSeverity,
    Score,
    SelfReflection,
    Therapist,
    WorkingAlliance,
    events,
)
from therarel.errors import InvalidValueError
from therarel.machine import Course, Due, DueKind, DuePolicy, due, options
from therarel.machine.specimens import events_about
from therarel.texts import DUE_FIELDS

E = events
TODAY = date(2026, 5, 11)
RAISED = E.SafetyConcernRaised({ConcernKind.SELF_HARM}, session=2, on=date(2026, 5, 4))
BREACH = E.BreachReported(BreachKind.CONTACT, BreachSeverity.VIOLATION, session=2)
SERIOUS = attrs.evolve(BREACH, severity=BreachSeverity.SERIOUS, status=BreachStatus.SUBSTANTIATED)
PHQ = E.Measured(Score("phq-9", 3.0, Rater.CLIENT, risk=[RiskAnswer(9, [RiskKind.SELF_HARM], RiskState.ENDORSED)]))
WAI = E.Measured(Score("wai-sr", 4.0, Rater.CLIENT, risk=()))


def repaired(*judged_by: Rater) -> list[Event]:
    """A rupture that was repaired in these views."""
    return [
        E.RuptureNoticed(RuptureSeverity.MINOR, session=3),
        E.RepairBegan(RepairRoute.IMMEDIATE, session=3),
        E.RepairStepTaken(ResolutionStrategy2015.CLARIFY_MISUNDERSTANDING, session=3),
        E.RepairSucceeded(frozenset(judged_by), session=4),
    ]


def reviewed(review_due: Occurrence | None) -> Event:
    """A concern that goes on, to be looked at again."""
    return E.SafetyConcernReviewed("concern-1", ConcernOutcome.GOES_ON, session=3, review_due=review_due)


def course(*recorded: Event, client: str = "C-014") -> Course:
    """A course in which these were recorded."""
    made = Course.begin(client, "T-03")
    for event in recorded:
        made.record(event)
    return made


HELD = E.SessionHeld(session=5)
ONE_MORE = E.SessionHeld()
GOAL = E.GoalSet("sleep")
RATED = E.RelationshipRated(
    RelationshipQuality(alliance=WorkingAlliance(goal_agreement=Rating(4, RatingScale(1, 5), Rater.CLIENT)))
)
ADDRESSED = E.BreachAddressed("breach-1", client_informed=False, reason_not_informed="x", session=4)
CASES: list[tuple[list[Event], DuePolicy | None, list[str]]] = [
    ([], None, []),
    ([RAISED], None, ["Nobody has looked at this concern for safety yet: self harm, concern-1."]),
    ([RAISED, reviewed(None)], None, ["No date is set for the next review of this concern for safety: self harm, concern-1."]),
    ([RAISED, reviewed(Occurrence(on=date(2026, 5, 12)))], None, []),
    ([RAISED, reviewed(Occurrence(on=TODAY))], None, ["The review of this concern for safety is due: self harm, concern-1, 2026-05-11."]),
    ([RAISED, reviewed(Occurrence(session=6)), HELD], None, []),
    ([RAISED, reviewed(Occurrence(session=5)), HELD], None, ["The review of this concern for safety is due: self harm, concern-1, session 5."]),
    ([RAISED, E.SafetyConcernReviewed("concern-1", ConcernOutcome.CLOSED, Reporter.SUPERVISOR)], None, []),
    ([PHQ], None, ["A person should look at these answers: phq-9, time not stated: item 9 (self harm): endorsed."]),
    ([PHQ, E.RiskAnswersReviewed("phq-9")], None, []),
    ([BREACH], None, ["This breach waits for supervision or independent consultation: contact, violation, alleged, breach-1."]),
    ([BREACH, E.SupervisionHeld(session=1)], None, ["This breach waits for supervision or independent consultation: contact, violation, alleged, breach-1."]),
    ([BREACH, E.SupervisionHeld(session=3)], None, []),
    ([BREACH, E.SupervisionHeld(session=3), ADDRESSED], None, ["The client was not informed of this breach: contact, violation, alleged, breach-1."]),
    ([SERIOUS, E.SupervisionHeld(session=3)], None, ["This breach waits for an independent review: contact, serious, substantiated, breach-1."]),
    ([SERIOUS, E.SupervisionHeld(independent=True, session=3)], None, []),
    ([E.PauseAgreed(date(2026, 5, 10))], None, ["The last day of the pause was 2026-05-10. Ask how the client wishes to go on."]),
    ([E.PauseAgreed(TODAY)], None, []),
    ([E.PauseAgreed()], None, []),
    (repaired(Rater.THERAPIST), None, ["It is not on record that the client was asked about this repair: minor rupture, session 3. Ask, if that fits."]),
    (repaired(Rater.THERAPIST), DuePolicy(client_view_of_repair=False), []),
    (repaired(Rater.CLIENT), None, []),
    ([*repaired()[:3], E.RepairViewGiven(Rater.CLIENT, RepairView.DID_NOT_WANT_TO_SAY), *repaired(Rater.THERAPIST)[3:]], None, []),
    ([ONE_MORE, ONE_MORE, ONE_MORE], None, []),
    ([WAI, ONE_MORE, ONE_MORE], DuePolicy(measures_every=3), []),
    ([WAI, ONE_MORE, ONE_MORE, ONE_MORE], DuePolicy(measures_every=3), ["Sessions since a measure was last taken: 3."]),
    ([ONE_MORE] * 5, None, []),
    ([ONE_MORE] * 6, None, ["Sessions since the goals were last looked at together: 6."]),
    ([ONE_MORE] * 6, DuePolicy(goals_every=None), []),
    ([E.SessionHeld(session=3)] * 6, None, []),
    ([ONE_MORE, ONE_MORE, GOAL, ONE_MORE], DuePolicy(goals_every=2), []),
    ([GOAL, ONE_MORE, ONE_MORE], DuePolicy(goals_every=2), ["Sessions since the goals were last looked at together: 2."]),
    ([GOAL, ONE_MORE, E.GoalReviewed("goal-1"), ONE_MORE], DuePolicy(goals_every=2), []),
    ([ONE_MORE, ONE_MORE], DuePolicy(views_every=2), ["Sessions since the relationship was last rated: 2."]),
    ([ONE_MORE, RATED, ONE_MORE], DuePolicy(views_every=2), []),
    ([RAISED, BREACH, E.Closed(ClosingReason.CLIENT_DIED)], None, []),
    ([attrs.evolve(RAISED, at_risk={PersonAtRisk.CHILD}), E.Closed(ClosingReason.CLIENT_DIED)], None, ["Nobody has looked at this concern for safety yet: self harm, concern-1."]),
    ([RAISED, *repaired(Rater.THERAPIST), E.Closed(ClosingReason.AGREED)], None, ["Nobody has looked at this concern for safety yet: self harm, concern-1."]),
]  # fmt: skip


@pytest.mark.parametrize(("recorded", "policy", "said"), CASES)
def test_what_is_due_is_said_and_nothing_else(recorded: list[Event], policy: DuePolicy | None, said: list[str]) -> None:
    """Each sentence where it is true, and none where it is not."""
    assert [str(each) for each in due(course(*recorded), on=TODAY, policy=policy)] == [
        f"C-014 with T-03: {each}" for each in said
    ]


@given(st.lists(st.integers(0, 200), max_size=12))
@settings(max_examples=40, deadline=None)
def test_it_is_never_a_guard_and_changes_nothing(picks: list[int]) -> None:
    """Asking records nothing, and what is due decides nothing: the options are the same before and after."""
    made = course()
    for pick in picks:
        about = list(events_about(made.relationship))
        event = about[pick % len(about)]
        if not isinstance(event, E.StageTaskWaived):
            made.record(event)
    before, length = options(made.relationship), len(made.history)
    found = due(made, on=TODAY, policy=DuePolicy(measures_every=1))
    assert [each.event for each in options(made.relationship)] == [each.event for each in before]
    assert len(made.history) == length
    assert [list(DueKind).index(each.kind) for each in found] == sorted(
        list(DueKind).index(each.kind) for each in found
    )
    assert not any(each.kind is DueKind.DEVELOPMENT for each in found)


def test_a_caseload_says_what_is_due_in_all_of_it_safety_first() -> None:
    """Of two courses, the concern of the second stands before the pause of the first."""
    first, second = course(E.PauseAgreed(date(2026, 5, 1))), course(RAISED, client="C-015")
    found = due([first, second], on=TODAY)
    assert [(each.kind, str(each.dyad)) for each in found] == [
        (DueKind.CONCERN_FIRST_LOOK, "C-015 with T-03"),
        (DueKind.PAUSE_ENDED, "C-014 with T-03"),
    ]
    assert due([], on=TODAY) == ()
    assert (
        repr(found[1])
        == "<Due: C-014 with T-03: The last day of the pause was 2026-05-01. Ask how the client wishes to go on.>"
    )


LOG = DevelopmentLog(Therapist("T-03"), [SelfReflection(date(2026, 5, 1))])
GAPS = DuePolicy(development=DevelopmentPolicy(self_awareness=30, clinical_supervision=14))


def test_the_therapists_own_development_is_due_on_the_therapists_page() -> None:
    """With a caseload, behind everything else; supervision that a course recorded counts."""
    alone = due([course(RAISED)], on=TODAY, policy=GAPS, development=LOG)
    assert [str(each) for each in alone][1:] == ["Due for yourself: clinical supervision; last: not on record."]
    assert alone[1].dyad is None
    supervised = course(E.SupervisionHeld(on=date(2026, 5, 1)))
    assert due([supervised], on=TODAY, policy=GAPS, development=LOG) == ()
    long_ago = course(E.SupervisionHeld(on=date(2026, 4, 1)))
    assert [str(each) for each in due([long_ago], on=TODAY, policy=GAPS, development=LOG)] == [
        "Due for yourself: clinical supervision; last: 2026-04-01."
    ]
    assert due([course()], on=TODAY, development=LOG) == ()
    assert due([course()], on=TODAY, policy=GAPS) == ()


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: due(course(), on=TODAY, development=LOG), "on the therapist's page, not on a client's"),
        (lambda: due([course()], on=TODAY, development=DevelopmentLog(Therapist("T-9"))), "with the courses of that therapist alone"),
        (lambda: due([course()], on=TODAY, development="log"), "a log of development is needed"),  # type: ignore[arg-type]
        (lambda: due(course(), on=datetime(2026, 5, 4)), "a day is needed"),
        (lambda: due(course(), on=None), "a day is needed"),  # type: ignore[arg-type]
        (lambda: due(course(), on=TODAY, policy=14), "a policy of what is due is needed"),  # type: ignore[arg-type]
        (lambda: due([course(), "C-014"], on=TODAY), "a course is needed"),  # type: ignore[list-item]
        (lambda: DuePolicy(measures_every=0), "a whole number of at least 1"),
        (lambda: DuePolicy(goals_every=0), "a whole number of at least 1"),
        (lambda: DuePolicy(views_every=-1), "a whole number of at least 1"),
        (lambda: DuePolicy(client_view_of_repair=1), "True or False"),  # type: ignore[arg-type]
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(ask: Any, message: str) -> None:
    """Each argument that is not what it has to be is named."""
    with pytest.raises(InvalidValueError, match=message):
        ask()


def test_each_kind_has_its_sentence() -> None:
    """Every kind is said by one sentence of the texts, and has an example here."""
    assert [*DUE_FIELDS] == [kind.value for kind in DueKind]
    found = {each.kind for recorded, policy, _ in CASES for each in due(course(*recorded), on=TODAY, policy=policy)}
    assert found == set(DueKind) - {DueKind.DEVELOPMENT}
    assert str(Due(DueKind.DEVELOPMENT, "Due for yourself.")) == "Due for yourself."
