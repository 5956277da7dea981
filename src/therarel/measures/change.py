"""Reliable change: whether two scores of a client differ by more than the measure's error.

`reliable_change` compares what was found afterwards with what would be expected without change, in units of the
standard error of that comparison. Methods differ in the expectation and the standard error, with M and S the mean and
standard deviation of the first scores, r the reliability, and T = M + r (before - M) the estimated true score:

====================== ============================ =======================================
method                 expected afterwards          standard error
====================== ============================ =======================================
jacobson_truax         before                       S sqrt(2 (1 - r))
edwards_nunnally       T                            S sqrt(1 - r)
gulliksen_lord_novick  T                            S sqrt(1 - r^2)
hsu_linn_lord          M_after + r (before - M)     S sqrt(1 - r^2)
====================== ============================ =======================================
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, cast

import numpy as np
from attrs import field, frozen
from numpy.typing import ArrayLike, NDArray

from therarel.domain.ratings import RatingScale, Score
from therarel.domain.vocabulary import Vocabulary
from therarel.errors import InvalidValueError, shown
from therarel.measures.given import given_number
from therarel.measures.instrument import Instrument
from therarel.measures.keys import Metric
from therarel.measures.plan import resolved

__all__ = ["METHODS_NOT_SHIPPED", "ChangeMethod", "Direction", "ReliableChange", "reliable_change"]

# Relative to the range of the scores: a difference in the last bit is a tie, not a change.
_TOLERANCE: Final = 1e-9


class ChangeMethod(Vocabulary, links={}):
    """Which expectation and which standard error a reliable change is judged by."""

    JACOBSON_TRUAX = "jacobson_truax"
    EDWARDS_NUNNALLY = "edwards_nunnally"
    GULLIKSEN_LORD_NOVICK = "gulliksen_lord_novick"
    HSU_LINN_LORD = "hsu_linn_lord"

    @property
    def citations(self) -> tuple[str, ...]:
        """Where the method is from, as keys of the bibliography."""
        return _CITATIONS[self.value]


_CITATIONS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "jacobson_truax": ("jacobson_truax1991",),
        "edwards_nunnally": ("speer1992",),
        "gulliksen_lord_novick": ("hsu1989",),
        "hsu_linn_lord": ("hsu1989", "speer_greenbaum1995"),
    }
)

METHODS_NOT_SHIPPED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "nunnally_kotsch": "Which standard deviation belongs to the error of the second score (that of the first or of "
        "the second scores) could not be settled from a source.",
        "hageman_arrindell": "Its formulas reproduce another program's results, but were not seen in the paper.",
        "hierarchical_linear_model": "It is a growth model and belongs to trajectories.",
    }
)
"""Methods of other programs that are left out, and why."""


class Direction(Vocabulary, links={}):
    """Which way a client changed reliably, if at all."""

    IMPROVED = "improved"
    UNCHANGED = "unchanged"
    DETERIORATED = "deteriorated"
    NOT_KNOWN = "not_known"
    """One of the two scores is missing."""


@frozen(kw_only=True, eq=False)
class ReliableChange:
    """The reliable change of each client, and what it was judged by.

    All arrays have the shape of the scores; a client with a missing score has NaN and the direction ``not_known``.

    Args:
        before: First scores.
        after: Later scores.
        expected: What would be expected afterwards without change.
        index: (after - expected) / standard error; its sign is that of the scores, not of improvement.
        standard_error: Standard error of after - expected, in points.
        critical: Size of the index that must be exceeded.
        method: How it was judged.
        higher_is_better: Direction of the scores.
        sd: Standard deviation that the standard error rests on.
        sd_from: Where it came from, in words.
        reliability: Reliability that the standard error rests on.
        reliability_from: Where it came from, in words.
        tolerance: Differences up to this size are ties.

    Examples:
        >>> result = reliable_change([32.5], [47.5], sd=7.5, reliability=0.80, higher_is_better=True)
        >>> round(float(result.index[0]), 2), result.directions[0].label
        (3.16, 'improved')
    """

    before: NDArray[np.float64]
    after: NDArray[np.float64]
    expected: NDArray[np.float64]
    index: NDArray[np.float64]
    standard_error: float
    critical: float
    method: ChangeMethod
    higher_is_better: bool
    sd: float
    sd_from: str
    reliability: float
    reliability_from: str
    tolerance: float = field(repr=False)

    @property
    def smallest(self) -> float:
        """Distance from the expectation that must be exceeded, in points."""
        return self.critical * self.standard_error

    @property
    def difference(self) -> NDArray[np.float64]:
        """Distance from the expectation, in points and in the direction of the scores."""
        return self.after - self.expected

    @property
    def interval(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Lower and upper end of an interval around the difference, ``critical`` standard errors to each side."""
        return self.difference - self.smallest, self.difference + self.smallest

    @property
    def signs(self) -> NDArray[np.int8]:
        """1 where a client improved reliably, -1 where one deteriorated, 0 otherwise or where it is not known."""
        gain = self.difference if self.higher_is_better else -self.difference
        found = np.zeros(gain.shape, dtype=np.int8)
        with np.errstate(invalid="ignore"):
            found[gain > self.smallest + self.tolerance] = 1
            found[gain < -self.smallest - self.tolerance] = -1
        return found

    @property
    def directions(self) -> tuple[Direction, ...]:
        """Which way each client changed reliably."""
        words = {1: Direction.IMPROVED, 0: Direction.UNCHANGED, -1: Direction.DETERIORATED}
        known = np.isfinite(self.index)
        return tuple(
            words[int(sign)] if seen else Direction.NOT_KNOWN for sign, seen in zip(self.signs, known, strict=True)
        )

    def __repr__(self) -> str:
        counts = {word: self.directions.count(word) for word in Direction}
        told = ", ".join(f"{count} {word.label}" for word, count in counts.items() if count)
        return (
            f"ReliableChange({self.method}: {told}; more than {self.smallest:.3g} points; "
            f"SD {self.sd:.3g} {self.sd_from}, reliability {self.reliability:.3g} {self.reliability_from})"
        )


