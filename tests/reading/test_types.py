"""What each declared type accepts, what it refuses, and which types cannot be read at all."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Annotated, Any, Literal, NewType

import attrs
import pytest
from attrs import Factory, field, frozen
from jsonschema import Draft202012Validator

from therarel.confidential import Confidential, Pseudonym
from therarel.errors import InvalidValueError, ReadingError
from therarel.reading import Reader

Session = NewType("Session", int)
READER = Reader()


class Mood(StrEnum):
    """A vocabulary."""

    CALM = "calm"
    TENSE = "tense"


class Other(StrEnum):
    """A vocabulary that shares a term with the first."""

    CALM = "calm"


class Number(IntEnum):
    """An enumeration of numbers, which JSON cannot tell from numbers."""

    ONE = 1


@frozen
class A:
    """A class."""

    x: int = 0


@frozen
class B:
    """Another class."""

    y: int = 0


@frozen
class Tree:
    """A class that holds itself."""

    name: str
    branches: tuple[Tree, ...] = ()


@frozen
class Branch:
    """A member of a union that holds the union."""

    parts: tuple[Branch | Leaf, ...] = ()
    named: Mapping[str, Leaf | Branch] = field(factory=dict)
    last: Leaf | Branch | None = None


@frozen
class Leaf:
    """The other member."""

    x: int = 0


@frozen
class Typed:
    """A class with a field that is called as the tag."""

    type: str


def refusal(data: object, declared: object) -> str:
    """What a value is refused for."""
    with pytest.raises(ReadingError) as caught:
        READER.structure(data, declared)
    (problem,) = caught.value.problems
    return problem.render()


@pytest.mark.parametrize(
    ("declared", "data", "expected"),
    [
        (int, 3, 3),
        (float, 3, 3.0),
        (float, 0.5, 0.5),
        (bool, False, False),
        (Session, 3, 3),
        (Annotated[int, "a remark"], 3, 3),
        (None, None, None),
        (Mood, "calm", Mood.CALM),
        (Mood | None, None, None),
        (Literal["a", 1] | None, 1, 1),
        (int | float, 1, 1),
        (int | float, 1.5, 1.5),
        (A | str, {"x": 1}, A(1)),
        (A | str, "x", "x"),
        (A | B, {"type": "B", "y": 1}, B(1)),
        (A | B | None, None, None),
        (A, {"type": "A"}, A()),
        (Typed, {"type": "B"}, Typed("B")),
        (tuple[int, ...], [1, 2], (1, 2)),
        (Sequence[int], [1], (1,)),
        (tuple[A, Mood], [{}, "calm"], (A(), Mood.CALM)),
        (AbstractSet[Mood], ["tense", "calm"], frozenset(Mood)),
        (Mapping[Mood, tuple[A, ...]], {"calm": [{}]}, {Mood.CALM: (A(),)}),
        (dict[Pseudonym, int], {"C-1": 1}, {Pseudonym("C-1"): 1}),
        (date, "2024-02-29", date(2024, 2, 29)),
        (timedelta, "P1DT2H30M1.5S", timedelta(days=1, hours=2, minutes=30, seconds=1.5)),
        (timedelta, "-PT50M", timedelta(minutes=-50)),
        (datetime, "2024-03-05T14:30:00Z", datetime(2024, 3, 5, 14, 30, tzinfo=UTC)),
        (Confidential, "She cried.", Confidential("She cried.")),
        (Tree, {"name": "a", "branches": [{"name": "b"}]}, Tree("a", (Tree("b"),))),
        (Branch, {"parts": [{"type": "Branch", "last": {"type": "Leaf"}}]}, Branch((Branch(last=Leaf()),))),
        (Branch | Leaf, {"type": "Branch", "named": {"a": {"type": "Leaf"}}}, Branch(named={"a": Leaf()})),
    ],
)
def test_a_declared_type_reads_what_it_declares(declared: Any, data: object, expected: object) -> None:
    """Each type reads its own spelling, gives a value of exactly its kind, writes it back, and fits its schema."""
    read: object = READER.structure(data, declared)
    assert read == expected
    assert type(read) is type(expected)
    again = READER.unstructure(read, declared, confidential="include")
    assert READER.structure(again, declared) == expected
    Draft202012Validator(READER.schema(declared)).validate(data)
    Draft202012Validator(READER.schema(declared)).validate(again)


@pytest.mark.parametrize(
    ("declared", "data", "expected"),
    [
        (int, 3.7, "$: a whole number is needed, got 3.7"),
        (int, float("inf"), "$: a whole number is needed, got inf"),
        (int, True, "$: a whole number is needed, got true"),
        (int, "3", "$: a whole number is needed, got '3'. Hint: write the number without quotes"),
        (float, "0.5", "$: a number is needed, got '0.5'. Hint: write the number without quotes"),
        (float, False, "$: a number is needed, got false"),
        (float, float("nan"), "$: a finite number is needed, got nan"),
        (float, float("inf"), "$: a finite number is needed, got inf"),
        (float, 10**400, "$: the number is too large, got a very large number"),
        (bool, 1, "$: true or false is needed, got 1. Hint: write true"),
        (str, 3, "$: text is needed, got 3. Hint: put it in quotes"),
        (str, Mood.CALM, "$: text is needed, got text of 4 characters"),
        (None, 0, "$: null is needed, got 0"),
        (Mood, "clam", "$: a term of Mood is needed, got 'clam'. Hint: did you mean 'calm'?"),
        (Mood, None, "$: a term of Mood is needed, got null. Hint: known are calm, tense"),
        (Mood, ["calm"], "$: a term of Mood is needed, got a list of 1"),
        (Literal["short", "long"], "shrot", "$: one of the listed values is needed, got 'shrot'. Hint: did you mean"),
        (Literal[1], True, "$: one of the listed values is needed, got true"),
        (Literal[1], 1.5, "$: one of the listed values is needed, got 1.5"),
        (int | str, None, "$: a whole number or text is needed, got null"),
        (tuple[str, ...], "abc", "$: a list is needed, got text of 3 characters. Hint: write it as a list, [...]"),
        (tuple[int, str], [1], "$: the list has the wrong length, got a list of 1 (expected 2 values, not 1)"),
        (frozenset[int], [1, 2, 1], "$[2]: listed twice. Hint: name each value of a set once"),
        (frozenset[int], [1, "2"], "$[1]: a whole number is needed"),
        (tuple[int, str], [1, 2], "$[1]: text is needed"),
        (Mapping[str, A], {"a": {"x": "1"}}, "$.a.x: a whole number is needed"),
        (Mapping[Mood, int], {"clam": 1}, "$.clam: a term of Mood is needed, got 'clam'. Hint: did you mean 'calm'?"),
        (Mapping[str, int], [], "$: an object is needed, got a list of 0"),
        (date, "2024-2-29", "$: a date is needed, got '2024-2-29' (expected YYYY-MM-DD)"),
        (date, "20240229", "$: a date is needed"),
        (date, "2024-W09-4", "$: a date is needed"),
        (date, "2023-02-29", "$: a date is needed"),
        (
            date,
            "2024-02-29T10:00:00Z",
            "$: a date is needed, got '2024-02-29T10:00:00Z' (expected YYYY-MM-DD). Hint: leave",
        ),
        (datetime, "2024-03-05T14:30:00", "$: a moment is needed"),
        (datetime, "2024-03-05T25:30:00Z", "$: a moment is needed"),
        (timedelta, "P", "$: a duration is needed"),
        (timedelta, "P999999999DT999999999H", "$: a duration is needed"),
        (timedelta, "PT", "$: a duration is needed"),
        (timedelta, 50, "$: a duration is needed, got 50"),
        (Pseudonym, "Anna Smith", "$: a pseudonym is a code, not a name (expected 1 to 64"),
        (Pseudonym, 3, "$: a Pseudonym (text) is needed, got 3"),
        (Confidential, 3, "$: confidential text is a string, got a number"),
        (list[Confidential], "wept", "$: a list is needed, got text. Hint: write it as a list"),
        (Confidential, " ", "$: confidential text may not be empty, got text"),
        (A, [], "$: an object (A) is needed, got a list of 0"),
        (A, {"type": "B"}, "$.type: another class is named, got text of 1 characters. Hint: known are A"),
        (A, {"X": 1}, "$.X: unknown key. Hint: did you mean 'x'?"),
        (A | B, {"type": "C"}, "$.type: no such class here, got text of 1 characters. Hint: known are A, B"),
        (A | B, {"type": ["A"]}, "$.type: no such class here, got a list of 1"),
        (A | B, {}, "$.type: the name of the class is missing (expected A, B)"),
        (A | B, "A", "$: an object is needed, got text of 1 characters"),
    ],
)
def test_nothing_is_coerced(declared: Any, data: object, expected: str) -> None:
    """What only resembles a value is refused, with the value, the bound and a hint."""
    assert refusal(data, declared).startswith(expected)


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        (complex, "cannot be read strictly"),
        (object, "cannot be read strictly"),
        (tuple, "cannot be read strictly"),
        (Mapping[int, str], "the keys of a JSON object are text"),
        (Mapping[Confidential, str], "the keys of a JSON object are text"),
        (Number, "its values, which must be text"),
        (Mood | Other, "a term of two enumerations"),
        (Mood | str, "look the same in JSON"),
        (date | str, "look the same in JSON"),
        (tuple[int, ...] | frozenset[int], "look the same in JSON"),
        (Typed | A, "the key that names the class"),
        (A | attrs.make_class("A", {"z": field(type=int)}, frozen=True), "two classes of one union"),
        (attrs.make_class("Bare", ["z"], frozen=True), r"Bare\.z: a field without a type"),
        (Literal[b"x"], "a Literal is read by"),
    ],
)
def test_types_that_cannot_be_read_strictly_are_refused_at_once(declared: Any, reason: str) -> None:
    """A type whose values JSON could not tell apart is refused before any data is seen."""
    with pytest.raises(InvalidValueError, match=reason):
        Reader().structure(1, declared)


def test_the_field_of_an_unreadable_type_is_named() -> None:
    """The developer who declared it learns which field it was."""
    strange = attrs.make_class("Strange", {"x": field(type=complex)}, frozen=True)
    with pytest.raises(InvalidValueError, match=r"Strange\.x: values of type complex"):
        Reader().structure({}, strange)


def test_annotations_must_be_known_at_run_time() -> None:
    """A name that only type checkers know is refused with the way out."""

    @frozen
    class Local:
        x: int = 0

    @frozen
    class Holder:
        inner: Local

    with pytest.raises(InvalidValueError, match="'Local' in the annotations is not known at run time"):
        Reader().structure({}, Holder)


def double(value: int) -> int:
    """A converter."""
    return 2 * value


def even(instance: object, attribute: attrs.Attribute[int], value: int) -> None:
    """A validator that does not belong to this library."""
    if value % 2:
        raise ValueError(f"{value} is odd")


def wordy(instance: object, attribute: attrs.Attribute[str], value: str) -> None:
    """A validator that quotes what it was given."""
    if value != "fine":
        raise ValueError(f"not fine: {value}")


@frozen
class Ruled:
    """A class with rules of every kind."""

    number: int = field(validator=even)
    word: str = field(default="fine", validator=wordy)
    twice: int = field(default=1, converter=double)
    others: tuple[int, ...] = Factory(lambda self: (self.number,), takes_self=True)
    last: int = field(default=0, kw_only=True)

    @last.validator
    def _not_above(self, attribute: attrs.Attribute[int], value: int) -> None:
        if value > self.number:
            raise InvalidValueError("too late", value=str(value), bound=f"at most {self.number}", hint="look again")


def test_the_rules_of_all_fields_are_told_at_once() -> None:
    """Every validator that refuses is a problem of its field; other people's words are passed on without text."""
    with pytest.raises(ReadingError) as caught:
        READER.structure({"number": 3, "word": "she wept", "last": 7}, Ruled)
    assert [problem.render() for problem in caught.value.problems] == [
        "$.number: refused by a rule of its field, got 3. Hint: 3 is odd",
        "$.word: refused by a rule of its field, got text of 8 characters",
        "$.last: too late, got 7 (expected at most 3). Hint: look again",
    ]
    problem = caught.value.problems[-1]
    assert (problem.value, problem.bound, problem.hint) == ("7", "at most 3", "look again")


