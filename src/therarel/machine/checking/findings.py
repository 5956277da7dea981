"""What a check finds in a table."""

from __future__ import annotations

from attrs import frozen

from therarel.reading import Path, Problem, render_path
from therarel.representation import one_line
from therarel.vocabulary import Vocabulary


class FindingKind(Vocabulary, links={}):
    """What can be wrong with a table."""

    UNKNOWN_NAME = "unknown_name"
    """It names what there is not."""
    MISPLACED = "misplaced"
    """It names what does not belong there."""
    MISSING_TEXT = "missing_text"
    """There is no sentence for what it uses, or the sentence cannot be said."""
    NONDETERMINISTIC = "nondeterministic"
    """Two rows answer the same event in the same state."""
    CONTRADICTION = "contradiction"
    """A row leads to a relationship that contradicts itself."""
    UNREACHABLE = "unreachable"
    """A state that no course gets to."""
    SINK = "sink"
    """A state, other than closed, that no course gets out of."""
    DEAD = "dead"
    """A row that never answers."""
    NEVER_DECIDES = "never_decides"
    """A guard that never is the only one to decline."""


@frozen
class TableFault:
    """One thing that is wrong with a table.

    Args:
        kind: What kind of thing.
        path: Where in the file, as keys and positions.
        what: What is wrong.
        hint: What to do about it; ``None`` where nothing helps.
        in_texts: Whether the path leads through the sentences rather than the table.

    Examples:
        >>> print(TableFault(FindingKind.SINK, ("regions", "stage"), "no way leads out of 'ending'"))
        $.regions.stage: no way leads out of 'ending'
    """

    kind: FindingKind
    path: Path
    what: str
    hint: str | None = None
    in_texts: bool = False

    def problem(self) -> Problem:
        """The finding as a problem of the file that it is about."""
        return Problem(
            self.what,
            path=self.path,
            hint=self.hint,
            at_key=self.in_texts and self.kind is FindingKind.UNKNOWN_NAME,
            source="texts" if self.in_texts else None,
        )

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        hint = "" if self.hint is None else f". Hint: {self.hint}"
        where = "texts " if self.in_texts else ""
        return f"{where}{render_path(self.path)}: {self.what}{hint}"
