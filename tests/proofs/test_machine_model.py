"""Model checking of the machine: every state that can be reached, and what may never happen on the way.

States are relationships, reduced by symmetries that are stated at `Reduction`. From the beginning of a course every
event of an alphabet is decided in every state that is reached, and the invariants of the statechart are looked at on
every step. So is whether all that an answer says is true where it is said (`true_sentences`). Small models run with the
tests; the full ones take their time, all of them or slice by slice::

    python -m tests.proofs.test_machine_model --save [--slice "goals and tasks of therapy"]
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from importlib.metadata import version
from itertools import product
from pathlib import Path
from typing import Any

import attrs

from therarel.confidential import Confidential
from therarel.domain import (
    Agreements,
    AllianceStatus,
    Breach,
    BreachKind,
    BreachSeverity,
    BreachStatus,
    ClosingReason,
    ConcernKind,
    ConcernOutcome,
    Consent,
    ConsentDecision,
    ConsentScope,
    Contributor,
    EpisodeKind,
    Event,
    GoalStatus,
    Handover,
    Party,
    Rater,
    Relationship,
    RepairRoute,
    RepairStep,
    RepairView,
    RepairViews,
    Reporter,
    ResolutionStrategy2015,
    RuptureEpisode,
    RuptureSeverity,
    SafetyConcern,
    Stage,
    StageTask,
    Term,
    events,
    tasks_of,
)
from therarel.machine import Accepted, Decision, Declined, Machine, Policy, Requirement, decide
from therarel.machine.effects.agreements import agreed_anew
from therarel.machine.guards import GUARDS, OFFERED_HERE

from .true_guards import barring, exploited
from .true_sentences import untrue

T, E = StageTask, events
FORMATION = frozenset(tasks_of(Stage.INITIAL_FORMATION))
WORK = frozenset(tasks_of(Stage.WORKING_PHASE))
MATURITY = frozenset(tasks_of(Stage.MATURATION))
CLARIFY = ResolutionStrategy2015.CLARIFY_MISUNDERSTANDING
JUDGES = frozenset({Rater.CLIENT})
STRICT = Policy(
    strain_eased_before_working_phase=Requirement.REQUIRED, difficulty_before_maturation=Requirement.REQUIRED
)
DEMANDING = Policy(shared_goal=Requirement.REQUIRED, shared_task=Requirement.REQUIRED)
RESULTS = Path(__file__).with_name("results")
REGIONS = ("stage", "alliance_status")


@attrs.frozen
class Reduction:
    """What a model leaves out, and what it takes for the same.

    Always taken for the same, because no guard, condition or target reads the difference:

    - times, markers, modes, views, grounds and who moved; when supervision was last held; a reason's words; the
      breach's kind, but for exploitation; where no wish of the client occurs (`wishes`), whether somebody independent
      looked at any other breach, and whether the client was informed of one;
    - steps of repair in another order or repeated; steps of exploration beside the recognition of the strain, which
      count alike; strategies in an exploratory repair and steps in an immediate one;
    - an acknowledgement where nothing is owed; the route and the steps of a repair that is over;
    - what stands in `unresolved_before` (only a remark reads whether there is something);
    - in a closed course: the tasks of the ending, where it ended from, misses, a pause, what re-engagement asks for
      anew, which reason it was (other than that the client died), and of the open episode all but its being a strain or
      a rupture, for re-engagement reads and keeps nothing else;
    - of what is agreed: words, whose goal it is and how it is rated, and whose word a consent is.

    Models that are not about agreements begin with consent given and both terms explained, and affirm both in one go
    after a closing; goals and tasks of therapy, which no guard reads by default, are left out.

    Groups of tasks that the table and the guards treat alike are met and reopened together (`groups`). There is at
    most one breach on record. Misses are counted up to `misses`.

    Args:
        groups: Tasks that are met and reopened together.
        severities: Severities of ruptures that occur.
        contributors: What may contribute to a strain or rupture.
        reports: Kind, severity and status of breaches as reported.
        reassessments: Severity and status as reassessed.
        misses: How far misses of the client are counted.
        waiving: Whether the waivable task may be waived.
        closings: Reasons for closing.
        routes: Routes of repair.
        challenge: Whether challenges are faced and worked through, beside ruptures that are repaired.
        says: What may be said about treatment and other scopes, each as scope and decision.
        views: What the client may say of a repair.
        terms: Terms of the work that may be explained, each by itself.
        goals: How many goals may come up, each agreed by one, by the other and dropped.
        task: Whether one task of therapy may come up, be agreed, have its reason shared and be dropped.
        concerns: Kinds of the concerns for safety that may be raised, each once; what they gate is nothing, so that models
            without any leave out nothing that another event reads.
        wishes: Whether a serious breach may be reviewed independently, and the client may say whether they wish to go on
            and be informed later.
        without: Names of the classes of events that do not occur.
        begins_at: Where the model begins; the beginning of a course where ``None``.
    """

    groups: tuple[tuple[StageTask, ...], ...]
    severities: tuple[RuptureSeverity, ...]
    contributors: tuple[frozenset[Contributor], ...]
    reports: tuple[tuple[BreachKind, BreachSeverity, BreachStatus], ...]
    reassessments: tuple[tuple[BreachSeverity, BreachStatus], ...]
    misses: int
    waiving: bool
    closings: tuple[ClosingReason, ...]
    routes: tuple[RepairRoute, ...] = tuple(RepairRoute)
    challenge: bool = True
    says: tuple[tuple[ConsentScope, ConsentDecision], ...] = ()
    views: tuple[RepairView, ...] = ()
    terms: tuple[Term, ...] = ()
    goals: int = 0
    task: bool = False
    concerns: tuple[frozenset[ConcernKind], ...] = ()
    wishes: bool = False
    without: frozenset[str] = frozenset()
    begins_at: Relationship | None = None


ALLEGED, SUBSTANTIATED, UNFOUNDED = BreachStatus
TREATMENT, NO = ConsentScope.TREATMENT, (ConsentDecision.REFUSED, ConsentDecision.WITHDRAWN)
AFFIRMED = (E.ConsentDecided(TREATMENT, ConsentDecision.GIVEN), E.TermsExplained(set(Term)))
AGREED = Agreements([Consent(TREATMENT, ConsentDecision.GIVEN)], set(Term))
BEGUN = attrs.evolve(Relationship.between("C-1", "T-1"), session_held=True, agreements=AGREED)
MOVING_ON = (E.AdvanceRequested, E.StageTaskMet, E.StageTaskWaived, E.StrainEased, E.RepairSucceeded, E.ClosedAllStagesCompleted)  # fmt: skip
GRAVITY = {severity: rank for rank, severity in enumerate(BreachSeverity)}
NOBODY, CULTURE = frozenset[Contributor](), frozenset({Contributor.CULTURE})
COARSE = (
    tuple(tasks_of(Stage.INITIAL_FORMATION)),
    (T.DEEPENING_CONNECTION, T.ADDRESSING_RESISTANCE, T.PROCESSING_DIFFICULT_EMOTIONS),
    tuple(tasks_of(Stage.MATURATION)),
    tuple(tasks_of(Stage.ENDING)),
)
SMALL = Reduction(
    groups=COARSE,
    severities=(RuptureSeverity.MINOR,),
    contributors=(NOBODY,),
    reports=((BreachKind.OTHER, BreachSeverity.VIOLATION, ALLEGED),),
    reassessments=(),
    misses=0,
    waiving=False,
    closings=(ClosingReason.AGREED,),
    routes=(RepairRoute.IMMEDIATE,),
    challenge=False,
    without=frozenset({"StageTaskReopened"}),
)
"""Both regions with coarse groups of tasks and one breach: small enough to run with the tests."""

STAGES = Reduction(
    groups=(
        (T.BUILDING_RAPPORT, T.SETTING_EXPECTATIONS),
        (T.ESTABLISHING_TRUST,),
        (T.CREATING_SAFETY,),
        (T.DEEPENING_CONNECTION,),
        (T.ADDRESSING_RESISTANCE, T.PROCESSING_DIFFICULT_EMOTIONS),
        tuple(tasks_of(Stage.MATURATION)),
        tuple(tasks_of(Stage.ENDING)),
    ),
    severities=(RuptureSeverity.MAJOR,),
    contributors=(NOBODY,),
    reports=(),
    reassessments=(),
    misses=0,
    waiving=True,
    closings=(ClosingReason.AGREED, ClosingReason.CLIENT_DIED),
    routes=(RepairRoute.EXPLORATORY,),
    without=frozenset({"SessionHeld", "RepairStepTaken", "RepairPartial", "RepairStalled"}),
)
"""Stages and tasks in fine groups, beside an alliance that strains and ruptures and is left to re-engagement."""

FORMED = attrs.evolve(BEGUN, stage=Stage.WORKING_PHASE, tasks_met=FORMATION)
ALLIANCE = Reduction(
    groups=((T.BUILDING_RAPPORT, T.SETTING_EXPECTATIONS), (T.ESTABLISHING_TRUST,), (T.CREATING_SAFETY,)),
    severities=tuple(RuptureSeverity),
    contributors=(NOBODY, CULTURE),
    reports=(
        (BreachKind.OTHER, BreachSeverity.CROSSING, ALLEGED),
        (BreachKind.OTHER, BreachSeverity.VIOLATION, ALLEGED),
        (BreachKind.OTHER, BreachSeverity.SERIOUS, SUBSTANTIATED),
    ),
    reassessments=(
        (BreachSeverity.CROSSING, ALLEGED),
        (BreachSeverity.VIOLATION, ALLEGED),
        (BreachSeverity.SERIOUS, SUBSTANTIATED),
        (BreachSeverity.VIOLATION, UNFOUNDED),
    ),
    misses=0,
    waiving=False,
    closings=(ClosingReason.AGREED,),
    challenge=False,
    without=frozenset({"EndingPlanned", "EndingRescinded", "ClosedAllStagesCompleted", "AdvanceRequested"}),
    begins_at=FORMED,
)
"""The alliance with all severities, both routes, culture and every kind of breach, in the working phase and after."""

TOGETHER = attrs.evolve(
    SMALL,
    severities=(RuptureSeverity.MINOR, RuptureSeverity.MAJOR),
    contributors=(NOBODY, CULTURE),
    reports=(
        (BreachKind.OTHER, BreachSeverity.CROSSING, ALLEGED),
        (BreachKind.OTHER, BreachSeverity.SERIOUS, SUBSTANTIATED),
    ),
    reassessments=((BreachSeverity.VIOLATION, ALLEGED), (BreachSeverity.VIOLATION, UNFOUNDED)),
    misses=1,
    without=frozenset({"StageTaskReopened", "PauseAgreed", "PauseEnded"}),
)
"""Both regions, coarse groups of tasks, culture, breaches and attendance together."""

EXPLOITED = attrs.evolve(
    SMALL,
    reports=(
        (BreachKind.EXPLOITATION, BreachSeverity.SERIOUS, ALLEGED),
        (BreachKind.EXPLOITATION, BreachSeverity.SERIOUS, SUBSTANTIATED),
        (BreachKind.EXPLOITATION, BreachSeverity.VIOLATION, ALLEGED),
    ),
    reassessments=(
        (BreachSeverity.CROSSING, ALLEGED),
        (BreachSeverity.SERIOUS, ALLEGED),
        (BreachSeverity.SERIOUS, SUBSTANTIATED),
        (BreachSeverity.VIOLATION, UNFOUNDED),
    ),
)
"""Both regions with coarse groups of tasks beside exploitation, alleged, looked at independently, and substantiated."""

HEARD = attrs.evolve(
    SMALL,
    groups=(),
    severities=(RuptureSeverity.MINOR, RuptureSeverity.MODERATE),
    contributors=(NOBODY, CULTURE),
    reports=(),
    routes=tuple(RepairRoute),
    views=tuple(RepairView),
    begins_at=FORMED,
)
"""Ruptures and their repair by both routes, with whatever the client says of it."""

CONCERNED = attrs.evolve(
    SMALL,
    groups=(tuple(tasks_of(Stage.INITIAL_FORMATION)),),
    severities=(),
    reports=(),
    concerns=(frozenset(), frozenset({ConcernKind.HARM_BY_PROFESSIONAL})),
    without=SMALL.without | {"RepairBegan", "RepairSucceeded", "RepairPartial", "RepairStalled", "RepairStepTaken"},
)
"""Two concerns for safety, one of them about harm by a professional, and every review of each, beside stages and strains."""

GOING_ON = attrs.evolve(
    SMALL,
    groups=COARSE[:1],
    reports=(
        (BreachKind.OTHER, BreachSeverity.SERIOUS, SUBSTANTIATED),
        (BreachKind.OTHER, BreachSeverity.SERIOUS, ALLEGED),
    ),
    reassessments=((BreachSeverity.VIOLATION, SUBSTANTIATED), (BreachSeverity.SERIOUS, SUBSTANTIATED)),
    wishes=True,
    without=SMALL.without | {"EndingPlanned", "EndingRescinded", "ClosedAllStagesCompleted"},
)
"""A serious breach with its way on: an independent review, the client's wish to go on, taken back and stated again."""

