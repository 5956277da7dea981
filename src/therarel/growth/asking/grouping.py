"""Who belongs to whom: sessions in dyads, dyads with therapists, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, Final

import narwhals as nw
import numpy as np
from attrs import frozen

from therarel.counting import counted
from therarel.errors import InvalidValueError, OutOfScopeError
from therarel.tables.arrays import Ints
from therarel.tables.labels import label_of
from therarel.tables.numbers import EXACT

_PLAIN: Final = re.compile(r"[A-Za-z0-9_\x1f-]*")
_DIGITS: Final = re.compile(r"([0-9]{1,18})")
_SEPARATOR: Final = "\x1f"


@frozen(eq=False)
class Grouping:
    """One grouping column.

    Args:
        name: The column.
        codes: Group of each row, renumbered in order of appearance; -1 for a row without a label.
        given: Label of each group as it came in; ``None`` for a group of its own that has no label.
    """

    name: str
    codes: Ints
    given: Sequence[object]

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Label of each group as text, made when it is first asked for; an empty text where there is none."""
        return tuple("" if label is None else word for label, word in zip(self.given, self._words, strict=True))

    @cached_property
    def by_label(self) -> Ints:
        """The groups in the order of their labels, numbers in them by size; it does not depend on the order of rows."""
        keys = [_natural(label) for label in self.labels]
        return np.array(sorted(range(self.count), key=keys.__getitem__), dtype=np.int64)

    @property
    def _words(self) -> list[str]:
        return labels_as_text(self.given)

    @property
    def labelled(self) -> list[bool]:
        """Whether each group has a label."""
        return [label is not None for label in self.given]

    @property
    def count(self) -> int:
        """Number of groups."""
        return len(self.given)

    def of_rows(self, rows: Ints, stand_in: Ints | None = None) -> Grouping:
        """The grouping of some rows, its groups renumbered in their order.

        Args:
            rows: The rows, by their place.
            stand_in: For rows without a label, the group that shares one stand-in (the dyad); ``None`` if there are
                none.
        """
        codes, given = self.codes[rows], list(self.given)
        alone = codes < 0
        if alone.any():
            assert stand_in is not None
            own, index = np.unique(stand_in[alone], return_inverse=True)
            codes = codes.copy()
            codes[alone] = len(given) + index
            given += [None] * len(own)
        new_codes, order = renumbered(codes)
        return Grouping(self.name, new_codes, [given[k] for k in order])


def _natural(label: str) -> list[tuple[int, str]]:
    """A label as what it is sorted by.

    Examples:
        >>> sorted(["C-10", "C-9", "B"], key=_natural)
        ['B', 'C-9', 'C-10']
    """
    return [(int(part) if k % 2 else 0, part) for k, part in enumerate(_DIGITS.split(label))]


def renumbered(codes: Ints) -> tuple[Ints, list[int]]:
    """Codes renumbered in order of appearance, and the old code of each."""
    import pandas as pd

    new_codes, order = pd.factorize(codes)
    return np.asarray(new_codes, dtype=np.int64), [int(code) for code in order]


def labels_as_text(labels: Iterable[object]) -> list[str]:
    """Labels as text; whole numbers that came as floats, because others were missing, lose their decimals.

    Examples:
        >>> labels_as_text([1.0, "C-014"])
        ['1', 'C-014']
    """
    return [str(int(label)) if isinstance(label, float) and label.is_integer() else str(label) for label in labels]


def grouping_of(column: nw.Series[Any], name: str, *, whole: bool = True) -> Grouping:
    """The groups of a column, as it came in.

    Args:
        column: Its labels.
        name: Its name.
        whole: Whether numbers in it are labels of people, and so have to be whole.

    Raises:
        InvalidValueError: if it holds fractions, numbers that are too large to be distinguished, or no labels.
    """
    import pandas as pd

    kind = column.dtype
    if kind.is_integer():  # never by way of floating-point numbers, in which large neighbours are one
        missing = column.is_null().to_numpy().astype(bool)
        values = (column.fill_null(0) if missing.any() else column).to_numpy()
        codes, labels = pd.factorize(values[~missing])
        return Grouping(name, _placed(codes, missing), labels.tolist())
    if kind.is_float():
        values = column.to_numpy().astype(np.float64, copy=False)
        missing = np.isnan(values)
        present = values[~missing]
        if whole and (present != np.floor(present)).any():
            raise InvalidValueError("labels of groups are text or whole numbers, and these are fractions", where=name)
        if (np.abs(present) >= EXACT).any():
            raise InvalidValueError(
                "these labels are floating-point numbers so large that different ones may have become one", where=name,
                bound="whole numbers below 2**53", hint="read the column as text or as whole numbers",
            )  # fmt: skip
        codes, labels = pd.factorize(present)
        return Grouping(name, _placed(codes, missing), labels.tolist())
    try:
        codes, labels = pd.factorize(column.to_pandas())
    except TypeError as fault:
        raise InvalidValueError("labels of groups are text or whole numbers", where=name) from fault
    words = _spelt(labels_as_text(labels.tolist()))
    merged, first = pd.factorize(np.array(words, dtype=object))  # 7 and "7" are one label
    return Grouping(name, np.append(merged, -1)[codes].astype(np.int64), first.tolist())


