"""Signs that answers belong to another form or were recorded another way.

A sign is not proof: it names what the answers look like and what would settle it. Scoring a table warns of each;
values that lie outside the scale are invalid whatever the sign says.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import Final

from attrs import frozen

from therarel.errors import shown
from therarel.measures.catalogue import instruments
from therarel.measures.instrument import Instrument
from therarel.measures.scales import ScaleKind
from therarel.representation import one_line
from therarel.vocabulary import Vocabulary

# With fewer rows a range that happens not to be used, or a correlation of either sign, means nothing.
_ENOUGH_ROWS: Final = 30

_MOST_NAMED: Final = 3


class ScoringWarning(UserWarning):
    """The answers of a table look as if they belonged to another form or were recorded another way."""


class Sign(Vocabulary, links={}):
    """What answers look like."""

    OTHER_INSTRUMENT = "other_instrument"
    ZERO_BASED = "zero_based"
    ONE_BASED = "one_based"
    POSITIONS_RECORDED = "positions_recorded"
    ALREADY_TURNED = "already_turned"
    SPARE_ITEMS = "spare_items"


@frozen(kw_only=True)
class Suspicion:
    """One sign, in words.

    Args:
        sign: What the answers look like.
        says: What was seen and what would settle it, as a sentence.

    Examples:
        >>> Suspicion(sign=Sign.ZERO_BASED, says="Answers run from 0 to 4 on a scale of 1 to 5.").sign.label
        'zero based'
    """

    sign: Sign
    says: str

    __repr__ = one_line

    def __str__(self) -> str:
        return self.says


def signs_in(
    instrument: Instrument,
    lowest: float,
    highest: float,
    n_rows: int,
    answers: Sequence[Sequence[float]] = (),
) -> tuple[Suspicion, ...]:
    """The signs in the answers of many responses.

    Args:
        instrument: What they were taken for.
        lowest: Lowest answer of all.
        highest: Highest answer of all.
        n_rows: Number of responses.
        answers: Complete responses as recorded, one row per response, nothing turned; a sample is enough.

    Examples:
        >>> from therarel.measures import instrument
        >>> [str(found.sign) for found in signs_in(instrument("wai-sr"), 0, 4, 50)]
        ['zero_based']
    """
    suspicions = [*_of_range(instrument, lowest, highest, n_rows), *_of_direction(instrument, answers)]
    return tuple(suspicions)


def spare_items(instrument: Instrument, columns: Sequence[str]) -> tuple[Suspicion, ...]:
    """The sign in columns that are numbered like items which the instrument does not have.

    Examples:
        >>> from therarel.measures import instrument
        >>> print(spare_items(instrument("gad-7"), ["item8", "item9"])[0].says)
        Columns 'item8', 'item9' are numbered like items, and gad-7 has 7 items. If they are items of one form, it is another one; otherwise name the item columns.
    """  # noqa: E501 -- a sentence is one line
    if not columns:
        return ()
    named = ", ".join(map(shown, columns[:_MOST_NAMED])) + (", ..." if len(columns) > _MOST_NAMED else "")
    are = "Columns {} are" if len(columns) > 1 else "Column {} is"
    it = "they are items" if len(columns) > 1 else "it is an item"
    of = "one form, it is another one" if len(columns) > 1 else "the same form, that is another one"
    return (
        Suspicion(
            sign=Sign.SPARE_ITEMS,
            says=f"{are.format(named)} numbered like {'items' if len(columns) > 1 else 'an item'}, and "
            f"{instrument.id} has {instrument.n_items} items. If {it} of {of}; otherwise name the item columns.",
        ),
    )


def _of_range(instrument: Instrument, lowest: float, highest: float, n_rows: int) -> list[Suspicion]:
    scale = instrument.item_scale
    if scale.kind is not ScaleKind.POINTS or scale.status.unverified:
        return []
    seen = f"Answers run from {lowest:g} to {highest:g}; {instrument.id} has {scale}."
    if lowest == scale.minimum - 1 and highest <= scale.maximum - 1:
        return [
            Suspicion(
                sign=Sign.ZERO_BASED,
                says=f"{seen} They look numbered from {lowest:g}; if so, add 1 to each.",
            )
        ]
    if highest == scale.maximum + 1 and lowest >= scale.minimum + 1:
        return [
            Suspicion(
                sign=Sign.ONE_BASED,
                says=f"{seen} They look numbered from {scale.minimum + 1:g}; if so, subtract 1 from each.",
            )
        ]
    if scale.minimum == 0 and lowest == 1 < highest <= scale.maximum and n_rows >= _ENOUGH_ROWS:
        return [
            Suspicion(
                sign=Sign.ONE_BASED,
                says=f"{seen} In {n_rows} responses no answer is 0. They look numbered from 1, with nobody at the top; "
                "if so, subtract 1 from each.",
            )
        ]
    others = _others_with_scale(instrument, lowest, highest)
    if highest > scale.maximum and others:
        return [Suspicion(sign=Sign.OTHER_INSTRUMENT, says=f"{seen} {others} would fit; its key is another one.")]
    if n_rows >= _ENOUGH_ROWS and others and _narrower(instrument, highest):
        return [
            Suspicion(
                sign=Sign.OTHER_INSTRUMENT,
                says=f"{seen} In {n_rows} responses no answer is above {highest:g}. {others} would fit as well; "
                f"its key is another one.",
            )
        ]
    return []


def _siblings(instrument: Instrument) -> list[Instrument]:
    return [
        other
        for other in instruments()
        if other.id != instrument.id
        and other.concept is not None
        and other.concept == instrument.concept
        and other.n_items == instrument.n_items
        and other.item_scale != instrument.item_scale
    ]


def _others_with_scale(instrument: Instrument, lowest: float, highest: float) -> str:
    fitting = [other for other in _siblings(instrument) if lowest in other.item_scale and highest in other.item_scale]
    return ", ".join(f"{other.id} ({other.item_scale})" for other in fitting)


def _narrower(instrument: Instrument, highest: float) -> bool:
    return any(highest == other.item_scale.maximum < instrument.item_scale.maximum for other in _siblings(instrument))


def _of_direction(instrument: Instrument, answers: Sequence[Sequence[float]]) -> list[Suspicion]:
    suspicions = []
    correlation = _correlation(answers, instrument.print_order_flipped)
    if correlation < -_noise(answers):
        listed = ", ".join(map(str, instrument.print_order_flipped))
        suspicions.append(
            Suspicion(
                sign=Sign.POSITIONS_RECORDED,
                says=f"Items {listed} of {instrument.id} run against the others. Their printed form lists the highest "
                "anchor first; if positions were recorded, score with recorded_as='position'.",
            )
        )
    correlation = _correlation(answers, instrument.reversed_items)
    if correlation > _noise(answers):
        listed = ", ".join(map(str, instrument.reversed_items))
        suspicions.append(
            Suspicion(
                sign=Sign.ALREADY_TURNED,
                says=f"The reversed items {listed} of {instrument.id} run along with the others; "
                "they look turned already.",
            )
        )
    return suspicions


def _correlation(answers: Sequence[Sequence[float]], items: Sequence[int]) -> float:
    """Correlation of the mean of some items with the mean of the others; zero where it says nothing."""
    if not items or len(answers) < _ENOUGH_ROWS:
        return 0.0
    chosen = {item - 1 for item in items}
    chosen_means = [statistics.fmean(row[index] for index in chosen) for row in answers]
    others = [index for index in range(len(answers[0])) if index not in chosen]
    other_means = [statistics.fmean(row[index] for index in others) for row in answers]
    if min(chosen_means) == max(chosen_means) or min(other_means) == max(other_means):
        return 0.0
    return statistics.correlation(chosen_means, other_means)


def _noise(answers: Sequence[Sequence[float]]) -> float:
    # Twice the standard error of a correlation of zero: a weaker one may be noise.
    return 2 / math.sqrt(max(1, len(answers) - 1))
