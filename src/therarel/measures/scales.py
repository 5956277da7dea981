"""The scale of a single item: points, points without zero, or a line that can be marked anywhere."""

from __future__ import annotations

from attrs import field, frozen

from therarel.citations import Status
from therarel.domain import checks
from therarel.domain.checks import as_float, optional
from therarel.errors import InvalidValueError, as_number
from therarel.measures.published import listed
from therarel.vocabulary import Vocabulary


class ScaleKind(Vocabulary, links={}):
    """What the answers to an item look like."""

    POINTS = "points"
    """Whole numbers from the lowest to the highest."""
    POINTS_WITHOUT_ZERO = "points_without_zero"
    """Whole numbers of both signs; there is no zero."""
    VISUAL_ANALOGUE = "visual_analogue"
    """A mark on a line: any number between its ends."""


@frozen(kw_only=True)
class ItemScale:
    """The scale of a single item.

    Args:
        minimum: Lowest answer.
        maximum: Highest answer.
        kind: Whole numbers, whole numbers without zero, or any number between the ends.
        resolution: Smallest difference that is recorded, in points; ``None`` where it is a whole point.
        anchors: Names of the answers from the lowest to the highest, where they are known and may be shown.
        start: The answer from which a coder starts, in instruments that observers rate; ``None`` if there is no rule.
        not_applicable: Whether the form has an answer such as "does not apply" besides the points.
        status: How surely the scale is known.
        checked: The source in which it was checked, in words.

    Raises:
        InvalidValueError: if the bounds are not in order, or there is not one anchor for each point.

    Examples:
        >>> scale = ItemScale(minimum=-3, maximum=3, kind="points_without_zero")
        >>> 0 in scale, -3 in scale, scale.points
        (False, True, (-3, -2, -1, 1, 2, 3))
    """

    minimum: float = field(converter=as_float, validator=checks.number())
    maximum: float = field(converter=as_float, validator=checks.number())
    kind: ScaleKind = field(default=ScaleKind.POINTS, converter=ScaleKind)
    resolution: float | None = field(
        default=None, validator=optional(checks.number(0.0)), converter=checks.float_or_none
    )
    anchors: tuple[str, ...] = field(default=(), converter=listed, validator=checks.collection)
    start: float | None = field(default=None, validator=optional(checks.number()), converter=checks.float_or_none)
    not_applicable: bool = field(default=False, validator=checks.truth)
    status: Status = field(default=Status.VERIFIED, converter=Status)
    checked: str | None = None

    def __attrs_post_init__(self) -> None:
        if not self.minimum < self.maximum:
            raise InvalidValueError(
                "a scale needs its minimum below its maximum",
                where="ItemScale",
                value=f"{self.minimum:g} to {self.maximum:g}",
            )
        if self.anchors and len(self.anchors) != len(self.points):
            raise InvalidValueError(
                "a scale with anchors has one for each of its points",
                where="ItemScale.anchors",
                value=f"{len(self.anchors)} anchors",
                bound=f"{len(self.points)}",
            )

    @property
    def points(self) -> tuple[int, ...]:
        """The possible answers in order; empty for a line that can be marked anywhere."""
        if self.kind is ScaleKind.VISUAL_ANALOGUE:
            return ()
        whole_numbers = range(int(self.minimum), int(self.maximum) + 1)
        return tuple(point for point in whole_numbers if point != 0 or self.kind is ScaleKind.POINTS)

    def __contains__(self, answer: float) -> bool:
        if not self.minimum <= answer <= self.maximum:
            return False
        if self.kind is ScaleKind.VISUAL_ANALOGUE:
            return True
        return answer == int(answer) and (answer != 0 or self.kind is ScaleKind.POINTS)

    def turned(self, answer: float) -> float:
        """The answer to a reversed item: as far from the lowest answer as this one is from the highest.

        Examples:
            >>> ItemScale(minimum=1, maximum=7).turned(2)
            6.0
        """
        return self.minimum + self.maximum - as_number(answer, where="answer")

    def __str__(self) -> str:
        kind = {
            ScaleKind.POINTS: "",
            ScaleKind.POINTS_WITHOUT_ZERO: ", without zero",
            ScaleKind.VISUAL_ANALOGUE: ", visual analogue",
        }
        return f"{self.minimum:g} to {self.maximum:g}{kind[self.kind]}"
