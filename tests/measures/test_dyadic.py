"""Client and therapist are compared, never pooled."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.errors import InvalidValueError
from therarel.measures import dyadic_agreement, dyadic_gap, internal_consistency, reliable_change

FIVE = st.lists(st.integers(1, 7), min_size=5, max_size=5)


@given(FIVE, FIVE)
def test_the_gap_on_one_form_is_the_difference_of_the_means(client: list[int], therapist: list[int]) -> None:
    """Items of one form match by number; the gap is therapist minus client after turning reversed items."""
    found = dyadic_gap(client, therapist, client_form="arm-5", therapist_form="arm-5")
    turned = [[8 - a if item == 3 else a for item, a in enumerate(r, start=1)] for r in (client, therapist)]
    assert found.gap == pytest.approx((sum(turned[1]) - sum(turned[0])) / 5)
    assert found.distance == pytest.approx(sum(abs(a - b) for a, b in zip(*turned, strict=True)) / 5)
    assert found.remark is None
    assert len(found.matched) == 5
    other = dyadic_gap(therapist, client, client_form="arm-5", therapist_form="arm-5")
    assert other.gap is not None
    assert found.gap == pytest.approx(-other.gap)


def test_two_forms_without_matching_say_that_invariance_is_not_established() -> None:
    """The WAI-SR has 12 items and the WAI-SRT 10: whole forms are compared with the remark."""
    found = dyadic_gap([4] * 12, [3] * 10)
    assert (found.gap, found.distance, found.matched) == (-1.0, None, ())
    assert found.remark is not None
    assert "Invariance not established" in found.remark


def test_matched_items_are_compared_alone() -> None:
    """With a matching only those items count, and the remark is gone."""
    client, therapist = [1, 5] + [3] * 10, [2, 4] + [1] * 8
    found = dyadic_gap(client, therapist, matched={1: 1, 2: 2})
    assert (found.client, found.therapist, found.gap, found.distance) == (3.0, 3.0, 0.0, 1.0)
    assert (found.matched, found.remark) == (((1, 1), (2, 2)), None)


def test_an_unanswered_item_leaves_no_gap() -> None:
    """Every item compared must be answered by both; others may be missing."""
    missing: list[float | None] = [None, *[4] * 11]
    assert dyadic_gap(missing, [3] * 10).gap is None
    found = dyadic_gap(missing, [3] * 10, matched={1: 1, 2: 2})
    assert (found.client, found.therapist, found.gap, found.distance) == (None, 3.0, None, None)
    assert dyadic_gap(missing, [3] * 10, matched={2: 2}).gap == -1.0


def test_what_cannot_be_compared_is_refused() -> None:
    """Different scales, unverified keys and matched items that do not exist are refused."""
    with pytest.raises(InvalidValueError, match="different scales"):
        dyadic_gap([4] * 12, [3] * 5, therapist_form="arm-5")
    with pytest.raises(InvalidValueError, match="not verified"):
        dyadic_gap([4] * 24, [3] * 24, client_form="calpas-p", therapist_form="calpas-p")
    for matched in ({13: 1}, {1: 11}, {}, {1: 1, 2: 1}):
        with pytest.raises(InvalidValueError, match="matched"):
            dyadic_gap([4] * 12, [3] * 10, matched=matched)


RATINGS = st.lists(st.tuples(st.floats(1, 5), st.floats(1, 5)), min_size=2, max_size=20)


@given(RATINGS)
def test_agreement_by_its_definitions(pairs: list[tuple[float, float]]) -> None:
    """Mean and spread of the gap, its limits, and an intraclass correlation of at most one."""
    client, therapist = np.array(pairs).T
    found = dyadic_agreement(client, therapist)
    gap = therapist - client
    assert found.mean_gap == pytest.approx(gap.mean())
    assert found.sd_gap == pytest.approx(gap.std(ddof=1))
    assert found.limits == pytest.approx((gap.mean() - 1.96 * gap.std(ddof=1), gap.mean() + 1.96 * gap.std(ddof=1)))
    if found.absolute_agreement is not None:
        assert found.absolute_agreement <= 1 + 1e-9


def test_absolute_agreement_has_its_published_value() -> None:
    """By hand: ratings 1, 3, 5 against 2, 4, 6 are perfectly correlated and agree at 8 / 9."""
    found = dyadic_agreement([1, 3, 5], [2, 4, 6])
    # mean squares: dyads 8, raters 1.5, rest 0; (8 - 0) / (8 + 0 + 2 / 3 * (1.5 - 0)) = 8 / 9
    assert found.absolute_agreement == pytest.approx(8 / 9)
    assert found.correlation == pytest.approx(1)
    assert dyadic_agreement([1, 3, 5], [1, 3, 5]).absolute_agreement == pytest.approx(1)


def test_ratings_that_do_not_vary_have_no_correlation() -> None:
    """Constant ratings have a gap and no correlation; with no variance at all there is no agreement either."""
    found = dyadic_agreement([3, 3, 3], [4, 4, 4])
    assert (found.mean_gap, found.correlation) == (1, None)
    assert found.absolute_agreement == 0
    assert dyadic_agreement([3, 3], [3, 3]).absolute_agreement is None


def test_dyads_with_one_rating_are_left_out_and_counted() -> None:
    """Only dyads with both ratings count."""
    found = dyadic_agreement([3, np.nan, 4, 5], [3, 3, np.nan, 4])
    assert (found.n_dyads, found.left_out, found.mean_gap) == (2, 2, -0.5)
    with pytest.raises(InvalidValueError, match="at least two dyads"):
        dyadic_agreement([3, np.nan], [3, 3])
    with pytest.raises(InvalidValueError, match="one rating of the client"):
        dyadic_agreement([3], [3, 4])


def test_people_are_not_paired_by_position_where_their_indexes_differ() -> None:
    """Two columns of pandas in another order belong to other people: whatever pairs rows refuses them."""
    pandas = pytest.importorskip("pandas")
    one = pandas.Series([1.0, 2.0, 3.0, 4.0], index=list("abcd"))
    other, answers = one.sort_values(ascending=False), pandas.DataFrame({"item1": one, "item2": one})
    pairs: dict[str, Callable[[], object]] = {
        "before and after": lambda: reliable_change(one, other, sd=1, reliability=0.9, higher_is_better=True),
        "client and therapist": lambda: dyadic_agreement(one, other),
        "answers and dyads": lambda: internal_consistency(answers, dyads=other),
    }
    for where, pair in pairs.items():
        with pytest.raises(InvalidValueError, match=f"{where}: two columns with different indexes"):
            pair()
    assert dyadic_agreement(one, other.to_numpy()).mean_gap == dyadic_agreement(one, one).mean_gap == 0
