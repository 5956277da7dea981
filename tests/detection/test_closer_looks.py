"""Which sessions are looked at closely: those at which the worst score of the scale might not fire, and few besides.

The scale has a thousand million points, so that a tie is one point; a closer look is taken from two ties on.
"""

from __future__ import annotations

import math

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from therarel.detection.rules import Drop, IndividualsChart, Reference, Scale
from therarel.detection.rules.levels import scale_of
from therarel.noise.context import PanelContext
from therarel.noise.series import Series, scored

WIDE = evolve(PanelContext.of_scale(0, 1e9), pooled_sd=5000.0, between_sd=5000.0, phi=0.0)
USUAL = evolve(PanelContext.of_scale(1, 5), pooled_sd=0.3, between_sd=0.6, phi=0.2)
QUICK = [
    *(
        Drop(k=k, reference=reference, scale=scale)
        for k in (0.5, 1.3, 2)
        for reference in (Reference.PREVIOUS, Reference.PERSON_MEAN)
        for scale in Scale
        if scale is not Scale.MOVING_RANGE
    ),
    *(IndividualsChart(k=k, autocorrelation=wide) for k in (0.5, 1.5, 3) for wide in (False, True)),
]


def series_of(*scores: float) -> Series:
    """One dyad."""
    return scored([0, len(scores)], range(1, len(scores) + 1), scores)[0]


def looked_at(rule: Drop | IndividualsChart, context: PanelContext, *scores: float) -> list[int]:
    """The sessions that are looked at closely."""
    series = series_of(*scores)
    if isinstance(rule, Drop):
        return [int(row) for row in rule._asked(series, context, scale_of(series, context, rule.scale))]
    width = rule.k * (1 / math.sqrt(1 - context.phi) if rule.autocorrelation else 1.0)
    return [int(row) for row in rule._asked(series, context, rule.limits(series, context)[1], width)]


@pytest.mark.parametrize("rule", QUICK, ids=lambda rule: f"{rule.label} {rule.settings['k']}")
@settings(max_examples=20)
@given(scores=st.lists(st.integers(12, 60).map(lambda twelfth: twelfth / 12), min_size=2, max_size=40))
def test_where_no_closer_look_is_taken_the_worst_score_fires(
    rule: Drop | IndividualsChart, scores: list[float]
) -> None:
    """In series of up to forty sessions, wherever on the scale they lie."""
    near = looked_at(rule, USUAL, *scores)
    first = 1 if isinstance(rule, Drop) and rule.reference is Reference.PREVIOUS else 0
    for at in sorted(set(range(first, len(scores))) - set(near)):
        fallen = [*scores[:at], 1.0, *scores[at + 1 :]]
        assert rule.verdicts(series_of(*fallen), USUAL).flagged[at]


@pytest.mark.parametrize("rule", QUICK, ids=lambda rule: f"{rule.label} {rule.settings['k']}")
def test_a_client_far_from_the_end_is_not_looked_at_closely(rule: Drop | IndividualsChart) -> None:
    """Forty sessions at the upper end; at the lower end every one is looked at."""
    high, low = [4.9, 4.8] * 20, [1.0] * 40
    assert looked_at(rule, USUAL, *high) == []
    assert set(looked_at(rule, USUAL, *low)) >= set(range(1, 40))


@pytest.mark.parametrize(
    "rule",
    [
        Drop(k=2, reference="running_maximum"),
        Drop(k=2, reference="baseline"),
        Drop(k=2, reference="regression"),
        Drop(k=2, scale="moving_range"),
        Drop(k=2, scale="moving_range", reference="person_mean"),
        IndividualsChart(detrended=True),
        IndividualsChart(screened=True),
        IndividualsChart(sigma="sd"),
        IndividualsChart(rules={2}),
    ],
    ids=lambda rule: rule.label,
)
def test_other_rules_look_at_every_session(rule: Drop | IndividualsChart) -> None:
    """What would be saved is not worth a formula of its own."""
    assert looked_at(rule, USUAL, *[4.9, 4.8] * 20) == list(range(40))