HANDED_OVER = attrs.evolve(
    CONCERNED,
    concerns=(frozenset(),),
    severities=(RuptureSeverity.MAJOR,),
    without=SMALL.without | {"RepairPartial", "RepairStalled", "EndingPlanned"},
    begins_at=attrs.evolve(
        BEGUN,
        safety_concerns=(SafetyConcern("concern-0"),),
        handover=Handover(
            client="C-1",
            therapist="T-0",
            open_concerns=[SafetyConcern("concern-0")],
            unresolved=[RuptureEpisode(EpisodeKind.RUPTURE, severity=RuptureSeverity.MAJOR)],
            substantiated_breaches=[Breach("breach-1", BreachKind.EXPLOITATION, BreachSeverity.SERIOUS, SUBSTANTIATED)],
        ),
    ),
)
"""A course after a handover: an open concern, and a rupture and exploitation of the earlier pair, beside its own."""


FOUNDATIONS = attrs.evolve(
    SMALL,
    groups=(
        (T.BUILDING_RAPPORT, T.ESTABLISHING_TRUST),
        (T.SETTING_EXPECTATIONS,),
        (T.CREATING_SAFETY,),
        (T.PROCESSING_DIFFICULT_EMOTIONS,),
    ),
    severities=(),
    reports=(),
    without=SMALL.without
    | {"StrainNoticed", "RepairBegan", "RepairSucceeded", "RepairPartial", "RepairStalled", "RepairStepTaken"},
    begins_at=Relationship.between("C-1", "T-1"),
)
CONSENTING = attrs.evolve(
    FOUNDATIONS,
    says=(
        *((TREATMENT, decision) for decision in ConsentDecision),
        *(
            (ConsentScope.RESEARCH, decision)
            for decision in ConsentDecision
            if decision is not ConsentDecision.DEFERRED
        ),
    ),
    terms=tuple(Term),
)
"""Consent to treatment and to research, the terms of the work, and the foundations that rest on them."""

