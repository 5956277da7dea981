"""How the relationship is seen in a course: every rating by part, rater and source, now and before.

Raters are never pooled, stated ratings never mixed with measured ones, and parts never added up. A low or a falling
rating is a reason to ask and never a status: whoever takes it for a strain records that, with the view as its grounds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol

from attrs import field, frozen

from therarel.domain import Rater, RelationshipPart, View
from therarel.domain.events import Measured, RelationshipRated
from therarel.domain.views import Source, views_in
from therarel.errors import InvalidValueError, as_whole, shown
from therarel.machine.machine import Machine
from therarel.machine.replays import Replay
from therarel.representation import one_line
from therarel.texts import Phrase, Texts, standard_texts

if TYPE_CHECKING:
    from therarel.drawing import Drawing, Theme

_CRITICAL: Final = 1.96
_TOLERANCE: Final = 1e-9


@frozen
class ViewGap:
    """How far two raters are apart on one part, at one session.

    Args:
        part: The part.
        one: The rating of the first rater; ``None`` where there is nothing to compare.
        other: The rating of the second.
        remark: Why there is no gap; ``None`` where there is one.
        texts: The texts in whose words it is said.

    Examples:
        >>> ViewGap(RelationshipPart.TRUST, None, None, "Not rated by both.").gap is None
        True
    """

    part: RelationshipPart
    one: View | None
    other: View | None
    remark: str | None
    texts: Texts = field(factory=standard_texts, eq=False, repr=False)

    @property
    def gap(self) -> float | None:
        """The second rating minus the first, in points of their scale; ``None`` where they cannot be compared."""
        return None if self.one is None or self.other is None else self.other.value - self.one.value

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        if self.one is None or self.other is None:
            return self.texts("view.no_gap", part=self.part, remark=self.remark)
        return self.texts(
            "view.gap",
            part=self.part,
            other=self.other.rater,
            one=self.one.rater,
            value=f"{self.gap:g}",
            source=self.one.source_phrase,
            when=self.one.occurred,
        )


@frozen
class ViewChange:
    """How one rater's rating of one part changed between two sessions, by the same source.

    Args:
        before: The earlier rating.
        now: The latest.
        texts: The texts in whose words it is said.

    Examples:
        >>> from therarel.domain import Occurrence, RatingScale
        >>> ratings = [View(RelationshipPart.TRUST, Rater.CLIENT, value, RatingScale(1, 5)) for value in (2, 4)]
        >>> change = ViewChange(*ratings)
        >>> change.difference, change.reliable is None
        (2.0, True)
    """

    before: View
    now: View
    texts: Texts = field(factory=standard_texts, eq=False, repr=False)

    @property
    def difference(self) -> float:
        """The latest rating minus the earlier one, in points."""
        return self.now.value - self.before.value

    @property
    def smallest(self) -> float | None:
        """The difference that must be exceeded to be more than the error of measurement; ``None`` where not known.

        1.96 times the standard error of the difference, which leaves 5% of unchanged ratings outside.

        Source: jacobson_truax1991.
        """
        first, second = self.before.standard_error, self.now.standard_error
        return None if first is None or second is None else _CRITICAL * math.hypot(first, second)

    @property
    def reliable(self) -> bool | None:
        """Whether the difference is more than the error of measurement; ``None`` where that error is not known."""
        least = self.smallest
        if least is None:
            return None
        tie = _TOLERANCE * (self.now.scale.range if self.now.scale is not None else 1.0)
        return abs(self.difference) > least + tie

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        change = self.texts(
            "view.change",
            part=self.now.part,
            rater=self.now.rater,
            source=self.now.source_phrase,
            difference=f"{self.difference:+g}",
            before=f"{self.before.value:g}",
            since=self.before.occurred,
            now=f"{self.now.value:g}",
            when=self.now.occurred,
        )
        if self.reliable is None:
            return change
        return self.texts("view.change_reliable" if self.reliable else "view.change_within_error", change=change)


@frozen(repr=False)
class Views:
    """The ratings of a course in force, of all parts and raters or of some; ``str`` gives a line for each.

    Args:
        ratings: The ratings, in the order of recording.
        parts: The parts that were asked about.
        rater: Whose ratings; ``None`` for everybody's.
        title: What the picture is called.
        texts: The texts in whose words it is said.

    Examples:
        >>> from therarel.domain import Rating, RatingScale, RelationshipQuality, events
        >>> from therarel.machine import Course
        >>> course = Course.begin("C-014", "T-03")
        >>> for session, value in ((1, 2), (4, 4)):
        ...     safe = Rating(value, RatingScale(1, 5), Rater.CLIENT)
        ...     quality = RelationshipQuality.of({"alliance.bond.emotional_safety": safe})
        ...     _ = course.record(events.RelationshipRated(quality, session=session))
        >>> print(course.view("alliance.bond.emotional_safety"))
        emotional safety, client: 4 (1 to 5, higher is better), stated, session 4; before: 2, session 1
    """

    ratings: tuple[View, ...]
    parts: tuple[RelationshipPart, ...]
    rater: Rater | None
    title: str
    texts: Texts = field(eq=False)

    @cached_property
    def series(self) -> Mapping[Source, tuple[View, ...]]:
        """The ratings of each source, in the order in which they were given; parts and raters in theirs."""
        held: dict[Source, list[View]] = {}
        for view in self.ratings:
            members = held.setdefault(view.source, [])
            place = len(members)
            while place and view.occurred.before(members[place - 1].occurred):
                place -= 1
            members.insert(place, view)
        parts, raters = list(RelationshipPart), list(Rater)

        def order(source: Source) -> tuple[int, str, str, int]:
            part, rater, instrument, of, _ = source
            return parts.index(part), instrument or "", of or "", raters.index(rater)

        return {source: tuple(held[source]) for source in sorted(held, key=order)}

    @property
    def now(self) -> tuple[View, ...]:
        """The latest rating of each part by each rater and source."""
        return tuple(members[-1] for members in self.series.values())

    def before(self, view: View) -> View | None:
        """The rating before this one, of the same part by the same rater and source; ``None`` if there is none."""
        members = self.series.get(view.source, ())
        place = members.index(view) if view in members else 0
        return members[place - 1] if place else None

    @property
    def unrated(self) -> tuple[RelationshipPart, ...]:
        """The parts that were not rated; nothing is assumed of them."""
        rated = {view.part for view in self.ratings}
        return tuple(part for part in self.parts if part not in rated)

    def gap(
        self,
        part: RelationshipPart | str,
        one: Rater | str = Rater.CLIENT,
        other: Rater | str = Rater.THERAPIST,
    ) -> ViewGap:
        """How far two raters are apart on a part, at the latest session at which both rated it by the same form.

        Two forms are compared only where they match item by item: the same scale of the same instrument, every item
        answered by both, or two stated ratings on one scale. Otherwise there is no gap, and the remark says why.

        Args:
            part: The part.
            one: The first rater; the gap is the second's rating minus the first's.
            other: The second rater.

        Raises:
            UnknownNameError: if there is no such part or rater.
            InvalidValueError: if the two raters are the same.
        """
        part, one, other = RelationshipPart(part), Rater(one), Rater(other)
        if one is other:
            raise InvalidValueError("a gap is between two raters", where="other", value=shown(other.value))
        ours, theirs = (
            [view for view in self.ratings if view.part is part and view.rater is who] for who in (one, other)
        )
        if not ours or not theirs:
            return ViewGap(part, None, None, self.texts.views["not_rated_by_both"], self.texts)
        forms = [(a, b) for a in ours for b in theirs if _same_form(a, b)]
        if not forms:
            return ViewGap(part, None, None, self.texts.views["invariance_not_established"], self.texts)
        pairs = [(a, b) for a, b in forms if _same_time(a, b)]
        if not pairs:
            return ViewGap(part, None, None, self.texts.views["not_at_one_session"], self.texts)
        latest = pairs[0]
        for pair in pairs[1:]:
            if pair[0].occurred.before(latest[0].occurred) is not True:
                latest = pair
        return ViewGap(part, *latest, None, self.texts)

    def change(
        self, part: RelationshipPart | str, rater: Rater | str | None = None, *, since: int | None = None
    ) -> tuple[ViewChange, ...]:
        """How the ratings of a part changed up to the latest, one for each rater and source with two ratings or more.

        Whether a change is reliable is known where the ratings carry a standard error.

        Args:
            part: The part.
            rater: Whose ratings; ``None`` for each rater's.
            since: Session from which on the first rating is compared; ``None`` takes the rating before the latest.

        Raises:
            UnknownNameError: if there is no such part or rater.
            InvalidValueError: if the session is not a whole number of at least 0.
        """
        part, who = RelationshipPart(part), None if rater is None else Rater(rater)
        first = None if since is None else as_whole(since, where="Views.change.since", minimum=0)
        found = []
        for members in self.series.values():
            now, asked = members[-1], members[-2:]
            if now.part is not part or who not in (None, now.rater):
                continue
            if first is not None:
                asked = tuple(each for each in members if (each.occurred.session or 0) >= first)
            if len(asked) > 1:
                found.append(ViewChange(asked[0], now, self.texts))
        return tuple(found)

    def draw(self, *, theme: Theme = "auto") -> Drawing:
        """The latest ratings and those before as a picture: parts downwards, raters across.

        Args:
            theme: Colours: ``auto`` follows the reader's screen.
        """
        from therarel.machine.diagrams.views import picture

        ratings = [(view, self.before(view)) for view in self.now]
        return picture(self.title, ratings, list(self.lines()), self.texts, theme=theme)

    def _repr_html_(self) -> str:
        return self.draw().to_svg()

    def lines(self) -> Iterator[str]:
        """Each latest rating with the one before, then what was not rated."""
        for view in self.now:
            then, before = self.before(view), ""
            if then is not None:
                before = self._said("before", value=f"{then.value:g}", when=then.occurred)
            yield f"{view.worded(self.texts)}{before}"
        if not self.ratings:
            yield self._said("nothing_rated")
        elif self.unrated:
            yield self._said("unrated", about=self.unrated)

    def _said(self, name: str, **values: object) -> str:
        return self.texts.filled(self.texts.views[name], values)

    def __repr__(self) -> str:
        parts = {view.part for view in self.ratings}
        raters = tuple(rater for rater in Rater if any(view.rater is rater for view in self.ratings))
        said = self.texts(
            "views.ratings", count=len(self.ratings), parts=len(parts), raters=raters or Phrase("views.nobody")
        )
        return one_line(said, "Views")

    def __str__(self) -> str:
        return "\n".join(self.lines())


def _same_form(one: View, other: View) -> bool:
    same = (one.instrument, one.of, one.scale) == (other.instrument, other.of, other.scale)
    return same and one.scale is not None and one.complete and other.complete


def _same_time(one: View, other: View) -> bool:
    same_timing = None in (one.timing, other.timing) or one.timing is other.timing
    if one.occurred.session is not None and other.occurred.session is not None:
        return same_timing and one.occurred.session == other.occurred.session
    return same_timing and one.occurred.on is not None and one.occurred.on == other.occurred.on


class _Course(Protocol):
    """What is asked of a course."""

    @property
    def machine(self) -> Machine: ...

    def replay(self) -> Replay: ...


def view(course: _Course, part: RelationshipPart | str | None = None, *, rater: Rater | str | None = None) -> Views:
    """How the relationship is seen: ratings stated and measured, with their sessions, now and before.

    Args:
        course: The course; corrections are known.
        part: The part, such as ``alliance.goal_agreement``; all of them where ``None``.
        rater: Whose ratings; everybody's where ``None``.

    Raises:
        UnknownNameError: if there is no such part or rater.
    """
    who = None if rater is None else Rater(rater)
    parts = tuple(RelationshipPart) if part is None else (RelationshipPart(part),)
    replayed, texts = course.replay(), course.machine.texts
    found = [
        *replayed.start.views,
        *(
            rating
            for entry in replayed.entries
            if isinstance(entry.event, (Measured, RelationshipRated))
            for rating in views_in(entry.event)
        ),
    ]
    kept = tuple(rating for rating in found if rating.part in parts and who in (None, rating.rater))
    return Views(kept, parts, who, texts.filled(texts.views["title"], {"about": replayed.start.dyad}), texts)
