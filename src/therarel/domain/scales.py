"""The scale of a number: its range, and which end of it is better."""

from __future__ import annotations

import math

from attrs import field, frozen

from therarel.domain import checks
from therarel.domain.checks import as_float, optional
from therarel.errors import InvalidValueError
from therarel.texts import Texts, standard_texts


@frozen
class RatingScale:
    """The range a number lies in and the direction it reads.

    Args:
        minimum: Lowest possible value; below ``maximum``.
        maximum: Highest possible value.
        higher_is_better: ``True`` if more means a better alliance, relationship, presence or state; ``False``
            for symptom scales.
        step: Smallest difference between two possible values, in scale points; ``None`` if continuous or unknown.

    Raises:
        InvalidValueError: if a bound is not finite, the bounds are not in order, or the step does not fit.

    Examples:
        >>> RatingScale(1, 5).range
        4.0
    """

    minimum: float = field(validator=checks.number(), converter=as_float)
    maximum: float = field(validator=checks.number(), converter=as_float)
    higher_is_better: bool = field(default=True, validator=checks.truth)
    step: float | None = field(
        default=None, validator=optional(checks.number(0.0, math.inf)), converter=checks.float_or_none
    )

    def __attrs_post_init__(self) -> None:
        if not self.minimum < self.maximum:
            raise InvalidValueError(
                "a scale needs its minimum below its maximum",
                where="RatingScale",
                value=f"{self.minimum:g} to {self.maximum:g}",
            )
        if self.step is not None and not 0 < self.step <= self.range:
            raise InvalidValueError(
                "the step of a scale lies between 0 and its range",
                where="RatingScale.step",
                value=f"{self.step:g}",
                bound=f"above 0, at most {self.range:g}",
            )

    @property
    def range(self) -> float:
        """Distance from the lowest to the highest possible value, in scale points."""
        return self.maximum - self.minimum

    def __contains__(self, value: float) -> bool:
        return self.minimum <= value <= self.maximum

    def require(self, value: float, what: str, where: str) -> None:
        """Refuse a value beyond the ends.

        Args:
            value: The value.
            what: What it is, with its article: ``a rating``.
            where: The field.

        Raises:
            InvalidValueError: if it lies outside the scale.

        Examples:
            >>> RatingScale(1, 5).require(4, "a rating", "Rating.value")
        """
        if value not in self:
            raise InvalidValueError(
                f"{what} lies on its scale",
                where=where,
                value=f"{value:g}",
                bound=f"{self.minimum:g} to {self.maximum:g}",
            )

    def __str__(self) -> str:
        return self.worded(standard_texts())

    def worded(self, texts: Texts) -> str:
        """Its range and direction in words.

        Args:
            texts: The texts of a language.
        """
        way = "scale.higher_is_better" if self.higher_is_better else "scale.lower_is_better"
        return texts(way, range=self.range_worded(texts))

    def range_worded(self, texts: Texts) -> str:
        """Its range in words.

        Args:
            texts: The texts of a language.
        """
        return texts("scale.range", minimum=f"{self.minimum:g}", maximum=f"{self.maximum:g}")
