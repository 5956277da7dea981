"""``therarel course show``: how a saved course stands, and never what a client said."""

from __future__ import annotations

import json
from pathlib import Path

import attrs
import pytest
from click.testing import CliRunner, Result

import therarel.machine
from therarel import records
from therarel.cli import main
from therarel.domain import (
    BreachKind,
    BreachSeverity,
    ClosingReason,
    ConcernKind,
    Handover,
    Rater,
    RepairRoute,
    RepairStep,
    RuptureSeverity,
    SafetyPlan,
    StageTask,
    events,
)
from therarel.machine import Course, Machine, Policy, Requirement

WORDS = "He rang his brother."
TABLE = Path(therarel.machine.__file__).parent / "statechart.yaml"


@pytest.fixture
def course() -> Course:
    """A course in which much is open, and one episode closed."""
    made = Course.begin("C-014", "T-03")
    for event in (
        events.StageTaskMet(StageTask.BUILDING_RAPPORT, session=1),
        events.StrainNoticed(session=2),
        events.StrainEased(session=2),
        events.RuptureNoticed(RuptureSeverity.MINOR, session=3),
        events.AdvanceRequested(session=3),
        events.SafetyConcernRaised({ConcernKind.SELF_HARM}, session=4),
        events.BreachReported(BreachKind.CONTACT, BreachSeverity.VIOLATION, session=4),
        events.ChallengeFaced(WORDS, session=4),
    ):
        made.record(event, recorded_by="T-03")
    return made


@pytest.fixture
def document(course: Course, tmp_path: Path) -> Path:
    """The course as a document with its words."""
    path = tmp_path / "course.json"
    records.dump(course, path, confidential="include")
    return path


@pytest.fixture
def log(course: Course, tmp_path: Path) -> Path:
    """The course as a log with its words."""
    path = tmp_path / "course.jsonl"
    records.write_log(course.log, path, confidential="include")
    return path


def shown(*arguments: object, given: bytes | None = None) -> Result:
    """What the command says."""
    return CliRunner().invoke(main, ["course", "show", *map(str, arguments)], input=given, catch_exceptions=False)


def test_what_comes_first_stands_first(document: Path) -> None:
    """The open concern is the first line; the breach, tasks, episodes and what is open now follow."""
    lines = " ".join(shown(document).stdout.split())
    assert lines.startswith("A concern for safety is open (self harm, concern-1).")
    parts = (
        "C-014 with T-03: initial formation, ruptured, 8 entries.",
        "Open breaches: contact, violation, alleged, breach-1.",
        "Tasks met: building rapport.",
        "Open episode: minor rupture, session 3.",
        "Closed episodes: strain, session 2, not repaired.",
        "Open now: stage task reopened, building rapport",
    )
    places = [lines.index(part) for part in parts]
    assert places == sorted(places)
    assert "advance requested" not in lines


def test_options_and_history_are_shown_where_asked(document: Path) -> None:
    """What is declined stands with its reasons, and every entry in its order."""
    told = shown(document, "--options", "--history").stdout
    assert "- advance requested\n    Not met: establishing trust," in told
    assert "  5  session 3  advance requested  declined" in told
    assert "Open now: advance requested" not in told


def test_document_log_and_standard_input_say_the_same(document: Path, log: Path) -> None:
    """A course stands as it stands, whichever way it was saved and comes in; words are shown by none."""
    people = ["--client", "C-014", "--therapist", "T-03"]
    told = [
        shown(document, "--json"),
        shown(log, *people, "--json"),
        shown("-", "--json", given=document.read_bytes()),
        shown("-", *people, "--json", given=log.read_bytes()),
    ]
    assert {each.exit_code for each in told} == {0}
    assert len({each.stdout for each in told}) == 1
    assert WORDS in log.read_text("utf-8")
    for each in (*told, shown(document, "--options", "--history")):
        assert WORDS not in each.output
    data = json.loads(told[0].stdout)
    assert data["episodes"]["open"]["kind"] == "rupture"
    assert [entry["number"] for entry in data["history"]] == list(range(1, 9))
    assert data["history"][4]["accepted"] is False


def test_a_log_of_somebody_else_is_noticed(log: Path) -> None:
    """Digests of the states say that the course began otherwise than is said here."""
    told = shown(log, "--client", "C-015", "--therapist", "T-03")
    assert "leads to another state" in " ".join(told.stdout.split())