SHARING = attrs.evolve(FOUNDATIONS, goals=2, task=True, groups=FOUNDATIONS.groups[:3], begins_at=BEGUN)
"""Two goals and a task of therapy, each agreed by one, by the other, shared and dropped."""


def alphabet(model: Reduction, relationship: Relationship) -> Iterator[tuple[Event, ...]]:
    """Everything that may happen in a state; what happens to a group of tasks happens in one go."""
    yield from _fixed(model)
    closed = not relationship.stage.is_open
    for number, kinds in enumerate(model.concerns):
        name = f"concern-{number}"
        if relationship.safety_concern(name) is None:
            yield (E.SafetyConcernRaised(kinds, name),)
        yield from ((review,) for review in _reviews(name))
    yield from _agreeing(model, relationship.agreements)
    for breach in relationship.breaches:
        yield (E.SupervisionHeld(),)
        if breach.kind is BreachKind.EXPLOITATION or model.wishes:
            yield (E.SupervisionHeld(independent=True),)
        if model.wishes:
            yield from ((E.ClientWishStated(breach.breach_id, to_go_on),) for to_go_on in (True, False))
            yield (E.ClientInformed(breach.breach_id),)
        yield from ((E.BreachAddressed(breach.breach_id, informed),) for informed in (True, False))
        yield from ((E.BreachReassessed(breach.breach_id, *seen),) for seen in model.reassessments)
    if not relationship.breaches:
        yield from ((E.BreachReported(*report),) for report in model.reports)
    if not closed:
        for group in model.groups:
            yield tuple(E.StageTaskMet(task) for task in group if task not in relationship.tasks_met)
            if "StageTaskReopened" not in model.without:
                yield tuple(E.StageTaskReopened(task) for task in reversed(group) if task in relationship.tasks_met)
                yield (E.StageTaskReopened(group[0]),)


