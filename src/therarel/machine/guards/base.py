"""What a guard is, and what it found where it does not hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from attrs import frozen

from therarel.domain import Relationship
from therarel.machine.policy import Policy

__all__ = ["Guard", "Said", "Unmet"]

Said: TypeAlias = str | int | bool | None
"""A value that an explanation can say: a word of a vocabulary, a number, a yes or no, or nothing."""


@frozen
class Unmet:
    """What a guard found where it does not hold. The sentences are with the data of the machine.

    Args:
        value: What was found.
        threshold: What would be needed.
        about: The tasks, states, steps or codes it is about; words of vocabularies know their concepts.
        in_words: What the sentence says it is about, where `about` holds codes: values that the texts put into words.
        case: Which of several ways of not holding this is; empty if there is only one.
        alone: Whether it comes before every other condition, so that none is named beside it.

    Examples:
        >>> Unmet(3, 4).case
        ''
    """

    value: Said = None
    threshold: Said = None
    about: tuple[str, ...] = ()
    case: str = ""
    alone: bool = False
    in_words: tuple[object, ...] = ()


Guard: TypeAlias = Callable[[Relationship, Any, Policy], Unmet | None]
"""A named condition of a judgement: ``None`` where it holds, and what it found where it does not.

The event is the judgement that the guard is asked about; a guard that reads it declares its class.
"""