def test_a_closed_rupture_says_in_whose_view_it_is_repaired(tmp_path: Path) -> None:
    """The client's view is told; an entry that reads otherwise in hindsight is listed."""
    course = Course.begin("C-014", "T-03")
    for event in (
        events.RuptureNoticed(RuptureSeverity.MINOR, session=1),
        events.RepairBegan(RepairRoute.EXPLORATORY, session=2),
        events.RepairStepTaken(RepairStep.STRAIN_RECOGNITION, session=2),
        events.RepairSucceeded({Rater.CLIENT}, session=2),
        events.StageTaskMet(StageTask.BUILDING_RAPPORT, session=3),
        events.BreachReported(BreachKind.CONTACT, BreachSeverity.VIOLATION, session=1),
    ):
        course.record(event)
    records.dump(course, tmp_path / "course.json")
    told = shown(tmp_path / "course.json", "--history").stdout
    assert "Closed episodes: minor rupture, session 1, repaired, client's view." in told
    assert (
        "In hindsight:\n  entry 4, repair succeeded, judged by client: accepted when recorded, declined in hindsight"
        in told
    )


@pytest.mark.parametrize(
    ("content", "more", "said"),
    [
        ("", [], "there is nothing in the file"),
        ("{", [], "could not be read"),
        ('{"schema": "therarel.occurrence/1", "session": 3}', [], "another kind"),
        ('{"schema": "therarel.event/3", "type": "SessionHeld", "session": 1}', [], "--client CODE and --therapist CODE"),
        ('{"schema": "therarel.event/3", "type": "SessionHeld", "session": 1}', ["--client", "C-1"], "say both"),
        (
            '{"schema": "therarel.event/3", "type": "SessionHeld", "session": 1}\n{"schema": "therarel.ev',
            ["--client", "C-1", "--therapist", "T-1"],
            "course:2 $",
        ),
        ('{"schema": "therarel.event/3", "type": "SessionHeld"}', ["--texts", str(TABLE)], "unknown key"),
    ],
)  # fmt: skip
def test_what_is_no_course_is_refused(tmp_path: Path, content: str, more: list[str], said: str) -> None:
    """Nothing, half a document, another kind of record, and a log of nobody are told."""
    (tmp_path / "course").write_text(content)
    result = shown(tmp_path / "course", *more)
    assert result.exit_code in {2, 3}
    assert said in " ".join(result.stderr.split())
    assert result.stdout == ""


def test_a_course_says_itself_whose_it_is_and_goes_on_under_a_table_of_ones_own(document: Path) -> None:
    """Codes beside a document are refused; a table is taken."""
    told = shown(document, "--client", "C-1", "--therapist", "T-1")
    assert told.exit_code == 2
    assert "says itself whose it is" in told.stderr
    assert shown(document, "--table", TABLE).stdout == shown(document).stdout


def test_each_command_takes_a_course_of_another_table(tmp_path: Path) -> None:
    """A course that was decided by a table of one's own is shown, looked through and handed over under that table."""
    own = tmp_path / "own.yaml"
    own.write_text(TABLE.read_text("utf-8").replace(", goal_shared, task_shared]", "]"), "utf-8")
    course = Course.begin("C-014", "T-03", machine=Machine.read(own))
    course.record(events.SessionHeld(session=1))
    records.dump(course, tmp_path / "course.json")
    for command in ("show", "due", "handover"):
        told = CliRunner().invoke(main, ["course", command, str(tmp_path / "course.json"), "--table", str(own)])
        assert (told.exit_code, told.stderr) == (0, "")
        assert told.stdout


def test_what_is_due_is_said_of_one_or_several_courses(tmp_path: Path) -> None:
    """Safety first, without confidential text, and that nothing is due where nothing is."""
    course = Course.begin("C-014", "T-03")
    files = [tmp_path / "one.json", tmp_path / "two.json"]
    records.dump(course, files[0])
    course.record(events.SafetyConcernRaised(plan=SafetyPlan("ring the ward"), session=1))
    records.dump(course, files[1], confidential="include")
    run = CliRunner()
    assert run.invoke(main, ["course", "due", str(files[0])]).stdout == "Nothing is due by what is on record.\n"
    both = [*map(str, files), "--on", "2026-05-04"]
    said = run.invoke(main, ["course", "due", *both]).stdout
    assert said == "C-014 with T-03: Nobody has looked at this concern for safety yet: concern-1.\n"
    (found,) = json.loads(run.invoke(main, ["course", "due", *both, "--json"]).stdout)
    assert (found["kind"], found["dyad"]) == ("concern_first_look", "C-014 with T-03")