def _agreeing(model: Reduction, agreements: Agreements) -> Iterator[tuple[Event, ...]]:
    yield from ((E.ConsentDecided(scope, decision),) for scope, decision in model.says)
    yield from ((E.TermsExplained({term}),) for term in model.terms)
    if not model.says and agreements.consent(TREATMENT) is None:
        yield AFFIRMED
    for number in range(1, model.goals + 1):
        goal = f"goal-{number}"
        if agreements.goal(goal) is None:
            yield (E.GoalSet(goal_id=goal),)
        yield from ((E.GoalReviewed(goal, {party}),) for party in Party)
        yield from ((E.GoalReviewed(goal, status=status),) for status in (GoalStatus.DROPPED, GoalStatus.PURSUED))
    if model.task:
        if agreements.task("task-1") is None:
            yield (E.TherapeuticTaskSet(task_id="task-1"),)
        yield from ((E.TherapeuticTaskReviewed("task-1", {party}),) for party in Party)
        yield from ((E.TherapeuticTaskReviewed("task-1", rationale_shared=shared),) for shared in (True, False))
        yield from ((E.TherapeuticTaskReviewed("task-1", dropped=dropped),) for dropped in (True, False))


@cache
def _reviews(name: str) -> tuple[Event, ...]:
    by = (None, Reporter.THERAPIST, Reporter.SUPERVISOR)
    return tuple(
        E.SafetyConcernReviewed(name, outcome, who, accepted)
        for outcome, who, accepted in product(ConcernOutcome, by, (False, True))
        if outcome is ConcernOutcome.HANDED_OVER or not accepted
    )


@cache
def _fixed(model: Reduction) -> tuple[tuple[Event, ...], ...]:
    happens: list[Event] = [
        E.AdvanceRequested(),
        E.EndingPlanned(),
        E.EndingRescinded(),
        E.ClosedAllStagesCompleted(),
        E.ReturnedToEarlierStage(),
        E.ReEngaged(),
        E.StrainEased(),
        E.RepairSucceeded(JUDGES),
        *([E.RepairSucceeded(frozenset({Rater.THERAPIST}))] if model.views else []),
        E.RepairSucceeded(),
        E.RepairPartial(),
        E.RepairStalled(),
    ]
    if model.challenge:
        happens += [E.ChallengeFaced(), E.StageTaskMet(T.WORKING_THROUGH_CHALLENGES)]
    if RepairRoute.IMMEDIATE in model.routes:
        happens.append(E.RepairStepTaken(CLARIFY))
    if RepairRoute.EXPLORATORY in model.routes:
        happens += map(E.RepairStepTaken, RepairStep)
    happens += map(E.RepairBegan, model.routes)
    happens += [E.Closed(reason) for reason in model.closings]
    for named in model.contributors:
        happens.append(E.StrainNoticed(contributors=named))
        happens += [E.RuptureNoticed(severity, contributors=named) for severity in model.severities]
    happens += [E.RuptureReassessed(severity) for severity in model.severities]
    happens += [E.RepairViewGiven(Rater.CLIENT, view) for view in model.views]
    if CULTURE in model.contributors:
        happens.append(E.CulturalMisstepAcknowledged(True))
    if model.misses:
        happens += [E.SessionMissed(Party.CLIENT), E.SessionHeld(), E.PauseAgreed(), E.PauseEnded()]
    if model.waiving:
        reason = Confidential("none was met")
        happens += [E.StageTaskWaived(task, reason) for task in (T.ADDRESSING_RESISTANCE, T.BUILDING_RAPPORT)]
    return tuple((event,) for event in happens if type(event).__name__ not in model.without)


