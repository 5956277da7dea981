"""What was published about an instrument beside its key: cut-offs, bands, reliability, norms, licence, codes.

Each datum keeps its citation keys and its status. `status` says how surely the datum is known, `checked` where it
was checked, in words; what lies below memory with high confidence is shown to readers as unverified.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import field, frozen

from therarel.citations import Status
from therarel.domain import checks
from therarel.domain.checks import as_float, optional
from therarel.domain.risk import RiskKind
from therarel.errors import InvalidValueError, as_number
from therarel.vocabulary import Vocabulary


class Side(Vocabulary, links={}):
    """Where, seen from a cut-off, the scores lie that it points out."""

    BELOW = "below"
    """Scores below the value; the value itself is not among them."""
    AT_OR_ABOVE = "at_or_above"
    """The value itself and scores above it."""


class Permission(Vocabulary, links={}):
    """Whether the wording of the items may be used in some way."""

    FREE = "free"
    VERBATIM_WITH_ATTRIBUTION = "verbatim_with_attribution"
    LICENCE_NEEDED = "licence_needed"
    NOT_KNOWN = "not_known"


class CodeSystem(Vocabulary, links={}):
    """A terminology that names measures and scores."""

    LOINC = "loinc"
    SNOMED_CT = "snomed_ct"


def listed(values: Iterable[Any]) -> tuple[Any, ...]:
    """Any collection as a tuple; `checks.as_tuple` without a type variable, which type checkers cannot settle here."""
    return checks.as_tuple(values)


@frozen(kw_only=True)
class Sourced:
    """A fact that was published: how surely it is known, and where it is from.

    Args:
        status: How surely it is known.
        citations: Where it was published, as keys of the bibliography.
        checked: How it was checked, in words; ``None`` if nothing is to be said.
    """

    status: Status = field(converter=Status)
    citations: tuple[str, ...] = field(default=(), converter=listed, validator=checks.collection)
    checked: str | None = None


@frozen(kw_only=True)
class Cutoff(Sourced):
    """A published cut-off of the total: which scores it points out, for whom, and where it was published.

    Args:
        name: What the cut-off is called, such as ``caseness``.
        value: The cut-off, in points of the total.
        side: Which side of the value it points out.
        meaning: What a score on that side is said to mean, in a few words.
        population: Whom it was published for; ``None`` where nothing was said.
        item_value: A cut-off of every single item that the same rule names; ``None`` where it names none.
        status: How surely it is known.
        citations: Where it was published, as keys of the bibliography.
        checked: Where it was checked, in words.

    Examples:
        >>> Cutoff(name="caseness", value=10, side="at_or_above", meaning="a case", status="M-h").points_out(9)
        False
    """

    name: str = field(validator=checks.name)
    value: float = field(converter=as_float, validator=checks.number())
    side: Side = field(converter=Side)
    meaning: str
    population: str | None = None
    item_value: float | None = None

    def points_out(self, total: float) -> bool:
        """Whether a total lies on the side that the cut-off points out."""
        total = as_number(total, where="total")
        return total < self.value if self.side is Side.BELOW else total >= self.value


@frozen(kw_only=True)
class Band:
    """A published band of totals, both ends included, such as the severity ``moderate``.

    Raises:
        InvalidValueError: if the bounds are not in order.

    Examples:
        >>> 12 in Band(name="moderate", minimum=10, maximum=14)
        True
    """

    name: str = field(validator=checks.name)
    minimum: float = field(converter=as_float, validator=checks.number())
    maximum: float = field(converter=as_float, validator=checks.number())

    def __attrs_post_init__(self) -> None:
        if self.minimum > self.maximum:
            raise InvalidValueError(
                "a band needs its minimum at most at its maximum",
                where="Band",
                value=f"{self.minimum:g} to {self.maximum:g}",
            )

    def __contains__(self, total: float) -> bool:
        return self.minimum <= total <= self.maximum


@frozen(kw_only=True)
class PublishedChange(Sourced):
    """A published smallest change of the total that counts as reliable; sources may differ.

    A change of exactly this size counts.

    Args:
        value: The change, in points of the total; above 0.
        confidence: Its level, above 0 and below 1: the share of unchanged clients that stay below it, both directions
            taken together; ``None`` where it is not known. Levels differ between publications.
        status: How surely the value is known.
        citations: Where it was published, as keys of the bibliography.
        checked: Where it was checked, in words.

    Raises:
        InvalidValueError: if the change or the level lies outside its bounds.

    Examples:
        >>> PublishedChange(value=6, confidence=0.90, status="V").level
        '90%'
        >>> PublishedChange(value=5, status="M-m").level
        'level not known'
    """

    value: float = field(converter=as_float, validator=checks.number(0.0))
    confidence: float | None = field(
        default=None, validator=optional(checks.number(0.0, 1.0)), converter=checks.float_or_none
    )

    def __attrs_post_init__(self) -> None:
        if not self.value > 0:
            raise InvalidValueError("not accepted", where="PublishedChange.value", value="0", bound="above 0")
        if self.confidence is not None and not 0 < self.confidence < 1:
            raise InvalidValueError(
                "not accepted",
                where="PublishedChange.confidence",
                value=f"{self.confidence:g}",
                bound="above 0 and below 1, or None where it is not known",
            )

    @property
    def level(self) -> str:
        """The level of the change in words."""
        return "level not known" if self.confidence is None else f"{100 * self.confidence:g}%"


@frozen(kw_only=True)
class Reliability(Sourced):
    """A published reliability of the scores.

    Args:
        coefficient: What kind of coefficient it is, such as ``alpha`` or ``test_retest``.
        value: The coefficient, 0 to 1; ``None`` where only a range or a bound was published.
        low: Lowest of the values published together; ``None`` where there is one value.
        high: Highest of them.
        of: What it is the reliability of: ``total``, or the name of a subscale or of another form.
        sample: Whom it was found in, in words.
        status: How surely it is known.
        citations: Where it was published, as keys of the bibliography.
        checked: What the value is exactly, in words.

    Examples:
        >>> Reliability(coefficient="alpha", value=0.88, status="M-h").usable
        False
    """

    coefficient: str = field(validator=checks.name)
    value: float | None = field(
        default=None, validator=optional(checks.number(0.0, 1.0)), converter=checks.float_or_none
    )
    low: float | None = field(default=None, validator=optional(checks.number(0.0, 1.0)), converter=checks.float_or_none)
    high: float | None = field(
        default=None, validator=optional(checks.number(0.0, 1.0)), converter=checks.float_or_none
    )
    of: str = field(default="total", validator=checks.name)
    sample: str | None = None

    @property
    def usable(self) -> bool:
        """Whether a computation may take the value by name: one number, of the total, verified in a source."""
        return self.value is not None and self.of == "total" and self.status is Status.VERIFIED


@frozen(kw_only=True)
class Norm(Sourced):
    """Mean and spread that were published for a named sample; a description, not a threshold.

    Args:
        sample: Whom it describes, in words.
        mean: Mean of the sample, in points of ``metric``.
        sd: Standard deviation; ``None`` where it was not published.
        n: Size of the sample; ``None`` where it was not published.
        metric: ``sum`` or ``mean``: the way of scoring that the figures belong to.
        status: How surely it is known.
        citations: Where it was published, as keys of the bibliography.
        checked: What else was said, in words.

    Examples:
        >>> Norm(sample="an example", mean=4.2, metric="mean", status="V").sd is None
        True
    """

    sample: str
    mean: float = field(converter=as_float, validator=checks.number())
    sd: float | None = field(default=None, validator=optional(checks.number(0.0)), converter=checks.float_or_none)
    n: int | None = field(default=None, validator=optional(checks.whole(1)), converter=checks.int_or_none)
    metric: str = field(validator=checks.name)


@frozen(kw_only=True)
class MissingRule(Sourced):
    """A published rule for unanswered items: the total is made from the mean of the answered ones.

    Args:
        most_missing: How many items may be missing; with more there is no score. Of a subscale as many in proportion,
            rounded down.
        most_missing_status: How surely that number is known.
        status: How surely the rule is known.
        citations: Where it was published, as keys of the bibliography.
        checked: Where it was checked, in words.

    Examples:
        >>> MissingRule(most_missing=2, status="V").most_missing
        2
    """

    most_missing: int = field(validator=checks.whole(0), converter=checks.as_int)
    most_missing_status: Status = field(default=Status.VERIFIED, converter=Status)


def _risk_kinds(kinds: Iterable[str]) -> tuple[RiskKind, ...]:
    return checks.as_tuple_of(RiskKind, kinds)


@frozen(kw_only=True)
class RiskItem(Sourced):
    """An item that asks about risk; it is answered apart from the total.

    Args:
        item: Number of the item.
        kinds: What it asks about; at least one.
        status: How surely this is known.
        citations: Where it was published, as keys of the bibliography.
        checked: Where it was checked, in words.

    Raises:
        InvalidValueError: if no kind is named.

    Examples:
        >>> RiskItem(item=9, kinds=["self_harm"], status="V").kinds[0].label
        'self harm'
    """

    item: int = field(validator=checks.whole(1), converter=checks.as_int)
    kinds: tuple[RiskKind, ...] = field(converter=_risk_kinds, validator=checks.collection)

    def __attrs_post_init__(self) -> None:
        if not self.kinds:
            raise InvalidValueError(
                "an item that asks about risk asks about something",
                where="RiskItem.kinds",
                value="none",
                bound=f"one or more of {', '.join(RiskKind)}",
            )


@frozen(kw_only=True)
class Licence:
    """Who holds the rights in the wording and what may be done with it; keys and numbers are facts and free.

    Args:
        terms: The terms in words, as far as they are known.
        show: Whether the wording may be shown to a person who answers or reads it.
        store: Whether it may be kept in a program or a database.
        sell: Whether it may be part of something that is sold.
        status: How surely the terms are known.
        citations: Where they were found, as keys of the bibliography.

    Examples:
        >>> Licence(terms="not seen", status="M-m").show.label
        'not known'
    """

    terms: str
    show: Permission = field(default=Permission.NOT_KNOWN, converter=Permission)
    store: Permission = field(default=Permission.NOT_KNOWN, converter=Permission)
    sell: Permission = field(default=Permission.NOT_KNOWN, converter=Permission)
    status: Status = field(converter=Status)
    citations: tuple[str, ...] = field(default=(), converter=listed, validator=checks.collection)


@frozen(kw_only=True)
class Code:
    """A verified identifier of the instrument or its score in a terminology; always a string.

    Examples:
        >>> Code(system="loinc", code="44261-6", names="total score").system.label
        'loinc'
    """

    system: CodeSystem = field(converter=CodeSystem)
    code: str = field(validator=checks.name)
    names: str
