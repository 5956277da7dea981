"""Columns brought to a common size, so that no unit of time or score changes how well a model can be fitted.

The columns of a design are replaced by orthogonal columns of mean square one that span the same space: centring and
scaling included. The fit is found in these, and put back.
"""

from __future__ import annotations

import numpy as np
from attrs import frozen

from therarel.growth.arrays import Floats

__all__ = ["Scaled", "scaled"]

_DEPENDENT = 1e-9  # of the centred length: what is left then still has six true digits
_ROUNDING = 256 * np.finfo(np.float64).eps
# After projection on what came before, a column that kept this share of its length is orthogonal to rounding.
_ONCE = 0.1


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

    def first(self, columns: Floats, given: Floats, into: Floats) -> Scaled | None:
        """What `scaled` makes of columns that are the first of those given here, without doing it again.

        Args:
            columns: Shape (q, rows).
            given: The columns that these were made of, shape (columns, rows).
            into: Where the orthogonal columns are put, shape (q, rows).

        Returns:
            The scaled columns; ``None`` where they are not the first ones.
        """
        size = len(columns)
        if self.kept[:size] != tuple(range(size)) or not np.array_equal(columns, given[:size]):
            return None
        into[:] = self.rows[:size]
        return Scaled(into, self.upper[:size, :size], self.kept[:size], ())


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
        whole = length = float(np.sqrt(own @ own / rows))
        shares = np.zeros(count)
        for _ in range(2 if place else 0):
            share = made[:place] @ own / rows
            shares[:place] += share
            for one, before in zip(share, made, strict=False):
                own -= one * before  # not a matrix product: equal rows have to stay equal to the last digit
            length = float(np.sqrt(own @ own / rows))
            if length > _ONCE * whole:
                break
        if length <= max(_DEPENDENT, _ROUNDING) * whole:  # the centred length matters, and is looked at, only here
            centred = min(whole, float(np.std(columns[index])) or whole)
            if length <= max(_DEPENDENT * centred, _ROUNDING * whole):
                dropped.append(index)
                continue
        own /= length
        upper[:, place] = shares
        upper[place, place] = length
        kept.append(index)
    size = len(kept)
    return Scaled(made[:size], upper[:size, :size], tuple(kept), tuple(dropped))
