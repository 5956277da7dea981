"""The therapeutic relationship as a thing you can compute with.

What is used most is a name of this package: ``import therarel as tr``, then ``tr.Confidential`` or
``tr.citation``; everything else is a name of its room, such as ``tr.measures.reliable_change``. Names load
when they are first used (PEP 562), so that ``import therarel`` costs next to nothing; type checkers and
editors read the imports below and see the same names.
"""

TYPE_CHECKING = False  # type checkers read this name as true; `typing` itself need not be loaded

if TYPE_CHECKING:
    from . import citations as citations
    from . import concepts as concepts
    from . import confidential as confidential
    from . import detection as detection
    from . import domain as domain
    from . import drawing as drawing
    from . import errors as errors
    from . import growth as growth
    from . import machine as machine
    from . import measures as measures
    from . import panels as panels
    from . import reading as reading
    from . import records as records
    from . import reports as reports
    from . import simulation as simulation
    from . import testing as testing
    from .citations import Citation as Citation
    from .citations import bibliography as bibliography
    from .citations import citation as citation
    from .concepts import ConceptGraph as ConceptGraph
    from .concepts import concept_graph as concept_graph
    from .confidential import Confidential as Confidential
    from .confidential import Pseudonym as Pseudonym
    from .detection import Detection as Detection
    from .detection import calibrate as calibrate
    from .detection import choose_threshold as choose_threshold
    from .detection import detect as detect
    from .detection import rules as rules
    from .detection.feeding import detect_folder as detect_folder
    from .detection.feeding import detect_lazy as detect_lazy
    from .detection.monitors import Monitor as Monitor
    from .domain import GROWTH_STAGES as GROWTH_STAGES
    from .domain import NOT_VERIFIED_2022 as NOT_VERIFIED_2022
    from .domain import Adaptation as Adaptation
    from .domain import AllianceStatus as AllianceStatus
    from .domain import Bond as Bond
    from .domain import BoundaryReview as BoundaryReview
    from .domain import Breach as Breach
    from .domain import BreachKind as BreachKind
    from .domain import BreachSeverity as BreachSeverity
    from .domain import BreachStatus as BreachStatus
    from .domain import Characteristic as Characteristic
    from .domain import Characteristics as Characteristics
    from .domain import Client as Client
    from .domain import ClientPerspective as ClientPerspective
    from .domain import ClosingReason as ClosingReason
    from .domain import Component as Component
    from .domain import ConcernKind as ConcernKind
    from .domain import ConcernOutcome as ConcernOutcome
    from .domain import ConfidentialityTerms as ConfidentialityTerms
    from .domain import ConfrontationMarker2015 as ConfrontationMarker2015
    from .domain import Construct as Construct
    from .domain import Contributor as Contributor
    from .domain import Correction as Correction
    from .domain import CulturalAcknowledgement as CulturalAcknowledgement
    from .domain import CulturalCompetence as CulturalCompetence
    from .domain import CulturalContext as CulturalContext
    from .domain import CulturalLearning as CulturalLearning
    from .domain import DevelopmentActivity as DevelopmentActivity
    from .domain import DevelopmentEntry as DevelopmentEntry
    from .domain import DevelopmentLog as DevelopmentLog
    from .domain import DevelopmentPolicy as DevelopmentPolicy
    from .domain import Dyad as Dyad
    from .domain import Effect as Effect
    from .domain import EffectMetric as EffectMetric
    from .domain import EmotionalAttunement as EmotionalAttunement
    from .domain import EmotionObservation as EmotionObservation
    from .domain import EpisodeKind as EpisodeKind
    from .domain import Event as Event
    from .domain import Fact as Fact
    from .domain import Goal as Goal
    from .domain import Grounds as Grounds
    from .domain import GroundValue as GroundValue
    from .domain import Judgement as Judgement
    from .domain import Marker as Marker
    from .domain import MissingItem as MissingItem
    from .domain import MissingReason as MissingReason
    from .domain import Modality as Modality
    from .domain import MovedBy as MovedBy
    from .domain import NonVerbalExchange as NonVerbalExchange
    from .domain import Occurrence as Occurrence
    from .domain import OtherPresent as OtherPresent
    from .domain import Outcome as Outcome
    from .domain import Overdue as Overdue
    from .domain import Party as Party
    from .domain import PerceivedBy as PerceivedBy
    from .domain import Perception as Perception
    from .domain import PowerDynamic as PowerDynamic
    from .domain import ProfessionalBoundaries as ProfessionalBoundaries
    from .domain import Rater as Rater
    from .domain import Rating as Rating
    from .domain import RatingScale as RatingScale
    from .domain import Relationship as Relationship
    from .domain import RelationshipQuality as RelationshipQuality
    from .domain import RepairAct as RepairAct
    from .domain import RepairRoute as RepairRoute
    from .domain import RepairStep as RepairStep
    from .domain import Reporter as Reporter
    from .domain import ResolutionStrategy2015 as ResolutionStrategy2015
    from .domain import RiskAnswer as RiskAnswer
    from .domain import RiskKind as RiskKind
    from .domain import RiskState as RiskState
    from .domain import Role as Role
    from .domain import RuptureEpisode as RuptureEpisode
    from .domain import RuptureMode as RuptureMode
    from .domain import RuptureSeverity as RuptureSeverity
    from .domain import SafeEnvironment as SafeEnvironment
    from .domain import SafetyConcern as SafetyConcern
    from .domain import Salience2022 as Salience2022
    from .domain import Score as Score
    from .domain import ScoreStatus as ScoreStatus
    from .domain import SelfReflection as SelfReflection
    from .domain import Stage as Stage
    from .domain import StageTask as StageTask
    from .domain import StrainSign as StrainSign
    from .domain import SubscaleScore as SubscaleScore
    from .domain import SupervisionEntry as SupervisionEntry
    from .domain import TherapeuticPresence as TherapeuticPresence
    from .domain import TherapeuticTask as TherapeuticTask
    from .domain import Therapist as Therapist
    from .domain import Timing as Timing
    from .domain import Vocabulary as Vocabulary
    from .domain import WaivedTask as WaivedTask
    from .domain import WithdrawalMarker2015 as WithdrawalMarker2015
    from .domain import WithdrawalMarker2022 as WithdrawalMarker2022
    from .domain import WorkingAlliance as WorkingAlliance
    from .domain import events as events
    from .domain import one_rater as one_rater
    from .domain import overdue as overdue
    from .domain import ratings_in as ratings_in
    from .domain import tasks_of as tasks_of
    from .errors import TherarelError as TherarelError
    from .growth import GrowthFit as GrowthFit
    from .growth import fit_growth as fit_growth
    from .machine import Accepted as Accepted
    from .machine import Course as Course
    from .machine import Decision as Decision
    from .machine import Declined as Declined
    from .machine import EventDeclined as EventDeclined
    from .machine import Explanation as Explanation
    from .machine import History as History
    from .machine import Machine as Machine
    from .machine import Options as Options
    from .machine import Policy as Policy
    from .machine import Recorded as Recorded
    from .machine import decide as decide
    from .machine import replay as replay
    from .machine import why_not as why_not
    from .machine.options import options as options
    from .measures import score as score
    from .measures.catalogue import instrument as instrument
    from .measures.catalogue import instruments as instruments
    from .panels import Panel as Panel
    from .panels import SessionIndex as SessionIndex
    from .reports import Report as Report
    from .reports import report as report
    from .simulation import simulate_clinic as simulate_clinic
    from .simulation import simulate_courses as simulate_courses

    __version__: str

