"""The answers of one response, whatever holds them, in the order of the items."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Protocol, cast

from therarel.domain.ratings import MissingReason
from therarel.errors import InvalidValueError, shown
from therarel.measures.answers import Answer, AnswerReader
from therarel.measures.catalogue import instruments
from therarel.measures.instrument import Instrument

_NUMBER: Final = re.compile(r"[0-9]+")
_PREFIX: Final = "item"


class _Array(Protocol):
    """A one-dimensional array or series, as numpy and pandas have it."""

    def tolist(self) -> Iterable[object]: ...


class _Series(Protocol):
    """A series, as polars and narwhals have it."""

    def to_list(self) -> Iterable[object]: ...


Responses = Sequence[object] | Mapping[int, object] | Mapping[str, object] | _Array | _Series
"""The answers of one response: in the order of the items, or by item."""


def is_response(responses: object) -> bool:
    """Whether something holds the answers of one response rather than a table.

    Raises:
        InvalidValueError: if it is text, whose characters are not meant.

    Examples:
        >>> is_response([1, 2]), is_response({"item1": 1})
        (True, True)
    """
    if isinstance(responses, str | bytes):
        raise InvalidValueError("answers are a list, a mapping or a dataframe", where="responses", value="text")
    if isinstance(responses, Mapping | Sequence):
        return True
    # A one-dimensional array or series is one response; recognised without importing its library.
    shape = getattr(responses, "shape", None)
    return _listed(responses) is not None and isinstance(shape, tuple) and len(shape) == 1


def _listed(responses: object) -> Callable[[], Iterable[object]] | None:
    """The method that turns an array or series into Python values; ``None`` where there is none."""
    return getattr(responses, "tolist", None) or getattr(responses, "to_list", None)


def read_response(
    instrument: Instrument, responses: Responses, reader: AnswerReader, *, items: str | None = None
) -> tuple[Answer, ...]:
    """The answers of one response in the order of the items, each a number or the reason why there is no number.

    Args:
        instrument: Whose items were answered.
        responses: The answers of one person at one time.
        reader: Reads single answers.
        items: What comes before the number in the keys of a mapping; ``None`` for ``item``.

    Raises:
        InvalidValueError: if it is a table and not one response, the number of answers is not the number of items, or
            an item is unknown or given twice.

    Examples:
        >>> from therarel.measures import AnswerReader, instrument
        >>> care = instrument("care")
        >>> answers = read_response(care, {"item1": 5, "item2": "does not apply"}, AnswerReader.of(care))
        >>> answers[0], str(answers[1]), str(answers[2])
        (5.0, 'not_applicable', 'not_asked')
    """
    by_item = answers_by_item(instrument, responses, items=items)
    return tuple(
        reader.read(by_item[item]) if item in by_item else MissingReason.NOT_ASKED
        for item in range(1, instrument.n_items + 1)
    )


def answers_by_item(instrument: Instrument, responses: Responses, *, items: str | None = None) -> dict[int, object]:
    """The answers of one response as they were given, by item number; an item without an entry is left out.

    Raises:
        InvalidValueError: as for `read_response`.

    Examples:
        >>> from therarel.measures import instrument
        >>> answers_by_item(instrument("gad-7"), {"g1": 3, "2": "refused"}, items="g")
        {1: 3, 2: 'refused'}
    """
    if not is_response(responses):
        raise _not_one(shown(responses))
    if not isinstance(responses, Mapping):
        if items is not None:
            raise InvalidValueError(
                "a prefix belongs to the keys of a mapping",
                where="items",
                value=shown(items),
                hint="a list has one entry per item, in order",
            )
        listed = _listed(responses)
        answers = list(listed() if listed else cast("Sequence[object]", responses))
        _refuse_rows(answers)
        if len(answers) != instrument.n_items:
            raise InvalidValueError(
                f"{instrument.id} has another number of items",
                where="responses",
                value=f"{len(answers)} answers",
                bound=f"{instrument.n_items}, with None where one is missing",
                hint=_same_length(instrument, len(answers)),
            )
        return dict(enumerate(answers, start=1))
    _refuse_rows(responses.values())
    by_item: dict[int, object] = {}
    prefix = _PREFIX if items is None else items
    if not isinstance(prefix, str):
        raise InvalidValueError(
            "the keys of one response have one prefix", where="items", value=shown(items), bound="text such as 'phq'"
        )
    for key, answer in responses.items():
        item = _item_of(instrument, key, prefix)
        if item in by_item:
            raise InvalidValueError("an item is given twice", where="responses", value=f"item {item}")
        by_item[item] = answer
    return by_item


def _refuse_rows(answers: Iterable[object]) -> None:
    """Rows or columns in place of answers are a table; read as answers, they would hide what was answered."""
    for answer in answers:
        if isinstance(answer, Mapping | Sequence) and not isinstance(answer, str | bytes):
            raise _not_one(f"{shown(answer)} among the answers")
        if getattr(answer, "shape", ()) != ():
            raise _not_one(f"{shown(answer)} among the answers")


def _not_one(value: str) -> InvalidValueError:
    return InvalidValueError(
        "one response is needed, not a table",
        where="responses",
        value=value,
        bound="a list, a mapping or a one-dimensional array",
        hint="score(...) takes a dataframe",
    )


def _same_length(instrument: Instrument, length: int) -> str | None:
    alike = [other.id for other in instruments() if other.n_items == length and other.concept == instrument.concept]
    return f"this many items has {', '.join(alike)}" if instrument.concept and alike else None


def _item_of(instrument: Instrument, key: object, prefix: str) -> int:
    item: int | None = None
    if type(key) is int:
        item = key
    elif isinstance(key, str):
        number = key.removeprefix(prefix)
        if key in instrument.item_names:
            item = instrument.item_names.index(key) + 1
        elif _NUMBER.fullmatch(number):
            item = int(number)
    if item is None or not 1 <= item <= instrument.n_items:
        raise InvalidValueError(
            f"{instrument.id} has no such item",
            where="responses",
            value=shown(key),
            bound=f"1 to {instrument.n_items}, or '{prefix}1' to '{prefix}{instrument.n_items}'",
            hint=_why_no_item(key, item, prefix),
        )
    return item


def _why_no_item(key: object, item: int | None, prefix: str) -> str | None:
    if item == 0:
        return "items are numbered from 1"
    if item is None and isinstance(key, str) and key[-1:].isdigit() and key[:1].isalpha():
        return f"keys with another beginning than '{prefix}' need items='...'"
    return None
