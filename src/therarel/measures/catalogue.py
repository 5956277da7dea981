"""The instruments that come with the library, and the reading of your own."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from therarel.counting import counted
from therarel.errors import UnknownNameError, hint_for, shown
from therarel.measures.instrument import Instrument
from therarel.representation import one_line

__all__ = ["instrument", "instrument_schema", "instruments", "read_instrument"]

_FOLDER: Final = Path(__file__).with_name("instruments")


@cache
def _shipped() -> Mapping[str, Path]:
    return MappingProxyType({path.stem: path for path in sorted(_FOLDER.glob("*.yaml"))})


@cache
def _load(identifier: str) -> Instrument:
    return read_instrument(_shipped()[identifier])


def read_instrument(path: str | Path) -> Instrument:
    """An instrument of your own, read from a YAML file like the ones of the library.

    Args:
        path: The file; see the how-to on adding an instrument.

    Raises:
        ReadingError: if the file has unknown or missing fields, or values that do not fit; all are reported at once.

    Examples:
        >>> from therarel.measures import catalogue
        >>> read_instrument(catalogue._FOLDER / "wai-sr.yaml").n_items
        12
    """
    from therarel.reading import read_yaml  # loads when the first instrument is asked for

    return read_yaml(Path(path), Instrument)


def instrument_schema() -> dict[str, object]:
    """The JSON Schema (2020-12) of an instrument file, for editors that check while one writes.

    Examples:
        >>> instrument_schema()["$schema"]
        'https://json-schema.org/draft/2020-12/schema'
    """
    from therarel.reading import Reader

    return Reader().schema(Instrument)


def instrument(id: str) -> Instrument:  # noqa: A002 -- the field's name, read by keyword
    """An instrument of the library by its identifier.

    There is no guessing between forms: ``wai`` names a family, and the hint lists its members with their scales.

    Args:
        id: Identifier, such as ``wai-sr``.

    Raises:
        UnknownNameError: if there is no such instrument; the hint names the ones that it may have meant.

    Examples:
        >>> instrument("wai-sr").item_scale.maximum, instrument("wai-s").item_scale.maximum
        (5.0, 7.0)
        >>> instrument("phq9")
        Traceback (most recent call last):
            ...
        therarel.errors.UnknownNameError: there is no such instrument, got 'phq9'. Hint: did you mean 'phq-9'?
    """
    if id in _shipped():
        return _load(id)
    raise UnknownNameError("there is no such instrument", value=shown(id), hint=_hint(id))


class Instruments(tuple[Instrument, ...]):
    """Instruments in the order of their identifiers; ``str`` gives a line for each."""

    __slots__ = ()

    def __repr__(self) -> str:
        return one_line(f"{counted(len(self), 'instrument')}: {', '.join(each.id for each in self)}", "")

    def __str__(self) -> str:
        return "\n".join(map(str, self))

    def _repr_html_(self) -> str:
        cells = ((each.id, each.name, each.construct.label, counted(each.n_items, "item")) for each in self)
        rows = ("".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in cells)
        return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


def instruments() -> Instruments:
    """Every instrument of the library, in alphabetical order of the identifiers.

    Examples:
        >>> len(instruments()), [each.id for each in instruments() if each.construct == "presence"]
        (28, ['tpi'])
    """
    return Instruments(_load(identifier) for identifier in _shipped())


def _hint(name: object) -> str:
    """The near misses of a name; forms of one family are distinguished by their items and scales."""
    if isinstance(name, str):
        bare = _bare(name)
        same = [known for known in _shipped() if _bare(known) == bare]
        if len(same) == 1:
            return f"did you mean '{same[0]}'?"
        family = [known for known in _shipped() if bare and _bare(known).startswith(bare)]
        if len(family) > 1:
            forms = "; ".join(_told_apart(_load(known)) for known in family)
            return f"this names several forms, which have different keys: {forms}"
    return hint_for(name, _shipped(), most=len(_shipped()))


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def _told_apart(form: Instrument) -> str:
    return f"'{form.id}' ({form.n_items} items, {form.item_scale})"