def reduced(model: Reduction, state: Relationship) -> Relationship:
    """The representative of a state: equal for all states that the reduction takes for the same."""
    changes: dict[str, Any] = {}
    if not state.stage.is_open:
        changes.update(_closed(state))
    if state.supervision_last is not None:
        changes["supervision_last"] = None
    if state.unresolved_before:
        changes["unresolved_before"] = ()
    if state.client_misses_in_a_row > model.misses and state.stage.is_open:
        changes["client_misses_in_a_row"] = model.misses
    # a challenge that was faced is read by one guard alone, which a repaired rupture or the task itself satisfies
    if state.challenge_faced and (state.rupture_repaired or T.WORKING_THROUGH_CHALLENGES in state.tasks_met):
        changes["challenge_faced"] = False
    if not model.wishes and any(map(_unread, state.breaches)):
        changes["breaches"] = tuple(
            attrs.evolve(
                each,
                independent_since=each.independent_since and each.kind is BreachKind.EXPLOITATION,
                client_informed=None,
            )
            for each in state.breaches
        )
    if state.episode is not None and state.stage.is_open:
        episode = _episode(state.episode, state.alliance_status)
        if episode is not state.episode:
            changes["episode"] = episode
    return attrs.evolve(state, **changes) if changes else state


def _unread(breach: Breach) -> bool:
    """Whether something is on record of a breach that nothing reads where the client states no wish."""
    independent = breach.independent_since and breach.kind is not BreachKind.EXPLOITATION
    return independent or breach.client_informed is not None


def _closed(state: Relationship) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "ended_from": None,
        "tasks_met": state.tasks_met - set(tasks_of(Stage.ENDING)),
        "client_misses_in_a_row": 0,
        "paused": False,
        "agreements": agreed_anew(state.agreements),
        "episode": None,
        "alliance_status": AllianceStatus.INTACT,
    }
    if state.closed_reason is not ClosingReason.CLIENT_DIED:
        changes["closed_reason"] = ClosingReason.AGREED
    if state.episode is not None and state.has_open_rupture:
        changes.update(alliance_status=AllianceStatus.RUPTURED, episode=_A_RUPTURE)
    elif state.episode is not None:
        changes.update(alliance_status=AllianceStatus.STRAINED, episode=RuptureEpisode(EpisodeKind.STRAIN))
    return changes


_A_RUPTURE = RuptureEpisode(EpisodeKind.RUPTURE, severity=RuptureSeverity.MINOR)


def _episode(episode: RuptureEpisode, status: AllianceStatus) -> RuptureEpisode:
    changes: dict[str, Any] = {}
    if episode.acknowledged and not episode.needs_acknowledgement:
        changes["acknowledged"] = False
    if status is not AllianceStatus.REPAIRING:
        if episode.steps or episode.route is not None:
            changes.update(steps=(), route=None)
        if episode.repair_views != RepairViews():
            changes["repair_views"] = RepairViews()
    else:
        steps = _steps(episode)
        if steps != episode.steps:
            changes["steps"] = steps
    return attrs.evolve(episode, **changes) if changes else episode


def _steps(episode: RuptureEpisode) -> tuple[RepairStep | ResolutionStrategy2015, ...]:
    if episode.route is RepairRoute.IMMEDIATE:
        return (CLARIFY,) if CLARIFY in episode.steps else ()
    taken = {step for step in episode.steps if isinstance(step, RepairStep)}
    recognised = [step for step in taken if step is RepairStep.STRAIN_RECOGNITION]
    others = [step for step in RepairStep if step is not RepairStep.STRAIN_RECOGNITION]
    # more steps than the severity can ask for are as good as enough; what may still be raised can ask for all
    return (*recognised, *others[: len(taken) - len(recognised)])


@attrs.define
class Explored:
    """What was seen: how many states and steps, which rows fired, which guards failed alone, where states lead."""

    states: int = 0
    steps: int = 0
    seconds: float = 0.0
    fired: Counter[str] = attrs.field(factory=Counter)
    alone: Counter[str] = attrs.field(factory=Counter)
    by_stage: Counter[str] = attrs.field(factory=Counter)
    by_status: Counter[str] = attrs.field(factory=Counter)
    unreached: dict[str, int] = attrs.field(factory=dict)


def explore(model: Reduction, policies: Sequence[Policy] = (Policy(),), *, most: int = 10**9) -> Explored:
    """Every state that can be reached, with the invariants looked at on every step."""
    begun = time.perf_counter()
    found = Explored()
    first = model.begins_at or BEGUN
    number: dict[Relationship, int] = {first: 0}
    leads: list[list[int]] = []
    kinds: list[tuple[bool, bool, bool, bool]] = []
    queue = deque([first])
    while queue:
        state = queue.popleft()
        _well_formed(state)
        found.by_stage[state.stage.value] += 1
        found.by_status[state.alliance_status.value] += 1
        serious = any(each.is_serious and (exploited(each) or not model.wishes) for each in state.breaches)
        kinds.append(
            (state.stage.is_open, state.stage is Stage.ENDING, state.alliance_status is AllianceStatus.INTACT, serious)
        )
        following = set()
        for together in alphabet(model, state):
            for policy in policies:
                after = _walked(state, together, policy, found)
                if after is not state:
                    after = reduced(model, after)
                    index = number.get(after)
                    if index is None and len(number) < most:
                        index = number[after] = len(number)
                        queue.append(after)
                    if index is not None:
                        following.add(index)
        leads.append(sorted(following))
    found.states = len(leads)
    found.unreached = _unreached(leads, kinds)
    if "EndingPlanned" in model.without:
        del found.unreached["ending"]
    found.seconds = time.perf_counter() - begun
    return found


