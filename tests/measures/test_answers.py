"""Single answers are read as numbers of the scale or as reasons, never guessed."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.domain import MissingReason
from therarel.errors import InvalidValueError
from therarel.measures import AnswerReader, instrument

READER = AnswerReader.of(instrument("wai-sr"))


@given(st.integers(1, 5), st.sampled_from([int, float, str, Decimal, np.int64, np.float32]))
def test_numbers_are_read_however_they_are_held(answer: int, kind: type) -> None:
    """A number of the scale is itself, as int, float, text, decimal or numpy scalar."""
    assert READER.read(kind(answer)) == answer


@given(st.one_of(st.integers().filter(lambda n: not 1 <= n <= 5), st.sampled_from([0.9, 5.1, 2.5, float("inf")])))
def test_numbers_off_the_scale_are_out_of_range(answer: float) -> None:
    """Anything that is no point of the scale, a half point included, is out of range."""
    assert READER.read(answer) is MissingReason.OUT_OF_RANGE


@pytest.mark.parametrize("blank", [None, float("nan"), "", "  ", "NA", "nan", "None", "null", np.float64("nan")])
def test_blanks_are_not_answered(blank: object) -> None:
    """Empty cells, whatever library left them, are not answered."""
    assert READER.read(blank) is MissingReason.NOT_ANSWERED


@pytest.mark.parametrize("strange", [True, False, "four", "4,5", "1_0", "infinity", [4], object(), np.bool_(1), 4 + 0j])
def test_what_is_no_number_is_unreadable(strange: object) -> None:
    """Truth values, unknown words and other objects are unreadable, not zero."""
    assert READER.read(strange) is MissingReason.UNREADABLE


@pytest.mark.parametrize("reason", list(MissingReason))
def test_reasons_are_read_as_themselves(reason: MissingReason) -> None:
    """A reason stands for itself, as a member, as its value and as its words."""
    assert READER.read(reason) is READER.read(reason.value.upper()) is READER.read(reason.label) is reason


@given(st.sampled_from(["Seldom", "Sometimes", "Fairly Often", "Very Often", "Always"]), st.data())
def test_anchors_are_read_in_any_case_and_spacing(anchor: str, data: st.DataObject) -> None:
    """Words for the points of the scale are read whatever their case and spacing."""
    written = "".join(data.draw(st.sampled_from([letter.lower(), letter.upper()])) for letter in anchor)
    spaced = f" {written.replace(' ', '   ')}\t"
    assert READER.read(spaced) == 1 + ["Seldom", "Sometimes", "Fairly Often", "Very Often", "Always"].index(anchor)


def test_translations_go_before_the_anchors() -> None:
    """Supplied words are read too, and win over the anchors."""
    reader = AnswerReader.of(
        instrument("wai-sr"), words={"Ziemlich Oft": 3, "always": 1, "k.A.": MissingReason.NOT_ANSWERED}
    )
    assert reader.read("ziemlich oft") == 3
    assert isinstance(reader.read("ziemlich oft"), float)
    assert reader.read("Always") == 1
    assert reader.read("K.A.") is MissingReason.NOT_ANSWERED


def test_codes_stand_for_reasons() -> None:
    """A number off the scale can be declared to be a reason; others stay out of range."""
    reader = AnswerReader.of(instrument("wai-sr"), missing_codes={-9: MissingReason.REFUSED})
    assert reader.read(-9) is reader.read("-9") is reader.read(-9.0) is MissingReason.REFUSED
    assert reader.read(-8) is MissingReason.OUT_OF_RANGE
    listed = AnswerReader.of(instrument("wai-sr"), missing_codes=[-9, 99])
    assert listed.read("99") is listed.read(-9) is MissingReason.NOT_ANSWERED
    with pytest.raises(InvalidValueError, match="words that stand for a reason"):
        AnswerReader.of(instrument("wai-sr"), missing_codes=["k.A."])  # type: ignore[list-item]  # a word
    with pytest.raises(InvalidValueError, match="codes for missing values are a list"):
        AnswerReader.of(instrument("wai-sr"), missing_codes=99)  # type: ignore[arg-type]  # one number
    with pytest.raises(InvalidValueError, match="words: a mapping is needed"):
        AnswerReader.of(instrument("wai-sr"), words=["often"])  # type: ignore[arg-type]  # a list


def test_codes_and_words_must_make_sense() -> None:
    """A code on the scale and a word for a number off the scale are refused."""
    with pytest.raises(InvalidValueError, match="lies outside the scale"):
        AnswerReader.of(instrument("wai-sr"), missing_codes={5: MissingReason.REFUSED})
    with pytest.raises(InvalidValueError, match="on the scale"):
        AnswerReader.of(instrument("wai-sr"), words={"siempre": 6})


def test_zero_is_no_answer_on_a_scale_without_it() -> None:
    """On the Barrett-Lennard scale zero is out of range and -3 is not."""
    reader = AnswerReader.of(instrument("blri-64"))
    assert reader.read(0) is MissingReason.OUT_OF_RANGE
    assert reader.read(-3) == -3


def test_a_line_takes_fractions() -> None:
    """A visual analogue scale takes any number between its ends."""
    reader = AnswerReader.of(instrument("srs-3"))
    assert reader.read("9.37") == 9.37
    assert reader.read(10.01) is MissingReason.OUT_OF_RANGE
