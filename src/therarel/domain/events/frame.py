"""Facts about sessions, measures and the frame of the work."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from attrs import field, frozen

from therarel.confidential import Confidential
from therarel.domain import checks
from therarel.domain.checks import as_private, as_set, members, optional
from therarel.domain.events.happening import Happening
from therarel.domain.people import Party
from therarel.domain.ratings import Rater, a_person
from therarel.texts import Texts
from therarel.vocabulary import Vocabulary


def other_present_set(values: Iterable[OtherPresent]) -> frozenset[OtherPresent]:
    """Any collection of `OtherPresent`, as `checks.as_set` takes it."""
    return as_set(values)


class Modality(Vocabulary, links={}):
    """How a session was held."""

    IN_PERSON = "in_person"
    VIDEO = "video"
    TELEPHONE = "telephone"
    TEXT = "text"


class OtherPresent(Vocabulary, links={"supervisor": "supervisor"}):
    """Somebody other than the two who was present at a session; the dyad stays a dyad."""

    INTERPRETER = "interpreter"
    RELATIVE = "relative"
    CARER = "carer"
    TRAINEE = "trainee"
    SUPERVISOR = "supervisor"
    OTHER = "other"


@frozen
class SessionHeld(Happening):
    """A session took place; it ends a pause, unless it was a contact inside the pause.

    Args:
        modality: How it was held; ``None`` if not stated.
        others_present: Others who were present.
        during_pause: Whether it was a contact inside a pause, which goes on.

    Examples:
        >>> SessionHeld(session=1).modality is None
        True
    """

    modality: Modality | None = field(default=None, validator=optional(checks.a(Modality)))
    others_present: frozenset[OtherPresent] = field(
        default=frozenset(), converter=other_present_set, validator=members(checks.a(OtherPresent))
    )
    during_pause: bool = field(default=False, validator=checks.truth)


@frozen
class SessionMissed(Happening):
    """A session that was agreed did not take place.

    Args:
        by: Who missed it; ``None`` where neither did (the clinic was closed). Only the client's misses count.
        notified: Whether notice was given; ``None`` if not known.

    Examples:
        >>> SessionMissed(Party.CLIENT, session=4).notified is None
        True
    """

    by: Party | None = field(default=None, validator=optional(checks.a(Party)))
    notified: bool | None = field(default=None, validator=optional(checks.truth))


@frozen
class PauseAgreed(Happening):
    """The two agreed to pause; sessions missed meanwhile do not count, but those missed after its last day do.

    Args:
        until: Its last day; ``None`` if open.

    Examples:
        >>> PauseAgreed(date(2026, 9, 1)).until
        datetime.date(2026, 9, 1)
    """

    until: date | None = field(default=None, validator=optional(checks.day))


@frozen
class PauseEnded(Happening):
    """A pause ended."""


@frozen
class FollowUpHeld(Happening):
    """A follow-up contact took place, during a course or after it closed."""


@frozen
class PerspectiveGiven(Happening):
    """Somebody said whether they perceived the open episode.

    Args:
        by: Whose perspective; a person's, for a model perceives nothing.
        perceived: Whether they perceived it.

    Raises:
        InvalidValueError: if it is the perspective of a model.

    Examples:
        >>> PerspectiveGiven(Rater.CLIENT, True).perceived
        True
    """

    by: Rater = field(validator=[checks.a(Rater), a_person])
    perceived: bool = field(validator=checks.truth)


@frozen
class ChallengeFaced(Happening):
    """A difficulty of the work was faced and worked through.

    Args:
        what: What it was, in words.

    Examples:
        >>> ChallengeFaced("exposure to the dog").what
        Confidential(...)
    """

    what: Confidential | None = field(default=None, converter=as_private, validator=optional(checks.private))


@frozen
class SupervisionHeld(Happening):
    """The therapist brought this relationship to supervision or consultation.

    Args:
        focus: What it was about, in words.
        independent: Whether it was held with somebody who is independent of the therapist; own supervision is not.

    Examples:
        >>> SupervisionHeld(independent=True, session=6).independent
        True
    """

    focus: Confidential | None = field(default=None, converter=as_private, validator=optional(checks.private))
    independent: bool = field(default=False, validator=checks.truth)


@frozen
class ApproachAdapted(Happening):
    """The approach was adapted to the client.

    Args:
        what: What was changed.
        why: Why.
        agreed_with_client: Whether the client agreed; ``None`` if not known.

    Examples:
        >>> ApproachAdapted("slower pace", agreed_with_client=True).agreed_with_client
        True
    """

    what: Confidential | None = field(default=None, converter=as_private, validator=optional(checks.private))
    why: Confidential | None = field(default=None, converter=as_private, validator=optional(checks.private))
    agreed_with_client: bool | None = field(default=None, validator=optional(checks.truth))

    def worded(self, texts: Texts) -> str:
        """When it was, and whether the client agreed; without its own words.

        Args:
            texts: The texts of a language.
        """
        if self.agreed_with_client is None:
            return texts.said(self.occurred)
        return texts("adaptation.agreed" if self.agreed_with_client else "adaptation.not_agreed", when=self.occurred)


@frozen
class CulturalMisstepAcknowledged(Happening):
    """The therapist owned a cultural misstep.

    Args:
        client_view_invited: Whether the client's view of it was invited; only then does repair rest on it.
        what: What was acknowledged, in words; ``None`` if not written down.

    Examples:
        >>> CulturalMisstepAcknowledged(True).client_view_invited
        True
    """

    client_view_invited: bool = field(validator=checks.truth)
    what: Confidential | None = field(default=None, converter=as_private, validator=optional(checks.private))


@frozen
class ConfidentialityLimitInvoked(Happening):
    """Something was disclosed within the stated limits of confidentiality; a lawful disclosure is not a breach.

    Args:
        ground: On what ground, in words.
        concern: Code of the concern for safety that made it necessary; ``None`` if there is none.
        client_informed: Whether the client was informed of it; ``None`` if not known.

    Examples:
        >>> ConfidentialityLimitInvoked(concern="concern-1", client_informed=True).ground is None
        True
    """

    ground: Confidential | None = field(default=None, converter=as_private, validator=optional(checks.private))
    concern: str | None = field(default=None, validator=optional(checks.code), metadata=checks.CODED)
    client_informed: bool | None = field(default=None, validator=optional(checks.truth))
