"""What the scores of a panel are scores of: construct, direction, range, rater and timing, from what was stated."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl
from attrs import frozen

from therarel.domain.ratings import Construct, Rater, RatingScale, Timing
from therarel.errors import InvalidValueError, as_number, shown
from therarel.measures.instrument import Instrument
from therarel.measures.plan import resolved
from therarel.panels.terms import ScaleSource, SessionIndex

_GAP: Final = "the largest gap between neighbouring sessions, above 0"


@frozen
class Meaning:
    """All that is known about the scores before one of them is read.

    Args:
        instrument: Id of the instrument; ``None`` if not stated.
        construct: What the scores are scores of; ``None`` if not known.
        higher_is_better: Direction of the scores.
        scales: The ranges the scores may have: the one that was given, or those of the instrument's total and
            item mean; empty if nobody knows.
        source: Where ``scales`` comes from.
        rater: Who rated, if one rater is stated.
        timing: Before or after the session; ``None`` if not known.
        index: What the session column counts.
        max_gap: Largest distance of two sessions that are still neighbours; ``None`` if unlimited.
        sessions: Sessions that have names, and their numbers; ``None`` if none has.
        date_format: The form of dates; ``None`` for ISO 8601.
        form: The instrument itself, one of the library's or one's own; ``None`` if not stated.
    """

    instrument: str | None
    construct: Construct | None
    higher_is_better: bool
    scales: tuple[RatingScale, ...]
    source: ScaleSource
    rater: Rater | None
    timing: Timing | None
    index: SessionIndex
    max_gap: float | None
    sessions: Mapping[str, float] | None = None
    date_format: str | None = None
    form: Instrument | None = None

    def scale_for(self, scores: pl.Series) -> tuple[RatingScale, ScaleSource]:
        """The range of the panel, seen beside its scores.

        An instrument has a range for its total and one for its item mean; the one that holds more of the scores
        is meant, and the total where both hold as many.

        Raises:
            InvalidValueError: if no range is stated and the scores, being all the same, do not show one.
        """
        if self.scales:
            held = [scores.is_between(scale.minimum, scale.maximum).sum() for scale in self.scales]
            return self.scales[held.index(max(held))], self.source
        low, high = scores.min(), scores.max()
        if not isinstance(low, float) or not isinstance(high, float) or not low < high:
            raise InvalidValueError(
                "the range of the scores is not known and does not show in the data",
                where="scale",
                value=None if not isinstance(low, float) else f"only {low:g}",
                hint="give scale=(lowest, highest) or instrument=...",
            )
        return RatingScale(low, high, self.higher_is_better), ScaleSource.OBSERVED


def resolve(
    *,
    instrument: str | Instrument | None,
    construct: Construct | str | None,
    scale: RatingScale | Sequence[float] | None,
    higher_is_better: bool | None,
    rater_is: Rater | str | None,
    timing: Timing | str | None,
    index: SessionIndex | str | None,
    max_gap: float | None,
    sessions: Mapping[str, float] | None = None,
    date_format: str | None = None,
) -> Meaning:
    """Bring together what was stated and what the instrument's data state.

    Raises:
        InvalidValueError: if no direction is known, two statements contradict each other, or ``max_gap`` is not
            a number above 0.
        UnknownNameError: if the instrument, or a term, is not known.
    """
    known = None if instrument is None else resolved(instrument)
    better = _agreed(
        "higher_is_better",
        {
            "the instrument": None if known is None else known.higher_is_better,
            "scale": scale.higher_is_better if isinstance(scale, RatingScale) else None,
            "higher_is_better": higher_is_better,
        },
    )
    if better is None:
        raise InvalidValueError(
            "it is not known whether a higher score is better",
            where="higher_is_better",
            hint="give instrument='...', such as 'wai-sr' or 'phq-9', or higher_is_better=True or False",
        )
    if better is not True and better is not False:
        raise InvalidValueError("the direction is True or False", where="higher_is_better", value=shown(better))
    what = _agreed(
        "construct",
        {
            "the instrument": None if known is None else known.construct,
            "construct": None if construct is None else Construct(construct),
        },
    )
    gap = None if max_gap is None else as_number(max_gap, where="max_gap", minimum=math.ulp(0.0), hint=_GAP)
    scales, source = _ranges(known, scale, better)
    return Meaning(
        instrument=None if known is None else known.id,
        construct=what if isinstance(what, Construct) else None,
        higher_is_better=better,
        scales=scales,
        source=source,
        rater=_rater(known, rater_is),
        # An instrument states when it is usually answered; a model needs to know when these scores were.
        timing=None if timing is None else Timing(timing),
        index=_index(index, date_format),
        max_gap=gap,
        sessions=None if sessions is None else _sessions(sessions),
        date_format=date_format,
        form=known,
    )


def _index(index: SessionIndex | str | None, date_format: str | None) -> SessionIndex:
    if index is None:
        return SessionIndex.ATTENDED if date_format is None else SessionIndex.DATED
    chosen = SessionIndex(index)
    if date_format is not None and chosen is not SessionIndex.DATED:
        raise InvalidValueError(
            f"a form of dates says nothing about {chosen.label} sessions", where="date_format", hint="say index='dated'"
        )
    return chosen


def _sessions(sessions: Mapping[str, float]) -> Mapping[str, float]:
    """Sessions that have names, and their numbers.

    Raises:
        InvalidValueError: if it is not a mapping from text to finite numbers.
    """
    given: object = sessions  # whatever a caller without a type checker may pass
    if not isinstance(given, Mapping) or not all(isinstance(name, str) for name in given):
        raise InvalidValueError(
            "named sessions are a mapping from their names to numbers",
            where="sessions",
            value=shown(sessions),
            hint="such as sessions={'Week 3': 3}",
        )
    return {name: as_number(number, where=f"sessions[{shown(name)}]") for name, number in sessions.items()}


def _rater(known: Instrument | None, stated: Rater | str | None) -> Rater | None:
    """The rater that was stated, else the only one who can answer the instrument."""
    if stated is not None:
        return Rater(stated)
    if known is not None and len(known.respondents) == 1:
        return known.respondents[0]
    return None


def _ranges(
    known: Instrument | None, scale: RatingScale | Sequence[float] | None, better: bool
) -> tuple[tuple[RatingScale, ...], ScaleSource]:
    published = () if known is None else (known.total, known.mean_scale)
    ranges = tuple(dict.fromkeys(each for each in published if each is not None))
    if scale is None:
        return ranges, ScaleSource.INSTRUMENT if ranges else ScaleSource.OBSERVED
    if isinstance(scale, RatingScale):
        given = scale
    else:
        ends = tuple(scale) if hasattr(scale, "__iter__") else ()
        if len(ends) != 2:
            raise InvalidValueError(
                "a scale is its lowest and its highest possible score",
                where="scale",
                value=shown(scale),
                hint="such as scale=(1, 5)",
            )
        given = RatingScale(ends[0], ends[1], better)
    if given.step is None:  # an instrument with the same range knows the step
        given = next((each for each in ranges if (each.minimum, each.maximum) == (given.minimum, given.maximum)), given)
    return (given,), ScaleSource.GIVEN


def _agreed(what: str, statements: dict[str, object]) -> object:
    """The one value that all statements share; ``None`` where none was made."""
    made = {who: value for who, value in statements.items() if value is not None}
    if len(set(made.values())) > 1:
        raise InvalidValueError(
            "statements contradict each other",
            where=what,
            value=", ".join(f"{who}: {value}" for who, value in made.items()),
            hint="leave one of them out, or correct it",
        )
    return next(iter(made.values()), None)
