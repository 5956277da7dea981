"""The quality of the relationship in one person's view: what was rated, what was not, and no total.

Components and characteristics measure different things on different scales; adding them up would invent a
number that no instrument stands for.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from therarel.domain import checks
from therarel.domain.characteristics import Characteristics
from therarel.domain.components import TherapeuticPresence, WorkingAlliance, one_rater, ratings_in
from therarel.domain.ratings import Rater, Rating

__all__ = ["RelationshipQuality"]


@frozen
class RelationshipQuality:
    """Every rated part of the relationship in one person's view at one time.

    Args:
        alliance: The working alliance.
        presence: Therapeutic presence.
        characteristics: Boundaries, environment and attunement.

    Raises:
        InvalidValueError: if ratings of two raters are mixed.

    Examples:
        >>> from therarel.domain import EmotionalAttunement, ProfessionalBoundaries, SafeEnvironment
        >>> parts = Characteristics(ProfessionalBoundaries(), SafeEnvironment(), EmotionalAttunement())
        >>> quality = RelationshipQuality(WorkingAlliance(), TherapeuticPresence(), parts)
        >>> len(quality.rated), len(quality.unrated)
        (0, 20)
    """

    alliance: WorkingAlliance = field(validator=checks.a(WorkingAlliance))
    presence: TherapeuticPresence = field(validator=checks.a(TherapeuticPresence))
    characteristics: Characteristics = field(validator=checks.a(Characteristics))

    def __attrs_post_init__(self) -> None:
        one_rater(self)

    @property
    def rater(self) -> Rater | None:
        """Whose view this is; ``None`` while nothing is rated."""
        return next((rating.rater for rating in self.rated.values()), None)

    @property
    def rated(self) -> Mapping[str, Rating]:
        """The ratings that were given, by the path of their field."""
        return {path: rating for path, rating in ratings_in(self) if rating is not None}

    @property
    def unrated(self) -> tuple[str, ...]:
        """Paths of the parts that were not rated."""
        return tuple(path for path, rating in ratings_in(self) if rating is None)
