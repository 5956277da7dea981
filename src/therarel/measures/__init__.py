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
    from therarel.measures.change import Direction, ReliableChange, reliable_change
    from therarel.measures.change_methods import ChangeMethod
    from therarel.measures.consistency import consistency_by_level, internal_consistency
    from therarel.measures.consistency_values import Consistency, Estimate, ItemRest, Level
    from therarel.measures.dyadic import DyadicAgreement, DyadicGap, dyadic_agreement, dyadic_gap
    from therarel.measures.files import ScoredFile, score_file
    from therarel.measures.observations import Observation, Observed, observed
    from therarel.measures.observed_facts import Attendance, ScoredAt
    from therarel.measures.significance import (
        ChangeOutcome,
        ClinicalCutoff,
        ClinicalSignificance,
        CutoffKind,
        Population,
        clinical_cutoff,
        clinical_significance,
    )
    from therarel.measures.tables import suspicions

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

# What needs numpy or narwhals: public names by the module that defines them.
_LATER = {
    "change": ("Direction", "ReliableChange", "reliable_change"),
    "change_methods": ("ChangeMethod",),
    "consistency": ("consistency_by_level", "internal_consistency"),
    "consistency_values": ("Consistency", "Estimate", "ItemRest", "Level"),
    "dyadic": ("DyadicAgreement", "DyadicGap", "dyadic_agreement", "dyadic_gap"),
    "files": ("ScoredFile", "score_file"),
    "observations": ("Observation", "Observed", "observed"),
    "observed_facts": ("Attendance", "ScoredAt"),
    "significance": (
        "ChangeOutcome",
        "ClinicalCutoff",
        "ClinicalSignificance",
        "CutoffKind",
        "Population",
        "clinical_cutoff",
        "clinical_significance",
    ),
    "tables": ("suspicions",),
}

if not TYPE_CHECKING:

    def __getattr__(name):
        """Load what needs numpy or narwhals when it is first asked for.

        Raises:
            MissingExtraError: if the packages of the extra ``research`` are not installed.
        """
        module = next((module for module, names in _LATER.items() if name in names), None)
        if module is None:
            raise AttributeError(f"module 'therarel.measures' has no attribute '{name}'", name=name)
        from importlib import import_module

        from therarel.extras import needs

        with needs(f"therarel.measures.{name}"):
            value = getattr(import_module(f"therarel.measures.{module}"), name)
        globals()[name] = value
        return value
