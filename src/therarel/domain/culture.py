"""Culture, identity and power in the relationship: the client's perspective comes in the client's own words.

Client-rated cultural competence relates to outcome far more closely than the therapist's own rating of it, so the
two are kept apart.

Source: tao2015, hook2013, soto2018.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import field, frozen

from therarel.confidential import Confidential
from therarel.domain import checks
from therarel.domain.checks import as_private, as_tuple, members, optional
from therarel.domain.events.frame import ApproachAdapted, CulturalMisstepAcknowledged
from therarel.domain.occurrence import Occurrence
from therarel.domain.people import Party
from therarel.domain.ratings import Rater, Rating
from therarel.errors import InvalidValueError
from therarel.representation import one_line


def _power_dynamic_tuple(values: Iterable[PowerDynamic]) -> tuple[PowerDynamic, ...]:
    return as_tuple(values)


def _adaptation_tuple(values: Iterable[ApproachAdapted]) -> tuple[ApproachAdapted, ...]:
    return as_tuple(values)


def _acknowledgement_tuple(
    values: Iterable[CulturalMisstepAcknowledged],
) -> tuple[CulturalMisstepAcknowledged, ...]:
    return as_tuple(values)


@frozen
class ClientPerspective:
    """How the client sees the problem and its treatment, in the client's own words.

    Args:
        view: The client's account.
        learned: When the client said so; unknown if not stated.

    Examples:
        >>> ClientPerspective("It runs in the family.").view
        Confidential(...)
    """

    view: Confidential = field(converter=as_private, validator=checks.private)
    learned: Occurrence = field(default=Occurrence(), validator=checks.a(Occurrence))


@frozen
class PowerDynamic:
    """A difference of power between the two, along one axis.

    Args:
        axis: What the difference rests on, in words.
        held_by: Who holds more; ``None`` if not stated.
        discussed: Whether the two have talked about it; ``None`` if not known.

    Examples:
        >>> PowerDynamic("age", held_by=Party.THERAPIST, discussed=False).discussed
        False
    """

    axis: Confidential = field(converter=as_private, validator=checks.private)
    held_by: Party | None = field(default=None, validator=optional(checks.a(Party)))
    discussed: bool | None = field(default=None, validator=optional(checks.truth))


@frozen
class CulturalCompetence:
    """The therapist's cultural competence, rated by the client and by the therapist; never averaged.

    Args:
        by_client: The client's rating.
        by_therapist: The therapist's own rating.

    Raises:
        InvalidValueError: if a rating is in the other person's field.

    Source: tao2015.

    Examples:
        >>> CulturalCompetence().by_client is None
        True
    """

    by_client: Rating | None = field(default=None, validator=optional(checks.a(Rating)))
    by_therapist: Rating | None = field(default=None, validator=optional(checks.a(Rating)))

    def __attrs_post_init__(self) -> None:
        for place, rating, rater in (
            ("by_client", self.by_client, Rater.CLIENT),
            ("by_therapist", self.by_therapist, Rater.THERAPIST),
        ):
            if rating is not None and rating.rater is not rater:
                raise InvalidValueError(
                    "a rating belongs in the field of its rater",
                    where=f"CulturalCompetence.{place}",
                    value=f"a rating by the {rating.rater}",
                )


@frozen
class CulturalContext:
    """What is known of culture and power in this relationship.

    Args:
        perspective: The client's perspective; ``None`` if it was not asked for.
        power: Differences of power.
        adaptations: How the approach was adapted.
        acknowledgements: Missteps that were owned.
        competence: The therapist's cultural competence in both views.

    Examples:
        >>> CulturalContext().perspective is None
        True
    """

    perspective: ClientPerspective | None = field(default=None, validator=optional(checks.a(ClientPerspective)))
    power: tuple[PowerDynamic, ...] = field(
        default=(), converter=_power_dynamic_tuple, validator=members(checks.a(PowerDynamic))
    )
    adaptations: tuple[ApproachAdapted, ...] = field(
        default=(), converter=_adaptation_tuple, validator=members(checks.a(ApproachAdapted))
    )
    acknowledgements: tuple[CulturalMisstepAcknowledged, ...] = field(
        default=(), converter=_acknowledgement_tuple, validator=members(checks.a(CulturalMisstepAcknowledged))
    )
    competence: CulturalCompetence = field(default=CulturalCompetence(), validator=checks.a(CulturalCompetence))

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        counts = f"adaptations: {len(self.adaptations)}; acknowledgements: {len(self.acknowledgements)}"
        asked = "not on record" if self.perspective is None else "confidential"
        return f"perspective of the client: {asked}; differences of power: {len(self.power)}; {counts}"
