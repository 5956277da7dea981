"""Sudden gains and losses: large, lasting changes from one session to the next, by three criteria."""

from __future__ import annotations

from typing import ClassVar, Final

import numpy as np
from attrs import field, frozen

from therarel.citations import Citation
from therarel.detection.change import Change
from therarel.detection.rules.base import Recovery, Rows, Rule, above_zero, positive
from therarel.detection.verdicts import Reason, Verdicts, code_of
from therarel.detection.wording import in_points
from therarel.domain import checks
from therarel.domain.checks import as_float, optional
from therarel.errors import InvalidValueError
from therarel.noise.context import PanelContext
from therarel.noise.series import Series
from therarel.tables.arrays import Floats
from therarel.vocabulary import Vocabulary

# 0.975 quantiles of Student's t with 2, 3 and 4 degrees of freedom: 4, 5 and 6 scores round the change.
_CRITICAL: Final = np.array([np.nan, np.nan, 4.302652729911275, 3.182446305284263, 2.7764451051977987])
_BEFORE: Final = 3
_AFTER: Final = 3


class Stability(Vocabulary, links={}):
    """How the third criterion is read: by how much the means before and after the change must differ."""

    POOLED_SD = "pooled_sd"
    """More than t pooled standard deviations, as the program suddengains computes it."""
    T_TEST = "t_test"
    """More than t standard errors of a difference of means, as a t-test would; laxer, 1.22 times with six scores."""

    @property
    def in_words(self) -> str:
        """The reading as a part of a sentence."""
        return "by the reading of the program suddengains" if self is Stability.POOLED_SD else "as in a t-test"


def _float_or_none(value: float | None) -> float | None:
    return None if value is None else as_float(value)


def _stability(value: Stability | str | None) -> Stability | None:
    return None if value is None else Stability(value)


@frozen(kw_only=True)
class SuddenLoss(Rule):
    """A sudden, large and lasting change for the worse between a session and the next one.

    Three criteria, and each can be left out: the change is at least ``cutoff``; it is at least ``share`` of the
    distance from the score before it to the end of the scale it moves towards; and the means of up to three scores
    before and up to three after differ by more than the spread within the two. The verdict is given at the session
    after the change. The rule sees lasting shifts only: a drop that is made good within two sessions fails the third
    criterion by its own recovery, and that is not counted as undetectable.

    The sessions compared are neighbours by number where sessions are counted as attended, and by place where they
    are scheduled or dated; a largest gap of the panel takes the place of both. For losses, and wherever higher is
    better, the second criterion is an extension of the published one. It rests on the ends of the scale: where nobody
    has stated them, the lowest and highest observed score stand for them.

    Args:
        cutoff: Smallest change in score points, above 0; ``None`` leaves the criterion out.
        share: Smallest share of the distance to the end of the scale, above 0, at most 1; ``None`` leaves it out.
        criterion3: Reading of the third criterion; ``None`` leaves it out.
        minimal_drop: Score points below which nothing fires.
        recovery: When the change counts as reversed; more than half of it, at any later session, if not given.

    Raises:
        InvalidValueError: if all criteria are left out or a parameter is out of bounds.

    Source: tang_derubeis1999, suddengains, vittengl.

    Examples:
        >>> from therarel.detection import judge
        >>> scores = [4.5, 4.4, 4.5, 3.1, 3.0, 3.2]
        >>> judge(SuddenLoss(cutoff=1), scores, scale=(1, 5)).flagged.tolist()
        [False, False, False, True, False, False]
    """

    name: ClassVar[str] = "sudden_loss"
    threshold: ClassVar[str] = "cutoff"
    merges: ClassVar[bool] = False
    ahead: ClassVar[int | None] = _AFTER - 1
    sources: ClassVar[tuple[str | Citation, ...]] = ("tang_derubeis1999", "vittengl", "suddengains")
    tabled: ClassVar[Rows] = {"sudden_loss_1": {"cutoff": 1.0}}
    tabled_causal: ClassVar[Rows] = {"sudden_loss": {}}

    cutoff: float | None = field(default=None, validator=optional(positive), converter=_float_or_none)
    share: float | None = field(default=0.25, validator=optional(above_zero(1.0)), converter=_float_or_none)
    criterion3: Stability | None = field(default=Stability.POOLED_SD, converter=_stability)
    recovery: Recovery = field(default=Recovery(share=0.5, within=None, strictly=True), validator=checks.a(Recovery))

    def __attrs_post_init__(self) -> None:
        if self.cutoff is None and self.share is None and self.criterion3 is None:
            raise InvalidValueError("a sudden change needs at least one criterion", where=type(self).__name__)

    @property
    def sentence(self) -> str:
        """The criteria that are in use."""
        criteria = []
        if self.cutoff is not None:
            criteria.append(f"is at least {in_points(self.cutoff)}")
        if self.share is not None:
            criteria.append(
                f"is at least {self.share:.0%} of the distance to the end of the scale that it moves towards"
            )
        if self.criterion3 is not None:
            criteria.append(
                "parts up to three scores before from up to three after by more than their spread,"
                f" {self.criterion3.in_words}"
            )
        listed = criteria[0] if len(criteria) == 1 else f"{', '.join(criteria[:-1])}, and {criteria[-1]}"
        return f"A session is flagged where the change for the {self.change.towards} since the session before {listed}."

    @property
    def blind_spots(self) -> str:
        """Changes that do not last."""
        return "It sees changes that last. What is made good within two sessions it takes for no change."

    def verdicts(self, series: Series, context: PanelContext, *, values: bool = False) -> Verdicts:
        """Judge every scored session as the one after a change."""
        return _verdicts(self, series, context, values=values)