def test_a_handover_is_said_and_is_a_record_with_its_words_masked(tmp_path: Path) -> None:
    """What it says is what `course.handover` says, and the plan stays confidential."""
    course = Course.begin("C-014", "T-03")
    course.record(events.SafetyConcernRaised(plan=SafetyPlan("ring the ward"), session=1))
    records.dump(course, tmp_path / "one.json", confidential="include")
    run = CliRunner()
    said = run.invoke(main, ["course", "handover", str(tmp_path / "one.json")]).stdout
    assert " ".join(said.split()) == " ".join(str(course.handover()).split())
    text = run.invoke(main, ["course", "handover", str(tmp_path / "one.json"), "--json"]).stdout
    assert "ward" not in text + said
    assert records.loads(text, Handover).open_concerns[0].plan is not None


def test_a_closed_course_says_why_it_closed(tmp_path: Path) -> None:
    """The reason for closing is said beside the stage."""
    course = Course.begin("C-014", "T-03")
    course.record(events.Closed(ClosingReason.TRANSFERRED, session=3))
    records.dump(course, tmp_path / "course.json")
    assert "C-014 with T-03: closed (transferred), intact, 1 entry." in shown(tmp_path / "course.json").stdout


@pytest.fixture
def german(tmp_path: Path) -> Path:
    """A file of texts in which some words are German."""
    english = (Path(therarel.__file__).parent / "texts" / "texts.yaml").read_text("utf-8")
    for old, new in (
        ("\n  strained: strained", "\n  strained: belastet"),
        ("\n    nothing: Nothing", "\n    nothing: Nichts"),
        ("\n  self_harm: self harm", "\n  self_harm: Selbstverletzung"),
    ):
        assert old in english
        english = english.replace(old, new)
    path = tmp_path / "texts-de.yaml"
    path.write_text(english, "utf-8")
    return path


def asked(*arguments: object) -> str:
    """What ``therarel course`` says, on one line."""
    result = CliRunner().invoke(main, ["course", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0, result.stderr
    return " ".join(result.stdout.split())


def test_a_course_is_shown_in_the_language_of_a_file_of_texts(tmp_path: Path, german: Path) -> None:
    """Another file of texts says the same in other words, without a table of its own."""
    course = Course.begin("C-014", "T-03")
    course.record(events.StrainNoticed(session=2))
    records.dump(course, tmp_path / "course.json")
    assert "initial formation, belastet" in asked("show", tmp_path / "course.json", "--texts", german)


def test_what_is_due_and_handed_over_is_said_in_the_language_of_a_file_of_texts(
    document: Path, tmp_path: Path, german: Path
) -> None:
    """Every answer about a saved course is said in the texts that are given; codes in JSON stay."""
    records.dump(Course.begin("C-015", "T-03"), tmp_path / "quiet.json")
    assert "Selbstverletzung" in asked("due", document, "--texts", german)
    assert asked("due", tmp_path / "quiet.json", "--texts", german).startswith("Nichts")
    assert "Selbstverletzung" in asked("handover", document, "--texts", german)
    assert "Selbstverletzung" in asked("due", document, "--texts", german, "--json")
    assert "Selbstverletzung" not in asked("handover", document, "--texts", german, "--json")


def test_a_language_changes_neither_table_nor_policy(tmp_path: Path, german: Path) -> None:
    """A course of another table is refused in every language, and one of another policy keeps it."""
    strict = Policy(strain_eased_before_working_phase=Requirement.REQUIRED)
    course = Course.begin("C-014", "T-03", machine=Machine.standard().with_policy(strict))
    course.record(events.StrainNoticed(session=2))
    records.dump(course, tmp_path / "strict.json")
    assert "By the policy in force it may not." in asked(
        "show", tmp_path / "strict.json", "--options", "--texts", german
    )
    own = Machine(attrs.evolve(Machine.standard().table, name="our service"))
    records.dump(Course.begin("C-015", "T-03", machine=own), tmp_path / "own.json")
    for command in ("show", "due", "handover"):
        given = ["course", command, str(tmp_path / "own.json"), "--texts", str(german)]
        result = CliRunner().invoke(main, given)
        assert result.exit_code != 0
        assert "the course was recorded under another table" in result.stderr
