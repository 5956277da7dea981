"""Laws of reading and writing, over made-up classes that hold every kind of value there is."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from functools import partial
from typing import Any, Literal, TypeAlias, cast

import attrs
import pytest
from attrs import Attribute, field, frozen
from hypothesis import assume, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from therarel.confidential import Confidential, Pseudonym, confidential
from therarel.errors import ConfidentialityError, InvalidValueError, ReadingError, TherarelError, shown
from therarel.reading import Problem, Reader, render_path

Json: TypeAlias = dict[str, Any] | list[Any] | str | int | float | bool | None
Place: TypeAlias = tuple[str | int, ...]


class Mood(StrEnum):
    """A vocabulary."""

    CALM = "calm"
    TENSE = "tense"


class Step(StrEnum):
    """Another one, which shares no term with the first."""

    FIRST = "first"
    SECOND = "second"


def at_most_ten(instance: object, attribute: Attribute[Any], value: float) -> None:
    """Refuse what no rating can be."""
    if not 0 <= value <= 10:
        where = f"{type(instance).__name__}.{attribute.name}"
        raise InvalidValueError("not accepted", where=where, value=shown(value), bound="0 to 10")


@frozen
class Rated:
    """A number with bounds."""

    value: float = field(validator=at_most_ten, metadata={"minimum": 0, "maximum": 10, "unit": "points"})
    mood: Mood | None = None


@frozen
class Span:
    """Two numbers in order."""

    low: int
    high: int = field()

    def __attrs_post_init__(self) -> None:
        if self.low > self.high:
            raise InvalidValueError("not in order", where="Span.high", value=shown(self.high), bound=f"{self.low}")


@frozen(kw_only=True)
class Base:
    """What all events say."""

    on: date | None = None
    note: Confidential | None = field(default=None, converter=confidential)


@frozen
class Held(Base):
    """An event with a required and a positional field."""

    session: int
    rated: Rated | None = None
    moods: frozenset[Mood] = frozenset()
    length: timedelta = timedelta(minutes=50)


@frozen
class Moved(Base):
    """An event of many kinds of values."""

    who: Pseudonym
    why: Confidential
    act: Mood | Step = Mood.CALM
    spans: tuple[Span, ...] = ()
    weights: Mapping[Mood, float] = field(factory=dict)
    pair: tuple[int, str] = (0, "")
    kind: Literal["short", "long", 3] = "short"
    mixed: int | str | bool | None = None
    at: datetime | None = None
    _private: bool = False


@frozen
class Noted(Base):
    """An event that holds other events."""

    inner: Held | Moved | None = None
    texts: list[str] = field(factory=list)
    secrets: frozenset[Confidential] = frozenset()


Event: TypeAlias = Held | Moved | Noted


@frozen
class Log:
    """A document."""

    events: tuple[Event, ...] = ()
    title: str = ""


READER = Reader(unions=[Event])
VALIDATOR = Draft202012Validator(READER.schema(Log))

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
secrets = words.filter(lambda text: bool(text.strip()) and "\0" not in text).map(Confidential)
finite = st.floats(allow_nan=False, allow_infinity=False)
optional_dates = st.none() | st.dates()
moments = st.datetimes(timezones=st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes))))
durations = st.timedeltas(timedelta(days=-999_999), timedelta(days=999_999))
ratings = st.builds(Rated, st.floats(0, 10), st.none() | st.sampled_from(Mood))
spans = st.tuples(st.integers(), st.integers()).map(sorted).map(lambda ends: Span(*ends))
base: dict[str, st.SearchStrategy[Any]] = {"on": optional_dates, "note": st.none() | secrets}
held = st.builds(
    Held,
    session=st.integers(),
    rated=st.none() | ratings,
    moods=st.frozensets(st.sampled_from(Mood)),
    length=durations,
    **base,
)
moved = st.builds(
    Moved,
    who=st.from_regex(r"[A-Z]-[0-9]{3}", fullmatch=True).map(Pseudonym),
    why=secrets,
    act=st.sampled_from([*Mood, *Step]),
    spans=st.lists(spans, max_size=3).map(tuple),
    weights=st.dictionaries(st.sampled_from(Mood), finite),
    pair=st.tuples(st.integers(), words),
    kind=st.sampled_from(["short", "long", 3]),
    mixed=st.none() | st.integers() | words | st.booleans(),
    at=st.none() | moments,
    private=st.booleans(),
    **base,
)
noted = st.builds(
    Noted,
    inner=st.none() | held | moved,
    texts=st.lists(words, max_size=3),
    secrets=st.frozensets(secrets, max_size=2),
    **base,
)
events = held | moved | noted
logs = st.builds(Log, st.lists(events, max_size=4).map(tuple), words)
plain_logs = st.builds(Log, st.lists(held | moved, min_size=1, max_size=3).map(tuple), words)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(words | st.sampled_from(["events", "type", "session", "rated", "value"]), inner, max_size=4)
    ),
    max_leaves=20,
)


def written(log: object) -> Any:
    """JSON data of an object, with everything confidential."""
    return READER.unstructure(log, confidential="include")


@given(logs)
def test_what_is_written_reads_back_equal(log: Log) -> None:
    """Data and text of an object give an equal object, whatever it holds."""
    assert READER.structure(written(log), Log) == log
    text = READER.dumps(log, confidential="include")
    assert READER.loads(text, Log) == log
    assert READER.loads(text.encode(), Log) == log
    assert READER.loads(READER.dumps(log, confidential="include", indent=2), Log) == log


@given(logs)
def test_json_is_yaml_too(log: Log) -> None:
    """The YAML reader gives the same object for the same JSON text, once surrogate pairs are written out."""
    text = json.dumps(written(log)).replace("\x7f", "\\u007f")
    text = re.sub(r"\\ud[89ab]..\\ud[c-f]..", lambda pair: json.loads(f'"{pair[0]}"'), text)
    assert READER.read_yaml(text, Log) == log


@given(events)
def test_a_member_of_a_union_carries_its_class(event: Event) -> None:
    """An event written by itself has its tag and reads back as the union, and as its own class."""
    data = written(event)
    assert data["type"] == type(event).__name__
    assert READER.structure(data, Event) == event
    assert READER.structure(data, type(event)) == event


@given(logs)
def test_writing_is_deterministic_and_json_ready(log: Log) -> None:
    """The same object gives the same text, made of JSON types alone, and reading and writing again changes nothing."""
    data = written(log)
    assert json.loads(json.dumps(data)) == data
    assert written(READER.structure(data, Log)) == data


@given(logs)
def test_redacted_text_is_gone_and_the_rest_reads_back(log: Log) -> None:
    """A redacted document reads back; where a text stood, it says that it was redacted, and where none stood, nothing."""
    again = READER.structure(READER.unstructure(log, confidential="redact"), Log)
    assert len(again.events) == len(log.events)
    masked = Confidential("[redacted]")
    for event, before in zip(again.events, log.events, strict=True):
        assert event.note == (None if before.note is None else masked)
        if isinstance(event, Moved):
            assert event.why == masked
    assert [event.on for event in again.events] == [event.on for event in log.events]


def told(read: Callable[[], object]) -> list[Problem]:
    """The problems of a document, none if it can be read; anything but a ReadingError goes through."""
    try:
        read()
    except ReadingError as error:
        found = [problem for problem in error.problems if isinstance(problem, Problem)]
    else:
        return []
    assert found
    return found


@given(json_values)
def test_no_data_raises_anything_but_our_errors(data: Json) -> None:
    """Whatever stands in a file, the answer is an object or a ReadingError with at least one problem."""
    for declared in (Log, Event, tuple[Event, ...], Mapping[str, Rated], float, Mood | Step | None):
        told(partial(READER.structure, data, declared))


@given(json_values)
def test_fast_and_slow_reading_agree(data: Json) -> None:
    """The slow path finds a problem exactly where the fast path refuses."""
    for declared in (Log, Rated, Span, tuple[Event, ...], int | str | bool | None, tuple[int, str], frozenset[int]):
        READER._check(declared)
        explained, problems = READER._explained(data, declared, None)
        try:
            read = READER._structured(data, declared, None)
        except Exception:
            assert problems
        else:
            assert not problems
            assert read == explained


@given(st.text(max_size=60) | st.binary(max_size=60))
def test_no_text_raises_anything_but_our_errors(content: str | bytes) -> None:
    """Any text and any bytes are read or refused with a line, as JSON, as JSON Lines and as YAML."""
    for problem in (
        *told(lambda: READER.loads(content, Log)),
        *told(lambda: READER.read_yaml(content, Log)),
        *told(lambda: list(READER.read_json_lines(content, Log))),
    ):
        assert problem.line is not None


@given(st.lists(held | moved, max_size=3), st.data())
def test_a_list_is_read_as_its_items_are(happened: list[Event], data: st.DataObject) -> None:
    """A list that is a whole text reads as the same list within a document does, however it is spaced or torn."""
    text = json.dumps([written(event) for event in happened], indent=data.draw(st.sampled_from([None, 0, 2])))
    assert READER.loads(f" {text}\n", list[Event]) == happened
    assert READER.loads(text, tuple[Event, ...]) == tuple(happened)
    at = data.draw(st.integers(0, len(text) - 1))
    torn = text[:at] + data.draw(st.sampled_from(["", ",", "]", "[", " ", '"', "1"])) + text[at + 1 :]
    try:
        found = json.loads(torn)
        json.dumps(found, ensure_ascii=False).encode()  # half a character is read from no text
        expected: object = READER.structure({"events": found}, Log).events
    except ValueError:
        assert told(partial(READER.loads, torn, tuple[Event, ...]))
    else:
        assert READER.loads(torn, tuple[Event, ...]) == expected


def places(data: Json, path: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every path of JSON data with its value, the top left out."""
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in inside:
        yield (*path, step), value
        yield from places(value, (*path, step))


