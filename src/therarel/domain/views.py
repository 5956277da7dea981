"""What the relationship is like, in whose eyes, and when: one rating of one part, stated or measured."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeAlias

from attrs import field, fields, frozen

from therarel.domain import checks
from therarel.domain.checks import as_tuple, optional
from therarel.domain.events.views import Measured, RelationshipRated
from therarel.domain.occurrence import Occurrence
from therarel.domain.parts import Closeness, RelationshipPart
from therarel.domain.ratings import Rater, Timing
from therarel.domain.ruptures import Grounds
from therarel.domain.scales import RatingScale
from therarel.errors import InvalidValueError
from therarel.representation import one_line
from therarel.texts import Phrase, Texts, standard_texts

Source: TypeAlias = tuple[RelationshipPart, Rater, str | None, str | None, RatingScale | None]
"""What ratings have in common that can be compared: part, rater, instrument, its scale by name, and the range."""


def view_tuple(values: Iterable[View]) -> tuple[View, ...]:
    """Any collection of `View`, as `checks.as_tuple` takes it."""
    return as_tuple(values)


@frozen
class View:
    """One rating of one part of the relationship, with its rater and when it was given.

    A rating that was stated has no instrument. One that was measured has the instrument, the scale of it that speaks to
    the part, and how closely. Stated and measured ratings are never mixed, and neither are raters.

    Args:
        part: What was rated.
        rater: Who rated.
        value: The rating, in points of ``scale``.
        scale: Range and direction; ``None`` where an instrument's are not verified.
        occurred: When.
        timing: Before or after the session; ``None`` if not known.
        instrument: Id of the instrument; ``None`` for a stated rating.
        of: The scale of the instrument, such as ``goal``; ``None`` for a stated rating.
        closeness: How closely that scale asks about the part; ``None`` for a stated rating.
        complete: Whether each item was answered; a stated rating is one item.
        standard_error: Standard error of measurement, in points; ``None`` where not known.

    Raises:
        InvalidValueError: if the value lies outside the scale, or some of what a measured rating has is missing.

    Examples:
        >>> View(RelationshipPart.TRUST, Rater.CLIENT, 4, RatingScale(1, 5), Occurrence(session=3))
        <View: trust, client: 4 (1 to 5, higher is better), stated, session 3>
    """

    part: RelationshipPart = field(validator=checks.a(RelationshipPart))
    rater: Rater = field(validator=checks.a(Rater))
    value: float = field(validator=checks.number(), converter=checks.as_float)
    scale: RatingScale | None = field(default=None, validator=optional(checks.a(RatingScale)))
    occurred: Occurrence = field(default=Occurrence(), validator=checks.a(Occurrence))
    timing: Timing | None = field(default=None, validator=optional(checks.a(Timing)), kw_only=True)
    instrument: str | None = field(default=None, validator=optional(checks.name), kw_only=True)
    of: str | None = field(default=None, validator=optional(checks.name), kw_only=True)
    closeness: Closeness | None = field(default=None, validator=optional(checks.a(Closeness)), kw_only=True)
    complete: bool = field(default=True, validator=checks.truth, kw_only=True)
    standard_error: float | None = field(
        default=None,
        validator=optional(checks.above_zero),
        converter=checks.float_or_none,
        metadata=checks.bounds(0.0),
        kw_only=True,
    )

    def __attrs_post_init__(self) -> None:
        if self.scale is not None:
            self.scale.require(self.value, "a rating", "View.value")
        if len({each is None for each in (self.instrument, self.of, self.closeness)}) > 1:
            raise InvalidValueError(
                "a measured rating has an instrument, a scale of it and how close that is; a stated one has none",
                where="View.instrument, View.of, View.closeness",
            )

    @property
    def source(self) -> Source:
        """What it has in common with the ratings that it can be compared with."""
        return self.part, self.rater, self.instrument, self.of, self.scale

    @property
    def source_in_words(self) -> str:
        """Whether it was stated, or the instrument and the scale it was measured by."""
        return standard_texts().said(self.source_phrase)

    @property
    def source_phrase(self) -> Phrase:
        """The same, to be said in the texts of any language."""
        if self.instrument is None or self.of is None or self.closeness is None:
            return Phrase("view.stated")
        about = {"instrument": self.instrument, "scale": self.of.replace("_", " ")}
        if self.closeness is Closeness.EXACT:
            return Phrase("view.of_instrument", **about)
        return Phrase("view.of_instrument_loosely", **about, closeness=self.closeness)

    @property
    def share(self) -> float | None:
        """Place on the scale from 0 (worst end) to 1 (best end); ``None`` where the scale is not known."""
        if self.scale is None:
            return None
        part = (self.value - self.scale.minimum) / self.scale.range
        return part if self.scale.higher_is_better else 1 - part

    def grounds(self) -> Grounds:
        """The view as the grounds of a strain or rupture that a person records; nothing follows from it by itself.

        Examples:
            >>> View(RelationshipPart.TRUST, Rater.CLIENT, 2, RatingScale(1, 5), Occurrence(session=3)).grounds().rule
            'view'
        """
        return Grounds(
            "view",
            settings={"part": self.part.value, "rater": self.rater.value, "instrument": self.instrument, "of": self.of},
            values={"value": self.value, "session": self.occurred.session},
        )

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        return self.worded(standard_texts())

    def worded(self, texts: Texts) -> str:
        """The part, who rated it, the rating, its source and its time, in words.

        Args:
            texts: The texts of a language.
        """
        return texts(
            "view.without_scale" if self.scale is None else "view.with_scale",
            part=self.part,
            rater=self.rater,
            value=f"{self.value:g}",
            scale=self.scale,
            source=self.source_phrase,
            when=self.occurred,
        )


def views_in(event: Measured | RelationshipRated) -> tuple[View, ...]:
    """The ratings that an event holds, one for each part that it speaks of.

    Examples:
        >>> from therarel.domain import PartScore, Score
        >>> goal = PartScore("goal", RelationshipPart.GOAL_AGREEMENT, Closeness.EXACT, 17, RatingScale(4, 20))
        >>> for view in views_in(Measured(Score("wai-sr", 50, Rater.CLIENT, parts=(goal,)), session=3)):
        ...     print(view)
        goal agreement, client: 17 (4 to 20, higher is better), wai-sr goal, session 3
    """
    occurred = event.occurred
    if isinstance(event, RelationshipRated):
        return tuple(
            _of_checked(RelationshipPart(path), each.rater, each.value, each.scale, occurred, each.timing)
            for path, each in event.quality.rated.items()
        )
    score = event.score
    return tuple(
        _of_checked(
            each.part,
            score.rater,
            each.value,
            each.scale,
            occurred,
            score.timing,
            score.instrument,
            each.of,
            each.closeness,
            each.complete,
            each.standard_error,
        )
        for each in score.parts
    )


_WRITE: Final = tuple(getattr(View, each.name).__set__ for each in fields(View))


def _of_checked(
    part: RelationshipPart,
    rater: Rater,
    value: float,
    scale: RatingScale | None,
    occurred: Occurrence,
    timing: Timing | None,
    instrument: str | None = None,
    of: str | None = None,
    closeness: Closeness | None = None,
    complete: bool = True,
    standard_error: float | None = None,
) -> View:
    """A view of what a rating or a score has checked already, at a fifth of the time; a course makes many."""
    view = object.__new__(View)
    given = (part, rater, value, scale, occurred, timing, instrument, of, closeness, complete, standard_error)
    for write, each in zip(_WRITE, given, strict=True):
        write(view, each)
    return view


def latest_views(views: tuple[View, ...], new: Iterable[View]) -> tuple[View, ...]:
    """The latest rating of each source, once new ones are known; the very same where none of them is later.

    A rating that is dated before the known one does not replace it. Of two of the same time, or where that cannot be
    said, the one that was recorded later counts.

    Args:
        views: The latest ratings so far.
        new: What was rated, in the order of recording.
    """
    after, changed = list(views), False
    for view in new:
        source, part = view.source, view.part
        # Few views are of the same part: looking for them is quicker than an index that every event would make anew.
        at = next((at for at, one in enumerate(after) if one.part is part and one.source == source), None)
        if at is None:
            after.append(view)
        elif view != after[at] and view.occurred.before(after[at].occurred) is not True:
            after[at] = view
        else:
            continue
        changed = True
    return tuple(after) if changed else views
