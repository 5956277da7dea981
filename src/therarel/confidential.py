"""Text about a client that must not leak, and pseudonyms for people.

`Confidential` holds text that appears in no ``repr``, ``str``, format, log record, traceback, report or default
export. Reading it takes an explicit `Confidential.reveal`; pickling it is refused. A `Pseudonym` is a code that
stands for a person; names, addresses and sentences are refused.
"""

from __future__ import annotations

import re
from typing import Any, Final, NoReturn, Self, final

from therarel.errors import ConfidentialityError, InvalidValueError, shown

__all__ = ["Confidential", "Pseudonym", "confidential"]

_MASK: Final = "[confidential]"
_PSEUDONYM: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._:-]{0,62}[A-Za-z0-9])?")


@final
class Confidential:
    """Text about a client: kept, compared and copied, but shown only by an explicit call.

    Two confidential texts are equal when their texts are. There is no length, no order and no iteration.

    Raises:
        InvalidValueError: if the text is not a string, or is empty.

    Examples:
        >>> note = Confidential("He doubts that this helps.")
        >>> note, f"{note}", str([note])
        (Confidential(...), '[confidential]', '[Confidential(...)]')
        >>> note.reveal()
        'He doubts that this helps.'
    """

    __slots__ = ("__text",)
    __text: str

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            raise InvalidValueError("confidential text is a string", value=f"an object of type {type(text).__name__}")
        if not text.strip():
            raise InvalidValueError(
                "confidential text may not be empty", hint="leave the field out where there is nothing to say"
            )
        object.__setattr__(self, "_Confidential__text", text)

    def reveal(self) -> str:
        """The text itself. Whoever calls this decides who may read it."""
        return self.__text

    def __repr__(self) -> str:
        return "Confidential(...)"

    def __str__(self) -> str:
        return _MASK

    def __format__(self, format_spec: str) -> str:
        return format(_MASK, format_spec)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Confidential):
            return self.__text == other.__text
        return NotImplemented

    def __hash__(self) -> int:
        return hash((Confidential, self.__text))

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


def confidential(text: str | Confidential | None) -> Confidential | None:
    """Wrap text as `Confidential`; ``None`` and what is wrapped already pass through.

    Fields that hold confidential text convert with this, so that a caller may write a plain string.
    """
    return Confidential(text) if isinstance(text, str) else text


class Pseudonym(str):
    """A code that stands for a person: 1 to 64 letters, digits and ``. _ : -``, never a name or a sentence.

    It is a string, so that it compares, sorts and joins as one. Whether a code can be traced to a person is for
    the caller's own house rules; this type only refuses what cannot be a code.

    Raises:
        InvalidValueError: on spaces, ``@``, any other character, or more than 64 of them.

    Examples:
        >>> Pseudonym("C-014")
        Pseudonym('C-014')
    """

    __slots__ = ()

    def __new__(cls, code: str) -> Self:
        """Check the code and make the pseudonym."""
        given: object = code  # whatever a caller without a type checker may pass
        if not isinstance(given, str) or not _PSEUDONYM.fullmatch(given):
            raise InvalidValueError(
                "a pseudonym is a code, not a name",
                value=None if isinstance(given, str) else shown(given),
                bound="1 to 64 letters, digits and . _ : - , beginning and ending with a letter or digit",
                hint="use a code such as 'C-014' and keep the key to it elsewhere",
            )
        return super().__new__(cls, code)

    def __repr__(self) -> str:
        return f"Pseudonym({str(self)!r})"
