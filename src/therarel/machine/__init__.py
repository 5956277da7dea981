"""How a relationship moves, and why it may not: the table as data, named guards, and decisions with reasons.

There are two concepts to know. `decide` is pure: a relationship and an event give a decision, accepted with the
relationship that follows, or declined with every reason. A `Course` is a relationship under way together with its
history; recording on it is all that ever changes.
"""

from __future__ import annotations

import therarel.domain  # noqa: F401 -- whole, before a module of it is named: see the front door
from therarel.machine.checking import FindingKind, TableFault
from therarel.machine.course import Course
from therarel.machine.culture import cultural_context
from therarel.machine.deciding import decide, why_not
from therarel.machine.decisions import Accepted, Decision, Declined, EventDeclined
from therarel.machine.differences import StateChange
from therarel.machine.due import Due, DueKind, DuePolicy, due
from therarel.machine.entries import Clock, Entry, Ids, Recorded
from therarel.machine.explanations import Explanation, FailedGuard
from therarel.machine.exports import ExportAnswer, may_export
from therarel.machine.hindsight import Reconsidered
from therarel.machine.history import History
from therarel.machine.identifiers import uuid7
from therarel.machine.ledger import replay
from therarel.machine.machine import Machine
from therarel.machine.options import Options, options
from therarel.machine.overview import Overview, overview
from therarel.machine.policy import Policy, Requirement
from therarel.machine.provenance import Provenance, state_digest
from therarel.machine.remarks import Remark
from therarel.machine.replays import Replay, ReplayedEntry
from therarel.machine.table import FactRow, Region, RegionName, Regions, Transition, TransitionTable
from therarel.machine.trials import check
from therarel.machine.upkeep import Upkeep, upkeep
from therarel.machine.views import ViewChange, ViewGap, Views

__all__ = [
    "Accepted",
    "Clock",
    "Course",
    "Decision",
    "Declined",
    "Due",
    "DueKind",
    "DuePolicy",
    "Entry",
    "EventDeclined",
    "Explanation",
    "ExportAnswer",
    "FactRow",
    "FailedGuard",
    "FindingKind",
    "History",
    "Ids",
    "Machine",
    "Options",
    "Overview",
    "Policy",
    "Provenance",
    "Reconsidered",
    "Recorded",
    "Region",
    "RegionName",
    "Regions",
    "Remark",
    "Replay",
    "ReplayedEntry",
    "Requirement",
    "StateChange",
    "TableFault",
    "Transition",
    "TransitionTable",
    "Upkeep",
    "ViewChange",
    "ViewGap",
    "Views",
    "check",
    "cultural_context",
    "decide",
    "due",
    "may_export",
    "options",
    "overview",
    "replay",
    "state_digest",
    "upkeep",
    "uuid7",
    "why_not",
]
