"""The key characteristics: professional boundaries, a safe environment, emotional attunement.

As with the components, one view holds the ratings of one rater, and what was not rated is ``None``.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import field, frozen

from therarel.confidential import Confidential
from therarel.domain import checks
from therarel.domain.checks import as_private, as_tuple, members, optional
from therarel.domain.components import RATED, OfOneRater
from therarel.domain.occurrence import Occurrence
from therarel.domain.people import Party
from therarel.domain.ratings import Rating
from therarel.vocabulary import Vocabulary


def _emotion_observation_tuple(values: Iterable[EmotionObservation]) -> tuple[EmotionObservation, ...]:
    return as_tuple(values)


class Characteristic(Vocabulary, concepts=True):
    """A key characteristic of the relationship."""

    PROFESSIONAL_BOUNDARIES = "professional_boundaries"
    SAFE_ENVIRONMENT = "safe_environment"
    EMOTIONAL_ATTUNEMENT = "emotional_attunement"


@frozen
class ProfessionalBoundaries(OfOneRater):
    """The limits that keep the relationship safe and in the client's interest, in one person's view.

    Args:
        ethical_guidelines: How clear the rules of conduct are to both.
        professional_ethics: How well ethical standards are upheld.
        warmth: Friendly, caring regard.
        professionalism: Keeping to role, frame and competence.
        guidelines_explained: Whether the guidelines were explained to the client, as this person sees it; ``None`` if
            not known. That they were is a fact of the course: `TermsExplained`, which the conditions read.

    Raises:
        InvalidValueError: if ratings of two raters are mixed.

    Examples:
        >>> ProfessionalBoundaries().imbalance is None
        True
    """

    ethical_guidelines: Rating | None = field(default=None, validator=optional(checks.a(Rating)), metadata=RATED)
    professional_ethics: Rating | None = field(default=None, validator=optional(checks.a(Rating)), metadata=RATED)
    warmth: Rating | None = field(default=None, validator=optional(checks.a(Rating)), metadata=RATED)
    professionalism: Rating | None = field(default=None, validator=optional(checks.a(Rating)), metadata=RATED)
    guidelines_explained: bool | None = field(default=None, validator=optional(checks.truth))

    @property
    def imbalance(self) -> float | None:
        """Warmth minus professionalism as shares of their scales.

        -1 is all professionalism, 0 is balance, 1 is all warmth. ``None`` unless both are rated. It says which
        way the two lean and judges neither.

        Examples:
            >>> from therarel.domain import Rater, RatingScale
            >>> scale = RatingScale(1, 5)
            >>> warm, formal = Rating(5, scale, Rater.CLIENT), Rating(4, scale, Rater.CLIENT)
            >>> ProfessionalBoundaries(warmth=warm, professionalism=formal).imbalance
            0.25
        """
        if self.warmth is None or self.professionalism is None:
            return None
        return self.warmth.share - self.professionalism.share


@frozen
class ConfidentialityTerms:
    """What was agreed about keeping things private, as one person sees it.

    What conditions read are facts of the course: `TermsExplained` and `ConsentDecided`.

    Args:
        limits_explained: Whether the limits of confidentiality were explained; ``None`` if not known.
        consent: When the client consented; ``None`` if this person knows of none.

    Examples:
        >>> ConfidentialityTerms(limits_explained=True).consent is None
        True
    """

    limits_explained: bool | None = field(default=None, validator=optional(checks.truth))
    consent: Occurrence | None = field(default=None, validator=optional(checks.a(Occurrence)))


@frozen
class SafeEnvironment(OfOneRater):
    """A setting in which the client can disclose and take risks, in one person's view: the container.

    Args:
        confidentiality: How safely private the client finds what is said.
        nonjudgmental_atmosphere: How far experience is met without blame.
        cultural_sensitivity: Respect for the client's culture and identities.
        terms: What was agreed about confidentiality.

    Raises:
        InvalidValueError: if ratings of two raters are mixed.

    Examples:
        >>> SafeEnvironment().confidentiality is None
        True
    """

    confidentiality: Rating | None = field(default=None, validator=optional(checks.a(Rating)), metadata=RATED)
    nonjudgmental_atmosphere: Rating | None = field(default=None, validator=optional(checks.a(Rating)), metadata=RATED)
    cultural_sensitivity: Rating | None = field(default=None, validator=optional(checks.a(Rating)), metadata=RATED)
    terms: ConfidentialityTerms = field(default=ConfidentialityTerms(), validator=checks.a(ConfidentialityTerms))


@frozen
class EmotionObservation:
    """An emotional state of the client that somebody noticed.

    Args:
        emotion: The emotion in words.
        intensity: How strong it was; higher is stronger. ``None`` if not rated.
        by: Who noticed it; ``None`` if not stated.

    Examples:
        >>> EmotionObservation("shame", by=Party.THERAPIST).emotion
        Confidential(...)
    """

    emotion: Confidential = field(converter=as_private, validator=checks.private)
    intensity: Rating | None = field(default=None, validator=optional(checks.a(Rating)))
    by: Party | None = field(default=None, validator=optional(checks.a(Party)))


@frozen
class EmotionalAttunement(OfOneRater):
    """Sensing and responding fittingly to the client's feelings, in one person's view.

    Args:
        emotion_recognition: Noticing and naming what the client feels.
        emotional_regulation: Keeping steady and helping the client to.
        validation: Conveying that the client's experience makes sense.
        observations: Single states that were noticed.

    Raises:
        InvalidValueError: if ratings of two raters are mixed.

    Examples:
        >>> EmotionalAttunement().validation is None
        True
    """

    emotion_recognition: Rating | None = field(default=None, validator=optional(checks.a(Rating)), metadata=RATED)
    emotional_regulation: Rating | None = field(default=None, validator=optional(checks.a(Rating)), metadata=RATED)
    validation: Rating | None = field(default=None, validator=optional(checks.a(Rating)), metadata=RATED)
    observations: tuple[EmotionObservation, ...] = field(
        default=(), converter=_emotion_observation_tuple, validator=members(checks.a(EmotionObservation))
    )


@frozen
class Characteristics(OfOneRater):
    """The three characteristics together; all three are stated, none is assumed.

    Args:
        boundaries: Professional boundaries.
        environment: The safe environment.
        attunement: Emotional attunement.

    Raises:
        InvalidValueError: if ratings of two raters are mixed.

    Examples:
        >>> Characteristics(ProfessionalBoundaries(), SafeEnvironment(), EmotionalAttunement()).attunement
        EmotionalAttunement(emotion_recognition=None, emotional_regulation=None, validation=None, observations=())
    """

    boundaries: ProfessionalBoundaries = field(validator=checks.a(ProfessionalBoundaries))
    environment: SafeEnvironment = field(validator=checks.a(SafeEnvironment))
    attunement: EmotionalAttunement = field(validator=checks.a(EmotionalAttunement))
