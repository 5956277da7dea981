"""Strategies for ratings and figures, whose fields depend on one another and on nothing else of the domain."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

import therarel.domain as domain
from therarel.citations import Status, bibliography
from therarel.domain import (
    Closeness,
    CulturalCompetence,
    Effect,
    EffectMetric,
    Occurrence,
    PartScore,
    Rater,
    Rating,
    RatingScale,
    RelationshipPart,
    RiskAnswer,
    RiskKind,
    RiskState,
    Timing,
    View,
)


def scales(marker: str | None) -> SearchStrategy[RatingScale]:
    """Rating scales whose bounds fit together."""
    return st.builds(
        lambda low, width, higher, steps: RatingScale(low, low + width, higher, steps and width / steps),
        st.integers(-5, 10),
        st.integers(1, 100),
        st.booleans(),
        st.none() | st.integers(1, 10),
    )


@st.composite
def ratings(draw: st.DrawFn, marker: str | None = None, rater: Rater | None = None) -> Rating:
    """Ratings on a scale of their own; of one rater where one is given."""
    scale = draw(scales(marker))
    value = draw(st.floats(scale.minimum, scale.maximum, allow_nan=False))
    return Rating(
        value,
        scale,
        rater or draw(st.sampled_from(Rater)),
        draw(st.none() | st.sampled_from(domain.Timing)),
    )


def risk_answers(marker: str | None, *, waiting: bool = False) -> SearchStrategy[RiskAnswer]:
    """Answers to items that ask about risk."""
    return st.builds(
        RiskAnswer,
        st.integers(1, 60),
        st.lists(st.sampled_from(RiskKind), min_size=1, max_size=3, unique=True),
        st.sampled_from([state for state in RiskState if not (waiting and state is RiskState.NOT_ENDORSED)]),
    )


@st.composite
def competences(draw: st.DrawFn, marker: str | None) -> CulturalCompetence:
    """Cultural competence, each rating by its rater."""
    return CulturalCompetence(
        draw(st.none() | ratings(rater=Rater.CLIENT)), draw(st.none() | ratings(rater=Rater.THERAPIST))
    )


@st.composite
def effects(draw: st.DrawFn, marker: str | None) -> Effect:
    """Effects whose interval holds the value."""
    metric = draw(st.sampled_from(EffectMetric))
    least = 0.01 if metric is EffectMetric.ODDS_RATIO else -1
    low, value, high = sorted(draw(st.lists(st.floats(least, 1), min_size=3, max_size=3)))
    return Effect(
        metric,
        value,
        draw(st.sampled_from(sorted(bibliography()))),
        draw(st.sampled_from(Status)),
        draw(st.none() | st.just(low)),
        draw(st.none() | st.just(high)),
        studies=draw(st.none() | st.integers(1, 500)),
        participants=draw(st.none() | st.integers(1, 10**6)),
        rater=draw(st.none() | st.sampled_from(Rater)),
    )


_CODES: Final = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,10}[A-Za-z0-9])?", fullmatch=True)


@st.composite
def part_scores(draw: st.DrawFn) -> PartScore:
    """What one scale of an instrument says of a part."""
    scale = draw(st.none() | scales(None))
    low, high = (scale.minimum, scale.maximum) if scale is not None else (-100.0, 100.0)
    return PartScore(
        draw(_CODES),
        draw(st.sampled_from(RelationshipPart)),
        draw(st.sampled_from(Closeness)),
        draw(st.floats(low, high, allow_nan=False)),
        scale,
        complete=draw(st.booleans()),
        standard_error=draw(st.none() | st.floats(0, 100, exclude_min=True)),
    )


@st.composite
def views(draw: st.DrawFn) -> View:
    """A rating of a part, stated or measured."""
    measured = draw(st.booleans())
    return View(
        draw(st.sampled_from(RelationshipPart)),
        draw(st.sampled_from(Rater)),
        draw(st.integers(0, 5)),
        draw(st.none() | st.just(RatingScale(0, 5))),
        Occurrence(draw(st.none() | st.integers(0, 9))),
        timing=draw(st.none() | st.sampled_from(Timing)),
        instrument=draw(_CODES) if measured else None,
        of=draw(_CODES) if measured else None,
        closeness=draw(st.sampled_from(Closeness)) if measured else None,
        complete=draw(st.booleans()),
        standard_error=draw(st.none() | st.integers(1, 3)),
    )
