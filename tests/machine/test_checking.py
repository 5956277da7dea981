"""The self-check: every kind of fault that can be planted in a table is found, with its line where it has one."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

import therarel.texts
from therarel.citations import bibliography
from therarel.domain import BreachKind, BreachSeverity, RepairRoute, Stage, StageTask, events, tasks_of
from therarel.errors import ReadingError
from therarel.machine import (
    FactRow,
    FindingKind,
    Machine,
    Policy,
    RegionName,
    Requirement,
    TableFault,
    Transition,
    TransitionTable,
    check,
)
from therarel.machine.checking.names import names
from therarel.machine.checking.reachability import reachability, two_answers
from therarel.machine.checking.sentences import texts_for
from therarel.machine.effects import EFFECTS
from therarel.machine.guards import GUARDS, OFFERED_HERE
from therarel.machine.specimens import events_about, specimens
from therarel.machine.trials import Trial, behaviour, findings_of, try_out
from therarel.texts import Texts

TABLE = Machine.standard().table
TEXTS_FILE = Path(therarel.texts.__file__).with_name("texts.yaml")
TEXTS = Machine.standard().texts
FILE = Path(__file__).parents[2] / "src" / "therarel" / "machine" / "statechart.yaml"
Kind = FindingKind


def with_row(identifier: str, **changes: Any) -> TransitionTable:
    """The table with one row changed."""
    rows = tuple(attrs.evolve(row, **changes) if row.id == identifier else row for row in TABLE.transitions)
    return attrs.evolve(TABLE, transitions=rows)


def without(*identifiers: str) -> TransitionTable:
    """The table without some rows."""
    return attrs.evolve(TABLE, transitions=tuple(row for row in TABLE.transitions if row.id not in identifiers))


def with_region(name: str, **changes: Any) -> TransitionTable:
    """The table with a region changed."""
    regions = TABLE.regions
    return attrs.evolve(TABLE, regions=attrs.evolve(regions, **{name: attrs.evolve(getattr(regions, name), **changes)}))


def with_facts(*facts: FactRow) -> TransitionTable:
    """The table with other facts."""
    return attrs.evolve(TABLE, facts=facts)


ORPHAN = Transition(
    "Z1", RegionName.STAGE, ("initial_formation",), "EndingPlanned", to="ending", effect="ending_begins", reason="why"
)
PLANTED: list[tuple[str, TransitionTable, Kind, str]] = [
    ("event", with_row("S1", event="AdvanceRequestd"), Kind.UNKNOWN_NAME, "no event 'AdvanceRequestd'"),
    ("state", with_row("S1", during=("initial_formatoin",)), Kind.UNKNOWN_NAME, "no state"),
    ("status", with_row("A1", during=("intakt",)), Kind.UNKNOWN_NAME, "no state 'intakt'"),
    ("stage in status", with_row("A1", during=("closed",)), Kind.UNKNOWN_NAME, "no state 'closed'"),
    ("target", with_row("S1", to="workng_phase"), Kind.UNKNOWN_NAME, "no state 'workng_phase'"),
    ("target of the other region", with_row("A1", to="ended_from"), Kind.UNKNOWN_NAME, "no state 'ended_from'"),
    ("guard", with_row("S1", guards=("formation_complet",)), Kind.UNKNOWN_NAME, "no guard"),
    ("condition", with_row("A4", when="rupture_opn"), Kind.UNKNOWN_NAME, "no condition"),
    ("effect", with_row("S4", effect="ending_begin"), Kind.UNKNOWN_NAME, "no effect"),
    ("remark", with_row("S2", remarks=("unresolved",)), Kind.UNKNOWN_NAME, "no remark"),
    ("citation", with_row("S2", basis=("tracey1933",)), Kind.UNKNOWN_NAME, "no citation 'tracey1933'"),
    ("group", attrs.evolve(TABLE, groups={**TABLE.groups, "odd": ("nowhere",)}), Kind.UNKNOWN_NAME, "no stage 'nowhere'"),
    ("region state", with_region("stage", states=(*TABLE.regions.stage.states, "limbo")), Kind.UNKNOWN_NAME, "no state 'limbo'"),
    ("moves in", with_region("alliance_status", moves_in=("opened",)), Kind.UNKNOWN_NAME, "no stage 'opened'"),
    ("fact", with_facts(*TABLE.facts, FactRow("SessionHld")), Kind.UNKNOWN_NAME, "no fact 'SessionHld'"),
    ("judgement among facts", with_facts(*TABLE.facts, FactRow("StrainEased")), Kind.UNKNOWN_NAME, "no fact 'StrainEased'"),
    ("id twice", with_row("S2", id="S1"), Kind.MISPLACED, "another row goes by the name 'S1'"),
    ("guarded fact", with_row("S4", guards=("not_in_rupture",)), Kind.MISPLACED, "facts are never declined"),
    ("guard of another event", with_row("S1", guards=("task_in_reach",)), Kind.MISPLACED, "reads StageTaskMet, StageTaskWaived, not AdvanceRequested"),
    ("condition of another event", with_row("A5", when="crossing"), Kind.MISPLACED, "reads BreachReported, not RepairBegan"),
    ("effect of another event", with_row("S7", effect="ending_begins"), Kind.MISPLACED, "reads EndingPlanned, not Closed"),
    ("remark of another event", with_row("S1", remarks=("breach_name_taken",)), Kind.MISPLACED, "reads BreachReported"),
    ("no target", with_row("S1", to=None), Kind.MISPLACED, "says where it leads"),
    ("target without a region", with_row("K1", to="working_phase"), Kind.MISPLACED, "moves no region"),
    ("initial stage", with_region("stage", initial="maturation"), Kind.MISPLACED, "begins in 'initial_formation'"),
    ("initial status", with_region("alliance_status", initial="strained"), Kind.MISPLACED, "begins in 'intact'"),
    ("fact twice", with_facts(*TABLE.facts, FactRow("SessionHeld")), Kind.MISPLACED, "'SessionHeld' occurs twice"),
    ("fact missing", with_facts(*TABLE.facts[1:]), Kind.MISPLACED, "'SessionHeld' is missing"),
    ("effect of another fact", with_facts(FactRow("SessionHeld", "pause_begins"), *TABLE.facts[1:]), Kind.MISPLACED, "reads PauseAgreed"),
    ("remark of another fact", with_facts(FactRow("SessionHeld", None, ("lowered_from_major",)), *TABLE.facts[1:]), Kind.MISPLACED, "reads RuptureReassessed"),
    ("two answers", with_row("B3", when=None), Kind.NONDETERMINISTIC, "'B3' and 'A9' answer the same event"),
    ("two answers in a region", attrs.evolve(TABLE, transitions=(*TABLE.transitions, ORPHAN)), Kind.NONDETERMINISTIC, "'Z1' and 'S4'"),
    ("overlapping conditions", with_row("B3", when="not_a_crossing"), Kind.NONDETERMINISTIC, "'B3' and 'A9'"),
    ("unreachable", without("A5"), Kind.UNREACHABLE, "no way leads to 'repairing'"),
    ("unreachable stages", without("S1", "S3"), Kind.UNREACHABLE, "no way leads to 'maturation'"),
    ("sink", without("S5", "S6", "S7"), Kind.SINK, "no way leads out of 'ending'"),
    ("contradiction", with_row("S7", effect=None), Kind.CONTRADICTION, "a closing reason exactly when it is closed"),
    ("jump into repair", with_row("A5", during=("intact", "strained", "ruptured")), Kind.CONTRADICTION, "an episode is open exactly"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "kind", "what"), [case[1:] for case in PLANTED], ids=[case[0] for case in PLANTED])
def test_a_planted_fault_is_found(table: TransitionTable, kind: Kind, what: str) -> None:
    """The check names the kind of fault, the place and what is wrong."""
    found = check(table)
    assert [each for each in found if each.kind is kind and what in each.what], list(map(str, found))
    assert all(str(each).startswith("$.") for each in found)


# What is told of each fault that names, ways and conditions alone show: the place, what is wrong, and what to do.
TOLD: dict[str, list[str]] = {
    "event": ["$.transitions[0].event: there is no event 'AdvanceRequestd'. Hint: did you mean 'AdvanceRequested'?"],
    "state": ["$.transitions[0].during[0]: there is no state 'initial_formatoin'. Hint: did you mean 'initial_formation'?"],
    "status": ["$.transitions[14].during[0]: there is no state 'intakt'. Hint: did you mean 'intact'?"],
    "stage in status": ["$.transitions[14].during[0]: there is no state 'closed'. Hint: known are intact, strained, ruptured, repairing"],
    "target": ["$.transitions[0].to: there is no state 'workng_phase'. Hint: did you mean 'working_phase'?"],
    "target of the other region": ["$.transitions[14].to: there is no state 'ended_from'. Hint: known are intact, strained, ruptured, repairing, same, origin"],
    "guard": ["$.transitions[0].guards[0]: there is no guard 'formation_complet'. Hint: did you mean 'formation_complete'?"],
    "condition": ["$.transitions[18].when: there is no condition 'rupture_opn'. Hint: did you mean 'rupture_open'?"],
    "effect": ["$.transitions[3].effect: there is no effect 'ending_begin'. Hint: did you mean 'ending_begins'?"],
    "remark": ["$.transitions[1].remarks[0]: there is no remark 'unresolved'. Hint: did you mean 'unresolved_before'?"],
    "citation": ["$.transitions[1].basis[0]: there is no citation 'tracey1933'. Hint: did you mean 'tracey1993'?"],
    "group": ["$.groups.odd: there is no stage 'nowhere'. Hint: known are initial_formation, working_phase, maturation, ending, closed, re_engagement"],
    "region state": ["$.regions.stage.states[6]: there is no state 'limbo'. Hint: known are initial_formation, working_phase, maturation, ending, closed, re_engagement"],
    "moves in": ["$.regions.alliance_status.moves_in[0]: there is no stage 'opened'. Hint: did you mean 'open'?"],
    "fact": [f"$.facts[{len(TABLE.facts)}].event: there is no fact 'SessionHld'. Hint: did you mean 'SessionHeld'?"],
    "judgement among facts": [f"$.facts[{len(TABLE.facts)}].event: there is no fact 'StrainEased'. Hint: did you mean 'StrainNoticed'?"],
    "id twice": ["$.transitions[1].id: another row goes by the name 'S1'"],
    "guarded fact": ["$.transitions[3].guards: 'EndingPlanned' is a fact, and facts are never declined. Hint: say with 'when' which row answers, or record a judgement"],
    "guard of another event": ["$.transitions[0].guards[0]: the guard 'task_in_reach' reads StageTaskMet, StageTaskWaived, not AdvanceRequested"],
    "condition of another event": ["$.transitions[19].when: the condition 'crossing' reads BreachReported, not RepairBegan"],
    "effect of another event": ["$.transitions[6].effect: the effect 'ending_begins' reads EndingPlanned, not Closed"],
    "remark of another event": ["$.transitions[0].remarks[0]: the remark 'breach_name_taken' reads BreachReported, not AdvanceRequested"],
    "no target": ["$.transitions[0]: a row of the region 'stage' says where it leads"],
    "target without a region": ["$.transitions[11].to: a row of 'tasks' moves no region"],
    "initial stage": ["$.regions.stage.initial: a course begins in 'initial_formation'"],
    "initial status": ["$.regions.alliance_status.initial: a course begins in 'intact'"],
    "fact twice": [f"$.facts[{len(TABLE.facts)}].event: 'SessionHeld' occurs twice"],
    "fact missing": ["$.facts: 'SessionHeld' is missing. Hint: every fact is accepted; list it, without an effect if it is only logged"],
    "effect of another fact": ["$.facts[0].effect: the effect 'pause_begins' reads PauseAgreed, not SessionHeld"],
    "remark of another fact": ["$.facts[0].remarks[0]: the remark 'lowered_from_major' reads RuptureReassessed, not SessionHeld"],
    "two answers": ["$.transitions[29]: 'B3' and 'A9' answer the same event in the same state. Hint: give each a condition ('when') that excludes the other", "$.transitions[29]: 'B3' and 'A10' answer the same event in the same state. Hint: give each a condition ('when') that excludes the other"],
    "two answers in a region": ["$.transitions[30]: 'Z1' and 'S4' answer the same event in the same state. Hint: give each a condition ('when') that excludes the other"],
    "overlapping conditions": ["$.transitions[29]: 'B3' and 'A9' answer the same event in the same state. Hint: give each a condition ('when') that excludes the other", "$.transitions[29]: 'B3' and 'A10' answer the same event in the same state. Hint: give each a condition ('when') that excludes the other"],
    "unreachable": ["$.regions.alliance_status.states[2]: no way leads out of 'ruptured'. Hint: add a row that leads out", "$.regions.alliance_status.states[3]: no way leads to 'repairing'. Hint: add a row that leads there, or leave it out"],
    "unreachable stages": ["$.regions.stage.states[1]: no way leads to 'working_phase'. Hint: add a row that leads there, or leave it out", "$.regions.stage.states[2]: no way leads to 'maturation'. Hint: add a row that leads there, or leave it out"],
    "sink": ["$.regions.stage.states[3]: no way leads out of 'ending'. Hint: add a row that leads out", "$.regions.stage.states[4]: no way leads to 'closed'. Hint: add a row that leads there, or leave it out", "$.regions.stage.states[5]: no way leads to 're_engagement'. Hint: add a row that leads there, or leave it out"],
}  # fmt: skip


@pytest.mark.parametrize("name", TOLD)
def test_a_fault_is_told_with_its_place_and_what_to_do(name: str) -> None:
    """Everything that is told of a table, word for word: path, finding and hint."""
    table = next(case[1] for case in PLANTED if case[0] == name)
    assert [str(each) for each in [*names(table)] or [*reachability(table), *two_answers(table)]] == TOLD[name]


def test_what_names_and_ways_show_is_of_its_kind() -> None:
    """Every finding is of the kind that its fault has, the ones beside it included."""
    kinds = {
        "there is no ": Kind.UNKNOWN_NAME,
        "no way leads to ": Kind.UNREACHABLE,
        "no way leads out of ": Kind.SINK,
        "answer the same event": Kind.NONDETERMINISTIC,
    }
    for _, table, _, _ in PLANTED:
        for each in [*names(table)] or [*reachability(table), *two_answers(table)]:
            assert each.kind is next((kind for words, kind in kinds.items() if words in each.what), Kind.MISPLACED)


def test_a_state_that_is_left_only_by_the_way_back_is_no_sink() -> None:
    """An ending that can only be taken back is left; that nothing closes then is told of the states behind it."""
    assert [str(each) for each in reachability(without("S6", "S7"))] == [
        "$.regions.stage.states[4]: no way leads to 'closed'. Hint: add a row that leads there, or leave it out",
        "$.regions.stage.states[5]: no way leads to 're_engagement'. Hint: add a row that leads there, or leave it out",
    ]


def test_rows_that_answer_at_once_are_found_in_any_order_and_stage() -> None:
    """A row that stands before those of the alliance is compared with them, and so are rows of closed courses where it moves."""
    table = with_row("B3", when=None)
    first = attrs.evolve(table, transitions=tuple(sorted(table.transitions, key=lambda row: row.id != "B3")))
    assert [each.what.partition(" answer")[0] for each in two_answers(first)] == ["'A9' and 'B3'", "'A10' and 'B3'"]
    anywhere = with_region("alliance_status", moves_in=())
    assert [each.what.partition(" answer")[0] for each in two_answers(anywhere)] == ["'B1' and 'A9'", "'B1' and 'A10'"]


# What a trial finds in tables whose names and ways are sound, or were not asked about.
TRIED: dict[str, list[str]] = {
    "contradiction": [
        "$.transitions[6]: 'S7' leads to a relationship that contradicts itself: a course has a closing reason exactly when it is closed. Hint: another effect belongs to this row",
    ],
    "jump into repair": [
        "$.transitions[19]: 'A5' leads to a relationship that contradicts itself: while a course is open, an episode is open exactly when it is not intact. Hint: another effect belongs to this row",
    ],
    "two answers in a region": [
        "$.transitions[30]: 'Z1' and 'S4' both answer one event in one state. Hint: their conditions have to exclude each other",
        "$.transitions[30]: 'Z1' never answers. Hint: loosen its guards, or leave it out",
    ],
    "two answers": [
        "$.transitions[29]: 'B3' and 'A10' both answer one event in one state. Hint: their conditions have to exclude each other",
        "$.transitions[29]: 'B3' and 'A9' both answer one event in one state. Hint: their conditions have to exclude each other",
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", TRIED)
def test_what_a_trial_finds_is_told_with_its_place_and_what_to_do(name: str) -> None:
    """What shows only when a table is tried on specimens is told in the same way."""
    table = next(case[1] for case in PLANTED if case[0] == name)
    found = list(behaviour(Machine(table)))
    assert [str(each) for each in found] == TRIED[name]
    signs = {"contradicts itself": Kind.CONTRADICTION, "both answer": Kind.NONDETERMINISTIC, "never answers": Kind.DEAD}
    assert [each.kind for each in found] == [
        next(kind for sign, kind in signs.items() if sign in each.what) for each in found
    ]


ROWS = {row.id for row in TABLE.transitions}
ASKED = {guard for row in TABLE.transitions for guard in row.guards}


def test_what_was_seen_in_a_trial_is_told_in_the_order_of_the_table() -> None:
    """Overlaps stand with the later row, a contradiction goes before a silence, and guards come last."""
    machine = Machine.standard()
    assert list(findings_of(machine, Trial(ROWS, ASKED))) == []
    seen = Trial(
        fired=ROWS - {"S3", "A7", "B1"},
        decided_alone=ASKED - {"no_open_breach", "judged_by_someone"},
        overlaps={("S2", "S3"), ("S1", "S3"), ("S3", "A6")},
        contradictions={"S2": "it cannot be", "A7": "nor this"},
    )
    place = {row.id: position for position, row in enumerate(TABLE.transitions)}
    first = {
        guard: next(row for row in TABLE.transitions if guard in row.guards) for guard in seen.decided_alone ^ ASKED
    }
    path = {name: ("transitions", place[row.id], "guards", row.guards.index(name)) for name, row in first.items()}
    overlap, silence = "their conditions have to exclude each other", "loosen its guards, or leave it out"
    wrong, same = "another effect belongs to this row", "other guards of its rows say the same"
    expected = [
        TableFault(Kind.CONTRADICTION, ("transitions", place["S2"]), "'S2' leads to a relationship that contradicts itself: it cannot be", wrong),
        TableFault(Kind.NONDETERMINISTIC, ("transitions", place["S3"]), "'S3' and 'S1' both answer one event in one state", overlap),
        TableFault(Kind.NONDETERMINISTIC, ("transitions", place["S3"]), "'S3' and 'S2' both answer one event in one state", overlap),
        TableFault(Kind.DEAD, ("transitions", place["S3"]), "'S3' never answers", silence),
        TableFault(Kind.NONDETERMINISTIC, ("transitions", place["A6"]), "'A6' and 'S3' both answer one event in one state", overlap),
        TableFault(Kind.CONTRADICTION, ("transitions", place["A7"]), "'A7' leads to a relationship that contradicts itself: nor this", wrong),
        TableFault(Kind.DEAD, ("transitions", place["B1"]), "'B1' never answers", silence),
        *(
            TableFault(Kind.NEVER_DECIDES, path[name], f"the guard '{name}' never is the only one to decline", same)
            for name in ("no_open_breach", "judged_by_someone")
        ),
    ]  # fmt: skip
    assert list(findings_of(machine, seen)) == expected


def test_a_row_is_tried_until_it_is_settled_some_hundred_times() -> None:
    """What has answered, alone been declined by each of its guards, and been tried five hundred times, is left alone."""
    machine = Machine(with_row("A5", during=("intact", "strained", "ruptured")))
    begins = events.RepairBegan(RepairRoute.IMMEDIATE)
    strained = next(each for each in specimens() if each.alliance_status == "strained" and each.stage.is_open)
    intact = next(each for each in specimens() if each.alliance_status == "intact" and each.stage.is_open)
    for times, noted in ((499, {"A5"}), (500, set())):
        trial = try_out(machine, [(strained, begins)] * times + [(intact, begins)])
        assert (trial.fired, set(trial.contradictions)) == ({"A5"}, noted)
        assert set(trial.contradictions.values()) <= {
            "while a course is open, an episode is open exactly when it is not intact"
        }
    eased = events.StrainEased()
    declined = next(each for each in specimens() if each.alliance_status == "strained" and each.has_open_breach)
    trial = try_out(Machine.standard(), [(strained, eased)] * 600 + [(declined, eased)])
    assert trial.decided_alone == {"no_open_breach"}


def test_two_answers_are_noted_once_for_the_pair() -> None:
    """Of rows that answer at once the first two are named, in the order in which they answer."""
    machine = Machine(next(case[1] for case in PLANTED if case[0] == "two answers"))
    report = events.BreachReported(BreachKind.OTHER, BreachSeverity.VIOLATION)
    strained = next(each for each in specimens() if each.alliance_status == "strained" and each.stage.is_open)
    trial = try_out(machine, [(strained, report), (strained, events.SessionHeld())])
    assert trial == Trial(fired={"A10"}, overlaps={("A10", "B3")})


def test_both_policies_are_tried() -> None:
    """A guard that only a strict policy lets decline is asked under one, and so are all under the policy of the machine."""
    formed = next(
        each
        for each in specimens()
        if each.stage is Stage.INITIAL_FORMATION and each.alliance_status == "strained" and not each.has_open_rupture
        and not each.breaches and each.tasks_met == frozenset(tasks_of(Stage.INITIAL_FORMATION))
    )  # fmt: skip
    trial = try_out(Machine.standard(), [(formed, events.AdvanceRequested())])
    assert trial == Trial(fired={"S1"}, decided_alone={"strain_allows_advance"})


def test_no_more_is_found_where_rows_are_known_to_answer_at_once() -> None:
    """A table with two answers is not tried: what it would do is not said twice."""
    table = next(case[1] for case in PLANTED if case[0] == "two answers in a region")
    assert [str(each) for each in check(table)] == TOLD["two answers in a region"]


def test_a_guard_that_never_decides_is_found() -> None:
    """A guard that says what another one of all its rows says is never the only one to decline."""
    table = without("S1", "S3")
    table = attrs.evolve(
        table,
        transitions=tuple(
            attrs.evolve(row, guards=(*row.guards, "formation_complete")) if row.id == "S2" else row
            for row in table.transitions
        ),
    )
    found = check(table)
    assert [str(each) for each in found] == [
        *TOLD["unreachable stages"],
        f"$.transitions[0].guards[{len(Machine.standard().transition('S2').guards)}]: the guard 'formation_complete' never is the only one to decline. Hint: other guards of its rows say the same",
    ]
    assert [each.kind for each in found] == [Kind.UNREACHABLE, Kind.UNREACHABLE, Kind.NEVER_DECIDES]


def test_a_row_that_never_answers_is_found() -> None:
    """A row whose guards never all hold, or whose condition never does, is dead."""
    table = with_row("A4", when="rupture_open", during=("intact",))
    assert [(each.kind, str(each)) for each in check(table)] == [
        (Kind.DEAD, "$.transitions[18]: 'A4' never answers. Hint: loosen its guards, or leave it out")
    ]


def test_missing_and_wrong_sentences_are_found() -> None:
    """A guard, a condition, an effect or a remark without a sentence, and a sentence that asks for too much."""
    first = TEXTS.guards["status_intact"]
    lacking: list[tuple[Texts, str]] = [
        (
            attrs.evolve(TEXTS, guards={k: v for k, v in TEXTS.guards.items() if k != "status_intact"}),
            "'status_intact'",
        ),
        (attrs.evolve(TEXTS, guards={k: v for k, v in TEXTS.guards.items() if k != "offered_here"}), "'offered_here'"),
        (attrs.evolve(TEXTS, conditions={}), "'crossing'"),
        (attrs.evolve(TEXTS, effects={}), "'closes'"),
        (attrs.evolve(TEXTS, remarks={k: v for k, v in TEXTS.remarks.items() if k != "logged"}), "'logged'"),
        (
            attrs.evolve(TEXTS, guards={**TEXTS.guards, "status_intact": attrs.evolve(first, fails="It is {state}.")}),
            "{state}",
        ),
        (attrs.evolve(TEXTS, remarks={**TEXTS.remarks, "logged": "{when}"}), "a brace"),
    ]
    for texts, named in lacking:
        found = check(TABLE, texts=texts)
        assert [each for each in found if each.kind is Kind.MISSING_TEXT and named in each.what]
        with pytest.raises(ReadingError, match="not sound"):
            Machine(TABLE, texts)


def test_what_is_wrong_with_sentences_is_told_in_full() -> None:
    """Each missing sentence is named with its kind, those that no row names included, and so is what a sentence asks for."""
    first = TEXTS.guards["status_intact"]
    unsaid = {"logged", "repaired_without_client", "safety_concern", "set_aside", "unresolved_before"}
    case = attrs.evolve(TEXTS.guards["steps_sufficient"].cases["major"], would_change="{here} and {value}")
    lacking = attrs.evolve(
        TEXTS,
        guards={
            **{name: text for name, text in TEXTS.guards.items() if name not in ("waivable", "offered_here")},
            "status_intact": attrs.evolve(first, fails="It is {state} {about}.", would_change="{when}, {else}"),
            "steps_sufficient": attrs.evolve(TEXTS.guards["steps_sufficient"], cases={"major": case}),
        },
        conditions={name: text for name, text in TEXTS.conditions.items() if name != "crossing"},
        effects={name: text for name, text in TEXTS.effects.items() if name not in ("closes", "pause_begins")},
        remarks={
            **{name: text for name, text in TEXTS.remarks.items() if name not in unsaid},
            "no_episode_open": "{x}",
        },
    )
    hint = ". Hint: use {value} or {threshold} or {about}, written just so"
    assert [str(each) for each in texts_for(TABLE, lacking)] == [
        *(f"texts $.guards: there is no sentence for '{name}' among the guards" for name in ("offered_here", "waivable")),
        "texts $.conditions: there is no sentence for 'crossing' among the conditions",
        *(f"texts $.effects: there is no sentence for '{name}' among the effects" for name in ("closes", "pause_begins")),
        *(f"texts $.remarks: there is no sentence for '{name}' among the remarks" for name in sorted(unsaid)),
        f"texts $.guards.status_intact.fails: a sentence of the guard 'status_intact' asks for {{state}}{hint}",
        f"texts $.guards.status_intact.would_change: a sentence of the guard 'status_intact' asks for {{else}}, {{when}}{hint}",
        *(f"texts $.guards.steps_sufficient.cases: the guard 'steps_sufficient' has no sentences for the case '{case}'" for case in ("nothing", "immediate", "recognition")),
        f"texts $.guards.steps_sufficient.cases.major.would_change: a sentence of the guard 'steps_sufficient' asks for {{here}}{hint}",
        "texts $.remarks.no_episode_open: a sentence of the remark 'no_episode_open' has a brace. Hint: nothing is filled in here",
    ]  # fmt: skip
    assert {each.kind for each in texts_for(TABLE, lacking)} == {Kind.MISSING_TEXT}


@pytest.mark.parametrize(
    ("changes", "known"),
    [({"guards": ("xyz",)}, tuple(GUARDS)), ({"effect": "xyz"}, tuple(EFFECTS)), ({"basis": ("xyz",)}, tuple(bibliography()))],
)  # fmt: skip
def test_a_name_near_none_is_told_those_that_are_known(changes: dict[str, Any], known: tuple[str, ...]) -> None:
    """The hint lists what could stand there, up to forty names."""
    found = [each for each in names(with_row("S2", **changes)) if "'xyz'" in each.what]
    more = ", ..." if len(known) > 40 else ""
    assert [each.hint for each in found] == [f"known are {', '.join(known[:40])}{more}"]


def edited(tmp_path: Path, edit: Callable[[str], str]) -> Path:
    """The shipped file, edited."""
    path = tmp_path / "own.yaml"
    path.write_text(edit(FILE.read_text("utf-8")), "utf-8")
    return path


def test_a_machine_is_read_from_a_file_of_ones_own(tmp_path: Path) -> None:
    """A changed copy of the shipped file is another school of therapy, with its own policy."""
    path = edited(tmp_path, lambda text: text.replace("strain_allows_advance, ", ""))
    policy = Policy(client_misses_for_lost_contact=5)
    machine = Machine.read(path, policy=policy)
    assert machine.policy is policy
    assert "strain_allows_advance" not in machine.transition("S1").guards
    assert machine.texts is TEXTS
    guards = {name for row in machine.table.transitions for name in row.guards}
    assert repr(machine).endswith(f"{len(TABLE.transitions)} transitions, {len({*guards, OFFERED_HERE})} guards>")


def test_texts_of_ones_own_are_read(tmp_path: Path) -> None:
    """Another language is another file of sentences."""
    path = tmp_path / "texts.yaml"
    text = TEXTS_FILE.read_text("utf-8").replace("Is the alliance intact?", "Ist das Bündnis heil?")
    path.write_text(text, "utf-8")
    machine = Machine.read(FILE, texts=path)
    assert machine.texts.guards["status_intact"].question == "Ist das Bündnis heil?"


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("during: [initial_formation]\n    event: AdvanceRequested", "during: [initial_formation]\n    event: AdvanceRequestd", "event: AdvanceRequested", "did you mean 'AdvanceRequested'"),
        ("effect: closes\n", "effect: closes_completed\n", "effect: closes\n", "reads ClosedAllStagesCompleted"),
        ("    when: crossing\n", "", "  - id: B3", "'B3' and 'A9'"),
        ("name: therapeutic", "nam: therapeutic", "name: therapeutic", "did you mean 'name'"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_its_line(tmp_path: Path, old: str, new: str, line: str, message: str) -> None:
    """Every problem of a file is told with file, line and a near miss."""
    text = FILE.read_text("utf-8")
    assert old in text
    expected = text[: text.index(line)].count("\n") + 1
    with pytest.raises(ReadingError, match=message) as raised:
        Machine.read(edited(tmp_path, lambda text: text.replace(old, new, 1)))
    assert f"own.yaml:{expected}:" in str(raised.value)


def test_sentences_of_ones_own_that_are_missing_are_told_of_the_file(tmp_path: Path) -> None:
    """A file of sentences that lacks one is told as a problem of the files that were read."""
    path = tmp_path / "texts.yaml"
    text = TEXTS_FILE.read_text("utf-8")
    assert "\n  logged:" in text
    path.write_text(re.sub(r"\n  logged:.*", "", text), "utf-8")
    with pytest.raises(ReadingError) as raised:
        Machine.read(FILE, texts=path)
    line = text[: text.index("\nremarks:")].count("\n") + 3  # the value of `remarks` begins behind its key
    assert str(raised.value) == (
        f"{path}: the document could not be read, 1 problem\n"
        f"  {path}:{line}:3 $.remarks: there is no sentence for 'logged' among the remarks"
    )


def test_reading_looks_and_checking_tries(tmp_path: Path) -> None:
    """What only a trial shows is found by `check` and not by `read`; the machine of the library has nothing wrong."""
    path = edited(tmp_path, lambda text: text.replace("    effect: closes\n", "", 1))
    machine = Machine.read(path, policy=Policy(strain_eased_before_working_phase=Requirement.REQUIRED))
    assert [each.kind for each in check(machine)] == [Kind.CONTRADICTION]
    assert check(machine) == check(machine.table, texts=machine.texts, policy=machine.policy)


def test_a_row_without_a_reason_is_found() -> None:
    """Table or texts say in words why a row is there; a table made in Python runs without, and `check` finds it."""
    silent = with_row("S4", id="Z4", reason=" ")
    assert [(each.kind, str(each)) for each in check(silent)] == [
        (
            Kind.MISSING_TEXT,
            "$.transitions[3]: 'Z4' says no reason. Hint: say in words why it is here ('reason'), or under its id among the "
            "'reasons' of the texts",
        )
    ]
    assert Machine(silent).transition("Z4").worded_reason(TEXTS) == ""
    told = attrs.evolve(TEXTS, reasons={**TEXTS.reasons, "Z4": "An ending is work of its own."})
    assert check(silent, texts=told) == ()
    assert "| An ending is work of its own. (" in format(Machine(silent, told), "markdown")


def test_a_row_says_its_own_reason_before_that_of_the_texts(tmp_path: Path) -> None:
    """What a table of one's own says of a row stands as it is, in every language; other rows are said by the texts."""
    own = edited(
        tmp_path,
        lambda text: text.replace(
            "    event: EndingPlanned", "    reason: We end in time.\n    event: EndingPlanned", 1
        ),
    )
    path = tmp_path / "texts-de.yaml"
    german = TEXTS_FILE.read_text("utf-8").replace("\n  S5: The pair goes on", "\n  S5: Das Paar macht weiter", 1)
    path.write_text(german, "utf-8")
    for machine in (Machine.read(own, texts=path), Machine.read(own).with_texts(path)):
        said = [machine.transition(row).worded_reason(machine.texts) for row in ("S4", "S5")]
        assert said == ["We end in time.", "Das Paar macht weiter where it had planned to end, as things then stand."]
        assert check(machine) == ()


