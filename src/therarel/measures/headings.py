"""Which column of a table or file holds which item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from therarel.errors import InvalidValueError, UnknownNameError, shown
from therarel.measures.instrument import Instrument

__all__ = ["Items", "columns_of", "spare_columns"]

Items = str | Sequence[str] | Mapping[int, str]
"""The item columns: a prefix before the number, a list in order, or a mapping from item to column."""


def columns_of(instrument: Instrument, known: Sequence[str], items: Items | None) -> dict[int, str]:
    """The column of each item; an item that a mapping leaves out was not asked.

    Raises:
        InvalidValueError: if columns are missing, or their number or numbering does not fit the instrument.

    Examples:
        >>> from therarel.measures import instrument
        >>> columns_of(instrument("gad-7"), [f"g{n}" for n in range(1, 8)], "g")[7]
        'g7'
    """
    numbers = range(1, instrument.n_items + 1)
    if items is None:
        named = dict(enumerate(instrument.item_names, start=1))
        chosen = named if named and set(named.values()) <= set(known) else _numbered("item", numbers)
    elif isinstance(items, str):
        chosen = _numbered(items, numbers)
    elif isinstance(items, Mapping):
        chosen = dict(items)
        strangers = sorted(item for item in chosen if item not in numbers)
        if strangers:
            raise InvalidValueError(
                f"{instrument.id} has no such item",
                where="items",
                value=", ".join(map(str, strangers)),
                bound=f"1 to {instrument.n_items}",
            )
    else:
        if len(items) != instrument.n_items:
            raise InvalidValueError(
                f"{instrument.id} has another number of items",
                where="items",
                value=f"{len(items)} columns",
                bound=str(instrument.n_items),
            )
        chosen = dict(enumerate(items, start=1))
    absent = [column for column in chosen.values() if column not in known]
    if absent:
        raise UnknownNameError(
            f"the table has no column for {len(absent)} of {instrument.n_items} items of {instrument.id}",
            where="items",
            value=f"none named {shown(absent[0])}",
            hint="name the columns with items=..., as a prefix, a list or a mapping",
        )
    if len(set(chosen.values())) != len(chosen):
        raise InvalidValueError("two items cannot share a column", where="items")
    return chosen


def spare_columns(instrument: Instrument, known: Sequence[str], items: Items | None) -> tuple[str, ...]:
    """Columns that are numbered like items beyond the last one: the table may be that of a longer form.

    Where the columns were named one by one there are none.

    Examples:
        >>> from therarel.measures import instrument
        >>> spare_columns(instrument("gad-7"), [f"item{n}" for n in range(1, 10)], None)
        ('item8', 'item9')
    """
    prefix = "item" if items is None else items
    if not isinstance(prefix, str):
        return ()
    if items is None and instrument.item_names and set(instrument.item_names) <= set(known):
        return ()
    numbers = ((name, name.removeprefix(prefix)) for name in known if name.startswith(prefix))
    return tuple(
        name for name, number in numbers if number.isascii() and number.isdigit() and int(number) > instrument.n_items
    )


def _numbered(prefix: str, numbers: range) -> dict[int, str]:
    return {number: f"{prefix}{number}" for number in numbers}
