"""The scores of a dyad with a candidate, and what the rule expected of them; as they are drawn."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

__all__ = ["Path"]

Floats = npt.NDArray[np.float64]


@frozen(eq=False)
class Path:
    """The scored sessions of one dyad, each array of shape ``(n,)``, in the direction of the panel.

    Args:
        session: Sessions.
        score: Their scores.
        limit: The score at which the rule fires, NaN where there is none.
        expected: The score that the others lead one to expect; ``None`` where the rule expects none.
        expected_sd: Standard deviation of a score around that; ``None`` likewise.
    """

    session: Floats
    score: Floats
    limit: Floats
    expected: Floats | None = field(default=None)
    expected_sd: Floats | None = field(default=None)
