"""The self-check: every kind of fault that can be planted in a table is found, with its line where it has one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

from therarel.domain import Stage, StageTask
from therarel.errors import ReadingError
from therarel.machine import FactRow, FindingKind, Machine, Policy, RegionName, Table, Texts, Transition, check
from therarel.machine.checking.behaviour import try_out
from therarel.machine.specimens import events_about, specimens

TABLE = Machine.standard().table
TEXTS = Machine.standard().texts
FILE = Path(__file__).parents[2] / "src" / "therarel" / "machine" / "statechart.yaml"
Kind = FindingKind


def with_row(identifier: str, **changes: Any) -> Table:
    """The table with one row changed."""
    rows = tuple(attrs.evolve(row, **changes) if row.id == identifier else row for row in TABLE.transitions)
    return attrs.evolve(TABLE, transitions=rows)


def without(*identifiers: str) -> Table:
    """The table without some rows."""
    return attrs.evolve(TABLE, transitions=tuple(row for row in TABLE.transitions if row.id not in identifiers))


def with_region(name: str, **changes: Any) -> Table:
    """The table with a region changed."""
    regions = TABLE.regions
    return attrs.evolve(TABLE, regions=attrs.evolve(regions, **{name: attrs.evolve(getattr(regions, name), **changes)}))


def with_facts(*facts: FactRow) -> Table:
    """The table with other facts."""
    return attrs.evolve(TABLE, facts=facts)


ORPHAN = Transition(
    "Z1", RegionName.STAGE, ("initial_formation",), "EndingPlanned", to="ending", effect="ending_begins"
)
PLANTED: list[tuple[str, Table, Kind, str]] = [
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
    ("fact twice", with_facts(*TABLE.facts, FactRow("SessionHeld")), Kind.MISPLACED, "'SessionHeld' stands twice"),
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
def test_a_planted_fault_is_found(table: Table, kind: Kind, what: str) -> None:
    """The check names the kind of fault, the place and what is wrong."""
    found = check(table)
    assert [each for each in found if each.kind is kind and what in each.what], list(map(str, found))
    assert all(str(each).startswith("$.") for each in found)


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
    never = [each.what for each in check(table) if each.kind is Kind.NEVER_DECIDES]
    assert "the guard 'formation_complete' never is the only one to decline" in never


def test_a_row_that_never_answers_is_found() -> None:
    """A row whose guards never all hold, or whose condition never does, is dead."""
    table = with_row("A4", when="rupture_open", during=("intact",))
    assert [each.kind for each in check(table) if "'A4'" in each.what] == [Kind.DEAD]


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
        (attrs.evolve(TEXTS, remarks={**TEXTS.remarks, "logged": "{when}"}), "{when}"),
    ]
    for texts, named in lacking:
        found = check(TABLE, texts=texts)
        assert [each for each in found if each.kind is Kind.MISSING_TEXT and named in each.what]
        with pytest.raises(ReadingError, match="not sound"):
            Machine(TABLE, texts)


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
    assert repr(machine).endswith("30 transitions, 28 guards>")


def test_texts_of_ones_own_are_read(tmp_path: Path) -> None:
    """Another language is another file of sentences."""
    path = tmp_path / "texts.yaml"
    text = FILE.with_name("texts.yaml").read_text("utf-8").replace("Is the alliance intact?", "Ist das Bündnis heil?")
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
    assert len(raised.value.problems) == 4  # the state twice: as a target, and as one that cannot be reached


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
