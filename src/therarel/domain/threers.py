"""Observable markers of ruptures and strategies of resolving them, by version of the coding system.

Codes only: no wording of the manual is shipped. The names of 2015 rest on memory, the section structure is
verified; of 2022 the withdrawal markers and the salience scale are verified through two independent uses of the
manual, and nothing else of that version is offered.

Source: eubanks_muran_safran2015, eubanks_muran2022, eubanks2019.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from attrs import field, frozen

from therarel.domain import checks
from therarel.domain.checks import bounds
from therarel.vocabulary import Vocabulary


class WithdrawalMarker2015(Vocabulary, links={}):
    """Markers of withdrawal in the 3RS of 2015: movements away from the other or from the work."""

    DENIAL = "3rs2015.denial"
    MINIMAL_RESPONSE = "3rs2015.minimal_response"
    ABSTRACT_COMMUNICATION = "3rs2015.abstract_communication"
    AVOIDANT_STORYTELLING_OR_SHIFTING_TOPIC = "3rs2015.avoidant_storytelling_or_shifting_topic"
    DEFERENTIAL_AND_APPEASING = "3rs2015.deferential_and_appeasing"
    CONTENT_AFFECT_SPLIT = "3rs2015.content_affect_split"
    SELF_CRITICISM_OR_HOPELESSNESS = "3rs2015.self_criticism_or_hopelessness"


class ConfrontationMarker2015(Vocabulary, links={}):
    """Markers of confrontation in the 3RS of 2015: movements against the other or the work.

    The codes keep the manual's own terms.
    """

    COMPLAINTS_ABOUT_THERAPIST = "3rs2015.complaints_about_therapist"
    PATIENT_REJECTS_THERAPIST_INTERVENTION = "3rs2015.patient_rejects_therapist_intervention"
    COMPLAINTS_ABOUT_ACTIVITIES_OF_THERAPY = "3rs2015.complaints_about_activities_of_therapy"
    COMPLAINTS_ABOUT_PARAMETERS_OF_THERAPY = "3rs2015.complaints_about_parameters_of_therapy"
    COMPLAINTS_ABOUT_PROGRESS_IN_THERAPY = "3rs2015.complaints_about_progress_in_therapy"
    PATIENT_DEFENDS_SELF_AGAINST_THERAPIST = "3rs2015.patient_defends_self_against_therapist"
    EFFORTS_TO_CONTROL_OR_PRESSURE_THERAPIST = "3rs2015.efforts_to_control_or_pressure_therapist"


class ResolutionStrategy2015(
    Vocabulary,
    links={
        "3rs2015.clarify_misunderstanding": "clarifying_rationale",
        "3rs2015.illustrate_tasks_or_provide_rationale": "clarifying_rationale",
        "3rs2015.change_tasks_or_goals": "changing_task_or_goal",
        "3rs2015.acknowledge_own_contribution": "acknowledging_contribution",
    },
):
    """What a therapist does to resolve a rupture, in the 3RS of 2015."""

    CLARIFY_MISUNDERSTANDING = "3rs2015.clarify_misunderstanding"
    CHANGE_TASKS_OR_GOALS = "3rs2015.change_tasks_or_goals"
    ILLUSTRATE_TASKS_OR_PROVIDE_RATIONALE = "3rs2015.illustrate_tasks_or_provide_rationale"
    INVITE_DISCUSSION_OF_THOUGHTS_OR_FEELINGS = (
        "3rs2015.invite_discussion_of_thoughts_or_feelings_about_therapist_or_therapy"
    )
    ACKNOWLEDGE_OWN_CONTRIBUTION = "3rs2015.acknowledge_own_contribution"
    DISCLOSE_INTERNAL_EXPERIENCE = "3rs2015.disclose_internal_experience_of_interaction"
    LINK_TO_PATTERNS_BETWEEN_THE_TWO = "3rs2015.link_rupture_to_patterns_between_patient_and_therapist"
    LINK_TO_PATTERNS_ELSEWHERE = "3rs2015.link_rupture_to_patterns_in_other_relationships"
    VALIDATE_DEFENSIVE_POSTURE = "3rs2015.validate_defensive_posture"
    REDIRECT_OR_REFOCUS = "3rs2015.redirect_or_refocus_patient"

    @property
    def is_immediate(self) -> bool:
        """Whether it belongs to the immediate route: clarify, change task or goal, give a rationale."""
        return self in _IMMEDIATE


_IMMEDIATE: Final = frozenset(
    {
        ResolutionStrategy2015.CLARIFY_MISUNDERSTANDING,
        ResolutionStrategy2015.CHANGE_TASKS_OR_GOALS,
        ResolutionStrategy2015.ILLUSTRATE_TASKS_OR_PROVIDE_RATIONALE,
    }
)


class WithdrawalMarker2022(Vocabulary, links={}):
    """Withdrawal markers in the 3RS of 2022, in its three groups."""

    AVOIDANT_DENIAL = "3rs2022.avoidant_denial"
    MINIMAL_RESPONSE = "3rs2022.minimal_response"
    GIVING_UP = "3rs2022.giving_up"
    ABSTRACT_COMMUNICATION = "3rs2022.abstract_communication"
    AVOIDANT_STORYTELLING = "3rs2022.avoidant_storytelling"
    TOPIC_SHIFT = "3rs2022.topic_shift"
    DEFERENTIAL_APPEASING = "3rs2022.deferential_appeasing"
    CONTENT_AFFECT_SPLIT = "3rs2022.content_affect_split"

    @property
    def group(self) -> str:
        """``shutting_down``, ``avoiding`` or ``masking_experience``."""
        place = list(WithdrawalMarker2022).index(self)
        return "shutting_down" if place < 3 else "avoiding" if place < 6 else "masking_experience"


NOT_VERIFIED_2022: Final = (
    "confrontation markers",
    "resolution strategies",
    "codes other than client withdrawal",
)
"""What the 3RS of 2022 also holds and this library does not offer, because nobody could verify it."""


class StrainSign(Vocabulary, concepts=True):
    """Signs of strain that the concept graph names, outside the 3RS."""

    RESISTANCE = "resistance"
    POWER_IMBALANCE = "power_imbalance"
    MISSED_SESSIONS = "missed_sessions"
    MISSED_CULTURAL_OPPORTUNITY = "missed_cultural_opportunity"


Marker: TypeAlias = WithdrawalMarker2015 | ConfrontationMarker2015 | WithdrawalMarker2022 | StrainSign
"""An observable sign of a strain or rupture."""


@frozen
class Salience2022:
    """How salient the markers of a segment were, on the five-point scale of the 3RS of 2022.

    Args:
        level: 1 (none, or one possible marker of very low clarity) to 5 (several markers, or one that dominates);
            3 is at least one clear marker of moderate intensity; 2 and 4 lie between. Higher is more salient.

    Raises:
        InvalidValueError: if the level is not a whole number from 1 to 5.

    Examples:
        >>> Salience2022(3)
        Salience2022(level=3)
    """

    level: int = field(validator=checks.whole(1, 5), metadata=bounds(1, 5), converter=checks.as_int)
