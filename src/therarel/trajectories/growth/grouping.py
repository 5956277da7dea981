"""Who belongs to whom: sessions in dyads, dyads with therapists, and what is refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from attrs import frozen

from therarel.errors import InvalidValueError, OutOfScopeError
from therarel.trajectories.growth.segments import Ints

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Grouping", "nested"]


@frozen(eq=False)
class Grouping:
    """One grouping column.

    Args:
        name: The column.
        codes: Group of each row, numbered in order of appearance.
        given: Label of each group as it came in; for a group of its own that has no label, an empty text.
    """

    name: str
    codes: Ints
    given: Sequence[object]

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Label of each group as text, made when it is first asked for."""
        return tuple(label_words(self.given))

    @property
    def count(self) -> int:
        """Number of groups."""
        return len(self.given)


def label_words(labels: Iterable[object]) -> list[str]:
    """Labels as text; whole numbers that came as floats, because others were missing, lose their decimals.

    Examples:
        >>> label_words([1.0, "C-014"])
        ['1', 'C-014']
    """
    return [str(int(label)) if isinstance(label, float) and label.is_integer() else str(label) for label in labels]


def grouping(name: str, column: pd.Series[str], stand_in: Ints | None = None) -> Grouping:
    """The groups of a column.

    Args:
        name: The column's name.
        column: Its labels.
        stand_in: For rows without a label, the group that shares one stand-in (the dyad); ``None`` if there are none.
    """
    import pandas as pd

    codes, labels = pd.factorize(column)
    codes = np.asarray(codes, dtype=np.int64)
    words: list[object] = labels.tolist()
    missing = codes < 0
    if missing.any():
        assert stand_in is not None
        own, alone = pd.factorize(pd.Series(stand_in[missing]))
        codes[missing] = len(words) + own
        words += [""] * len(alone)
        again, order = pd.factorize(pd.Series(codes))
        codes, words = np.asarray(again, dtype=np.int64), [words[k] for k in order]
    return Grouping(name, codes, words)


def nested(one: Grouping, other: Grouping) -> tuple[Grouping, Grouping]:
    """The two groupings as inner and outer.

    Raises:
        OutOfScopeError: if they cross: some dyads have more than one therapist.
        InvalidValueError: if they are the same groups, so that their random effects cannot be told apart.
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
            f"every '{outer.name}' has a single '{inner.name}', so that their random effects cannot be told apart",
            where="random",
            hint="leave one of the two out",
        )
    return inner, outer
