"""How one simulated course of therapy goes, session by session."""

from __future__ import annotations

from typing import Final

import numpy as np
from attrs import define, field

from therarel.domain import (
    AllianceStatus,
    ClosingReason,
    Contributor,
    Event,
    Judgement,
    MovedBy,
    Party,
    Rater,
    RatingScale,
    RepairRoute,
    RepairStep,
    ResolutionStrategy2015,
    RuptureSeverity,
    Score,
    Stage,
    StageTask,
    Timing,
    events,
    tasks_of,
)
from therarel.machine import Course
from therarel.simulation.clinic import SimulatedClinic

__all__ = ["INSTRUMENT", "tell_story"]

INSTRUMENT: Final = "simulated-alliance"
"""Id under which simulated scores are recorded: they are of no published instrument."""

# Everything below is made up for the sake of a story, and illustrative.
_STRAIN: Final = 0.05
_SUPERVISION: Final = 6
_WAIVED: Final = 0.3
_ACTS: Final = (
    ResolutionStrategy2015.CLARIFY_MISUNDERSTANDING,
    ResolutionStrategy2015.CHANGE_TASKS_OR_GOALS,
    ResolutionStrategy2015.ILLUSTRATE_TASKS_OR_PROVIDE_RATIONALE,
)
_CONTRIBUTORS: Final = (
    Contributor.CLIENT,
    Contributor.THERAPIST,
    Contributor.INTERACTION,
    Contributor.SETTING,
    Contributor.CULTURE,
)


def tell_story(
    clinic: SimulatedClinic, at: int, rupture: int | None, premature: float
) -> tuple[Course, tuple[int, ...]]:
    """The course of one dyad of a clinic, and the numbers of the entries that were premature on purpose.

    Args:
        clinic: The clinic.
        at: Place of the dyad.
        rupture: Place of its rupture among the clinic's; ``None`` if it has none.
        premature: Share of sessions after which somebody asks for the next stage too early.
    """
    seeds = np.random.SeedSequence(clinic.seed, spawn_key=(at, 0, 0))
    begin, end = int(clinic.starts[at]), int(clinic.starts[at + 1])
    course = Course.begin(clinic.label(at), f"T-{int(clinic.therapist[at]) + 1:03d}")
    story = _Story(course, np.random.Generator(np.random.Philox(seeds)), end - begin, premature)
    story.tell(clinic, begin, rupture, left=clinic.left is not None and bool(clinic.left[at]))
    return course, tuple(story.premature)