__all__ = [
    "GROWTH_STAGES",
    "NOT_VERIFIED_2022",
    "Accepted",
    "Adaptation",
    "AllianceStatus",
    "Bond",
    "BoundaryReview",
    "Breach",
    "BreachKind",
    "BreachSeverity",
    "BreachStatus",
    "Characteristic",
    "Characteristics",
    "Citation",
    "Client",
    "ClientPerspective",
    "ClosingReason",
    "Component",
    "ConceptGraph",
    "ConcernKind",
    "ConcernOutcome",
    "Confidential",
    "ConfidentialityTerms",
    "ConfrontationMarker2015",
    "Construct",
    "Contributor",
    "Correction",
    "Course",
    "CulturalAcknowledgement",
    "CulturalCompetence",
    "CulturalContext",
    "CulturalLearning",
    "Decision",
    "Declined",
    "Detection",
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
    "EventDeclined",
    "Explanation",
    "Fact",
    "Goal",
    "GroundValue",
    "Grounds",
    "GrowthFit",
    "History",
    "Judgement",
    "Machine",
    "Marker",
    "MissingItem",
    "MissingReason",
    "Modality",
    "Monitor",
    "MovedBy",
    "NonVerbalExchange",
    "Occurrence",
    "Options",
    "OtherPresent",
    "Outcome",
    "Overdue",
    "Panel",
    "Party",
    "PerceivedBy",
    "Perception",
    "Policy",
    "PowerDynamic",
    "ProfessionalBoundaries",
    "Pseudonym",
    "Rater",
    "Rating",
    "RatingScale",
    "Recorded",
    "Relationship",
    "RelationshipQuality",
    "RepairAct",
    "RepairRoute",
    "RepairStep",
    "Report",
    "Reporter",
    "ResolutionStrategy2015",
    "RiskAnswer",
    "RiskKind",
    "RiskState",
    "Role",
    "RuptureEpisode",
    "RuptureMode",
    "RuptureSeverity",
    "SafeEnvironment",
    "SafetyConcern",
    "Salience2022",
    "Score",
    "ScoreStatus",
    "SelfReflection",
    "SessionIndex",
    "Stage",
    "StageTask",
    "StrainSign",
    "SubscaleScore",
    "SupervisionEntry",
    "TherapeuticPresence",
    "TherapeuticTask",
    "Therapist",
    "TherarelError",
    "Timing",
    "Vocabulary",
    "WaivedTask",
    "WithdrawalMarker2015",
    "WithdrawalMarker2022",
    "WorkingAlliance",
    "bibliography",
    "calibrate",
    "choose_threshold",
    "citation",
    "citations",
    "concept_graph",
    "concepts",
    "confidential",
    "decide",
    "detect",
    "detect_folder",
    "detect_lazy",
    "detection",
    "domain",
    "drawing",
    "errors",
    "events",
    "fit_growth",
    "growth",
    "instrument",
    "instruments",
    "machine",
    "measures",
    "one_rater",
    "options",
    "overdue",
    "panels",
    "ratings_in",
    "reading",
    "records",
    "replay",
    "report",
    "reports",
    "rules",
    "score",
    "simulate_clinic",
    "simulate_courses",
    "simulation",
    "tasks_of",
    "testing",
    "why_not",
]

