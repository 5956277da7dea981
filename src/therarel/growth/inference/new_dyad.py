"""What scores of a new dyad are expected, how far they may lie from that, and how well the sample knows it.

Scores ``y`` at some times are normal with mean ``X beta`` and covariance ``V = X C X' + Z S Z' + R``, where C is the
covariance of the estimates of beta. Given scores so far, those that come are normal with

    m = mu2 + V21 V11^-1 (y1 - mu1),    v = V22 - V21 V11^-1 V12

Both hang on the variance parameters, which are estimated, with covariance W. Let m' and v' be the derivatives by them.
The delta method adds ``m' W m'`` to v, and gives v the degrees of freedom ``2 v^2 / (v' W v')`` of Satterthwaite. Given
scores so far these are no more than the dyads of the sample can give: their number less the random effects of each.
"""

from __future__ import annotations

import numpy as np
from attrs import frozen

from therarel.growth.arrays import Floats
from therarel.growth.inference.estimates import Estimates

__all__ = ["NewDyad", "NewScores", "expect"]


@frozen(eq=False)
class NewDyad:
    """A dyad that the model has not seen, at the times of its scores so far and then at those asked for.

    Args:
        times: Shape (n,).
        fixed: Columns of the fixed effects, shape (n, p).
        random: Columns of the random effects of each level, shape (n, q) each.
        so_far: Its scores so far, shape (seen,).
        residual: Class of the residuals of all its scores, 0 for the first.
    """

    times: Floats
    fixed: Floats
    random: tuple[Floats, ...]
    so_far: Floats
    residual: int


@frozen(eq=False)
class NewScores:
    """Scores that are expected, shape (k,) each.

    Args:
        expected: Their mean.
        mean_variance: Uncertainty of that mean: of the sample's without scores so far, of the dyad's own with them.
        mean_df: Degrees of freedom of this variance.
        variance: Of a single new score.
        df: Degrees of freedom of this variance.
    """

    expected: Floats
    mean_variance: Floats
    mean_df: Floats
    variance: Floats
    df: Floats


def expect(fit: Estimates, dyad: NewDyad) -> NewScores:
    """The expected scores of a new dyad, given those that it has so far."""
    known = fit.sensitivity()
    place = np.append(fit.optimum.point.parameters, np.log(fit.optimum.point.evaluation.variance))
    found = _moments(fit, dyad, place, known.spread)
    slopes = []
    for k, value in enumerate(place):
        step = 1e-5 * max(1.0, abs(value))
        moved = np.zeros_like(place)
        moved[k] = step
        above = _moments(fit, dyad, place + moved, known.spread + step * known.moves[k])
        below = _moments(fit, dyad, place - moved, known.spread - step * known.moves[k])
        slopes.append((above - below) / (2 * step))
    # parameters, then mean, uncertainty of the mean and of a single score, then times
    by_parameter = np.array(slopes)
    uncertain = np.einsum("kat,kl,lat->at", by_parameter, known.covariance, by_parameter, optimize=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        df = np.where(uncertain[1:] > 0, 2.0 * found[1:] ** 2 / uncertain[1:], np.inf)
    if len(dyad.so_far):
        level = fit.design.levels[0]
        df = np.minimum(df, level.grouping.count - len(level.terms))
        found[1:] += uncertain[0]
    df = np.maximum(df, 1.0)
    return NewScores(found[0], np.maximum(found[1], 0.0), df[0], np.maximum(found[2], 0.0), df[1])


def _moments(fit: Estimates, dyad: NewDyad, place: Floats, spread: Floats) -> Floats:
    """Mean, uncertainty of the mean and variance of a single score, shape (3, k), at some parameters.

    Args:
        fit: The model.
        dyad: The new dyad.
        place: Parameters and, last, the log of the residual variance.
        spread: Covariance of the scaled fixed effects.
    """
    problem, units = fit.problem, fit.units
    variance, own = float(np.exp(place[-1])), problem.residual_parameters(place[:-1])
    seen = len(dyad.so_far)
    mean = dyad.fixed @ np.array(list(fit.fixed.values()))
    truth = dyad.fixed @ units.beta_covariance(spread) @ dyad.fixed.T
    of_mean = np.diag(truth)[seen:]
    for index, (columns, factor) in enumerate(zip(dyad.random, problem.factors(place[:-1]), strict=True)):
        truth = truth + columns @ units.covariance(variance * factor @ factor.T, index) @ columns.T
    noise = np.eye(len(dyad.times))
    if problem.residuals.gaps is not None:
        apart = np.abs(dyad.times[:, None] - dyad.times)
        noise = (problem.residuals.phi(own) or 0.0) ** apart
    joint = truth + units.size**2 * variance * float(problem.residuals.scales(own)[dyad.residual]) ** 2 * noise
    if not seen:
        return np.stack([mean, of_mean, np.diag(joint)])
    pull = np.linalg.solve(joint[:seen, :seen], joint[:seen, seen:]).T
    taken = np.einsum("ts,st->t", pull, joint[:seen, seen:])
    expected = mean[seen:] + pull @ (dyad.so_far - mean[:seen])
    return np.stack([expected, np.diag(truth)[seen:] - taken, np.diag(joint)[seen:] - taken])
