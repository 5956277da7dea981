"""Numbers that know where they come from: scales, raters, timing, ratings and scores.

A number without its scale, its rater and its timing is not a rating. Ratings of different raters are never
pooled: the gap between two raters is a question of its own. A score is never shown without its risk answers.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import Any, Final

from attrs import Attribute, field, frozen

from therarel.domain import checks
from therarel.domain.checks import as_set, as_tuple, bounds, optional
from therarel.domain.parts import PartScore
from therarel.domain.risk import RiskAnswer, risk_in_short, risk_in_words
from therarel.domain.scales import RatingScale
from therarel.errors import InvalidValueError
from therarel.representation import one_line
from therarel.vocabulary import Vocabulary

__all__ = [
    "PERSONS",
    "Construct",
    "MissingItem",
    "MissingReason",
    "Rater",
    "Rating",
    "RatingScale",
    "Score",
    "ScoreStatus",
    "SubscaleScore",
    "Timing",
    "a_person",
]


def rater_set(values: Iterable[Rater]) -> frozenset[Rater]:
    """Any collection of `Rater`, as `checks.as_set` takes it."""
    return as_set(values)


def _missing_item_tuple(values: Iterable[MissingItem]) -> tuple[MissingItem, ...]:
    return as_tuple(values)


def _subscale_score_tuple(values: Iterable[SubscaleScore]) -> tuple[SubscaleScore, ...]:
    return as_tuple(values)


def _part_score_tuple(values: Iterable[PartScore]) -> tuple[PartScore, ...]:
    return as_tuple(values)


def _risk_tuple(values: Iterable[RiskAnswer] | None) -> tuple[RiskAnswer, ...] | None:
    return None if values is None else as_tuple(values)


class Rater(Vocabulary, links={"client": "client", "therapist": "therapist"}):
    """Who rated. Required wherever a number is a view: client and therapist views differ and predict differently."""

    CLIENT = "client"
    THERAPIST = "therapist"
    OBSERVER = "observer"
    MODEL = "model"
    """A program that rated what it was given, such as a transcript; it is one more rater and stands in for nobody."""


PERSONS: Final[tuple[Rater, ...]] = tuple(rater for rater in Rater if rater is not Rater.MODEL)
"""The raters who are people."""


def a_person(instance: object, attribute: Attribute[Any], value: Any) -> None:
    """Validator: one of the raters who is a person, where something is judged or perceived."""
    if value is Rater.MODEL:
        raise InvalidValueError(
            "a model judges and perceives nothing",
            where=f"{type(instance).__name__}.{attribute.name}",
            value=Rater.MODEL.value,
            bound=f"a person: {', '.join(PERSONS)}",
            hint="what a model rated is recorded as a rating",
        )


class Timing(Vocabulary, links={}):
    """Whether a measure was taken before or after the session it belongs to."""

    PRE_SESSION = "pre_session"
    POST_SESSION = "post_session"


class Construct(
    Vocabulary,
    links={
        "alliance": "working_alliance",
        "relationship": "therapeutic_relationship",
        "presence": "therapeutic_presence",
    },
):
    """What a score is a score of."""

    ALLIANCE = "alliance"
    RELATIONSHIP = "relationship"
    PRESENCE = "presence"
    OUTCOME = "outcome"


class ScoreStatus(Vocabulary, links={}):
    """How a score came about, or why there is none."""

    COMPLETE = "complete"
    """Every item was answered."""
    PRORATED = "prorated"
    """Items were missing and an explicit policy, or a published rule, filled them."""
    STATED = "stated"
    """A total was handed over without its items."""
    INCOMPLETE = "incomplete"
    """Too many items are missing: no value."""
    INVALID = "invalid"
    """An answer lies outside the scale: no value."""
    NOT_SCORABLE = "not_scorable"
    """The instrument's key is not verified: no value."""

    @property
    def has_value(self) -> bool:
        """Whether a score of this status carries a number."""
        return self in _WITH_VALUE


