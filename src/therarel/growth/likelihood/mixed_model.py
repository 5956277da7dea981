"""A mixed model as a function of unbounded parameters: minus twice its log-likelihood, and the gradient."""

from __future__ import annotations

from functools import cache

import numpy as np
from attrs import evolve, frozen

from therarel.growth.arrays import Floats, Ints
from therarel.growth.likelihood.grouped_rows import spread_over
from therarel.growth.likelihood.profiled_likelihood import Evaluation, evaluate
from therarel.growth.likelihood.random_effects import posterior
from therarel.growth.likelihood.residual_structure import Residuals
from therarel.growth.likelihood.small_matrices import inverse
from therarel.growth.likelihood.sufficient_statistics import Layout, Statistics, reduce_rows

__all__ = ["Point", "Problem"]


@cache
def _lower(size: int) -> tuple[Ints, Ints]:
    """Where the entries of a lower triangle stand; asked for at each step of a search."""
    rows, columns = np.tril_indices(size)
    return rows.astype(np.int64), columns.astype(np.int64)


@frozen(eq=False)
class Point:
    """The model at one value of its parameters.

    Args:
        parameters: Entries of the factors, inner level first, row by row of the lower triangle; then those of the
            residuals.
        deviance: Minus twice the log-likelihood of the scaled problem.
        gradient: Its derivative by the parameters.
        factors: The factors.
        evaluation: All parts of the likelihood.
        statistics: Of the rows, whitened.
    """

    parameters: Floats
    deviance: float
    gradient: Floats
    factors: tuple[Floats, ...]
    evaluation: Evaluation
    statistics: Statistics


