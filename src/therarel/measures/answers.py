"""Reading one answer: a number, a word for it, or the reason why there is none."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from attrs import field, frozen

from therarel.domain.ratings import MissingReason
from therarel.errors import InvalidValueError, is_number, refuse_no_mapping, shown
from therarel.measures.instrument import Instrument
from therarel.measures.scales import ItemScale
from therarel.tables.missing import WORDS, Missing, folded, is_nothing
from therarel.tables.numbers import number_in
from therarel.vocabulary import Vocabulary

Answer = float | MissingReason
"""An answer on the item's scale, or the reason why there is none."""

MissingCodes: TypeAlias = Mapping[float, MissingReason] | Sequence[float]
"""Numbers that stand for a reason why there is no answer; a list of them stands for "not answered"."""

# One vocabulary of what is missing, for answers as for every other cell.
_NO_ANSWER: Final[Mapping[str, MissingReason]] = {
    **{word: MissingReason(reason) for word, reason in WORDS.items()},
    **{reason.value: reason for reason in MissingReason},
    **{reason.label: reason for reason in MissingReason},
}


class Recording(Vocabulary, links={}):
    """What was written down for an answer."""

    ANCHOR = "anchor"
    """The number of the anchor: the higher, the more of what the item says."""
    POSITION = "position"
    """The position of the box on the printed form, whichever anchor stands first."""


@frozen(kw_only=True)
class AnswerReader:
    """Reads the answers of one instrument.

    Args:
        scale: The scale of the items.
        words: Words for answers, folded to lower case and single spaces: a number on the scale, or a reason.
        codes: Numbers that stand for a reason, such as -9 for "refused".
        comma: Whether numbers in text may have a decimal comma.

    Examples:
        >>> from therarel.measures import instrument
        >>> reader = AnswerReader.of(instrument("wai-sr"), words={"manchmal": 2})
        >>> [str(reader.read(value)) for value in (4, "Fairly  often", " MANCHMAL", None, 7, "refused")]
        ['4.0', '3.0', '2.0', 'not_answered', 'out_of_range', 'refused']
    """

    scale: ItemScale
    words: Mapping[str, Answer] = field(hash=False)
    codes: Mapping[float, MissingReason] = field(factory=dict, hash=False)
    comma: bool = False

    @classmethod
    def of(
        cls,
        instrument: Instrument,
        *,
        words: Mapping[str, Answer] | None = None,
        missing_codes: MissingCodes | None = None,
        comma: bool = False,
    ) -> AnswerReader:
        """The reader of an instrument, with the anchors it knows and the words that are supplied.

        Args:
            instrument: The instrument.
            words: Further words, such as a translation of the anchors: a number on the item scale, or a reason. They
                go before the anchors; case and spacing do not matter.
            missing_codes: Numbers outside the scale that stand for a reason; in a list for "not answered".
            comma: Whether numbers in text may have a decimal comma.

        Raises:
            InvalidValueError: if a word stands for a number off the scale, or a code lies on it.
        """
        scale = instrument.item_scale
        answer_of: dict[str, Answer] = dict(_NO_ANSWER)
        if scale.points:
            answer_of |= {
                folded(anchor): float(point) for anchor, point in zip(scale.anchors, scale.points, strict=False)
            }
        if words is not None:
            refuse_no_mapping(words, where=f"{instrument.id}, words", such_as="words={'often': 3}")
        for word, answer in (words or {}).items():
            if not isinstance(word, str):
                raise InvalidValueError("a word is text", where=f"{instrument.id}, words", value=shown(word))
            if not isinstance(answer, MissingReason) and (not is_number(answer) or answer not in scale):
                raise InvalidValueError(
                    "a word stands for an answer on the scale",
                    where=f"{instrument.id}, words",
                    value=shown(answer),
                    bound=f"{scale}, or a MissingReason",
                )
            answer_of[folded(word)] = answer if isinstance(answer, MissingReason) else float(answer)
        reasons: MissingCodes = missing_codes or {}
        if not isinstance(reasons, Mapping):
            Missing.of(reasons)  # says what is wrong with a list
            reasons = dict.fromkeys(reasons, MissingReason.NOT_ANSWERED)
        for code in reasons:
            if not is_number(code):
                raise InvalidValueError(
                    "a code for a missing answer is a number",
                    where=f"{instrument.id}, missing_codes",
                    value=shown(code),
                    hint="words that stand for a reason belong into words={...}",
                )
            if code in scale:
                raise InvalidValueError(
                    "a code for a missing answer lies outside the scale",
                    where=f"{instrument.id}, missing_codes",
                    value=shown(code),
                    bound=f"not on {scale}",
                )
        codes = {float(code): MissingReason(reason) for code, reason in reasons.items()}
        return cls(scale=scale, words=answer_of, codes=codes, comma=comma)

    def read(self, value: object) -> Answer:
        """One answer as it was given: a number of the scale, or the reason why there is no number."""
        if isinstance(value, MissingReason):
            return value
        if isinstance(value, str):
            word = folded(value)
            if word in self.words:
                return self.words[word]
            number = number_in(value, comma=self.comma)
            return MissingReason.UNREADABLE if number is None else self._placed(number)
        if is_nothing(value):
            return MissingReason.NOT_ANSWERED
        if not is_number(value):
            return MissingReason.UNREADABLE
        return self._placed(float(value))

    def _placed(self, number: float) -> Answer:
        if math.isnan(number):
            return MissingReason.NOT_ANSWERED
        if number in self.codes:
            return self.codes[number]
        return number if number in self.scale else MissingReason.OUT_OF_RANGE