_WITH_VALUE = frozenset({ScoreStatus.COMPLETE, ScoreStatus.PRORATED, ScoreStatus.STATED})


class MissingReason(Vocabulary, links={}):
    """Why an item has no usable answer."""

    NOT_ASKED = "not_asked"
    NOT_ANSWERED = "not_answered"
    REFUSED = "refused"
    NOT_APPLICABLE = "not_applicable"
    OUT_OF_RANGE = "out_of_range"
    UNREADABLE = "unreadable"


@frozen
class Rating:
    """One number that somebody gave, with its scale, rater and timing.

    Args:
        value: The rating, in points of its scale; within the scale.
        scale: The scale it was given on.
        rater: Who gave it.
        timing: Before or after the session; ``None`` if not known.

    Raises:
        InvalidValueError: if the value is not a finite number within the scale.

    Examples:
        >>> Rating(4, RatingScale(1, 5), Rater.CLIENT).share
        0.75
    """

    value: float = field(validator=checks.number(), converter=checks.as_float)
    scale: RatingScale = field(validator=checks.a(RatingScale))
    rater: Rater = field(validator=checks.a(Rater))
    timing: Timing | None = field(default=None, validator=optional(checks.a(Timing)))

    def __attrs_post_init__(self) -> None:
        self.scale.require(self.value, "a rating", "Rating.value")

    @property
    def share(self) -> float:
        """Place on the scale from 0 (worst end) to 1 (best end), whichever direction the scale reads."""
        part = (self.value - self.scale.minimum) / self.scale.range
        return part if self.scale.higher_is_better else 1 - part

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        return f"{self.value:g} ({self.scale}), {self.rater.label}"


@frozen
class MissingItem:
    """An item without a usable answer, and why.

    Args:
        item: Item number, from 1.
        reason: Why there is no answer to use.

    Examples:
        >>> MissingItem(4, MissingReason.REFUSED).reason.label
        'refused'
    """

    item: int = field(validator=checks.whole(1), metadata=bounds(1, checks.LARGEST), converter=checks.as_int)
    reason: MissingReason = field(validator=checks.a(MissingReason))


@frozen
class SubscaleScore:
    """The score of one subscale, or ``None`` where it could not be computed.

    Examples:
        >>> SubscaleScore("bond", 4.25).value
        4.25
    """

    name: str = field(validator=checks.name)
    value: float | None = field(validator=optional(checks.number()), converter=checks.float_or_none)