def test_a_language_says_why_for_every_row_that_the_texts_explained(tmp_path: Path) -> None:
    """A table whose texts explain a row of its own needs that text in another language, too."""
    silent = with_row("S4", id="Z4")
    machine = Machine(silent, attrs.evolve(TEXTS, reasons={**TEXTS.reasons, "Z4": "An ending is work of its own."}))
    with pytest.raises(ReadingError, match="there is no sentence for 'Z4' among the reasons"):
        machine.with_texts(TEXTS_FILE)


def test_several_faults_are_told_at_once(tmp_path: Path) -> None:
    """One reading tells them all."""
    with pytest.raises(ReadingError) as raised:
        Machine.read(
            edited(
                tmp_path,
                lambda text: text.replace("to: maturation", "to: maturaton").replace(
                    "guards: [return_grounds]", "guards: [return_ground]"
                ),
            )
        )
    # the guard stands in two rows
    places = [each.path[2] for each in raised.value.problems]  # type: ignore[attr-defined]  # of a document
    assert places == ["to", "guards", "guards"]


def test_a_trial_sees_what_a_machine_does() -> None:
    """Rows that fire and guards that decide alone are noted over the cases it is given."""
    machine = Machine.standard()
    first = next(specimens())
    trial = try_out(machine, [(first, event) for event in events_about(first)])
    assert {"K1", "S4", "S7", "A1", "A3", "A9", "B3"} <= trial.fired
    assert "formation_complete" in trial.decided_alone
    assert not trial.overlaps
    assert not trial.contradictions


def test_specimens_contradict_nothing_and_cover_every_state() -> None:
    """Thousands of relationships, all stages and states of the alliance among them, each told apart by something."""
    made = list(specimens())
    assert len(set(made)) == len(made)
    assert {each.stage for each in made} == set(Stage)
    assert len({(each.stage, each.alliance_status) for each in made}) == 24
    assert all(not (each.alliance_status == "intact" and each.stage.is_open and each.has_open_breach) for each in made)
    assert {task for each in made for task in each.tasks_met} == set(StageTask)
