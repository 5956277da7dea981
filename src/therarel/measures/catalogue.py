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
        >>> from importlib.resources import files
        >>> read_instrument(files("therarel.measures") / "instruments" / "wai-sr.yaml").n_items
        12
    """
    from therarel.reading import read_yaml  # so that YAML is loaded with the first instrument, not before

    return read_yaml(Path(path), Instrument)


def instrument_schema() -> dict[str, object]:
    """The JSON Schema (2020-12) of an instrument file, for editors that check a file while it is written.

    Examples:
        >>> instrument_schema()["$schema"]
        'https://json-schema.org/draft/2020-12/schema'
    """
    from therarel.reading import Reader

    return Reader().schema(Instrument)


def instrument(id: str) -> Instrument:  # noqa: A002 -- the field's name, read by keyword
    """An instrument of the library by its identifier.

    A name that several forms share, such as ``wai``, is refused, and the hint lists the forms with their scales.

    Args:
        id: Identifier, such as ``wai-sr``.

    Raises:
        UnknownNameError: if there is no such instrument; the hint gives identifiers like it.

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
        return one_line(f"{counted(len(self), 'instrument')}: {', '.join(form.id for form in self)}", "")

    def __str__(self) -> str:
        return "\n".join(map(str, self))

    def _repr_html_(self) -> str:
        cells = ((form.id, form.name, form.construct.label, counted(form.n_items, "item")) for form in self)
        rows = ("".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in cells)
        return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


def instruments() -> Instruments:
    """Every instrument of the library, in alphabetical order of the identifiers.

    Examples:
        >>> len(instruments()), [form.id for form in instruments() if form.construct == "presence"]
        (28, ['tpi'])
    """
    return Instruments(_load(identifier) for identifier in _shipped())


def _hint(name: object) -> str:
    """The identifiers that are like a name; forms of one family are given with what distinguishes them."""
    if isinstance(name, str):
        letters = _letters_and_digits(name)
        same = [identifier for identifier in _shipped() if _letters_and_digits(identifier) == letters]
        if len(same) == 1:
            return f"did you mean '{same[0]}'?"
        family = [form for form in _shipped() if letters and _letters_and_digits(form).startswith(letters)]
        if len(family) > 1:
            forms = "; ".join(_form_in_words(_load(form)) for form in family)
            return f"this names several forms, which are scored differently: {forms}"
    return hint_for(name, _shipped(), most=len(_shipped()))


def _letters_and_digits(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def _form_in_words(form: Instrument) -> str:
    return f"'{form.id}' ({form.n_items} items, {form.item_scale})"