# Public name: the module that defines it.
_NAMES = {
    "Accepted": "therarel.machine",
    "Adaptation": "therarel.domain",
    "AllianceStatus": "therarel.domain",
    "Bond": "therarel.domain",
    "BoundaryReview": "therarel.domain",
    "Breach": "therarel.domain",
    "BreachKind": "therarel.domain",
    "BreachSeverity": "therarel.domain",
    "BreachStatus": "therarel.domain",
    "Characteristic": "therarel.domain",
    "Characteristics": "therarel.domain",
    "Citation": "therarel.citations",
    "Client": "therarel.domain",
    "ClientPerspective": "therarel.domain",
    "ClosingReason": "therarel.domain",
    "Component": "therarel.domain",
    "ConcernKind": "therarel.domain",
    "ConcernOutcome": "therarel.domain",
    "ConceptGraph": "therarel.concepts",
    "Confidential": "therarel.confidential",
    "ConfidentialityTerms": "therarel.domain",
    "ConfrontationMarker2015": "therarel.domain",
    "Construct": "therarel.domain",
    "Contributor": "therarel.domain",
    "Correction": "therarel.domain",
    "Course": "therarel.machine",
    "CulturalAcknowledgement": "therarel.domain",
    "CulturalCompetence": "therarel.domain",
    "CulturalContext": "therarel.domain",
    "CulturalLearning": "therarel.domain",
    "Decision": "therarel.machine",
    "Declined": "therarel.machine",
    "Detection": "therarel.detection",
    "DevelopmentActivity": "therarel.domain",
    "DevelopmentEntry": "therarel.domain",
    "DevelopmentLog": "therarel.domain",
    "DevelopmentPolicy": "therarel.domain",
    "Dyad": "therarel.domain",
    "Effect": "therarel.domain",
    "EffectMetric": "therarel.domain",
    "EmotionObservation": "therarel.domain",
    "EmotionalAttunement": "therarel.domain",
    "EpisodeKind": "therarel.domain",
    "Event": "therarel.domain",
    "EventDeclined": "therarel.machine",
    "Explanation": "therarel.machine",
    "Fact": "therarel.domain",
    "GROWTH_STAGES": "therarel.domain",
    "Goal": "therarel.domain",
    "GroundValue": "therarel.domain",
    "Grounds": "therarel.domain",
    "GrowthFit": "therarel.growth",
    "History": "therarel.machine",
    "Judgement": "therarel.domain",
    "Machine": "therarel.machine",
    "Marker": "therarel.domain",
    "MissingItem": "therarel.domain",
    "MissingReason": "therarel.domain",
    "Modality": "therarel.domain",
    "Monitor": "therarel.detection.monitors",
    "MovedBy": "therarel.domain",
    "NOT_VERIFIED_2022": "therarel.domain",
    "NonVerbalExchange": "therarel.domain",
    "Occurrence": "therarel.domain",
    "Options": "therarel.machine",
    "OtherPresent": "therarel.domain",
    "Outcome": "therarel.domain",
    "Overdue": "therarel.domain",
    "Panel": "therarel.panels",
    "Party": "therarel.domain",
    "PerceivedBy": "therarel.domain",
    "Perception": "therarel.domain",
    "Policy": "therarel.machine",
    "PowerDynamic": "therarel.domain",
    "ProfessionalBoundaries": "therarel.domain",
    "Pseudonym": "therarel.confidential",
    "Rater": "therarel.domain",
    "Rating": "therarel.domain",
    "RatingScale": "therarel.domain",
    "Recorded": "therarel.machine",
    "Relationship": "therarel.domain",
    "RelationshipQuality": "therarel.domain",
    "RepairAct": "therarel.domain",
    "RepairRoute": "therarel.domain",
    "RepairStep": "therarel.domain",
    "Report": "therarel.reports",
    "Reporter": "therarel.domain",
    "ResolutionStrategy2015": "therarel.domain",
    "RiskAnswer": "therarel.domain",
    "RiskKind": "therarel.domain",
    "RiskState": "therarel.domain",
    "Role": "therarel.domain",
    "RuptureEpisode": "therarel.domain",
    "RuptureMode": "therarel.domain",
    "RuptureSeverity": "therarel.domain",
    "SafeEnvironment": "therarel.domain",
    "SafetyConcern": "therarel.domain",
    "Salience2022": "therarel.domain",
    "Score": "therarel.domain",
    "ScoreStatus": "therarel.domain",
    "SelfReflection": "therarel.domain",
    "SessionIndex": "therarel.panels",
    "Stage": "therarel.domain",
    "StageTask": "therarel.domain",
    "StrainSign": "therarel.domain",
    "SubscaleScore": "therarel.domain",
    "SupervisionEntry": "therarel.domain",
    "TherapeuticPresence": "therarel.domain",
    "TherapeuticTask": "therarel.domain",
    "Therapist": "therarel.domain",
    "TherarelError": "therarel.errors",
    "Timing": "therarel.domain",
    "Vocabulary": "therarel.domain",
    "WaivedTask": "therarel.domain",
    "WithdrawalMarker2015": "therarel.domain",
    "WithdrawalMarker2022": "therarel.domain",
    "WorkingAlliance": "therarel.domain",
    "bibliography": "therarel.citations",
    "calibrate": "therarel.detection",
    "choose_threshold": "therarel.detection",
    "citation": "therarel.citations",
    "concept_graph": "therarel.concepts",
    "decide": "therarel.machine",
    "detect": "therarel.detection",
    "detect_folder": "therarel.detection.feeding",
    "detect_lazy": "therarel.detection.feeding",
    "fit_growth": "therarel.growth",
    "instrument": "therarel.measures.catalogue",
    "instruments": "therarel.measures.catalogue",
    "one_rater": "therarel.domain",
    "options": "therarel.machine.options",
    "overdue": "therarel.domain",
    "ratings_in": "therarel.domain",
    "replay": "therarel.machine",
    "report": "therarel.reports",
    "score": "therarel.measures",
    "simulate_clinic": "therarel.simulation",
    "simulate_courses": "therarel.simulation",
    "tasks_of": "therarel.domain",
    "why_not": "therarel.machine",
}

