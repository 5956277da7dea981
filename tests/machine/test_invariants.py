"""The invariants of the statechart, looked at after every step of random courses."""

from __future__ import annotations

import attrs
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.agreed import AGREED

from therarel import records
from therarel.domain import (
    AllianceStatus,
    BreachStatus,
    ClosingReason,
    ConcernOutcome,
    EpisodeKind,
    Event,
    Handover,
    Relationship,
    RuptureEpisode,
    RuptureSeverity,
    SafetyConcern,
    SafetyPlan,
    Stage,
    StageTask,
    events,
    tasks_of,
)
from therarel.machine import Accepted, Course, Declined, Machine, Policy, Requirement, replay
from therarel.machine.judgements import TO_BE_STATED
from therarel.machine.replays import fold
from therarel.machine.safety_remarks import SAFETY_REMARKS
from therarel.machine.specimens import events_about

FORMATION = frozenset(tasks_of(Stage.INITIAL_FORMATION))
HANDOVER = Handover(
    client="C-1",
    therapist="T-0",
    open_concerns=[SafetyConcern("earlier", plan=SafetyPlan("ring the ward"))],
    unresolved=[RuptureEpisode(EpisodeKind.RUPTURE, severity=RuptureSeverity.MAJOR)],
)
REGIONS = ("stage", "alliance_status")


def stated(event: Event) -> Event:
    """An event with the reason of a waiver stated, as recording needs it."""
    if isinstance(event, events.StageTaskWaived) and event.reason == TO_BE_STATED:
        return attrs.evolve(event, reason="none was met")
    return event


