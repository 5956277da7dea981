"""Facts about what the relationship is like: rated by somebody, or measured by an instrument."""

from __future__ import annotations

from attrs import field, frozen

from therarel.domain import checks
from therarel.domain.events.happening import Happening
from therarel.domain.quality import RelationshipQuality
from therarel.domain.ratings import Score
from therarel.errors import InvalidValueError


@frozen
class Measured(Happening):
    """A measure of the relationship or of its outcome was taken, with any instrument.

    Args:
        score: What the instrument gave, with rater and timing; a score without a value is recorded too.

    Examples:
        >>> from therarel.domain import Rater
        >>> Measured(Score("wai-sr", 4.25, Rater.CLIENT), session=3).score.value
        4.25
    """

    score: Score = field(validator=checks.a(Score))


@frozen
class RelationshipRated(Happening):
    """Somebody rated parts of the relationship, one or more of them, without an instrument.

    Args:
        quality: The ratings, all of one rater; what was not rated stays ``None``.

    Raises:
        InvalidValueError: if nothing is rated.

    Examples:
        >>> from therarel.domain import Rater, Rating, RatingScale
        >>> safe = Rating(4, RatingScale(1, 5), Rater.CLIENT)
        >>> rated = RelationshipRated(RelationshipQuality.of({"alliance.bond.emotional_safety": safe}), session=3)
        >>> rated.quality.rater.label
        'client'
    """

    quality: RelationshipQuality = field(validator=checks.a(RelationshipQuality))

    def __attrs_post_init__(self) -> None:
        if self.quality.rater is None:
            raise InvalidValueError(
                "nothing is rated",
                where="RelationshipRated.quality",
                bound="the rating of at least one part",
                hint="RelationshipQuality.of({part: rating}) holds one",
            )
