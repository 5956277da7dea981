"""Files of every version of every kind load forever.

The files are written by hand and tell of one invented clinic: client C-014 with therapist T-03, twenty sessions in
2025, a rupture in session 7 that was repaired in session 9. ``<kind>/v<version>.json`` is the main file of a version;
what it cannot hold at the same time stands beside it as ``v<version>-<what it shows>.json``. A file that was once
released is never changed.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from therarel import records
from therarel.domain import ConcernOutcome, DevelopmentActivity, DevelopmentLog, Relationship
from therarel.domain.events import (
    CORRECTIONS,
    FACTS,
    JUDGEMENTS,
    ApproachAdapted,
    CulturalMisstepAcknowledged,
    SafetyConcernReviewed,
    SessionHeld,
    SupervisionHeld,
)
from therarel.machine import Course, Machine
from therarel.records import CourseRecord
from therarel.records.earlier import NOW_EVENTS
from therarel.records.kinds import kinds

CORPUS = Path(__file__).parent / "corpus"
FILES = sorted(CORPUS.glob("*/*.json*"))


def held(path: Path) -> list[object]:
    """What a file holds: the lines of a log, or one value."""
    return list(records.read_log(path)) if path.suffix == ".jsonl" else [records.load(path)]


def told(value: object) -> Iterator[tuple[type, str | None]]:
    """Every class that stands in a value, and each of its fields that says something."""
    if isinstance(value, tuple | frozenset):
        for each in value:
            yield from told(each)
        return
    kind: type = type(value)
    if not attrs.has(kind):
        return
    yield kind, None
    for field in attrs.fields(kind):
        inner = getattr(value, field.name)
        if inner is not None and inner not in ((), frozenset()):
            yield kind, field.name
            yield from told(inner)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_file_once_written_still_loads(path: Path) -> None:
    """Every file of the corpus reads without a problem, and what it holds can be written again."""
    values = held(path)
    assert values
    for value in values:
        assert records.loads(records.dumps(value, confidential="include")) == value


def test_the_corpus_holds_every_version_of_every_kind() -> None:
    """A new kind or version is not complete before a file of it stands in the corpus."""
    wanted = {f"{name}/v{version}" for name, kind in kinds().items() for version in range(1, kind.versions.current + 1)}
    wanted |= {f"{name}/v1" for name in NOW_EVENTS}
    found = {f"{path.parent.name}/{path.name.split('-')[0].split('.')[0]}" for path in FILES}
    missing = sorted(wanted - found)
    assert not missing, (
        f"write {', '.join(f'{each}.json' for each in missing)} in {CORPUS} by hand, with plain values of the "
        "invented clinic that the other files tell of; records.dump writes such a value once it is made"
    )
    unknown = sorted(found - wanted)
    assert not unknown, (
        f"{', '.join(unknown)} in {CORPUS} is no version of a kind; if a kind was renamed, old files must load"
    )


def test_every_field_of_every_class_is_filled_in_somewhere() -> None:
    """Each event and correction has a line, and each field of each class says something in at least one file."""
    said: dict[type, set[str | None]] = defaultdict(set)
    for path in FILES:
        for value in held(path):
            for cls, name in told(value):
                said[cls].add(name)
    absent = [cls.__name__ for cls in (*FACTS, *JUDGEMENTS, *CORRECTIONS) if cls not in said]
    assert not absent, f"add a line of {', '.join(absent)} by hand, in {CORPUS / 'event'}"
    empty = [
        f"{cls.__name__}.{field.name}" for cls in said for field in attrs.fields(cls) if field.name not in said[cls]
    ]
    assert not empty, (
        f"fill in {', '.join(empty)} in a file of its own, by hand: <kind>/v<version>-<what it shows>.json"
    )


def test_what_an_earlier_version_said_is_read_as_it_was_meant() -> None:
    """A review without a name closed all that was open; exploitation called a crossing is read as a violation."""
    start = json.loads((CORPUS / "course" / "v1.json").read_text("utf-8"))["start"] | {"safety_concern_open": True}
    review = {"type": "SafetyConcernReviewed", "session": 3}
    crossing = {"type": "BreachReported", "kind": "exploitation", "severity": "crossing", "status": "alleged"}
    events = [{"type": "SafetyConcernRaised"}, {"type": "SafetyConcernRaised"}, review, crossing]
    events.append({"type": "EntryCorrected", "of": 3, "by": review})
    document = {
        "schema": "therarel.course/1", "start": start, "policy": {}, "machine": Machine.standard().table.name,
        "entries": [{"event": event, "accepted": True} for event in events],
    }  # fmt: skip
    relationship = records.loads(json.dumps(document), Course).relationship
    assert len(relationship.safety_concerns) == 3
    assert not relationship.has_open_safety_concern
    assert [breach.severity.value for breach in relationship.breaches] == ["violation"]
    (alone,) = records.read_log([json.dumps({"schema": "therarel.event/1", **review})])
    assert alone == SafetyConcernReviewed(None, ConcernOutcome.CLOSED, session=3)
    open_then = {**json.loads((CORPUS / "relationship" / "v1.json").read_text("utf-8")), "safety_concern_open": True}
    assert records.loads(json.dumps(open_then), Relationship).has_open_safety_concern


def test_a_session_of_an_earlier_version_left_a_pause_as_it_was() -> None:
    """A pause that was agreed then goes on over the sessions held in it, and ends where it was ended."""
    kinds_then = ["SessionHeld", "PauseAgreed", "SessionHeld", "PauseEnded", "SessionHeld"]
    document = {
        "schema": "therarel.course/4", "start": {"dyad": {"client": {"pseudonym": "C-1"}, "therapist": {"pseudonym": "T-1"}}},
        "policy": {}, "machine": Machine.standard().table.name,
        "entries": [{"event": {"type": kind, "session": at}, "accepted": True} for at, kind in enumerate(kinds_then)],
    }  # fmt: skip
    course = records.loads(json.dumps(document), Course)
    assert [course.at(recorded=count).paused for count in range(6)] == [False, False, True, True, False, False]
    held = [line.event for line in course.log if isinstance(line.event, SessionHeld)]
    assert [event.during_pause for event in held] == [False, True, False]
    (alone,) = records.read_log(['{"schema": "therarel.event/2", "type": "SessionHeld", "session": 3}'])
    assert alone == SessionHeld(session=3, during_pause=True)


def test_what_is_an_event_now_is_read_as_one() -> None:
    """Supervision, adaptations and acknowledgements that were kinds of their own keep all that they said."""
    adapted, acknowledged, supervised = (records.load(CORPUS / name / "v1.json") for name in NOW_EVENTS)
    assert isinstance(adapted, ApproachAdapted)
    assert adapted.agreed_with_client
    assert isinstance(acknowledged, CulturalMisstepAcknowledged)
    assert (acknowledged.session, str(acknowledged.on), acknowledged.what is None) == (8, "2025-03-04", False)
    assert isinstance(supervised, SupervisionHeld)
    assert (str(supervised.on), supervised.independent, supervised.note is None) == ("2025-03-27", True, False)
    log = records.load(CORPUS / "development_log" / "v1.json", DevelopmentLog)
    assert str(log.last(DevelopmentActivity.CLINICAL_SUPERVISION)) == "2025-03-27"


COURSES = sorted(CORPUS.glob("course/*.json"))


@pytest.mark.parametrize("path", COURSES, ids=lambda path: path.name)
def test_a_course_of_the_corpus_is_a_course_again(path: Path) -> None:
    """A course once written has its history and its verdicts again, set aside is what was, and it leads where it led."""
    record = records.load(path, CourseRecord)
    course = record.course()
    assert [(line.event, line.accepted) for line in course.log] == [
        (line.event, line.accepted) for line in record.entries
    ]
    last = [line.set_aside or () for line in record.entries if line.corrects is not None][-1:]
    assert [entry.number for entry in course.replay().set_aside] == [number for each in last for number in each]
    assert not [each for each in course.decided_otherwise() if each.leads_elsewhere]
    assert records.loads(records.dumps(course, confidential="include"), Course) == course


@pytest.mark.parametrize("path", COURSES, ids=lambda path: path.name)
def test_a_course_of_the_corpus_says_what_it_could_not_know(path: Path) -> None:
    """A file of before knows neither who recorded what and when, nor what decided it; one of today knows everything."""
    record = records.load(path, CourseRecord)
    told = [each.split(":")[0] for each in record.not_known]
    if path.name.startswith(("v3", "v4", "v5")):
        assert told == (["what was agreed"] if path.name.startswith("v3") else [])
        assert record.course().log == record.entries
        return
    lacking = ["who recorded it and when", "what decided it", "the state that it led to"]
    corrected = any(line.corrects for line in record.entries)
    assert told == [*lacking, *(["what it set aside"] if corrected else []), "what was agreed"]
    assert f"{len(record.entries)} of {len(record.entries)} entries, the first is entry 1" in record.not_known[0]
    again = CourseRecord.of(record.course())
    assert again.state is not None
    assert all(line.id is None and line.recorded_at is None and line.provenance is None for line in again.entries)
