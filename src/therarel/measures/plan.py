"""How the answers of one instrument become its scores, settled once for one response or a million."""

from __future__ import annotations

from functools import cache
from typing import Final

from attrs import frozen

from therarel.domain.ratings import Rater, RatingScale
from therarel.errors import InvalidValueError, shown
from therarel.measures.answers import Recording
from therarel.measures.catalogue import instrument as named
from therarel.measures.instrument import Instrument
from therarel.measures.keys import Metric
from therarel.measures.missing import MissingPolicy, Published

NOT_VERIFIED: Final = "not scored: key, scale or rule not verified"


@frozen(kw_only=True)
class Group:
    """The items of one score, how many of them must be answered, and the range of the result.

    Examples:
        >>> Group(name="bond", items=(3, 5, 7, 9), needed=3, scale=RatingScale(4, 20)).needed
        3
    """

    name: str
    items: tuple[int, ...]
    needed: int
    scale: RatingScale


@frozen(kw_only=True)
class Plan:
    """A scoring rule made ready: which items are turned, and which groups of items make which score.

    Examples:
        >>> from therarel.measures import Strict, instrument
        >>> plan = plan_for(instrument("wai-s"), missing=Strict())
        >>> sorted(plan.turned), [group.name for group in plan.subscales]
        ([4, 10], ['task', 'bond', 'goal'])
    """

    instrument: Instrument
    metric: Metric
    rule: str
    turned: frozenset[int]
    total: Group
    subscales: tuple[Group, ...]


def plan_for(
    instrument: Instrument,
    *,
    missing: MissingPolicy,
    metric: Metric | None = None,
    recorded_as: Recording = Recording.ANCHOR,
) -> Plan | None:
    """The scoring rule of an instrument made ready; ``None`` where its items are not scored.

    Raises:
        InvalidValueError: if it is not a policy, a published missing-data rule is asked for and there is none, or
            positions were recorded for an instrument whose printed form is not known to flip any item.
    """
    if not isinstance(missing, MissingPolicy):
        raise InvalidValueError(
            "not a policy for unanswered items",
            where="missing",
            value=f"the class {missing.__name__}" if isinstance(missing, type) else shown(missing),
            bound="Strict(), Prorate(min_fraction=...) or Published()",
        )
    scoring = instrument.scoring
    if not instrument.scorable or scoring is None:
        return None
    chosen = scoring.metric if metric is None else Metric(metric)

    def group(name: str, items: tuple[int, ...]) -> Group:
        if isinstance(missing, Published):
            # Of a subscale as many in proportion may be missing, rounded down.
            needed = len(items) - missing.rule_of(instrument).most_missing * len(items) // instrument.n_items
        else:
            needed = missing.needed(len(items))
        scale = instrument.range_of(len(items), chosen)
        assert scale is not None  # a scorable instrument has a verified item scale
        return Group(name=name, items=items, needed=max(1, needed), scale=scale)

    return Plan(
        instrument=instrument,
        metric=chosen,
        rule=f"{chosen}; {missing.label}",
        turned=_turned(instrument, Recording(recorded_as)),
        total=group("total", tuple(range(1, instrument.n_items + 1))),
        subscales=tuple(group(part.name, part.items) for part in instrument.subscales),
    )


def _turned(instrument: Instrument, recorded_as: Recording) -> frozenset[int]:
    """Items to turn: the reversed ones; where positions were recorded, also those that the form prints flipped."""
    turned = frozenset(instrument.reversed_items)
    if recorded_as is Recording.ANCHOR:
        return turned
    if not instrument.print_order_flipped:
        raise InvalidValueError(
            f"no printed form of {instrument.id} with flipped items is known",
            where="recorded_as",
            value=shown(recorded_as.value),
            hint="record the anchors",
        )
    # An item that is both reversed and printed flipped has been turned on paper already.
    return turned ^ frozenset(instrument.print_order_flipped)


def resolved(instrument: str | Instrument) -> Instrument:
    """The instrument itself, or the one of an identifier."""
    return instrument if isinstance(instrument, Instrument) else named(instrument)


def rater_of(instrument: Instrument, rater: Rater | str | None) -> Rater:
    """Who answered: as stated, or the only one who can have; a model answers the form of an observer.

    Raises:
        InvalidValueError: if the instrument has several respondents and none is stated, or not that one.
    """
    respondents = ", ".join(instrument.respondents)
    if rater is None:
        if len(instrument.respondents) == 1:
            return instrument.respondents[0]
        raise InvalidValueError(
            f"{instrument.id} has several respondents; say who answered",
            where="rater",
            bound=respondents,
            hint="views of different raters are never pooled",
        )
    stated = Rater(rater)
    form = Rater.OBSERVER if stated is Rater.MODEL else stated
    if form not in instrument.respondents:
        raise InvalidValueError(
            f"{instrument.id} has no form for this rater",
            where="rater",
            value=shown(stated.value),
            bound=respondents,
        )
    return stated


@cache
def scorer_version() -> str:
    """Name and version of the program that scores, as a score states it."""
    from importlib.metadata import version  # costs as much as the rest of the room and is needed once

    return f"therarel {version('therarel')}"
