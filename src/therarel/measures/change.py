"""Reliable change: whether two scores of a client differ by more than the measure's error.

`reliable_change` compares what was found afterwards with what would be expected without change, in units of the
standard error of that comparison, or with the smallest change that was published for the instrument. The methods are
those of `therarel.measures.change_methods`; an index from a growth model, for more than two scores, is
`therarel.growth`'s.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import NormalDist
from typing import Final

import numpy as np
from attrs import field, frozen
from narwhals.typing import IntoFrame
from numpy.typing import ArrayLike, NDArray

from therarel.domain.ratings import Score
from therarel.errors import InvalidValueError, shown
from therarel.measures.catalogue import instruments
from therarel.measures.change_methods import ChangeMethod, Sample, expectation
from therarel.measures.change_scores import (
    TOLERANCE,
    bounded,
    direction_of,
    mean_of,
    range_of_scores,
    reliability_of,
    score_pairs,
    shared_scale,
    spread_of,
)
from therarel.measures.instrument import Instrument
from therarel.measures.plan import resolved
from therarel.measures.published import PublishedChange
from therarel.measures.risk import risk_note, risk_of_totals
from therarel.tables.frames import as_table
from therarel.texts import Phrase, standard_texts
from therarel.vocabulary import Vocabulary

_NOT_USED: Final = Phrase("measure.not_used")


class Direction(Vocabulary, links={}):
    """Which way a client changed reliably, if at all."""

    IMPROVED = "improved"
    UNCHANGED = "unchanged"
    DETERIORATED = "deteriorated"
    NOT_KNOWN = "not_known"
    """One of the two scores is missing."""


@frozen(kw_only=True, eq=False, repr=False)
class ReliableChange:
    """The reliable change of each client, and what it was judged by.

    All arrays have the shape of the scores; a client with a missing score has NaN and the direction ``not_known``.

    Args:
        before: First scores.
        after: Later scores.
        expected: What would be expected afterwards without change.
        index: (after - expected) / standard error; by a published change, after - before in units of it. Its sign is
            that of the scores, not of improvement.
        smallest: Distance from the expectation that must be exceeded, in points; a published change itself counts.
        standard_error: Standard error of after - expected, in points; ``None`` by a published change.
        critical: Size of the index that must be exceeded, or, by a published change, 1, which counts itself.
        method: How it was judged.
        higher_is_better: Direction of the scores.
        sd: Standard deviation that the standard error rests on; ``None`` by a published change.
        sd_from: Where it came from; read in words.
        reliability: Reliability that the standard error rests on; ``None`` by a published change.
        reliability_from: Where it came from; read in words.
        published: The published change that it was judged by; ``None`` by another method.
        risk_note: What was answered at the later score to items that ask about risk, in words, or that totals do not
            show it; ``None`` where the instrument has no such item or is not known.
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
    smallest: float
    standard_error: float | None
    critical: float
    method: ChangeMethod
    higher_is_better: bool
    sd: float | None
    _sd_from: Phrase
    reliability: float | None
    _reliability_from: Phrase
    published: PublishedChange | None = None
    risk_note: str | None = None
    tolerance: float = field()

    @property
    def sd_from(self) -> str:
        """Where the standard deviation came from, in words."""
        return standard_texts().said(self._sd_from)

    @property
    def reliability_from(self) -> str:
        """Where the reliability came from, in words."""
        return standard_texts().said(self._reliability_from)

    @property
    def confidence(self) -> float | None:
        """The level: share of unchanged clients that stay within; ``None`` by a published change of unknown level."""
        if self.published is not None:
            return self.published.confidence
        return 2 * NormalDist().cdf(self.critical) - 1

    @property
    def difference(self) -> NDArray[np.float64]:
        """Distance from the expectation, in points and in the direction of the scores."""
        return self.after - self.expected

    @property
    def interval(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Lower and upper end of an interval around the difference, ``smallest`` to each side."""
        return self.difference - self.smallest, self.difference + self.smallest

    @property
    def signs(self) -> NDArray[np.int8]:
        """1 where a client improved reliably, -1 where one deteriorated, 0 otherwise or where it is not known."""
        gain = self.difference if self.higher_is_better else -self.difference
        # A tie with a published change counts; a tie with a critical value does not.
        least = self.smallest + (self.tolerance if self.published is None else -self.tolerance)
        signs = np.zeros(gain.shape, dtype=np.int8)
        with np.errstate(invalid="ignore"):
            signs[gain > least] = 1
            signs[gain < -least] = -1
        return signs

    @property
    def directions(self) -> tuple[Direction, ...]:
        """Which way each client changed reliably."""
        words = {1: Direction.IMPROVED, 0: Direction.UNCHANGED, -1: Direction.DETERIORATED}
        computable = np.isfinite(self.index)
        return tuple(
            words[int(sign)] if seen else Direction.NOT_KNOWN for sign, seen in zip(self.signs, computable, strict=True)
        )

    def to_frame(self, kind: str = "polars") -> IntoFrame:
        """One row per client, in the order given: before, after, difference, index and direction.

        Args:
            kind: ``polars``, ``pandas``, ``pyarrow`` or ``duckdb``.

        Raises:
            InvalidValueError: if the kind is not known.
        """
        return as_table(self.columns(), kind)

    def columns(self) -> dict[str, Sequence[object]]:
        """The columns of that table."""
        numbers = {name: getattr(self, name).tolist() for name in ("before", "after", "difference", "index")}
        return numbers | {"direction": [word.value for word in self.directions]}

    @property
    def judged_by(self) -> str:
        """What a change had to exceed, and where that comes from, in words."""
        return standard_texts().said(self.judged_phrase)

    @property
    def judged_phrase(self) -> Phrase:
        """The same, to be said in the texts of any language."""
        if self.published is not None:
            has_level = self.published.confidence is not None
            return Phrase(
                "measure.published",
                points=f"{self.smallest:.3g}",
                level=self.published.level if has_level else Phrase("measure.level_not_known"),
                sources=tuple(self.published.citations) or Phrase("measure.no_source"),
            )
        return Phrase(
            "measure.computed",
            points=f"{self.smallest:.3g}",
            sd=f"{self.sd:.3g}",
            sd_from=self._sd_from,
            reliability=f"{self.reliability:.3g}",
            reliability_from=self._reliability_from,
        )

    def __repr__(self) -> str:
        counts = {word: self.directions.count(word) for word in Direction}
        outcomes = ", ".join(f"{count} {word.label}" for word, count in counts.items() if count)
        risk = "; asks about risk: see risk_note" if self.risk_note else ""
        return f"ReliableChange({self.method}: {outcomes}; {self.judged_by}{risk})"

    def __str__(self) -> str:
        return "\n".join([repr(self), *([self.risk_note] if self.risk_note else [])])


def reliable_change(
    before: ArrayLike | Sequence[Score | None],
    after: ArrayLike | Sequence[Score | None],
    *,
    instrument: str | Instrument | None = None,
    published: PublishedChange | None = None,
    reliability: float | None = None,
    reliability_after: float | None = None,
    sd: float | None = None,
    mean_before: float | None = None,
    mean_after: float | None = None,
    higher_is_better: bool | None = None,
    method: ChangeMethod | str | None = None,
    critical: float | None = None,
) -> ReliableChange:
    """Judge the change of clients against the error of the measure, or against a published smallest change.

    Args:
        before: First score of each client, shape (clients,); NaN where missing. Numbers, or what `score` gives: then
            all are of one instrument and one scale, a score without a value is missing, and the direction is known.
        after: Later score of each client, same shape.
        instrument: The instrument, which gives the direction and, if it has a verified one, the reliability. Its
            scores are all totals or all means of the items; for a subscale leave it out and give the direction.
        published: The published change to judge by, such as one of ``instrument("phq-9").reliable_changes``; it is one
            of totals. With ``method="published"`` and no such choice it is the only one of the instrument.
        reliability: Reliability of the scores, above 0 and below 1; ``None`` for that of the instrument.
        reliability_after: Reliability of the later scores, by Nunnally and Kotsch; ``None`` for the same.
        sd: Standard deviation of the scores; ``None`` for that of the first scores of clients who have both.
        mean_before: Mean of the first scores; ``None`` for that of the clients who have both. Not used by
            Jacobson and Truax.
        mean_after: Mean of the later scores; likewise, used by Hsu, Linn and Lord and by Hageman and Arrindell.
        higher_is_better: Direction of the scores; needed for numbers without an instrument.
        method: How it is judged; ``None`` for Jacobson and Truax, or for ``published`` where that is given.
        critical: Size of the index that must be exceeded; ``None`` for 1.96, and for 1.65 by Hageman and Arrindell.

    Raises:
        InvalidValueError: if the reliability is neither given nor verified for the instrument, the direction is not
            known, the scores do not fit each other or the instrument, a number lies outside its bounds or is not used
            by the method, or there is not one published change to judge by.

    Source:
        jacobson_truax1991 (verified), speer1992, hsu1989, speer_greenbaum1995, nunnally_kotsch1983,
        hageman_arrindell1999 (from memory, high confidence; formulas verified in clinicalsignificance_r).

    Examples:
        >>> result = reliable_change([12, 30, 22], [25, 29, 12], instrument="wai-sr", reliability=0.9, sd=8)
        >>> [word.label for word in result.directions]
        ['improved', 'unchanged', 'deteriorated']
        >>> reliable_change([18, 14], [12, 9], instrument="core-10", method="published")
        ReliableChange(published: 1 improved, 1 unchanged; 6 points or more; 90%, barkham2013; asks about risk: see risk_note)
    """  # noqa: E501 -- a line is one statement
    chosen = None if instrument is None else resolved(instrument)
    how = ChangeMethod(method or (ChangeMethod.JACOBSON_TRUAX if published is None else ChangeMethod.PUBLISHED))
    first, later = score_pairs(before, after)
    rated = shared_scale(chosen, before, after)
    direction = direction_of(chosen, higher_is_better, rated)
    both = np.isfinite(first) & np.isfinite(later)
    scale = range_of_scores(chosen, np.concatenate([first, later])) or rated
    paired = np.concatenate([first[both], later[both]])
    span = float(np.ptp(paired)) if paired.size else 0.0
    tolerance = TOLERANCE * (scale.range if scale else span)
    note = _risk(chosen, after)
    unused = _unused(
        how,
        published=published, reliability=reliability, reliability_after=reliability_after, sd=sd, critical=critical,
        mean_before=mean_before, mean_after=mean_after,
    )  # fmt: skip
    if unused:
        raise InvalidValueError("not used by this method", where=", ".join(unused), bound=f"left out by {how.value}")
    if how is ChangeMethod.PUBLISHED:
        least = _published(chosen, published)
        if chosen is not None and rated is not None and rated != chosen.total:
            raise InvalidValueError(
                "a published change is one of totals", where="before, after", value=str(rated), bound=str(chosen.total)
            )
        return ReliableChange(
            before=first, after=later, expected=first, index=(later - first) / least.value, smallest=least.value,
            standard_error=None, critical=1.0, method=how, higher_is_better=direction, sd=None,
            sd_from=_NOT_USED, reliability=None, reliability_from=_NOT_USED, published=least, risk_note=note,
            tolerance=tolerance,
        )  # fmt: skip
    r, r_from = reliability_of(chosen, reliability)
    s, s_from = spread_of(first[both], sd)
    uses_start = how is not ChangeMethod.JACOBSON_TRUAX
    uses_end = how in (ChangeMethod.HSU_LINN_LORD, ChangeMethod.HAGEMAN_ARRINDELL)
    sample = Sample(
        before=first,
        sd=s,
        reliability=r,
        reliability_after=r if reliability_after is None else bounded(reliability_after, "reliability_after", 0.0, 1.0),
        mean_before=mean_of(first[both], mean_before, "mean_before") if uses_start else math.nan,
        mean_after=mean_of(later[both], mean_after, "mean_after") if uses_end else math.nan,
        variance_of_differences=_variance(later[both] - first[both])
        if how is ChangeMethod.HAGEMAN_ARRINDELL
        else math.nan,
    )
    expected, error = expectation(how, sample)
    outside = how.critical if critical is None else bounded(critical, "critical", 0.0, math.inf)
    return ReliableChange(
        before=first, after=later, expected=expected, index=(later - expected) / error, smallest=outside * error,
        standard_error=error, critical=outside, method=how, higher_is_better=direction, sd=s, sd_from=s_from,
        reliability=r, reliability_from=r_from, risk_note=note, tolerance=tolerance,
    )  # fmt: skip


def _unused(how: ChangeMethod, **given: object) -> list[str]:
    """The arguments that were given and that the method does not use."""
    used = {"reliability", "sd", "critical", "mean_before", "mean_after"}
    if how is ChangeMethod.NUNNALLY_KOTSCH:
        used.add("reliability_after")
    if how is ChangeMethod.PUBLISHED:
        used = {"published"}
    return [name for name, value in given.items() if value is not None and name not in used]


def _variance(differences: NDArray[np.float64]) -> float:
    if differences.size < 2:
        raise InvalidValueError(
            "the variance of differences needs at least two clients with both scores",
            where="method",
            value=str(differences.size),
            hint="choose another method",
        )
    return float(differences.var(ddof=1))


def _published(instrument: Instrument | None, given: PublishedChange | None) -> PublishedChange:
    """The published change that was given, or the only one of the instrument."""
    if given is not None:
        if not isinstance(given, PublishedChange):
            raise InvalidValueError(
                "not a published change", where="published", value=shown(given), bound="a PublishedChange"
            )
        return given
    changes = () if instrument is None else instrument.reliable_changes
    if len(changes) == 1:
        return changes[0]
    whose = "" if instrument is None else f" of {instrument.id}"
    choices = ", ".join(f"{change.value:g} points ({change.level})" for change in changes)
    raise InvalidValueError(
        f"there are several published changes{whose}" if changes else f"no published change{whose} is known",
        where="published",
        value=choices or None,
        hint="give published=, one of reliable_changes of the instrument"
        if changes
        else "give published=PublishedChange(value=..., confidence=..., status=...)",
    )


def _risk(instrument: Instrument | None, after: object) -> str | None:
    """What was answered at the later scores to items that ask about risk, or that totals do not show it."""
    scores = [score for score in after if isinstance(score, Score)] if isinstance(after, Iterable) else []
    name = scores[0].instrument if scores else None
    form = instrument or next((form for form in instruments() if form.id == name), None)
    if form is None:
        return None
    return risk_note(form, [score.risk for score in scores]) if scores else risk_of_totals(form)
