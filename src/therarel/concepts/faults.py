"""What may be wrong with a file of concepts, and how grave it is."""

from __future__ import annotations

from typing import Any, Final

from attrs import frozen

from therarel.concepts.terms import FaultLevel
from therarel.reading import Path, Problem
from therarel.representation import one_line

_SHARED: Final = ("path", "value", "bound", "hint", "at_key", "source", "line", "column")
"""What a fault and a problem of reading both say."""


@frozen(kw_only=True)
class Fault:
    """One thing that is wrong, or merely noteworthy, in a file of concepts.

    Args:
        level: Whether it keeps the file from loading.
        what: What is wrong, in a clause.
        path: Keys and positions from the top of the file.
        value: The value, as an error message may show it; ``None`` if none is at fault.
        bound: What would have been accepted; ``None`` if that is not one thing.
        hint: What to do; ``None`` if nothing helps.
        at_key: Whether the key is meant rather than its value.
        source: The name of the file; ``None`` if it has none.
        line: Line, from 1; ``None`` until it was placed.
        column: Column, from 1; ``None`` until it was placed.

    Examples:
        >>> print(Fault(level=FaultLevel.WARN, what="white space around it", path=("nodes", 3, "label"), line=40))
        warn: line 40 $.nodes[3].label: white space around it
    """

    level: FaultLevel = FaultLevel.ERROR
    what: str
    path: Path
    value: str | None = None
    bound: str | None = None
    hint: str | None = None
    at_key: bool = False
    source: str | None = None
    line: int | None = None
    column: int | None = None

    @classmethod
    def of(cls, problem: Problem, level: FaultLevel = FaultLevel.ERROR) -> Fault:
        """The fault that a problem of reading is."""
        return cls(level=level, what=problem.what, **_shared(problem))

    def problem(self) -> Problem:
        """The fault as a part of the error that refuses the file."""
        return Problem(self.what, **_shared(self))

    __repr__ = one_line

    def __str__(self) -> str:
        return f"{self.level}: {self.problem().render()}"


def _shared(said: Fault | Problem) -> dict[str, Any]:
    return {name: getattr(said, name) for name in _SHARED}
