"""An instrument as data: who answers it, on what scale, with what key, and how its score is made."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import cached_property

from attrs import field, frozen

from therarel.citations import Status
from therarel.domain import checks
from therarel.domain.ratings import Construct, Rater, RatingScale, Timing
from therarel.errors import InvalidValueError, UnknownNameError, as_whole, hint_for, shown
from therarel.measures.keys import Key, Metric, Parents, Scoring, Subscale
from therarel.measures.parts import TOTAL, MeasuredPart, require_scales
from therarel.measures.published import (
    Band,
    Code,
    Cutoff,
    Licence,
    MissingRule,
    Norm,
    PublishedChange,
    Reliability,
    RiskItem,
    listed,
)
from therarel.measures.scales import ItemScale


@frozen(kw_only=True)
class Item:
    """One item by its number; wording is never part of it.

    Args:
        number: Place in the instrument, from 1.
        name: A word for what it asks about, where the instrument has one.
        subscale: Name of its subscale; ``None`` where it counts for the total alone or the key is not verified.
        reverse: Whether its answer is turned before it is added.
        print_order_flipped: Whether the printed form lists the highest anchor first.

    Examples:
        >>> Item(number=4, reverse=True).reverse
        True
    """

    number: int
    name: str | None = None
    subscale: str | None = None
    reverse: bool = False
    print_order_flipped: bool = False


def _raters(raters: Iterable[str]) -> tuple[Rater, ...]:
    return checks.as_tuple_of(Rater, raters)


@frozen(kw_only=True)
class Instrument:
    """An instrument: what it measures, who answers it, its scale, its key and its published figures.

    Args:
        id: Identifier, such as ``wai-sr``.
        name: Name of the instrument.
        version: Version of these data; it changes when the key, the scale or a rule changes.
        construct: What its score is a score of.
        higher_is_better: Direction of the total.
        concept: Id of the measure's node in the concept graph; ``None`` where the graph has none.
        respondents: Who may answer it.
        n_items: Number of items.
        item_names: A word for each item, where the instrument has them.
        item_scale: Scale of a single item.
        key: Subscales and reversals; ``None`` where no key was verified: then items are not scored.
        key_note: Why there is no key, or what is uncertain about it.
        print_order_flipped: Items whose printed form lists the highest anchor first. A matter of data entry.
        scoring: How the total is made; ``None`` where no rule was verified.
        missing_rule: The published rule for unanswered items; ``None`` where none was published.
        cutoffs: Published cut-offs; empty where none was published.
        cutoff_note: What is known about cut-offs where there are none.
        bands: Published bands of the total, covering its range.
        bands_status: How surely the bands are known.
        bands_citations: Where they were published.
        reliable_changes: Published smallest reliable changes; sources may differ.
        reliability: Published reliabilities.
        norms: Published means and spreads, verified ones only.
        timing: When it is usually answered, before or after the session; ``None`` where not known.
        parts: Which part of the relationship each of its scales speaks to; where that is not sure there is no entry.
        risk_items: The items that ask about risk; what was answered to them is never hidden by a total.
        licence: What may be done with the wording.
        codes: Verified identifiers in terminologies.
        parents: The longer form its items were taken from.
        citations: Where the instrument was published.
        notes: What else a reader should know.

    Raises:
        InvalidValueError: if item numbers in the key, the flips or the risk items do not exist or are in two
            subscales, a number of names does not fit the number of items, or one scale speaks to two parts.
        UnknownNameError: if a part is of a scale that the key does not have.

    Examples:
        >>> from therarel.measures import instrument
        >>> wai = instrument("wai-sr")
        >>> str(wai.total), wai.scorable, wai.cutoffs
        ('12 to 60, higher is better', True, ())
    """

    id: str = field(validator=checks.name)
    name: str = field(validator=checks.name)
    version: str = field(validator=checks.name)
    construct: Construct = field(converter=Construct)
    higher_is_better: bool = field(validator=checks.truth)
    concept: str | None = None
    respondents: tuple[Rater, ...] = field(converter=_raters, validator=checks.collection)
    n_items: int = field(validator=checks.whole(1), converter=checks.as_int)
    item_names: tuple[str, ...] = field(default=(), converter=listed, validator=checks.collection)
    item_scale: ItemScale = field(validator=checks.a(ItemScale))
    key: Key | None = None
    key_note: str | None = None
    print_order_flipped: tuple[int, ...] = field(default=(), converter=listed, validator=checks.collection)
    scoring: Scoring | None = None
    missing_rule: MissingRule | None = None
    cutoffs: tuple[Cutoff, ...] = field(default=(), converter=listed, validator=checks.collection)
    cutoff_note: str | None = None
    bands: tuple[Band, ...] = field(default=(), converter=listed, validator=checks.collection)
    bands_status: Status | None = None
    bands_citations: tuple[str, ...] = field(default=(), converter=listed, validator=checks.collection)
    reliable_changes: tuple[PublishedChange, ...] = field(default=(), converter=listed, validator=checks.collection)
    reliability: tuple[Reliability, ...] = field(default=(), converter=listed, validator=checks.collection)
    norms: tuple[Norm, ...] = field(default=(), converter=listed, validator=checks.collection)
    timing: Timing | None = None
    parts: tuple[MeasuredPart, ...] = field(default=(), converter=listed, validator=checks.collection)
    risk_items: tuple[RiskItem, ...] = field(default=(), converter=listed, validator=checks.collection)
    licence: Licence = field(validator=checks.a(Licence))
    codes: tuple[Code, ...] = field(default=(), converter=listed, validator=checks.collection)
    parents: Parents | None = None
    citations: tuple[str, ...] = field(converter=listed, validator=checks.collection)
    notes: tuple[str, ...] = field(default=(), converter=listed, validator=checks.collection)

    def __attrs_post_init__(self) -> None:
        for what, numbers in self._numbers().items():
            strangers = sorted({number for number in numbers if not 1 <= number <= self.n_items})
            twice = sorted({number for number in numbers if numbers.count(number) > 1})
            if strangers or twice:
                raise InvalidValueError(
                    "an item that does not exist" if strangers else "an item that occurs twice",
                    where=f"{self.id}.{what}",
                    value=", ".join(map(str, strangers or twice)),
                    bound=f"items 1 to {self.n_items}, each once",
                )
        given = {"item_names": self.item_names, "parents.items": self.parents.items if self.parents else ()}
        for what, values in given.items():
            if values and len(values) != self.n_items:
                raise InvalidValueError(
                    "there is one for each item, or none",
                    where=f"{self.id}.{what}",
                    value=f"{len(values)}",
                    bound=f"{self.n_items}",
                )

        named = [*(part.name for part in self.subscales), *self.item_names]
        require_scales(self.id, self.parts, named, keyed=self.key is not None)

    def _numbers(self) -> dict[str, list[int]]:
        numbers = {"print_order_flipped": list(self.print_order_flipped)}
        if self.key is not None:
            numbers["key.subscales"] = [item for part in self.key.subscales for item in part.items]
            numbers["key.reversed_items"] = list(self.key.reversed_items)
        numbers["risk_items"] = [risky.item for risky in self.risk_items]
        return numbers

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """The items in order, each with its place in the key."""
        key = self.key
        home = {item: part.name for part in key.subscales for item in part.items} if key else {}
        turned = set(key.reversed_items) if key else set()
        flipped = set(self.print_order_flipped)
        return tuple(
            Item(
                number=number,
                name=self.item_names[number - 1] if self.item_names else None,
                subscale=home.get(number),
                reverse=number in turned,
                print_order_flipped=number in flipped,
            )
            for number in range(1, self.n_items + 1)
        )

    @property
    def subscales(self) -> tuple[Subscale, ...]:
        """The subscales of the key; empty where the instrument has a total alone, or no verified key."""
        return self.key.subscales if self.key else ()

    @property
    def reversed_items(self) -> tuple[int, ...]:
        """The items whose answer is turned before it is added."""
        return self.key.reversed_items if self.key else ()

    @property
    def scorable(self) -> bool:
        """Whether items may be scored: key, scoring rule and item scale are known with high confidence."""
        return self.why_not_scorable is None

    @property
    def why_not_scorable(self) -> str | None:
        """Why items are not scored, as a sentence; ``None`` where they are.

        Examples:
            >>> from therarel.measures import instrument
            >>> print(instrument("calpas-p").why_not_scorable)
            The item key of calpas-p is not verified, so its items are not scored; totals can be recorded.
        """
        consequence = "so its items are not scored; totals can be recorded."
        if self.key is None or self.key.status.unverified:
            return f"The item key of {self.id} is not verified, {consequence}"
        if self.item_scale.status.unverified:
            return f"The item scale of {self.id} is not verified, {consequence}"
        if self.scoring is None or self.scoring.status.unverified:
            return f"The scoring rule of {self.id} is not verified, {consequence}"
        return None

    @property
    def total(self) -> RatingScale | None:
        """Range and direction of the total as the published rule gives it; ``None`` where it is not verified."""
        if self.scoring is None:
            return None
        return self.range_of(self.n_items, self.scoring.metric)

    @property
    def mean_scale(self) -> RatingScale | None:
        """Range and direction of the mean of the items; ``None`` where the item scale is not verified."""
        return self.range_of(self.n_items, Metric.MEAN)

    def range_of(self, n_items: int, metric: Metric) -> RatingScale | None:
        """Range and direction of the sum or mean of a number of items; ``None`` where the scale is not verified.

        Examples:
            >>> from therarel.measures import Metric, instrument
            >>> str(instrument("wai-sr").range_of(4, Metric.SUM))
            '4 to 20, higher is better'
        """
        n_items = as_whole(n_items, where="n_items", minimum=1)
        scale = self.item_scale
        if scale.status.unverified:
            return None
        times = n_items if metric is Metric.SUM else 1
        step = (scale.resolution or 1.0) / (1 if metric is Metric.SUM else n_items)
        return RatingScale(scale.minimum * times, scale.maximum * times, self.higher_is_better, step)

    @property
    def verified_reliability(self) -> Reliability | None:
        """The verified reliability of the total that a computation may take by name; ``None`` where there is none.

        Examples:
            >>> from therarel.measures import instrument
            >>> instrument("wai-36").verified_reliability.value, instrument("wai-sr").verified_reliability
            (0.92, None)
        """
        return next((datum for datum in self.reliability if datum.usable), None)

    def standard_errors(self, metric: Metric) -> Mapping[str, float]:
        """Standard error of the total, in points, where it follows from verified figures; otherwise empty.

        It takes a verified reliability of the total and a verified standard deviation, both of the same sample and
        scored by this metric: ``sd * sqrt(1 - reliability)``.

        Examples:
            >>> from therarel.measures import Metric, instrument
            >>> dict(instrument("wai-sr").standard_errors(Metric.SUM))
            {}
        """
        for datum in self.reliability:
            for norm in self.norms:
                same = datum.sample == norm.sample and norm.metric == metric.value
                if datum.usable and datum.value is not None and same and norm.sd and not norm.status.unverified:
                    return {TOTAL: norm.sd * math.sqrt(1 - datum.value)} if datum.value < 1 else {}
        return {}

    def subscale(self, name: str) -> Subscale:
        """The subscale of a name.

        Raises:
            UnknownNameError: if the verified key has no such subscale.
        """
        for part in self.subscales:
            if part.name == name:
                return part
        raise UnknownNameError(
            f"{self.id} has no such subscale",
            value=shown(name),
            hint=hint_for(name, [part.name for part in self.subscales]) if self.subscales else None,
        )

    def __repr__(self) -> str:
        return f"<Instrument {self}>"

    def __str__(self) -> str:
        return f"{self.id}: {self.name}"
