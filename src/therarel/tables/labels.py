"""Labels of people and groups: one spelling for one label, and labels that are too like one another."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

import polars as pl

from therarel.errors import InvalidValueError
from therarel.tables.cells import text_of
from therarel.tables.numbers import EXACT

AS_IT_IS: Final = "^[A-Za-z0-9_:-]+$"
"""A label of these characters alone has one spelling."""
_ASCII: Final = r"^[\x00-\x7f]*$"
_WHOLE: Final = re.compile(r"([+-]?\d+)\.0+")
_QUOTES: Final = {'"': '"', "'": "'", "\u201c": "\u201d", "\u2018": "\u2019", "\u00ab": "\u00bb"}
_INVISIBLE: Final = frozenset({"Cf", "Cc"})
# Letters of other scripts that look like Latin ones; folded to them for comparing, never in the label itself.
_ALIKE: Final = str.maketrans(
    # Cyrillic, then Greek
    "\u0410\u0412\u0415\u0417\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0406\u0408\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf",
    "ABE3KMHOPCTYXIJaeopcyxijABEZHIKMNOPTYXo",
)


def label_of(text: str) -> str | None:
    r"""A label in the one spelling that it has here; ``None`` if nothing is there.

    Composed letters (NFC), single spaces, no invisible characters, no quotes around it, and a whole number reads the
    same whether a program kept it as ``7`` or as ``7.0``.

    Examples:
        >>> label_of("7.0"), label_of(' "C-014"\u200b '), label_of("NA"), label_of("  ")
        ('7', 'C-014', 'NA', None)
    """
    plain = unicodedata.normalize("NFC", text)
    if not plain.isprintable():
        plain = "".join(
            " " if character.isspace() else character
            for character in plain
            if character.isspace() or unicodedata.category(character) not in _INVISIBLE
        )
    plain = " ".join(plain.split())
    while len(plain) > 1 and _QUOTES.get(plain[0]) == plain[-1]:
        plain = plain[1:-1].strip()
    plain = plain.strip('"')
    whole = _WHOLE.fullmatch(plain)
    return (whole[1] if whole else plain) or None


def labels(column: pl.Series, what: str) -> pl.Series:
    """A column of labels as text, each in its one spelling; null where there is none.

    Words for missing values are labels here: only an empty cell is missing.

    Raises:
        InvalidValueError: if the column holds fractions, whole numbers that were rounded, or neither numbers nor text.
    """
    kind = column.dtype
    if kind.is_float():
        column = column.fill_nan(None)
        present = column.drop_nulls()
        if ((present != present.floor()) | present.is_infinite()).any():
            raise InvalidValueError(f"the {what} column holds fractions, which are not labels", where=column.name)
        if (present.abs() >= EXACT).any():
            raise InvalidValueError(
                f"the {what} column holds whole numbers that were rounded on their way here",
                where=column.name,
                bound="below 2^53 where numbers are kept as fractions",
                hint="keep the column as text or as whole numbers",
            )
        return column.cast(pl.Int64).cast(pl.String)
    if kind.is_integer() or kind == pl.Null:
        return column.cast(pl.String)
    if isinstance(kind, pl.Decimal):
        column = column.cast(pl.String)
        kind = column.dtype
    text = text_of(column, what)
    different = each_once(text)
    different = different.filter(~different.str.contains(AS_IT_IS))
    spelt = pl.Series([label_of(label) for label in different.to_list()], dtype=pl.String)
    if different.equals(spelt):
        return text
    return text.replace_strict(different, spelt, default=text, return_dtype=pl.String)


def spellings(different: Iterable[str]) -> dict[str, str | None]:
    """Of different labels those that are spelt otherwise in their one spelling, with it; ``None`` for no label.

    Examples:
        >>> spellings(["C-014", "7.0", " C-2", " "])
        {'7.0': '7', ' C-2': 'C-2', ' ': None}
    """
    spelt = {label: label_of(label) for label in different}
    return {label: spelling for label, spelling in spelt.items() if spelling != label}


def each_once(labels: pl.Series) -> pl.Series:
    """The different labels of a column, in no order; rows of one label are mostly together.

    Examples:
        >>> sorted(each_once(pl.Series(["C-2", "C-2", "C-1", None, "C-2"])))
        ['C-1', 'C-2']
    """
    if not len(labels):
        return labels
    other = labels.slice(1).ne_missing(labels.head(len(labels) - 1))
    return pl.concat([labels.head(1), labels.slice(1).filter(other)]).unique().drop_nulls()


def look_alikes(labels: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Groups of different labels that differ in case, spaces, punctuation, leading zeros, accents or script alone.

    Examples:
        >>> look_alikes(["C-014", "c 14", "C-15"])
        (('C-014', 'c 14'),)
    """
    text = labels if isinstance(labels, pl.Series) else pl.Series(list(labels), dtype=pl.String)
    text = text.unique(maintain_order=True).drop_nulls()
    skeletons = _skeletons(text)
    several = skeletons.is_duplicated() & (skeletons != "")
    groups: dict[str, list[str]] = defaultdict(list)
    for label, skeleton in zip(text.filter(several), skeletons.filter(several), strict=True):
        groups[skeleton].append(label)
    return tuple(map(tuple, groups.values()))


def _skeletons(labels: pl.Series) -> pl.Series:
    """What labels that are alike have in common: letters in one case, and numbers without zeros before them."""
    plain = labels.str.to_lowercase().str.replace_all("[^a-z0-9]", "").str.replace_all("(^|[a-z])0+([0-9])", "${1}${2}")
    other = (~labels.str.contains(_ASCII)).arg_true()
    if not len(other):
        return plain
    return plain.scatter(other, pl.Series([_skeleton(label) for label in labels.gather(other)], dtype=pl.String))


def _skeleton(label: str) -> str:
    plain = unicodedata.normalize("NFKD", label).translate(_ALIKE).casefold()
    kept = "".join(character for character in plain if character.isalnum())
    return re.sub(
        r"0+(?=\d)", lambda zeros: "" if zeros.start() == 0 or not kept[zeros.start() - 1].isdigit() else zeros[0], kept
    )
