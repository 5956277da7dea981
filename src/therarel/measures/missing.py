"""What to do about unanswered items: nothing, an explicit policy with a floor, or what was published.

A policy never makes a number out of nothing: at least one item is answered wherever there is a score.
"""

from __future__ import annotations

import math
from typing import Final

from attrs import field, frozen

from therarel.domain import checks
from therarel.errors import InvalidValueError, as_whole
from therarel.measures.instrument import Instrument
from therarel.measures.published import MissingRule

# products such as 0.7 * 10 may come out a last bit above the whole number.
_TOLERANCE: Final = 1e-9


@frozen
class Strict:
    """Every item is needed; one that is missing leaves the score without a value. The default.

    Examples:
        >>> Strict().needed(12)
        12
    """

    @property
    def label(self) -> str:
        """The policy as a score names it."""
        return "every item needed"

    def needed(self, n_items: int) -> int:
        """How many of a number of items must be answered."""
        return as_whole(n_items, where="n_items")


@frozen
class Prorate:
    """The mean of the answered items stands for the missing ones, if enough were answered.

    The same floor holds for the total and separately for each subscale. No source backs it for instruments without a
    published rule; the score says that it was prorated.

    Args:
        min_fraction: Share of the items that must be answered, above 0, at most 1. There is no default.

    Raises:
        InvalidValueError: if the share is not within its bounds.

    Examples:
        >>> Prorate(min_fraction=0.75).needed(12)
        9
    """

    min_fraction: float = field(validator=checks.number(0.0, 1.0), converter=checks.as_float)

    def __attrs_post_init__(self) -> None:
        if not self.min_fraction > 0:
            raise InvalidValueError(
                "a policy needs a floor",
                where="Prorate.min_fraction",
                value=f"{self.min_fraction:g}",
                bound="above 0, at most 1",
            )

    @property
    def label(self) -> str:
        """The policy as a score names it."""
        return f"prorated from {self.min_fraction:g} of the items"

    def needed(self, n_items: int) -> int:
        """How many of a number of items must be answered."""
        return max(1, math.ceil(self.min_fraction * as_whole(n_items, where="n_items") - _TOLERANCE))


@frozen
class Published:
    """What was published for the instrument; refused where nothing was.

    Examples:
        >>> from therarel.measures import instrument
        >>> Published().rule_of(instrument("care")).most_missing
        2
        >>> Published().rule_of(instrument("wai-sr"))
        Traceback (most recent call last):
            ...
        therarel.errors.InvalidValueError: no missing-data rule was published for wai-sr. Hint: use Strict(), or Prorate(min_fraction=...) and say so
    """  # noqa: E501 -- a message is one line

    @property
    def label(self) -> str:
        """The policy as a score names it."""
        return "published missing-data rule"

    def rule_of(self, instrument: Instrument) -> MissingRule:
        """The rule that was published for an instrument.

        Raises:
            InvalidValueError: if none was.
        """
        if instrument.missing_rule is None:
            raise InvalidValueError(
                f"no missing-data rule was published for {instrument.id}",
                hint="use Strict(), or Prorate(min_fraction=...) and say so",
            )
        return instrument.missing_rule


MissingPolicy = Strict | Prorate | Published
"""What to do about unanswered items."""
