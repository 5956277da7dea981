"""How items become scores: the key, the scoring rule, and the longer form that items were taken from."""

from __future__ import annotations

from attrs import field, frozen

from therarel.citations import Status
from therarel.domain import checks
from therarel.measures.published import Sourced, listed
from therarel.vocabulary import Vocabulary


class Metric(Vocabulary, links={}):
    """How answers become one number."""

    SUM = "sum"
    MEAN = "mean"


@frozen(kw_only=True)
class Subscale:
    """The items that make one score.

    Examples:
        >>> Subscale(name="bond", items=(3, 5, 7, 9)).items
        (3, 5, 7, 9)
    """

    name: str = field(validator=checks.name)
    items: tuple[int, ...] = field(converter=listed, validator=checks.members(checks.whole(1)))


@frozen(kw_only=True)
class Key(Sourced):
    """Which items make which score, and which of them are worded the other way round.

    Args:
        subscales: The subscales; empty for an instrument that has a total alone.
        reversed_items: Items whose answer is turned before it is added.
        status: How surely the key is known: the weakest part that a score rests on.
        citations: Where it was found, as keys of the bibliography.
        checked: How it was checked, in words.

    Examples:
        >>> Key(reversed_items=(3,), status="V").subscales
        ()
    """

    subscales: tuple[Subscale, ...] = field(default=(), converter=listed, validator=checks.collection)
    reversed_items: tuple[int, ...] = field(default=(), converter=listed, validator=checks.members(checks.whole(1)))


@frozen(kw_only=True)
class Scoring(Sourced):
    """The published rule that makes the total.

    Args:
        metric: Whether the published total is a sum or a mean of the items.
        also: Other ways of scoring that were published.
        status: How surely the rule is known.
        citations: Where it was published, as keys of the bibliography.
        checked: How it was checked, in words.

    Examples:
        >>> Scoring(metric="sum", status="V").metric.label
        'sum'
    """

    metric: Metric = field(converter=Metric)
    also: tuple[Metric, ...] = field(default=(), converter=listed, validator=checks.collection)


@frozen(kw_only=True)
class Parents:
    """Which item of a longer form each item was taken from.

    Args:
        of: Id of the longer form.
        items: Items of the longer form, in the order of the items of this one.
        status: How surely the map is known.
        checked: How it was checked, in words.

    Examples:
        >>> Parents(of="wai-36", items=(2, 4, 8), status="M-h").of
        'wai-36'
    """

    of: str = field(validator=checks.name)
    items: tuple[int, ...] = field(converter=listed, validator=checks.members(checks.whole(1)))
    status: Status = field(converter=Status)
    checked: str | None = None
