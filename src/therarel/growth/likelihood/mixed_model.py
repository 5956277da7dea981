"""A mixed model as a function of unbounded parameters: minus twice its log-likelihood, and the gradient.

The parameters are the entries of the lower triangular factors F of each level's relative covariance S = F F', and those
theta of the residuals. With G the derivative of the deviance by S, that by F is ``2 G F``. By theta, which moves the
whitened rows ``T [Z X y]`` by ``T' = dT/dtheta``, it is

    2 sum T'z' C z  -  2 log|T|'  +  2 e' (T'y - T'X beta - T'Z b) / s2  +  (REML) 2 tr (X' V^-1 X)^-1 E' (T'X - T'Z B)

with the posterior covariance C of the random effects, their means b given the scores and ``B = S Z' V^-1 X``, the
residuals e given b, and ``E = X - Z B``.

Random effects of each dyad and therapist given the scores, and how certain they are.

With S = F F' and the symbols of the likelihood, the effects of dyad i given the scores have, relative to the residual
variance and beta taken as known,

    mean S Z' V^-1 (y - X beta) = (A S)' B (-beta, 1),    covariance (S^-1 + R'R)^-1 = F (I + F' R'R F)^-1 F'

A therapist's effects c add uncertainty: with ``P = S Z' V^-1 Z3`` and the covariance D of c, the covariance of a dyad's
effects gains ``P D P'``, and that of both together is ``-P D``.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from attrs import evolve, frozen

from therarel.growth.likelihood.profiled_likelihood import Evaluation, evaluate
from therarel.growth.likelihood.residual_structure import ResidualStructure
from therarel.growth.likelihood.small_matrices import (
    cholesky,
    forward_solve,
    inverse,
    lower_root,
    product,
    times,
    transposed,
    transposed_product,
)
from therarel.growth.likelihood.sufficient_statistics import Layout, SufficientStatistics, reduce_rows
from therarel.tables.arrays import Floats, Ints


@frozen(eq=False)
class Posterior:
    """What the scores say about random effects, in the scaled columns and relative to the residual variance.

    Args:
        inner: ``S Z' V^-1 [X y]`` of each dyad, (q, p + 1, g).
        outer: The same of each therapist, (q3, p + 1, T); no groups without that level.
        covariance: Covariance of the dyad's effects and its therapist's together, given beta, (q + q3, q + q3, g).
    """

    inner: Floats
    outer: Floats
    covariance: Floats

    def inner_effects(self, beta: Floats) -> Floats:
        """Predicted random effects of dyads, (q, g)."""
        return np.tensordot(self.inner, np.append(-beta, 1.0), axes=(1, 0))

    def outer_effects(self, beta: Floats) -> Floats:
        """Predicted random effects of therapists, (q3, T)."""
        return np.tensordot(self.outer, np.append(-beta, 1.0), axes=(1, 0))


def posterior(statistics: SufficientStatistics, factors: tuple[Floats, ...], evaluation: Evaluation) -> Posterior:
    """Posterior means and covariances of random effects.

    Args:
        statistics: Sufficient statistics of the rows.
        factors: F of each level, inner first.
        evaluation: The likelihood at these factors.
    """
    q, q3 = len(statistics.r), statistics.layout.outer_columns
    factor = factors[0]

    def of_dyads(stack: Floats) -> Floats:
        return statistics.per_dyad(statistics.per_cell(stack))

    b = statistics.per_dyad(evaluation.b / np.sqrt(statistics.counts)).copy()
    b[:, -1] = forward_solve(of_dyads(evaluation.cholesky), statistics.dyad_score[:, None])[:, 0]
    a_s = of_dyads(times(evaluation.a, factor @ factor.T))  # A S
    rf = times(statistics.r, factor)
    turned = cholesky(np.eye(q)[:, :, None] + transposed_product(rf, rf))  # I + F' R'R F
    half = forward_solve(turned, np.broadcast_to(factor.T[:, :, None], rf.shape))
    own = of_dyads(transposed_product(half, half))  # F (I + F' R'R F)^-1 F'
    outer = evaluation.outer
    if outer is None or statistics.layout.outer is None:
        return Posterior(transposed_product(a_s, b), np.zeros((0, b.shape[1], 0)), own)
    sizes = np.diff(statistics.layout.outer)
    corrected = b[:, q3:] - product(b[:, :q3], np.repeat(outer.effects, sizes, axis=2))
    p = transposed_product(a_s, b[:, :q3])  # P = S Z' V^-1 Z3, of the dyad alone
    d = np.repeat(outer.posterior, sizes, axis=2)
    pd = product(p, d)
    joint = np.empty((q + q3, q + q3, statistics.layout.groups))
    joint[:q, :q] = own + product(pd, transposed(p))  # own + P D P'
    joint[:q, q:] = -pd
    joint[q:, :q] = -transposed(pd)
    joint[q:, q:] = d
    return Posterior(transposed_product(a_s, corrected), outer.effects, joint)


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
