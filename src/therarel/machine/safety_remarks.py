"""What comes first in every answer while it applies: concerns for safety that are open, and serious exploitation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from therarel.domain import ClosingReason, Relationship, SafetyConcern
from therarel.machine.remarks import Remark

__all__ = ["SAFETY_REMARKS", "safety_remarks"]

_CONCERN: Final = "safety_concern"
_CONCERNS: Final = "safety_concerns"
_GOES_ON: Final = "safety_concern_goes_on"
_ALLEGED: Final = "exploitation_alleged"
_SUBSTANTIATED: Final = "exploitation_substantiated"

SAFETY_REMARKS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        _CONCERN: ("about",),
        _CONCERNS: ("value", "about"),
        _GOES_ON: ("about",),
        _ALLEGED: ("about",),
        _SUBSTANTIATED: ("about",),
    }
)
"""The remarks that come first in every answer while they apply, each with the values of its sentence."""


def safety_remarks(
    relationship: Relationship, sentences: Mapping[str, str], *, stopped: bool = False
) -> tuple[Remark, ...]:
    """What comes first in every answer, accepted or declined.

    A concern that nobody has looked at yet is said in full; one that goes on after a review, in a line with its dates.

    Args:
        relationship: How the relationship stands.
        sentences: The remarks of the machine's texts.
        stopped: Whether the answer itself is that serious exploitation stops the work.
    """
    made = list(_concerns(relationship, sentences)) if relationship.safety_concerns else []
    stopping = [each for each in relationship.breaches if each.stops_the_work]
    if stopping and not stopped and relationship.closed_reason is not ClosingReason.CLIENT_DIED:
        proven = [each for each in stopping if each.is_serious]
        name = _SUBSTANTIATED if proven else _ALLEGED
        about = ", ".join(each.breach_id for each in proven or stopping)
        made.append(Remark(name, sentences[name].format(about=about)))
    return tuple(made)


def _concerns(relationship: Relationship, sentences: Mapping[str, str]) -> Iterator[Remark]:
    awaiting = [each.in_words for each in relationship.safety_concerns if each.awaits_review]
    goes_on = [_with_dates(each) for each in relationship.safety_concerns if each.is_open and not each.awaits_review]
    if awaiting:
        name = _CONCERN if len(awaiting) == 1 else _CONCERNS
        yield Remark(name, sentences[name].format(value=len(awaiting), about="; ".join(awaiting)))
    if goes_on:
        yield Remark(_GOES_ON, sentences[_GOES_ON].format(about="; ".join(goes_on)))


def _with_dates(concern: SafetyConcern) -> str:
    return f"{concern.in_words} (raised: {concern.raised}; looked at: {concern.reviewed})"