def reliable_change(
    before: ArrayLike | Sequence[Score | None],
    after: ArrayLike | Sequence[Score | None],
    *,
    instrument: str | Instrument | None = None,
    reliability: float | None = None,
    sd: float | None = None,
    mean_before: float | None = None,
    mean_after: float | None = None,
    higher_is_better: bool | None = None,
    method: ChangeMethod | str = ChangeMethod.JACOBSON_TRUAX,
    critical: float = 1.96,
) -> ReliableChange:
    """Judge the change of clients against the error of the measure.

    Args:
        before: First score of each client, shape (clients,); NaN where missing. Numbers, or what `score` gives: then
            all are of one instrument and one scale, a score without a value is missing, and the direction is known.
        after: Later score of each client, same shape.
        instrument: The instrument, which gives the direction and, if it has a verified one, the reliability. Its
            scores are all totals or all means of the items; for a subscale leave it out and give the direction.
        reliability: Reliability of the scores, above 0 and below 1; ``None`` for that of the instrument.
        sd: Standard deviation of the scores; ``None`` for that of the first scores of clients who have both.
        mean_before: Mean of the first scores; ``None`` for that of the clients who have both. Not used by
            Jacobson and Truax.
        mean_after: Mean of the later scores; likewise, used by Hsu, Linn and Lord alone.
        higher_is_better: Direction of the scores; needed for numbers without an instrument.
        method: How it is judged.
        critical: Size of the index that must be exceeded; 1.96 leaves 5 % of unchanged clients outside.

    Raises:
        InvalidValueError: if the reliability is neither given nor verified for the instrument, the direction is not
            known, the scores do not fit each other or the instrument, or a number lies outside its bounds.

    Source:
        jacobson_truax1991 (verified), speer1992, hsu1989, speer_greenbaum1995 (from memory, high confidence).

    Examples:
        >>> result = reliable_change([12, 30, 22], [25, 29, 12], instrument="wai-sr", reliability=0.9, sd=8)
        >>> [word.label for word in result.directions]
        ['improved', 'unchanged', 'deteriorated']
    """
    chosen = None if instrument is None else resolved(instrument)
    first, later = _scores(before, after)
    both = np.isfinite(first) & np.isfinite(later)
    rated = _ratings(chosen, before, after)
    direction = _direction(chosen, higher_is_better, rated)
    scale = _scale_of(chosen, np.concatenate([first, later])) or rated
    r, r_from = _reliability(chosen, reliability)
    s, s_from = _spread(first[both], sd)
    how = ChangeMethod(method)
    error = {
        ChangeMethod.JACOBSON_TRUAX: s * math.sqrt(2 * (1 - r)),
        ChangeMethod.EDWARDS_NUNNALLY: s * math.sqrt(1 - r),
        ChangeMethod.GULLIKSEN_LORD_NOVICK: s * math.sqrt(1 - r**2),
        ChangeMethod.HSU_LINN_LORD: s * math.sqrt(1 - r**2),
    }[how]
    if how is ChangeMethod.JACOBSON_TRUAX:
        expected = first
    else:
        start = _mean(first[both], mean_before, "mean_before")
        level = start if how is not ChangeMethod.HSU_LINN_LORD else _mean(later[both], mean_after, "mean_after")
        expected = level + r * (first - start)
    held = np.concatenate([first[both], later[both]])
    span = float(np.ptp(held)) if held.size else 0.0
    return ReliableChange(
        before=first,
        after=later,
        expected=expected,
        index=(later - expected) / error,
        standard_error=error,
        critical=_bounded(critical, "critical", 0.0, math.inf),
        method=how,
        higher_is_better=direction,
        sd=s,
        sd_from=s_from,
        reliability=r,
        reliability_from=r_from,
        tolerance=_TOLERANCE * (scale.range if scale else span),
    )


