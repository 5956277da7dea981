"""What a growth model expects of a new dyad, with a band, compared with the sample of the model.

What scores of a new dyad are expected, how far they may lie from that, and how well the sample knows it.

Scores y at some times are normal with mean ``X beta`` and covariance ``V = X C X' + Z S Z' + R``, where C is the
covariance of the estimates of beta. Given scores so far, those that come are normal with

    m = mu2 + V21 V11^-1 (y1 - mu1),    v = V22 - V21 V11^-1 V12

Both depend on the variance parameters, which are estimated, with covariance W. Let m' and v' be the derivatives by
them. The delta method adds ``m' W m'`` to v, and gives v the degrees of freedom ``2 v^2 / (v' W v')`` of Satterthwaite.
Given scores so far these are no more than the dyads of the sample can give: their number less the random effects of
each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import SupportsFloat

import numpy as np
from attrs import frozen
from narwhals.typing import IntoFrame

from therarel.errors import InvalidValueError, UnknownNameError, hint_for, refuse_no_mapping, shown
from therarel.growth.asking.grouping import labels_as_text
from therarel.growth.inference.estimates import Estimates, checked_level, t_quantile
from therarel.growth.inference.new_rows import complete_rows, effect_columns, rows_of_new_dyad
from therarel.representation import one_line
from therarel.tables.arrays import Floats
from therarel.tables.frames import as_table


@frozen(eq=False)
class NewDyad:
    """A dyad that the model has not seen, at the times of its scores so far and then at those asked for.

    Args:
        times: Shape (n,).
        fixed: Columns of the fixed effects, shape (n, p).
        random: Columns of the random effects of each level, shape (n, q) each.
        observed: Its scores so far, shape (n1,).
        residual_class: Class of the residuals of all its scores, 0 for the first.
    """

    times: Floats
    fixed: Floats
    random: tuple[Floats, ...]
    observed: Floats
    residual_class: int


@frozen(eq=False)
class ExpectedScores:
    """Scores that are expected, shape (k,) each.

    Args:
        mean: Their mean.
        mean_variance: Variance of that mean: of the sample's mean without scores so far, of the dyad's own with them.
        mean_df: Degrees of freedom of this variance.
        variance: Variance of a single new score.
        df: Degrees of freedom of this variance.
    """

    mean: Floats
    mean_variance: Floats
    mean_df: Floats
    variance: Floats
    df: Floats


def expected_scores(fit: Estimates, dyad: NewDyad) -> ExpectedScores:
    """The expected scores of a new dyad, given those that it has so far."""
    information = fit.observed_information()
    covariance, derivatives = information.beta_covariance, information.beta_covariance_derivatives
    optimum = np.append(fit.optimum.point.parameters, np.log(fit.optimum.point.evaluation.variance))
    moments = _moments(fit, dyad, optimum, covariance)
    slopes = []
    for k, value in enumerate(optimum):
        step = 1e-5 * max(1.0, abs(value))
        move = np.zeros_like(optimum)
        move[k] = step
        above = _moments(fit, dyad, optimum + move, covariance + step * derivatives[k])
        below = _moments(fit, dyad, optimum - move, covariance - step * derivatives[k])
        slopes.append((above - below) / (2 * step))
    by_parameter = np.array(slopes)  # m' and v' of mean and single score, shape (parameters, 3, times)
    uncertainty = np.einsum("kat,kl,lat->at", by_parameter, information.covariance, by_parameter, optimize=True)
    mean, variances = moments[0], moments[1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        df = np.where(uncertainty[1:] > 0, 2.0 * variances**2 / uncertainty[1:], np.inf)  # 2 v^2 / (v' W v')
    if len(dyad.observed):
        level = fit.design.levels[0]
        df = np.minimum(df, level.grouping.count - len(level.terms))
        variances = variances + uncertainty[0]  # m' W m'
    df, variances = np.maximum(df, 1.0), np.maximum(variances, 0.0)
    return ExpectedScores(mean, variances[0], df[0], variances[1], df[1])


def _moments(fit: Estimates, dyad: NewDyad, parameters: Floats, beta_covariance: Floats) -> Floats:
    """Mean, uncertainty of the mean and variance of a single score, shape (3, k), at some parameters.

    Args:
        fit: The model.
        dyad: The new dyad.
        parameters: Those of the model and, last, the log of the residual variance.
        beta_covariance: Covariance of the scaled fixed effects.
    """
    model, units = fit.model, fit.units
    s2, theta = float(np.exp(parameters[-1])), model.residual_parameters(parameters[:-1])
    n1 = len(dyad.observed)
    mu = dyad.fixed @ fit.beta()
    truth = dyad.fixed @ units.beta_covariance(beta_covariance) @ dyad.fixed.T  # X C X'
    mean_variance = np.diag(truth)[n1:]
    for level, (z, factor) in enumerate(zip(dyad.random, model.factors(parameters[:-1]), strict=True)):
        truth = truth + z @ units.covariance(s2 * factor @ factor.T, level) @ z.T  # Z S Z'
    correlation = np.eye(len(dyad.times))
    if model.residuals.gaps is not None:
        correlation = (model.residuals.phi(theta) or 0.0) ** np.abs(dyad.times[:, None] - dyad.times)  # phi^|t - s|
    sd = units.score_scale * float(model.residuals.relative_sds(theta)[dyad.residual_class])
    v = truth + s2 * sd**2 * correlation
    if not n1:
        return np.stack([mu, mean_variance, np.diag(v)])
    weights = np.linalg.solve(v[:n1, :n1], v[:n1, n1:]).T  # V21 V11^-1
    explained = np.einsum("ts,st->t", weights, v[:n1, n1:])
    mean = mu[n1:] + weights @ (dyad.observed - mu[:n1])  # m
    return np.stack([mean, np.diag(truth)[n1:] - explained, np.diag(v)[n1:] - explained])


@frozen(eq=False)
class ExpectedTrajectory:
    """What scores a dyad like this would be expected to have, compared with the sample of the model.

    Args:
        times: Shape (k,).
        expected: Expected scores, shape (k,).
        mean_low: Lower end of the confidence band of the expected score, shape (k,).
        mean_high: Its upper end.
        low: Lower end of the band in which a single new score lies, shape (k,).
        high: Its upper end.
        level: Confidence level of the two bands, a share such as 0.95.
        sentence: How to read the bands, in words.
        kind: The kind of table that `to_frame` gives.
        mean_df: Degrees of freedom of the confidence band, shape (k,).
        df: Degrees of freedom of the band of single scores, shape (k,).
    """

    times: Floats
    expected: Floats
    mean_low: Floats
    mean_high: Floats
    low: Floats
    high: Floats
    level: float
    sentence: str
    kind: str
    mean_df: Floats
    df: Floats

    def to_frame(self, kind: str | None = None) -> IntoFrame:
        """The values as a table, one row per time.

        Args:
            kind: ``polars``, ``pandas``, ``pyarrow`` or ``duckdb``; ``None`` for the kind that came in.

        Raises:
            InvalidValueError: if the kind is not known.
        """
        names = ("times", "expected", "mean_low", "mean_high", "low", "high")
        columns = {name.removesuffix("s"): getattr(self, name).tolist() for name in names}
        return as_table(columns, self.kind if kind is None else kind)

    __repr__ = one_line

    def __str__(self) -> str:
        return self.sentence


def expected_trajectory(
    fit: Estimates,
    times: Sequence[float],
    covariates: Mapping[str, object] | None,
    observed: Mapping[float, float] | None,
    level: float,
) -> ExpectedTrajectory:
    """Expected scores of a new dyad, given its covariates and the scores it has so far."""
    covariates = {} if covariates is None else covariates
    observed = {} if observed is None else observed
    design = fit.design
    level = checked_level(level)
    time = design.time_needed()
    refuse_no_mapping(observed, where="observed", such_as=f"{{1: 3.2, 2: 3.5}}, the score at each '{time}' so far")
    refuse_no_mapping(covariates, where="covariates", such_as='{"arm": "cbt"}')
    if not hasattr(times, "__len__") or not len(times):
        raise InvalidValueError("at least one time is needed", where="times")
    every = np.array([*_numbers(observed.keys(), "observed", time), *_numbers(times, "times", time)])
    so_far = np.array(_numbers(observed.values(), "observed", "scores so far"))
    residual_class = _residual_class(fit, covariates)
    _check_covariates(fit, time, covariates)
    frame = rows_of_new_dyad(fit, {**{name: [value] * len(every) for name, value in covariates.items()}, time: every})
    complete_rows(fit, frame)
    fixed, random = effect_columns(fit, frame)
    scores = expected_scores(fit, NewDyad(every, fixed, tuple(random), so_far, residual_class))
    mean, chosen = scores.mean, every[len(so_far) :]
    of_mean = t_quantile(level, scores.mean_df) * np.sqrt(scores.mean_variance)
    of_score = t_quantile(level, scores.df) * np.sqrt(scores.variance)
    low, high = mean - of_score, mean + of_score
    return ExpectedTrajectory(
        chosen, mean, mean - of_mean, mean + of_mean, low, high, level,
        _sentence(fit, chosen, len(so_far), level, covariates, (low, high)), fit.kind, scores.mean_df, scores.df,
    )  # fmt: skip


def _sentence(
    fit: Estimates,
    times: Floats,
    seen: int,
    level: float,
    covariates: Mapping[str, object],
    band: tuple[Floats, Floats],
) -> str:
    """How to read an expected trajectory."""
    design = fit.design
    sentence = (
        f"Compared with this sample of {fit.groups[design.levels[0].grouping.name]:,} dyads, {level:.0%} of single "
        f"scores of a dyad like this would be expected within the band"
    )
    sentence += f", given its {seen} score{'s' if seen > 1 else ''} so far." if seen else "."
    if design.residuals.classes is not None:
        sentence += f" Scores are those of '{covariates[str(design.request.classes)]}'."
    sentence += " It describes the sample; it is not a target and not a forecast for a person."
    if times.max() > design.times.max() or times.min() < design.times.min():
        sentence += " Some times lie outside those in the data: there the band rests on the model's form alone."
    bounds = design.table.bounds
    if bounds is not None and (band[0].min() < bounds[0] or band[1].max() > bounds[1]):
        sentence += f" The band reaches beyond the scale, {bounds[0]:g} to {bounds[1]:g}, where no score can be."
    return sentence


def _numbers(values: Iterable[object], where: str, what: str) -> list[float]:
    """Finite numbers, or the reason why not."""
    numbers = []
    for value in values:
        if isinstance(value, date | np.datetime64):
            raise InvalidValueError(
                "dates are not known for a new dyad", where=where, value=shown(value), bound="finite numbers",
                hint=f"give '{what}' as days since the dyad's first date",
            )  # fmt: skip
        number = float(value) if isinstance(value, SupportsFloat) else float("nan")
        if not np.isfinite(number):
            raise InvalidValueError(
                "times and scores so far are finite numbers", where=where, value=shown(value),
                hint="leave out sessions without a score",
            )  # fmt: skip
        numbers.append(number)
    return numbers


def _residual_class(fit: Estimates, covariates: Mapping[str, object]) -> int:
    """The class of residuals; with a variance for each value of a column, that of the value given."""
    residuals, column = fit.design.residuals, fit.design.request.classes
    if residuals.classes is None or column is None:
        return 0
    (label,) = labels_as_text([covariates.get(column)])
    if label not in residuals.levels:
        raise InvalidValueError(
            f"residual variances differ by '{column}', and the new scores need one of its values", where="covariates",
            value=shown(covariates.get(column)), bound=", ".join(map(shown, residuals.levels)),
        )  # fmt: skip
    return residuals.levels.index(label)


def _check_covariates(fit: Estimates, time: str, covariates: Mapping[str, object]) -> None:
    """Each predictor has a value, and there are no others."""
    wanted = [name for name in fit.predictors if name != time]
    for name in covariates:
        if name not in (*fit.predictors, fit.design.request.classes):
            raise UnknownNameError(
                "the model has no such predictor", where="covariates", value=shown(name), hint=hint_for(name, wanted)
            )
    for name in wanted:
        value = covariates.get(name)
        if value is None or value != value:  # NaN is the value that differs from itself
            raise InvalidValueError(
                "this predictor needs a value", where=f"covariates, '{name}'",
                value="nothing" if value is None else "NaN",
            )  # fmt: skip
