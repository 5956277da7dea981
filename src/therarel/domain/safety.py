"""Concerns for somebody's safety: raised, looked at one by one, and closed by a person, never by a program.

A concern is not a measurement. There are no levels of risk here, and nothing computes one.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import field, frozen

from therarel.domain import checks
from therarel.domain.checks import as_set, each, optional
from therarel.domain.occurrence import Occurrence
from therarel.vocabulary import Vocabulary

__all__ = ["ConcernKind", "ConcernOutcome", "SafetyConcern"]


class ConcernKind(Vocabulary, links={}):
    """What a concern for safety is about; several may hold."""

    SUICIDAL_THOUGHTS_OR_ACTS = "suicidal_thoughts_or_acts"
    SELF_HARM = "self_harm"
    SELF_NEGLECT = "self_neglect"
    """Being unable to care for oneself included."""
    HARM_TO_OTHERS = "harm_to_others"
    ABUSE_OR_VIOLENCE = "abuse_or_violence"
    """By others, a partner included."""
    CHILD_AT_RISK = "child_at_risk"
    ADULT_AT_RISK = "adult_at_risk"
    SUBSTANCES_OR_OVERDOSE = "substances_or_overdose"
    PHYSICAL_HEALTH = "physical_health"
    """Eating and medication included."""
    CHANGE_OF_MENTAL_STATE = "change_of_mental_state"
    HARM_BY_PROFESSIONAL = "harm_by_professional"
    OTHER = "other"


class ConcernOutcome(Vocabulary, links={}):
    """What became of a concern when it was looked at."""

    GOES_ON = "goes_on"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"


def _concern_kind_set(values: Iterable[ConcernKind]) -> frozenset[ConcernKind]:
    return as_set(values)


@frozen
class SafetyConcern:
    """A concern for somebody's safety as it stands now.

    Args:
        concern_id: The code by which later events speak of it: 1 to 64 letters, digits and ``. _ : -``. It is shown
            everywhere, so it says nothing about a person.
        kinds: What it is about; empty if not stated.
        is_open: Whether it is open.
        raised: When it was raised.
        reviewed: When it was last looked at; ``None`` if it was not yet.
        outcome: What became of it then; ``None`` if it was not looked at yet.

    Examples:
        >>> concern = SafetyConcern("concern-1", {ConcernKind.SELF_NEGLECT})
        >>> concern.awaits_review, concern.in_words
        (True, 'self neglect, concern-1')
    """

    concern_id: str = field(validator=checks.code, metadata=checks.CODED)
    kinds: frozenset[ConcernKind] = field(
        default=frozenset(), converter=_concern_kind_set, validator=each(checks.a(ConcernKind))
    )
    is_open: bool = field(default=True, validator=checks.truth, kw_only=True)
    raised: Occurrence = field(default=Occurrence(), validator=checks.a(Occurrence), kw_only=True)
    reviewed: Occurrence | None = field(default=None, validator=optional(checks.a(Occurrence)), kw_only=True)
    outcome: ConcernOutcome | None = field(default=None, validator=optional(checks.a(ConcernOutcome)), kw_only=True)

    @property
    def awaits_review(self) -> bool:
        """Whether it is open and nobody has looked at it yet."""
        return self.is_open and self.reviewed is None

    @property
    def in_words(self) -> str:
        """What it is about, and its code."""
        kinds = " and ".join(kind.label for kind in ConcernKind if kind in self.kinds)
        return f"{kinds}, {self.concern_id}" if kinds else self.concern_id
