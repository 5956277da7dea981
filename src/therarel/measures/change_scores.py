"""What a change is computed from: pairs of scores, and the figures that are given, known or taken from the data."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from therarel.domain.ratings import RatingScale, Score
from therarel.errors import InvalidValueError, as_number, shown
from therarel.measures.instrument import Instrument
from therarel.measures.keys import Metric
from therarel.tables.frames import refuse_other_order
from therarel.texts import Phrase

TOLERANCE: Final = 1e-9
"""Relative to the range of the scores: a difference in the last bit is a tie, not a change."""


def score_pairs(
    before: ArrayLike | Sequence[Score | None], after: ArrayLike | Sequence[Score | None]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """First and later scores as numbers, NaN where missing, shape (clients,) each.

    Raises:
        InvalidValueError: if they are not numbers, or not one later score for each first one, in the same order.
    """
    refuse_other_order({"before": before, "after": after})
    first, later = _numbers(before, "before"), _numbers(after, "after")
    if first.ndim != 1 or first.shape != later.shape:
        raise InvalidValueError(
            "there is one later score for each first score",
            value=f"shapes {first.shape} and {later.shape}",
            bound="two of shape (clients,)",
        )
    return first, later


def _numbers(scores: ArrayLike | Sequence[Score | None], where: str) -> NDArray[np.float64]:
    values: object = scores
    if isinstance(scores, Sequence) and not isinstance(scores, str | bytes):
        values = [item.value if isinstance(item, Score) else item for item in cast("Sequence[object]", scores)]
    try:
        return np.asarray(cast("ArrayLike", values), dtype=np.float64)
    except (TypeError, ValueError):
        raise InvalidValueError(
            "not numbers",
            where=where,
            value=shown(scores),
            bound="a number or a Score for each client, NaN or None where it is missing",
        ) from None


def shared_scale(instrument: Instrument | None, *series: object) -> RatingScale | None:
    """The scale of the scores where scores were given and not numbers; all are of one instrument and one scale."""
    scores = [score for row in series if isinstance(row, Iterable) for score in row if isinstance(score, Score)]
    names = sorted({score.instrument for score in scores} | ({instrument.id} if instrument and scores else set()))
    if len(names) > 1:
        raise InvalidValueError(
            "scores of several instruments cannot be compared", where="before, after", value=", ".join(names)
        )
    scales = list(dict.fromkeys(score.scale for score in scores if score.scale is not None))
    if len(scales) > 1:
        raise InvalidValueError(
            "scores on several scales cannot be compared", where="before, after", value=" and ".join(map(str, scales))
        )
    return scales[0] if scales else None


def range_of_scores(instrument: Instrument | None, scores: NDArray[np.float64]) -> RatingScale | None:
    """The range that all the scores lie in: that of the totals or that of the means; ``None`` where none is known.

    Raises:
        InvalidValueError: if they lie in neither.
    """
    if instrument is None or instrument.total is None:
        return None
    ranges = [instrument.total, instrument.range_of(instrument.n_items, Metric.SUM), instrument.mean_scale]
    scales = list(dict.fromkeys(scale for scale in ranges if scale is not None))
    finite = scores[np.isfinite(scores)]
    outside = {
        scale: finite[(finite < scale.minimum - slack) | (finite > scale.maximum + slack)]
        for scale in scales
        for slack in [TOLERANCE * scale.range]
    }
    for scale, strangers in outside.items():
        if not strangers.size:
            return scale
    raise InvalidValueError(
        f"not all scores can be scores of {instrument.id}",
        where="before, after",
        value=shown(float(outside[instrument.total][0])),
        bound=" or ".join(f"{scale.minimum:g} to {scale.maximum:g} throughout" for scale in scales),
        hint="for a subscale leave the instrument out and give higher_is_better=True or False",
    )


def bounded(value: float, where: str, low: float, high: float) -> float:
    """A number between two bounds, neither included.

    Raises:
        InvalidValueError: if it lies outside.
    """
    bound = f"above {low:g}" + ("" if math.isinf(high) else f" and below {high:g}")
    number = as_number(value, where=where)
    if not low < number < high:
        raise InvalidValueError("not accepted", where=where, value=shown(value), bound=bound)
    return number


def direction_of(instrument: Instrument | None, given: bool | None, rated: RatingScale | None) -> bool:
    """Whether higher scores are better: as stated, or as the instrument or the scores say.

    Raises:
        InvalidValueError: if nobody says, or two say different things.
    """
    if given is not None and not isinstance(given, bool | np.bool_):
        raise InvalidValueError(
            "not accepted", where="higher_is_better", value=shown(given), bound="True or False, or None if known"
        )
    given = None if given is None else bool(given)
    stated = instrument.higher_is_better if instrument else rated.higher_is_better if rated else None
    return settled_direction(given, stated, of="instrument", otherwise="the instrument")


def settled_direction(given: bool | None, documented: bool | None, *, of: str, otherwise: str) -> bool:
    """Whether higher scores are better: as stated, or as documented elsewhere.

    Args:
        given: What was stated; ``None`` for nothing.
        documented: What is documented elsewhere; ``None`` for nothing.
        of: Source of what is documented, for messages.
        otherwise: What may be given in its place, for messages.

    Raises:
        InvalidValueError: if nobody says, or two say different things.
    """
    if given is None and documented is None:
        raise InvalidValueError(
            "the direction of the scores is needed",
            where="higher_is_better",
            hint=f"give higher_is_better=True or False, or {otherwise}",
        )
    if given is not None and documented is not None and given is not documented:
        raise InvalidValueError(
            f"the direction is not the one of the {of}", where="higher_is_better", value=shown(given)
        )
    return bool(documented if given is None else given)


def reliability_of(instrument: Instrument | None, given: float | None) -> tuple[float, Phrase]:
    """The reliability that was given or is verified for the instrument, and where it came from.

    Raises:
        InvalidValueError: if there is neither.
    """
    if given is not None:
        return bounded(given, "reliability", 0.0, 1.0), Phrase("measure.given")
    datum = None if instrument is None else instrument.verified_reliability
    if datum is None or datum.value is None:
        whose = "" if instrument is None else f" for {instrument.id}"
        raise InvalidValueError(
            f"no verified reliability is known{whose}",
            where="reliability",
            hint="give reliability=..., such as the alpha of your own data at one session",
        )
    return datum.value, Phrase("measure.verified", coefficient=datum.coefficient, sources=tuple(datum.citations))


def spread_of(first: NDArray[np.float64], given: float | None) -> tuple[float, Phrase]:
    """The standard deviation that was given, or that of the first scores, and where it came from.

    Raises:
        InvalidValueError: if there are too few scores for one.
    """
    if given is not None:
        return bounded(given, "sd", 0.0, math.inf), Phrase("measure.given")
    if first.size < 2:
        raise InvalidValueError(
            "a standard deviation needs at least two clients with both scores",
            where="sd",
            value=str(first.size),
            hint="give sd=...",
        )
    return bounded(float(first.std(ddof=1)), "sd", 0.0, math.inf), Phrase("measure.first_scores", count=first.size)


def mean_of(scores: NDArray[np.float64], given: float | None, where: str) -> float:
    """The mean that was given, or that of the scores.

    Raises:
        InvalidValueError: if there is no score for one.
    """
    if given is not None:
        return as_number(given, where=where)
    if not scores.size:
        raise InvalidValueError("a mean needs at least one client with both scores", where=where)
    return float(scores.mean())
