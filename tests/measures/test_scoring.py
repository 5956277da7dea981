"""One response becomes one score, or the reason why there is none."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import polars as pl
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from therarel.domain import MissingReason, Rater, RatingScale, Score, ScoreStatus, Timing
from therarel.errors import InvalidValueError
from therarel.measures import (
    Instrument,
    Key,
    Metric,
    Prorate,
    Published,
    Recording,
    ScaleKind,
    Strict,
    instrument,
    instruments,
    score,
    stated_score,
)
from therarel.measures.plan import plan_for
from therarel.measures.responses import is_response

SCORABLE = tuple(each for each in instruments() if each.scorable)
FORMS = st.sampled_from(SCORABLE)
POLICIES = st.one_of(st.just(Strict()), st.floats(0.01, 1).map(Prorate))


def rater(form: Instrument) -> Rater:
    """Somebody who may answer."""
    return form.respondents[0]


def on_scale(form: Instrument) -> st.SearchStrategy[float]:
    """One possible answer; on a line in steps of its resolution."""
    if form.item_scale.kind is ScaleKind.VISUAL_ANALOGUE:
        return st.integers(0, 100).map(lambda tenths: tenths / 10)
    return st.sampled_from([float(point) for point in form.item_scale.points])


def complete(form: Instrument) -> st.SearchStrategy[list[float]]:
    """A complete response."""
    return st.lists(on_scale(form), min_size=form.n_items, max_size=form.n_items)


def with_gaps(form: Instrument) -> st.SearchStrategy[list[float | None]]:
    """A response in which items may be unanswered."""
    some: st.SearchStrategy[float | None] = st.one_of(st.none(), on_scale(form))
    return st.lists(some, min_size=form.n_items, max_size=form.n_items)


@given(st.data(), FORMS)
def test_a_complete_response_has_the_published_sum_or_mean(data: st.DataObject, form: Instrument) -> None:
    """The value is the sum or mean of the answers, reversed items turned, and lies in the published range."""
    answers = data.draw(complete(form))
    ends = form.item_scale.minimum + form.item_scale.maximum
    turned = [ends - a if item in form.reversed_items else a for item, a in enumerate(answers, start=1)]
    found = score(form, answers, rater=rater(form))
    assert form.scoring is not None
    expected = math.fsum(turned) / (form.n_items if form.scoring.metric is Metric.MEAN else 1)
    assert found.value == pytest.approx(expected, abs=1e-12)
    assert found.status is ScoreStatus.COMPLETE
    assert (found.answered, found.missing, found.scale) == (form.n_items, (), form.total)


@pytest.mark.parametrize("form", SCORABLE, ids=lambda form: form.id)
def test_ranges_are_attained_at_the_extremes(form: Instrument) -> None:
    """The best and the worst answers give the ends of the range, of the total and of every subscale."""
    low, high = form.item_scale.minimum, form.item_scale.maximum
    for worst, best in ((low, high), (high, low)):
        answers = [worst if item in form.reversed_items else best for item in range(1, form.n_items + 1)]
        found = score(form, answers, rater=rater(form))
        assert form.total is not None
        assert found.value == (form.total.maximum if best == high else form.total.minimum)
        for part in found.subscales:
            summed = form.scoring is not None and form.scoring.metric is Metric.SUM
            assert part.value == best * (len(form.subscale(part.name).items) if summed else 1)


@given(st.data(), st.sampled_from([form for form in SCORABLE if form.reversed_items]))
def test_reversal_is_an_involution(data: st.DataObject, form: Instrument) -> None:
    """Turning the answers to reversed items by hand and scoring with a plain key gives the same score."""
    answers = data.draw(complete(form))
    assert form.key is not None
    plain = evolve(form, key=evolve(form.key, reversed_items=()))
    by_hand = [
        form.item_scale.turned(a) if item in form.reversed_items else a for item, a in enumerate(answers, start=1)
    ]
    assert score(plain, by_hand, rater=rater(form)).value == score(form, answers, rater=rater(form)).value
    assert [form.item_scale.turned(form.item_scale.turned(a)) for a in answers] == answers


@given(st.data(), FORMS)
def test_scoring_is_permutation_invariant(data: st.DataObject, form: Instrument) -> None:
    """Renaming the items, in the answers and in the key alike, changes no score."""
    answers = data.draw(complete(form))
    order = data.draw(st.permutations(range(1, form.n_items + 1)))
    new = {old: place for place, old in enumerate(order, start=1)}
    assert form.key is not None
    renamed = evolve(
        form,
        item_names=(),
        parts=(),  # they may name an item
        key=Key(
            subscales=tuple(evolve(part, items=tuple(new[item] for item in part.items)) for part in form.key.subscales),
            reversed_items=tuple(new[item] for item in form.key.reversed_items),
            status=form.key.status,
        ),
        print_order_flipped=(),
    )
    before = score(form, answers, rater=rater(form))
    after = score(renamed, [answers[old - 1] for old in order], rater=rater(form))
    assert after.value == before.value
    assert after.subscales == before.subscales


@given(st.data(), FORMS, POLICIES, st.sampled_from([None, Metric.SUM, Metric.MEAN]))
def test_a_score_has_a_value_exactly_if_enough_was_answered(
    data: st.DataObject, form: Instrument, policy: Strict | Prorate, metric: Metric | None
) -> None:
    """The floor of the policy decides on the total and, by itself, on each subscale; the value lies in range."""
    answers = data.draw(with_gaps(form))
    found = score(form, answers, rater=rater(form), missing=policy, metric=metric)
    known = [item for item, answer in enumerate(answers, start=1) if answer is not None]
    assert found.answered == len(known)
    assert [gap.item for gap in found.missing] == [i for i in range(1, form.n_items + 1) if i not in known]
    assert {gap.reason for gap in found.missing} <= {MissingReason.NOT_ANSWERED}
    assert (found.value is not None) == (len(known) >= policy.needed(form.n_items))
    for part in found.subscales:
        items = form.subscale(part.name).items
        assert (part.value is not None) == (len(set(items) & set(known)) >= policy.needed(len(items)))
    if found.value is not None:
        assert found.status is (ScoreStatus.COMPLETE if len(known) == form.n_items else ScoreStatus.PRORATED)
        assert found.scale is not None
        assert found.value in found.scale
    else:
        assert found.status is ScoreStatus.INCOMPLETE


@pytest.mark.parametrize(("name", "total"), [("bdi-ii", 23), ("bdi-ii", 54), ("haq-ii", 21)])
def test_a_complete_sum_is_whole_to_the_last_bit(name: str, total: int) -> None:
    """Sums that dividing and multiplying by the number of items would change come out whole, in tables too."""
    form = instrument(name)
    low, n = int(form.item_scale.minimum), form.n_items
    assert total / n * n != total
    answers = [low + (total - low * n) // n + (item < (total - low * n) % n) for item in range(n)]
    recorded = [
        int(form.item_scale.turned(a)) if item in form.reversed_items else a for item, a in enumerate(answers, start=1)
    ]
    for policy in (Strict(), Prorate(0.5)):
        assert score(form, recorded, rater="client", missing=policy).value == total
        table = pl.DataFrame({f"item{n}": [a, None] for n, a in enumerate(recorded, start=1)})
        assert score(form, table, rater="client", missing=policy, name="s")["s"].to_list() == [total, None]


@given(st.data(), FORMS)
def test_prorating_is_the_mean_of_the_answered_items(data: st.DataObject, form: Instrument) -> None:
    """A prorated sum is the mean of the turned answers times the number of items, between lowest and highest."""
    answers = data.draw(with_gaps(form).filter(lambda some: any(a is not None for a in some)))
    turned = [
        form.item_scale.turned(a) if item in form.reversed_items else a
        for item, a in enumerate(answers, start=1)
        if a is not None
    ]
    found = score(form, answers, rater=rater(form), missing=Prorate(1e-6), metric=Metric.SUM)
    assert found.value is not None
    assert found.value == pytest.approx(math.fsum(turned) / len(turned) * form.n_items)
    assert min(turned) * form.n_items - 1e-9 <= found.value <= max(turned) * form.n_items + 1e-9


@given(FORMS, POLICIES)
def test_nothing_answered_never_gives_a_number(form: Instrument, policy: Strict | Prorate) -> None:
    """However low the floor, a response without answers has no value anywhere."""
    found = score(form, [None] * form.n_items, rater=rater(form), missing=policy)
    assert (found.value, found.status, found.answered) == (None, ScoreStatus.INCOMPLETE, 0)
    assert all(part.value is None for part in found.subscales)


@given(st.data(), FORMS, st.sampled_from([99, -1, 3.5e9, "often enough", True]))
def test_one_impossible_answer_makes_the_response_invalid(
    data: st.DataObject, form: Instrument, impossible: object
) -> None:
    """A value off the scale or unreadable leaves neither total nor subscales, whatever the policy."""
    answers: list[object] = [*data.draw(complete(form))]
    place = data.draw(st.integers(0, form.n_items - 1))
    answers[place] = impossible
    found = score(form, answers, rater=rater(form), missing=Prorate(0.01))
    assert (found.value, found.status) == (None, ScoreStatus.INVALID)
    assert all(part.value is None for part in found.subscales)
    assert [gap.item for gap in found.missing] == [place + 1]


@given(st.data(), FORMS)
def test_lists_mappings_and_arrays_give_the_same_score(data: st.DataObject, form: Instrument) -> None:
    """However one response is held, its score is the same."""
    answers = data.draw(complete(form))
    expected = score(form, answers, rater=rater(form))
    numbered = dict(enumerate(answers, start=1))
    assert score(form, tuple(answers), rater=rater(form)) == expected
    assert score(form, numbered, rater=rater(form)) == expected
    assert score(form, {f"item{n}": a for n, a in numbered.items()}, rater=rater(form)) == expected
    assert score(form, {f"q_{n:02d}": a for n, a in numbered.items()}, rater=rater(form), items="q_") == expected
    assert score(form, np.array(answers), rater=rater(form)) == expected
    assert score(form, pd.Series(answers), rater=rater(form)) == expected
    assert score(form, pl.Series(answers), rater=rater(form)) == expected


def test_what_is_masked_was_not_answered() -> None:
    """A masked array keeps its gaps: what lies under the mask counts for nothing."""
    found = score("gad-7", np.ma.masked_array([1, 1, 3, 1, 1, 1, 1], mask=[item == 3 for item in range(1, 8)]))
    assert (found.value, found.answered) == (None, 6)
    assert [(gap.item, gap.reason) for gap in found.missing] == [(3, MissingReason.NOT_ANSWERED)]


@pytest.mark.parametrize("what", [np.ones((3, 7)), np.ones((7, 1)), np.array(3.0), {1, 2}, iter([1] * 7)])
def test_only_what_has_one_dimension_is_one_response(what: object) -> None:
    """An array of several responses or of a single number, a set and an iterator are no response and no table."""
    assert not is_response(what)
    with pytest.raises(InvalidValueError, match="a list, a mapping or a dataframe"):
        score("gad-7", what)  # type: ignore[call-overload]


def test_a_plan_names_its_groups() -> None:
    """The total and the subscales of a plan go by their names."""
    plan = plan_for(instrument("wai-sr"), missing=Strict())
    assert plan is not None
    assert [group.name for group in (plan.total, *plan.subscales)] == ["total", "task", "goal", "bond"]


def test_words_and_codes_reach_the_score() -> None:
    """Words and codes that are supplied count for a response and for a table alike."""
    words, codes = {"nie": 0, "oft": 3}, {-9.0: MissingReason.REFUSED}
    answers: list[object] = ["nie", "oft", "oft", "nie", "nie", "nie", "-9"]
    found = score("gad-7", answers, words=words, missing_codes=codes, missing=Prorate(0.8))
    assert (found.value, found.missing[0].reason) == (7.0, MissingReason.REFUSED)
    table = pl.DataFrame({f"item{n}": [answer] for n, answer in enumerate(answers, start=1)})
    scored = score("gad-7", table, words=words, missing_codes=codes, missing=Prorate(0.8), detail=True)
    assert (scored["gad_7"].to_list(), scored["gad_7_missing"].to_list()) == ([7.0], ["7 refused"])


def test_named_items_can_be_answered_by_name() -> None:
    """The lines of the Session Rating Scale have names."""
    found = score("srs-3", {"relationship": 9.5, "goals_topics": 9, "approach_method": 8.5, "overall": 9})
    assert found.value == 36


def test_what_is_left_out_of_a_mapping_was_not_asked() -> None:
    """No entry means not asked, an empty entry not answered."""
    found = score("gad-7", {"item1": 1, "item2": None})
    assert [gap.reason for gap in found.missing] == [MissingReason.NOT_ANSWERED] + [MissingReason.NOT_ASKED] * 5


def test_published_rules_are_applied() -> None:
    """CARE fills up to two items by the mean of the others; CORE-10 is prorated with one item missing."""
    two = [5, 5, 5, 5, 4, 4, 4, 4, None, "does not apply"]
    found = score("care", two, missing=Published())
    assert (found.value, found.status, found.answered) == (45.0, ScoreStatus.PRORATED, 8)
    assert [gap.reason for gap in found.missing] == [MissingReason.NOT_ANSWERED, MissingReason.NOT_APPLICABLE]
    three = score("care", [None, *two[1:]], missing=Published())
    assert (three.value, three.status) == (None, ScoreStatus.INCOMPLETE)
    # Nine answers of 2, the reversed items 2 and 3 turned to 2.
    core = score("core-10", [2, 2, 2, 2, 2, 2, 2, 2, 2, None], missing=Published())
    assert core.value == 20.0
    assert score("core-10", [2] * 8 + [None] * 2, missing=Published()).value is None


def test_a_published_rule_allows_of_a_subscale_as_many_in_proportion() -> None:
    """CORE-OM: three of all, one of the problems or of the functioning items, none of the wellbeing and risk items."""
    answers: dict[int, int | None] = dict.fromkeys(range(1, 35), 2)

    def scored(*gone: int) -> dict[str, bool]:
        found = score("core-om", answers | dict.fromkeys(gone), missing=Published())
        return {"total": found.value is not None} | {part.name: part.value is not None for part in found.subscales}

    everything = dict.fromkeys(("total", "wellbeing", "problems", "functioning", "risk"), True)
    assert scored() == scored(2, 1) == everything
    assert scored(2, 5, 1) == everything | {"problems": False}
    assert scored(4) == everything | {"wellbeing": False}
    assert scored(6, 1, 2) == everything | {"risk": False}
    assert scored(1, 2, 5, 8) == everything | {"total": False, "problems": False}


@pytest.mark.parametrize(
    ("answer", "parts", "total"),
    [(0, (2, 0, 2, 0), 32 / 34), (4, (2, 4, 2, 4), 104 / 34), (2, (2, 2, 2, 2), 2)],
)
def test_the_core_om_scores_as_a_public_program_does(answer: int, parts: tuple[int, ...], total: float) -> None:
    """Wellbeing, problems, functioning, risk and total of three uniform answers (core_om_programs)."""
    found = score("core-om", [answer] * 34)
    assert tuple(part.value for part in found.subscales) == parts
    assert found.value == pytest.approx(total)


def test_the_pcl_5_scores_as_a_public_program_does() -> None:
    """Total and clusters of a worked case (awell_score)."""
    answers = [4, 3, 1, 0, 3, 3, 4, 1, 2, 0, 3, 1, 0, 0, 1, 2, 4, 0, 0, 3]
    found = score("pcl-5", answers)
    assert (found.value, [part.value for part in found.subscales]) == (35, [11, 7, 7, 10])


def test_somebody_without_work_has_no_total_of_the_wsas() -> None:
    """A total of four items is another score; the gap says that the item does not apply."""
    found = score("wsas", {1: "not applicable", 2: 4, 3: 4, 4: 4, 5: 4})
    assert (found.value, found.missing[0].reason) == (None, MissingReason.NOT_APPLICABLE)


def test_an_unanswered_core_10_is_not_the_best_possible() -> None:
    """Without answers there is no score, under every policy."""
    for policy in (Strict(), Published(), Prorate(0.1)):
        assert score("core-10", [None] * 10, missing=policy).value is None


def test_a_published_rule_is_refused_where_there_is_none() -> None:
    """No missing-data rule was published for the WAI family, and asking for one says so."""
    with pytest.raises(InvalidValueError, match="no missing-data rule was published for wai-sr"):
        score("wai-sr", [4] * 12, missing=Published())


def test_items_without_a_verified_key_are_not_scored() -> None:
    """The answers are counted, nothing is called out of range, and there is no value."""
    found = score("sai", [0, None, 9, "refused", 1, 1])
    assert (found.value, found.status, found.answered) == (None, ScoreStatus.NOT_SCORABLE, 4)
    assert [(gap.item, gap.reason) for gap in found.missing] == [
        (2, MissingReason.NOT_ANSWERED),
        (4, MissingReason.REFUSED),
    ]
    assert found.rule == "not scored: key, scale or rule not verified"
    held = score("sai", [0] * 6, timing="pre_session")
    assert (held.timing, held.instrument_version) == (Timing.PRE_SESSION, "1")
    assert held.scorer_version == score("gad-7", [0] * 7).scorer_version
    assert (found.scale, found.subscales) == (None, ())


def test_a_score_says_how_it_was_made() -> None:
    """Rule, versions, rater and timing stand with the value; timing is never filled in."""
    found = score("wai-sr", [3] * 12, timing="post_session", missing=Prorate(0.75), metric="mean")
    assert found.rule == "mean; prorated from 0.75 of the items"
    assert (found.instrument, found.instrument_version, found.rater) == ("wai-sr", "1", Rater.CLIENT)
    assert found.timing is Timing.POST_SESSION
    assert found.scorer_version is not None
    assert found.scorer_version.startswith("therarel ")
    assert found.scale == RatingScale(1, 5, True, 1 / 12)
    assert score("wai-sr", [3] * 12).timing is None
    assert score("wai-sr", [3] * 12).rule == "sum; every item needed"
    assert score("care", [3] * 10, missing=Published()).rule == "sum; published missing-data rule"


def test_the_rater_is_asked_for_where_several_may_answer() -> None:
    """Client, therapist and observer views are told apart: without a rater there is no score."""
    with pytest.raises(InvalidValueError, match="say who answered"):
        score("wai-36", [4] * 36)
    assert score("wai-36", [4] * 36, rater="therapist").rater is Rater.THERAPIST
    with pytest.raises(InvalidValueError, match="no form for this rater"):
        score("wai-sr", [4] * 12, rater="therapist")


def test_positions_are_turned_where_the_form_is_printed_flipped() -> None:
    """Positions on the printed form give the score of the anchors they stand for."""
    form = instrument("wai-sr")
    anchors = [5, 4, 5, 3, 4, 5, 4, 3, 4, 4, 5, 3]
    positions = [6 - a if item in form.print_order_flipped else a for item, a in enumerate(anchors, start=1)]
    assert score(form, positions, recorded_as=Recording.POSITION) == score(form, anchors)
    with pytest.raises(InvalidValueError, match="flipped items"):
        score("gad-7", [1] * 7, recorded_as="position")


def test_an_item_reversed_and_printed_flipped_is_turned_once_on_paper() -> None:
    """Both turns of one item cancel out."""
    form = instrument("wai-sr")
    assert form.key is not None
    both = evolve(form, key=evolve(form.key, reversed_items=(2,)))
    assert score(both, [5] * 12, recorded_as="position").value == 5 * 7 + 1 * 5


def test_answers_of_the_wrong_length_are_refused() -> None:
    """A response with another number of items is refused, and a form with that number is named."""
    with pytest.raises(InvalidValueError, match="this many items has wai-srt"):
        score("wai-sr", [4] * 10)
    with pytest.raises(InvalidValueError, match="this many items has wai-36, wai-o"):
        score("wai-sr", [4] * 36)
    with pytest.raises(InvalidValueError, match="expected 7"):
        score("gad-7", [1] * 9)


@pytest.mark.parametrize("key", ["item0", "item8", 0, 8, "mood", None, 1.0])
def test_unknown_items_are_refused(key: object) -> None:
    """An item number that does not exist, or no item at all, is refused."""
    with pytest.raises(InvalidValueError, match="no such item"):
        score("gad-7", {key: 1})  # type: ignore[arg-type]


def test_items_are_numbered_from_one() -> None:
    """Item 0 is refused with the hint that numbering starts at 1."""
    with pytest.raises(InvalidValueError, match="numbered from 1"):
        score("gad-7", {0: 1})


def test_an_item_cannot_be_given_twice() -> None:
    """Two entries for one item are refused, even if they agree."""
    with pytest.raises(InvalidValueError, match="twice"):
        score("gad-7", {"item1": 1, "1": 1})


def test_text_is_no_response() -> None:
    """A string of digits is refused instead of being taken for a list of answers."""
    with pytest.raises(InvalidValueError, match="got text"):
        score("gad-7", "1111111")


def test_arguments_of_tables_do_not_fit_a_single_response() -> None:
    """Columns belong to tables."""
    with pytest.raises(InvalidValueError, match="no columns"):
        score("gad-7", [1] * 7, detail=True)  # type: ignore[call-overload]


@given(st.sampled_from(instruments()), st.floats(-5, 300))
def test_totals_can_be_held_within_their_range(form: Instrument, value: float) -> None:
    """A stated total is held with its status and never outside the published range."""
    if form.total is not None and value not in form.total:
        with pytest.raises(InvalidValueError, match="lies on its scale"):
            stated_score(form, value, rater=rater(form))
    else:
        held = stated_score(form, value, rater=rater(form))
        assert (held.value, held.status, held.answered) == (value, ScoreStatus.STATED, None)
        assert (held.rule, held.instrument_version, held.scale) == ("stated total", form.version, form.total)


def test_a_stated_mean_has_the_range_of_a_mean() -> None:
    """A stated mean of the WAI-SR lies between 1 and 5."""
    held = stated_score("wai-sr", 4.25, metric="mean", timing="pre_session")
    assert (held.scale, held.timing, held.rule) == (instrument("wai-sr").mean_scale, Timing.PRE_SESSION, "stated mean")
    with pytest.raises(InvalidValueError, match="lies on its scale"):
        stated_score("wai-sr", 48, metric="mean")
    summed = stated_score("arm-5", 30, rater="client", metric="sum")
    assert (summed.scale, summed.rule) == (RatingScale(5, 35, True, 1.0), "stated sum")


@pytest.mark.parametrize(
    ("fraction", "items", "needed"),
    [(0.7, 10, 7), (0.75, 12, 9), (0.5, 5, 3), (1.0, 12, 12), (1e-9, 12, 1), (0.1, 3, 1), (0.8, 12, 10)],
)
def test_the_floor_of_a_policy(fraction: float, items: int, needed: int) -> None:
    """The floor is rounded up, never pushed up by a last bit, and at least one."""
    assert Prorate(fraction).needed(items) == needed


@pytest.mark.parametrize("fraction", [0, -0.1, 1.01, float("nan"), True])
def test_a_policy_needs_a_floor(fraction: float) -> None:
    """A floor of nothing, or above everything, is refused."""
    with pytest.raises(InvalidValueError, match="min_fraction"):
        Prorate(fraction)


def test_a_score_is_a_value() -> None:
    """The same answers give equal scores."""
    first: Score = score("gad-7", [1] * 7)
    assert first == score("gad-7", [1.0] * 7)