@frozen(eq=False)
class Problem:
    """A model to be fitted.

    Args:
        layout: The nesting.
        residuals: Their structure.
        reml: Restricted likelihood.
        statistics: Of the rows; with iid residuals they are all there is.
        rows: Columns of the inner level, of the outer one, fixed effects, score; shape (columns, rows).
    """

    layout: Layout
    residuals: Residuals
    reml: bool
    statistics: Statistics
    rows: Floats

    @classmethod
    def of_rows(cls, rows: Floats, layout: Layout, *, reml: bool, residuals: Residuals | None = None) -> Problem:
        """The problem of these rows."""
        residuals = residuals or Residuals()
        statistics = reduce_rows(rows, layout, patterns=residuals.count == 0)
        return cls(layout, residuals, reml, statistics, rows)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of random effects of each level, inner first."""
        layout = self.layout
        return (layout.inner_columns, layout.outer_columns) if layout.outer_columns else (layout.inner_columns,)

    @property
    def covariances(self) -> int:
        """Number of entries of the factors."""
        return sum(size * (size + 1) // 2 for size in self.sizes)

    @property
    def count(self) -> int:
        """Number of parameters."""
        return self.covariances + self.residuals.count

    @property
    def groups(self) -> tuple[int, ...]:
        """Number of groups of each level, inner first."""
        outer = self.layout.outer
        return (self.layout.groups,) if outer is None else (self.layout.groups, len(outer) - 1)

    def with_method(self, *, reml: bool) -> Problem:
        """The same model by the other likelihood."""
        return evolve(self, reml=reml)

    def combined(self, mix: Floats) -> Problem:
        """The model after [X y] is replaced by ``[X y] @ mix``, see `Statistics.combined`."""
        lead = sum(self.sizes)
        rows = np.concatenate([self.rows[:lead], mix.T @ self.rows[lead:]])
        statistics = self.statistics.combined(mix)
        return evolve(self, statistics=statistics, layout=statistics.layout, rows=rows)

    def factors(self, parameters: Floats) -> tuple[Floats, ...]:
        """Lower triangular factors out of the parameters."""
        found, place = [], 0
        for size in self.sizes:
            entries = size * (size + 1) // 2
            factor = np.zeros((size, size))
            factor[_lower(size)] = parameters[place : place + entries]
            found.append(factor)
            place += entries
        return tuple(found)

    def parameters(self, relative: tuple[Floats, ...], residual: Floats) -> Floats:
        """Parameters of relative covariances S of each level, which may be singular."""
        parts = []
        for matrix in relative:
            values, vectors = np.linalg.eigh(matrix)
            root = vectors * np.sqrt(np.maximum(values, 0.0))
            lower = np.asarray(np.linalg.qr(root.T, mode="r")).T
            lower = lower * np.where(np.diag(lower) < 0, -1.0, 1.0)
            parts.append(lower[_lower(len(matrix))])
        return np.concatenate([*parts, residual])

    def residual_parameters(self, parameters: Floats) -> Floats:
        """The last parameters: those of the residuals."""
        return parameters[self.covariances :]

    def at(self, parameters: Floats, *, variance: float | None = None) -> Point:
        """The model at these parameters.

        Args:
            parameters: Shape (count,).
            variance: Residual variance to hold; ``None`` for the best one.
        """
        parameters = np.asarray(parameters, dtype=np.float64)
        factors = self.factors(parameters)
        if self.residuals.count == 0:
            found = evaluate(self.statistics, factors, reml=self.reml, variance=variance)
            return Point(
                parameters, found.deviance, self._gradient(factors, found.slopes), factors, found, self.statistics
            )  # fmt: skip
        own = self.residual_parameters(parameters)
        white = self.residuals.whiten(self.rows, own)
        statistics = reduce_rows(white.rows, self.layout, patterns=False)
        found = evaluate(statistics, factors, reml=self.reml, log_jacobian=white.log_jacobian, variance=variance)
        slopes = self._residual_gradient(white.rows, own, statistics, factors, found, variance)
        gradient = np.concatenate([self._gradient(factors, found.slopes), slopes])
        return Point(parameters, found.deviance, gradient, factors, found, statistics)

    def _gradient(self, factors: tuple[Floats, ...], slopes: tuple[Floats, ...]) -> Floats:
        parts = [2.0 * (slope @ factor)[_lower(len(factor))] for slope, factor in zip(slopes, factors, strict=True)]
        return np.concatenate(parts)

    def _residual_gradient(
        self,
        white: Floats,
        own: Floats,
        statistics: Statistics,
        factors: tuple[Floats, ...],
        found: Evaluation,
        variance: float | None,
    ) -> Floats:
        """Derivatives by the residual parameters, from the rows: by how the whitened rows move."""
        layout = self.layout
        lead, fixed = sum(self.sizes), layout.fixed
        given = posterior(statistics, factors, found)
        effects = given.inner
        if layout.outer is not None:
            effects = np.concatenate([effects, np.repeat(given.outer, np.diff(layout.outer), axis=2)])
        sizes = np.diff(layout.starts)
        covariance = spread_over(given.covariance, sizes)
        reach = spread_over(effects, sizes)  # (Q, p + 1, rows)
        weights = np.append(-found.beta, 1.0)
        design, others = white[:lead], white[lead:]
        left = others - np.einsum("qr,qcr->cr", design, reach)
        error = weights @ left
        own_effects = np.einsum("qcr,c->qr", reach, weights)
        spread = np.einsum("abr,br->ar", covariance, design)
        precision = 1.0 / (found.variance if variance is None else variance)
        known = inverse(found.information) if fixed else np.zeros((0, 0))
        slopes = []
        for moved in self.residuals.derivatives(self.rows, own):
            steps, changes = moved.rows[:lead], moved.rows[lead:]
            slope = 2.0 * float(np.sum(steps * spread)) - 2.0 * moved.log_jacobian
            slope += 2.0 * precision * float(error @ (weights @ changes - np.sum(steps * own_effects, axis=0)))
            if self.reml and fixed:
                drift = changes[:fixed] - np.einsum("qr,qcr->cr", steps, reach[:, :fixed])
                slope += 2.0 * float(np.sum((known @ left[:fixed]) * drift))
            slopes.append(slope)
        return np.array(slopes)
