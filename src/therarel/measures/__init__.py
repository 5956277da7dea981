"""How the relationship is measured: instruments as data, scores with reasons, reliable change.

Two ideas carry the room. An *instrument* is data: its items, scale, key and published figures, each with citation
and status. A *score* is a value or the reason why there is none. What needs numpy or narwhals loads when it is first
used.
"""

from typing import TYPE_CHECKING

import therarel.domain
import therarel.machine
import therarel.tables  # noqa: F401 -- whole, before a module of it is named: see the front door
from therarel.measures.answers import Answer, AnswerReader, Recording
from therarel.measures.catalogue import Instruments, instrument, instrument_schema, instruments, read_instrument
from therarel.measures.derived import derived_form, parent_columns, short_responses
from therarel.measures.instrument import Instrument, Item
from therarel.measures.keys import Key, Metric, Parents, Scoring, Subscale
from therarel.measures.missing import MissingPolicy, Prorate, Published, Strict
from therarel.measures.nhs import DisorderMeasure, NhsMeasure, NhsRecovery, nhs_recovery
from therarel.measures.pages import describe
from therarel.measures.parts import MeasuredPart
from therarel.measures.placement import Placement, Position, place
from therarel.measures.published import (
    Band,
    Code,
    CodeSystem,
    Cutoff,
    Licence,
    MissingRule,
    Norm,
    Permission,
    PublishedChange,
    Reliability,
    RiskItem,
    Side,
)
from therarel.measures.scales import ItemScale, ScaleKind
from therarel.measures.scoring import score, stated_score
from therarel.measures.signs import ScoringWarning, Sign, Suspicion
from therarel.measures.totals import Contradiction, common_cause, contradictions

if TYPE_CHECKING:
    from therarel.measures.change import Direction as Direction
    from therarel.measures.change import ReliableChange as ReliableChange
    from therarel.measures.change import reliable_change as reliable_change
    from therarel.measures.change_methods import ChangeMethod as ChangeMethod
    from therarel.measures.consistency import consistency_by_level as consistency_by_level
    from therarel.measures.consistency import internal_consistency as internal_consistency
    from therarel.measures.consistency_values import Consistency as Consistency
    from therarel.measures.consistency_values import Estimate as Estimate
    from therarel.measures.consistency_values import ItemRest as ItemRest
    from therarel.measures.consistency_values import Level as Level
    from therarel.measures.dyadic import DyadicAgreement as DyadicAgreement
    from therarel.measures.dyadic import DyadicGap as DyadicGap
    from therarel.measures.dyadic import dyadic_agreement as dyadic_agreement
    from therarel.measures.dyadic import dyadic_gap as dyadic_gap
    from therarel.measures.files import ScoredFile as ScoredFile
    from therarel.measures.files import score_file as score_file
    from therarel.measures.observations import Observation as Observation
    from therarel.measures.observations import Observed as Observed
    from therarel.measures.observations import observed as observed
    from therarel.measures.observed_facts import Attendance as Attendance
    from therarel.measures.observed_facts import ScoredAt as ScoredAt
    from therarel.measures.significance import ChangeOutcome as ChangeOutcome
    from therarel.measures.significance import ClinicalCutoff as ClinicalCutoff
    from therarel.measures.significance import ClinicalSignificance as ClinicalSignificance
    from therarel.measures.significance import CutoffKind as CutoffKind
    from therarel.measures.significance import Population as Population
    from therarel.measures.significance import clinical_cutoff as clinical_cutoff
    from therarel.measures.significance import clinical_significance as clinical_significance
    from therarel.measures.tables import suspicions as suspicions

__all__ = [
    "Answer",
    "AnswerReader",
    "Attendance",
    "Band",
    "ChangeMethod",
    "ChangeOutcome",
    "ClinicalCutoff",
    "ClinicalSignificance",
    "Code",
    "CodeSystem",
    "Consistency",
    "Contradiction",
    "Cutoff",
    "CutoffKind",
    "Direction",
    "DisorderMeasure",
    "DyadicAgreement",
    "DyadicGap",
    "Estimate",
    "Instrument",
    "Instruments",
    "Item",
    "ItemRest",
    "ItemScale",
    "Key",
    "Level",
    "Licence",
    "MeasuredPart",
    "Metric",
    "MissingPolicy",
    "MissingRule",
    "NhsMeasure",
    "NhsRecovery",
    "Norm",
    "Observation",
    "Observed",
    "Parents",
    "Permission",
    "Placement",
    "Population",
    "Position",
    "Prorate",
    "Published",
    "PublishedChange",
    "Recording",
    "Reliability",
    "ReliableChange",
    "RiskItem",
    "ScaleKind",
    "ScoredAt",
    "ScoredFile",
    "Scoring",
    "ScoringWarning",
    "Side",
    "Sign",
    "Strict",
    "Subscale",
    "Suspicion",
    "clinical_cutoff",
    "clinical_significance",
    "common_cause",
    "consistency_by_level",
    "contradictions",
    "derived_form",
    "describe",
    "dyadic_agreement",
    "dyadic_gap",
    "instrument",
    "instrument_schema",
    "instruments",
    "internal_consistency",
    "nhs_recovery",
    "observed",
    "parent_columns",
    "place",
    "read_instrument",
    "reliable_change",
    "score",
    "score_file",
    "short_responses",
    "stated_score",
    "suspicions",
]

# Public name that needs numpy or narwhals: the module that defines it.
_LATER = {
    "ChangeMethod": "therarel.measures.change_methods",
    "Direction": "therarel.measures.change",
    "ReliableChange": "therarel.measures.change",
    "reliable_change": "therarel.measures.change",
    "Consistency": "therarel.measures.consistency_values",
    "Estimate": "therarel.measures.consistency_values",
    "ItemRest": "therarel.measures.consistency_values",
    "Level": "therarel.measures.consistency_values",
    "consistency_by_level": "therarel.measures.consistency",
    "internal_consistency": "therarel.measures.consistency",
    "DyadicAgreement": "therarel.measures.dyadic",
    "DyadicGap": "therarel.measures.dyadic",
    "dyadic_agreement": "therarel.measures.dyadic",
    "dyadic_gap": "therarel.measures.dyadic",
    "ScoredFile": "therarel.measures.files",
    "score_file": "therarel.measures.files",
    "Attendance": "therarel.measures.observed_facts",
    "Observation": "therarel.measures.observations",
    "Observed": "therarel.measures.observations",
    "ScoredAt": "therarel.measures.observed_facts",
    "observed": "therarel.measures.observations",
    "ClinicalCutoff": "therarel.measures.significance",
    "ClinicalSignificance": "therarel.measures.significance",
    "CutoffKind": "therarel.measures.significance",
    "ChangeOutcome": "therarel.measures.significance",
    "Population": "therarel.measures.significance",
    "clinical_cutoff": "therarel.measures.significance",
    "clinical_significance": "therarel.measures.significance",
    "suspicions": "therarel.measures.tables",
}

if not TYPE_CHECKING:

    def __getattr__(name):
        """Load what needs numpy or narwhals when it is first asked for.

        Raises:
            MissingExtraError: if the packages of the extra ``research`` are not installed.
        """
        if name not in _LATER:
            raise AttributeError(f"module 'therarel.measures' has no attribute '{name}'", name=name)
        from importlib import import_module

        from therarel.extras import needs

        with needs(f"therarel.measures.{name}"):
            value = getattr(import_module(_LATER[name]), name)
        globals()[name] = value
        return value
