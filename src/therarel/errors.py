"""What the library says when something cannot be done: what happened, where, the value, the bound, a hint.

What cannot be done is raised as a `TherarelError`, which is also the builtin that a caller would expect, so that
both ``except TherarelError`` and ``except ValueError`` read naturally; a misspelt name or argument is Python's own
`AttributeError` or `TypeError`. The parts of the message are in
fields too, for programs. No message shows free text: see `shown`.
"""

from __future__ import annotations

import difflib
import math
import os
import re
import reprlib
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from numbers import Integral, Real
from typing import Final, TypeGuard

from therarel.characters import visible

__all__ = [
    "ConfidentialityError",
    "InvalidValueError",
    "MissingExtraError",
    "NoSuchFileError",
    "OpeningError",
    "OutOfScopeError",
    "ReadingError",
    "TherarelError",
    "UnknownNameError",
    "WritingError",
    "as_number",
    "as_whole",
    "hint_for",
    "is_number",
    "is_whole",
    "nearest",
    "numbers_within",
    "shown",
    "without_words",
]

_LONGEST_SHOWN: Final = 40
_NO_WORD: Final = re.compile(r"[-+0-9.,:/%eETZ]{1,40}", re.ASCII)  # a number, a date or a time of day
_BUILT_IN: Final = ("errno", "strerror", "filename", "filename2", "name", "path")
"""What exceptions of Python keep beside their arguments and their dictionary."""


class TherarelError(Exception):
    """Something therarel was asked for cannot be done.

    Attributes:
        what: What happened, in one clause.
        where: The path, field, file or row it happened at; ``None`` where there is none.
        value: The offending value as `shown` renders it; ``None`` where there is none.
        bound: What would have been accepted; ``None`` where there is no bound to name.
        hint: What to do about it; ``None`` where nothing helps.
    """

    what: str
    where: str | None
    value: str | None
    bound: str | None
    hint: str | None

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        value: str | None = None,
        bound: str | None = None,
        hint: str | None = None,
    ) -> None:
        self.what, self.where, self.value, self.bound, self.hint = what, where, value, bound, hint
        super().__init__(self.render())

    def render(self) -> str:
        """The message as a person reads it: place, fact, value, bound, hint."""
        parts = [f"{visible(self.where)}: " if self.where else "", self.what]
        if self.value is not None:
            parts.append(f", got {self.value}")
        if self.bound is not None:
            parts.append(f" (expected {self.bound})")
        if self.hint is not None:
            parts.append(f". Hint: {self.hint}")
        return "".join(parts)

    def __str__(self) -> str:
        return self.render()

    def __reduce__(self) -> tuple[object, ...]:
        # An exception is made again from its arguments, and kinds are made from others: the parts go along instead.
        kept = {name: getattr(self, name, None) for name in _BUILT_IN}
        parts = {name: value for name, value in kept.items() if value is not None}
        return _made_again, (type(self), self.args), parts | vars(self)


def _made_again(kind: type[TherarelError], arguments: tuple[object, ...]) -> TherarelError:
    """An error whose parts follow, as copying and pickling make it."""
    made = kind.__new__(kind, *arguments)
    made.args = arguments  # OSError leaves them to its constructor
    return made


class InvalidValueError(TherarelError, ValueError):
    """A value lies outside what its field allows."""


class OutOfScopeError(TherarelError, ValueError):
    """The library speaks of one client and one therapist; more people are refused, not averaged."""


class UnknownNameError(TherarelError, LookupError, ValueError):
    """A name that the library does not know; the hint names the nearest one it does."""


class ConfidentialityError(TherarelError, TypeError):
    """Something was about to leave without the explicit decision, or the consent, that it needs."""


class MissingExtraError(TherarelError, ImportError):
    """A part of the library needs packages that are not installed; the hint is the line that installs them.

    Attributes:
        extra: The extra that has them.
        missing: The package that was looked for; ``None`` where there are several.
    """

    def __init__(self, needed_for: str, *, extra: str, missing: str | None = None, hint: str | None = None) -> None:
        self.extra, self.missing = extra, missing
        super().__init__(f"{needed_for} needs {missing or 'packages'} of the extra '{extra}'", hint=hint)


