"""The parts of the relationship that can be rated, and what a scale of an instrument says of one of them.

A part has the path of its field in `RelationshipQuality`. The alliance as a whole and presence as a whole are parts of
their own, rated as such: no total over parts is ever made.
"""

from __future__ import annotations

from typing import Final

from attrs import field, frozen

from therarel.domain import checks
from therarel.domain.checks import optional
from therarel.domain.scales import RatingScale
from therarel.vocabulary import Vocabulary

_WHOLE: Final = ".whole"


class RelationshipPart(
    Vocabulary,
    links={
        "alliance.whole": "working_alliance",
        "alliance.goal_agreement": "goal_agreement",
        "alliance.task_understanding": "task_understanding",
        "alliance.bond.trust": "trust",
        "alliance.bond.emotional_safety": "emotional_safety",
        "alliance.bond.mutual_regard": "mutual_regard",
        "alliance.collaboration": "collaboration",
        "presence.whole": "therapeutic_presence",
        "presence.empathy": "empathy",
        "presence.active_listening": "active_listening",
        "presence.genuine_attention": "genuine_attention",
        "presence.authenticity": "authenticity",
        "presence.nonverbal_communication": "nonverbal_communication",
        "characteristics.boundaries.ethical_guidelines": "ethical_guidelines",
        "characteristics.boundaries.professional_ethics": "professional_ethics",
        "characteristics.boundaries.warmth": "warmth",
        "characteristics.boundaries.professionalism": "professionalism",
        "characteristics.environment.confidentiality": "confidentiality",
        "characteristics.environment.nonjudgmental_atmosphere": "nonjudgmental_atmosphere",
        "characteristics.environment.cultural_sensitivity": "cultural_sensitivity",
        "characteristics.attunement.emotion_recognition": "emotion_recognition",
        "characteristics.attunement.emotional_regulation": "emotional_regulation",
        "characteristics.attunement.validation": "validation",
    },
):
    """A part of the relationship that can be rated, by the path of its field in `RelationshipQuality`.

    Examples:
        >>> RelationshipPart("alliance.goal_agreement").label, RelationshipPart.ALLIANCE.label
        ('goal agreement', 'alliance as a whole')
    """

    ALLIANCE = "alliance.whole"
    GOAL_AGREEMENT = "alliance.goal_agreement"
    TASK_UNDERSTANDING = "alliance.task_understanding"
    TRUST = "alliance.bond.trust"
    EMOTIONAL_SAFETY = "alliance.bond.emotional_safety"
    MUTUAL_REGARD = "alliance.bond.mutual_regard"
    COLLABORATION = "alliance.collaboration"
    PRESENCE = "presence.whole"
    EMPATHY = "presence.empathy"
    ACTIVE_LISTENING = "presence.active_listening"
    GENUINE_ATTENTION = "presence.genuine_attention"
    AUTHENTICITY = "presence.authenticity"
    NONVERBAL_COMMUNICATION = "presence.nonverbal_communication"
    ETHICAL_GUIDELINES = "characteristics.boundaries.ethical_guidelines"
    PROFESSIONAL_ETHICS = "characteristics.boundaries.professional_ethics"
    WARMTH = "characteristics.boundaries.warmth"
    PROFESSIONALISM = "characteristics.boundaries.professionalism"
    CONFIDENTIALITY = "characteristics.environment.confidentiality"
    NONJUDGMENTAL_ATMOSPHERE = "characteristics.environment.nonjudgmental_atmosphere"
    CULTURAL_SENSITIVITY = "characteristics.environment.cultural_sensitivity"
    EMOTION_RECOGNITION = "characteristics.attunement.emotion_recognition"
    EMOTIONAL_REGULATION = "characteristics.attunement.emotional_regulation"
    VALIDATION = "characteristics.attunement.validation"

    @property
    def label(self) -> str:
        """The part in words."""
        if self.value.endswith(_WHOLE):
            return f"{self.value.removesuffix(_WHOLE)} as a whole"
        return self.value.rpartition(".")[2].replace("_", " ")


class Closeness(Vocabulary, links={}):
    """How closely a scale of an instrument asks about a part of the relationship."""

    EXACT = "exact"
    """The scale was made for this part."""
    CLOSE = "close"
    """It asks about nearly the same, in other terms."""
    BROADER = "broader"
    """It asks about this part among others."""


@frozen
class PartScore:
    """What one scale of an instrument says of a part of the relationship: a measured rating of it.

    Args:
        of: The scale: ``total``, or the name of a subscale or of an item.
        part: The part it speaks to.
        closeness: How closely.
        value: The score, in points of ``scale``.
        scale: Range and direction; ``None`` where they are not verified.
        complete: Whether each of its items was answered; two forms can be compared item by item only then.
        standard_error: Standard error of measurement of the score, in points, above 0; ``None`` where not known.

    Raises:
        InvalidValueError: if the value lies outside the scale, or the standard error is not above 0.

    Examples:
        >>> score = PartScore("goal", RelationshipPart.GOAL_AGREEMENT, Closeness.EXACT, 17, RatingScale(4, 20))
        >>> score.part.label
        'goal agreement'
    """

    of: str = field(validator=checks.name)
    part: RelationshipPart = field(validator=checks.a(RelationshipPart))
    closeness: Closeness = field(validator=checks.a(Closeness))
    value: float = field(validator=checks.number(), converter=checks.as_float)
    scale: RatingScale | None = field(default=None, validator=optional(checks.a(RatingScale)))
    complete: bool = field(default=False, validator=checks.truth, kw_only=True)
    standard_error: float | None = field(
        default=None,
        validator=optional(checks.above_zero),
        converter=checks.float_or_none,
        metadata=checks.bounds(0.0),
        kw_only=True,
    )

    def __attrs_post_init__(self) -> None:
        if self.scale is not None:
            self.scale.require(self.value, "a score", "PartScore.value")