def _spelt(words: list[str]) -> Sequence[str | None]:
    """Labels in the one spelling that they have everywhere; ``None`` where nothing is there."""
    if "" not in words and _PLAIN.fullmatch(_SEPARATOR.join(words)):
        return words
    return [label_of(word) for word in words]


def _placed(codes: Any, missing: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Ints:
    every = np.full(len(missing), -1, dtype=np.int64)
    every[~missing] = codes
    return every


def with_outer_of_inner(inner: Grouping, outer: Grouping) -> tuple[Grouping, int]:
    """The outer grouping with the label of its dyad for rows that have none, and the number of such rows.

    A dyad determines its therapist. Where a dyad has several, its first is taken; that dyads cross is found later.
    """
    labelled = (outer.codes >= 0) & (inner.codes >= 0)
    of_inner = np.full(inner.count, -1, dtype=np.int64)
    of_inner[inner.codes[labelled][::-1]] = outer.codes[labelled][::-1]
    without = (outer.codes < 0) & (inner.codes >= 0)
    filled = outer.codes.copy()
    filled[without] = of_inner[inner.codes[without]]
    return Grouping(outer.name, filled, outer.given), int((filled >= 0).sum() - (outer.codes >= 0).sum())


def without_inner(name: str, rows: int) -> str:
    """That rows belong to nobody known, and were left out."""
    return f"Left out because '{name}' is missing, so that nobody knows whose scores they are: {counted(rows, 'row')}."


def without_outer(inner: str, outer: str, groups: int, of: int, rows: int) -> InvalidValueError:
    """The refusal of dyads that have no therapist although the therapists' random effects would bear on them."""
    return InvalidValueError(
        f"{groups:,} of {of:,} groups of '{inner}' have no '{outer}', and random effects of every '{outer}' would "
        f"leave them out",
        where="random", value=f"{counted(rows, 'row')} without one",
        hint=f"where only some have a '{outer}', give the effects to those alone: "
        f'{{"{outer}": "0 + treated", ...}} with a column treated of 1 for them and 0 for the others; or leave the '
        f"others out of the table",
    )  # fmt: skip


def no_random_effect(name: str) -> InvalidValueError:
    """The refusal of a group without random effects."""
    return InvalidValueError("no random effect", where=f"random effects of '{name}'", hint="'1' is an intercept")


def inner_and_outer(one: Grouping, other: Grouping) -> tuple[Grouping, Grouping]:
    """The two groupings as inner and outer.

    Raises:
        OutOfScopeError: if they cross: some dyads have more than one therapist.
        InvalidValueError: if they are the same groups, so that their random effects cannot be distinguished.
    """
    inner, outer = (one, other) if one.count >= other.count else (other, one)
    first = np.full(inner.count, -1, dtype=np.int64)
    first[inner.codes[::-1]] = outer.codes[::-1]
    crossing = np.unique(inner.codes[first[inner.codes] != outer.codes])
    if len(crossing):
        raise OutOfScopeError(
            f"'{inner.name}' and '{outer.name}' cross: {len(crossing)} of {inner.count} groups of '{inner.name}' occur "
            f"with more than one '{outer.name}', and effects of crossed groups are not summed per dyad",
            hint=f"a dyad needs a label that occurs nowhere else: where labels start again, join those of "
            f"'{outer.name}' and '{inner.name}' into one column for the dyad"
            if 2 * len(crossing) > inner.count
            else f"a new {outer.name} begins a new course: give it a label of its own in '{inner.name}', for instance "
            f"both labels joined",
        )
    if inner.count == outer.count:
        raise InvalidValueError(
            f"every '{outer.name}' has a single '{inner.name}', so that their random effects cannot be distinguished",
            where="random",
            hint="leave one of the two out",
        )
    return inner, outer