def test_rules_are_told_beside_values_of_the_wrong_kind() -> None:
    """A field that cannot be read does not hide what is wrong with the others."""
    with pytest.raises(ReadingError) as caught:
        READER.structure({"number": "4", "word": "no", "last": 9}, Ruled)
    assert [problem.where for problem in caught.value.problems] == ["$.number", "$.word"]


def test_what_a_class_refuses_as_a_whole_is_told_at_its_field_or_at_itself() -> None:
    """A rule over several fields is a problem of the field it names, else of the object, with what it says."""

    @frozen
    class Ordered:
        low: int
        high: int
        note: Confidential | None = None

        def __attrs_post_init__(self) -> None:
            if self.low > self.high:
                raise InvalidValueError("not in order", where="Ordered.high", value=str(self.high))
            if self.low == self.high:
                raise ValueError(f"equal: {self.note}")

    @frozen
    class Whole:
        low: int
        high: int

        def __attrs_post_init__(self) -> None:
            if self.low > self.high:
                raise InvalidValueError("not in order", where="Whole", value=f"{self.low} to {self.high}")

    assert refusal({"low": 2, "high": 1}, Ordered) == "$.high: not in order, got 1"
    assert refusal({"low": 1, "high": 1}, Ordered) == "$: refused by a rule of its class, got an object"
    assert refusal([{"low": 2, "high": 1}], tuple[Whole, ...]) == "$[0]: not in order, got 2 to 1"


