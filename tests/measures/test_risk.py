"""Every score carries what was answered to items that ask about risk, and nothing hides it."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel import records
from therarel.citations import Status
from therarel.domain import MissingReason, Rater, RiskAnswer, RiskKind, RiskState, Score, ScoreStatus
from therarel.domain.risk import risk_prompt
from therarel.errors import InvalidValueError
from therarel.measures import (
    Instrument,
    Prorate,
    Published,
    RiskItem,
    contradictions,
    instrument,
    instruments,
    place,
    score,
    stated_score,
)

RISKY = [each for each in instruments() if each.risk_items]
FORMS = st.sampled_from(RISKY)
UNKNOWN = RiskState.NOT_ANSWERED_OR_NOT_ASKED


def state_of(found: Score) -> RiskState:
    """The state of the only item of a form that asks about risk."""
    assert found.risk is not None
    (answer,) = found.risk
    return answer.state


@given(FORMS, st.data())
def test_any_answer_above_the_lowest_endorses(form: Instrument, data: st.DataObject) -> None:
    """Zero does not endorse an item, anything above does, no answer is a state of its own, whatever the others say."""
    answers = data.draw(
        st.lists(st.sampled_from([None, *form.item_scale.points]), min_size=form.n_items, max_size=form.n_items)
    )
    found = score(form, answers)
    said = {one.item: answers[one.item - 1] for one in form.risk_items}
    states = {
        item: UNKNOWN if answer is None else RiskState.ENDORSED if answer else RiskState.NOT_ENDORSED
        for item, answer in said.items()
    }
    assert found.risk is not None
    assert {answer.item: answer.state for answer in found.risk} == states
    assert [answer.kinds for answer in found.risk] == [one.kinds for one in form.risk_items]
    assert found.calls_for_a_look == any(answer != 0 for answer in said.values())


@pytest.mark.parametrize("gap", [None, "refused", 9, "sometimes"])
def test_no_usable_answer_is_a_state_of_its_own(gap: object) -> None:
    """Not answered, refused, impossible: all of them call for a look and conclude nothing."""
    found = score("phq-9", [0, 0, 0, 0, 0, 0, 0, 0, gap])
    assert state_of(found) is UNKNOWN
    assert found.calls_for_a_look


def test_a_form_without_the_item_was_not_asked() -> None:
    """A PHQ-8 entered as a PHQ-9 does not count as not endorsed."""
    assert state_of(score("phq-9", {f"item{n}": 0 for n in range(1, 9)})) is UNKNOWN


def test_no_total_and_no_rule_hides_the_item() -> None:
    """A CORE-10 that a published rule completes without the risk item still says that it was not answered."""
    found = score("core-10", [0, 4, 4, 0, 0, None, 0, 0, 0, 0], missing=Published())
    assert (found.value, state_of(found)) == (0, UNKNOWN)
    assert "risk item 6 not answered or not asked" in repr(found)


def test_the_lowest_band_is_told_with_the_risk_answer() -> None:
    """Eight zeros and a three on item 9 of the PHQ-9 are 'minimal' beside an endorsed item, wherever it is shown."""
    found = score("phq-9", [0] * 8 + [3])
    assert place(found).band is not None
    assert place(found).band.name == "minimal"  # type: ignore[union-attr]  # asserted above
    assert place(found).risk == found.risk
    for shown in (repr(found), str(found), found._repr_html_(), f"{found}"):
        assert "endorsed" in shown
        assert "not endorsed" not in shown
    placed = place(found)
    for shown in (repr(placed), str(placed), placed._repr_html_(), placed.explain()):
        assert shown.index("endorsed") < shown.index("minimal")
    assert risk_prompt() in str(found)
    assert risk_prompt() in placed.explain()
    assert len(repr(found)) < 200


def test_a_refusal_to_place_still_tells_the_risk_answers() -> None:
    """A response without a total is placed nowhere, and its risk answers are told all the same."""
    placed = place(score("phq-9", [None] * 8 + [1]))
    assert not placed
    assert placed.explain().startswith("phq-9: Item 9 (suicidal thoughts or acts, self harm): endorsed.")


def test_several_items_are_told_apart_by_what_they_ask() -> None:
    """The OQ-45 asks about suicide, substances and violence, and each answer stands by itself."""
    answers: list[int | None] = [0] * 45
    answers[11 - 1], answers[44 - 1] = 1, None
    found = score("oq-45", answers)
    assert repr(found).endswith(
        "risk item 11 endorsed; risk item 44 not answered or not asked; risk items 8, 26, 32 not endorsed>"
    )
    assert "Item 11 (substances or overdose): endorsed." in str(found)


@pytest.mark.parametrize("form", RISKY, ids=lambda form: form.id)
def test_a_total_without_its_items_says_that_the_answers_are_not_recorded(form: Instrument) -> None:
    """A stated total of a form that asks about risk calls for a look; one of a form that does not has no such answers."""
    stated = stated_score(form, 3)
    assert stated.risk is None
    assert stated.calls_for_a_look
    assert "risk answers not recorded" in repr(stated)
    assert "was not recorded with this score" in place(stated).explain()
    alliance = stated_score("wai-sr", 30)
    assert (alliance.risk, alliance.calls_for_a_look) == ((), False)
    assert "risk" not in repr(alliance) + str(alliance)


def test_a_contradicted_total_is_told_with_the_risk_answers() -> None:
    """Rows whose total does not fit carry what was answered about risk."""
    found = contradictions("phq-9", [[0] * 8 + [2]], [0])
    assert [(answer.item, answer.state) for answer in found[0].risk or ()] == [(9, RiskState.ENDORSED)]


def test_forms_that_are_not_scored_still_answer() -> None:
    """Where the key is not verified there is no value, and the risk items are answered all the same."""
    form = attrs.evolve(instrument("sai"), risk_items=[RiskItem(item=2, kinds=["self_harm"], status="V")])
    found = score(form, [0, 3, 0, 0, 0, 0])
    assert (found.status, state_of(found)) == (ScoreStatus.NOT_SCORABLE, RiskState.ENDORSED)


def test_a_reversed_item_is_endorsed_from_the_other_end() -> None:
    """Where the key turns an item, or the form prints it the other way round, its lowest answer is the highest mark."""
    form = attrs.evolve(
        instrument("wai-sr"), risk_items=[RiskItem(item=n, kinds=["other"], status="V") for n in (1, 2)]
    )
    assert form.key is not None
    turned = attrs.evolve(form, key=attrs.evolve(form.key, reversed_items=(1,)))

    def states(*answers: int, **how: str) -> list[bool]:
        risk = score(turned, [*answers, *[3] * 10], **how).risk  # type: ignore[call-overload]
        return [answer.state is RiskState.ENDORSED for answer in risk]

    assert states(5, 1) == [False, False]
    assert states(4, 2) == [True, True]
    assert states(5, 5, recorded_as="position") == [False, False]
    assert states(5, 4, recorded_as="position") == [False, True]


def test_words_and_codes_are_read() -> None:
    """Translated words and codes count for the risk item as well."""
    assert state_of(score("phq-9", {9: "Beinahe jeden Tag"}, words={"beinahe jeden tag": 3})) is RiskState.ENDORSED
    assert state_of(score("phq-9", {9: -9}, missing_codes={-9: MissingReason.REFUSED})) is UNKNOWN


@given(FORMS, st.data())
def test_scores_keep_their_risk_answers_in_records(form: Instrument, data: st.DataObject) -> None:
    """What was answered, what was not recorded and what does not exist come back from JSON as three things."""
    answers = data.draw(st.lists(st.sampled_from([None, 0, 1]), min_size=form.n_items, max_size=form.n_items))
    for found in (score(form, answers, missing=Prorate(0.1)), stated_score(form, 4), stated_score("wai-sr", 30)):
        back = records.loads(records.dumps(found), Score)
        assert back == found
        assert back.risk == found.risk


def test_an_older_record_without_risk_answers_says_so() -> None:
    """A score that was written before risk answers were recorded reads back with answers that are not known."""
    text = (
        '{"schema": "therarel.score/1", "instrument": "phq-9", "value": 3.0, "rater": "client", "status": "complete"}'
    )
    old = records.loads(text, Score)
    assert (old.value, old.risk, old.calls_for_a_look) == (3.0, None, True)


def test_what_makes_no_risk_answer_is_refused() -> None:
    """An item has one answer and asks about something."""
    answer = RiskAnswer(9, [RiskKind.SELF_HARM], RiskState.ENDORSED)
    with pytest.raises(InvalidValueError, match="each item that asks about risk has one answer"):
        Score("phq-9", 3, Rater.CLIENT, risk=[answer, answer])
    with pytest.raises(InvalidValueError, match="asks about something"):
        RiskAnswer(9, [], RiskState.ENDORSED)
    with pytest.raises(InvalidValueError, match="asks about something"):
        RiskItem(item=9, kinds=[], status=Status.VERIFIED)