class ReadingError(TherarelError, ValueError):
    """A document could not be read; all its problems are reported at once.

    Attributes:
        problems: One `TherarelError` per problem, in the order of the document.
    """

    def __init__(self, what: str, problems: Sequence[TherarelError], *, where: str | None = None) -> None:
        self.problems = tuple(problems)
        super().__init__(what, where=where)

    def render(self) -> str:
        """The summary, then one line per problem."""
        problems: Sequence[TherarelError] = getattr(self, "problems", ())
        return "\n".join([super().render(), *(f"  {problem.render()}" for problem in problems)])


class OpeningError(TherarelError, OSError):
    """A file could not be opened or read.

    Attributes:
        errno: What the operating system said, as a number.
        filename: The file.
    """

    _what = "the file could not be read: {}"
    _hint: str | None = None

    def __init__(self, path: str | os.PathLike[str], error: OSError) -> None:
        super().__init__(
            self._what.format(error.strerror or type(error).__name__), where=os.fspath(path), hint=self._hint
        )
        self.errno, self.strerror, self.filename = error.errno, error.strerror, os.fspath(path)


class NoSuchFileError(OpeningError, FileNotFoundError):
    """There is no file of that name."""

    _what = "there is no such file"
    _hint = "check the folder and the spelling"


class WritingError(TherarelError, OSError):
    """A file could not be written; what was there before is unchanged.

    Attributes:
        errno: What the operating system said, as a number.
        filename: The file.
    """

    def __init__(self, path: str | os.PathLike[str], error: OSError) -> None:
        super().__init__(
            f"the file could not be written: {error.strerror or type(error).__name__}",
            where=os.fspath(path),
            hint="what was there before is unchanged",
        )
        self.errno, self.strerror, self.filename = error.errno, error.strerror, os.fspath(path)


def shown(value: object) -> str:
    """A value as an error message may show it.

    Numbers, codes and single words are shown; text with spaces in it, or longer than 40 characters, may be
    something a client said and is described by its length alone.

    Examples:
        >>> shown(7), shown("Post-Rx"), shown("she said it was over")
        ('7', "'Post-Rx'", 'text of 20 characters')
    """
    if isinstance(value, str):
        if len(value) > _LONGEST_SHOWN or any(character.isspace() for character in value):
            return f"text of {len(value)} characters"
        return repr(str(value))
    if isinstance(value, int) and abs(value) >= 10**_LONGEST_SHOWN:
        return f"a whole number of more than {_LONGEST_SHOWN} digits"
    if isinstance(value, bool | int | float | None):
        return reprlib.repr(value)
    if isinstance(value, (list, tuple, set, frozenset, dict)):
        return f"a {type(value).__name__} of {len(value)}"
    return f"an object of type {type(value).__name__}"


def as_number(
    value: object, *, where: str, minimum: float = -math.inf, maximum: float = math.inf, hint: str | None = None
) -> float:
    """A real number of any library as a float.

    Whole numbers, floats, fractions, decimals and the scalars of numpy, pandas and Arrow are numbers;
    ``True``, text, NaN and infinity are not.

    Args:
        value: What was given.
        where: The argument, for the message.
        minimum: Least value accepted.
        maximum: Greatest value accepted.
        hint: What to do about a value that is refused.

    Raises:
        InvalidValueError: if it is not a finite number within the bounds.

    Examples:
        >>> as_number(3, where="k"), as_number("3", where="k")
        Traceback (most recent call last):
        ...
        therarel.errors.InvalidValueError: k: a number is needed, got '3' (expected a finite number)
    """
    number = math.nan
    if is_number(value):
        try:
            number = float(value.as_py() if hasattr(value, "as_py") else value)
        except OverflowError:
            number = math.inf
    if math.isfinite(number) and minimum <= number <= maximum:
        return number
    raise InvalidValueError(
        "a number is needed", where=where, value=shown(value), bound=numbers_within(minimum, maximum), hint=hint
    )


def numbers_within(minimum: float, maximum: float) -> str:
    """The numbers between two bounds in words, as a message names what would have been accepted.

    Examples:
        >>> numbers_within(0, 1), numbers_within(0, math.inf), numbers_within(math.ulp(0), math.inf)
        ('a number from 0 to 1', 'a number of at least 0', 'a number above 0')
        >>> numbers_within(-math.inf, 1), numbers_within(-math.inf, math.inf)
        ('a number of at most 1', 'a finite number')
    """
    minimum, maximum = float(minimum), float(maximum)
    if minimum == -math.inf:
        return "a finite number" if maximum == math.inf else f"a number of at most {maximum:g}"
    if maximum == math.inf:
        return "a number above 0" if minimum == math.ulp(0.0) else f"a number of at least {minimum:g}"
    return f"a number from {minimum:g} to {maximum:g}"


