"""What scores of a new dyad are expected, how far they may lie from that, and how well the sample knows it.

Scores y at some times are normal with mean ``X beta`` and covariance ``V = X C X' + Z S Z' + R``, where C is the
covariance of the estimates of beta. Given scores so far, those that come are normal with

    m = mu2 + V21 V11^-1 (y1 - mu1),    v = V22 - V21 V11^-1 V12

Both depend on the variance parameters, which are estimated, with covariance W. Let m' and v' be the derivatives by
them. The delta method adds ``m' W m'`` to v, and gives v the degrees of freedom ``2 v^2 / (v' W v')`` of Satterthwaite.
Given scores so far these are no more than the dyads of the sample can give: their number less the random effects of
each.
"""

from __future__ import annotations

import numpy as np
from attrs import frozen

from therarel.growth.arrays import Floats
from therarel.growth.inference.estimates import Estimates

__all__ = ["ExpectedScores", "NewDyad", "expected_scores"]


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