def test_converters_that_look_around_are_followed() -> None:
    """A converter that takes the object and the field is called with them, also where faults are explained."""

    def shifted(value: int, instance: Any, attribute: attrs.Attribute[int]) -> int:
        if value < instance.first:
            raise ValueError(f"{attribute.name} comes first")
        return value + int(instance.first)

    @frozen
    class Looking:
        first: int
        second: int = field(converter=attrs.Converter(shifted, takes_self=True, takes_field=True))  # type: ignore[misc]
        third: int = 0

    assert READER.structure({"first": 2, "second": 3}, Looking).second == 5
    expected = "$.second: refused by a rule of its field, got 1. Hint: second comes first"
    assert refusal({"first": 2, "second": 1}, Looking) == expected
    assert refusal({"first": "2", "second": 1}, Looking).startswith("$.first: a whole number is needed")


def test_data_nested_beyond_reason_is_a_problem() -> None:
    """Data that no text could hold is refused like other data, without exhausting the interpreter."""
    data: dict[str, Any] = {"name": "leaf"}
    for _ in range(5_000):
        data = {"name": "branch", "branches": [data]}
    assert refusal(data, Tree) == "$: nested too deep to be read"


def test_converters_and_defaults_are_the_constructors() -> None:
    """What the constructor would make of a value is what is read, defaults that look at other fields included."""
    assert READER.structure({"number": 4, "twice": 5}, Ruled) == Ruled(4, twice=5)
    assert READER.structure({"number": 4, "others": [1], "last": 2}, Ruled) == Ruled(4, others=(1,), last=2)


