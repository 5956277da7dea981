"""Columns brought to a common size, so that no unit of time or score changes how well a model can be fitted.

The columns of a design are replaced by orthogonal columns of mean square one that span the same space: centring and
scaling included. The fit is found in these, and put back.
"""

from __future__ import annotations

import numpy as np
from attrs import frozen

from therarel.trajectories.growth.segments import Floats

__all__ = ["Scaled", "scaled"]

_DEPENDENT = 1e-9  # of the centred length: what is left then still has six true digits
_ROUNDING = 256 * np.finfo(np.float64).eps


@frozen(eq=False)
class Scaled:
    """Orthogonal columns, and how the given ones are made of them.

    Args:
        rows: The orthogonal columns, shape (kept, rows); each has mean square 1.
        upper: Upper triangular R with ``given kept columns = rows' R``, shape (kept, kept).
        kept: Index of the columns that are kept.
        dropped: Index of those that are linear combinations of the ones before them.
    """

    rows: Floats
    upper: Floats
    kept: tuple[int, ...]
    dropped: tuple[int, ...]

    @property
    def back(self) -> Floats:
        """``R^-1``: coefficients of the orthogonal columns times this are those of the given ones."""
        return np.asarray(np.linalg.solve(self.upper, np.eye(len(self.upper))), dtype=np.float64)

    @property
    def log_volume(self) -> float:
        """``log|R|``."""
        return float(np.sum(np.log(np.diag(self.upper))))


def scaled(columns: Floats, into: Floats | None = None) -> Scaled:
    """Orthogonal columns of mean square 1, later columns that depend on earlier ones left out.

    Args:
        columns: Shape (columns, rows).
        into: Where the orthogonal columns are put, of the same shape; ``None`` for a new array.

    Examples:
        >>> found = scaled(np.array([[1.0, 1.0, 1.0], [4.0, 5.0, 6.0], [2.0, 2.0, 2.0]]))
        >>> found.kept, found.dropped, found.rows[1].round(3).tolist()
        ((0, 1), (2,), [-1.225, 0.0, 1.225])
    """
    count, rows = columns.shape
    made = np.empty((count, rows)) if into is None else into
    upper = np.zeros((count, count))
    kept: list[int] = []
    dropped: list[int] = []
    for index in range(count):
        place = len(kept)
        own = made[place]
        own[:] = columns[index]
        whole = float(np.sqrt(own @ own / rows))
        shares = np.zeros(count)
        centred = whole
        for sweep in range(2):
            for before in range(place):
                share = float(made[before] @ own) / rows
                shares[before] += share
                own -= share * made[before]
            if sweep == 0:
                centred = min(whole, float(np.std(columns[index])) or whole)
        length = float(np.sqrt(own @ own / rows))
        if length <= max(_DEPENDENT * centred, _ROUNDING * whole):
            dropped.append(index)
            continue
        own /= length
        upper[:, place] = shares
        upper[place, place] = length
        kept.append(index)
    size = len(kept)
    return Scaled(made[:size], upper[:size, :size], tuple(kept), tuple(dropped))
