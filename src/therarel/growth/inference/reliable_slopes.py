"""Whether each dyad's own slope is more than the model's uncertainty about it: a reliable change over many scores.

The index of a dyad is ``(b + u) / SD(u | y)``: the slope that the fixed effects give it, plus its random slope (and its
therapist's, where slopes vary between therapists), over the posterior standard deviation of the random slope, given the
fixed effects and variances as estimated. A slope is shrunken towards that of all dyads, the more so the fewer scores it
rests on. The mean slope is part of it: without it, the index would say who changed more than the others.

Source:
    speer_greenbaum1995, raudenbush_bryk2002 (from memory, high confidence); posterior standard deviations as in
    clinicalsignificance_r (verified), whose index leaves the mean slope out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from narwhals.typing import IntoFrame

from therarel.errors import InvalidValueError, shown
from therarel.growth.inference.estimates import Estimates
from therarel.growth.inference.prediction import linear_parts
from therarel.measures.change import Direction
from therarel.measures.change_scores import bounded, settled_direction
from therarel.tables.arrays import Floats
from therarel.tables.frames import as_table

_FEWEST: Final = 3
# Relative to the range of the fixed part: further from a line than this is not rounding.
_STRAIGHT: Final = 1e-8


def reliable_slopes(fit: Estimates, *, higher_is_better: bool | None, critical: float) -> IntoFrame:
    """The slope of each dyad, its posterior standard deviation, their ratio, and which way the dyad changed reliably.

    Raises:
        InvalidValueError: if the model has no time, no random slope of it for dyads, no straight line of it among the
            fixed effects, or no rows; if the direction is not known; or the critical size is not above 0.
    """
    better = settled_direction(higher_is_better, fit.design.table.direction, of="panel", otherwise="fit a panel")
    least = bounded(critical, "critical", 0.0, math.inf)
    time = fit.design.time_needed() if fit.design.candidates else fit.design.time
    if time is None or time not in fit.design.levels[0].terms:
        raise InvalidValueError(
            "slopes of dyads need a random effect of time for each of them",
            where="random",
            value=", ".join(fit.design.levels[0].terms),
            hint=f"random={{'{fit.design.levels[0].grouping.name}': '1 + {time or 'session'}'}}",
        )
    random, sd = _random_slopes(fit, time)
    slope = _fixed_slopes(fit, time) + random
    scores = fit.sessions_per_dyad()
    slope[scores < _FEWEST] = math.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        index = slope / sd  # (b + u) / SD(u | y)
    gain = index if better else -index
    directions = [
        Direction.NOT_KNOWN
        if not math.isfinite(value)
        else Direction.IMPROVED
        if value > least
        else Direction.DETERIORATED
        if value < -least
        else Direction.UNCHANGED
        for value in gain.tolist()
    ]
    grouping = fit.design.levels[0].grouping
    order = grouping.by_label
    columns: dict[str, Sequence[object]] = {
        grouping.name: [grouping.labels[k] for k in order],
        "scores": scores[order].tolist(),
        "slope": slope[order].tolist(),
        "posterior_sd": sd[order].tolist(),
        "index": index[order].tolist(),
        "direction": [directions[k].value for k in order],
    }
    return as_table(columns, fit.kind)


def _random_slopes(fit: Estimates, time: str) -> tuple[Floats, Floats]:
    """Random slope of each dyad, its therapist's included, and its posterior standard deviation; shape (g,) each."""
    evaluation, given, units, outer = fit.optimum.point.evaluation, fit.posterior(), fit.units, fit.design.outer
    slope = np.zeros(len(fit.design.starts) - 1)
    weights = []
    effects = (given.inner_effects(evaluation.beta), given.outer_effects(evaluation.beta))
    for index, (level, own) in enumerate(zip(fit.design.levels, effects, strict=False)):
        r_inverse = units.level_r_inverse[index]
        weight = r_inverse[level.terms.index(time)] if time in level.terms else np.zeros(len(level.terms))
        weights.append(weight)
        slopes = units.score_scale * weight @ own
        slope += slopes if index == 0 or outer is None else np.repeat(slopes, np.diff(outer))
    weight = np.concatenate(weights)
    variances = np.einsum("a,abg,b->g", weight, given.covariance, weight)
    return slope, units.score_scale * np.sqrt(np.maximum(evaluation.variance * variances, 0.0))


def _fixed_slopes(fit: Estimates, time: str) -> Floats:
    """The slope that the fixed effects give each dyad, NaN where its scores are all of one time; shape (g,)."""
    fixed, _ = linear_parts(fit)
    starts = fit.design.starts
    owner = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    count = np.diff(starts)

    def mean(values: Floats) -> Floats:
        return np.asarray(np.add.reduceat(values, starts[:-1]) / count)[owner]

    centred_times, height = fit.design.times - mean(fit.design.times), fixed - mean(fixed)
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = np.add.reduceat(centred_times * height, starts[:-1]) / np.add.reduceat(centred_times**2, starts[:-1])
    off = np.abs(height - np.nan_to_num(slope)[owner] * centred_times)
    if off.size and off.max() > _STRAIGHT * max(float(np.ptp(fixed)), 1.0):
        raise InvalidValueError(
            f"the fixed effects are not a straight line of '{time}' within dyads, so there is no one slope to judge",
            where="formula",
            value=shown(fit.design.request.formula),
            hint=f"fit a model with {time} and predictors that do not change within dyads",
        )
    return slope
