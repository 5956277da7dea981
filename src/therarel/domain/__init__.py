"""The nouns of the therapeutic relationship: frozen, typed, validated.

Everything here is a value. What happens to a relationship is decided elsewhere; what it means, how it is measured
and how it runs over time, too. Importing this costs attrs and the standard library.
"""

from __future__ import annotations

from therarel.domain import events
from therarel.domain.agreements import (
    Agreements,
    CrisisArrangements,
    ExportPurpose,
    Goal,
    GoalOwner,
    GoalStatus,
    Term,
    TherapeuticTask,
)
from therarel.domain.breaches import (
    Breach,
    BreachKind,
    BreachSeverity,
    BreachStatus,
)
from therarel.domain.characteristics import (
    Characteristic,
    Characteristics,
    ConfidentialityTerms,
    EmotionalAttunement,
    EmotionObservation,
    ProfessionalBoundaries,
    SafeEnvironment,
)
from therarel.domain.components import (
    Bond,
    Component,
    NonVerbalExchange,
    TherapeuticPresence,
    WorkingAlliance,
    one_rater,
    ratings_in,
)
from therarel.domain.consents import Consent, ConsentDecision, ConsentFooting, ConsentGiver, ConsentScope
from therarel.domain.culture import (
    ClientPerspective,
    CulturalCompetence,
    CulturalContext,
    PowerDynamic,
)
from therarel.domain.development import (
    BoundaryReview,
    CulturalLearning,
    DevelopmentActivity,
    DevelopmentEntry,
    DevelopmentLog,
    DevelopmentPolicy,
    Overdue,
    SelfReflection,
    overdue,
)
from therarel.domain.discretion import make_discreetly
from therarel.domain.events import (
    ClosingReason,
    Correction,
    Event,
    Fact,
    Judgement,
    Modality,
    OtherPresent,
)
from therarel.domain.handover import (
    Handover,
)
from therarel.domain.impact import (
    Effect,
    EffectMetric,
    Outcome,
)
from therarel.domain.occurrence import (
    Occurrence,
)
from therarel.domain.parts import (
    Closeness,
    PartScore,
    RelationshipPart,
)
from therarel.domain.people import (
    Client,
    Dyad,
    Party,
    Reporter,
    Role,
    Therapist,
)
from therarel.domain.quality import (
    RelationshipQuality,
)
from therarel.domain.ratings import (
    Construct,
    MissingItem,
    MissingReason,
    Rater,
    Rating,
    Score,
    ScoreStatus,
    SubscaleScore,
    Timing,
)
from therarel.domain.relationship import (
    Relationship,
    WaivedTask,
)
from therarel.domain.repair_views import HowExpressed, RepairView, RepairViews
from therarel.domain.risk import RiskAnswer, RiskKind, RiskNotice, RiskState
from therarel.domain.ruptures import (
    AllianceStatus,
    Contributor,
    EpisodeKind,
    Grounds,
    GroundValue,
    MovedBy,
    PerceivedBy,
    Perception,
    RepairAct,
    RepairRoute,
    RepairStep,
    RuptureEpisode,
    RuptureMode,
    RuptureSeverity,
)
from therarel.domain.safety import (
    ConcernKind,
    ConcernOutcome,
    InvolvedParty,
    PersonAtRisk,
    SafetyConcern,
    SafetyPlan,
)
from therarel.domain.scales import RatingScale
from therarel.domain.stages import (
    GROWTH_STAGES,
    Stage,
    StageTask,
    tasks_of,
)
from therarel.domain.threers import (
    NOT_VERIFIED_2022,
    ConfrontationMarker2015,
    Marker,
    ResolutionStrategy2015,
    Salience2022,
    StrainSign,
    WithdrawalMarker2015,
    WithdrawalMarker2022,
)
from therarel.domain.views import View
from therarel.vocabulary import (
    Vocabulary,
)

__all__ = [
    "GROWTH_STAGES",
    "NOT_VERIFIED_2022",
    "Agreements",
    "AllianceStatus",
    "Bond",
    "BoundaryReview",
    "Breach",
    "BreachKind",
    "BreachSeverity",
    "BreachStatus",
    "Characteristic",
    "Characteristics",
    "Client",
    "ClientPerspective",
    "Closeness",
    "ClosingReason",
    "Component",
    "ConcernKind",
    "ConcernOutcome",
    "ConfidentialityTerms",
    "ConfrontationMarker2015",
    "Consent",
    "ConsentDecision",
    "ConsentFooting",
    "ConsentGiver",
    "ConsentScope",
    "Construct",
    "Contributor",
    "Correction",
    "CrisisArrangements",
    "CulturalCompetence",
    "CulturalContext",
    "CulturalLearning",
    "DevelopmentActivity",
    "DevelopmentEntry",
    "DevelopmentLog",
    "DevelopmentPolicy",
    "Dyad",
    "Effect",
    "EffectMetric",
    "EmotionObservation",
    "EmotionalAttunement",
    "EpisodeKind",
    "Event",
    "ExportPurpose",
    "Fact",
    "Goal",
    "GoalOwner",
    "GoalStatus",
    "GroundValue",
    "Grounds",
    "Handover",
    "HowExpressed",
    "InvolvedParty",
    "Judgement",
    "Marker",
    "MissingItem",
    "MissingReason",
    "Modality",
    "MovedBy",
    "NonVerbalExchange",
    "Occurrence",
    "OtherPresent",
    "Outcome",
    "Overdue",
    "PartScore",
    "Party",
    "PerceivedBy",
    "Perception",
    "PersonAtRisk",
    "PowerDynamic",
    "ProfessionalBoundaries",
    "Rater",
    "Rating",
    "RatingScale",
    "Relationship",
    "RelationshipPart",
    "RelationshipQuality",
    "RepairAct",
    "RepairRoute",
    "RepairStep",
    "RepairView",
    "RepairViews",
    "Reporter",
    "ResolutionStrategy2015",
    "RiskAnswer",
    "RiskKind",
    "RiskNotice",
    "RiskState",
    "Role",
    "RuptureEpisode",
    "RuptureMode",
    "RuptureSeverity",
    "SafeEnvironment",
    "SafetyConcern",
    "SafetyPlan",
    "Salience2022",
    "Score",
    "ScoreStatus",
    "SelfReflection",
    "Stage",
    "StageTask",
    "StrainSign",
    "SubscaleScore",
    "Term",
    "TherapeuticPresence",
    "TherapeuticTask",
    "Therapist",
    "Timing",
    "View",
    "Vocabulary",
    "WaivedTask",
    "WithdrawalMarker2015",
    "WithdrawalMarker2022",
    "WorkingAlliance",
    "events",
    "one_rater",
    "overdue",
    "ratings_in",
    "tasks_of",
]

make_discreetly({each for each in (*vars().values(), *vars(events).values()) if isinstance(each, type)})
