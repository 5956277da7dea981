"""Every sentence of an answer is true wherever it can appear: on all specimens, and in every state of a small model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from random import Random

import attrs

from therarel.domain import (
    BreachKind,
    BreachSeverity,
    BreachStatus,
    ConcernKind,
    ConcernOutcome,
    EpisodeKind,
    Event,
    Party,
    Rater,
    Rating,
    RatingScale,
    Relationship,
    RelationshipQuality,
    RepairRoute,
    RepairStep,
    RepairView,
    RiskAnswer,
    RiskKind,
    RiskState,
    RuptureEpisode,
    RuptureSeverity,
    Score,
    Stage,
    StageTask,
)
from therarel.domain import events as E  # noqa: N812 -- a short name for many classes
from therarel.machine import Machine, Policy, Requirement, decide
from therarel.machine.guards import CASES, GUARDS, OFFERED_HERE
from therarel.machine.remarks import OF_COURSES, REMARK_RULES
from therarel.machine.safety_remarks import SAFETY_REMARKS
from therarel.machine.specimens import events_about, specimens
from therarel.machine.unchanged import UNCHANGED

from .true_sentences import GUARD_CLAIMS, REMARK_CLAIMS, heading_is_true, untrue

ENDORSED = RiskAnswer(9, [RiskKind.SELF_HARM], RiskState.ENDORSED)
STRICT = Policy(
    strain_eased_before_working_phase=Requirement.REQUIRED,
    difficulty_before_maturation=Requirement.REQUIRED,
    shared_goal=Requirement.REQUIRED,
    shared_task=Requirement.REQUIRED,
)
MILD = Policy().with_all(Requirement.REMARKED)
# Only in a table of one's own a task is out of reach without a case of its own, or something blocks without one.
FALL_BACKS = {("task_in_reach", ""), ("task_not_blocked", "")}


def test_every_sentence_has_a_claim() -> None:
    """No condition, no way of not holding and no remark goes without saying what it claims."""
    ways = {(name, case) for name in (*GUARDS, OFFERED_HERE) for case in ("", *CASES.get(name, ()))}
    assert GUARD_CLAIMS.keys() == ways - FALL_BACKS
    assert REMARK_CLAIMS.keys() == {*REMARK_RULES, *UNCHANGED, *SAFETY_REMARKS}
    assert set(Machine.standard().texts.remarks) - REMARK_CLAIMS.keys() == OF_COURSES.keys()


def test_every_sentence_is_true_on_every_specimen() -> None:
    """Whatever is asked of whatever relationship: what is said holds, under both policies."""
    found: Counter[str] = Counter()
    for relationship in list(specimens())[::23]:
        for event in events_about(relationship):
            for policy in (Policy(), STRICT, MILD):
                found.update(
                    untrue(decide(relationship, event, machine=Machine.standard().with_policy(policy)), policy)
                )
    assert not found


def more_about(relationship: Relationship, random: Random) -> Event:
    """Any event, at any time, with what specimens leave out: other kinds of breaches and concerns, and their reviews."""
    own: list[Event] = [
        E.SafetyConcernRaised({ConcernKind.HARM_BY_PROFESSIONAL}, "harm"),
        E.SafetyConcernReviewed("harm", ConcernOutcome.CLOSED),
        E.SafetyConcernReviewed(None, ConcernOutcome.CLOSED),
        E.BreachReported(BreachKind.EXPLOITATION, BreachSeverity.SERIOUS, breach_id="loan"),
        E.BreachReassessed("loan", BreachSeverity.CROSSING),
        E.BreachReassessed("loan", BreachSeverity.SERIOUS, random.choice(list(BreachStatus))),
        E.BreachAddressed("loan", client_informed=True),
        E.GoalReviewed("nowhere", {Party.CLIENT}),
        E.TherapeuticTaskReviewed("nowhere", dropped=True),
        E.ConfidentialityLimitInvoked("a ground", "nowhere", client_informed=True),
        E.ReEngaged(),
        E.AdvanceRequested(),
        E.PauseAgreed(date(2026, 1, 1)),
        *(E.SessionMissed(Party.CLIENT, on=date(2026, month, 1)) for month in (1, 2)),
        *(E.BreachAddressed(each.breach_id, False, "a reason") for each in relationship.breaches),
        E.StrainEased(),
        *(E.StageTaskMet(task) for task in (StageTask.SETTING_EXPECTATIONS, StageTask.CREATING_SAFETY)),
        E.SupervisionHeld(independent=random.random() < 0.5),
        E.Measured(Score("phq-9", 9.0, Rater.CLIENT, risk=[ENDORSED])),
    ]
    event = random.choice(own if random.random() < 0.45 else list(events_about(relationship)))
    return attrs.evolve(event, session=random.choice([None, 1, 2, 3]))


def _told_apart() -> Iterator[tuple[Relationship, Event]]:
    """What chance seldom meets: a client who does not want to say, and a course that names an earlier one alone."""
    silent = E.RepairViewGiven(Rater.CLIENT, RepairView.DID_NOT_WANT_TO_SAY)
    for each in specimens():
        asked = decide(each, silent).relationship
        if asked is not each and decide(asked, E.RepairSucceeded({Rater.THERAPIST})):
            yield asked, E.RepairSucceeded({Rater.THERAPIST})
            break
    cost: list[Event] = [E.RuptureNoticed(RuptureSeverity.MAJOR), E.RepairBegan(RepairRoute.EXPLORATORY)]
    now = attrs.evolve(Relationship.between("C-1", "T-1"), tasks_met={StageTask.ESTABLISHING_TRUST})
    for event in [*cost, *map(E.RepairStepTaken, RepairStep)]:
        now = decide(now, event).relationship
    yield now, E.RepairSucceeded({Rater.CLIENT})
    scale = RatingScale(1, 5)
    high, low = (
        RelationshipQuality.of({"alliance.collaboration": Rating(value, scale, Rater.CLIENT)}) for value in (4, 2)
    )
    seen = decide(Relationship.between("C-1", "T-1"), E.RelationshipRated(high, session=5)).relationship
    yield seen, E.RelationshipRated(low, session=3)
    raised = decide(seen, E.SafetyConcernRaised({ConcernKind.SELF_HARM}, "harm")).relationship
    yield raised, E.SafetyConcernReviewed("harm", ConcernOutcome.CLOSED)
    yield Relationship.between("C-1", "T-1", predecessor="C-1.T-0"), E.SessionHeld(session=1)


def test_every_sentence_is_true_on_every_way() -> None:
    """On long ways through any events each sentence is true, and each that may be said of a relationship is said."""
    random = Random(20261123)
    first = (E.AdvanceRequested(), E.StageTaskMet(StageTask.CREATING_SAFETY))
    found: Counter[str] = Counter()
    said: Counter[str] = Counter()
    ready = (each for each in specimens() if decide(each, E.AdvanceRequested()).relationship.stage is Stage.MATURATION)
    begun = [next(ready), *list(specimens())[::41]]
    silent = attrs.evolve(begun[0], tasks_met=begun[0].tasks_met - {StageTask.WORKING_THROUGH_CHALLENGES})
    begun.insert(0, attrs.evolve(silent, rupture_repaired=False, session_held=False))
    begun += [each for each in specimens() if not each.session_held][:24]
    for number, start in enumerate(begun):
        policy = STRICT if number % 2 else MILD
        now = attrs.evolve(start, unresolved_before=(RuptureEpisode(EpisodeKind.STRAIN),), predecessor="course-7")
        for step in range(60):
            event = first[step] if step < len(first) else more_about(now, random)
            decision = decide(now, event, machine=Machine.standard().with_policy(policy))
            found.update(untrue(decision, policy))
            said.update(remark.code for remark in decision.remarks)
            now = decision.relationship
    for now, what in _told_apart():
        decision = decide(now, what)
        found.update(untrue(decision, Policy()))
        said.update(remark.code for remark in decision.remarks)
    assert not found
    assert set(REMARK_CLAIMS) - said.keys() == set()


def test_every_answer_leads_with_what_comes_first() -> None:
    """Safety and exploitation stand before the heading, and the heading says whether it can be at all."""
    for relationship in list(specimens())[::997]:
        assert all(heading_is_true(decide(relationship, event)) for event in events_about(relationship))
