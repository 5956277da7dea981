"""Client and therapist side by side: the gap on matched items and their agreement, never a pooled score."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from attrs import frozen
from numpy.typing import ArrayLike

from therarel.counting import counted
from therarel.domain.ratings import MissingReason, Rater
from therarel.errors import InvalidValueError, shown
from therarel.measures.answers import AnswerReader
from therarel.measures.instrument import Instrument
from therarel.measures.plan import resolved
from therarel.measures.responses import Responses, read_response
from therarel.representation import one_line
from therarel.tables.frames import refuse_other_order

_NOT_ESTABLISHED = "Invariance not established: the two forms were compared as wholes, not item by item."


@frozen(kw_only=True)
class DyadicGap:
    """How far client and therapist are apart, in points of a single item.

    Args:
        client: Mean of the client's answers to the items compared; ``None`` where one is missing.
        therapist: Mean of the therapist's answers; likewise.
        matched: Pairs of items that were compared, client first; empty where whole forms were.
        distance: Mean distance between matched answers, whichever is higher; ``None`` without matched items.
        remark: What to know when reading it; ``None`` where nothing.

    Examples:
        >>> found = dyadic_gap([4] * 12, [3] * 10)
        >>> found.gap, found.remark is None
        (-1.0, False)
    """

    client: float | None
    therapist: float | None
    matched: tuple[tuple[int, int], ...]
    distance: float | None
    remark: str | None

    @property
    def gap(self) -> float | None:
        """Therapist minus client: below zero where the therapist rates lower; ``None`` where either is missing."""
        if self.client is None or self.therapist is None:
            return None
        return self.therapist - self.client


def dyadic_gap(
    client: Responses,
    therapist: Responses,
    *,
    client_form: str | Instrument = "wai-sr",
    therapist_form: str | Instrument = "wai-srt",
    matched: Mapping[int, int] | None = None,
) -> DyadicGap:
    """The gap between the client's and the therapist's view of one session.

    Items of one form match by number. Between two forms the matching must be given; without it the item means of
    the whole forms are compared and the result says that invariance is not established. Every item compared must
    be answered by both.

    Args:
        client: Answers of the client, as for `score`.
        therapist: Answers of the therapist.
        client_form: The client's instrument or its identifier.
        therapist_form: The therapist's instrument or its identifier.
        matched: Item of the client's form to item of the therapist's form.

    Raises:
        InvalidValueError: if items are not scored, a form is not answered by that person, the two scales differ, or
            matched items do not exist.

    Examples:
        >>> dyadic_gap([5] * 5, [4] * 5, client_form="arm-5", therapist_form="arm-5").client
        4.6
    """
    ours, theirs = resolved(client_form), resolved(therapist_form)
    for form in (ours, theirs):
        if form.why_not_scorable:
            raise InvalidValueError(form.why_not_scorable)
    for form, rater, where in ((ours, Rater.CLIENT, "client_form"), (theirs, Rater.THERAPIST, "therapist_form")):
        if rater not in form.respondents:
            raise InvalidValueError(
                f"{form.id} is not answered by the {rater}",
                where=where,
                value=shown(form.id),
                bound=f"a form for the {rater}",
                hint="are the two forms swapped?" if _swapped(ours, theirs) else None,
            )
    ends = [(form.item_scale.minimum, form.item_scale.maximum) for form in (ours, theirs)]
    if ends[0] != ends[1]:
        raise InvalidValueError(
            "the two forms have different scales", value=f"{ours.item_scale} and {theirs.item_scale}"
        )
    pairs = _pairs(ours, theirs, matched)
    seen, heard = _turned(ours, client), _turned(theirs, therapist)
    if pairs:
        seen, heard = [seen[ours_ - 1] for ours_, _ in pairs], [heard[theirs_ - 1] for _, theirs_ in pairs]
    left, right = _mean(seen), _mean(heard)
    both = [(a, b) for a, b in zip(seen, heard, strict=False) if a is not None and b is not None]
    complete = bool(pairs) and len(both) == len(pairs)
    return DyadicGap(
        client=left,
        therapist=right,
        matched=pairs,
        distance=sum(abs(a - b) for a, b in both) / len(both) if complete else None,
        remark=None if pairs else _NOT_ESTABLISHED,
    )


def _swapped(ours: Instrument, theirs: Instrument) -> bool:
    return Rater.THERAPIST in ours.respondents and Rater.CLIENT in theirs.respondents


def _pairs(ours: Instrument, theirs: Instrument, matched: Mapping[int, int] | None) -> tuple[tuple[int, int], ...]:
    if matched is None:
        return tuple((item, item) for item in range(1, ours.n_items + 1)) if ours.id == theirs.id else ()
    for form, numbers in ((ours, matched.keys()), (theirs, matched.values())):
        strangers = sorted(number for number in numbers if not 1 <= number <= form.n_items)
        if strangers or not numbers or len(set(numbers)) != len(numbers):
            raise InvalidValueError(
                f"matched items of {form.id} must exist, each once",
                where="matched",
                value=", ".join(map(str, strangers)) or f"{len(numbers)} items",
                bound=f"1 to {form.n_items}",
            )
    return tuple(sorted(matched.items()))


def _turned(form: Instrument, responses: Responses) -> list[float | None]:
    answers = read_response(form, responses, AnswerReader.of(form))
    return [
        None
        if isinstance(answer, MissingReason)
        else form.item_scale.turned(answer)
        if item in form.reversed_items
        else answer
        for item, answer in enumerate(answers, start=1)
    ]


def _mean(answers: list[float | None]) -> float | None:
    given = [answer for answer in answers if answer is not None]
    return sum(given) / len(given) if len(given) == len(answers) else None


@frozen(kw_only=True)
class DyadicAgreement:
    """How client and therapist ratings agree over dyads: two views compared, not one score.

    Args:
        n_dyads: Dyads with both ratings.
        left_out: Dyads with one rating or none.
        mean_gap: Mean of therapist minus client, in points.
        sd_gap: Standard deviation of the gap.
        limits: Mean gap minus and plus 1.96 standard deviations: where most gaps lie.
        correlation: Correlation of the two ratings; ``None`` where one does not vary.
        absolute_agreement: Intraclass correlation of single ratings, two-way, absolute agreement: 1 only if the
            ratings are equal; ``None`` where nothing varies.

    Examples:
        >>> dyadic_agreement([3, 4, 5, 4], [2.5, 3.5, 4.5, 3.5]).mean_gap
        -0.5
    """

    n_dyads: int
    left_out: int
    mean_gap: float
    sd_gap: float
    limits: tuple[float, float]
    correlation: float | None
    absolute_agreement: float | None

    __repr__ = one_line

    def __str__(self) -> str:
        low, high = self.limits
        gap = f"mean gap {self.mean_gap:.3g}, limits of agreement {low:.3g} to {high:.3g}"
        return f"{counted(self.n_dyads, 'dyad')}: {gap}"


def dyadic_agreement(client: ArrayLike, therapist: ArrayLike) -> DyadicAgreement:
    """Agreement of client and therapist over dyads, one rating of each per dyad.

    Args:
        client: Ratings of the clients, shape (dyads,); NaN where missing.
        therapist: Ratings of the therapists, same shape and scale.

    Raises:
        InvalidValueError: if the shapes differ or fewer than two dyads have both ratings.

    Examples:
        >>> dyadic_agreement([3, 4, 5], [3, 4, 5]).absolute_agreement
        1.0
    """
    refuse_other_order({"client": client, "therapist": therapist})
    ours, theirs = np.asarray(client, dtype=np.float64), np.asarray(therapist, dtype=np.float64)
    if ours.ndim != 1 or ours.shape != theirs.shape:
        raise InvalidValueError(
            "there is one rating of the client and one of the therapist for each dyad",
            value=f"shapes {ours.shape} and {theirs.shape}",
        )
    both = np.isfinite(ours) & np.isfinite(theirs)
    a, b = ours[both], theirs[both]
    n = a.size
    if n < 2:
        raise InvalidValueError("agreement needs at least two dyads with both ratings", value=str(n))
    gap = b - a
    mean, sd = float(gap.mean()), float(gap.std(ddof=1))
    pairs = np.column_stack([a, b])
    level, raters = pairs.mean(axis=1), pairs.mean(axis=0)
    rows = 2 * float(((level - pairs.mean()) ** 2).sum()) / (n - 1)
    columns = n * float(((raters - pairs.mean()) ** 2).sum())
    rest = float(((pairs - level[:, None] - raters[None] + pairs.mean()) ** 2).sum()) / (n - 1)
    # Two-way, single rating, absolute agreement, for two raters.
    below = rows + rest + 2 * (columns - rest) / n
    varies = a.std() > 0 and b.std() > 0
    return DyadicAgreement(
        n_dyads=int(n),
        left_out=int(both.size - n),
        mean_gap=mean,
        sd_gap=sd,
        limits=(mean - 1.96 * sd, mean + 1.96 * sd),
        correlation=float(np.corrcoef(a, b)[0, 1]) if varies else None,
        absolute_agreement=(rows - rest) / below if below > 0 else None,
    )
