"""The items of an instrument that ask about risk: what was answered to each, and how often in many responses."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from therarel.domain.ratings import MissingReason
from therarel.domain.risk import RiskAnswer, RiskState, risk_prompt
from therarel.measures.answers import Answer
from therarel.measures.instrument import Instrument


def risk_answers(instrument: Instrument, answers: Sequence[Answer], turned: Collection[int]) -> tuple[RiskAnswer, ...]:
    """What one response says to each item that asks about risk, in the order of the instrument.

    Args:
        instrument: The instrument.
        answers: The answers that were read, in the order of the items.
        turned: The items whose answer is turned before it counts.

    Examples:
        >>> from therarel.measures import instrument
        >>> [answer.state.label for answer in risk_answers(instrument("phq-9"), [0.0] * 8 + [1.0], ())]
        ['endorsed']
    """
    return tuple(
        RiskAnswer(risky.item, risky.kinds, _state(instrument, answers[risky.item - 1], risky.item in turned))
        for risky in instrument.risk_items
    )


def _state(instrument: Instrument, answer: Answer, turned: bool) -> RiskState:
    if isinstance(answer, MissingReason):
        return RiskState.NOT_ANSWERED_OR_NOT_ASKED
    scale = instrument.item_scale
    counted = scale.turned(answer) if turned else answer
    return RiskState.ENDORSED if counted > scale.minimum else RiskState.NOT_ENDORSED


def risk_note(instrument: Instrument, responses: Sequence[tuple[RiskAnswer, ...] | None]) -> str | None:
    """How many responses call for a look, item by item, in words; ``None`` where no item asks about risk.

    Args:
        instrument: The instrument.
        responses: The risk answers of each response; ``None`` for a total without its items.

    Examples:
        >>> from therarel.measures import instrument, score, stated_score
        >>> found = [score("phq-9", [0] * 8 + [3]).risk, stated_score("phq-9", 4).risk]
        >>> print(risk_note(instrument("phq-9"), found))
        Risk item 9, of 2 responses: 1 endorsed, 0 not answered or not asked, 1 not recorded. This is a prompt for a person to look, not an assessment of risk and not a monitor of it.
    """  # noqa: E501 -- a sentence is one line
    counts = {
        risky.item: (
            sum(answers is not None and answers[index].state is RiskState.ENDORSED for answers in responses),
            sum(
                answers is not None and answers[index].state is RiskState.NOT_ANSWERED_OR_NOT_ASKED
                for answers in responses
            ),
        )
        for index, risky in enumerate(instrument.risk_items)
    }
    return note_of_counts(counts, len(responses), lost=sum(answers is None for answers in responses))


def note_of_counts(counts: Mapping[int, tuple[int, int]], responses: int, *, lost: int = 0) -> str | None:
    """How many responses call for a look, item by item, in words; ``None`` where no item asks about risk.

    Args:
        counts: For each item how many endorsed it, and how many did not answer it or were not asked.
        responses: How many responses there are.
        lost: Number of them that are totals without their items.

    Examples:
        >>> note_of_counts({}, 3) is None
        True
    """
    if not counts:
        return None
    more = f", {lost} not recorded" if lost else ""
    by_item = {
        item: f"{endorsed} endorsed, {silent} not answered or not asked{more}"
        for item, (endorsed, silent) in counts.items()
    }
    if len(by_item) == 1:
        item, words = next(iter(by_item.items()))
        return f"Risk item {item}, of {responses} responses: {words}. {risk_prompt()}"
    listed = "; ".join(f"item {item}: {words}" for item, words in by_item.items())
    return f"Risk items, of {responses} responses: {listed}. {risk_prompt()}"


def risk_of_totals(instrument: Instrument) -> str | None:
    """What has to be shown beside totals without their items; ``None`` where no item asks about risk.

    Examples:
        >>> from therarel.measures import instrument
        >>> print(risk_of_totals(instrument("phq-9")))
        phq-9 asks about risk in item 9 (suicidal thoughts or acts, self harm). These totals do not show what was answered to it: look at the answers themselves.
        >>> risk_of_totals(instrument("wai-sr")) is None
        True
    """  # noqa: E501 -- a sentence is one line
    if not instrument.risk_items:
        return None
    items = ", ".join(
        f"{risky.item} ({', '.join(kind.label for kind in risky.kinds)})" for risky in instrument.risk_items
    )
    several = len(instrument.risk_items) > 1
    return (
        f"{instrument.id} asks about risk in item{'s' if several else ''} {items}. "
        f"These totals do not show what was answered to {'them' if several else 'it'}: "
        "look at the answers themselves."
    )
