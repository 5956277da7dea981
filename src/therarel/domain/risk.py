"""What was answered to the items of a form that ask about risk: a state of its own for each, apart from any total.

No total and no rule for missing items hides such an answer. It is a prompt for a person to look, not an assessment
of risk and not a monitor of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from attrs import field, frozen

from therarel.domain import checks
from therarel.domain.checks import as_tuple, bounds
from therarel.domain.occurrence import Occurrence
from therarel.errors import InvalidValueError
from therarel.representation import one_line
from therarel.vocabulary import Vocabulary

__all__ = ["PROMPT", "RiskAnswer", "RiskKind", "RiskNotice", "RiskState", "risk_in_short", "risk_in_words"]

PROMPT: Final = "This is a prompt for a person to look, not an assessment of risk and not a monitor of it."
"""What an answer to such an item is, and what it is not; it stands wherever one is explained."""

_NOT_RECORDED: Final = "risk answers not recorded"


class RiskKind(Vocabulary, links={}):
    """What an item asks about, where it asks about risk."""

    SUICIDAL_THOUGHTS_OR_ACTS = "suicidal_thoughts_or_acts"
    SELF_HARM = "self_harm"
    HARM_TO_OTHERS = "harm_to_others"
    SUBSTANCES_OR_OVERDOSE = "substances_or_overdose"
    OTHER = "other"


class RiskState(Vocabulary, links={}):
    """What was answered to an item that asks about risk."""

    ENDORSED = "endorsed"
    """Any answer above the lowest one."""
    NOT_ENDORSED = "not_endorsed"
    """The lowest answer; it does not rule risk out."""
    NOT_ANSWERED_OR_NOT_ASKED = "not_answered_or_not_asked"
    """There is no usable answer; nothing can be concluded."""


_SAID: Final[Mapping[RiskState, str]] = MappingProxyType(
    {
        RiskState.ENDORSED: "endorsed. A person should look at this answer today.",
        RiskState.NOT_ENDORSED: "not endorsed. That does not rule risk out.",
        RiskState.NOT_ANSWERED_OR_NOT_ASKED: "not answered or not asked. Nothing can be concluded from that; ask.",
    }
)


def _kinds(values: Iterable[RiskKind]) -> tuple[RiskKind, ...]:
    return as_tuple(values)


@frozen
class RiskAnswer:
    """What was answered to one item that asks about risk.

    Args:
        item: Item number, from 1.
        kinds: What it asks about; at least one.
        state: What was answered.

    Raises:
        InvalidValueError: if no kind is named.

    Examples:
        >>> RiskAnswer(9, [RiskKind.SELF_HARM], RiskState.ENDORSED).calls_for_a_look
        True
    """

    item: int = field(validator=checks.whole(1), metadata=bounds(1, checks.LARGEST), converter=checks.as_int)
    kinds: tuple[RiskKind, ...] = field(converter=_kinds, validator=checks.each(checks.a(RiskKind)))
    state: RiskState = field(validator=checks.a(RiskState))

    def __attrs_post_init__(self) -> None:
        if not self.kinds:
            raise InvalidValueError(
                "an item that asks about risk asks about something",
                where="RiskAnswer.kinds",
                value="none",
                bound=f"one or more of {', '.join(RiskKind)}",
            )

    @property
    def calls_for_a_look(self) -> bool:
        """Whether a person should look: always, unless the lowest answer was given."""
        return self.state is not RiskState.NOT_ENDORSED

    def explain(self) -> str:
        """The answer in words.

        Examples:
            >>> print(RiskAnswer(9, [RiskKind.SELF_HARM], RiskState.NOT_ENDORSED).explain())
            Item 9 (self harm): not endorsed. That does not rule risk out.
        """
        about = ", ".join(kind.label for kind in self.kinds)
        return f"Item {self.item} ({about}): {_SAID[self.state]}"

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        return f"item {self.item} ({', '.join(kind.label for kind in self.kinds)}): {self.state.label}"


def _risk_answer_tuple(values: Iterable[RiskAnswer]) -> tuple[RiskAnswer, ...]:
    return as_tuple(values)


@frozen
class RiskNotice:
    """Answers to items that ask about risk, endorsed or lacking, at which nobody has looked yet.

    It raises no concern: a person looks, and decides whether there is one.

    Args:
        instrument: Id of the form.
        answers: The answers that call for a look; at least one.
        measured: When the form was filled in.

    Raises:
        InvalidValueError: if no answer calls for a look.

    Examples:
        >>> endorsed = RiskAnswer(9, [RiskKind.SELF_HARM], RiskState.ENDORSED)
        >>> RiskNotice("phq-9", [endorsed], Occurrence(session=3)).in_words
        'phq-9, session 3: item 9 (self harm): endorsed'
    """

    instrument: str = field(validator=checks.name)
    answers: tuple[RiskAnswer, ...] = field(converter=_risk_answer_tuple, validator=checks.each(checks.a(RiskAnswer)))
    measured: Occurrence = field(default=Occurrence(), validator=checks.a(Occurrence))

    def __attrs_post_init__(self) -> None:
        if not any(answer.calls_for_a_look for answer in self.answers):
            raise InvalidValueError(
                "a notice is of answers that call for a look",
                where="RiskNotice.answers",
                bound="at least one that is endorsed, or not answered or not asked",
            )

    @property
    def in_words(self) -> str:
        """The form, when it was filled in, and each answer that calls for a look."""
        answers = ", ".join(str(answer) for answer in self.answers if answer.calls_for_a_look)
        return f"{self.instrument}, {self.measured}: {answers}"


def risk_in_words(risk: tuple[RiskAnswer, ...] | None) -> tuple[str, ...]:
    """The answers as sentences, with what they are for; nothing for a form that does not ask about risk.

    Args:
        risk: The answers; ``None`` where they were not recorded.

    Examples:
        >>> risk_in_words(())
        ()
        >>> print(risk_in_words(None)[0])
        What was answered to items that ask about risk was not recorded with this score: look at the answers.
    """
    if risk is None:
        return (
            "What was answered to items that ask about risk was not recorded with this score: look at the answers.",
        )
    return (*(answer.explain() for answer in risk), PROMPT) if risk else ()


def risk_in_short(risk: tuple[RiskAnswer, ...] | None) -> str:
    """The answers in a few words, those that call for a look first; empty for a form that does not ask about risk.

    Args:
        risk: The answers; ``None`` where they were not recorded.

    Examples:
        >>> risk_in_short((RiskAnswer(9, [RiskKind.SELF_HARM], RiskState.ENDORSED),))
        'risk item 9 endorsed'
        >>> risk_in_short(None)
        'risk answers not recorded'
    """
    if risk is None:
        return _NOT_RECORDED
    order = (RiskState.ENDORSED, RiskState.NOT_ANSWERED_OR_NOT_ASKED, RiskState.NOT_ENDORSED)
    by_state = {state: [str(answer.item) for answer in risk if answer.state is state] for state in order}
    return "; ".join(
        f"risk item{'s' if len(items) > 1 else ''} {', '.join(items)} {state.label}"
        for state, items in by_state.items()
        if items
    )
