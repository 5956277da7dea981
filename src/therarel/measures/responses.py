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

__all__ = ["Responses", "is_response", "read_response"]

_KEY: Final = re.compile(r"[^\d]*?0*(\d+)")


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


def read_response(instrument: Instrument, responses: Responses, reader: AnswerReader) -> tuple[Answer, ...]:
    """The answers of one response in the order of the items, each a number or the reason why it is none.

    Raises:
        InvalidValueError: if the number of answers is not the number of items, or an item is unknown or given twice.

    Examples:
        >>> from therarel.measures import AnswerReader, instrument
        >>> care = instrument("care")
        >>> answers = read_response(care, {"item1": 5, "item2": "does not apply"}, AnswerReader.of(care))
        >>> answers[0], str(answers[1]), str(answers[2])
        (5.0, 'not_applicable', 'not_asked')
    """
    if not isinstance(responses, Mapping):
        listed = _listed(responses)
        answers = list(listed() if listed else cast("Sequence[object]", responses))
        if len(answers) != instrument.n_items:
            raise InvalidValueError(
                f"{instrument.id} has another number of items",
                where="responses",
                value=f"{len(answers)} answers",
                bound=f"{instrument.n_items}, with None where one is missing",
                hint=_same_length(instrument, len(answers)),
            )
        return tuple(reader.read(answer) for answer in answers)
    found: dict[int, Answer] = {}
    for key, answer in responses.items():
        item = _item_of(instrument, key)
        if item in found:
            raise InvalidValueError("an item is given twice", where="responses", value=f"item {item}")
        found[item] = reader.read(answer)
    return tuple(found.get(item, MissingReason.NOT_ASKED) for item in range(1, instrument.n_items + 1))


def _same_length(instrument: Instrument, length: int) -> str | None:
    alike = [other.id for other in instruments() if other.n_items == length and other.concept == instrument.concept]
    return f"this many items has {', '.join(alike)}" if instrument.concept and alike else None


def _item_of(instrument: Instrument, key: object) -> int:
    item: int | None = None
    if type(key) is int:
        item = key
    elif isinstance(key, str):
        numbered = _KEY.fullmatch(key)
        if key in instrument.item_names:
            item = instrument.item_names.index(key) + 1
        elif numbered:
            item = int(numbered[1])
    if item is None or not 1 <= item <= instrument.n_items:
        raise InvalidValueError(
            f"{instrument.id} has no such item",
            where="responses",
            value=shown(key),
            bound=f"1 to {instrument.n_items}, or 'item1' to 'item{instrument.n_items}'",
            hint="items are numbered from 1" if item == 0 else None,
        )
    return item
