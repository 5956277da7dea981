"""The one vocabulary of what is missing: words that stand for no value, and numbers that a study uses for it.

It is applied to values, never to labels: a therapist whose code is ``NA`` is a therapist.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Final, Self

from attrs import frozen

from therarel.errors import InvalidValueError, shown

NOT_ANSWERED: Final = "not_answered"

WORDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (
            "",
            ".",
            "-",
            "--",
            "\N{EN DASH}",
            "\N{EM DASH}",
            "na",
            "n/a",
            "n.a.",
            "#n/a",
            "#null!",
            "#n/v",
            "<na>",
            "nan",
            "nat",
            "null",
            "none",
            "missing",
        ),
        NOT_ANSWERED,
    ),
    **dict.fromkeys(("not answered", "not_answered", "no answer"), NOT_ANSWERED),
    **dict.fromkeys(("not asked", "not_asked"), "not_asked"),
    **dict.fromkeys(("refused", "declined to answer", "prefer not to say"), "refused"),
    **dict.fromkeys(("not applicable", "not_applicable", "does not apply"), "not_applicable"),
}
"""Words that stand for no value, in small letters and single spaces, each with the reason it states.

The blank, a dash, spreadsheets' and R's ``NA``, pandas' and polars' words, SPSS's ``#NULL!``, and what people write.
"""


def folded(word: str) -> str:
    r"""A word in small letters, with single spaces and without what cannot be seen.

    Examples:
        >>> folded("  Not\u00a0answered ")
        'not answered'
    """
    return " ".join(word.casefold().replace("\u200b", "").replace("\ufeff", "").split())


@frozen
class Missing:
    """What stands for a missing value in one table.

    Args:
        codes: Numbers that stand for a missing value, such as -9 or 999.
        words: Further words, beside those of `WORDS`; case and spaces do not matter.

    Examples:
        >>> missing = Missing.of([-9, "k.A."])
        >>> missing.is_word("K.A."), missing.is_word("#NULL!"), -9.0 in missing.codes
        (True, True, True)
    """

    codes: frozenset[float] = frozenset()
    words: frozenset[str] = frozenset()

    @classmethod
    def of(cls, codes: Iterable[object] | Missing = ()) -> Self:
        """From a list of numbers and words.

        Raises:
            InvalidValueError: if one of them is neither a finite number nor text.
        """
        if isinstance(codes, cls):
            return codes
        numbers: set[float] = set()
        words: set[str] = set()
        if isinstance(codes, str | bytes) or not isinstance(codes, Iterable):
            raise InvalidValueError(
                "codes for missing values are a list",
                where="missing_codes",
                value=shown(codes),
                hint="such as [-9, 999]",
            )
        for code in codes:
            if isinstance(code, str):
                words.add(folded(code))
                continue
            try:
                number = float(code)  # type: ignore[arg-type]  # whatever is not a number raises
            except (TypeError, ValueError):
                number = math.nan
            if isinstance(code, bool) or not math.isfinite(number):
                raise InvalidValueError(
                    "a code for a missing value is a number or a word", where="missing_codes", value=shown(code)
                )
            numbers.add(number)
        return cls(frozenset(numbers), frozenset(words))

    def is_word(self, text: str) -> bool:
        """Whether a cell of text says that there is no value."""
        word = folded(text)
        return word in WORDS or word in self.words


def is_nothing(value: object) -> bool:
    """Whether a value of any library stands for nothing: ``None``, NaN, NaT, ``pandas.NA``.

    Examples:
        >>> is_nothing(float("nan")), is_nothing(None), is_nothing("NA"), is_nothing(0)
        (True, True, False, False)
    """
    if value is None:
        return True
    try:
        return bool(value != value)
    except (TypeError, ValueError):  # pandas.NA refuses to say whether it is itself; an array says it per element
        return type(value).__name__ == "NAType"
