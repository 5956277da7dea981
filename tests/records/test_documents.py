"""Every public value goes out as a document and comes back equal; nothing confidential leaves unasked."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel import records
from therarel.domain import ExportPurpose, Occurrence, Rater, Rating, events
from therarel.errors import ConfidentialityError, InvalidValueError, ReadingError, TherarelError, UnknownNameError
from therarel.machine import Course
from therarel.reading import ConfidentialHandling
from therarel.testing import PUBLIC_CLASSES, leaks, strategy_for

MARKER = "canary-41c9"
classes = pytest.mark.parametrize("cls", PUBLIC_CLASSES, ids=lambda cls: cls.__name__)


@classes
@given(data=st.data())
def test_a_value_survives_the_round_trip(cls: type[Any], data: st.DataObject) -> None:
    """Written with its confidential text and read again, a value is equal and names its kind."""
    value = data.draw(strategy_for(cls))
    text = records.dumps(value, confidential="include")
    assert records.loads(text) == value
    assert records.loads(text, cls) == value
    kind = records.kind_of(value)
    assert kind is not None
    assert json.loads(text)["schema"] == kind.stamp


@classes
@given(data=st.data())
def test_confidential_text_needs_a_decision(cls: type[Any], data: st.DataObject) -> None:
    """Without a decision a value with confidential text is refused by path; redacted it holds none and reads back."""
    value = data.draw(strategy_for(cls, marker=MARKER))
    included = records.dumps(value, confidential="include")
    redacted = records.dumps(value, confidential="redact")
    assert MARKER not in redacted
    assert isinstance(records.loads(redacted), cls)
    if MARKER in included:
        with pytest.raises(ConfidentialityError) as caught:
            records.dumps(value)
        assert (caught.value.where or "").startswith("$.")
        assert leaks(lambda: records.dumps(value), MARKER) == ()
    else:
        assert records.dumps(value) == included


@given(data=st.data())
def test_any_damage_is_told_by_path_and_never_by_confidential_content(data: st.DataObject) -> None:
    """Replacing any one value of a document by one of another type is refused, or was no damage."""
    value = data.draw(st.sampled_from(PUBLIC_CLASSES).flatmap(lambda cls: strategy_for(cls, marker=MARKER)))
    document = json.loads(records.dumps(value, confidential="include"))
    holder: Any = document
    key = data.draw(st.sampled_from(sorted(document)))
    while isinstance(holder[key], dict | list) and holder[key] and data.draw(st.booleans()):
        holder = holder[key]
        key = data.draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
    holder[key] = data.draw(st.sampled_from([None, True, 3.25, "x y", [], {}, ["x"], {"x": 1}]))
    text = json.dumps(document)
    assert leaks(lambda: _read(text), MARKER, local_values=False) == ()


def _read(text: str) -> None:
    try:
        records.loads(text)
    except TherarelError as error:
        assert isinstance(error, ReadingError)  # noqa: PT017
        raise


def test_all_problems_are_told_at_once_with_path_line_value_and_hint() -> None:
    """A document with four faults names four places."""
    text = """{
  "schema": "therarel.event/3",
  "type": "Measured",
  "session": 3.7,
  "score": {"instrument": "wai-sr", "value": "4.5", "rater": "clint"},
  "sesion": 3
}"""
    with pytest.raises(ReadingError) as caught:
        records.loads(text)
    told = str(caught.value)
    assert [problem.where for problem in caught.value.problems] == [
        "line 4, column 14 $.session",
        "line 5, column 46 $.score.value",
        "line 5, column 62 $.score.rater",
        "line 6, column 3 $.sesion",
    ]
    assert "did you mean 'client'" in told
    assert "did you mean 'session'" in told


def test_unknown_kinds_and_newer_versions_are_refused_with_a_hint() -> None:
    """A stamp that is missing, misspelt or from the future says so."""
    for text, said in (
        ('{"session": 3}', "names its kind"),
        ('{"schema": "therarel.occurence/1"}', "did you mean 'occurrence'"),
        ('{"schema": "therarel.occurrence/99"}', "newer"),
        ("[1, 2]", "names its kind"),
        ("{", "line 1"),
        ('{"schema": "therarel.event/3", "type": "SesionHeld"}', "did you mean 'SessionHeld'"),
    ):
        with pytest.raises(ReadingError, match=said):
            records.loads(text)


def test_what_was_expected_must_come_out() -> None:
    """A document of another kind is refused when a class is expected."""
    text = records.dumps(events.SessionHeld(session=1))
    with pytest.raises(InvalidValueError, match="another kind"):
        records.loads(text, events.SessionMissed)
    with pytest.raises(ReadingError, match="another kind"):
        records.loads(text, Rating)


def test_a_union_of_events_may_be_expected() -> None:
    """What is expected may be a union, such as any event; another value, or what is no class, is refused."""
    text = records.dumps(events.SessionHeld(session=1))
    assert records.loads(text, events.Event) == events.SessionHeld(session=1)
    with pytest.raises(InvalidValueError, match=r"got SessionHeld \(expected EntryRetracted, EntryCorrected\)"):
        records.loads(text, events.Correction)
    six = "SessionHeld, SessionMissed, PauseAgreed, PauseEnded, FollowUpHeld, Measured"
    with pytest.raises(InvalidValueError, match=rf"got Occurrence \(expected {six}, \.\.\.\)"):
        records.loads(records.dumps(Occurrence(session=1)), events.Event)
    with pytest.raises(InvalidValueError, match="a class or a union of classes"):
        records.loads(text, "Event")  # type: ignore[call-overload]  # a caller without a type checker


def test_a_refused_value_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    """Nothing is written before the whole value was accepted."""
    path = tmp_path / "record.json"
    records.dump(Occurrence(session=1), path)
    before = path.read_text("utf-8")
    with pytest.raises(ConfidentialityError):
        records.dump(events.ChallengeFaced("a fear"), path)
    with pytest.raises(InvalidValueError, match="no kind of record"):
        records.dump(Rater.CLIENT, path)
    assert path.read_text("utf-8") == before
    assert records.load(path, Occurrence) == Occurrence(session=1)


def test_a_damaged_file_is_named_in_its_problems(tmp_path: Path) -> None:
    """Problems of a file begin with its name and line."""
    path = tmp_path / "record.json"
    path.write_text('{"schema": "therarel.occurrence/1",\n "session": "3"}', "utf-8")
    with pytest.raises(ReadingError, match=r"record\.json:2"):
        records.load(path)


def test_the_state_of_a_monitor_is_a_record_of_its_own() -> None:
    """What a monitor remembers survives the round trip, and records load no numbers package before one turns up."""
    from therarel.detection.monitors import Monitor
    from therarel.detection.rules import EarlierChart

    monitor = Monitor(EarlierChart(), scale=(1, 5), higher_is_better=True)
    state = monitor.start()
    for session, score in enumerate([4.0, None, 4.5], start=1):
        state, _ = monitor.update(state, session, score)
    assert records.loads(records.dumps(state)) == state
    assert records.json_schema("monitor_state")["required"]
    code = "import sys, therarel.records; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_document_is_written_on_one_line_or_indented_as_asked(tmp_path: Path) -> None:
    """Text is on one line unless asked, a file is indented by two unless asked; both are read as the same value."""
    value, path = Occurrence(session=3, on=date(2025, 3, 4)), tmp_path / "record.json"
    assert records.dumps(value).count("\n") == 0
    for indent in (None, 0, 1, 4):
        text = records.dumps(value, indent=indent)
        records.dump(value, path, indent=indent)
        assert path.read_text("utf-8") == text + "\n"
        assert text == json.dumps(json.loads(text), indent=indent)
        assert records.load(path, Occurrence) == records.loads(text) == value
    records.dump(value, path)
    assert path.read_text("utf-8") == records.dumps(value, indent=2) + "\n"
    with pytest.raises(InvalidValueError, match=r"^indent: "):
        records.dumps(value, indent=-1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{", None),
        ("{", Occurrence),
        ('{"session": 3}', None),
        ('{"session": 3}', Occurrence),
        ('{"schema": "therarel.occurrence/1", "session": -3}', None),
        ('{"schema": "therarel.occurence/1"}', None),
        ('{"schema": "therarel.event/3", "type": "SessionHeld", "session": 1}', events.SessionMissed),
    ],
)
def test_a_document_is_named_in_whatever_is_wrong_with_it(text: str, expected: type | None) -> None:
    """The name that the caller gives begins the message; without one the message begins with what is wrong."""
    with pytest.raises((ReadingError, InvalidValueError), match=r"^the letter of May: "):
        records.loads(text, expected, source="the letter of May")
    with pytest.raises((ReadingError, InvalidValueError)) as nameless:
        records.loads(text, expected)
    assert nameless.value.where is None


@pytest.mark.parametrize("handling", ["include", "redact"])
def test_a_file_holds_what_was_decided_about_confidential_text(handling: ConfidentialHandling, tmp_path: Path) -> None:
    """What is decided for a text counts for a file, too: the words are in it, or in none of its bytes."""
    path, event = tmp_path / "event.json", events.ChallengeFaced("a fear of dogs")
    records.dump(event, path, confidential=handling)
    assert path.read_text("utf-8") == records.dumps(event, indent=2, confidential=handling) + "\n"
    assert ("dogs" in path.read_text("utf-8")) is (handling == "include")


def test_what_no_record_holds_is_named_with_what_would_do() -> None:
    """A number is no record, a kind that there is not has a hint, and a purpose is of a course."""
    with pytest.raises(
        InvalidValueError, match=r"got 3 \(expected a public value class of therarel\.domain\)\. Hint: a series"
    ):
        records.dumps(3)
    with pytest.raises(
        UnknownNameError, match=r"no such kind of record, got 'occurence'\. Hint: did you mean 'occurrence'"
    ):
        records.json_schema("occurence")
    with pytest.raises(
        InvalidValueError, match=r"^purpose: .*, got an object of type SessionHeld \(expected a Course\)"
    ):
        records.dumps(events.SessionHeld(), purpose=ExportPurpose.RESEARCH)
    with pytest.raises(ConfidentialityError, match=r"^purpose: Consent to research .* as no\. Hint: Ask, and record"):
        records.dumps(Course.begin("C-014", "T-03"), purpose=ExportPurpose.RESEARCH)


@pytest.mark.parametrize(("seen", "sessions"), [(None, []), (0, [0]), (3, [3])])
@pytest.mark.parametrize(("position", "forgotten"), [(None, 0), (0, 0), (5, 5)])
def test_a_monitor_of_before_remembers_where_it_was_and_no_scores(
    seen: int | None, sessions: list[int], position: int | None, forgotten: int
) -> None:
    """Figures of the scores were kept, and none of the scores: a course that is followed gives them back."""
    from therarel.detection.monitors import Monitor, MonitorState
    from therarel.detection.rules import EarlierChart

    settings = Monitor(EarlierChart(), scale=(1, 5), higher_is_better=True).start().settings
    known = {"session": seen, "position": position}
    document: dict[str, object] = {"schema": "therarel.monitor_state/1", "settings": settings}
    document |= {name: value for name, value in known.items() if value is not None}
    state = records.loads(json.dumps(document), MonitorState)
    assert (list(state.sessions), list(state.scores), state.forgotten) == (sessions, [None] * len(sessions), forgotten)


@pytest.mark.parametrize("given", [None, Path("C-014.json"), {"schema": "therarel.event/3"}])
def test_a_document_is_text_and_a_path_is_for_another_function(given: Any) -> None:
    """What is no text is refused with the function that reads a file."""
    with pytest.raises(InvalidValueError, match=r"a document is text or bytes, got .*load\(path\) reads a file"):
        records.loads(given)
