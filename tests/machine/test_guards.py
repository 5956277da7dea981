"""Each guard: when it holds, when it is the only one that does not, and what it then says."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from tests.agreed import AGREED, between

from therarel.domain import (
    AllianceStatus,
    Breach,
    BreachKind,
    BreachSeverity,
    BreachStatus,
    ClosingReason,
    Consent,
    ConsentDecision,
    ConsentGiver,
    ConsentScope,
    Contributor,
    EpisodeKind,
    Event,
    Goal,
    Party,
    Rater,
    Relationship,
    RepairRoute,
    RepairStep,
    RepairView,
    RepairViews,
    ResolutionStrategy2015,
    RuptureEpisode,
    RuptureSeverity,
    Stage,
    StageTask,
    TherapeuticTask,
    WaivedTask,
    tasks_of,
)
from therarel.domain.events import (
    AdvanceRequested,
    BreachAddressed,
    ClosedAllStagesCompleted,
    RepairSucceeded,
    ReturnedToEarlierStage,
    StageTaskMet,
    StageTaskReopened,
    StageTaskWaived,
    StrainEased,
)
from therarel.machine import Declined, Machine, Policy, Requirement, decide
from therarel.machine.guards import CASES, CONSENT_TO_EXPORT, GUARDS, OFFERED_HERE, Unmet

FORMATION = frozenset(tasks_of(Stage.INITIAL_FORMATION))
ALL_TASKS = frozenset(StageTask)
WORK = frozenset(tasks_of(Stage.WORKING_PHASE))
MATURITY = frozenset(tasks_of(Stage.MATURATION))
FAREWELL = frozenset(tasks_of(Stage.ENDING))
T = StageTask
STRAIN = RuptureEpisode(EpisodeKind.STRAIN)
CULTURE = RuptureEpisode(EpisodeKind.STRAIN, contributors={Contributor.CULTURE})
PARTLY = RuptureEpisode(EpisodeKind.RUPTURE, severity=RuptureSeverity.MINOR, partly_repaired=True)
BOTH = frozenset({Rater.CLIENT, Rater.THERAPIST})
CLARIFY = ResolutionStrategy2015.CLARIFY_MISUNDERSTANDING


def stands(stage: Stage = Stage.INITIAL_FORMATION, /, **fields: Any) -> Relationship:
    """A relationship that stands as told."""
    return attrs.evolve(between("C-1", "T-1"), stage=stage, **fields)


def said(decision: ConsentDecision, /, **fields: Any) -> Relationship:
    """A relationship in which this was said about treatment."""
    consents = (Consent(ConsentScope.TREATMENT, decision, ConsentGiver.CLIENT),)
    return stands(agreements=attrs.evolve(AGREED, consents=consents), **fields)


def strained(stage: Stage = Stage.INITIAL_FORMATION, /, **fields: Any) -> Relationship:
    """A strained relationship."""
    return stands(stage, **{"alliance_status": AllianceStatus.STRAINED, "episode": STRAIN, **fields})


def ruptured(severity: RuptureSeverity, /, **fields: Any) -> Relationship:
    """A ruptured relationship."""
    episode = RuptureEpisode(EpisodeKind.RUPTURE, severity=severity, trust_lost=fields.pop("trust_lost", False))
    return stands(Stage.WORKING_PHASE, alliance_status=AllianceStatus.RUPTURED, episode=episode, **fields)


def repairing(
    severity: RuptureSeverity | None, route: RepairRoute, steps: tuple[Any, ...], /, **episode: Any
) -> Relationship:
    """A relationship in repair."""
    kind = EpisodeKind.STRAIN if severity is None else EpisodeKind.RUPTURE
    origin = AllianceStatus.STRAINED if severity is None else AllianceStatus.RUPTURED
    open_episode = RuptureEpisode(kind, severity=severity, origin=origin, route=route, steps=steps, **episode)
    return stands(Stage.WORKING_PHASE, alliance_status=AllianceStatus.REPAIRING, episode=open_episode)


def breach(severity: BreachSeverity, status: BreachStatus = BreachStatus.ALLEGED, **fields: Any) -> tuple[Breach, ...]:
    """One breach on record."""
    return (Breach("breach-1", BreachKind.OTHER, severity, status, **fields),)


VIOLATION = breach(BreachSeverity.VIOLATION)
SERIOUS = breach(BreachSeverity.SERIOUS, BreachStatus.SUBSTANTIATED, supervised_since=True)
EXPLOITED = (Breach("breach-1", BreachKind.EXPLOITATION, BreachSeverity.SERIOUS, supervised_since=True),)
PROVEN = tuple(attrs.evolve(each, status=BreachStatus.SUBSTANTIATED) for each in EXPLOITED)
SUPERVISED = breach(BreachSeverity.VIOLATION, supervised_since=True)
ENDING = stands(Stage.ENDING, ended_from=Stage.MATURATION, tasks_met=frozenset(StageTask))
WORKED = stands(Stage.WORKING_PHASE, tasks_met=FORMATION | WORK)
IMMEDIATE, EXPLORATORY = RepairRoute.IMMEDIATE, RepairRoute.EXPLORATORY
RECOGNISED = (RepairStep.STRAIN_RECOGNITION,)
INTACT = stands()

# The guard that fails alone, where, at what, and what it then says of value and threshold.
ALONE: list[tuple[str, Relationship, Event, object, object]] = [
    ("formation_complete", stands(tasks_met=FORMATION - {T.CREATING_SAFETY}), AdvanceRequested(), 3, 4),
    ("foundations_hold", attrs.evolve(WORKED, tasks_met=WORK | {T.BUILDING_RAPPORT}), AdvanceRequested(), 1, 4),
    ("working_complete", attrs.evolve(WORKED, tasks_met=FORMATION | {T.WORKING_THROUGH_CHALLENGES}), AdvanceRequested(), 0, 3),
    ("working_complete", attrs.evolve(WORKED, tasks_met=FORMATION | {T.WORKING_THROUGH_CHALLENGES, T.ADDRESSING_RESISTANCE}), AdvanceRequested(), 1, 3),
    ("foundations_hold", attrs.evolve(ENDING, tasks_met=ALL_TASKS - {T.BUILDING_RAPPORT}), ClosedAllStagesCompleted(), 3, 4),
    ("worked_through_once", attrs.evolve(WORKED, tasks_met=FORMATION | (WORK - {T.WORKING_THROUGH_CHALLENGES})), AdvanceRequested(), 0, 1),
    ("status_intact", strained(Stage.WORKING_PHASE, tasks_met=FORMATION | WORK), AdvanceRequested(), "strained", "intact"),
    ("not_in_rupture", strained(tasks_met=FORMATION, episode=PARTLY), AdvanceRequested(), "strained", "intact"),
    ("not_in_rupture", attrs.evolve(ruptured(RuptureSeverity.MINOR), stage=Stage.INITIAL_FORMATION, tasks_met=FORMATION), AdvanceRequested(), "ruptured", "strained"),
    ("not_in_rupture", attrs.evolve(repairing(RuptureSeverity.MINOR, IMMEDIATE, ()), stage=Stage.INITIAL_FORMATION, tasks_met=FORMATION), AdvanceRequested(), "repairing", "strained"),
    ("not_in_rupture", attrs.evolve(repairing(None, IMMEDIATE, ()), stage=Stage.INITIAL_FORMATION, tasks_met=FORMATION), AdvanceRequested(), "repairing", "strained"),
    ("no_open_breach", strained(breaches=VIOLATION), StrainEased(), 1, 0),
    ("no_serious_breach", strained(breaches=SERIOUS), StrainEased(), 1, 0),
    ("no_serious_exploitation", strained(breaches=EXPLOITED), StrainEased(), 1, 0),
    ("no_serious_exploitation", strained(breaches=(attrs.evolve(EXPLOITED[0], status=BreachStatus.SUBSTANTIATED),)), StrainEased(), 1, 0),
    ("maturation_complete", attrs.evolve(ENDING, tasks_met=frozenset(T) - {T.CLIENT_AUTONOMY}), ClosedAllStagesCompleted(), 3, 4),
    ("ending_complete", attrs.evolve(ENDING, tasks_met=frozenset(T) - {T.REVIEWING_PROGRESS}), ClosedAllStagesCompleted(), 2, 3),
    ("from_maturation", attrs.evolve(ENDING, ended_from=Stage.WORKING_PHASE), ClosedAllStagesCompleted(), "working_phase", "maturation"),
    ("return_grounds", attrs.evolve(WORKED), ReturnedToEarlierStage(), 0, 1),
    ("task_in_reach", stands(), StageTaskMet(T.ADDRESSING_RESISTANCE), "initial_formation", "working_phase"),
    ("task_in_reach", stands(tasks_met={T.BUILDING_RAPPORT}), StageTaskMet(T.BUILDING_RAPPORT), True, False),
    ("task_in_reach", stands(Stage.MATURATION), StageTaskMet(T.REVIEWING_PROGRESS), "maturation", "ending"),
    ("task_in_reach", stands(Stage.RE_ENGAGEMENT), StageTaskMet(T.DEEPENING_CONNECTION), "re_engagement", "working_phase"),
    ("task_in_reach", stands(Stage.ENDING, ended_from=Stage.RE_ENGAGEMENT), StageTaskMet(T.DEEPENING_CONNECTION), "re_engagement", "working_phase"),
    ("task_prerequisites", stands(), StageTaskMet(T.ESTABLISHING_TRUST), None, None),
    ("task_not_blocked", ruptured(RuptureSeverity.MINOR), StageTaskMet(T.BUILDING_RAPPORT), "ruptured", "repairing"),
    ("task_not_blocked", strained(breaches=VIOLATION), StageTaskMet(T.CREATING_SAFETY), True, False),
    ("task_not_blocked", strained(breaches=SERIOUS), StageTaskMet(T.CREATING_SAFETY), True, False),
    ("task_not_blocked", strained(episode=attrs.evolve(PARTLY, severity=RuptureSeverity.MAJOR), tasks_met={T.BUILDING_RAPPORT}), StageTaskMet(T.ESTABLISHING_TRUST), "major", "moderate"),
    ("task_not_blocked", strained(episode=attrs.evolve(PARTLY, trust_lost=True), tasks_met={T.BUILDING_RAPPORT}), StageTaskMet(T.ESTABLISHING_TRUST), True, False),
    ("challenge_on_record", stands(Stage.WORKING_PHASE), StageTaskMet(T.WORKING_THROUGH_CHALLENGES), 0, 1),
    ("waivable", stands(), StageTaskWaived(T.BUILDING_RAPPORT, "x"), "building_rapport", None),
    ("task_not_waived", stands(Stage.WORKING_PHASE, tasks_waived=(WaivedTask(T.ADDRESSING_RESISTANCE, "x"),)), StageTaskWaived(T.ADDRESSING_RESISTANCE, "y"), True, False),
    ("task_is_met_or_waived", stands(), StageTaskReopened(T.BUILDING_RAPPORT), False, True),
    ("no_open_rupture", strained(episode=PARTLY), StrainEased(), True, False),
    ("culture_acknowledged", strained(episode=CULTURE), StrainEased(), False, True),
    ("steps_sufficient", repairing(RuptureSeverity.MODERATE, EXPLORATORY, RECOGNISED), RepairSucceeded(BOTH), 1, 2),
    ("steps_sufficient", repairing(RuptureSeverity.MAJOR, IMMEDIATE, (CLARIFY,)), RepairSucceeded(BOTH), "immediate", "exploratory"),
    ("steps_sufficient", repairing(None, IMMEDIATE, (RepairStep.STRAIN_RECOGNITION,)), RepairSucceeded(BOTH), 0, 1),
    ("steps_sufficient", repairing(None, EXPLORATORY, (RepairStep.EXPLORING_RUPTURE,)), RepairSucceeded(BOTH), False, True),
    ("judged_by_someone", repairing(None, IMMEDIATE, (CLARIFY,)), RepairSucceeded(), 0, 1),
    ("breach_is_open", stands(), BreachAddressed("breach-1", True), False, True),
    ("client_view_of_repair", repairing(RuptureSeverity.MODERATE, EXPLORATORY, tuple(RepairStep)), RepairSucceeded({Rater.THERAPIST}), "not_asked", "repaired"),
    ("client_view_of_repair", repairing(None, IMMEDIATE, (CLARIFY,), repair_views=RepairViews(RepairView.NOT_REPAIRED)), RepairSucceeded(BOTH), "not_repaired", "repaired"),
    ("client_view_of_repair", repairing(None, IMMEDIATE, (CLARIFY,), repair_views=RepairViews(RepairView.PARTLY_REPAIRED)), RepairSucceeded(BOTH), "partly_repaired", "repaired"),
    ("breach_is_open", stands(breaches=breach(BreachSeverity.VIOLATION, is_open=False)), BreachAddressed("breach-1", True), False, True),
    ("breach_supervised_since", strained(breaches=VIOLATION), BreachAddressed("breach-1", True), False, True),
    ("client_informed_or_reason", strained(breaches=SUPERVISED), BreachAddressed("breach-1", False), False, True),
    ("not_a_serious_breach", strained(breaches=SERIOUS), BreachAddressed("breach-1", True), "serious", None),
    ("not_a_serious_breach", strained(breaches=PROVEN), BreachAddressed("breach-1", True), "serious", None),
    ("not_a_serious_breach", strained(breaches=EXPLOITED), BreachAddressed("breach-1", True), "serious", None),
    ("task_prerequisites", stands(Stage.WORKING_PHASE, tasks_met={T.ESTABLISHING_TRUST}), StageTaskMet(T.PROCESSING_DIFFICULT_EMOTIONS), None, None),
    ("treatment_not_declined", said(ConsentDecision.WITHDRAWN, tasks_met=FORMATION), AdvanceRequested(), "withdrawn", "given"),
    ("treatment_not_declined", said(ConsentDecision.REFUSED), StageTaskMet(T.ESTABLISHING_TRUST), "refused", "given"),
    ("treatment_not_declined", said(ConsentDecision.WITHDRAWN), StageTaskWaived(T.ADDRESSING_RESISTANCE, "x"), "withdrawn", "given"),
    ("consent_to_treatment", stands(agreements=attrs.evolve(AGREED, consents=())), StageTaskMet(T.SETTING_EXPECTATIONS), None, "given"),
    ("consent_to_treatment", stands(Stage.RE_ENGAGEMENT, agreements=attrs.evolve(AGREED, consents=())), StageTaskMet(T.SETTING_EXPECTATIONS), None, "given"),
    ("consent_to_treatment", stands(agreements=attrs.evolve(AGREED, consents=(), kept_from_start=False)), StageTaskMet(T.SETTING_EXPECTATIONS), None, "given"),
    *((guard, stands(stage, agreements=attrs.evolve(AGREED, terms_explained=())), StageTaskMet(task), False, True)
      for guard, task in (("guidelines_explained", T.SETTING_EXPECTATIONS), ("confidentiality_limits_explained", T.CREATING_SAFETY))
      for stage in (Stage.INITIAL_FORMATION, Stage.RE_ENGAGEMENT)),
    ("goal_shared", stands(agreements=attrs.evolve(AGREED, goals=())), StageTaskMet(T.SETTING_EXPECTATIONS), 0, 1),
    ("goal_shared", stands(agreements=attrs.evolve(AGREED, goals=(Goal(goal_id="sleep", agreed_by={Party.CLIENT}),))), StageTaskMet(T.SETTING_EXPECTATIONS), 0, 1),
    ("task_shared", stands(agreements=attrs.evolve(AGREED, tasks=())), StageTaskMet(T.SETTING_EXPECTATIONS), 0, 1),
    ("task_shared", stands(agreements=attrs.evolve(AGREED, tasks=(TherapeuticTask(task_id="diary", agreed_by=set(Party)),))), StageTaskMet(T.SETTING_EXPECTATIONS), 0, 1),
    (OFFERED_HERE, stands(Stage.MATURATION), AdvanceRequested(), "maturation", "initial formation, working phase, re-engagement"),
    (OFFERED_HERE, stands(Stage.CLOSED, closed_reason=ClosingReason.AGREED), StrainEased(), "closed", "initial formation, working phase, maturation, re-engagement, ending"),
    (OFFERED_HERE, stands(Stage.CLOSED, closed_reason=ClosingReason.CLIENT_DIED), StrainEased(), "closed", "initial formation, working phase, maturation, re-engagement, ending"),
]  # fmt: skip
DEMANDING = Machine.standard().with_policy(
    Policy(
        difficulty_before_maturation=Requirement.REQUIRED,
        shared_goal=Requirement.REQUIRED,
        shared_task=Requirement.REQUIRED,
    )
)
STRICT = Policy(strain_eased_before_working_phase=Requirement.REQUIRED)


@pytest.mark.parametrize(
    ("guard", "relationship", "event", "value", "threshold"),
    ALONE,
    ids=[f"{case[0]}-{i}" for i, case in enumerate(ALONE)],
)
def test_a_guard_that_fails_alone_is_the_only_one_named(
    guard: str, relationship: Relationship, event: Event, value: object, threshold: object
) -> None:
    """The answer names the guard, what stands and what is needed, in sentences, and nothing else."""
    decision = decide(relationship, event, machine=DEMANDING)
    assert isinstance(decision, Declined)
    assert [name for name, _ in decision.unmet] == [guard]
    failed = decision.failing[0]
    assert (failed.value, failed.threshold) == (value, threshold)
    for sentence in (failed.question, failed.sentence, failed.would_change):
        assert sentence.endswith((".", "?"))
        assert "{" not in sentence
        assert not sentence[0].islower()


def test_every_guard_fails_alone_somewhere() -> None:
    """The cases above cover all guards but the one that only a strict policy lets decline."""
    assert {case[0] for case in ALONE} == {*GUARDS, OFFERED_HERE} - {"strain_allows_advance"}


def test_every_case_of_a_guard_is_told() -> None:
    """Each way of not holding that has a sentence of its own occurs, and each that occurs has its sentence; what leaves is asked apart."""
    told = {(name, unmet.case) for _, where, what, _, _ in ALONE for name, unmet in _unmet(where, what) if unmet.case}
    # a table of one's own may ask the one where nothing is open, and offer a judgement nowhere
    told |= {("steps_sufficient", "nothing"), (OFFERED_HERE, "nowhere"), (CONSENT_TO_EXPORT, "declined")}
    texts = Machine.standard().texts.guards
    assert told == {(name, case) for name, text in texts.items() for case in text.cases}
    assert told == {(name, case) for name, cases in CASES.items() for case in cases}


def _unmet(relationship: Relationship, event: Event) -> tuple[tuple[str, Any], ...]:
    decision = decide(relationship, event, machine=DEMANDING)
    assert isinstance(decision, Declined)
    return decision.unmet


def test_a_strict_policy_stops_at_a_mere_strain() -> None:
    """Under such a policy a strain alone keeps the pair from the working phase; by default it does not."""
    relationship = strained(tasks_met=FORMATION)
    assert decide(relationship, AdvanceRequested())
    decision = decide(relationship, AdvanceRequested(), machine=Machine.standard().with_policy(STRICT))
    assert isinstance(decision, Declined)
    assert [name for name, _ in decision.unmet] == ["strain_allows_advance"]
    assert (decision.failing[0].value, decision.failing[0].threshold) == ("strained", "intact")
    assert decide(stands(tasks_met=FORMATION), AdvanceRequested(), machine=Machine.standard().with_policy(STRICT))


def test_a_strict_policy_leaves_ruptures_to_their_own_guard() -> None:
    """A partly repaired rupture is named as a rupture and not a second time as a strain."""
    relationship = strained(tasks_met=FORMATION, episode=PARTLY)
    decision = decide(relationship, AdvanceRequested(), machine=Machine.standard().with_policy(STRICT))
    assert isinstance(decision, Declined)
    assert [name for name, _ in decision.unmet] == ["not_in_rupture"]


def test_all_failing_guards_are_named_in_the_order_of_the_table() -> None:
    """Nothing is held back: every guard that fails stands in the answer."""
    relationship = attrs.evolve(ruptured(RuptureSeverity.MAJOR), breaches=(*VIOLATION,))
    decision = decide(relationship, AdvanceRequested(), machine=DEMANDING)
    assert isinstance(decision, Declined)
    assert [name for name, _ in decision.unmet] == [
        "foundations_hold", "working_complete", "worked_through_once", "status_intact", "no_open_breach"
    ]  # fmt: skip


# What holds: the same judgements, one step further.
HOLD: list[tuple[Relationship, Event]] = [
    (stands(tasks_met=FORMATION), AdvanceRequested()),
    (stands(Stage.RE_ENGAGEMENT, tasks_met=FORMATION), AdvanceRequested()),
    (strained(tasks_met=FORMATION), AdvanceRequested()),
    (stands(tasks_met=FORMATION, breaches=breach(BreachSeverity.CROSSING)), AdvanceRequested()),
    (WORKED, AdvanceRequested()),
    (attrs.evolve(WORKED, tasks_met=FORMATION | (WORK - {T.WORKING_THROUGH_CHALLENGES}), rupture_repaired=True), AdvanceRequested()),
    (attrs.evolve(WORKED, tasks_met=FORMATION | (WORK - {T.ADDRESSING_RESISTANCE}), tasks_waived=(WaivedTask(T.ADDRESSING_RESISTANCE, "x"),)), AdvanceRequested()),
    (ENDING, ClosedAllStagesCompleted()),
    (attrs.evolve(ENDING, alliance_status=AllianceStatus.STRAINED, episode=STRAIN), ClosedAllStagesCompleted()),
    (attrs.evolve(WORKED, tasks_met=(FORMATION | WORK) - {T.ESTABLISHING_TRUST}), ReturnedToEarlierStage()),
    (attrs.evolve(WORKED, tasks_met=(FORMATION | WORK) - {T.CREATING_SAFETY}), ReturnedToEarlierStage()),
    (ruptured(RuptureSeverity.MINOR, tasks_met=FORMATION | WORK), ReturnedToEarlierStage()),
    (strained(Stage.WORKING_PHASE, tasks_met=FORMATION | WORK, breaches=VIOLATION), ReturnedToEarlierStage()),
    (stands(Stage.RE_ENGAGEMENT), ReturnedToEarlierStage()),
    (stands(Stage.RE_ENGAGEMENT), StageTaskMet(T.BUILDING_RAPPORT)),
    (stands(Stage.MATURATION), StageTaskMet(T.DEEPENING_CONNECTION)),
    (stands(Stage.MATURATION, tasks_met={T.DEEPENING_CONNECTION}), StageTaskMet(T.INCREASED_DEPTH)),
    (stands(Stage.ENDING, ended_from=Stage.WORKING_PHASE), StageTaskMet(T.DEEPENING_CONNECTION)),
    (stands(Stage.ENDING, ended_from=Stage.WORKING_PHASE), StageTaskMet(T.REVIEWING_PROGRESS)),
    (ruptured(RuptureSeverity.MAJOR), StageTaskMet(T.SETTING_EXPECTATIONS)),
    (repairing(RuptureSeverity.MINOR, IMMEDIATE, ()), StageTaskMet(T.BUILDING_RAPPORT)),
    (repairing(RuptureSeverity.MAJOR, EXPLORATORY, ()), StageTaskMet(T.CREATING_SAFETY)),
    (strained(tasks_met={T.BUILDING_RAPPORT}), StageTaskMet(T.ESTABLISHING_TRUST)),
    (strained(breaches=VIOLATION), StageTaskMet(T.SETTING_EXPECTATIONS)),
    (stands(breaches=breach(BreachSeverity.CROSSING)), StageTaskMet(T.CREATING_SAFETY)),
    (stands(Stage.WORKING_PHASE, challenge_faced=True), StageTaskMet(T.WORKING_THROUGH_CHALLENGES)),
    (stands(Stage.WORKING_PHASE, rupture_repaired=True), StageTaskMet(T.WORKING_THROUGH_CHALLENGES)),
    (stands(Stage.WORKING_PHASE, tasks_waived=(WaivedTask(T.ADDRESSING_RESISTANCE, "x"),)), StageTaskMet(T.ADDRESSING_RESISTANCE)),
    (stands(Stage.WORKING_PHASE), StageTaskWaived(T.ADDRESSING_RESISTANCE, "x")),
    (stands(Stage.WORKING_PHASE, tasks_waived=(WaivedTask(T.ADDRESSING_RESISTANCE, "x"),)), StageTaskReopened(T.ADDRESSING_RESISTANCE)),
    (stands(tasks_met={T.BUILDING_RAPPORT}), StageTaskReopened(T.BUILDING_RAPPORT)),
    (strained(), StrainEased()),
    (strained(episode=attrs.evolve(CULTURE, acknowledged=True)), StrainEased()),
    (strained(episode=RuptureEpisode(EpisodeKind.STRAIN, contributors={Contributor.SETTING})), StrainEased()),
    (repairing(None, IMMEDIATE, (CLARIFY,)), RepairSucceeded({Rater.OBSERVER})),
    (repairing(None, EXPLORATORY, RECOGNISED), RepairSucceeded(BOTH)),
    (repairing(RuptureSeverity.MINOR, EXPLORATORY, RECOGNISED), RepairSucceeded(BOTH)),
    (repairing(RuptureSeverity.MODERATE, IMMEDIATE, (ResolutionStrategy2015.CHANGE_TASKS_OR_GOALS,)), RepairSucceeded(BOTH)),
    (repairing(RuptureSeverity.MODERATE, IMMEDIATE, (ResolutionStrategy2015.ILLUSTRATE_TASKS_OR_PROVIDE_RATIONALE,)), RepairSucceeded(BOTH)),
    (repairing(RuptureSeverity.MODERATE, EXPLORATORY, (RepairStep.EMERGENCE_OF_NEED, *RECOGNISED)), RepairSucceeded(BOTH)),
    (repairing(RuptureSeverity.MAJOR, EXPLORATORY, tuple(RepairStep)), RepairSucceeded(BOTH)),
    (strained(breaches=SUPERVISED), BreachAddressed("breach-1", True)),
    (strained(breaches=SUPERVISED), BreachAddressed("breach-1", False, "not safe to tell")),
    (stands(Stage.CLOSED, closed_reason=ClosingReason.AGREED, breaches=SUPERVISED), BreachAddressed("breach-1", True)),
]  # fmt: skip


@pytest.mark.parametrize(("relationship", "event"), HOLD)
def test_a_judgement_whose_guards_hold_is_accepted(relationship: Relationship, event: Event) -> None:
    """Where every condition holds the judgement is accepted."""
    assert decide(relationship, event)


@pytest.mark.parametrize(
    ("severity", "count"),
    [(None, 1), (RuptureSeverity.MINOR, 1), (RuptureSeverity.MODERATE, 2), (RuptureSeverity.MAJOR, 4)],
)
def test_exploratory_repair_needs_as_many_different_steps_as_the_policy_says(
    severity: RuptureSeverity | None, count: int
) -> None:
    """Repeating a step does not count twice, and strategies of another kind do not count as steps."""
    enough = tuple(RepairStep)[:count]
    assert decide(repairing(severity, EXPLORATORY, (*enough, *enough, CLARIFY)), RepairSucceeded(BOTH))
    fewer = repairing(severity, EXPLORATORY, (*enough[:-1], *enough[:-1], CLARIFY))
    decision = decide(fewer, RepairSucceeded(BOTH))
    assert isinstance(decision, Declined)
    assert decision.unmet[0][1].value == count - 1
    assert decision.unmet[0][1].threshold == count


def test_other_strategies_do_not_make_an_immediate_repair() -> None:
    """The immediate route rests on clarifying, changing the work or giving a rationale, and on nothing else."""
    counting = {
        strategy
        for strategy in ResolutionStrategy2015
        if decide(repairing(None, IMMEDIATE, (strategy,)), RepairSucceeded(BOTH))
    }
    assert counting == {
        CLARIFY,
        ResolutionStrategy2015.CHANGE_TASKS_OR_GOALS,
        ResolutionStrategy2015.ILLUSTRATE_TASKS_OR_PROVIDE_RATIONALE,
    }


@pytest.mark.parametrize("contributor", Contributor)
def test_only_culture_and_power_need_an_acknowledgement(contributor: Contributor) -> None:
    """Other contributors are worked on like anything else."""
    relationship = strained(episode=RuptureEpisode(EpisodeKind.STRAIN, contributors={contributor}))
    owed = contributor in (Contributor.CULTURE, Contributor.POWER)
    assert bool(decide(relationship, StrainEased())) is not owed


def test_a_serious_breach_is_named_once() -> None:
    """A substantiated serious breach is named by its own guard and not as one that could be settled."""
    unmet = dict(
        _unmet(
            strained(breaches=(*SERIOUS, Breach("other", BreachKind.CONTACT, BreachSeverity.VIOLATION))), StrainEased()
        )
    )
    assert unmet["no_serious_breach"].about == ("breach-1",)
    assert unmet["no_open_breach"].about == ("other",)


def test_steps_are_asked_for_only_where_something_is_open() -> None:
    """Asked where nothing is open, the guard says that there is nothing to repair."""
    unmet = GUARDS["steps_sufficient"](INTACT, RepairSucceeded(BOTH), Policy())
    assert unmet == Unmet(False, True, case="nothing")


# What is said in each of the cases above, in their order.
SENTENCES = [
    'Not met: creating safety. 3 of 4 are met.',
    'Not met now: establishing trust, setting expectations, creating safety. 1 of 4 tasks of initial formation are met.',
    'Not met: deepening connection, addressing resistance, processing difficult emotions. 0 of 3 are met or waived.',
    'Not met: deepening connection, processing difficult emotions. 1 of 3 are met or waived.',
    'Not met now: building rapport. 3 of 4 tasks of initial formation are met.',
    'Neither is working through challenges met, nor was a rupture repaired in this course.',
    'The alliance is strained.',
    'A rupture is only partly repaired and still open.',
    'A rupture is open.',
    'A rupture is open and its repair is under way.',
    'The repair of a strain is under way.',
    'Open: other, violation, alleged, breach-1.',
    'Serious and substantiated: other, serious, substantiated, breach-1.',
    'Serious exploitation is alleged (breach-1), and nobody independent has looked at it yet.',
    'Serious exploitation is substantiated (breach-1). The work does not go on with this therapist.',
    'Not met: client autonomy. 3 of 4 are met.',
    'Not met: reviewing progress. 2 of 3 tasks of the ending are met.',
    'The ending was planned from working phase.',
    'No rupture and no breach graver than a crossing is open, and trust and safety are met.',
    'Addressing resistance belongs to working phase; the relationship is in initial formation.',
    'Building rapport is met already.',
    'Reviewing progress is a task of the ending, and no ending is planned.',
    'Deepening connection belongs to working phase; the relationship is in re-engagement.',
    'Deepening connection belongs to working phase; the ending was planned from re-engagement.',
    'To be met first: building rapport.',
    'The alliance is ruptured, and building rapport waits until a repair is under way.',
    'A breach is open, and creating safety waits until it is settled.',
    'A serious breach is substantiated, and creating safety cannot be judged met.',
    'A major rupture is open, and establishing trust waits until it is repaired.',
    'The open rupture cost establishing trust, which waits until it is repaired.',
    'No challenge is on record, and no rupture was repaired in this course.',
    'Building rapport belongs to every course. What may be waived: addressing resistance.',
    'Addressing resistance is waived already.',
    'Building rapport is neither met nor waived.',
    'A rupture is partly repaired and still open; it does not pass as a strain does.',
    "What contributed is on record (culture). That it was acknowledged, with the client's view invited, is not.",
    'Different steps of exploration on record in this repair: 1 of 2. Not taken yet: exploring rupture, exploring avoidance, emergence of need.',
    'The rupture is seen as major, and the route is immediate.',
    'No act of immediate repair is on record in this repair. What counts: clarify misunderstanding, change tasks or goals, illustrate tasks or provide rationale.',
    'The strain itself was not recognised among the steps of this repair.',
    'Nobody is named in whose view the episode is repaired.',
    'No breach of the name breach-1 is on record.',
    "The client's view of this repair is not on record. What is missing is the word of the client.",
    "By the latest view that the client gave, it is not repaired.",
    "By the latest view that the client gave, it is partly repaired.",
    'The breach is closed: other, violation, alleged, breach-1.',
    'No supervision or independent consultation that counts for it is on record since it was recorded, opened again or seen as graver: other, violation, alleged, breach-1.',
    'The client was not informed, and no reason is given.',
    'It is a serious breach and substantiated: other, serious, substantiated, breach-1.',
    'It is substantiated serious exploitation: exploitation, serious, substantiated, breach-1.',
    'It is alleged serious exploitation, and nobody independent has looked at it yet: exploitation, serious, alleged, breach-1.',
    'To be met first, and to hold now: creating safety.',
    'Consent to treatment was withdrawn (by the client). No task and no advance is offered.',
    'Consent to treatment was refused (by the client). No task and no advance is offered.',
    'Consent to treatment was withdrawn (by the client). No task and no advance is offered.',
    'Consent to treatment is not on record. What is missing is the word of the client, or of whoever decides for the client.',
    'Since the closing, consent to treatment is not on record. What is missing is the word of the client, or of whoever decides for the client.',
    'Consent to treatment is not on record; the course began before agreements could be recorded, and nothing is known of what was agreed then.',
    'That the guidelines of the profession were explained to the client is not on record. What is missing is the word of the therapist.',
    'That the guidelines of the profession were explained to the client since the closing is not on record. What is missing is the word of the therapist.',
    'That the limits of confidentiality were explained to the client is not on record. What is missing is the word of the therapist.',
    'That the limits of confidentiality were explained to the client since the closing is not on record. What is missing is the word of the therapist.',
    'No goal is on record. What is missing is the word of both, the client and the therapist.',
    'No goal is agreed by both: sleep, pursued, not agreed by the therapist.',
    'No task of therapy is on record. What is missing is the word of both, the client and the therapist.',
    'No task of therapy is shared by both: diary, its reason is not shared.',
    'It is offered in: initial formation, working phase, re-engagement. The relationship is in: maturation.',
    'The course is closed.',
    'The course closed because the client died.',
]  # fmt: skip


@pytest.mark.parametrize(("case", "sentence"), list(zip(ALONE, SENTENCES, strict=True)))
def test_a_guard_says_what_stands_and_what_it_is_about(
    case: tuple[str, Relationship, Event, object, object], sentence: str
) -> None:
    """The whole sentence, as a clinician reads it, and the same as data."""
    decision = decide(case[1], case[2], machine=DEMANDING)
    assert isinstance(decision, Declined)
    failed = decision.failing[0]
    assert failed.sentence == sentence
    data = failed.to_data()
    assert (data["value"], data["threshold"], data["about"]) == (case[3], case[4], [str(each) for each in failed.about])
    assert [type(data[name]) for name in ("value", "threshold")] == [_plain_type(each) for each in case[3:]]


def _plain_type(value: object) -> type:
    return str if isinstance(value, str) else type(value)


@pytest.mark.parametrize(
    ("guard", "tasks"),
    [
        ("formation_complete", FORMATION),
        ("foundations_hold", FORMATION),
        ("working_complete", WORK - {T.WORKING_THROUGH_CHALLENGES}),
        ("maturation_complete", MATURITY),
        ("ending_complete", FAREWELL),
    ],
)
def test_the_tasks_of_a_stage_are_enough_by_themselves(guard: str, tasks: frozenset[StageTask]) -> None:
    """A stage is complete with its own tasks met, whatever was met of the others."""
    assert GUARDS[guard](attrs.evolve(ENDING, tasks_met=tasks), ClosedAllStagesCompleted(), Policy()) is None


def test_a_waived_task_is_enough_together_with_the_others() -> None:
    """The tasks of the working phase, one of them waived, are enough by themselves."""
    now = stands(
        Stage.WORKING_PHASE,
        tasks_met=WORK - {T.WORKING_THROUGH_CHALLENGES, T.ADDRESSING_RESISTANCE},
        tasks_waived=(WaivedTask(T.ADDRESSING_RESISTANCE, "none was met"),),
    )
    assert GUARDS["working_complete"](now, AdvanceRequested(), Policy()) is None


OVER = stands(Stage.CLOSED, closed_reason=ClosingReason.AGREED, ended_from=Stage.WORKING_PHASE)
# What guards find where the table of the library does not ask them, or does not ask them alone.
FOUND: list[tuple[str, Relationship, Event, Unmet]] = [
    ("task_in_reach", OVER, StageTaskMet(T.DEEPENING_CONNECTION), Unmet(Stage.CLOSED, Stage.WORKING_PHASE, (T.DEEPENING_CONNECTION,), "later")),
    ("challenge_on_record", INTACT, StageTaskMet(T.WORKING_THROUGH_CHALLENGES), Unmet(0, 1, (T.WORKING_THROUGH_CHALLENGES,))),
]  # fmt: skip


@pytest.mark.parametrize(("guard", "relationship", "event", "unmet"), FOUND)
def test_a_guard_tells_what_it_found_wherever_it_is_asked(
    guard: str, relationship: Relationship, event: Event, unmet: Unmet
) -> None:
    """A table of one's own may ask a guard where this one does not: value, threshold and what it is about are told."""
    assert GUARDS[guard](relationship, event, Policy()) == unmet