@define(eq=False)
class _Story:
    """One course while it is being simulated.

    A judgement is recorded once its conditions hold, as people would who know them; what is premature is recorded on
    purpose, and noted.
    """

    course: Course
    chance: np.random.Generator
    sessions: int
    premature_share: float
    premature: list[int] = field(factory=list)
    session: int = 0
    eases_at: int = 0
    pace: float = 0.0
    credit: float = 0.0

    def tell(self, clinic: SimulatedClinic, begin: int, rupture: int | None, *, left: bool) -> None:
        low, high = clinic.parameters.scale
        scale = RatingScale(low, high, step=clinic.parameters.step)
        last_part = max(1, round(0.15 * self.sessions))
        self.pace = 14 / max(self.sessions - last_part, 1)
        for now in range(1, self.sessions + 1):
            self.session = now
            self._happens(events.SessionHeld(session=self.session))
            if rupture is not None:
                self._live_through(clinic, rupture)
            self._strain(around=rupture is not None)
            score = Score(INSTRUMENT, float(clinic.score[begin + self.session - 1]), Rater.CLIENT,
                          Timing.POST_SESSION, scale=scale, risk=())  # fmt: skip
            self._happens(events.AllianceMeasured(score, session=self.session))
            if self.session % _SUPERVISION == 0:
                self._happens(events.SupervisionHeld(session=self.session))
            if self.session > self.sessions - last_part and not left and self._calm:
                if self.course.relationship.stage is not Stage.ENDING:
                    self._happens(events.EndingPlanned(session=self.session))
                self.credit += 3 / last_part
            self._work()
            self._ask_too_early()
        self._close(left=left)

    # what people do

    def _happens(self, event: Event) -> None:
        self.course.record(event, must=True)

    def _judged(self, judgement: Judgement) -> bool:
        """Record a judgement if its conditions hold; a story waits where they do not."""
        if not self.course.may(judgement):
            return False
        self._happens(judgement)
        return True

    @property
    def _calm(self) -> bool:
        return self.course.relationship.alliance_status is AllianceStatus.INTACT

    def _live_through(self, clinic: SimulatedClinic, which: int) -> None:
        """What is noticed and done about the rupture of the clinic in this session."""
        truth, now = clinic.ruptures, self.session
        first, nadir, last = int(truth.onset[which]) + 1, int(truth.nadir[which]), int(truth.last[which])
        repaired = bool(truth.repaired[which])
        if now == first < nadir:
            self._happens(events.StrainNoticed(session=now))
        if now == nadir:
            self._notice(_severity(float(truth.depth[which]), clinic), clinic, which)
        if now == (nadir + last + 1) // 2 and (repaired or self.chance.random() < 0.5):
            self._begin_repair(halted=not repaired)
        if repaired and now == last + 1:
            self._finish_repair()

    def _notice(self, severity: RuptureSeverity, clinic: SimulatedClinic, which: int) -> None:
        contributors = {_CONTRIBUTORS[int(self.chance.integers(len(_CONTRIBUTORS)))]}
        rupture = events.RuptureNoticed(
            severity,
            clinic.ruptures.modes(which),
            moved_by=MovedBy.BOTH if self.chance.random() < 0.5 else MovedBy.CLIENT,
            contributors=contributors,
            session=self.session,
        )
        self._happens(rupture)
        self._happens(events.PerspectiveGiven(Rater.CLIENT, True, session=self.session))
        if self.chance.random() < 0.5:
            self._happens(events.SupervisionHeld(session=self.session))

    def _begin_repair(self, *, halted: bool) -> None:
        episode = self.course.relationship.episode
        assert episode is not None  # the rupture was noticed at its lowest
        by_exploring = episode.severity is RuptureSeverity.MAJOR or self.chance.random() < 0.5
        route = RepairRoute.EXPLORATORY if by_exploring else RepairRoute.IMMEDIATE
        self._happens(events.RepairBegan(route, session=self.session))
        if halted:
            self._happens(events.RepairStepTaken(RepairStep.STRAIN_RECOGNITION, session=self.session))
            over = events.RepairStalled if self.chance.random() < 0.5 else events.RepairPartial
            self._happens(over(session=self.session))
            return
        steps: tuple[RepairStep | ResolutionStrategy2015, ...] = (_ACTS[int(self.chance.integers(len(_ACTS)))],)
        if by_exploring:
            steps = tuple(RepairStep)[: self.course.machine.policy.exploratory_steps(episode.severity)]
        for step in steps:
            self._happens(events.RepairStepTaken(step, session=self.session))
        if episode.needs_acknowledgement:
            self._happens(events.CulturalMisstepAcknowledged(True, session=self.session))

    def _finish_repair(self) -> None:
        judges = {Rater.CLIENT, Rater.THERAPIST} if self.chance.random() < 0.8 else {Rater.THERAPIST}
        self._happens(events.RepairSucceeded(judges, session=self.session))

    def _strain(self, *, around: bool) -> None:
        """A strain that comes and goes, in courses without a rupture."""
        if around:
            return
        if self._calm and self.session < self.sessions and self.chance.random() < _STRAIN:
            self._happens(events.StrainNoticed(contributors={Contributor.SETTING}, session=self.session))
            self.eases_at = self.session + 1 + int(self.chance.integers(2))
        elif not self._calm and self.session >= min(self.eases_at, self.sessions):
            self._happens(events.StrainEased(session=self.session))

    def _work(self) -> None:
        """Stage tasks in order, as fast as the course is long; after the last of a stage comes the next stage."""
        self.credit += self.pace * self.chance.uniform(0.8, 1.4)
        while self.credit >= 1:
            if self.course.relationship.stage is not Stage.ENDING:
                self._judged(events.AdvanceRequested(session=self.session))
            task = self._next_task()
            if task is None or not self._do(task):
                break
            self.credit -= 1
        self.credit = min(self.credit, 3.0)
        if self.course.relationship.stage is not Stage.ENDING:
            self._judged(events.AdvanceRequested(session=self.session))

    def _next_task(self) -> StageTask | None:
        now = self.course.relationship
        done = now.tasks_met | now.waived
        return next((task for task in tasks_of(now.stage) if task not in done), None)

    def _do(self, task: StageTask) -> bool:
        if task is StageTask.ADDRESSING_RESISTANCE and self.chance.random() < _WAIVED:
            return self._judged(events.StageTaskWaived(task, "simulated: none was met", session=self.session))
        met = events.StageTaskMet(task, session=self.session)
        if task is StageTask.WORKING_THROUGH_CHALLENGES and not self.course.may(met):
            self._happens(events.ChallengeFaced(session=self.session))
        return self._judged(met)

    def _ask_too_early(self) -> None:
        if self.chance.random() >= self.premature_share:
            return
        early = events.AdvanceRequested(session=self.session)
        if not self.course.may(early):
            self.course.record(early)
            self.premature.append(len(self.course.history.entries))

    def _close(self, *, left: bool) -> None:
        if left:
            for missed in (1, 2):
                self._happens(events.SessionMissed(Party.CLIENT, session=self.sessions + missed))
            self._happens(events.Closed(ClosingReason.LOST_CONTACT, session=self.sessions + 2))
        elif not self._judged(events.ClosedAllStagesCompleted(session=self.sessions)):
            reason = ClosingReason.AGREED if self._calm else ClosingReason.CLIENT_ENDED
            self._happens(events.Closed(reason, session=self.sessions))


def _severity(depth: float, clinic: SimulatedClinic) -> RuptureSeverity:
    """Thirds of the clinic's range of depths; illustrative, for no depth of a score says how severe a rupture is."""
    low, _, high = clinic.parameters.depth
    third = (high - low) / 3
    if depth < low + third:
        return RuptureSeverity.MINOR
    return RuptureSeverity.MODERATE if depth < high - third else RuptureSeverity.MAJOR