def _walked(state: Relationship, together: tuple[Event, ...], policy: Policy, found: Explored) -> Relationship:
    now = state
    for event in together:
        decision = decide(now, event, machine=Machine.standard().with_policy(policy))
        found.steps += 1
        if now.handover is not None:
            _as_without_handover(now, event, decision, policy)
        assert not list(untrue(decision, policy)), (event, decision.explain())
        if isinstance(decision, Declined):
            assert isinstance(event, E.JUDGEMENTS), event
            assert decision.unmet
            assert decision.relationship is now
            if len(decision.unmet) == 1:
                found.alone[decision.unmet[0][0]] += 1
            continue
        if decision.transition is not None:
            found.fired[decision.transition.id] += 1
        _step(now, event, decision, policy)
        now = decision.relationship
    return now


def _as_without_handover(now: Relationship, event: Event, decision: Decision, policy: Policy) -> None:
    """What is known of the earlier pair moves nothing: the answer is that of a course that knows nothing of it."""
    other = decide(attrs.evolve(now, handover=None), event, machine=Machine.standard().with_policy(policy))
    assert other.accepted is decision.accepted, event
    if isinstance(decision, Declined) and isinstance(other, Declined):
        assert other.unmet == decision.unmet, event
    assert attrs.evolve(other.relationship, handover=now.handover) == decision.relationship, event
    carried = {concern.concern_id for concern in now.handover.open_concerns} if now.handover else set()
    assert carried <= {concern.concern_id for concern in decision.relationship.safety_concerns}, event


def _well_formed(state: Relationship) -> None:
    """What holds in every state."""
    is_open, intact = state.stage.is_open, state.alliance_status is AllianceStatus.INTACT
    if is_open:
        assert intact is (state.episode is None), state
        assert not (intact and state.has_open_breach), state
    if state.alliance_status is AllianceStatus.REPAIRING:
        assert state.episode is not None, state
        assert state.episode.origin in (AllianceStatus.STRAINED, AllianceStatus.RUPTURED), state
    if is_open and state.has_open_breach:
        assert state.tasks_met.isdisjoint({T.ESTABLISHING_TRUST, T.CREATING_SAFETY}), state
    if state.episode is not None and state.episode.trust_lost:
        assert T.ESTABLISHING_TRUST not in state.tasks_met, state


def _step(before: Relationship, event: Event, decision: Accepted, policy: Policy) -> None:
    """What holds on every step."""
    after = decision.relationship
    if after is before:
        assert decision.remarks, event
        return
    moved = [region for region in REGIONS if getattr(before, region) is not getattr(after, region)]
    if not isinstance(event, E.ReEngaged):
        assert len(moved) <= 1, event
    if not before.stage.is_open:
        assert not moved or isinstance(event, E.ReEngaged), event
    one, other = before.stage.rank, after.stage.rank
    if one is not None and other is not None:
        assert abs(one - other) <= 1
    if before.alliance_status is AllianceStatus.INTACT:
        assert after.alliance_status is not AllianceStatus.REPAIRING
    if isinstance(event, E.AdvanceRequested):
        assert before.alliance_status in (AllianceStatus.INTACT, AllianceStatus.STRAINED)
        assert not before.has_open_rupture
        assert not before.has_open_breach
        assert before.tasks_met >= FORMATION
    if after.stage is Stage.MATURATION and before.stage is not Stage.MATURATION:
        _entered_maturation(before, event, policy)
    if before.has_open_rupture and not after.has_open_rupture and after.stage.is_open:
        assert isinstance(event, (E.RepairSucceeded, E.ReEngaged)), event
        if isinstance(event, E.ReEngaged):
            assert len(after.unresolved_before) == len(before.unresolved_before) + 1
    if isinstance(event, (E.RepairSucceeded, E.StrainEased)):
        _closed_well(before, event)
    if isinstance(event, MOVING_ON):
        assert not any(map(_stops, before.breaches)), event
    if isinstance(event, (E.AdvanceRequested, E.StrainEased, E.RepairSucceeded, E.ClosedAllStagesCompleted)):
        assert not any(map(barring, before.breaches)), event
    _with_consent(before, event, policy)
    _one_review(before, event, after)
    for breach in before.breaches:
        now = after.breach(breach.breach_id)
        assert now is not None
        if breach.is_open and not now.is_open:
            unfounded = now.status is UNFOUNDED and isinstance(event, E.BreachReassessed)
            addressed = isinstance(event, E.BreachAddressed) and breach.supervised_since and not barring(breach)
            assert unfounded or addressed, event
        if now.supervised_since and not breach.supervised_since:
            assert isinstance(event, E.SupervisionHeld), event
        if now.client_wishes_to_go_on is not breach.client_wishes_to_go_on:
            anew = now.is_open and not now.supervised_since and now.client_wishes_to_go_on is None
            assert isinstance(event, E.ClientWishStated) or anew, event
        if now.independent_since and not breach.independent_since:
            assert isinstance(event, E.SupervisionHeld), event
            assert event.independent
        if now.is_open and (not breach.is_open or GRAVITY[now.severity] > GRAVITY[breach.severity]):
            assert not now.supervised_since, event