# Public name: the module that it is.
_MODULES = {
    "citations": "therarel.citations",
    "concepts": "therarel.concepts",
    "confidential": "therarel.confidential",
    "detection": "therarel.detection",
    "domain": "therarel.domain",
    "drawing": "therarel.drawing",
    "errors": "therarel.errors",
    "events": "therarel.domain.events",
    "growth": "therarel.growth",
    "machine": "therarel.machine",
    "measures": "therarel.measures",
    "panels": "therarel.panels",
    "reading": "therarel.reading",
    "records": "therarel.records",
    "reports": "therarel.reports",
    "rules": "therarel.detection.rules",
    "simulation": "therarel.simulation",
    "testing": "therarel.testing",
}

# Hidden from type checkers: to them a misspelt name must stay an error.
if not TYPE_CHECKING:
    from _thread import RLock  # part of the interpreter: `threading` itself need not be loaded

    # One thread loads at a time. The import system locks module by module, and where two threads wait for each other
    # it hands out a module that is half made: one thread imports `a`, which imports `a.b`, and another `a.b`, for which
    # it needs `a`. So rooms are also entered from the top: a package first, and only then a module inside it; nothing
    # inside the rooms asks the front door for a name while it is imported.
    _LOADING = RLock()

    def __getattr__(name):
        """Load a public name when it is first asked for.

        Raises:
            AttributeError: on a name that is not public; the message names the nearest one.
            MissingExtraError: where the name needs a package that is not installed.
        """
        if name == "__version__":
            from importlib.metadata import version

            value = version("therarel")
        elif name in _MODULES or name in _NAMES:
            with _LOADING:
                value = _load(name)
        elif name.startswith("_"):
            raise AttributeError(f"module 'therarel' has no attribute '{name}'", name=name)
        else:
            from therarel.errors import hint_for

            hint = hint_for(name, [*_MODULES, *_NAMES])
            raise AttributeError(f"module 'therarel' has no attribute '{name}'. Hint: {hint}", name=name)
        globals()[name] = value
        return value

    def __dir__():
        return sorted({*__all__, "__version__", *(name for name in globals() if name.startswith("__"))})

    def _load(name):
        from importlib import import_module

        from therarel.extras import needs

        path = _MODULES.get(name) or _NAMES[name]
        parts = path.split(".")
        with needs(f"therarel.{name}"):
            for depth in range(1, len(parts) + 1):
                module = import_module(".".join(parts[:depth]))
            return module if name in _MODULES else getattr(module, name)