@frozen(repr=False)
class Score:
    """What an instrument gave, or why it gave nothing.

    A score that cannot be computed is a score without a value; it is never a zero and never an error. What was
    answered to items that ask about risk is kept beside the value, whatever the value is.

    Args:
        instrument: Id of the instrument, such as ``wai-sr``.
        value: The score in points of ``scale``; ``None`` exactly when ``status`` says that there is none.
        rater: Who answered the instrument.
        timing: Before or after the session; ``None`` if not known.
        status: How the value came about, or why there is none.
        scale: Range and direction of the value; ``None`` if not known.
        answered: Number of items answered; ``None`` if the items were not seen.
        missing: The items without a usable answer, each with its reason.
        subscales: Scores of the subscales.
        risk: What was answered to each item that asks about risk, one entry per such item of the instrument; empty
            where it has none, ``None`` where the answers were not recorded, as for a total without its items.
        parts: What it says of parts of the relationship, one entry for each of its scales that speaks to one; the
            instrument's data say which, so that nobody else has to know the instrument. Empty for a score that was
            written down without its instrument.
        rule: The scoring and missing-data rule that was applied.
        instrument_version: Version of the instrument's data.
        scorer_version: Version of the program that scored.

    Raises:
        InvalidValueError: if value and status disagree, the value lies outside the scale, two risk answers are of one
            item, or one scale speaks to two parts.

    Examples:
        >>> Score("wai-sr", 4.5, Rater.CLIENT).status.label
        'stated'
        >>> Score("wai-sr", None, Rater.CLIENT, status=ScoreStatus.INCOMPLETE).value is None
        True
        >>> Score("an-own-form", 3, Rater.CLIENT)
        <Score an-own-form: 3, stated, by the client; risk answers not recorded>
    """

    instrument: str = field(validator=checks.name)
    value: float | None = field(validator=optional(checks.number()), converter=checks.float_or_none)
    rater: Rater = field(validator=checks.a(Rater))
    timing: Timing | None = field(default=None, validator=optional(checks.a(Timing)))
    status: ScoreStatus = field(default=ScoreStatus.STATED, validator=checks.a(ScoreStatus), kw_only=True)
    scale: RatingScale | None = field(default=None, validator=optional(checks.a(RatingScale)), kw_only=True)
    answered: int | None = field(
        default=None,
        validator=optional(checks.whole()),
        metadata=bounds(0, checks.LARGEST),
        kw_only=True,
        converter=checks.int_or_none,
    )
    missing: tuple[MissingItem, ...] = field(
        default=(), converter=_missing_item_tuple, validator=checks.members(checks.a(MissingItem)), kw_only=True
    )
    subscales: tuple[SubscaleScore, ...] = field(
        default=(), converter=_subscale_score_tuple, validator=checks.members(checks.a(SubscaleScore)), kw_only=True
    )
    risk: tuple[RiskAnswer, ...] | None = field(
        default=None,
        converter=_risk_tuple,
        validator=optional(checks.members(checks.a(RiskAnswer))),
        kw_only=True,
    )
    parts: tuple[PartScore, ...] = field(
        default=(), converter=_part_score_tuple, validator=checks.members(checks.a(PartScore)), kw_only=True
    )
    rule: str | None = field(default=None, validator=optional(checks.name), kw_only=True)
    instrument_version: str | None = field(default=None, validator=optional(checks.name), kw_only=True)
    scorer_version: str | None = field(default=None, validator=optional(checks.name), kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.status.has_value != (self.value is not None):
            raise InvalidValueError(
                f"a score with status '{self.status}' has {'a' if self.status.has_value else 'no'} value",
                where="Score.value",
                value="None" if self.value is None else f"{self.value:g}",
            )
        if self.value is not None and self.scale is not None:
            self.scale.require(self.value, "a score", "Score.value")
        items = [answer.item for answer in self.risk or ()]
        if len(set(items)) < len(items):
            raise InvalidValueError(
                "each item that asks about risk has one answer",
                where="Score.risk",
                value=f"items {', '.join(map(str, items))}",
            )

        scales = [each.of for each in self.parts]
        if len(set(scales)) < len(scales):
            raise InvalidValueError(
                "each scale of a score speaks to one part", where="Score.parts", value=", ".join(scales)
            )

    @property
    def calls_for_a_look(self) -> bool:
        """Whether a person should look at the risk answers: one is endorsed or lacking, or none was recorded."""
        return self.risk is None or any(answer.calls_for_a_look for answer in self.risk)

    def _said(self) -> str:
        value = "no value" if self.value is None else f"{self.value:g}"
        when = "" if self.timing is None else f", {self.timing.label}"
        return f"{value}, {self.status.label}, by the {self.rater.label}{when}"

    def __repr__(self) -> str:
        risk = risk_in_short(self.risk)
        return f"<Score {self.instrument}: {self._said()}{'; ' if risk else ''}{risk}>"

    def __str__(self) -> str:
        scale = "" if self.scale is None else f" ({self.scale})"
        parts = [f"{part.name}: {'no value' if part.value is None else f'{part.value:g}'}" for part in self.subscales]
        gaps = [f"{gap.item} {gap.reason.label}" for gap in self.missing]
        lines = [f"{self.instrument}: {self._said()}{scale}", *risk_in_words(self.risk)]
        lines += ["; ".join(parts)] if parts else []
        lines += [f"items without a usable answer: {', '.join(gaps)}"] if gaps else []
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return "<br>".join(html.escape(line) for line in str(self).splitlines())
