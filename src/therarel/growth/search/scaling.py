"""Columns brought to a common size, so that no unit of time or score changes how well a model can be fitted.

The columns X of a design are replaced by orthogonal columns Q of mean square one that span the same space, ``X = Q R``:
centring and scaling included. The score becomes ``(y - Q b0) / c`` with the least-squares coefficients b0 of Q and the
root mean square c of what they leave. The fit is found in these, and put back: a coefficient b of Q is one
``R^-1 (c b + b0)`` of X.
"""

from __future__ import annotations

import numpy as np
from attrs import frozen

from therarel.tables.arrays import Floats

_DEPENDENT = 1e-9  # of the centred length: what is left then still has six true digits
_ROUNDING = 256 * np.finfo(np.float64).eps
# After projection on what came before, a column that kept this share of its length is orthogonal to rounding.
_ONCE = 0.1


@frozen(eq=False)
class Scaled:
    """Orthogonal columns, and how the given ones are made of them.

    Args:
        rows: Q', the orthogonal columns, shape (kept, rows); each has mean square 1.
        r: Upper triangular R with ``given kept columns = Q R``, shape (kept, kept).
        kept: Index of the columns that are kept.
        dropped: Index of those that are linear combinations of the ones before them.
    """

    rows: Floats
    r: Floats
    kept: tuple[int, ...]
    dropped: tuple[int, ...]

    @property
    def r_inverse(self) -> Floats:
        """``R^-1``: this times coefficients of the orthogonal columns are those of the given ones."""
        return np.asarray(np.linalg.solve(self.r, np.eye(len(self.r))), dtype=np.float64)

    @property
    def log_det(self) -> float:
        """``log|R|``."""
        return float(np.sum(np.log(np.diag(self.r))))

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
        return Scaled(into, self.r[:size, :size], self.kept[:size], ())


def scaled(columns: Floats, into: Floats | None = None) -> Scaled:
    """Orthogonal columns of mean square 1, later columns that depend on earlier ones left out.

    Args:
        columns: Shape (columns, rows).
        into: Where the orthogonal columns are put, of the same shape; ``None`` for a new array.

    Examples:
        >>> q = scaled(np.array([[1.0, 1.0, 1.0], [4.0, 5.0, 6.0], [2.0, 2.0, 2.0]]))
        >>> q.kept, q.dropped, q.rows[1].round(3).tolist()
        ((0, 1), (2,), [-1.225, 0.0, 1.225])
    """
    count, rows = columns.shape
    q = np.empty((count, rows)) if into is None else into
    r = np.zeros((count, count))
    kept: list[int] = []
    dropped: list[int] = []
    for index in range(count):
        k = len(kept)
        column = q[k]
        column[:] = columns[index]
        whole = length = float(np.sqrt(column @ column / rows))
        shares = np.zeros(count)
        for _ in range(2 if k else 0):
            share = q[:k] @ column / rows  # q_j' x / n
            shares[:k] += share
            for coefficient, earlier in zip(share, q, strict=False):
                column -= coefficient * earlier  # not a matrix product: equal rows have to stay equal to the last digit
            length = float(np.sqrt(column @ column / rows))
            if length > _ONCE * whole:
                break
        if length <= max(_DEPENDENT, _ROUNDING) * whole:  # the centred length matters, and is looked at, only here
            centred = min(whole, float(np.std(columns[index])) or whole)
            if length <= max(_DEPENDENT * centred, _ROUNDING * whole):
                dropped.append(index)
                continue
        column /= length
        r[:, k] = shares
        r[k, k] = length
        kept.append(index)
    size = len(kept)
    return Scaled(q[:size], r[:size, :size], tuple(kept), tuple(dropped))


@frozen(eq=False)
class Units:
    """How the scaled columns relate to the given ones.

    Args:
        names: Fixed effects that are in the model.
        dropped: Fixed effects that were left out because they depend on others.
        kept: Index of ``names`` among all columns of the formula.
        r_inverse: R^-1 of the fixed-effect columns, shape (p, p).
        log_det: ``log|R|`` of the fixed-effect columns.
        ols: b0, the least-squares coefficients that were taken off the score first.
        score_scale: c, what the score was divided by.
        level_r_inverse: R^-1 of the random-effect columns of each level, inner first.
        column_means: Means of the scaled fixed-effect columns.
    """

    names: tuple[str, ...]
    dropped: tuple[str, ...]
    kept: tuple[int, ...]
    r_inverse: Floats
    log_det: float
    ols: Floats
    score_scale: float
    level_r_inverse: tuple[Floats, ...]
    column_means: Floats

    def scaled_beta(self, beta: Floats) -> Floats:
        """Coefficients of the scaled columns for the score as given: c b + b0."""
        return np.asarray(beta * self.score_scale + self.ols)

    def beta(self, beta: Floats) -> Floats:
        """Fixed effects in the units of the table: R^-1 (c b + b0)."""
        return np.asarray(self.r_inverse @ self.scaled_beta(beta))

    def beta_covariance(self, covariance: Floats) -> Floats:
        """Covariance of fixed effects in the units of the table, from that of the scaled ones."""
        return np.asarray(self.score_scale**2 * self.r_inverse @ covariance @ self.r_inverse.T)

    def contrast(self, weights: Floats) -> Floats:
        """A contrast of the given coefficients as one of the scaled ones, the score's scale left out."""
        return np.asarray(weights @ self.r_inverse)

    def covariance(self, covariance: Floats, level: int) -> Floats:
        """A covariance of random effects in the units of the table, from that of the scaled ones."""
        r_inverse = self.level_r_inverse[level]
        return np.asarray(self.score_scale**2 * r_inverse @ covariance @ r_inverse.T)

    def effects(self, effects: Floats, level: int) -> Floats:
        """Random effects in the units of the table, shape (q, groups)."""
        return np.asarray(self.score_scale * self.level_r_inverse[level] @ effects)

    def log_likelihood(self, deviance: float, *, df: int, reml: bool) -> float:
        """The log-likelihood of the scores as they are in the table."""
        total = deviance + 2.0 * df * float(np.log(self.score_scale))
        return -0.5 * (total + (2.0 * self.log_det if reml else 0.0))