def refuse_no_mapping(value: object, *, where: str, such_as: str) -> None:
    """Refuse what does not map one thing to another.

    Raises:
        InvalidValueError: if it is not a mapping.
    """
    if not isinstance(value, Mapping):
        raise InvalidValueError("a mapping is needed", where=where, value=shown(value), hint=f"such as {such_as}")


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a real number of any library; truth values are not.

    Examples:
        >>> is_number(3), is_number(True), is_number("3")
        (True, False, False)
    """
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "BooleanScalar"):
        return False
    if isinstance(value, Real | Decimal):
        return True
    # an array without dimensions, or a scalar of Arrow, holds one number
    inner = getattr(value, "as_py", None) or (getattr(value, "shape", None) == () and getattr(value, "item", None))
    return callable(inner) and is_number(inner())


def without_words(text: str, choices: Iterable[str] = ()) -> str:
    """Text as a message shows it that must not hold somebody's name or words.

    It is shown where it is nearly one of the words that are known, and where it is not a word: a number, a date, a time
    of day. Other text is described by its length.

    Args:
        text: The text.
        choices: What could have been meant.

    Examples:
        >>> without_words("bilding_rapport", ["building_rapport"]), without_words("Jane"), without_words("4.5")
        ("'bilding_rapport'", 'text of 4 characters', "'4.5'")
    """
    if _NO_WORD.fullmatch(text) or nearest(text, choices, closely=True) is not None:
        return shown(text)
    return f"text of {len(text)} characters"


def is_whole(value: object) -> TypeGuard[int]:
    """Whether a value is a whole number kept as one, of any library; ``True`` and ``3.0`` are not.

    Examples:
        >>> is_whole(3), is_whole(3.0), is_whole(True)
        (True, False, False)
    """
    return type(value) is int or (isinstance(value, Integral) and not isinstance(value, bool))


def as_whole(
    value: object, *, where: str, minimum: int = 0, maximum: int | None = None, hint: str | None = None
) -> int:
    """A whole number of any library as an int; ``True`` and ``3.0`` are refused.

    Args:
        value: What was given.
        where: The argument, for the message.
        minimum: Least value accepted.
        maximum: Greatest value accepted; ``None`` where there is none.
        hint: What to do about a value that is refused.

    Raises:
        InvalidValueError: if it is not a whole number within the bounds.

    Examples:
        >>> as_whole(3, where="threads", minimum=1), as_whole(0, where="threads", minimum=1)
        Traceback (most recent call last):
        ...
        therarel.errors.InvalidValueError: threads: not accepted, got 0 (expected a whole number of at least 1)
    """
    if is_whole(value) and minimum <= value and (maximum is None or value <= maximum):
        return int(value)
    raise InvalidValueError(
        "not accepted",
        where=where,
        value=shown(value),
        bound=f"a whole number of at least {minimum}"
        if maximum is None
        else f"a whole number from {minimum} to {maximum}",
        hint=hint,
    )


def nearest(name: object, choices: Iterable[str], *, closely: bool = False) -> str | None:
    """The known name most like the one given, or ``None`` if nothing is close.

    Args:
        name: The name.
        choices: The names that are known.
        closely: Whether only what must be a misspelling counts, as where the name itself would be shown.

    Examples:
        >>> nearest("empathie", ["empathy", "trust"])
        'empathy'
    """
    if not isinstance(name, str):
        return None
    names = list(choices)
    folded = {candidate.casefold(): candidate for candidate in names}
    found = difflib.get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.75 if closely else 0.6)
    return folded[found[0]] if found else None


def hint_for(name: object, choices: Iterable[str], *, most: int = 12) -> str:
    """A hint for a misspelt name: the nearest known one, else the known ones.

    Examples:
        >>> hint_for("strainned", ["intact", "strained"])
        "did you mean 'strained'?"
    """
    names = list(choices)
    near = nearest(name, names)
    if near is not None:
        return f"did you mean '{near}'?"
    listed = ", ".join(names[:most])
    return f"known are {listed}{', ...' if len(names) > most else ''}"
