"""Which way the scores move that a rule looks for."""

from __future__ import annotations

from therarel.vocabulary import Vocabulary

__all__ = ["Change"]


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