def test_what_says_nothing_is_left_out() -> None:
    """A field is left out where it is None or empty by default; any other default is written."""

    @frozen
    class Noted:
        text: str | None = None
        tags: tuple[str, ...] = ()
        tree: A = A()
        level: int = 3
        first: tuple[int, ...] = (1,)

    assert READER.unstructure(Noted()) == {"tree": {"x": 0}, "level": 3, "first": [1]}
    assert READER.structure({"first": []}, Noted) == Noted(first=())
    assert READER.unstructure(Noted(first=())) == {"tree": {"x": 0}, "level": 3, "first": []}


def test_an_object_of_another_class_is_not_written() -> None:
    """What is not of the declared type is refused without its content."""
    for value, declared in [(A(), Mood), (3, A), (A(), Tree | B), ("she wept so long", date)]:
        with pytest.raises(InvalidValueError, match="cannot be written") as caught:
            READER.unstructure(value, declared)
        assert "wept" not in str(caught.value)
    with pytest.raises(InvalidValueError, match="no such decision"):
        READER.unstructure(A(), confidential="show")  # type: ignore[arg-type]  # the refusal is what is tested


def test_naive_moments_are_not_written() -> None:
    """A moment without its offset could not be read again."""
    with pytest.raises(InvalidValueError, match="cannot be written"):
        READER.unstructure(datetime(2024, 3, 5), datetime)


