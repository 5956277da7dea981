"""The item that asks about risk, answered apart from the total.

No total and no missing-data rule hides it: it has an answer of its own with three states, of which "not answered or
not asked" is one. It is a prompt for a person to look, not an assessment and not a monitor.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from therarel.domain.ratings import MissingReason
from therarel.domain.vocabulary import Vocabulary
from therarel.errors import InvalidValueError
from therarel.measures.answers import Answer, AnswerReader
from therarel.measures.instrument import Instrument
from therarel.measures.plan import resolved
from therarel.measures.responses import Responses, read_response

__all__ = ["RiskAnswer", "RiskState", "risk_answer", "risk_state"]


class RiskState(Vocabulary, links={}):
    """What the risk item says."""

    ENDORSED = "endorsed"
    """Any answer above zero."""
    NOT_ENDORSED = "not_endorsed"
    """The answer is zero."""
    NOT_ANSWERED_OR_NOT_ASKED = "not_answered_or_not_asked"
    """There is no usable answer; nothing can be concluded."""


@frozen(kw_only=True)
class RiskAnswer:
    """What a client answered to the item that asks about risk.

    Args:
        instrument: Id of the instrument.
        item: Number of the item.
        state: What it says.
        answer: The answer on the item's scale, or the reason why there is none.

    Examples:
        >>> risk_answer("phq-9", [0, 0, 0, 0, 0, 0, 0, 0, 1]).state.label
        'endorsed'
    """

    instrument: str
    item: int
    state: RiskState
    answer: Answer

    @property
    def calls_for_a_look(self) -> bool:
        """Whether a person should look: always, unless the item was answered with zero."""
        return self.state is not RiskState.NOT_ENDORSED

    def explain(self) -> str:
        """The answer in words.

        Examples:
            >>> print(risk_answer("core-10", {"item1": 2}).explain())
            core-10, item 6 (risk): not answered or not asked. Nothing can be concluded from that; ask. This is a prompt for a person to look, not an assessment of risk and not a monitor of it.
        """  # noqa: E501 -- a sentence is one line
        said = {
            RiskState.ENDORSED: "endorsed. A person should look at this answer today",
            RiskState.NOT_ENDORSED: "not endorsed. That does not rule risk out",
            RiskState.NOT_ANSWERED_OR_NOT_ASKED: "not answered or not asked. Nothing can be concluded from that; ask",
        }[self.state]
        return (
            f"{self.instrument}, item {self.item} (risk): {said}. "
            "This is a prompt for a person to look, not an assessment of risk and not a monitor of it."
        )


def risk_answer(
    instrument: str | Instrument,
    responses: Responses,
    *,
    words: Mapping[str, Answer] | None = None,
    missing_codes: Mapping[float, MissingReason] | None = None,
    items: str | None = None,
) -> RiskAnswer:
    """What one response says to the risk item; also where the instrument's items are not scored.

    Args:
        instrument: The instrument or its identifier.
        responses: The answers of one response, as for `score`.
        words: Words for answers beyond the anchors known.
        missing_codes: Numbers that stand for a reason.
        items: What stands before the number in the keys of a mapping, as for `score`.

    Raises:
        InvalidValueError: if the instrument has no risk item, the answers do not fit it, or they are a table: for
            that, `score` with ``detail=True`` and `score_file` have a column of their own.

    Examples:
        >>> risk_answer("bdi-ii", [0] * 21).state.label
        'not endorsed'
    """
    chosen = resolved(instrument)
    if chosen.risk_item is None:
        raise InvalidValueError(f"{chosen.id} has no item that asks about risk")
    reader = AnswerReader.of(chosen, words=words, missing_codes=missing_codes)
    answer = read_response(chosen, responses, reader, items=items)[chosen.risk_item.item - 1]
    return RiskAnswer(instrument=chosen.id, item=chosen.risk_item.item, state=risk_state(answer), answer=answer)


def risk_state(answer: Answer) -> RiskState:
    """What an answer to the risk item says.

    Examples:
        >>> risk_state(MissingReason.REFUSED).label
        'not answered or not asked'
    """
    if isinstance(answer, MissingReason):
        return RiskState.NOT_ANSWERED_OR_NOT_ASKED
    return RiskState.ENDORSED if answer > 0 else RiskState.NOT_ENDORSED