def changed(data: Json, path: Place, value: Json) -> Json:
    """A copy of JSON data with another value at a path."""
    copy = json.loads(json.dumps(data))
    inner = copy
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return cast("Json", copy)


@given(plain_logs, st.data())
def test_every_damaged_value_is_named_with_its_path(log: Log, data: st.DataObject) -> None:
    """A value of the wrong kind gives exactly one problem, and its path leads to the value."""
    whole = written(log)
    path, value = data.draw(st.sampled_from(list(places(whole))))
    wrong: Json = [[["x"]]] if not isinstance(value, (list, dict)) else 2.5
    with pytest.raises(ReadingError) as caught:
        READER.structure(changed(whole, path, wrong), Log)
    assert [cast("Problem", problem).path for problem in caught.value.problems] == [path]
    with pytest.raises(ReadingError) as caught:
        READER.loads(json.dumps(changed(whole, path, wrong), indent=1), Log)
    (problem,) = cast("tuple[Problem]", caught.value.problems)
    assert problem.path == path
    assert problem.line is not None
    assert problem.line > 1


@given(plain_logs, st.data())
def test_an_unknown_key_is_named_and_so_is_the_nearest(log: Log, data: st.DataObject) -> None:
    """A misspelt key is refused where it stands, with the key that was meant; any other is told by its length."""
    whole = written(log)
    index = data.draw(st.integers(0, len(log.events) - 1))
    for key, place in (("notes", "notes"), ("Annabel", "[text of 7 characters]")):
        faulty = changed(whole, ("events", index, key), "x")
        for read in (partial(READER.structure, faulty, Log), partial(READER.loads, json.dumps(faulty), Log)):
            with pytest.raises(ReadingError) as caught:
                read()
            (problem,) = cast("tuple[Problem]", caught.value.problems)
            assert problem.path == ("events", index, place)
            assert key in str(problem) or key == "Annabel"


