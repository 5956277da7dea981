"""A mixed model as a function of unbounded parameters: minus twice its log-likelihood, and the gradient.

The parameters are the entries of the lower triangular factors F of each level's relative covariance S = F F', and those
theta of the residuals. With G the derivative of the deviance by S, that by F is ``2 G F``. By theta, which moves the
whitened rows ``T [Z X y]`` by ``T' = dT/dtheta``, it is

    2 sum T'z' C z  -  2 log|T|'  +  2 e' (T'y - T'X beta - T'Z b) / s2  +  (REML) 2 tr (X' V^-1 X)^-1 E' (T'X - T'Z B)

with the posterior covariance C of the random effects, their means b given the scores and ``B = S Z' V^-1 X``, the
residuals e given b, and ``E = X - Z B``.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from attrs import evolve, frozen

from therarel.growth.arrays import Floats, Ints
from therarel.growth.likelihood.profiled_likelihood import Evaluation, evaluate
from therarel.growth.likelihood.random_effects import posterior
from therarel.growth.likelihood.residual_structure import ResidualStructure
from therarel.growth.likelihood.small_matrices import inverse, lower_root
from therarel.growth.likelihood.sufficient_statistics import Layout, SufficientStatistics, reduce_rows

__all__ = ["MixedModel", "ModelPoint"]


@cache
def _lower(size: int) -> tuple[Ints, Ints]:
    """Where the entries of a lower triangle stand; asked for at each step of a search."""
    rows, columns = np.tril_indices(size)
    return rows.astype(np.int64), columns.astype(np.int64)


@frozen(eq=False)
class ModelPoint:
    """The model at one value of its parameters.

    Args:
        parameters: Entries of the factors, inner level first, row by row of the lower triangle; then those of the
            residuals.
        deviance: Minus twice the log-likelihood of the scaled problem.
        gradient: Its derivative by the parameters.
        factors: F of each level, inner first.
        evaluation: All parts of the likelihood.
        statistics: Sufficient statistics of the whitened rows.
    """

    parameters: Floats
    deviance: float
    gradient: Floats
    factors: tuple[Floats, ...]
    evaluation: Evaluation
    statistics: SufficientStatistics


@frozen(eq=False)
class MixedModel:
    """A model to be fitted.

    Args:
        layout: The nesting.
        residuals: Their structure.
        reml: Restricted likelihood.
        statistics: Sufficient statistics of the rows; with iid residuals nothing else is needed.
        rows: Columns of the inner level, of the outer one, fixed effects, score; shape (columns, rows).
    """

    layout: Layout
    residuals: ResidualStructure
    reml: bool
    statistics: SufficientStatistics
    rows: Floats

    @classmethod
    def of_rows(
        cls, rows: Floats, layout: Layout, *, reml: bool, residuals: ResidualStructure | None = None
    ) -> MixedModel:
        """The model of these rows."""
        residuals = residuals or ResidualStructure()
        return cls(layout, residuals, reml, reduce_rows(rows, layout, patterns=residuals.count == 0), rows)

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

    def with_method(self, *, reml: bool) -> MixedModel:
        """The same model by the other likelihood."""
        return evolve(self, reml=reml)

    def combined(self, mix: Floats) -> MixedModel:
        """The model after [X y] is replaced by ``[X y] @ mix``, see `SufficientStatistics.combined`."""
        random = sum(self.sizes)
        rows = np.concatenate([self.rows[:random], mix.T @ self.rows[random:]])
        statistics = self.statistics.combined(mix)
        return evolve(self, statistics=statistics, layout=statistics.layout, rows=rows)

    def entries(self, level: int) -> slice:
        """Which parameters are the factor of a level."""
        begin = sum(size * (size + 1) // 2 for size in self.sizes[:level])
        return slice(begin, begin + self.sizes[level] * (self.sizes[level] + 1) // 2)

    def factors(self, parameters: Floats) -> tuple[Floats, ...]:
        """Lower triangular factors out of the parameters."""
        result = []
        for level, size in enumerate(self.sizes):
            factor = np.zeros((size, size))
            factor[_lower(size)] = parameters[self.entries(level)]
            result.append(factor)
        return tuple(result)

    def parameters(self, relative: tuple[Floats, ...], residual: Floats) -> Floats:
        """Parameters of relative covariances S of each level, which may be singular."""
        parts = []
        for matrix in relative:
            values, vectors = np.linalg.eigh(matrix)
            parts.append(lower_root(vectors * np.sqrt(np.maximum(values, 0.0)))[_lower(len(matrix))])
        return np.concatenate([*parts, residual])

    def residual_parameters(self, parameters: Floats) -> Floats:
        """The last parameters: those of the residuals."""
        return parameters[self.covariances :]

    def at(self, parameters: Floats, *, variance: float | None = None) -> ModelPoint:
        """The model at these parameters.

        Args:
            parameters: Shape (count,).
            variance: A given residual variance; ``None`` for the best one.
        """
        parameters = np.asarray(parameters, dtype=np.float64)
        factors, theta = self.factors(parameters), self.residual_parameters(parameters)
        if self.residuals.count == 0:
            white, statistics, log_jacobian = self.rows, self.statistics, 0.0
        else:
            whitened = self.residuals.whiten(self.rows, theta)
            white, log_jacobian = whitened.rows, whitened.log_jacobian
            statistics = reduce_rows(white, self.layout, patterns=False)
        evaluation = evaluate(statistics, factors, reml=self.reml, log_jacobian=log_jacobian, variance=variance)
        parts = [2.0 * (g @ f)[_lower(len(f))] for g, f in zip(evaluation.derivatives, factors, strict=True)]  # 2 G F
        if self.residuals.count:
            parts.append(self._by_residual_parameters(white, theta, statistics, factors, evaluation, variance))
        return ModelPoint(parameters, evaluation.deviance, np.concatenate(parts), factors, evaluation, statistics)

    def _by_residual_parameters(
        self, white: Floats, theta: Floats, statistics: SufficientStatistics, factors: tuple[Floats, ...],
        evaluation: Evaluation, variance: float | None,
    ) -> Floats:  # fmt: skip
        """Derivatives of the deviance by the residual parameters, from the rows."""
        layout, p, random = self.layout, self.layout.fixed, sum(self.sizes)
        given = posterior(statistics, factors, evaluation)
        effects = given.inner
        if layout.outer is not None:
            effects = np.concatenate([effects, np.repeat(given.outer, np.diff(layout.outer), axis=2)])
        sizes = np.diff(layout.starts)
        covariance = np.repeat(given.covariance, sizes, axis=-1)  # C, (Q, Q, rows)
        effects = np.repeat(effects, sizes, axis=-1)  # S Z' V^-1 [X y], (Q, p + 1, rows)
        contrast = np.append(-evaluation.beta, 1.0)
        z, xy = white[:random], white[random:]
        left = xy - np.einsum("qr,qcr->cr", z, effects)  # [X y] - Z S Z' V^-1 [X y]
        error = contrast @ left  # e = y - X beta - Z b
        b = np.einsum("qcr,c->qr", effects, contrast)
        cz = np.einsum("abr,br->ar", covariance, z)
        s2 = evaluation.variance if variance is None else variance
        unscaled = inverse(evaluation.information)  # (X' V^-1 X)^-1
        slopes = []
        for change in self.residuals.derivatives(self.rows, theta):
            dz, dxy = change.rows[:random], change.rows[random:]
            slope = 2.0 * float(np.sum(dz * cz)) - 2.0 * change.log_jacobian
            slope += 2.0 / s2 * float(error @ (contrast @ dxy - np.sum(dz * b, axis=0)))
            if self.reml and p:
                drift = dxy[:p] - np.einsum("qr,qcr->cr", dz, effects[:, :p])
                slope += 2.0 * float(np.sum((unscaled @ left[:p]) * drift))
            slopes.append(slope)
        return np.array(slopes)