@pytest.mark.parametrize(
    "rule", [Drop(), Drop(reference="person_mean"), IndividualsChart()], ids=lambda rule: rule.label
)
def test_where_the_ends_are_not_stated_every_session_is_looked_at(rule: Drop | IndividualsChart) -> None:
    """No score is the worst that could have come."""
    context = evolve(PanelContext.of_scale(1, 5, stated=False), pooled_sd=0.3)
    assert looked_at(rule, context, *[4.9, 4.8] * 20) == list(range(40))


@pytest.mark.parametrize(
    ("rule", "edge"),
    [
        (Drop(k=1, scale="pooled_sd"), 5002),
        (Drop(k=2, scale="between_sd"), 10002),
        (Drop(k=1e-6, scale="pooled_sd"), 1002),
        (Drop(k=1e-6, scale="pooled_sd", minimal_drop=7000), 7001),
    ],
    ids=lambda each: getattr(each, "label", str(each)),
)
def test_a_score_before_is_looked_at_up_to_what_is_needed_and_two_points(rule: Drop, edge: float) -> None:
    """Three points above what is needed there is room, whatever the last digits."""
    assert looked_at(rule, WIDE, 1e6, edge, 1e6) == [2]
    assert looked_at(rule, WIDE, 1e6, edge + 1, 1e6) == []


@pytest.mark.parametrize(("minimal_drop", "edge"), [(0, 10004), (7000, 14002)])
def test_an_own_mean_is_looked_at_up_to_twice_what_is_needed_and_two_points(minimal_drop: float, edge: float) -> None:
    """Of two scores that are equal each takes half of its own height off the mean as it falls."""
    rule = Drop(k=1, scale="pooled_sd", reference="person_mean", minimal_drop=minimal_drop)
    assert looked_at(rule, WIDE, edge, edge) == [0, 1]
    assert looked_at(rule, WIDE, edge + 1, edge + 1) == []


def test_an_own_standard_deviation_counts_with_what_the_worst_score_adds_to_it() -> None:
    """Of four scores with a mean of 7500 and a deviation of 3000 the others lie at most ten thousand above the end.

    Were the worst score the session's, the deviation would be at most the root of nine million and a fourth of a hundred
    million: 5831.
    """
    widest = math.sqrt(3000**2 + 10000**2 / 4)
    for reference, room in (("previous", 3000.0), ("person_mean", 7500.0 - 9000.0 / 4)):
        for nearer in (0.001, -0.001):
            rule = Drop(k=(room - 2 + nearer) / widest, scale="person_sd", reference=reference)
            found = looked_at(rule, WIDE, 9000, 9000, 3000, 9000)
            assert bool(found) is (nearer > 0)
    assert looked_at(Drop(k=(2998.001) / widest, scale="person_sd"), WIDE, 9000, 9000, 3000, 9000) == [3]


def test_a_chart_counts_with_the_two_ranges_that_the_worst_score_widens() -> None:
    """Of eight scores at 9000 one at the end takes an eighth of itself off the mean, and twice itself to seven ranges."""
    for nearer in (0.001, -0.001):
        # mean - score / 8 = k / 1.128 * 2 * score / 7 and two points
        k = (9000 * 7 / 8 - 2 + nearer) / (2 * 9000 / 7) * 1.128
        found = looked_at(IndividualsChart(k=k), WIDE, *[9000.0] * 8)
        assert found == (list(range(8)) if nearer > 0 else [])
    for least, found in ((7873.0, []), (7874.0, list(range(8)))):
        # a smallest drop counts less a tie: 7873 and two points are what an eighth of 9000 leaves of it
        assert looked_at(IndividualsChart(k=1e-6, minimal_drop=least), WIDE, *[9000.0] * 8) == found
