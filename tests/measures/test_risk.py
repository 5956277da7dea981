"""The risk item has an answer of its own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.domain import MissingReason
from therarel.errors import InvalidValueError
from therarel.measures import Published, RiskState, instruments, risk_answer, score

FORMS = st.sampled_from([each for each in instruments() if each.risk_item])


@given(FORMS, st.data())
def test_any_answer_above_zero_endorses(form: object, data: st.DataObject) -> None:
    """Zero does not endorse the item, anything above does, whatever the other items say."""
    chosen = next(each for each in instruments() if each == form)
    assert chosen.risk_item is not None
    answers: list[float | None] = [data.draw(st.sampled_from([None, 0, 1])) for _ in range(chosen.n_items)]
    answers[chosen.risk_item.item - 1] = answer = data.draw(st.sampled_from(chosen.item_scale.points))
    found = risk_answer(chosen, answers)
    assert found.state is (RiskState.ENDORSED if answer > 0 else RiskState.NOT_ENDORSED)
    assert found.answer == answer
    assert found.calls_for_a_look == (answer > 0)


@pytest.mark.parametrize("gap", [None, "refused", 9, "sometimes"])
def test_no_usable_answer_is_a_state_of_its_own(gap: object) -> None:
    """Not answered, refused, impossible: all of them call for a look and conclude nothing."""
    found = risk_answer("phq-9", [0, 0, 0, 0, 0, 0, 0, 0, gap])
    assert found.state is RiskState.NOT_ANSWERED_OR_NOT_ASKED
    assert found.calls_for_a_look


def test_a_form_without_the_item_was_not_asked() -> None:
    """A PHQ-8 entered as a PHQ-9 does not count as not endorsed."""
    found = risk_answer("phq-9", {f"item{n}": 0 for n in range(1, 9)})
    assert (found.state, found.answer) == (RiskState.NOT_ANSWERED_OR_NOT_ASKED, MissingReason.NOT_ASKED)


def test_no_total_and_no_rule_hides_the_item() -> None:
    """A CORE-10 that a published rule completes without the risk item still says that it was not answered."""
    answers: list[float | None] = [0, 4, 4, 0, 0, None, 0, 0, 0, 0]
    assert score("core-10", answers, missing=Published()).value == 0
    assert risk_answer("core-10", answers).calls_for_a_look


def test_instruments_that_are_not_scored_still_answer() -> None:
    """The risk item of the OQ-45 is answered although its items are not scored."""
    assert risk_answer("oq-45", {8: 2}).state is RiskState.ENDORSED


@pytest.mark.parametrize("state", ["endorsed", "not endorsed", "not answered"])
def test_the_words_are_a_prompt_for_a_person(state: str) -> None:
    """Whatever was answered, the words say that it is a prompt and neither an assessment nor a monitor."""
    answer = {"endorsed": 1, "not endorsed": 0, "not answered": None}[state]
    words = risk_answer("bdi-ii", {9: answer}).explain()
    assert words.startswith(f"bdi-ii, item 9 (risk): {state}")
    assert "a prompt for a person to look, not an assessment of risk and not a monitor of it" in words


def test_instruments_without_such_an_item_are_refused() -> None:
    """The WAI-SR has no item that asks about risk."""
    with pytest.raises(InvalidValueError, match="wai-sr has no item"):
        risk_answer("wai-sr", [1] * 12)


def test_words_and_codes_are_read() -> None:
    """Translated words and codes count for the risk item as well."""
    assert risk_answer("phq-9", {9: "Beinahe jeden Tag"}, words={"beinahe jeden tag": 3}).state is RiskState.ENDORSED
    found = risk_answer("phq-9", {9: -9}, missing_codes={-9: MissingReason.REFUSED})
    assert found.answer is MissingReason.REFUSED
