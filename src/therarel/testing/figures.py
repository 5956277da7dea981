"""Strategies for ratings, views and figures, whose fields depend on one another and on little else of the domain."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

import therarel.domain as domain
from therarel.citations import Status, bibliography


def scales(marker: str | None) -> SearchStrategy[domain.RatingScale]:
    """Rating scales whose bounds fit together."""
    return st.builds(
        lambda low, width, higher, steps: domain.RatingScale(low, low + width, higher, steps and width / steps),
        st.integers(-5, 10),
        st.integers(1, 100),
        st.booleans(),
        st.none() | st.integers(1, 10),
    )


@st.composite
def ratings(draw: st.DrawFn, marker: str | None = None, rater: domain.Rater | None = None) -> domain.Rating:
    """Ratings on a scale of their own; of one rater where one is given."""
    scale = draw(scales(marker))
    value = draw(st.floats(scale.minimum, scale.maximum, allow_nan=False))
    return domain.Rating(
        value,
        scale,
        rater or draw(st.sampled_from(domain.Rater)),
        draw(st.none() | st.sampled_from(domain.Timing)),
    )


def risk_answers(marker: str | None, *, waiting: bool = False) -> SearchStrategy[domain.RiskAnswer]:
    """Answers to items that ask about risk."""
    return st.builds(
        domain.RiskAnswer,
        st.integers(1, 60),
        st.lists(st.sampled_from(domain.RiskKind), min_size=1, max_size=3, unique=True),
        st.sampled_from(
            [state for state in domain.RiskState if not (waiting and state is domain.RiskState.NOT_ENDORSED)]
        ),
    )


@st.composite
def competences(draw: st.DrawFn, marker: str | None) -> domain.CulturalCompetence:
    """Cultural competence, each rating by its rater."""
    return domain.CulturalCompetence(
        draw(st.none() | ratings(rater=domain.Rater.CLIENT)), draw(st.none() | ratings(rater=domain.Rater.THERAPIST))
    )


@st.composite
def effects(draw: st.DrawFn, marker: str | None) -> domain.Effect:
    """Effects whose interval holds the value."""
    metric = draw(st.sampled_from(domain.EffectMetric))
    least = 0.01 if metric is domain.EffectMetric.ODDS_RATIO else -1
    low, value, high = sorted(draw(st.lists(st.floats(least, 1), min_size=3, max_size=3)))
    return domain.Effect(
        metric,
        value,
        draw(st.sampled_from(sorted(bibliography()))),
        draw(st.sampled_from(Status)),
        draw(st.none() | st.just(low)),
        draw(st.none() | st.just(high)),
        studies=draw(st.none() | st.integers(1, 500)),
        participants=draw(st.none() | st.integers(1, 10**6)),
        rater=draw(st.none() | st.sampled_from(domain.Rater)),
    )


_CODES: Final = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,10}[A-Za-z0-9])?", fullmatch=True)


@st.composite
def part_scores(draw: st.DrawFn) -> domain.PartScore:
    """What one scale of an instrument says of a part."""
    scale = draw(st.none() | scales(None))
    low, high = (scale.minimum, scale.maximum) if scale is not None else (-100.0, 100.0)
    return domain.PartScore(
        draw(_CODES),
        draw(st.sampled_from(domain.RelationshipPart)),
        draw(st.sampled_from(domain.Closeness)),
        draw(st.floats(low, high, allow_nan=False)),
        scale,
        complete=draw(st.booleans()),
        standard_error=draw(st.none() | st.floats(0, 100, exclude_min=True)),
    )


@st.composite
def views(draw: st.DrawFn) -> domain.View:
    """A rating of a part, stated or measured."""
    measured = draw(st.booleans())
    return domain.View(
        draw(st.sampled_from(domain.RelationshipPart)),
        draw(st.sampled_from(domain.Rater)),
        draw(st.integers(0, 5)),
        draw(st.none() | st.just(domain.RatingScale(0, 5))),
        domain.Occurrence(draw(st.none() | st.integers(0, 9))),
        timing=draw(st.none() | st.sampled_from(domain.Timing)),
        instrument=draw(_CODES) if measured else None,
        of=draw(_CODES) if measured else None,
        closeness=draw(st.sampled_from(domain.Closeness)) if measured else None,
        complete=draw(st.booleans()),
        standard_error=draw(st.none() | st.integers(1, 3)),
    )