def _with_consent(before: Relationship, event: Event, policy: Policy) -> None:
    """Nothing is built on a no, and what has to be agreed first was."""
    agreements = before.agreements
    consent = agreements.consent(TREATMENT)
    if isinstance(event, (E.AdvanceRequested, E.StageTaskMet, E.StageTaskWaived)):
        assert consent is None or consent.decision not in NO, event
    if not isinstance(event, E.StageTaskMet):
        return
    if event.task is T.SETTING_EXPECTATIONS:
        assert consent is not None
        assert Term.GUIDELINES in agreements.terms_explained
        required = Requirement.REQUIRED
        assert policy.shared_goal is not required or any(
            goal.agreed_by == set(Party) and goal.status is not GoalStatus.DROPPED for goal in agreements.goals
        )
        assert policy.shared_task is not required or any(
            task.agreed_by == set(Party) and task.rationale_shared and not task.is_dropped for task in agreements.tasks
        )
    if event.task is T.CREATING_SAFETY:
        assert Term.CONFIDENTIALITY_LIMITS in agreements.terms_explained
    if event.task is T.PROCESSING_DIFFICULT_EMOTIONS:
        assert before.tasks_met >= {T.ESTABLISHING_TRUST, T.CREATING_SAFETY}


def _stops(breach: Breach) -> bool:
    """Serious exploitation that is substantiated, or alleged and not looked at by somebody independent."""
    serious = breach.kind is BreachKind.EXPLOITATION and breach.severity is BreachSeverity.SERIOUS
    return serious and (breach.status is SUBSTANTIATED or (breach.status is ALLEGED and not breach.independent_since))


def _one_review(before: Relationship, event: Event, after: Relationship) -> None:
    """Concerns stay on record, and none is touched but by the review that names it; harm is closed by somebody else."""
    for concern in before.safety_concerns:
        now = after.safety_concern(concern.concern_id)
        assert now is not None
        if now == concern:
            continue
        assert isinstance(event, E.SafetyConcernReviewed), event
        assert event.of == concern.concern_id
        if concern.is_open and not now.is_open:
            accepted = event.outcome is ConcernOutcome.HANDED_OVER and event.receiver_accepted
            assert accepted or event.outcome is ConcernOutcome.CLOSED
            harm = ConcernKind.HARM_BY_PROFESSIONAL in concern.kinds
            assert not harm or accepted or event.by not in (None, Reporter.THERAPIST)


def _entered_maturation(before: Relationship, event: Event, policy: Policy) -> None:
    if isinstance(event, E.EndingRescinded):
        assert before.ended_from is Stage.MATURATION
        return
    assert isinstance(event, E.AdvanceRequested), event
    done = before.tasks_met | before.waived
    assert done >= FORMATION | (WORK - {T.WORKING_THROUGH_CHALLENGES})
    if policy.difficulty_before_maturation is Requirement.REQUIRED:
        assert before.rupture_repaired or T.WORKING_THROUGH_CHALLENGES in before.tasks_met
    assert before.alliance_status is AllianceStatus.INTACT


def _closed_well(before: Relationship, event: Event) -> None:
    episode = before.episode
    assert episode is not None
    if isinstance(event, E.RepairSucceeded):
        assert episode.repair_views.client not in (RepairView.NOT_REPAIRED, RepairView.PARTLY_REPAIRED)
    assert not before.has_open_breach
    assert not any(map(barring, before.breaches))
    assert episode.acknowledged or not episode.needs_acknowledgement
    if isinstance(event, E.StrainEased):
        assert episode.kind is EpisodeKind.STRAIN
    elif episode.severity is RuptureSeverity.MAJOR:
        assert set(RepairStep) <= set(episode.steps)
        assert episode.route is RepairRoute.EXPLORATORY


def _unreached(leads: list[list[int]], kinds: list[tuple[bool, bool, bool, bool]]) -> dict[str, int]:
    """How many open states do not lead to ending, to closed, or, without a serious breach, to intact."""
    came_from: list[list[int]] = [[] for _ in leads]
    for start, ends in enumerate(leads):
        for end in ends:
            if end < len(leads):
                came_from[end].append(start)
    goals = {
        "ending": [index for index, (_, ending, _, _) in enumerate(kinds) if ending],
        "closed": [index for index, (is_open, _, _, _) in enumerate(kinds) if not is_open],
        "intact": [index for index, (is_open, _, intact, _) in enumerate(kinds) if is_open and intact],
    }
    missing = {}
    for goal, ends in goals.items():
        reached = bytearray(len(leads))
        stack = list(ends)
        for index in ends:
            reached[index] = 1
        while stack:
            for start in came_from[stack.pop()]:
                if not reached[start]:
                    reached[start] = 1
                    stack.append(start)
        missing[goal] = sum(
            1
            for index, (is_open, _, _, serious) in enumerate(kinds)
            if is_open and not reached[index] and not (goal == "intact" and serious)
        )
    return missing