@given(st.lists(st.sampled_from(["session", "who", "why"]), min_size=1, max_size=3, unique=True), plain_logs)
def test_every_missing_key_is_named(keys: list[str], log: Log) -> None:
    """All keys that must be there and are not are told at once."""
    whole = written(log)
    expected = set()
    for index, event in enumerate(whole["events"]):
        for key in keys:
            if key in event:
                del event[key]
                expected.add(("events", index, key))
    assume(expected)
    with pytest.raises(ReadingError) as caught:
        READER.structure(whole, Log)
    assert {cast("Problem", problem).path for problem in caught.value.problems} == expected


def all_words(error: BaseException) -> str:
    """Everything that an error says anywhere: text, representation, arguments, fields, chained errors."""
    seen: list[str] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is None:
            continue
        seen += [str(each), repr(each), repr(each.args), repr(vars(each))]
        waiting += [each.__cause__, each.__context__]
        waiting += getattr(each, "problems", ())
    return "\n".join(seen)


@given(plain_logs, st.from_regex(r"Canary[a-z]{8}(?: [a-z]{4}){0,2}", fullmatch=True), st.data())
def test_confidential_text_is_in_no_error(log: Log, canary: str, data: st.DataObject) -> None:
    """Whatever else is wrong with a document, the text of its confidential fields appears in no error."""
    whole = written(log)
    for event in whole["events"]:
        event["note"] = canary
        if "why" in event:
            event["why"] = canary
    path, value = data.draw(st.sampled_from([each for each in places(whole) if each[1] != canary]))
    wrong: Json = [[["x"]]] if not isinstance(value, (list, dict)) else 2.5
    faulty = changed(whole, path, wrong)
    hidden = changed(whole, ("events", 0, "note"), [canary])
    text = json.dumps(faulty)
    attempts: list[Any] = [
        lambda: READER.structure(faulty, Log),
        lambda: READER.structure(hidden, Log),
        lambda: READER.loads(text, Log),
        lambda: READER.loads(text[:-1], Log),
        lambda: READER.loads(text + "x", Log),
        lambda: READER.loads(text.replace(canary, canary + "\\q"), Log),
        lambda: READER.loads(text.replace(canary, canary + "\\ud800"), Log),
        lambda: READER.loads(text.encode().replace(canary.encode(), canary.encode() + b"\xff"), Log),
        lambda: READER.read_yaml(text, Log),
        lambda: READER.read_yaml(text.replace(canary, canary + "\\q"), Log),
        lambda: READER.read_yaml(text.replace(f'"{canary}"', f"*{canary}"), Log),
        lambda: READER.read_yaml(text.replace(f'"{canary}"', f"!{canary} x"), Log),
        lambda: READER.read_yaml(text.replace(f'"{canary}"', f'"{canary}'), Log),
        lambda: list(READER.read_json_lines(text, Log)),
        lambda: READER.dumps(READER.structure(whole, Log)),
        lambda: READER.dumps(attrs.evolve(log, title=math.nan), confidential="include"),  # type: ignore[arg-type]
    ]
    for attempt in attempts:
        with pytest.raises(TherarelError) as caught:
            attempt()
        assert "Canary" not in all_words(caught.value)