@frozen(kw_only=True)
class SuddenGain(SuddenLoss):
    """A sudden, large and lasting change for the better between a session and the next one.

    The criteria, the sessions compared and the arguments are those of `SuddenLoss`, turned round. On a symptom
    scale the distance to the end is the distance to its lowest score, as published.

    Source: tang_derubeis1999, suddengains, vittengl.

    Examples:
        >>> from therarel.detection import judge
        >>> found = judge(
        ...     SuddenGain(cutoff=7), [30, 31, 30, 12, 11, 12], scale=(0, 63), higher_is_better=False
        ... )
        >>> found.flagged.tolist(), found.values["criterion_2"][3]
        ([False, False, False, True, False, False], np.float64(1.0))
    """

    name: ClassVar[str] = "sudden_gain"
    called: ClassVar[str] = "sudden gain"
    change: ClassVar[Change] = Change.GAIN


def _verdicts(rule: SuddenLoss, series: Series, context: PanelContext, *, values: bool) -> Verdicts:
    """Verdicts with scores turned so that the change looked for is a fall."""
    tolerance, sign = context.tolerance, rule.change.sign
    score = sign * series.score
    end = context.minimum if sign > 0 else -context.maximum
    gap, place = series.neighbours(context.adjacent)
    size = score.size
    before = np.full(size, np.nan)
    before[1:] = score[:-1]
    linked = np.zeros(size, dtype=np.bool_)
    linked[1:] = np.diff(place) <= gap
    linked[series.first] = False
    before[~linked] = np.nan
    change = before - score
    compared: dict[str, Floats] = {}
    unable = np.zeros(size, dtype=np.uint8)
    least = np.full(size, rule.least(context))
    with np.errstate(invalid="ignore"):
        if rule.cutoff is not None:
            least = np.maximum(least, rule.cutoff - tolerance)
            compared["criterion_1"] = np.where(linked, change >= rule.cutoff - tolerance, np.nan)
        if rule.share is not None:
            room = before - end
            known = linked & (room >= max(2 * context.step, 2 * tolerance) - tolerance)
            two = change >= rule.share * room - tolerance
            least = np.maximum(least, rule.share * room - tolerance)
            unable[linked & ~known] = code_of(Reason.NO_ROOM)
            compared["room"] = room
            compared["criterion_2"] = np.where(known, two, np.nan)
        code = change >= least
        if rule.criterion3 is not None:
            early, late, critical = _stability_of(score, series, place, gap, rule.criterion3)
            three = early - late > critical + tolerance
            code &= three
            unable[np.isnan(critical)] = code_of(Reason.FEW_AROUND)
            compared["mean_before"] = sign * early
            compared["mean_after"] = sign * late
            compared["critical"] = critical
            compared["criterion_3"] = np.where(np.isnan(critical), np.nan, three)
    if context.stated:
        with np.errstate(invalid="ignore"):
            unable[(unable == 0) & ~code & (before - end < least)] = code_of(Reason.NO_ROOM)
    unable[~linked] = code_of(Reason.NO_REFERENCE)
    found = np.where(unable > 0, unable, code.view(np.uint8))
    if not values:
        return Verdicts(found)
    levels = {"reference": sign * before, "limit": sign * (before - least), "change": change}
    return Verdicts(found, {**levels, **compared})


def _stability_of(
    score: Floats, series: Series, place: Floats, gap: float, reading: Stability
) -> tuple[Floats, Floats, Floats]:
    """Mean before, mean after, and by how much they must differ; NaN with fewer than two scores on a side."""
    n_before, mean_before, squares_before = _window(score, series, place, gap, range(-_BEFORE, 0), _BEFORE)
    n_after, mean_after, squares_after = _window(score, series, place, gap, range(_AFTER), _AFTER - 1)
    enough = (n_before >= 2) & (n_after >= 2)
    freedom = np.where(enough, n_before + n_after - 2, 0).astype(np.intp)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.sqrt((squares_before + squares_after) / freedom)
        if reading is Stability.T_TEST:
            spread = spread * np.sqrt(1 / n_before + 1 / n_after)
        critical = np.where(enough, _CRITICAL[freedom] * spread, np.nan)
    return mean_before, mean_after, critical


def _window(
    score: Floats, series: Series, place: Floats, gap: float, offsets: range, reach: int
) -> tuple[Floats, Floats, Floats]:
    """Number, mean and squared deviations of the scores at some offsets, as far as they are near enough."""
    size = score.size
    owner = series.owner
    rows = np.arange(size)
    held, inside = [], []
    for offset in offsets:
        at = np.clip(rows + offset, 0, size - 1)
        near = (rows + offset == at) & (owner[at] == owner) & (np.abs(place[at] - place) <= reach * gap)
        inside.append(near)
        held.append(np.where(near, score[at], 0.0))
    number = np.sum(inside, axis=0).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.sum(held, axis=0) / number
        squares = np.sum(
            [np.where(near, (values - mean) ** 2, 0.0) for near, values in zip(inside, held, strict=True)], axis=0
        )
    return number, mean, squares
