"""Which parts of the relationship the scales of an instrument speak to, and what a score says of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from attrs import field, frozen

from therarel.domain import checks
from therarel.domain.parts import Closeness, PartScore, RelationshipPart
from therarel.domain.scales import RatingScale
from therarel.errors import InvalidValueError, UnknownNameError, as_number, hint_for, shown
from therarel.measures.published import Sourced

TOTAL = "total"
"""The name of an instrument's total among its scales."""


@frozen(kw_only=True)
class MeasuredPart(Sourced):
    """A part of the relationship that one scale of an instrument speaks to.

    Where it is not sure what a scale speaks to, it has no entry.

    Args:
        of: The scale: ``total``, or the name of a subscale or of an item.
        part: The part of the relationship.
        closeness: How closely the scale asks about it.
        status: How surely this is known.
        citations: Where the scale was published, as keys of the bibliography.
        checked: How it was checked, in words.

    Examples:
        >>> MeasuredPart(of="bond", part="alliance.bond.mutual_regard", closeness="exact", status="C").part.label
        'mutual regard'
    """

    of: str = field(validator=checks.name)
    part: RelationshipPart = field(converter=RelationshipPart)
    closeness: Closeness = field(converter=Closeness)


class Scaled(NamedTuple):
    """The score of one scale: its value, its range, and whether each of its items was answered."""

    value: float | None
    scale: RatingScale | None
    complete: bool


def require_scales(instrument: str, parts: Sequence[MeasuredPart], names: Iterable[str], *, keyed: bool) -> None:
    """Refuse parts of scales that there are not, or of one scale twice.

    Args:
        instrument: Id of the instrument.
        parts: What its scales speak to.
        names: Names of its subscales and items.
        keyed: Whether the key is known; without one, names of subscales cannot be checked.
    """
    scales = [TOTAL, *names]
    for part in parts:
        if keyed and part.of not in scales:
            raise UnknownNameError(
                f"{instrument} has no such scale", where="parts", value=shown(part.of), hint=hint_for(part.of, scales)
            )
    given = [part.of for part in parts]
    if len(set(given)) < len(given):
        raise InvalidValueError(
            "each scale speaks to one part", where=f"{instrument}.parts", value=", ".join(given), bound="each once"
        )


def part_scores(
    parts: Sequence[MeasuredPart], scores: Mapping[str, Scaled], standard_errors: Mapping[str, float]
) -> tuple[PartScore, ...]:
    """What the scores of an instrument's scales say of the relationship; a scale without a value says nothing.

    Args:
        parts: What the scales speak to.
        scores: The score of each scale, by its name.
        standard_errors: The standard error of each score, in points, by the name of the scale; some or none.

    Raises:
        InvalidValueError: if a standard error is not above 0, or is of a scale that speaks to no part.
    """
    spoken = {part.of for part in parts}
    for name, size in standard_errors.items():
        if name not in spoken or as_number(size, where=f"standard_errors[{shown(name)}]", minimum=0) == 0:
            raise InvalidValueError(
                "not accepted",
                where="standard_errors",
                value=shown(name) if name not in spoken else "0",
                bound=f"above 0, of a scale that speaks to a part: {', '.join(sorted(spoken)) or 'there is none'}",
            )
    return tuple(
        PartScore(
            part.of,
            part.part,
            part.closeness,
            score.value,
            score.scale,
            complete=score.complete,
            standard_error=standard_errors.get(part.of),
        )
        for part in parts
        if (score := scores.get(part.of)) is not None and score.value is not None
    )