# Rows and guards that a model leaves out because what they are about does not occur in it.
def left_out(found: Explored) -> tuple[set[str], set[str]]:
    """The rows that did not fire and the guards that never failed alone."""
    rows = {row.id for row in Machine.standard().table.transitions}
    return rows - set(found.fired), {*GUARDS, OFFERED_HERE} - set(found.alone)


def test_no_invariant_breaks_in_the_small_model() -> None:
    """Every state of the small model is well formed, every step keeps the invariants, and ways lead on from all."""
    found = explore(SMALL)
    assert found.unreached == {"ending": 0, "closed": 0, "intact": 0}
    rows, _ = left_out(found)
    # crossings, breaches seen anew, waivers and reopened tasks do not occur in the small model
    assert rows == {"A12", "A13", "B3", "K2", "K3"}
    assert found.states > 1_000
    assert found.steps > 50_000


def test_no_invariant_breaks_beside_exploitation_and_concerns() -> None:
    """Under serious exploitation nothing moves on, and no concern closes but by a review that names it."""
    exploited = explore(EXPLOITED, most=1_500)
    assert exploited.alone["no_serious_exploitation"] > 1_000
    concerned = explore(CONCERNED, most=800)
    assert concerned.states == 800


def test_no_invariant_breaks_on_a_way_on_and_after_a_handover() -> None:
    """A serious breach moves on with both words alone, and a handover is known and moves nothing."""
    going_on = explore(GOING_ON, most=1_000)
    assert going_on.alone["no_serious_breach"]
    assert going_on.fired["B2"]
    handed_over = explore(HANDED_OVER, most=300)
    assert handed_over.states == 300


def test_no_invariant_breaks_in_what_is_agreed() -> None:
    """Nothing is built on a no, and what has to be agreed first was, whatever is said in whatever order."""
    consented = explore(CONSENTING, most=200)
    assert consented.alone["treatment_not_declined"] > 100
    assert consented.alone["consent_to_treatment"]
    shared = explore(attrs.evolve(SHARING, goals=1), (Policy(), DEMANDING), most=400)
    assert shared.alone["goal_shared"]
    assert shared.alone["task_shared"]


def test_no_repair_is_judged_against_the_client_s_word() -> None:
    """Whoever judges, and whatever was done, a repair that the client calls partial or none does not succeed."""
    heard = explore(HEARD, most=500)
    assert heard.alone["client_view_of_repair"] > 30


SLICES = {
    "small": SMALL,
    "stages and tasks": STAGES,
    "alliance and breaches": ALLIANCE,
    "together": TOGETHER,
    "exploitation": EXPLOITED,
    "concerns for safety": CONCERNED,
    "the client's view of a repair": HEARD,
    "a serious breach and its way on": GOING_ON,
    "after a handover": HANDED_OVER,
    "consent and terms": CONSENTING,
    "goals and tasks of therapy": SHARING,
}
POLICIES = {"stages and tasks": (Policy(), STRICT), "goals and tasks of therapy": (Policy(), DEMANDING)}


def judged(name: str, most: int) -> dict[str, Any]:
    """What was counted in a slice, on the table of today."""
    found = explore(SLICES[name], POLICIES.get(name, (Policy(),)), most=most)
    whole = found.states < most
    assert not whole or not any(found.unreached.values()), found.unreached
    rows, guards = left_out(found)
    return {
        "date": date.today().isoformat(),
        "table": Machine.standard().provenance.table,
        "whole": whole,
        "states": found.states,
        "steps": found.steps,
        "seconds": round(found.seconds),
        "states_by_stage": dict(found.by_stage),
        "states_by_alliance_status": dict(found.by_status),
        "open_states_that_do_not_lead_to": found.unreached if whole else "not known",
        "rows_not_fired": sorted(rows),
        "guards_never_alone": sorted(guards),
    }


def main() -> int:
    """Explore slices, print what was counted, and say which rows and guards none of them showed."""
    parser = argparse.ArgumentParser(description="Model checking of the machine")
    parser.add_argument("--save", action="store_true", help="write a dated file; slices of the same day are kept in it")
    parser.add_argument("--slice", action="append", choices=SLICES, help="this slice alone; may be given again")
    parser.add_argument("--most", type=int, default=10**9, help="stop at this many states")
    arguments = parser.parse_args()
    path = RESULTS / f"machine-model-{date.today().isoformat()}.json"
    for name in arguments.slice or SLICES:
        counted = judged(name, arguments.most)
        print(json.dumps({name: counted}, indent=2), flush=True)  # noqa: T201 -- it is a command
        if arguments.save:
            _keep(path, name, counted)
    return 0


def _keep(path: Path, name: str, counted: dict[str, Any]) -> None:
    """Write a slice beside those of the same day and table, with what none of these showed."""
    kept = json.loads(path.read_text("utf-8"))["models"] if path.exists() else {}
    models = {each: kept[each] for each in kept if kept[each].get("table") == counted["table"]} | {name: counted}
    never = (
        set.intersection(*(set(each[what]) for each in models.values()))
        for what in ("rows_not_fired", "guards_never_alone")
    )
    record = {
        "proof": "machine model",
        "python": platform.python_version(),
        "therarel": version("therarel"),
        "models": {each: models[each] for each in SLICES if each in models},
        **dict(zip(("rows_never_fired", "guards_never_alone"), map(sorted, never), strict=True)),
    }
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(record, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
