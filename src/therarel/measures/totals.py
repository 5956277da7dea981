"""Stated totals against the items: recompute, compare, and name the rows that contradict each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, cast

from attrs import evolve, frozen

from therarel.domain.risk import RiskAnswer
from therarel.errors import InvalidValueError, as_number
from therarel.extras import needs
from therarel.measures.answers import Answer, AnswerReader, Recording
from therarel.measures.headings import Items
from therarel.measures.instrument import Instrument
from therarel.measures.keys import Metric
from therarel.measures.missing import Prorate, Strict
from therarel.measures.plan import resolved
from therarel.measures.responses import Responses, read_response
from therarel.measures.scoring import score
from therarel.tables.missing import is_nothing

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

# Totals are stated with one or two decimals at most.
_TOLERANCE: Final = 0.005 + 1e-9


@frozen(kw_only=True)
class Contradiction:
    """A row whose stated total is not the one that its items give.

    Args:
        row: Place of the row, from 0.
        stated: The total that was stated.
        recomputed: The total of the items; ``None`` where they give none.
        would_fit: What the stated total would be the result of, in words; empty where nothing known fits.
        risk: What the items say to each one that asks about risk.

    Examples:
        >>> answers = [[1, 7, 2, 1, 7, 6, 5, 7, 6, 2, 7, 6]]
        >>> contradictions("wai-s", answers, [57], rater="client")[0].would_fit[0]
        'the reversed items were not turned'
    """

    row: int
    stated: float
    recomputed: float | None
    would_fit: tuple[str, ...]
    risk: tuple[RiskAnswer, ...] | None = ()


def contradictions(
    instrument: str | Instrument,
    responses: Sequence[Responses] | IntoFrame,
    stated: Sequence[float | None] | str,
    *,
    rater: str | None = None,
    subscale: str | None = None,
    items: Items | None = None,
    words: Mapping[str, Answer] | None = None,
) -> tuple[Contradiction, ...]:
    """The rows whose stated total is not what the items give.

    Args:
        instrument: The instrument or its identifier.
        responses: The answers, one entry per row, as for `score`; or a table of any dataframe kind.
        stated: The stated totals in the same order, ``None`` or NaN where none was stated; or their column in the
            table.
        rater: Who answered; needed where the instrument has several respondents.
        subscale: Compare this subscale instead of the total.
        items: The item columns of the table, as for `score`.
        words: Words for answers beyond the anchors known, as for `score`.

    Raises:
        InvalidValueError: if the two are not of the same length, a total is not a number, or the items of the
            instrument are not scored.
        UnknownNameError: if there is no such subscale or column.

    Examples:
        >>> contradictions("gad-7", [[1] * 7, [2] * 7], [7, 14])
        ()
    """
    chosen = resolved(instrument)
    if chosen.why_not_scorable:
        raise InvalidValueError(chosen.why_not_scorable)
    rows, totals = _rows(chosen, responses, stated, items)
    if len(rows) != len(totals):
        raise InvalidValueError(
            "there is one stated total for each response",
            value=f"{len(totals)} totals",
            bound=f"{len(rows)}, with None where none was stated",
        )
    if subscale is not None:
        chosen.subscale(subscale)
    if words:
        reader = AnswerReader.of(chosen, words=words)
        rows = [read_response(chosen, answers, reader) for answers in rows]
    contradictions = []
    for row, (answers, value) in enumerate(zip(rows, totals, strict=True)):
        total = _stated(value, row)
        if total is None:
            continue
        recomputed = _recomputed(chosen, answers, rater, subscale)
        if recomputed is None or abs(recomputed - total) > _TOLERANCE:
            fits = _would_fit(chosen, answers, rater, subscale, total)
            risk = score(chosen, answers, rater=rater).risk
            contradictions.append(
                Contradiction(row=row, stated=total, recomputed=recomputed, would_fit=fits, risk=risk)
            )
    return tuple(contradictions)


def common_cause(contradicted: Sequence[Contradiction]) -> str | None:
    """The one mistake that would explain every contradiction, in words; ``None`` if none would, or there is none.

    Several may: then the first of those that are looked for is named.

    Examples:
        >>> rows = [[1, 0, 2, 3, 0, 1, 1], [0, 3, 1, 1, 2, 0, 2]]
        >>> common_cause(contradictions("gad-7", rows, [1.142857, 1.285714]))
        'a mean was stated'
    """
    if not contradicted:
        return None
    shared = [
        words
        for words in contradicted[0].would_fit
        if all(words in contradiction.would_fit for contradiction in contradicted)
    ]
    return shared[0] if shared else None


def _stated(total: object, row: int) -> float | None:
    if is_nothing(total):
        return None
    return as_number(total, where=f"stated, row {row}", hint="make texts numbers; None where none was stated")


def _rows(
    instrument: Instrument,
    responses: Sequence[Responses] | IntoFrame,
    stated: Sequence[float | None] | str,
    items: Items | None,
) -> tuple[Sequence[Responses], Sequence[float | None]]:
    if isinstance(responses, Sequence) and not isinstance(stated, str):
        return responses, stated
    with needs("comparing totals of a table"):
        from therarel.measures.tables import rows_and_totals
    return rows_and_totals(instrument, cast("IntoFrame", responses), stated, items)


def _recomputed(
    instrument: Instrument,
    answers: Responses,
    rater: str | None,
    subscale: str | None,
    *,
    metric: Metric | None = None,
    missing: Strict | Prorate = Strict(),  # noqa: B008 -- a frozen value
    recorded_as: Recording = Recording.ANCHOR,
) -> float | None:
    result = score(instrument, answers, rater=rater, metric=metric, missing=missing, recorded_as=recorded_as)
    if subscale is None:
        return result.value
    return next(part.value for part in result.subscales if part.name == subscale)


def _would_fit(
    instrument: Instrument, answers: Responses, rater: str | None, subscale: str | None, total: float
) -> tuple[str, ...]:
    """Known mistakes that lead to the stated total, in words."""
    assert instrument.key is not None  # checked: the items are scored
    assert instrument.scoring is not None
    other = Metric.MEAN if instrument.scoring.metric is Metric.SUM else Metric.SUM
    mistakes = {
        f"a {other} was stated": _recomputed(instrument, answers, rater, subscale, metric=other),
        "missing items were filled in": _recomputed(
            instrument, answers, rater, subscale, missing=Prorate(1 / instrument.n_items)
        ),
        "missing items were left out of the sum": _bare_sum(instrument, answers, rater, subscale),
    }
    if instrument.reversed_items:
        plain = evolve(instrument, key=evolve(instrument.key, reversed_items=()))
        mistakes["the reversed items were not turned"] = _recomputed(plain, answers, rater, subscale)
    if instrument.print_order_flipped:
        mistakes["the answers are positions on the printed form"] = _recomputed(
            instrument, answers, rater, subscale, recorded_as=Recording.POSITION
        )
    read = list(read_response(instrument, answers, AnswerReader.of(instrument)))
    for first in range(1, instrument.n_items):
        swapped = read.copy()
        swapped[first - 1], swapped[first] = read[first], read[first - 1]
        if swapped != read:
            words = f"items {first} and {first + 1} were swapped"
            mistakes[words] = _recomputed(instrument, swapped, rater, subscale)
    return tuple(words for words, value in mistakes.items() if value is not None and abs(value - total) <= _TOLERANCE)


def _bare_sum(instrument: Instrument, answers: Responses, rater: str | None, subscale: str | None) -> float | None:
    mean = _recomputed(
        instrument, answers, rater, subscale, metric=Metric.MEAN, missing=Prorate(1 / instrument.n_items)
    )
    if mean is None:
        return None
    gaps = {gap.item for gap in score(instrument, answers, rater=rater).missing}
    items = range(1, instrument.n_items + 1) if subscale is None else instrument.subscale(subscale).items
    return mean * sum(item not in gaps for item in items)
