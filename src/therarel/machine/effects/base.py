"""What an effect is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from therarel.domain import Relationship
from therarel.machine.changes import Changes
from therarel.machine.policy import Policy

__all__ = ["Effect"]

Effect: TypeAlias = Callable[[Relationship, Any, Policy], Changes]
"""What else an event changes; empty where it changes nothing. An effect declares the class of the event it reads."""
