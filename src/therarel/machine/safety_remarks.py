"""What comes first in every answer while it applies.

That is: concerns for safety that are open, answers about risk at which nobody has looked, and serious exploitation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from therarel.domain import ClosingReason, Occurrence, Relationship, SafetyConcern, Stage
from therarel.machine.remarks import Remark
from therarel.texts import Listed, Phrase, Texts

_CONCERN: Final = "safety_concern"
_CONCERNS: Final = "safety_concerns"
_GOES_ON: Final = "safety_concern_goes_on"
_NOTHING_KNOWN: Final = "nothing_known"
_RISK: Final = "risk_answers"
_ALLEGED: Final = "exploitation_alleged"
_SUBSTANTIATED: Final = "exploitation_substantiated"

SAFETY_REMARKS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        _CONCERN: ("about",),
        _CONCERNS: ("value", "about"),
        _GOES_ON: ("about",),
        _RISK: ("about",),
        _NOTHING_KNOWN: ("about",),
        _ALLEGED: ("about",),
        _SUBSTANTIATED: ("about",),
    }
)
"""The remarks that come first in every answer while they apply, each with the values of its sentence."""


_NEVER: Final = Occurrence()


def safety_remarks(
    relationship: Relationship, texts: Texts, *, when: Occurrence = _NEVER, stopped: bool = False
) -> tuple[Remark, ...]:
    """What comes first in every answer, accepted or declined.

    A concern that nobody has looked at yet, or whose review is overdue, is said in full; in between, one line has its
    dates. Answers about risk at which nobody has looked stand behind what is said in full. Where the client died, they
    and a concern about the client alone no longer prompt, nor does exploitation.

    Args:
        relationship: How the relationship stands.
        texts: The texts of the machine.
        when: The date or session of what is answered; where none is stated, no review is overdue.
        stopped: Whether the answer itself is that serious exploitation stops the work.
    """
    died = relationship.closed_reason is ClosingReason.CLIENT_DIED
    open_concerns = [
        each for each in relationship.safety_concerns if each.is_open and not (died and each.is_about_client_alone)
    ]
    made = list(_concerns(open_concerns, texts, when)) if open_concerns else []
    if relationship.risk_notices and not died:
        made.insert(
            bool(made and made[0].code != _GOES_ON), Remark.of(_RISK, texts, about=Listed(relationship.risk_notices))
        )
    stopping = [each for each in relationship.breaches if each.stops_the_work]
    if stopping and not stopped and not died:
        proven = [each for each in stopping if each.is_serious]
        name = _SUBSTANTIATED if proven else _ALLEGED
        made.append(Remark.of(name, texts, about=tuple(each.breach_id for each in proven or stopping)))
    if _knows_nothing_of_before(relationship):
        made.append(Remark.of(_NOTHING_KNOWN, texts, about=relationship.predecessor))
    return tuple(made)


def _knows_nothing_of_before(relationship: Relationship) -> bool:
    """Whether the course is at its beginning, follows another by name alone, and nothing was handed over."""
    if relationship.predecessor is None or relationship.handover is not None:
        return False
    return relationship.stage is Stage.INITIAL_FORMATION and not (relationship.tasks_met or relationship.tasks_waived)


def _concerns(concerns: Sequence[SafetyConcern], texts: Texts, when: Occurrence) -> Iterator[Remark]:
    first = [_first(each, when) for each in concerns if each.comes_first(when)]
    goes_on = [_with_dates(each) for each in concerns if not each.comes_first(when)]
    if first:
        name = _CONCERN if len(first) == 1 else _CONCERNS
        yield Remark.of(name, texts, value=len(first), about=Listed(first))
    if goes_on:
        yield Remark.of(_GOES_ON, texts, about=Listed(goes_on))


def _first(concern: SafetyConcern, when: Occurrence) -> object:
    if not concern.is_overdue(when):
        return concern
    return Phrase("concern.review_was_due", about=concern, due=concern.review_due)


def _with_dates(concern: SafetyConcern) -> Phrase:
    dates = {"about": concern, "raised": concern.raised, "reviewed": concern.reviewed}
    if concern.review_due is None:
        return Phrase("concern.dates", **dates)
    return Phrase("concern.dates_and_next", **dates, due=concern.review_due)
