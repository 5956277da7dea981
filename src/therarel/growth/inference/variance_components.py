"""Variance components: how much dyads, therapists and sessions differ, and what a zero among them means."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from therarel.growth.inference.estimates import Estimates, t_quantile
from therarel.growth.inference.observed_information import FlatDirection, flat_directions
from therarel.tables.arrays import Floats

# A variance whose share in the score's variance is below this part of the residual's counts as zero.
_ZERO = 1e-6
_ONE = 1.0 - 1e-6
# Half-width, in the logarithm or in Fisher's z, from which an interval by curvature says nothing.
_NOT_BENT = 4.0


@frozen
class VarianceComponent:
    """One standard deviation or correlation of random effects, or of residuals.

    Args:
        group: The grouping column; ``residual`` for residuals.
        term: The random effect; the class of residuals, or an empty text.
        other: The second random effect of a correlation; ``None`` for a standard deviation.
        value: Standard deviation or correlation.
        variance: Variance or covariance.
        low: Lower end of the interval of ``value``; NaN where there is none: at a boundary, or where the likelihood
            bends too little for an interval by its curvature (a profile still is defined).
        high: Its upper end.
    """

    group: str
    term: str
    other: str | None
    value: float
    variance: float
    low: float
    high: float


def _unbounded(fit: Estimates, parameters: Floats) -> Floats:
    """Log standard deviations and Fisher's z of correlations, level by level, then residuals: to be differentiated.

    Args:
        fit: The model.
        parameters: Those of the model and, last, the log of the residual variance.
    """
    values: list[float] = []
    log_s2 = float(parameters[-1])
    for level, factor in enumerate(fit.model.factors(parameters[:-1])):
        matrix = fit.units.covariance(np.exp(log_s2) * factor @ factor.T, level)
        sds = np.sqrt(np.maximum(np.diag(matrix), 1e-300))
        for row in range(len(matrix)):
            for column in range(row):
                r = matrix[row, column] / (sds[row] * sds[column])
                values.append(float(np.arctanh(np.clip(r, -1 + 1e-15, 1 - 1e-15))))  # z = artanh r
            values.append(float(np.log(sds[row])))
    ratios = fit.model.residuals.relative_sds(fit.model.residual_parameters(parameters[:-1]))
    values.extend(0.5 * log_s2 + np.log(ratios) + np.log(fit.units.score_scale))
    return np.array(values)


def variance_components(fit: Estimates, level: float) -> tuple[VarianceComponent, ...]:
    """All standard deviations and correlations with intervals from the curvature of the likelihood.

    Standard deviations have intervals symmetric in their logarithm, correlations in Fisher's z: with J their
    derivatives by the parameters, whose estimates have the covariance W, these have the covariance J' W J.

    Raises:
        InvalidValueError: if the level is not a share.
    """
    quantile = t_quantile(level)
    point = fit.optimum.point
    optimum = np.append(point.parameters, np.log(point.evaluation.variance))
    centre = _unbounded(fit, optimum)
    rows = []
    for k, value in enumerate(optimum):
        step = np.zeros_like(optimum)
        step[k] = 1e-6 * max(1.0, abs(value))
        rows.append((_unbounded(fit, optimum + step) - _unbounded(fit, optimum - step)) / (2 * step[k]))
    jacobian = np.array(rows)
    variances = np.einsum("ka,kl,la->a", jacobian, fit.observed_information().covariance, jacobian)  # J' W J
    half_widths = quantile * np.sqrt(np.maximum(variances, 0.0))
    ends = zip(centre, half_widths, strict=True)
    components: list[VarianceComponent] = []
    for index, design_level in enumerate(fit.design.levels):
        matrix, zero = fit.level_covariance(index), _zero_variances(fit, index)
        sds = np.sqrt(np.maximum(np.diag(matrix), 0.0))
        degenerate = _rank(fit, index) < len(matrix)
        group = design_level.grouping.name
        for row, term in enumerate(design_level.terms):
            for column, other in enumerate(design_level.terms[:row]):
                undefined = zero[row] or zero[column]
                value = float("nan") if undefined else float(matrix[row, column] / (sds[row] * sds[column]))
                interval = _interval(np.tanh, *next(ends), missing=undefined or (degenerate and abs(value) > _ONE))
                components.append(VarianceComponent(group, other, term, value, float(matrix[row, column]), *interval))
            interval = _interval(np.exp, *next(ends), missing=zero[row])
            sd = 0.0 if zero[row] else float(sds[row])
            components.append(VarianceComponent(group, term, None, sd, float(matrix[row, row]), *interval))
    for label, sd in fit.residual_sds.items():
        components.append(VarianceComponent("residual", label, None, sd, sd**2, *_interval(np.exp, *next(ends))))
    return tuple(components)


def correlation_state(fit: Estimates, level: int, first: int, second: int) -> tuple[float, tuple[int, ...]]:
    """The correlation of two random effects of a level, and those of them whose variance is zero.

    A correlation at its boundary is exactly 1 or -1.
    """
    zero = tuple(effect for effect in (first, second) if _zero_variances(fit, level)[effect])
    if zero:
        return float("nan"), zero
    matrix = fit.level_covariance(level)
    value = float(matrix[first, second] / np.sqrt(matrix[first, first] * matrix[second, second]))
    return (float(np.sign(value)), ()) if abs(value) > _ONE else (value, ())


def _interval(back: np.ufunc, centre: float, half_width: float, *, missing: bool = False) -> tuple[float, float]:
    """The ends of an interval, NaN where there is none."""
    if missing or half_width > _NOT_BENT:
        return float("nan"), float("nan")
    return float(back(centre - half_width)), float(back(centre + half_width))


def _zero_variances(fit: Estimates, level: int) -> list[bool]:
    matrix = fit.level_covariance(level)
    residual = min(fit.residual_sds.values()) ** 2
    size = fit.term_mean_squares(level)
    return [bool(matrix[k, k] * size[k] <= _ZERO**2 * residual) for k in range(len(matrix))]


def _rank(fit: Estimates, level: int) -> int:
    factor = fit.optimum.point.factors[level]
    values = np.linalg.eigvalsh(factor @ factor.T)
    return int(np.sum(values > 1e-7 * max(1.0, float(values[-1]))))


def boundary_sentences(fit: Estimates) -> tuple[str, ...]:
    """Which variances are zero and which correlations are one, and what that means; empty within the bounds."""
    return fit.cached("boundary", lambda: _boundary(fit))


def _boundary(fit: Estimates) -> tuple[str, ...]:
    sentences = []
    flat = _flat(fit)
    for index, level in enumerate(fit.design.levels):
        if any(index in direction.levels for direction in flat):
            continue  # a zero among values that all fit equally well is not an estimate
        name = level.grouping.name
        zero = _zero_variances(fit, index)
        without_variance = [term for term, none in zip(level.terms, zero, strict=True) if none]
        if without_variance:
            sentences.append(
                f"The variance of {' and '.join(without_variance)} between the groups of '{name}' is estimated as "
                f"zero: these scores show no differences beyond what the rest of the model expects. It is not evidence "
                f"that there are none."
            )
        if _rank(fit, index) < len(level.terms) - len(without_variance):
            sentences.append(
                f"The random effects of '{name}' ({', '.join(level.terms)}) are estimated as perfectly related "
                f"(a correlation of 1 or -1, or a combination without variance): the data do not carry as many random "
                f"effects as the model has."
            )
    if fit.phi == 0.0 and not any(direction.phi for direction in flat):
        sentences.append(
            "The autocorrelation of residuals is at its lower bound, zero: residuals of neighbouring sessions are "
            "unrelated or, rather, negatively related, which this model does not estimate."
        )
    return tuple(sentences)


def _flat(fit: Estimates) -> list[FlatDirection]:
    values, vectors = np.linalg.eigh(fit.optimum.hessian)
    return flat_directions(fit.model, fit.optimum.point.parameters, values, vectors)


def flat_sentences(fit: Estimates) -> tuple[str, ...]:
    """Which parts of the model the data cannot tell apart, and what that means; empty for a fit that is determined."""
    return fit.cached("flat", lambda: _flat_sentences(fit))


def _flat_sentences(fit: Estimates) -> tuple[str, ...]:
    sentences = []
    for direction in _flat(fit):
        parts = [f"random effects of '{fit.design.levels[level].grouping.name}'" for level in direction.levels]
        parts += ["residual variances"] if direction.residual else []
        parts += ["autocorrelation"] if direction.phi else []
        if not direction.residual and (len(parts) == 1 or direction.phi):
            parts.append("residual variance")  # which is estimated again for each value of the others
        sentences.append(
            f"The likelihood is flat: these data cannot tell {', '.join(parts[:-1])} and {parts[-1]} apart. Their "
            f"estimates are one choice of many that fit equally well, and have no intervals."
        )
    return tuple(dict.fromkeys(sentences))
