"""Which way the scores move that a rule looks for."""

from __future__ import annotations

from therarel.vocabulary import Vocabulary


class Change(Vocabulary, links={}):
    """Which way the scores move that a rule looks for."""

    DROP = "drop"
    """Towards worse."""
    GAIN = "gain"
    """Towards better."""

    @property
    def sign(self) -> float:
        """What oriented scores are multiplied with so that the change is a fall: 1 or -1."""
        return 1.0 if self is Change.DROP else -1.0

    @property
    def towards(self) -> str:
        """Worse, or better: what holds whichever way a scale runs."""
        return "worse" if self is Change.DROP else "better"

    @property
    def opposite(self) -> Change:
        """The other way."""
        return Change.GAIN if self is Change.DROP else Change.DROP

    @property
    def size(self) -> str:
        """What the size of that is called."""
        return "depth" if self is Change.DROP else "height"

    @property
    def ending(self) -> str:
        """Name of the column that says what became of it: ``recovery`` of a drop, ``reversal`` of a gain."""
        return "recovery" if self is Change.DROP else "reversal"

    @property
    def ended_at(self) -> str:
        """Name of the column that says at which session it was made good, or lost again."""
        return "recovered_at" if self is Change.DROP else "lost_again_at"
