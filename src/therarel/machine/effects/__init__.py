"""What events change beside the state of a region: each effect one function, each one sentence in the data."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from therarel.machine.changes import Effect
from therarel.machine.effects import agreements, alliance, breaches, frame, safety, stages, views

__all__ = ["EFFECTS", "Effect"]

EFFECTS: Final[Mapping[str, Effect]] = MappingProxyType(
    {
        name: getattr(module, name)
        for module in (stages, agreements, alliance, breaches, safety, frame, views)
        for name in module.__all__
    }
)
"""Every effect by the name that tables use."""
