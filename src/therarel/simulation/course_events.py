"""The events of one simulated course of therapy, session by session.

The scores and the truth about ruptures come from the clinic; the other events, and all numbers below, are made up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from attrs import define, field

import therarel.domain as domain
from therarel.domain import events
from therarel.machine import Course
from therarel.simulation.clinic import SimulatedClinic
from therarel.simulation.course_concerns import Happened, concerns_of
from therarel.simulation.course_views import drifted, part_of, ratings_of
from therarel.tables.arrays import Floats

INSTRUMENT: Final = "simulated-alliance"
"""Id under which simulated scores are recorded: they are of no published instrument."""

_STRAIN_PROBABILITY: Final = 0.05
"""Probability that a session without strain begins one, in a course without a rupture."""
_SUPERVISION_INTERVAL: Final = 6
"""Sessions from one supervision to the next."""
_WAIVER_PROBABILITY: Final = 0.3
"""Probability that the task of addressing resistance is waived."""
_ENDING_SHARE: Final = 0.15
"""Share of the sessions, the last ones, in which an ending is planned."""
_TASKS_BEFORE_ENDING: Final = 14
"""The twelve tasks before the ending, and two more, since some sessions are lost to strains and ruptures."""
_TASKS_OF_ENDING: Final = 3
_MOST_PENDING: Final = 3.0
"""Tasks for which there has been time and which are caught up as soon as their conditions hold; others are lost."""
_CONSENTS: Final = (
    (domain.ConsentScope.MEASURES, 1.0),
    (domain.ConsentScope.RESEARCH, 0.6),
    (domain.ConsentScope.TEACHING, 0.4),
    (domain.ConsentScope.RECORDING, 0.5),
)
"""Probability that consent is given, by what it is about; scores are recorded, and so all consent to measures."""
_GOAL_LOOKED_FOR_PROBABILITY: Final = 0.3
"""Probability that the goal is still to be found together after the first session."""
_MOST_SESSIONS_TO_A_GOAL: Final = 4
"""Sessions after the first within which both agree on the goal."""
_SILENT_PROBABILITY: Final = 0.2
"""Probability that the client does not want to say whether a repair succeeded."""
_STRATEGIES: Final = (
    domain.ResolutionStrategy2015.CLARIFY_MISUNDERSTANDING,
    domain.ResolutionStrategy2015.CHANGE_TASKS_OR_GOALS,
    domain.ResolutionStrategy2015.ILLUSTRATE_TASKS_OR_PROVIDE_RATIONALE,
)
_CONTRIBUTORS: Final = (
    domain.Contributor.CLIENT,
    domain.Contributor.THERAPIST,
    domain.Contributor.INTERACTION,
    domain.Contributor.SETTING,
    domain.Contributor.CULTURE,
)


def simulate_course(
    clinic: SimulatedClinic, dyad: int, rupture: int | None, premature_share: float, drift: float, concerns: float
) -> tuple[Course, tuple[int, ...]]:
    """The course of one dyad of a clinic, and the numbers of the entries that were premature on purpose.

    Args:
        clinic: The clinic.
        dyad: Number of the dyad, from 0.
        rupture: Number of its rupture among the clinic's, from 0; ``None`` if it has none.
        premature_share: Share of sessions, 0 to 1, after which somebody asks for the next stage too early.
        drift: Points by which what is rated falls with each session since the last supervision.
        concerns: Probability, 0 to 1, that a concern for safety comes up.
    """
    # a source of randomness for each, so that ratings and concerns leave the other events as they are
    chance, rating_chance, concern_chance = (
        np.random.Generator(np.random.Philox(np.random.SeedSequence(clinic.seed, spawn_key=(dyad, 0, number))))
        for number in range(3)
    )
    therapist = f"T-{int(clinic.therapist[dyad]) + 1:03d}"
    course = Course.begin(clinic.label(dyad), therapist)
    scores = clinic.score[int(clinic.starts[dyad]) : int(clinic.starts[dyad + 1])]
    simulation = _Simulation(
        course,
        clinic,
        chance,
        rating_chance,
        scores.size,
        premature_share,
        drift,
        concerns_of(scores.size, concerns, therapist, concern_chance),
    )
    simulation.run(scores, rupture, dropped_out=clinic.left is not None and bool(clinic.left[dyad]))
    return course, tuple(simulation.premature)


@define(eq=False)
class _Simulation:
    """A course while it is being simulated.

    A judgement is recorded once its conditions hold, as by people who know them, except for those that are premature on
    purpose.

    Args:
        course: The course that is recorded.
        clinic: The clinic.
        chance: Source of randomness.
        rating_chance: Source of randomness of the ratings.
        sessions: Number of sessions.
        premature_share: Share of sessions after which somebody asks for the next stage too early.
        drift: Points by which what is rated falls with each session since the last supervision.
        concerns: What happens about a concern for safety, by session.
        premature: Numbers of the entries that were premature on purpose.
        session: The current session, from 1.
        goal_session: Session in which both agree on the goal and on a task of therapy.
        strain_ends: Session in which the current strain is to ease.
        pending: Number of tasks for which there has been time so far and which were not done yet.
    """

    course: Course
    clinic: SimulatedClinic
    chance: np.random.Generator
    rating_chance: np.random.Generator
    sessions: int
    premature_share: float
    drift: float
    concerns: Mapping[int, tuple[Happened, ...]]
    premature: list[int] = field(factory=list)
    session: int = 0
    goal_session: int = 0
    strain_ends: int = 0
    pending: float = 0.0

    def run(self, scores: Floats, rupture: int | None, *, dropped_out: bool) -> None:
        """Simulate all sessions and the closing."""
        low, high = self.clinic.parameters.scale
        scale = domain.RatingScale(low, high, step=self.clinic.parameters.step)
        ending_sessions = max(1, round(_ENDING_SHARE * self.sessions))
        tasks_per_session = _TASKS_BEFORE_ENDING / max(self.sessions - ending_sessions, 1)
        for session, value in enumerate(scores.tolist(), start=1):
            self.session = session
            self._record(events.SessionHeld(session=session))
            for happened in self.concerns.get(session, ()):
                self._record(happened)
            if session == 1:
                self._agree()
            elif session == self.goal_session:
                self._agree_on_goal()
            if rupture is not None:
                self._rupture_and_repair(rupture)
            else:
                self._passing_strain()
            self._rate(drifted(value, scale, self.drift, (session - 1) % _SUPERVISION_INTERVAL), scale)
            if session % _SUPERVISION_INTERVAL == 0:
                self._record(events.SupervisionHeld(session=session))
            if session > self.sessions - ending_sessions and not dropped_out and self._intact:
                if not self._ending:
                    self._record(events.EndingPlanned(session=session))
                self.pending += _TASKS_OF_ENDING / ending_sessions
            self._work_on_tasks(tasks_per_session)
            self._ask_too_early()
        self._close(dropped_out=dropped_out)

    def _rate(self, value: float, scale: domain.RatingScale) -> None:
        """The score of the session, and the parts of the relationship that the two state."""
        parts = (part_of(value, scale),)
        score = domain.Score(
            INSTRUMENT, value, domain.Rater.CLIENT, domain.Timing.POST_SESSION, scale=scale, risk=(), parts=parts
        )
        self._record(events.Measured(score, session=self.session))
        share = (value - scale.minimum) / scale.range
        for rated in ratings_of(self.session, share, self.rating_chance):
            self._record(rated)

    def _record(self, event: domain.Event) -> None:
        self.course.record(event, must=True)

    def _record_if_accepted(self, judgement: domain.Judgement) -> bool:
        """Record a judgement if its conditions hold, and say whether they do."""
        if not self.course.may(judgement):
            return False
        self._record(judgement)
        return True

    @property
    def _intact(self) -> bool:
        return self.course.relationship.alliance_status is domain.AllianceStatus.INTACT

    @property
    def _ending(self) -> bool:
        return self.course.relationship.stage is domain.Stage.ENDING

    def _rupture_and_repair(self, rupture: int) -> None:
        """What is noticed and done in this session about a rupture of the clinic."""
        truth = self.clinic.ruptures
        first, nadir, last = int(truth.onset[rupture]) + 1, int(truth.nadir[rupture]), int(truth.last[rupture])
        repaired = bool(truth.repaired[rupture])
        if self.session == first < nadir:
            self._record(events.StrainNoticed(session=self.session))
        if self.session == nadir:
            self._notice_rupture(rupture)
        halfway = (nadir + last + 1) // 2
        if self.session == halfway and (repaired or self.chance.random() < 0.5):
            self._begin_repair(repaired=repaired)
        if repaired and self.session == last + 1:
            self._finish_repair()

    def _notice_rupture(self, rupture: int) -> None:
        contributors = {_CONTRIBUTORS[int(self.chance.integers(len(_CONTRIBUTORS)))]}
        noticed = events.RuptureNoticed(
            _severity(float(self.clinic.ruptures.depth[rupture]), self.clinic),
            self.clinic.ruptures.modes(rupture),
            moved_by=domain.MovedBy.BOTH if self.chance.random() < 0.5 else domain.MovedBy.CLIENT,
            contributors=contributors,
            session=self.session,
        )
        self._record(noticed)
        self._record(events.PerspectiveGiven(domain.Rater.CLIENT, True, session=self.session))
        if self.chance.random() < 0.5:
            self._record(events.SupervisionHeld(session=self.session))

    def _begin_repair(self, *, repaired: bool) -> None:
        """Begin a repair; one that will not succeed stops after its first step."""
        episode = self.course.relationship.episode
        assert episode is not None  # the rupture was noticed when the score was lowest, which is not later
        exploratory = episode.severity is domain.RuptureSeverity.MAJOR or self.chance.random() < 0.5
        route = domain.RepairRoute.EXPLORATORY if exploratory else domain.RepairRoute.IMMEDIATE
        self._record(events.RepairBegan(route, session=self.session))
        if not repaired:
            self._record(events.RepairStepTaken(domain.RepairStep.STRAIN_RECOGNITION, session=self.session))
            end = events.RepairStalled if self.chance.random() < 0.5 else events.RepairPartial
            self._record(end(session=self.session))
            return
        strategy = _STRATEGIES[int(self.chance.integers(len(_STRATEGIES)))]
        steps: tuple[domain.RepairStep | domain.ResolutionStrategy2015, ...] = (strategy,)
        if exploratory:
            steps = tuple(domain.RepairStep)[: self.course.machine.policy.exploratory_steps(episode.severity)]
        for step in steps:
            self._record(events.RepairStepTaken(step, session=self.session))
        if episode.needs_acknowledgement:
            self._record(events.CulturalMisstepAcknowledged(True, session=self.session))

    def _finish_repair(self) -> None:
        """Record what the client says of the repair, and in whose view it succeeded."""
        silent = self.chance.random() < _SILENT_PROBABILITY
        view = domain.RepairView.DID_NOT_WANT_TO_SAY if silent else domain.RepairView.REPAIRED
        self._record(events.RepairViewGiven(domain.Rater.CLIENT, view, domain.HowExpressed.SAID, session=self.session))
        judges = {domain.Rater.THERAPIST} if silent else {domain.Rater.CLIENT, domain.Rater.THERAPIST}
        self._record(events.RepairSucceeded(judges, session=self.session))

    def _passing_strain(self) -> None:
        """A strain that begins in this session, or eases in it."""
        if self._intact and self.session < self.sessions and self.chance.random() < _STRAIN_PROBABILITY:
            self._record(events.StrainNoticed(contributors={domain.Contributor.SETTING}, session=self.session))
            self.strain_ends = self.session + 1 + int(self.chance.integers(2))
        elif not self._intact and self.session >= min(self.strain_ends, self.sessions):
            self._record(events.StrainEased(session=self.session))

    def _work_on_tasks(self, tasks_per_session: float) -> None:
        """Do the tasks for which there is time, in order; after the last one of a stage comes the next stage."""
        self.pending += tasks_per_session * self.chance.uniform(0.8, 1.4)
        while self.pending >= 1:
            self._advance_if_accepted()
            task = self._next_task()
            if task is None or not self._do(task):
                break
            self.pending -= 1
        self.pending = min(self.pending, _MOST_PENDING)
        self._advance_if_accepted()

    def _agree(self) -> None:
        """Record what the first session agrees on; the goal is still to be found, or the client's alone."""
        self._consent(domain.ConsentScope.TREATMENT, 1)
        self._record(events.TermsExplained(set(domain.Term), session=self.session))
        for scope, probability in _CONSENTS:
            self._consent(scope, probability)
        looked_for = bool(self.chance.random() < _GOAL_LOOKED_FOR_PROBABILITY)
        whose = domain.GoalOwner.BOTH if looked_for else domain.GoalOwner.CLIENT
        self._record(events.GoalSet(whose=whose, to_be_found_together=looked_for, session=self.session))
        self._record(events.CrisisArranged("simulated: whom to call", session=self.session))
        self.goal_session = 2 + int(self.chance.integers(_MOST_SESSIONS_TO_A_GOAL))

    def _consent(self, scope: domain.ConsentScope, probability: float) -> None:
        given = self.chance.random() < probability
        decision = domain.ConsentDecision.GIVEN if given else domain.ConsentDecision.REFUSED
        self._record(events.ConsentDecided(scope, decision, domain.ConsentGiver.CLIENT, session=self.session))

    def _agree_on_goal(self) -> None:
        """Record that both agree on the goal, and on a task of therapy with its reason."""
        agreed = events.GoalReviewed(
            "goal-1", set(domain.Party), status=domain.GoalStatus.PURSUED, session=self.session
        )
        self._record(agreed)
        self._record(events.TherapeuticTaskSet(None, True, set(domain.Party), session=self.session))

    def _advance_if_accepted(self) -> None:
        if not self._ending and self._next_task() is None:
            self._record_if_accepted(events.AdvanceRequested(session=self.session))

    def _next_task(self) -> domain.StageTask | None:
        relationship = self.course.relationship
        done = relationship.tasks_met | relationship.waived
        return next((task for task in domain.tasks_of(relationship.stage) if task not in done), None)

    def _do(self, task: domain.StageTask) -> bool:
        """Meet a task or waive it, and say whether its conditions hold."""
        if task is domain.StageTask.ADDRESSING_RESISTANCE and self.chance.random() < _WAIVER_PROBABILITY:
            waived = events.StageTaskWaived(task, "simulated: none was met", session=self.session)
            return self._record_if_accepted(waived)
        met = events.StageTaskMet(task, session=self.session)
        if task is domain.StageTask.WORKING_THROUGH_CHALLENGES and not self.course.may(met):
            self._record(events.ChallengeFaced(session=self.session))
        return self._record_if_accepted(met)

    def _ask_too_early(self) -> None:
        """Sometimes ask for the next stage before its conditions hold: the judgement is kept as declined."""
        if self.chance.random() >= self.premature_share:
            return
        advance = events.AdvanceRequested(session=self.session)
        if not self.course.may(advance):
            self.course.record(advance)
            self.premature.append(len(self.course.history.entries))

    def _close(self, *, dropped_out: bool) -> None:
        if dropped_out:
            for missed in (1, 2):
                self._record(events.SessionMissed(domain.Party.CLIENT, session=self.sessions + missed))
            self._record(events.Closed(domain.ClosingReason.LOST_CONTACT, session=self.sessions + 2))
        elif not self._record_if_accepted(events.ClosedAllStagesCompleted(session=self.sessions)):
            reason = domain.ClosingReason.AGREED if self._intact else domain.ClosingReason.CLIENT_ENDED
            self._record(events.Closed(reason, session=self.sessions))


def _severity(depth: float, clinic: SimulatedClinic) -> domain.RuptureSeverity:
    """A severity for each third of the clinic's range of depths; made up, since scores do not say how severe it is."""
    low, _, high = clinic.parameters.depth
    third = (high - low) / 3
    if depth < low + third:
        return domain.RuptureSeverity.MINOR
    return domain.RuptureSeverity.MODERATE if depth < high - third else domain.RuptureSeverity.MAJOR
