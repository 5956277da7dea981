"""Internal consistency from one's own data: alpha, omega and item-rest correlations, with bootstrap intervals.

Sessions of one client are not independent rows: alpha over pooled sessions mixes what differs between clients with
what differs between sessions. So there is one row per dyad, or the two levels are separated.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from therarel.errors import InvalidValueError, as_whole, is_number, shown
from therarel.measures.consistency_values import Consistency, Estimate, ItemRest, Level, alpha_of, omega_of
from therarel.measures.instrument import Instrument
from therarel.measures.plan import resolved
from therarel.measures.scales import ScaleKind
from therarel.tables.arrays import Floats
from therarel.tables.frames import refuse_other_order


def internal_consistency(
    answers: ArrayLike,
    *,
    dyads: Sequence[Hashable],
    instrument: str | Instrument | None = None,
    subscale: str | None = None,
    confidence: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Consistency:
    """Alpha and omega from one row per dyad.

    Args:
        answers: Answers, shape (rows, items), NaN where missing; rows with a gap are left out and counted. With an
            instrument as recorded (reversed items are turned here) and on its scale, without one already turned.
        dyads: Label of the dyad of each row, length rows; each may occur once.
        instrument: The instrument that the columns are the items of.
        subscale: Only the items of this subscale.
        confidence: Coverage of the percentile bootstrap intervals, above 0 and below 1.
        resamples: Number of bootstrap samples of dyads.
        seed: Seed of the bootstrap.

    Raises:
        InvalidValueError: if a dyad has several rows (pooled sessions), there are fewer than three complete rows or
            two items, an answer is impossible on the scale of the instrument, or the shapes do not fit.

    Source:
        cronbach1951, mcdonald1999 (from memory, high confidence).

    Examples:
        >>> internal_consistency([[1, 2], [2, 3], [3, 3]], dyads=["a", "a", "b"])
        Traceback (most recent call last):
            ...
        therarel.errors.InvalidValueError: dyads: a dyad has several rows; alpha and omega over pooled sessions mix differences between clients with differences between sessions, got 3 rows of 2 dyads. Hint: take one session per dyad, or use consistency_by_level
    """  # noqa: E501 -- a message is one line
    complete, labels, numbers, left_out = _prepared(answers, dyads, instrument, subscale)
    n_dyads = len(set(labels))
    if n_dyads != len(labels):
        raise InvalidValueError(
            "a dyad has several rows; alpha and omega over pooled sessions mix differences between clients with "
            "differences between sessions",
            where="dyads",
            value=f"{len(labels)} rows of {n_dyads} dyads",
            hint="take one session per dyad, or use consistency_by_level",
        )
    covariance = np.cov(complete, rowvar=False)
    weights = _weights(n_dyads, resamples, seed)
    centred = complete - complete.mean(axis=0)
    products = np.einsum("ni,nj->nij", centred, centred).reshape(n_dyads, -1)
    size = covariance.shape[0]
    means = weights @ centred / n_dyads
    moments = (weights @ products).reshape(-1, size, size)
    drawn = (moments - n_dyads * np.einsum("bi,bj->bij", means, means)) / (n_dyads - 1)
    return _consistency(
        Level.SINGLE,
        covariance,
        drawn,
        numbers,
        confidence,
        n_dyads=n_dyads,
        n_rows=n_dyads,
        left_out=left_out,
    )


def consistency_by_level(
    answers: ArrayLike,
    *,
    dyads: Sequence[Hashable],
    instrument: str | Instrument | None = None,
    subscale: str | None = None,
    confidence: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> tuple[Consistency, Consistency]:
    """Alpha and omega within and between dyads, from repeated sessions.

    The covariances of the two levels are separated by analysis of variance; dyads are drawn as a whole for the
    intervals. Means of few sessions leave the between level uncertain: read its interval.

    Args:
        answers: Answers, shape (rows, items), NaN where missing, as for `internal_consistency`.
        dyads: Label of the dyad of each row.
        instrument: The instrument that the columns are the items of.
        subscale: Only the items of this subscale.
        confidence: Coverage of the intervals.
        resamples: Number of bootstrap samples of dyads.
        seed: Seed of the bootstrap.

    Returns:
        The consistency within and the consistency between dyads.

    Raises:
        InvalidValueError: if no dyad has two complete rows, there are fewer than three dyads or two items, an answer is
            impossible on the scale of the instrument, or the shapes do not fit.

    Source:
        geldhof2014 (from memory, high confidence).

    Examples:
        >>> rng = np.random.default_rng(1)
        >>> person, moment = rng.normal(size=(60, 1, 1)), rng.normal(size=(60, 5, 1))
        >>> answers = (person + moment + rng.normal(size=(60, 5, 4))).reshape(300, 4)
        >>> within, between = consistency_by_level(answers, dyads=np.repeat(np.arange(60), 5).tolist(), resamples=50)
        >>> within.alpha.value < between.alpha.value
        True
    """
    complete, labels, numbers, left_out = _prepared(answers, dyads, instrument, subscale)
    index_of = {label: index for index, label in enumerate(dict.fromkeys(labels))}
    codes = np.array([index_of[label] for label in labels])
    n_dyads, n_rows, size = len(index_of), len(labels), complete.shape[1]
    if n_dyads == n_rows:
        raise InvalidValueError(
            "no dyad has two complete rows, so there is no level within", where="dyads", hint="use internal_consistency"
        )
    if n_dyads < 3:
        raise InvalidValueError("the level between needs at least three dyads", value=str(n_dyads))
    counts = np.bincount(codes, minlength=n_dyads).astype(np.float64)
    sums = np.stack([np.bincount(codes, weights=column, minlength=n_dyads) for column in complete.T], axis=1)
    means = sums / counts[:, None]
    apart = complete - means[codes]
    within_products = np.zeros((n_dyads, size * size))
    np.add.at(within_products, codes, np.einsum("ni,nj->nij", apart, apart).reshape(n_rows, -1))
    whole = np.ones((1, n_dyads))
    within, between = _levels(whole, counts, means, within_products)
    drawn_within, drawn_between = _levels(_weights(n_dyads, resamples, seed), counts, means, within_products)
    return (
        _consistency(
            Level.WITHIN,
            within[0],
            drawn_within,
            numbers,
            confidence,
            n_dyads=n_dyads,
            n_rows=n_rows,
            left_out=left_out,
        ),
        _consistency(
            Level.BETWEEN,
            between[0],
            drawn_between,
            numbers,
            confidence,
            n_dyads=n_dyads,
            n_rows=n_rows,
            left_out=left_out,
        ),
    )


def _levels(weights: Floats, counts: Floats, means: Floats, within_products: Floats) -> tuple[Floats, Floats]:
    """Covariances within and between for each row of weights over dyads, shape (draws, items, items)."""
    size = means.shape[1]
    drawn = weights.sum(axis=1)
    rows = weights @ counts
    # A draw in which every dyad has one row says nothing about the level within.
    spare = np.where(rows > drawn, rows - drawn, np.nan)
    within = (weights @ within_products) / spare[:, None]
    weighted = weights * counts
    grand = weighted @ means / rows[:, None]
    products = np.einsum("ni,nj->nij", means, means).reshape(len(counts), -1)
    outer = np.einsum("bi,bj->bij", grand, grand).reshape(len(weights), -1)
    mean_square = (weighted @ products - rows[:, None] * outer) / (drawn - 1)[:, None]
    typical = (rows - (weights @ counts**2) / rows) / (drawn - 1)
    between = (mean_square - within) / typical[:, None]
    return within.reshape(-1, size, size), between.reshape(-1, size, size)


def _prepared(
    answers: ArrayLike, dyads: Sequence[Hashable], instrument: str | Instrument | None, subscale: str | None
) -> tuple[Floats, list[Hashable], tuple[int, ...], int]:
    refuse_other_order({"answers": answers, "dyads": dyads})
    table = np.asarray(answers, dtype=np.float64)
    chosen = None if instrument is None else resolved(instrument)
    if table.ndim != 2 or table.shape[1] < 2 or (chosen and table.shape[1] != chosen.n_items):
        raise InvalidValueError(
            "answers have one row per response and one column per item",
            value=f"shape {table.shape}",
            bound=f"(rows, {chosen.n_items})" if chosen else "(rows, 2 or more items)",
        )
    if len(dyads) != table.shape[0]:
        raise InvalidValueError(
            "there is one dyad for each row",
            where="dyads",
            value=f"{len(dyads)} labels",
            bound=str(table.shape[0]),
        )
    numbers = tuple(range(1, table.shape[1] + 1))
    if chosen is not None:
        if chosen.why_not_scorable:
            raise InvalidValueError(chosen.why_not_scorable)
        _refuse_impossible(table, chosen)
        turned = [item - 1 for item in chosen.reversed_items]
        table = table.copy()
        table[:, turned] = chosen.item_scale.minimum + chosen.item_scale.maximum - table[:, turned]
        if subscale is not None:
            numbers = chosen.subscale(subscale).items
            table = table[:, [item - 1 for item in numbers]]
    elif subscale is not None:
        raise InvalidValueError("a subscale is one of an instrument", where="subscale", value=shown(subscale))
    complete: NDArray[np.bool_] = np.asarray(np.isfinite(table).all(axis=1))
    rows = table[complete]
    if rows.shape[0] < 3:
        raise InvalidValueError("at least three complete rows are needed", value=str(rows.shape[0]))
    labels = [label for label, kept in zip(dyads, complete, strict=True) if kept]
    return rows, labels, numbers, int(np.count_nonzero(~complete))


def _refuse_impossible(table: Floats, instrument: Instrument) -> None:
    """An answer off the scale is of another form, or badly recorded: its coefficient would be of neither."""
    scale = instrument.item_scale
    wrong = (table < scale.minimum) | (table > scale.maximum)
    if scale.kind is not ScaleKind.VISUAL_ANALOGUE:
        wrong |= np.isfinite(table) & (table != np.floor(table))
    if scale.kind is ScaleKind.POINTS_WITHOUT_ZERO:
        wrong |= table == 0
    if not wrong.any():
        return
    row, column = (int(index) for index in np.argwhere(wrong)[0])
    number = np.count_nonzero(wrong)
    raise InvalidValueError(
        f"{number} {'answer is' if number == 1 else 'answers are'} impossible on the scale of {instrument.id}",
        where=f"answers, row {row}, item {column + 1}",
        value=f"{table[row, column]:g}",
        bound=str(scale),
        hint="an answer that is NaN counts as missing, and its row is left out",
    )


def _weights(n_dyads: int, resamples: int, seed: int) -> Floats:
    """How often each dyad is drawn, shape (resamples, dyads)."""
    resamples, seed = as_whole(resamples, where="resamples", minimum=1), as_whole(seed, where="seed")
    drawn = np.random.default_rng(seed).multinomial(n_dyads, np.full(n_dyads, 1 / n_dyads), size=resamples)
    return drawn.astype(np.float64)


def _consistency(
    level: Level,
    covariance: Floats,
    drawn: Floats,
    numbers: Sequence[int],
    confidence: float,
    *,
    n_dyads: int,
    n_rows: int,
    left_out: int,
) -> Consistency:
    if not is_number(confidence) or not 0 < confidence < 1:
        raise InvalidValueError(
            "not accepted", where="confidence", value=shown(confidence), bound="above 0 and below 1"
        )
    confidence = float(confidence)
    items = _item_rests(covariance, numbers)
    alpha = _estimate(alpha_of(covariance[None]), alpha_of(drawn), confidence)
    omega = _estimate(omega_of(covariance[None]), omega_of(drawn), confidence)
    remarks = []
    wrong = [item.item for item in items if item.looks_wrongly_keyed]
    if wrong:
        remarks.append(f"Items {', '.join(map(str, wrong))} run against the others; look at their key.")
    if alpha.value is None:
        remarks.append("There is no variance at this level that the items share.")
    if len(numbers) < 3:
        remarks.append("A one-factor model needs three items; there is no omega.")
    return Consistency(
        level=level,
        alpha=alpha,
        omega=omega,
        items=items,
        n_dyads=n_dyads,
        n_rows=n_rows,
        left_out=left_out,
        confidence=confidence,
        remarks=tuple(remarks),
    )


def _estimate(value: Floats, drawn: Floats, confidence: float) -> Estimate:
    if not np.isfinite(value[0]):
        return Estimate(value=None, low=None, high=None)
    kept = drawn[np.isfinite(drawn)]
    if not kept.size:
        return Estimate(value=float(value[0]), low=None, high=None)
    low, high = np.quantile(kept, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Estimate(value=float(value[0]), low=float(low), high=float(high))


def _item_rests(covariance: Floats, numbers: Sequence[int]) -> tuple[ItemRest, ...]:
    rests = []
    total = covariance.sum()
    for index, item in enumerate(numbers):
        own = covariance[index, index]
        with_rest = covariance[index].sum() - own
        rest = total - 2 * covariance[index].sum() + own
        computable = own > 0 and rest > 0
        correlation = float(with_rest / np.sqrt(own * rest)) if computable else None
        rests.append(
            ItemRest(
                item=item,
                correlation=correlation,
                looks_wrongly_keyed=correlation is not None and correlation < 0,
            )
        )
    return tuple(rests)
