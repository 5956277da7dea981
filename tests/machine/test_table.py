"""The shipped table: sound, complete, and in agreement with the domain."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import attrs
import pytest

from therarel.domain import (
    GROWTH_STAGES,
    AllianceStatus,
    ClosingReason,
    Event,
    Relationship,
    Stage,
    StageTask,
    events,
    tasks_of,
)
from therarel.machine import (
    FactRow,
    FindingKind,
    Machine,
    Policy,
    RegionName,
    Requirement,
    Transition,
    TransitionTable,
    check,
    decide,
    why_not,
)
from therarel.machine.conditions import CONDITIONS
from therarel.machine.effects import EFFECTS
from therarel.machine.guards import CONSENT_TO_EXPORT, GUARDS, OFFERED_HERE, TASKS_READ
from therarel.machine.remarks import REMARK_RULES
from therarel.machine.specimens import events_about, specimens

MACHINE = Machine.standard()
TABLE = MACHINE.table
ROWS = {row.id: row for row in TABLE.transitions}


def test_nothing_is_wrong_with_the_shipped_table() -> None:
    """The self-check of the library finds nothing in its own table."""
    assert check(TABLE) == ()


def test_the_table_has_thirty_transitions_and_thirty_seven_guards() -> None:
    """The counts of the statechart stand, the guard that is never written included."""
    assert len(ROWS) == len(TABLE.transitions) == 30
    assert {guard for row in ROWS.values() for guard in row.guards} == set(GUARDS)
    assert len(GUARDS) + 1 == 37
    assert Counter(row.region for row in ROWS.values()) == {
        RegionName.STAGE: 11, RegionName.TASKS: 3, RegionName.ALLIANCE_STATUS: 13, RegionName.BREACHES: 3
    }  # fmt: skip


def test_everything_that_code_offers_is_used_and_has_a_sentence() -> None:
    """No guard, condition, effect or remark is dead code, and none is silent."""
    rows: list[Transition | FactRow] = [*TABLE.transitions, *TABLE.facts]
    assert {row.effect for row in rows} - {None} == set(EFFECTS) == set(MACHINE.texts.effects)
    assert {row.when for row in TABLE.transitions} - {None} == set(CONDITIONS) == set(MACHINE.texts.conditions)
    assert {name for row in rows for name in row.remarks} == set(REMARK_RULES)
    assert set(MACHINE.texts.guards) == {*GUARDS, OFFERED_HERE, CONSENT_TO_EXPORT}


def test_every_fact_and_every_judgement_has_its_place() -> None:
    """Each fact stands once among the facts; each judgement has a row and no fact has a guard."""
    facts, judgements = ({kind.__name__ for kind in kinds} for kinds in (events.FACTS, events.JUDGEMENTS))
    assert [row.event for row in TABLE.facts] == [kind.__name__ for kind in events.FACTS]
    assert {row.event for row in ROWS.values()} >= judgements
    assert not [row.id for row in ROWS.values() if row.event in facts and row.guards]
    assert all(row.worded_reason(MACHINE.texts) for row in ROWS.values())


def test_growth_moves_by_one_rank_at_most() -> None:
    """No row leads past a stage of growth, forwards or backwards."""
    ranks = {stage.value: stage.rank for stage in GROWTH_STAGES}
    steps = [
        (ranks[start], ranks[row.to])
        for row in ROWS.values()
        for start in row.during
        if start in ranks and row.to in ranks
    ]
    assert steps
    assert all(abs(one - other) <= 1 for one, other in steps if one is not None and other is not None)


def test_a_row_moves_one_region() -> None:
    """Rows of tasks and breaches move none, and what they reopen are tasks of the document."""
    for row in ROWS.values():
        assert (row.to is not None) == (row.region in (RegionName.STAGE, RegionName.ALLIANCE_STATUS)), row.id
        assert len(set(row.reopens)) == len(row.reopens)


DEMANDING = Policy(difficulty_before_maturation=Requirement.REQUIRED)


@pytest.mark.parametrize("guard", sorted(TASKS_READ))
def test_a_guard_reads_the_tasks_it_is_said_to_read(guard: str) -> None:
    """Whether a task is met changes the answer of a guard exactly if the guard is listed with it."""
    complete = Relationship.between("C-1", "T-1")
    complete = attrs.evolve(complete, tasks_met=frozenset(StageTask))
    for task in StageTask:
        without = attrs.evolve(complete, tasks_met=frozenset(StageTask) - {task})
        unmet = GUARDS[guard](without, events.AdvanceRequested(), DEMANDING)
        assert (unmet is not None) == (task in TASKS_READ[guard]), task
        if unmet is not None:
            assert task in unmet.about


def test_guards_that_name_no_tasks_read_none() -> None:
    """A guard of a stage that is not listed with tasks answers alike whatever is met."""
    nothing, everything = (
        attrs.evolve(Relationship.between("C-1", "T-1"), tasks_met=tasks) for tasks in ((), tuple(StageTask))
    )
    staged = {guard for row in ROWS.values() if row.event == "AdvanceRequested" for guard in row.guards}
    for guard in staged - set(TASKS_READ):
        answers = [GUARDS[guard](each, events.AdvanceRequested(), Policy()) for each in (nothing, everything)]
        assert answers[0] == answers[1], guard


def test_entering_a_stage_newly_reads_the_tasks_of_the_stage_before() -> None:
    """Working phase rests on formation; maturation on the tasks of the working phase, one of them waivable."""
    into = {stage: [row for row in ROWS.values() if row.to == stage] for stage in GROWTH_STAGES[1:]}
    for before, stage in pairwise(GROWTH_STAGES):
        entered = [row for row in into[stage] if row.event == "AdvanceRequested"]
        read = {task for row in entered for guard in row.guards for task in TASKS_READ.get(guard, ())}
        known = {task for earlier in GROWTH_STAGES[: GROWTH_STAGES.index(before)] for task in tasks_of(earlier)}
        assert read - known == set(tasks_of(before))
    assert [task for task in StageTask if task.is_waivable] == [StageTask.ADDRESSING_RESISTANCE]


def test_prerequisites_stand_in_the_domain_alone() -> None:
    """The guard asks for exactly what the domain says comes first, and the table repeats none of it."""
    base = Relationship.between("C-1", "T-1")
    for task in StageTask:
        unmet = GUARDS["task_prerequisites"](base, events.StageTaskMet(task), Policy())
        assert set(unmet.about if unmet else ()) == task.prerequisites
        met = attrs.evolve(base, tasks_met=task.prerequisites)
        assert GUARDS["task_prerequisites"](met, events.StageTaskMet(task), Policy()) is None


def test_a_row_is_found_by_its_name() -> None:
    """A misspelt name of a row raises with the nearest one."""
    assert MACHINE.transition("S2").to == Stage.MATURATION
    with pytest.raises(LookupError, match="did you mean 'A9'"):
        MACHINE.transition("A99")


def test_a_machine_cannot_be_changed() -> None:
    """Whoever holds a machine can rely on it."""
    with pytest.raises(AttributeError, match="frozen"):
        MACHINE.policy = Policy()
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        ROWS["S1"].to = "maturation"  # type: ignore[misc]
    assert Machine.standard() is MACHINE


def test_two_rows_never_answer_at_once() -> None:
    """In no specimen does an event find two rows whose conditions hold."""
    about: dict[object, tuple[Event, ...]] = {}
    for each in list(specimens())[::23]:
        for event in about.setdefault(each.breaches, tuple(events_about(each))):
            steps = MACHINE.steps(each.stage, each.alliance_status, type(event)) or ()
            answering = [step for step in steps if step.transition and (not step.when or step.when(each, event))]
            assert len(answering) <= 1


def test_a_judgement_says_where_it_is_offered() -> None:
    """The answer to a judgement without a row names the states that have one."""
    region, states = MACHINE.offered(events.RepairSucceeded)
    assert (region, states) == (RegionName.ALLIANCE_STATUS, (AllianceStatus.REPAIRING,))
    assert MACHINE.offered(events.AdvanceRequested)[1] == ("initial_formation", "working_phase", "re_engagement")
    decision = decide(Relationship.between("C-1", "T-1"), events.RepairSucceeded())
    assert not decision
    assert decision.explain().failing[0].value is AllianceStatus.INTACT


def test_a_table_without_a_judgement_offers_it_nowhere() -> None:
    """A school of therapy may do without a judgement; it is then declined everywhere, and says so."""
    rows = tuple(row for row in TABLE.transitions if row.event != "StageTaskWaived")
    machine = Machine(attrs.evolve(TABLE, transitions=rows))
    event = events.StageTaskWaived(StageTask.ADDRESSING_RESISTANCE, "none was met")
    decision = decide(Relationship.between("C-1", "T-1"), event, machine=machine)
    failed = decision.explain().failing[0]
    assert failed.sentence == "By the table in force it is offered in no state."
    assert failed.would_change == "Another table may offer it."
    assert (failed.value, failed.threshold) == ("initial_formation", None)


def test_an_answer_names_states_of_one_region() -> None:
    """Where the alliance stands still, the stages in which it moves are named; elsewhere the states of the alliance."""
    start = Relationship.between("C-1", "T-1")
    closed = decide(start, events.Closed(ClosingReason.AGREED)).relationship
    for judgement in (events.StrainEased(), events.RepairSucceeded()):
        (failed,) = why_not(closed, judgement).failing
        assert (failed.value, failed.threshold) == (
            Stage.CLOSED,
            "initial formation, working phase, maturation, re-engagement, ending",
        )
    status = attrs.evolve(TABLE.regions.alliance_status, moves_in=())
    anywhere = Machine(attrs.evolve(TABLE, regions=attrs.evolve(TABLE.regions, alliance_status=status)))
    (failed,) = why_not(closed, events.StrainEased(), machine=anywhere).failing
    assert (failed.value, failed.threshold) == (AllianceStatus.INTACT, "strained")
    fewer = attrs.evolve(TABLE.regions.alliance_status, moves_in=("working_phase",))
    working = Machine(attrs.evolve(TABLE, regions=attrs.evolve(TABLE.regions, alliance_status=fewer)))
    (failed,) = why_not(start, events.StrainEased(), machine=working).failing
    assert (failed.value, failed.threshold) == (Stage.INITIAL_FORMATION, "working phase")


def test_findings_of_every_kind_have_a_word() -> None:
    """The kinds of findings are closed and read as words."""
    assert len(FindingKind) == 9
    assert isinstance(TABLE, TransitionTable)