class Courses(RuleBasedStateMachine):
    """Random courses: events of every kind, corrections, branches, and time that goes forwards and back."""

    course: Course

    @initialize(strict=st.sampled_from(Requirement), formed=st.booleans(), handed_over=st.booleans())
    def begin(self, strict: Requirement, formed: bool, handed_over: bool) -> None:
        """A course begins, half of the time with its foundations laid, and half of the time after a handover."""
        machine = Machine.standard().with_policy(Policy(strain_eased_before_working_phase=strict))
        begun = Course.begin("C-1", "T-1", after=HANDOVER if handed_over else None).relationship
        self.course = Course(attrs.evolve(begun, session_held=True, agreements=AGREED), machine=machine)
        if formed:
            for task in tasks_of(Stage.INITIAL_FORMATION):
                self.course.record(events.StageTaskMet(task, session=1))

    @rule(data=st.data(), session=st.none() | st.integers(0, 12))
    def something_happens(self, data: st.DataObject, session: int | None) -> None:
        """Any fact or judgement is recorded; declined ones change nothing but the history."""
        before, length = self.course.relationship, len(self.course.history)
        event: Event = data.draw(st.sampled_from(tuple(events_about(before))))
        event = stated(attrs.evolve(event, session=session))
        asked = self.course.may(event)
        decision = self.course.record(event)
        assert decision == asked
        assert len(self.course.history) == length + 1
        assert self.course.history[-1].decision is decision
        if isinstance(decision, Declined):
            assert isinstance(event, events.JUDGEMENTS)
            assert self.course.relationship is before
            assert decision.failing
        else:
            self.moved(before, event, decision)

    @precondition(lambda self: len(self.course.options().open) > 0)
    @rule(data=st.data())
    def an_open_judgement_is_made(self, data: st.DataObject) -> None:
        """What the options call open is accepted."""
        event = stated(data.draw(st.sampled_from(self.course.options().open)))
        before = self.course.relationship
        decision = self.course.record(event)
        assert isinstance(decision, Accepted)
        self.moved(before, event, decision)

    @precondition(lambda self: len(self.course.history) > 0)
    @rule(data=st.data())
    def an_entry_is_corrected(self, data: st.DataObject) -> None:
        """Corrections append one entry, and the state is the fold of what stands."""
        facts = [entry.number for entry in self.course.history if not isinstance(entry.event, events.CORRECTIONS)]
        number = data.draw(st.sampled_from(facts))
        earlier = self.course.history.entries
        if data.draw(st.booleans()):
            self.course.retract(number)
        else:
            event = data.draw(st.sampled_from(tuple(events_about(self.course.relationship))))
            self.course.correct(number, stated(event))
        assert self.course.history.entries[:-1] == earlier
        set_aside = {entry.number for entry in self.course.replay().set_aside}
        assert set_aside <= {each.number for each in self.course.hindsight()}

    def moved(self, before: Relationship, event: Event, decision: Accepted) -> None:
        """What holds on every accepted step."""
        after = decision.relationship
        assert self.course.relationship is after
        moved = [name for name in REGIONS if getattr(before, name) is not getattr(after, name)]
        assert len(moved) <= 1 or isinstance(event, events.ReEngaged)
        if not before.stage.is_open and moved:
            assert isinstance(event, events.ReEngaged)
        if before.stage.rank is not None and after.stage.rank is not None:
            assert abs(before.stage.rank - after.stage.rank) <= 1
        if before.has_open_rupture and not after.has_open_rupture:
            assert isinstance(event, (events.RepairSucceeded, events.ReEngaged))
        if isinstance(event, events.AdvanceRequested):
            assert before.tasks_met >= FORMATION
            assert not before.has_open_breach
            assert not before.has_open_rupture
        for breach in before.breaches:
            now = after.breach(breach.breach_id)
            assert now is not None
            if now.supervised_since and not breach.supervised_since:
                assert isinstance(event, events.SupervisionHeld)
            if now.is_open and not breach.is_open:
                assert not now.supervised_since
            if breach.is_open and not now.is_open:
                addressed = isinstance(event, events.BreachAddressed) and breach.supervised_since
                assert addressed or now.status is BreachStatus.NOT_SUBSTANTIATED
        if not decision.moved:
            assert decision.remarks
        died = after.closed_reason is ClosingReason.CLIENT_DIED
        if any(each.is_open and not (died and each.is_about_client_alone) for each in after.safety_concerns):
            assert decision.remarks[0].code in SAFETY_REMARKS
        for concern in before.safety_concerns:
            seen = after.safety_concern(concern.concern_id)
            assert seen is not None
            if seen != concern:
                assert isinstance(event, events.SafetyConcernReviewed)
                assert event.of == concern.concern_id
                handed_over = event.outcome is ConcernOutcome.HANDED_OVER and event.receiver_accepted
                assert seen.is_open or handed_over or event.outcome is ConcernOutcome.CLOSED

    @invariant()
    def the_state_is_well_formed(self) -> None:
        """Status and episode agree, nothing is intact over a breach, trust that was lost is not met."""
        now = self.course.relationship
        if now.stage.is_open:
            assert (now.alliance_status is AllianceStatus.INTACT) is (now.episode is None)
            assert now.alliance_status is not AllianceStatus.INTACT or not now.has_open_breach
        if now.alliance_status is AllianceStatus.REPAIRING:
            assert now.episode is not None
            assert now.episode.origin is not None
        if now.episode is not None and now.episode.trust_lost:
            assert StageTask.ESTABLISHING_TRUST not in now.tasks_met

    @invariant()
    def the_state_is_the_fold_of_the_history(self) -> None:
        """Replaying entries, or taking the log up again, gives the state."""
        course = self.course
        assert replay(course.start, course.history, machine=course.machine).relationship == course.relationship
        assert course.at(recorded=len(course.history)) == course.relationship
        assert list(course.replay().entries) == fold(course.start, course.history, lambda _: course.machine)
        assert [entry.number for entry in course.history] == list(range(1, len(course.history) + 1))

    @invariant()
    def what_was_handed_over_is_never_forgotten(self) -> None:
        """Concerns that were open at a handover stay on record, and are open until a review closes them."""
        now = self.course.relationship
        if now.handover is not None:
            assert now.safety_concern("earlier") is not None
            assert now.handover == HANDOVER

    def teardown(self) -> None:
        """Taking up the log gives the same course, and it can always be saved and handed over."""
        if hasattr(self, "course"):
            text = records.dumps(self.course, confidential="include")
            assert records.loads(text, Course) == self.course
            handover = self.course.handover()
            open_now = [each.concern_id for each in self.course.relationship.safety_concerns if each.is_open]
            assert [each.concern_id for each in handover.open_concerns] == open_now
            assert records.loads(records.dumps(handover, confidential="include"), Handover) == handover
            assert Course.resume(self.course.start, self.course.log, machine=self.course.machine) == self.course


TestCourses = Courses.TestCase
TestCourses.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
