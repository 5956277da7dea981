"""What was answered to the items of a form that ask about risk: a state of its own for each, apart from any total.

No total and no rule for missing items hides such an answer. It is a prompt for a person to look, not an assessment
of risk and not a monitor of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import field, frozen

from therarel.domain import checks
from therarel.domain.checks import as_tuple, bounds
from therarel.domain.occurrence import Occurrence
from therarel.errors import InvalidValueError
from therarel.representation import one_line
from therarel.texts import Phrase, Texts, standard_texts
from therarel.vocabulary import Vocabulary


def risk_notice_tuple(values: Iterable[RiskNotice]) -> tuple[RiskNotice, ...]:
    """Any collection of `RiskNotice`, as `checks.as_tuple` takes it."""
    return as_tuple(values)


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
    kinds: tuple[RiskKind, ...] = field(converter=_kinds, validator=checks.members(checks.a(RiskKind)))
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
        return self.explained(standard_texts())

    def explained(self, texts: Texts) -> str:
        """The answer in the words of these texts.

        Args:
            texts: The texts of a language.
        """
        return texts(
            "risk.item_explained", item=self.item, kinds=self.kinds, meaning=Phrase(f"risk.{self.state.value}")
        )

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        return self.worded(standard_texts())

    def worded(self, texts: Texts) -> str:
        """The answer in a few words.

        Args:
            texts: The texts of a language.
        """
        return texts("risk.item", item=self.item, kinds=self.kinds, state=self.state)


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
    answers: tuple[RiskAnswer, ...] = field(
        converter=_risk_answer_tuple, validator=checks.members(checks.a(RiskAnswer))
    )
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
        return self.worded(standard_texts())

    def worded(self, texts: Texts) -> str:
        """The form, when it was filled in, and each answer that calls for a look.

        Args:
            texts: The texts of a language.
        """
        answers = tuple(answer for answer in self.answers if answer.calls_for_a_look)
        return texts("risk.notice", instrument=self.instrument, when=self.measured, answers=answers)


def risk_prompt() -> str:
    """What an answer to such an item is, and what it is not; it is said wherever one is explained."""
    return standard_texts()("risk.prompt")


def risk_in_words(risk: tuple[RiskAnswer, ...] | None, texts: Texts | None = None) -> tuple[str, ...]:
    """The answers as sentences, with what they are for; nothing for a form that does not ask about risk.

    Args:
        risk: The answers; ``None`` where they were not recorded.
        texts: The texts of a language; those of the library where ``None``.

    Examples:
        >>> risk_in_words(())
        ()
        >>> print(risk_in_words(None)[0])
        What was answered to items that ask about risk was not recorded with this score: look at the answers.
    """
    say = standard_texts() if texts is None else texts
    if risk is None:
        return (say("risk.not_recorded"),)
    return (*(answer.explained(say) for answer in risk), say("risk.prompt")) if risk else ()


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
        return standard_texts()("risk.short_not_recorded")
    order = (RiskState.ENDORSED, RiskState.NOT_ANSWERED_OR_NOT_ASKED, RiskState.NOT_ENDORSED)
    by_state = {state: [str(answer.item) for answer in risk if answer.state is state] for state in order}
    return "; ".join(
        standard_texts()("risk.short", count=len(items), items=", ".join(items), state=state)
        for state, items in by_state.items()
        if items
    )
