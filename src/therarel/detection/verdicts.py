"""What a rule says about each session: flagged, not flagged, undetectable with a reason, or no score.

A verdict is one byte per session, so that the verdicts of ten million sessions fit into ten megabytes. Codes below
16 are the verdicts themselves; codes from 16 on are `Verdict.UNDETECTABLE` with the reason in the lower bits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from attrs import field, frozen

from therarel.errors import as_whole
from therarel.tables.arrays import Codes, Floats, Truths
from therarel.vocabulary import Vocabulary


class Verdict(Vocabulary, links={}):
    """What a rule says about one session of one dyad."""

    NOT_FLAGGED = "not_flagged"
    """The rule could have fired here and did not."""
    FLAGGED = "flagged"
    """The rule fired."""
    UNDETECTABLE = "undetectable"
    """No score that the session could have had would have made the rule fire: neither a finding nor its absence."""
    NO_SCORE = "no_score"
    """There is no score to judge."""


class Reason(Vocabulary, links={}):
    """Why a rule could not have fired at a session."""

    NO_REFERENCE = "no_reference"
    """No earlier session to compare with, or only beyond the largest gap."""
    TOO_FEW_SESSIONS = "too_few_sessions"
    """The arithmetic of the rule forbids a finding at this place of a series this short."""
    NO_VARIATION_KNOWN = "no_variation_known"
    """The measure of variation that the rule needs could not be computed."""
    FEW_AROUND = "few_around"
    """Fewer than two scores before, or after, the change."""
    NO_ROOM = "no_room"
    """So little is left to the end of the scale that no score on it would be far enough away."""


_NOT_FLAGGED: Final = 0
_FLAGGED: Final = 1
_NO_SCORE: Final = 2
_UNDETECTABLE: Final = 16
_REASONS: Final = tuple(Reason)

CODES: Final[Mapping[str, int]] = {
    Verdict.NOT_FLAGGED: _NOT_FLAGGED,
    Verdict.FLAGGED: _FLAGGED,
    Verdict.NO_SCORE: _NO_SCORE,
    **{reason: _UNDETECTABLE + place for place, reason in enumerate(_REASONS)},
}
"""The byte that stands for each verdict, and for each reason of an undetectable one."""


LEVELS: Final = frozenset({"reference", "limit", "mean_before", "mean_after", "ewma", "ewma_limit"})
"""Values of a rule that are scores; the others are distances, counts and verdicts, and have no direction."""


def code_of(term: Verdict | Reason) -> np.uint8:
    """The byte that stands for a verdict, or for undetectable with this reason.

    Examples:
        >>> int(code_of(Verdict.FLAGGED)), int(code_of(Reason.NO_REFERENCE))
        (1, 16)
    """
    return np.uint8(CODES[term])


def verdict_of(code: int) -> Verdict:
    """The verdict that a byte stands for.

    Examples:
        >>> verdict_of(16).label
        'undetectable'
    """
    if code >= _UNDETECTABLE:
        return Verdict.UNDETECTABLE
    return (Verdict.NOT_FLAGGED, Verdict.FLAGGED, Verdict.NO_SCORE)[code]


def reason_of(code: int) -> Reason | None:
    """The reason that a byte stands for; ``None`` where the verdict is not `Verdict.UNDETECTABLE`.

    Raises:
        InvalidValueError: if the code is not a byte of a verdict.

    Examples:
        >>> reason_of(16).label
        'no reference'
    """
    byte = as_whole(code, where="reason_of: code", maximum=_UNDETECTABLE + len(_REASONS) - 1)
    return _REASONS[byte - _UNDETECTABLE] if byte >= _UNDETECTABLE else None


@frozen(eq=False)
class Verdicts:
    """The verdicts of one rule on the scored sessions of a block, with what explains them if that was asked for.

    Args:
        code: One byte per session, shape ``(n,)``; see `CODES`.
        values: What the rule compared, by name, each float64 of shape ``(n,)`` and in oriented scores (higher is
            better), NaN where it does not exist. ``reference`` is the level compared with and ``limit`` the score
            at which the rule fires. Empty unless asked for.
        dyads: What the rule says of each dyad as a whole, by name, each float64 of shape ``(g,)``.

    Examples:
        >>> Verdicts(np.array([0, 1], dtype=np.uint8)).flagged
        array([False,  True])
    """

    code: Codes
    values: Mapping[str, Floats] = field(factory=dict)
    dyads: Mapping[str, Floats] = field(factory=dict)

    @property
    def flagged(self) -> Truths:
        """Where the rule fired, shape ``(n,)``."""
        return np.asarray(self.code == _FLAGGED)

    @property
    def undetectable(self) -> Truths:
        """Where the rule could not have fired, shape ``(n,)``."""
        return np.asarray(self.code >= _UNDETECTABLE)
