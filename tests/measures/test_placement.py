"""Cut-offs and bands are answered only where they were published, and only for scores they speak of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.errors import InvalidValueError
from therarel.measures import (
    Band,
    Cutoff,
    Prorate,
    Published,
    Side,
    derived_form,
    instrument,
    instruments,
    place,
    score,
    stated_score,
)


@given(st.integers(0, 27))
def test_a_complete_phq_9_has_its_published_band(total: int) -> None:
    """The band is the published one, with its source and status."""
    found = place(stated_score("phq-9", total))
    names = {0: "minimal", 5: "mild", 10: "moderate", 15: "moderately_severe", 20: "severe"}
    assert found
    assert found.band is not None
    assert found.band.name == names[max(low for low in names if low <= total)]
    assert found.positions[0].pointed_out == (total >= 10)
    assert "camcops" in found.explain()


def test_a_partial_phq_9_never_gets_a_band() -> None:
    """Neither an incomplete score nor one that was prorated by a policy has a severity."""
    answers = [3, 3, 3, 3, 3, None, 3, 3, 3]
    for policy in (Prorate(0.5), Prorate(1.0)):
        found = place(score("phq-9", answers, missing=policy))
        assert not found
        assert found.band is None
        assert found.positions == ()
    assert "prorated" in place(score("phq-9", answers, missing=Prorate(0.5))).explain()
    assert "no score" in place(score("phq-9", answers)).explain()
    assert "invalid" in place(score("phq-9", [7] * 9)).explain()


def test_a_score_completed_by_the_published_rule_is_placed() -> None:
    """The rule of the CORE-10 was published, so its cut-offs speak of such scores."""
    found = place(score("core-10", [2, 2, 2, 2, 2, 2, 2, 2, 2, None], missing=Published()))
    assert [position.pointed_out for position in found.positions] == [True, True]


@pytest.mark.parametrize("form", [each for each in instruments() if each.concept == "wai"], ids=lambda form: form.id)
def test_alliance_scores_are_refused(form: object) -> None:
    """No form of the WAI has a cut-off, and the refusal says who said so."""
    chosen = next(each for each in instruments() if each == form)
    found = place(stated_score(chosen, 40, rater=chosen.respondents[0]))
    assert not found
    assert found.refusal is not None
    assert "No cut-off and no band was published" in found.refusal
    assert "horvath_wai_site" in found.explain()


def test_what_is_not_recorded_is_not_said_to_be_unpublished() -> None:
    """Where nothing is known about cut-offs the refusal says that none is recorded."""
    found = place(stated_score("arm-5", 5, rater="client"))
    assert found.refusal == "No cut-off and no band is recorded for arm-5."


def test_several_published_values_are_all_given() -> None:
    """The three cut-offs of the ORS stand side by side, each with its population."""
    found = place(stated_score("ors", 26))
    told = [(each.cutoff.value, each.cutoff.population, each.pointed_out) for each in found.positions]
    assert told == [(25, "adults", False), (28, "adolescents", True), (32, "children (CORS)", True)]
    assert "adolescents; miller2003" in found.explain()


def test_published_values_speak_of_totals() -> None:
    """A mean is not held against a cut-off of sums."""
    assert "speak of totals" in place(score("phq-9", [2] * 9, metric="mean")).explain()


def test_derived_forms_have_no_cut_off() -> None:
    """A form that was derived is another instrument, without figures of its own."""
    form = derived_form("wai-sr")
    found = place(score(form, [4] * 12, rater="client"), instrument=form)
    assert not found
    with pytest.raises(InvalidValueError, match="another instrument"):
        place(score("gad-7", [1] * 7), instrument=instrument("phq-9"))


def test_sides_of_a_cut_off() -> None:
    """Below leaves the value itself out; at or above takes it in."""
    below = Cutoff(name="discuss", value=36, side=Side.BELOW, meaning="discuss", status="M-h")
    above = Cutoff(name="caseness", value=10, side=Side.AT_OR_ABOVE, meaning="a case", status="M-h")
    assert [below.points_out(value) for value in (35.9, 36, 36.1)] == [True, False, False]
    assert [above.points_out(value) for value in (9.9, 10, 10.1)] == [False, True, True]


def test_bands_need_their_bounds_in_order() -> None:
    """A band from 9 to 5 is refused; one of a single total is not."""
    assert 5 in Band(name="five", minimum=5, maximum=5)
    with pytest.raises(InvalidValueError, match="9 to 5"):
        Band(name="mild", minimum=9, maximum=5)


def test_unverified_sources_are_told_as_such() -> None:
    """The explanation marks what is known from memory only."""
    assert "from memory, high confidence" in place(stated_score("oq-45", 12)).explain()


@pytest.mark.parametrize(
    ("lines", "seen", "unseen"),
    [([9, 9, 9, 9], False, None), ([10, 10, 8.9, 10], True, None), ([8, 8, 8, 8], True, True)],
)
def test_a_rule_on_single_items_needs_the_items(lines: list[float], seen: bool, unseen: bool | None) -> None:
    """The Session Rating Scale points out a low total or a single low line; without the lines a good total says nothing."""
    found = score("srs-3", lines)
    assert place(found, responses=lines).positions[0].pointed_out is seen
    alone = place(found)
    assert alone.positions[0].pointed_out is unseen
    assert ("single items were not seen" in alone.explain()) == (unseen is None)
    assert place(found, responses={"relationship": None}).positions[0].pointed_out is (unseen or False)
