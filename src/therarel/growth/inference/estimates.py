"""What a growth model estimated: the numbers that everything else is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from attrs import field, frozen
from scipy import stats

from therarel.errors import InvalidValueError, UnknownNameError, hint_for, is_number, shown
from therarel.growth.asking.design import Design
from therarel.growth.inference.observed_information import ObservedInformation, observed_information
from therarel.growth.likelihood.mixed_model import MixedModel, Posterior, posterior
from therarel.growth.likelihood.small_matrices import inverse
from therarel.growth.search.optimum import Optimum
from therarel.growth.search.scaling import Units
from therarel.tables.arrays import Floats, Ints


def checked_level(level: float) -> float:
    """A level of confidence.

    Raises:
        InvalidValueError: if it is not a share, such as 95 for 95%.
    """
    if is_number(level) and 0 < level < 1:
        return float(level)
    raise InvalidValueError(
        "a level of confidence is a share", where="level", value=shown(level), bound="between 0 and 1",
        hint="0.95 is 95%",
    )  # fmt: skip


def t_quantile(level: float, df: Floats | float = np.inf) -> Any:
    """Standard errors from the middle of an interval to its end: the quantile of t, or of the normal distribution.

    Args:
        level: Confidence level of the interval, a share such as 0.95.
        df: Degrees of freedom of the standard error; infinite where it is taken as known.

    Raises:
        InvalidValueError: if the level is not a share.

    Examples:
        >>> round(float(t_quantile(0.95)), 2), round(float(t_quantile(0.95, 7)), 2)
        (1.96, 2.36)
    """
    return stats.t.ppf(0.5 + checked_level(level) / 2, df)


Computed = TypeVar("Computed")


@frozen(eq=False, repr=False)
class Estimates:
    """The estimates of a growth model, and what is computed from them once.

    Attributes:
        design: The columns and groups that were used.
        units: How the scaled columns relate to the given ones.
        model: The model as a function of its covariance parameters.
        optimum: Where that function is best.
    """

    design: Design
    units: Units
    model: MixedModel
    optimum: Optimum
    _memory: dict[str, object] = field(factory=dict, init=False)

    def cached(self, name: str, compute: Callable[[], Computed]) -> Computed:
        """Something that is computed once and kept."""
        if name not in self._memory:
            self._memory[name] = compute()
        return self._memory[name]  # type: ignore[return-value]  # the name stands for one type

    @property
    def fixed(self) -> dict[str, float]:
        """Fixed effects by name, in units of the score."""
        return dict(zip(self.units.names, self.beta().tolist(), strict=True))

    def beta(self) -> Floats:
        """Fixed effects in units of the score, shape (p,)."""
        return self.units.beta(self.optimum.point.evaluation.beta)

    @property
    def standard_errors(self) -> dict[str, float]:
        """Standard errors of the fixed effects, the variances taken as known."""
        errors = np.sqrt(np.diag(self.fixed_covariance()))
        return dict(zip(self.units.names, errors.tolist(), strict=True))

    def fixed_covariance(self) -> Floats:
        """Covariance s2 (X' V^-1 X)^-1 of the fixed effects, shape (p, p), the variances taken as known."""
        evaluation = self.optimum.point.evaluation
        return self.units.beta_covariance(evaluation.variance * inverse(evaluation.information))

    @property
    def reml(self) -> bool:
        """Whether the fit is by restricted maximum likelihood."""
        return self.model.reml

    @property
    def kind(self) -> str:
        """The kind of table that came in, and that results come as."""
        return self.design.table.kind

    @property
    def log_likelihood(self) -> float:
        """Of the scores as they are in the table; restricted for REML."""
        evaluation = self.optimum.point.evaluation
        return self.units.log_likelihood(evaluation.deviance, df=evaluation.df, reml=self.reml)

    @property
    def n_parameters(self) -> int:
        """Number of parameters: fixed effects, variances and covariances, residuals."""
        return len(self.units.names) + self.model.count + 1

    @property
    def aic(self) -> float:
        """Akaike's information criterion; lower is better, among fits to the same scores by the same method."""
        return -2.0 * self.log_likelihood + 2.0 * self.n_parameters

    @property
    def bic(self) -> float:
        """Schwarz's criterion with the number of scores, as lme4 counts."""
        return -2.0 * self.log_likelihood + float(np.log(self.n_scores)) * self.n_parameters

    @property
    def n_scores(self) -> int:
        """Number of scores that were used."""
        return self.model.layout.rows

    @property
    def groups(self) -> dict[str, int]:
        """Number of groups of each grouping column, inner first; those without a label are not counted."""
        return {level.grouping.name: sum(level.grouping.labelled) for level in self.design.levels}

    @property
    def incomplete(self) -> tuple[int, ...]:
        """Number (from 1) of each row that was left out because a value is missing."""
        return self.design.incomplete

    @property
    def predictors(self) -> tuple[str, ...]:
        """Columns that the fixed and random effects read."""
        return tuple(sorted(self.design.request.predictors - {self.design.request.score}))

    @property
    def residual_sds(self) -> dict[str, float]:
        """Residual standard deviation of each class; with equal variances one, under an empty name."""
        residuals = self.model.residuals
        theta = self.model.residual_parameters(self.optimum.point.parameters)
        base = self.units.score_scale * float(np.sqrt(self.optimum.point.evaluation.variance))
        names = residuals.levels if residuals.classes is not None else ("",)
        return {name: base * float(scale) for name, scale in zip(names, residuals.relative_sds(theta), strict=True)}

    @property
    def phi(self) -> float | None:
        """Autocorrelation of residuals one unit of time apart; ``None`` if the model has none."""
        return self.model.residuals.phi(self.model.residual_parameters(self.optimum.point.parameters))

    def level_terms(self, group: str) -> tuple[int, tuple[str, ...]]:
        """The level of a grouping column, 0 for the inner one, and its random effects.

        Raises:
            UnknownNameError: if the model has no such group.
        """
        names = [level.grouping.name for level in self.design.levels]
        if group not in names:
            raise UnknownNameError("no such group", value=shown(group), hint=hint_for(group, [*names, "residual"]))
        index = names.index(group)
        return index, self.design.levels[index].terms

    def covariance(self, group: str) -> Floats:
        """Covariance matrix of the random effects of a group, in the order of its terms.

        Raises:
            UnknownNameError: if the model has no such group.
        """
        return self.level_covariance(self.level_terms(group)[0])

    def level_covariance(self, level: int) -> Floats:
        """Covariance matrix of a level's random effects, inner level first, in the units of the table."""
        point = self.optimum.point
        factor = point.factors[level]
        return self.units.covariance(point.evaluation.variance * factor @ factor.T, level)

    def term_mean_squares(self, level: int) -> Floats:
        """Mean square of each random-effect column of a level, shape (q,)."""
        r = inverse(self.units.level_r_inverse[level])
        return np.asarray(np.sum(r**2, axis=0))

    def observed_information(self) -> ObservedInformation:
        """Curvature of the likelihood at the optimum; computed once."""
        point = self.optimum.point
        return self.cached(
            "information", lambda: observed_information(self.model, point.parameters, point.evaluation.variance)
        )

    def posterior(self) -> Posterior:
        """Random effects given the scores, in the scaled columns; computed once."""
        point = self.optimum.point
        return self.cached("posterior", lambda: posterior(point.statistics, point.factors, point.evaluation))

    def sessions_per_dyad(self) -> Ints:
        """Number of scores of each group of the inner level."""
        return np.diff(self.design.starts)
