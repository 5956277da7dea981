"""Strategies for what scores say of parts of the relationship, and for views of it."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

from therarel.domain import (
    Closeness,
    Occurrence,
    PartScore,
    Rater,
    RatingScale,
    RelationshipPart,
    Timing,
    View,
)
from therarel.testing.figures import scales

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
