"""Which column of a table or file holds which item."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from therarel.errors import InvalidValueError, UnknownNameError, shown
from therarel.measures.instrument import Instrument

Items = str | Sequence[str] | Mapping[int, str]
"""The item columns: a prefix before the number, a list in order, or a mapping from item to column."""

_NUMBERED: Final = re.compile(r"(.*?)[\W_]*?0*(\d{1,3})")
_ITEM: Final = "item"


def columns_of(instrument: Instrument, columns: Sequence[str], items: Items | None) -> dict[int, str]:
    """The column of each item; an item that a mapping leaves out was not asked.

    Names are found in the spellings of the systems people use: ``item1``, ``Item 1``, ``item_01``; and, where none is
    called item, by the instrument's name: ``phq9_1``, ``WAI-SR 01``.

    Raises:
        InvalidValueError: if columns are missing, two could be the same item, or their number or numbering does not fit
            the instrument.

    Examples:
        >>> from therarel.measures import instrument
        >>> columns_of(instrument("gad-7"), [f"g{n}" for n in range(1, 8)], "g")[7]
        'g7'
        >>> columns_of(instrument("gad-7"), [f"gad7_{n:02d}" for n in range(1, 8)], None)[7]
        'gad7_07'
    """
    numbers = range(1, instrument.n_items + 1)
    if items is None or isinstance(items, str):
        chosen = _numbered(instrument, columns, items)
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
    absent = [column for column in chosen.values() if column not in columns]
    if absent:
        raise UnknownNameError(
            f"the table has no column for {len(absent)} of {instrument.n_items} items of {instrument.id}",
            where="items",
            value=f"none named {shown(absent[0])}",
            hint="name the columns with items=... (--items), as a prefix, a list or a mapping",
        )
    if len(set(chosen.values())) != len(chosen):
        raise InvalidValueError("two items cannot share a column", where="items")
    return chosen


def spare_columns(instrument: Instrument, columns: Sequence[str], items: Items | None) -> tuple[str, ...]:
    """Columns that are numbered like items beyond the last one: the table may be that of a longer form.

    Where the columns were named one by one there are none.

    Examples:
        >>> from therarel.measures import instrument
        >>> spare_columns(instrument("gad-7"), [f"item{n}" for n in range(1, 10)], None)
        ('item8', 'item9')
    """
    if items is not None and not isinstance(items, str):
        return ()
    if items is None and instrument.item_names and set(instrument.item_names) <= set(columns):
        return ()
    prefix = _prefix(instrument, _by_prefix(columns), items)
    return tuple(
        name
        for number, names in sorted(_by_prefix(columns).get(prefix, {}).items())
        if number > instrument.n_items
        for name in names
    )


def _numbered(instrument: Instrument, columns: Sequence[str], items: str | None) -> dict[int, str]:
    """The columns that are numbered behind one prefix; a missing one goes by its plainest name."""
    named = dict(enumerate(instrument.item_names, start=1))
    if items is None and named and set(named.values()) <= set(columns):
        return named
    groups = _by_prefix(columns)
    prefix = _prefix(instrument, groups, items)
    by_item = groups.get(prefix, {})
    chosen = {}
    for item in range(1, instrument.n_items + 1):
        plain = f"{_ITEM if items is None else items}{item}"
        names = by_item.get(item, [])
        if plain in names or not names:
            chosen[item] = plain
            continue
        if len(names) > 1:
            raise InvalidValueError(
                f"two columns could be item {item} of {instrument.id}",
                where="items",
                value=" and ".join(map(shown, names)),
                hint="name the columns one by one with items=[...] (--items)",
            )
        chosen[item] = names[0]
    return chosen


def _prefix(instrument: Instrument, groups: Mapping[str, Mapping[int, Sequence[str]]], items: str | None) -> str:
    """The prefix of the item columns, folded: the one that is stated, ``item``, or the instrument's own name."""
    if items is not None:
        return _folded(items)
    own = _folded(instrument.id)
    return own if _ITEM not in groups and own in groups else _ITEM


def _by_prefix(columns: Sequence[str]) -> dict[str, dict[int, list[str]]]:
    """Names that end in a number, by what comes before it and by the number."""
    groups: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name in columns:
        numbered = _NUMBERED.fullmatch(name)
        if numbered is not None:
            groups[_folded(numbered[1])][int(numbered[2])].append(name)
    return groups


def _folded(prefix: str) -> str:
    return re.sub(r"[\W_]+", "", prefix).casefold()
