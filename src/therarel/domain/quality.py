"""The quality of the relationship in one person's view: what was rated, what was not, and no total.

Components and characteristics measure different things on different scales; adding them up would invent a
number that no instrument stands for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import attrs
from attrs import field, frozen

from therarel.domain import checks
from therarel.domain.characteristics import (
    Characteristics,
    EmotionalAttunement,
    ProfessionalBoundaries,
    SafeEnvironment,
)
from therarel.domain.components import OfOneRater, TherapeuticPresence, WorkingAlliance, ratings_in
from therarel.domain.parts import RelationshipPart
from therarel.domain.ratings import Rating


@frozen
class RelationshipQuality(OfOneRater):
    """Every rated part of the relationship in one person's view at one time.

    Args:
        alliance: The working alliance.
        presence: Therapeutic presence.
        characteristics: Boundaries, environment and attunement.

    Raises:
        InvalidValueError: if ratings of two raters are mixed.

    Examples:
        >>> from therarel.domain import Rater, RatingScale
        >>> clear = Rating(4, RatingScale(1, 5), Rater.CLIENT)
        >>> quality = RelationshipQuality.of({"alliance.goal_agreement": clear})
        >>> len(quality.rated), len(quality.unrated)
        (1, 22)
    """

    alliance: WorkingAlliance = field(default=WorkingAlliance(), validator=checks.a(WorkingAlliance))
    presence: TherapeuticPresence = field(default=TherapeuticPresence(), validator=checks.a(TherapeuticPresence))
    characteristics: Characteristics = field(
        default=Characteristics(ProfessionalBoundaries(), SafeEnvironment(), EmotionalAttunement()),
        validator=checks.a(Characteristics),
    )

    @classmethod
    def of(cls, ratings: Mapping[RelationshipPart, Rating] | Mapping[str, Rating]) -> Self:
        """The quality that holds some ratings, each of one part; the other parts are not rated.

        Args:
            ratings: The rating of each part.

        Raises:
            UnknownNameError: if there is no such part.
            InvalidValueError: if ratings of two raters are mixed.

        Examples:
            >>> from therarel.domain import Rater, RatingScale
            >>> safe = Rating(4, RatingScale(1, 5), Rater.CLIENT)
            >>> RelationshipQuality.of({RelationshipPart.EMOTIONAL_SAFETY: safe}).alliance.bond.emotional_safety is safe
            True
        """
        quality = cls()
        for part, rating in ratings.items():
            quality = _with(quality, RelationshipPart(part).value.split("."), rating)
        return quality

    @property
    def rated(self) -> Mapping[str, Rating]:
        """The ratings that were given, by the path of their field."""
        return {path: rating for path, rating in ratings_in(self) if rating is not None}

    @property
    def unrated(self) -> tuple[str, ...]:
        """Paths of the parts that were not rated."""
        return tuple(path for path, rating in ratings_in(self) if rating is None)


def _with(view: Any, path: Sequence[str], rating: Rating) -> Any:
    """A view with a rating at a path of fields."""
    name, *rest = path
    return attrs.evolve(view, **{name: _with(getattr(view, name), rest, rating) if rest else rating})
