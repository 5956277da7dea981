"""Text about a client that must not leak, and pseudonyms for people.

`Confidential` holds text that appears in no ``repr``, ``str``, format, log record, traceback, report or default
export. Reading it takes an explicit `Confidential.reveal`; pickling it is refused. A `Pseudonym` is a code that
stands for a person; names, addresses, dates and sentences are refused. `taken_for` says what a code or a label looks
like, where it looks like what names a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, NoReturn, Self, final

from therarel.errors import ConfidentialityError, InvalidValueError, shown

__all__ = ["Confidential", "Pseudonym", "confidential", "taken_for", "unkeepable"]

_MASK: Final = "[confidential]"
_PSEUDONYM: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._:-]{0,62}[A-Za-z0-9])?")

_YEAR: Final = r"(?:19|20)\d\d"
_DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH: Final = r"(?:0?[1-9]|1[0-2])"
_NAMED: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE: Final = re.compile(
    rf"(?<![^\W_])(?:{_YEAR}([-._/ ]){_MONTH}\1{_DAY}"  # 1980-05-04
    rf"|{_DAY}([-._/ ]){_DAY}\2{_YEAR}"  # 4.5.1980, 05/04/1980
    rf"|{_DAY}([./]){_DAY}\3\d\d"  # 04.05.80
    rf"|{_DAY}[-. ]*{_NAMED}[-., ]*(?:{_YEAR}|\d\d)"  # 4 May 1980
    rf"|{_NAMED}[-. ]*{_DAY}[-., ]+{_YEAR})(?![^\W_])"  # May 4, 1980
    rf"|^(?:{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2]){_YEAR})$",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(
    r"(?=.*\d).*(?:\b(?:street|road|avenue|boulevard|rue|calle)\b|(?:stra(?:ss|ß)e|str|gasse|platz|allee)\b)", re.I
)
_TELEPHONE: Final = re.compile(
    r"\+\d[\d ().:/-]{6,}\d"  # +49 151 2345678
    r"|\(?[2-9]\d\d\)?[-. ][2-9]\d\d[-. ]\d{4}"  # (555) 234-5678
    r"|\(?0[1-9]\d{1,3}\)?[-/ ]+(?:\d{6,8}|\d{3,4} \d{2,5})"  # 0151 2345678
)
_WORD: Final = re.compile(r"[^\W\d_]+")
# Words that occur in codes and name nobody.
_OF_CODES: Final = re.compile(
    "arm|case|client|clinic|cohort|control|course|dyad|group|pair|participant|patient|person|pilot|session|site|study"
    "|subject|supervisor|test|therapist|treatment",
    re.IGNORECASE,
)


@final
class Confidential:
    """Text about a client: kept, compared and copied, but shown only by an explicit call.

    Two confidential texts are equal when their texts are. There is no length, no order and no iteration.

    Raises:
        InvalidValueError: if the text is not a string, is empty, or could not be kept in a file.

    Examples:
        >>> note = Confidential("He doubts that this helps.")
        >>> note, f"{note}", str([note])
        (Confidential(...), '[confidential]', '[Confidential(...)]')
        >>> note.reveal()
        'He doubts that this helps.'
    """

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        refused = _refused(text)
        if refused is not None:
            del text  # nor does the frame of an error show it
            raise refused
        _keep(self, text)

    def reveal(self) -> str:
        """The text itself. Whoever calls this decides who may read it."""
        return _text_of(self)

    def __repr__(self) -> str:
        return "Confidential(...)"

    def __str__(self) -> str:
        return _MASK

    def __format__(self, format_spec: str) -> str:
        return format(_MASK, format_spec)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Confidential):
            return _text_of(self) == _text_of(other)
        return NotImplemented

    def __hash__(self) -> int:
        return hash((Confidential, _text_of(self)))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise ConfidentialityError(
            "confidential text is not pickled", hint="write records with confidential='include' or 'redact'"
        )

    __reduce__ = __getstate__ = lambda self, *_: self.__reduce_ex__(0)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"Confidential is frozen: '{name}' cannot be set")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"Confidential is frozen: '{name}' cannot be deleted")


# The text has a place in the object that no attribute leads to: whatever lists attributes, or fetches what __slots__
# names, finds none.
_SLOT: Final[Any] = Confidential.__dict__["_Confidential__text"]
_text_of: Final[Callable[[Confidential], str]] = _SLOT.__get__
_keep: Final[Callable[[Confidential, str], None]] = _SLOT.__set__
del Confidential._Confidential__text  # type: ignore[attr-defined]  # type checkers do not know the place


def _refused(text: object) -> InvalidValueError | None:
    """Why something is not confidential text."""
    if not isinstance(text, str):
        return InvalidValueError("confidential text is a string", value=f"an object of type {type(text).__name__}")
    if not text.strip():
        hint = "leave the field out where there is nothing to say"
        return InvalidValueError("confidential text may not be empty", hint=hint)
    found = unkeepable(text)
    return None if found is None else InvalidValueError(found[0], hint=found[1])


def confidential(text: str | Confidential | None) -> Confidential | None:
    """Wrap text as `Confidential`; ``None`` and what is wrapped already pass through.

    Fields that hold confidential text convert with this, so that a caller may write a plain string.
    """
    return Confidential(text) if isinstance(text, str) else text


def unkeepable(text: str) -> tuple[str, str] | None:
    r"""Why no file could hold a text, and what to do about it; ``None`` where one can.

    Half of a surrogate pair is not a character and cannot be encoded; databases and many programs end a text at its
    first NUL. Both come from a broken conversion, so that the text is refused where it enters rather than lost later.

    Examples:
        >>> unkeepable("Grüße, 你好"), unkeepable("she\0")[0]
        (None, 'the text holds a NUL character, at 4')
    """
    nul = text.find("\0")
    if nul >= 0:
        return f"the text holds a NUL character, at {nul + 1}", "take it out"
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return f"the text holds half of a surrogate pair, at {error.start + 1}", "write the character itself"
    return None


def taken_for(text: str) -> str | None:
    """What a code or a label would be taken for, where it looks like something that names a person.

    A date, an e-mail address, a telephone number and an address are known by their form. Without any digit, a word of
    three letters or more is taken for a person's name, words such as *client* and *dyad* aside. With a digit it is
    taken for a code, for nobody can tell ``anna01`` from ``pair01``: whether a code can be traced to a person stays
    with the house rules of whoever gives it.

    Args:
        text: A code or a label.

    Returns:
        What it looks like, in words; ``None`` where it looks like a code.

    Examples:
        >>> [taken_for(each) for each in ("Jane Doe", "1980-05-04", "C-014", "dyad-7", "client_12", "A1B2", "17")]
        ["a person's name", 'a date', None, None, None, None, None]
    """
    if _DATE.search(text):
        return "a date"
    if "@" in text:
        return "an e-mail address"
    if _TELEPHONE.fullmatch(text):
        return "a telephone number"
    if _ADDRESS.match(text):
        return "an address"
    if any(character.isdigit() for character in text):
        return None
    words = [word for word in _WORD.findall(text) if len(word) > 2]
    return "a person's name" if any(not _OF_CODES.fullmatch(word) for word in words) else None


class Pseudonym(str):
    """A code that stands for a person: 1 to 64 letters, digits and ``. _ : -``, never a name or a sentence.

    It is a string, so that it compares, sorts and joins as one. What cannot be a code is refused, and so is what looks
    like a name or a date (see `taken_for`): a code with a digit in it, such as ``C-014``, always passes for one unless
    it is a date, a telephone number or an address. Whether a code can be traced to a person is for the caller's own
    house rules.

    Raises:
        InvalidValueError: on spaces, ``@``, any other character, or more than 64 of them; and on what looks like a
            person's name, a date, a telephone number or an address. What was given is not repeated.

    Examples:
        >>> Pseudonym("C-014")
        Pseudonym('C-014')
    """

    __slots__ = ()

    def __new__(cls, code: str) -> Self:
        """Check the code and make the pseudonym."""
        refused = _no_code(code)
        if refused is not None:
            del code  # it may be somebody's name
            raise refused
        return super().__new__(cls, code)

    def __repr__(self) -> str:
        return f"Pseudonym({str(self)!r})"


def _no_code(given: object) -> InvalidValueError | None:
    """Why something is not a pseudonym."""
    if not isinstance(given, str) or not _PSEUDONYM.fullmatch(given):
        return InvalidValueError(
            "a pseudonym is a code, not a name",
            value=None if isinstance(given, str) else shown(given),
            bound="1 to 64 letters, digits and . _ : - , beginning and ending with a letter or digit",
            hint="use a code such as 'C-014' and keep the key to it elsewhere",
        )
    looks_like = taken_for(given)
    if looks_like is None:
        return None
    return InvalidValueError(
        f"a pseudonym is a code, and this looks like {looks_like}",
        bound="a code that says nothing about the person",
        hint="use a code with a number such as 'C-014' and keep the key to it elsewhere",
    )
