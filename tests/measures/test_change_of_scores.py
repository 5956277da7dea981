"""Reliable change from scores as `score` gives them, from numbers that fit an instrument, and published cut-offs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.errors import InvalidValueError
from therarel.measures import (
    ChangeOutcome,
    ClinicalCutoff,
    clinical_significance,
    instrument,
    instruments,
    internal_consistency,
    nhs_recovery,
    reliable_change,
    score,
)

GAD = st.lists(st.integers(0, 3) | st.none(), min_size=7, max_size=7)
RANGED = [form for form in instruments() if form.total is not None]


@given(st.lists(st.tuples(GAD, GAD), min_size=1, max_size=8))
def test_scores_are_their_values(pairs: list[tuple[list[int | None], list[int | None]]]) -> None:
    """Scores give what their values give, missing ones NaN; the direction is that of their scale."""
    before, after = ([score("gad-7", pair[place]) for pair in pairs] for place in (0, 1))
    found = reliable_change(before, after, sd=5, reliability=0.9)
    plain = reliable_change(
        [np.nan if one.value is None else one.value for one in before],
        [np.nan if one.value is None else one.value for one in after],
        sd=5, reliability=0.9, instrument="gad-7",
    )  # fmt: skip
    assert found.directions == plain.directions
    assert found.higher_is_better is False
    np.testing.assert_array_equal(found.index, plain.index)
    assert found.tolerance == plain.tolerance or all(one.value is None for one in before + after)


@given(st.sampled_from(RANGED), st.booleans(), st.floats(0, 1), st.floats(0, 1), st.floats(0.01, 50))
def test_only_possible_scores_are_judged(form, mean, start, end, beyond) -> None:  # type: ignore[no-untyped-def]  # drawn
    """All totals or all means of the items are judged; one that is neither is refused."""
    scale = form.mean_scale if mean else form.total
    first, last = (scale.minimum + share * scale.range for share in (start, end))
    found = reliable_change([first, np.nan], [last, last], sd=5, reliability=0.9, instrument=form)
    assert found.higher_is_better is form.higher_is_better
    ends = [form.total, form.mean_scale]
    for wild in (min(one.minimum for one in ends) - beyond, form.n_items * form.item_scale.maximum + beyond):
        with pytest.raises(InvalidValueError, match=f"not all scores can be scores of {form.id}"):
            reliable_change([first], [wild], sd=5, reliability=0.9, instrument=form)


@given(st.integers(0, 21), st.integers(0, 21))
def test_a_published_cutoff_divides_as_it_was_published(first: int, last: int) -> None:
    """A client counts as clinical exactly where the cut-off points out the score."""
    (cutoff,) = instrument("gad-7").cutoffs
    change = reliable_change([first], [last], sd=3, reliability=0.8, instrument="gad-7")
    found = clinical_significance(change, cutoff)
    assert found.cutoff == ClinicalCutoff.of(cutoff, higher_is_better=False)
    begins, ends = cutoff.points_out(first), cutoff.points_out(last)
    assert (found.outcomes[0] is ChangeOutcome.NOT_IN_CLINICAL_RANGE_AT_START) == (not begins and change.signs[0] >= 0)
    assert (found.outcomes[0] is ChangeOutcome.RECOVERED) == (begins and not ends and change.signs[0] > 0)


@pytest.mark.parametrize(("end", "outcome"), [(24.9, ChangeOutcome.IMPROVED), (25, ChangeOutcome.RECOVERED)])
def test_a_cutoff_that_points_below_itself_is_functional(end: float, outcome: ChangeOutcome) -> None:
    """Where scores below the cut-off are pointed out, a score on it is not in the clinical range."""
    change = reliable_change([10], [end], sd=5, reliability=0.9, instrument="ors")
    assert clinical_significance(change, instrument("ors").cutoffs[0]).outcomes == (outcome,)
    given_one = ClinicalCutoff(value=25, higher_is_better=True)
    assert clinical_significance(change, given_one).outcomes == (ChangeOutcome.IMPROVED,)


@given(st.data())
def test_nan_leaves_a_row_out_and_an_impossible_answer_is_refused(data: st.DataObject) -> None:
    """One answer off the scale is refused with its place; as NaN its row is left out and counted."""
    answers = np.random.default_rng(4).integers(1, 6, (20, 12)).astype(np.float64)
    row, item = data.draw(st.integers(0, 19)), data.draw(st.integers(0, 11))
    answers[row, item] = data.draw(st.sampled_from([0, 6, 2.5, -1, np.inf, -np.inf]))
    with pytest.raises(InvalidValueError, match=f"row {row}, item {item + 1}: 1 answer is impossible"):
        internal_consistency(answers, dyads=range(20), instrument="wai-sr")
    answers[row, item] = np.nan
    found = internal_consistency(answers, dyads=range(20), instrument="wai-sr", resamples=10)
    assert (found.left_out, found.n_rows) == (1, 19)


def test_a_scale_without_zero_has_no_zero_and_a_line_has_fractions() -> None:
    """What is possible is what the scale of the items says."""
    line = np.random.default_rng(2).uniform(0, 10, (9, 4)).round(1)
    assert internal_consistency(line, dyads=range(9), instrument="ors", resamples=10).n_rows == 9
    with pytest.raises(InvalidValueError, match="impossible on the scale of ors"):
        internal_consistency(line + 5, dyads=range(9), instrument="ors")


def test_nan_and_scores_of_numpy_are_numbers() -> None:
    """Numbers of numpy are numbers wherever one is asked for."""
    found = reliable_change(
        [15],
        [5],
        sd=np.float64(5),
        reliability=np.float32(0.5),  # type: ignore[arg-type]  # a number all the same
        higher_is_better=np.bool_(False),  # type: ignore[arg-type]
    )
    assert (found.higher_is_better, found.reliability) == (False, 0.5)
    assert nhs_recovery(phq_9=(np.int64(18), 6), gad_7=(12, 5)).recovery is True  # type: ignore[arg-type]  # likewise
