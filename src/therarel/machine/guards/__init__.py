"""The named conditions of judgements: each one function, each one sentence in the data."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from therarel.domain import StageTask
from therarel.machine.guards import agreements, alliance, breaches, stages, tasks
from therarel.machine.guards.base import Guard, Said, Unmet

__all__ = ["CASES", "CONSENT_TO_EXPORT", "GUARDS", "OFFERED_HERE", "TASKS_READ", "Guard", "Said", "Unmet"]

GUARDS: Final[Mapping[str, Guard]] = MappingProxyType(
    {
        name: getattr(module, name)
        for module in (stages, tasks, agreements, alliance, breaches)
        for name in module.__all__
    }
)
"""Every guard by the name that tables use."""

OFFERED_HERE: Final = "offered_here"
"""The guard that every row has without being written: the judgement is offered in this state at all."""

CONSENT_TO_EXPORT: Final = "consent_to_export"
"""The guard of what leaves the record; no row has it."""

CASES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        CONSENT_TO_EXPORT: ("declined",),
        OFFERED_HERE: ("nowhere", "died", "closed"),
        "foundations_hold": ("ending",),
        "working_complete": ("resistance",),
        "not_in_rupture": ("partly", "repair", "strain"),
        "task_prerequisites": ("emotions",),
        "treatment_not_declined": ("refused",),
        "consent_to_treatment": ("again", "unknown"),
        "guidelines_explained": ("again",),
        "confidentiality_limits_explained": ("again",),
        "goal_shared": ("waiting",),
        "task_shared": ("waiting",),
        "task_in_reach": ("met", "ending", "later", "later_in_ending"),
        "task_not_blocked": ("ruptured", "breach", "serious", "major", "cost"),
        "client_view_of_repair": ("not_repaired", "partly"),
        "steps_sufficient": ("nothing", "major", "immediate", "recognition"),
        "breach_is_open": ("unknown",),
        "no_serious_exploitation": ("substantiated",),
        "not_a_serious_breach": ("exploitation", "never"),
    }
)
"""The ways of not holding that have sentences of their own, by the guard; guards with one way are not listed."""

TASKS_READ: Final[Mapping[str, frozenset[StageTask]]] = MappingProxyType(
    {
        "formation_complete": stages.FORMATION,
        "foundations_hold": stages.FORMATION,
        "working_complete": stages.WORK,
        "worked_through_once": frozenset({StageTask.WORKING_THROUGH_CHALLENGES}),
        "maturation_complete": stages.MATURITY,
        "ending_complete": stages.FAREWELL,
    }
)
"""The stage tasks that a guard reads; guards that read none are not listed."""