def _scores(
    before: ArrayLike | Sequence[Score | None], after: ArrayLike | Sequence[Score | None]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    first, later = _numbers(before, "before"), _numbers(after, "after")
    if first.ndim != 1 or first.shape != later.shape:
        raise InvalidValueError(
            "there is one later score for each first score",
            value=f"shapes {first.shape} and {later.shape}",
            bound="two of shape (clients,)",
        )
    return first, later


def _numbers(scores: ArrayLike | Sequence[Score | None], where: str) -> NDArray[np.float64]:
    held: object = scores
    if isinstance(scores, Sequence) and not isinstance(scores, str | bytes):
        held = [each.value if isinstance(each, Score) else each for each in cast("Sequence[object]", scores)]
    try:
        return np.asarray(cast("ArrayLike", held), dtype=np.float64)
    except (TypeError, ValueError):
        raise InvalidValueError(
            "not numbers",
            where=where,
            value=shown(scores),
            bound="a number or a Score for each client, NaN or None where it is missing",
        ) from None


def _ratings(instrument: Instrument | None, *held: object) -> RatingScale | None:
    """The scale of the scores where scores were given and not numbers; all are of one instrument and one scale."""
    scores = [each for row in held if isinstance(row, Iterable) for each in row if isinstance(each, Score)]
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


def _scale_of(instrument: Instrument | None, scores: NDArray[np.float64]) -> RatingScale | None:
    """The range that all the scores lie in: that of the totals or that of the means; ``None`` where none is known.

    Raises:
        InvalidValueError: if they lie in neither.
    """
    if instrument is None or instrument.total is None:
        return None
    known = [instrument.total, instrument.range_of(instrument.n_items, Metric.SUM), instrument.mean_scale]
    scales = list(dict.fromkeys(scale for scale in known if scale is not None))
    held = scores[np.isfinite(scores)]
    outside = {
        scale: held[(held < scale.minimum - slack) | (held > scale.maximum + slack)]
        for scale in scales
        for slack in [_TOLERANCE * scale.range]
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


def _bounded(value: float, where: str, low: float, high: float) -> float:
    bound = f"above {low:g}" + ("" if math.isinf(high) else f" and below {high:g}")
    number = given_number(value, where, bound=bound)
    if not low < number < high:
        raise InvalidValueError("not accepted", where=where, value=shown(value), bound=bound)
    return number


def _direction(instrument: Instrument | None, given: bool | None, rated: RatingScale | None) -> bool:
    if given is not None and not isinstance(given, bool | np.bool_):
        raise InvalidValueError(
            "not accepted", where="higher_is_better", value=shown(given), bound="True or False, or None if known"
        )
    given = None if given is None else bool(given)
    known = instrument.higher_is_better if instrument else rated.higher_is_better if rated else None
    if given is None and known is None:
        raise InvalidValueError(
            "the direction of the scores is needed",
            where="higher_is_better",
            hint="give higher_is_better=True or False, or the instrument",
        )
    if given is not None and known is not None and given is not known:
        raise InvalidValueError(
            "the direction is not the one of the instrument", where="higher_is_better", value=shown(given)
        )
    return bool(known if given is None else given)


def _reliability(instrument: Instrument | None, given: float | None) -> tuple[float, str]:
    if given is not None:
        return _bounded(given, "reliability", 0.0, 1.0), "(given)"
    datum = None if instrument is None else instrument.verified_reliability
    if datum is None or datum.value is None:
        whose = "" if instrument is None else f" for {instrument.id}"
        raise InvalidValueError(
            f"no verified reliability is known{whose}",
            where="reliability",
            hint="give reliability=..., such as the alpha of your own data at one session",
        )
    return datum.value, f"({datum.coefficient}, {', '.join(datum.citations)}, {datum.status.meaning})"


def _spread(first: NDArray[np.float64], given: float | None) -> tuple[float, str]:
    if given is not None:
        return _bounded(given, "sd", 0.0, math.inf), "(given)"
    if first.size < 2:
        raise InvalidValueError(
            "a standard deviation needs at least two clients with both scores",
            where="sd",
            value=f"{first.size} clients",
            hint="give sd=...",
        )
    return _bounded(float(first.std(ddof=1)), "sd", 0.0, math.inf), f"(first scores of {first.size} clients)"


def _mean(scores: NDArray[np.float64], given: float | None, where: str) -> float:
    if given is not None:
        return given_number(given, where)
    if not scores.size:
        raise InvalidValueError("a mean needs at least one client with both scores", where=where)
    return float(scores.mean())