@given(plain_logs.filter(lambda log: any(event.note or isinstance(event, Moved) for event in log.events)))
def test_confidential_text_is_written_only_by_decision(log: Log) -> None:
    """Without a decision nothing is written, and the error names the first place."""
    with pytest.raises(ConfidentialityError) as caught:
        READER.dumps(log)
    where = caught.value.where or ""
    assert where.startswith("$.events[")
    assert where.endswith((".note", ".why"))


@given(logs)
def test_what_is_written_fits_the_schema(log: Log) -> None:
    """Every document of the library is valid by its JSON Schema."""
    VALIDATOR.validate(written(log))


@given(json_values)
def test_what_is_read_fits_the_schema(data: Json) -> None:
    """The schema is never stricter than the reader."""
    for declared in (Log, Rated, Event, int | str | bool | None, tuple[int, str]):
        try:
            READER.structure(data, declared)
        except ReadingError:
            continue
        Draft202012Validator(READER.schema(declared)).validate(data)


@given(plain_logs, st.data())
def test_what_is_damaged_does_not_fit_the_schema(log: Log, data: st.DataObject) -> None:
    """A value of the wrong kind is refused by the schema too."""
    whole = written(log)
    path, value = data.draw(st.sampled_from(list(places(whole))))
    wrong: Json = [[["x"]]] if not isinstance(value, (list, dict)) else 2.5
    assert not VALIDATOR.is_valid(changed(whole, path, wrong))


@given(st.lists(st.text(max_size=20) | st.integers(0, 99), max_size=5))
def test_a_path_is_one_line_without_sentences(path: list[str | int]) -> None:
    """Paths stay on one line, and keys that may be sentences are described by their length."""
    rendered = render_path(tuple(path))
    assert rendered.startswith("$")
    assert len(rendered.splitlines()) == 1
    for step in path:
        if isinstance(step, str) and " " in step:
            assert step not in rendered or not step.strip()