def test_many_threads_may_share_a_new_reader() -> None:
    """Readers are built once, also when several threads come first."""
    reader, found, gate = Reader(), [], threading.Barrier(8)

    def read() -> None:
        gate.wait()
        found.append(reader.structure({"name": "a", "branches": [{"name": "b"}]}, Tree))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [Tree("a", (Tree("b"),))] * 8


def test_the_schema_says_what_the_classes_say() -> None:
    """Titles of classes, bounds, units, tags and versions of the dialect stand in the schema."""

    @frozen
    class Scaled:
        """A rating on a scale.

        More about it.
        """

        value: float = field(metadata={"minimum": 0, "maximum": 10, "unit": "points"})
        all: tuple[float, ...] = field(default=(), metadata={"maximum": 5})
        maybe: int | None = field(default=None, metadata={"minimum": 1})

    schema: dict[str, Any] = READER.schema(Scaled | A)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["oneOf"] == [{"$ref": "#/$defs/Scaled"}, {"$ref": "#/$defs/A"}]
    scaled = schema["$defs"]["Scaled"]
    assert scaled["description"] == "A rating on a scale."
    assert scaled["required"] == ["type", "value"]
    assert scaled["additionalProperties"] is False
    assert scaled["properties"] == {
        "type": {"const": "Scaled"},
        "value": {"type": "number", "minimum": 0, "maximum": 10, "description": "in points"},
        "all": {"type": "array", "items": {"type": "number", "maximum": 5}},
        "maybe": {"type": ["integer", "null"], "minimum": 1},
    }
    Draft202012Validator.check_schema(schema)
    assert not Draft202012Validator(schema).is_valid({"type": "Scaled", "value": 11})


@frozen
class Ends:
    """A small value that documents repeat."""

    low: float
    high: float
    upward: bool = True


def test_equal_values_of_a_shared_class_are_one_object_and_no_less_strict() -> None:
    """What is written the same is made once; what merely compares equal is still read by its own type."""
    reader = Reader(shared=[Ends])
    ends, again, other = (reader.structure({"low": 0, "high": high}, Ends) for high in (1, 1, 2))
    assert ends is again
    assert ends == READER.structure({"low": 0, "high": 1}, Ends)
    assert other.high == 2
    for wrong in ({"low": 0, "high": True}, {"low": False, "high": 1}, {"low": 0, "high": 1, "upward": 1}):
        with pytest.raises(ReadingError, match="is needed"):
            reader.structure(wrong, Ends)
    for damaged in ([0, 1], {"low": [0], "high": 1}, None, {"low": 0, "hihg": 1}):
        with pytest.raises(ReadingError):
            reader.structure(damaged, Ends)


def test_many_values_of_a_shared_class_are_read_as_they_are() -> None:
    """However many different ones there are, each is itself."""
    reader = Reader(shared=[Ends])
    rows = [{"low": low, "high": low + 1} for low in range(600)] * 2
    assert reader.structure(rows, list[Ends]) == READER.structure(rows, list[Ends])
