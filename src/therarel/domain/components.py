"""The core components: the working alliance and therapeutic presence, as one person sees them at one time.

Every rating in a component comes from the same rater, for raters are never pooled. What was not rated is
``None``.

Source: bordin1979, geller_greenberg2002.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from operator import attrgetter
from typing import TypeAlias, get_type_hints

import attrs
from attrs import field, frozen

from therarel.confidential import Confidential
from therarel.domain import checks
from therarel.domain.agreements import Goal, TherapeuticTask, goal_tuple, therapeutic_task_tuple
from therarel.domain.checks import as_private, as_tuple, members, optional
from therarel.domain.people import Party
from therarel.domain.ratings import Rater, Rating
from therarel.errors import InvalidValueError
from therarel.vocabulary import Vocabulary


def _non_verbal_exchange_tuple(values: Iterable[NonVerbalExchange]) -> tuple[NonVerbalExchange, ...]:
    return as_tuple(values)


class Component(Vocabulary, concepts=True):
    """A core component of the relationship."""

    WORKING_ALLIANCE = "working_alliance"
    THERAPEUTIC_PRESENCE = "therapeutic_presence"


def ratings_in(view: attrs.AttrsInstance) -> Iterator[tuple[str, Rating | None]]:
    """Every rating a view can hold, by field name, ``None`` where it was not rated; nested views included."""
    paths, read = _rated(type(view))
    return zip(paths, read(view), strict=True)


def one_rater(view: attrs.AttrsInstance) -> None:
    """Refuse a view that mixes raters."""
    _, read = _rated(type(view))
    raters = {rating.rater for rating in read(view) if rating is not None}
    if len(raters) > 1:
        raise InvalidValueError(
            "raters are never pooled: one view holds the ratings of one rater",
            where=type(view).__name__,
            value=", ".join(sorted(raters)),
            hint="make one view per rater and compare them",
        )


_Read: TypeAlias = Callable[[attrs.AttrsInstance], tuple[Rating | None, ...]]


@cache
def _rated(kind: type[attrs.AttrsInstance]) -> tuple[tuple[str, ...], _Read]:
    """Where a class of views holds ratings, and how all of them are read at once: a course asks this of every view."""
    paths = tuple(_paths(kind))
    # an attrgetter of one name gives no tuple, and of none it cannot be made
    return paths, attrgetter(*paths) if len(paths) > 1 else lambda view: tuple(getattr(view, path) for path in paths)


def _paths(kind: type[attrs.AttrsInstance]) -> Iterator[str]:
    hints = get_type_hints(kind)
    for each in attrs.fields(kind):
        if each.metadata.get("rated"):
            yield each.name
        elif attrs.has(hints[each.name]):
            yield from (f"{each.name}.{path}" for path in _paths(hints[each.name]))


RATED = {"rated": True}


@frozen
class OfOneRater:
    """What views share: the ratings of one are those of one rater.

    Raises:
        InvalidValueError: if ratings of two raters are mixed.
    """

    def __attrs_post_init__(self) -> None:
        one_rater(self)

    @property
    def rater(self) -> Rater | None:
        """Whose view this is; ``None`` while nothing is rated."""
        return next((rating.rater for _, rating in ratings_in(self) if rating is not None), None)


@frozen
class Bond:
    """The affective tie: trust, emotional safety and mutual regard.

    Args:
        trust: How far the other is trusted; higher is more.
        emotional_safety: How safe it feels to be vulnerable; higher is safer.
        mutual_regard: How far the two like, respect and care for each other; neither trust nor safety.

    Examples:
        >>> Bond().trust is None
        True
    """

    trust: Rating | None = field(default=None, validator=optional(checks.a(Rating)), metadata=RATED)
    emotional_safety: Rating | None = field(default=None, validator=optional(checks.a(Rating)), metadata=RATED)
    mutual_regard: Rating | None = field(default=None, validator=optional(checks.a(Rating)), metadata=RATED)


@frozen
class WorkingAlliance(OfOneRater):
    """Agreement on goals, shared understanding of tasks, bond and collaboration, in one person's view.

    Args:
        goal_agreement: How far both agree what the treatment is for.
        task_understanding: How far both understand what they do and why.
        bond: Trust, emotional safety and mutual regard.
        collaboration: How far problems are worked on jointly.
        goals: The goals themselves.
        tasks: The tasks themselves.
        whole: The alliance as a whole, rated as such; it is never computed from the parts.

    Raises:
        InvalidValueError: if ratings of two raters are mixed.

    Source: bordin1979.

    Examples:
        >>> WorkingAlliance(bond=Bond()).goal_agreement is None
        True
    """

    goal_agreement: Rating | None = field(default=None, validator=optional(checks.a(Rating)), metadata=RATED)
    task_understanding: Rating | None = field(default=None, validator=optional(checks.a(Rating)), metadata=RATED)
    bond: Bond = field(default=Bond(), validator=checks.a(Bond))
    collaboration: Rating | None = field(default=None, validator=optional(checks.a(Rating)), metadata=RATED)
    goals: tuple[Goal, ...] = field(default=(), converter=goal_tuple, validator=members(checks.a(Goal)))
    tasks: tuple[TherapeuticTask, ...] = field(
        default=(), converter=therapeutic_task_tuple, validator=members(checks.a(TherapeuticTask))
    )
    whole: Rating | None = field(default=None, validator=optional(checks.a(Rating)), metadata=RATED)


@frozen
class NonVerbalExchange:
    """A non-verbal cue and the response to it.

    Args:
        cue: What was seen or heard.
        response: What the other did; ``None`` if there was no response or none was noted.
        by: Who gave the cue.

    Examples:
        >>> NonVerbalExchange("looked away", by=Party.CLIENT).cue
        Confidential(...)
    """

    cue: Confidential = field(converter=as_private, validator=checks.private)
    response: Confidential | None = field(default=None, converter=as_private, validator=optional(checks.private))
    by: Party | None = field(default=None, validator=optional(checks.a(Party)))


@frozen
class TherapeuticPresence(OfOneRater):
    """The therapist's engagement in the moment, in one person's view.

    Client and therapist views of presence differ, and only the client's was found to predict outcome: the rater
    is part of every rating.

    Args:
        empathy: Understanding the client's experience and conveying it.
        active_listening: Attending closely and reflecting back.
        genuine_attention: Undivided, sincere attention.
        authenticity: Being real rather than hiding behind a role.
        nonverbal_communication: Sending and reading non-verbal cues.
        exchanges: Single cues and responses that were noted.
        whole: Presence as a whole, rated as such; it is never computed from the parts.

    Raises:
        InvalidValueError: if ratings of two raters are mixed.

    Source: geller_greenberg2002, geller2010.

    Examples:
        >>> TherapeuticPresence().empathy is None
        True
    """

    empathy: Rating | None = field(default=None, validator=optional(checks.a(Rating)), metadata=RATED)
    active_listening: Rating | None = field(default=None, validator=optional(checks.a(Rating)), metadata=RATED)
    genuine_attention: Rating | None = field(default=None, validator=optional(checks.a(Rating)), metadata=RATED)
    authenticity: Rating | None = field(default=None, validator=optional(checks.a(Rating)), metadata=RATED)
    nonverbal_communication: Rating | None = field(default=None, validator=optional(checks.a(Rating)), metadata=RATED)
    exchanges: tuple[NonVerbalExchange, ...] = field(
        default=(), converter=_non_verbal_exchange_tuple, validator=members(checks.a(NonVerbalExchange))
    )
    whole: Rating | None = field(default=None, validator=optional(checks.a(Rating)), metadata=RATED)
