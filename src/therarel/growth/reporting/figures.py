"""Figures of a growth model: a fan of trajectories, therapists in no order of merit, and residual checks."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import stats

import therarel.drawing as drawing
from therarel.drawing import Axis, Chart, Colour, Dots, Plot, Ribbon, Trace
from therarel.errors import InvalidValueError, UnknownNameError, hint_for, is_whole, shown
from therarel.growth.inference.estimates import Estimates, checked_level, t_quantile
from therarel.growth.inference.expected_trajectory import NewDyad, expected_scores
from therarel.growth.inference.new_rows import effect_columns, rows_of_new_dyad
from therarel.growth.inference.prediction import effects_and_errors, groups_df, linear_parts
from therarel.growth.reporting.diagnosis import diagnose
from therarel.panels.naming import name_of_label
from therarel.tables.arrays import Floats

_POINTS = 50


def fan(fit: Estimates, by: str | None, covariates: Mapping[str, object], most: int, level: float) -> Chart:
    """Fitted trajectories of dyads, and the expected curve of each group with its confidence band."""
    level = checked_level(level)
    if not is_whole(most) or most < 1:
        raise InvalidValueError("at least one dyad is drawn", where="most", value=shown(most), bound="1 or more")
    most = int(most)
    design = fit.design
    time = design.time_needed()
    fixed, random = linear_parts(fit)
    values, beyond = _within_scale(fit, fixed + random)
    for name in covariates:
        if name not in fit.predictors:
            raise UnknownNameError(
                "the model has no such predictor", where="covariates", value=shown(name),
                hint=hint_for(name, fit.predictors),
            )  # fmt: skip
    curves: list[tuple[str, object]] = [("all dyads", None)]
    if by is not None:
        predictors = [name for name in fit.predictors if name != time]
        if by not in predictors:
            raise UnknownNameError(
                "the model has no such predictor", where="by", value=shown(by), hint=hint_for(by, predictors)
            )
        curves = [(str(value), value) for value in sorted(design.table.frame[by].iloc[design.rows].unique())]
    times = np.linspace(design.times.min(), design.times.max(), _POINTS)
    drawn = []
    for name, value in curves:
        given_columns: dict[str, object] = {time: times}
        for column in fit.predictors:
            if column != time:
                given = value if column == by else covariates.get(column, _typical(fit, column))
                given_columns[column] = [given] * _POINTS
        columns, random_columns = effect_columns(fit, rows_of_new_dyad(fit, given_columns))
        scores = expected_scores(fit, NewDyad(times, columns, tuple(random_columns), np.zeros(0), 0))
        half_widths = t_quantile(level, scores.mean_df) * np.sqrt(scores.mean_variance)
        ends = np.stack([scores.mean, scores.mean - half_widths, scores.mean + half_widths])
        (middle, lows, highs), further = _within_scale(fit, ends)
        beyond = beyond or further
        drawn.append((name, middle, lows, highs))
    low = min(float(values.min()), *(float(lows.min()) for _, _, lows, _ in drawn))
    high = max(float(values.max()), *(float(highs.max()) for _, _, _, highs in drawn))
    curves_in_words = "; ".join(
        drawing.describe_series(name, [times[0], times[-1]], [middle[0], middle[-1]], x=time)
        for name, middle, _, _ in drawn
    )
    groups = len(design.starts) - 1
    chosen = design.levels[0].grouping.by_label[np.linspace(0, groups - 1, min(most, groups)).astype(np.int64)]
    bounds, better = design.table.bounds, design.table.direction
    span = (low, high if high > low else low + 1) if bounds is None else bounds
    up = "" if better is not False else " (better is up)"
    marks: list[Trace | Ribbon] = []
    for dyad in chosen:
        stretch = slice(int(design.starts[dyad]), int(design.starts[dyad + 1]))
        order = np.argsort(design.times[stretch], kind="stable")
        line = design.times[stretch][order].tolist(), values[stretch][order].tolist()
        marks.append(Trace(*line, Colour.MUTED, 0.7, opacity=0.35, name="a dyad"))
    for index, (name, middle, lows, highs) in enumerate(drawn):
        colour = drawing.SERIES[index % len(drawing.SERIES)]
        band = f"{level:.0%} band" if len(drawn) == 1 else f"{name}, {level:.0%} band"
        marks.append(Ribbon(times.tolist(), lows.tolist(), highs.tolist(), colour, name=band))
        marks.append(Trace(times.tolist(), middle.tolist(), colour, 2.2, name=name))
    x = Axis(time, (float(times[0]), float(times[-1])))
    return Chart(
        [Plot(x, Axis(f"{design.request.score}{up}", span[::-1] if better is False else span), marks)],
        title=f"Expected {design.request.score} over {time}",
        description=f"Fitted lines of {len(chosen)} of {groups} dyads, and expected curves with {level:.0%} "
        f"confidence bands. {curves_in_words}{f' {beyond}' if beyond else ''}",
        width=640,
        height=380,
    )


def _within_scale(fit: Estimates, values: Floats) -> tuple[Floats, str]:
    """Values with what lies beyond the scale put at its ends, and that this was done."""
    bounds = fit.design.table.bounds
    if bounds is None or (values.min() >= bounds[0] and values.max() <= bounds[1]):
        return values, ""
    return np.clip(values, *bounds), f"What lies beyond the scale, {bounds[0]:g} to {bounds[1]:g}, is drawn at its end."


def _typical(fit: Estimates, column: str) -> object:
    values = fit.design.table.frame[column].iloc[fit.design.rows]
    numeric = values.dtype.kind == "f" and column in fit.design.request.plain
    return float(values.mean()) if numeric else values.mode().iloc[0]


def caterpillar(fit: Estimates, group: str, term: str, level: float) -> Chart:
    """Random effects of therapists with intervals, in the order of their labels: not a ranking."""
    level = checked_level(level)
    names = [level.grouping.name for level in fit.design.levels]
    if group not in names or term not in fit.design.levels[names.index(group)].terms:
        raise InvalidValueError("the model has no such random effect", where=f"{group}", value=shown(term))
    index = names.index(group)
    effects, errors = effects_and_errors(fit, index)
    row = fit.design.levels[index].terms.index(term)
    labels = fit.design.levels[index].grouping.labels
    grouping = fit.design.levels[index].grouping
    labelled = [k for k in grouping.by_label if grouping.labelled[k]]
    middle, error = effects[row, labelled], errors[row, labelled]
    half_widths = t_quantile(level, groups_df(fit, index)) * error
    count = len(labelled)
    ends = float(np.min(middle - half_widths)), float(np.max(middle + half_widths))
    heights = [float(row) for row in range(count)]
    marks: list[Trace | Dots] = [
        Trace([low, high], [height, height], Colour.MUTED, 1.2)
        for height, low, high in zip(
            heights, (middle - half_widths).tolist(), (middle + half_widths).tolist(), strict=True
        )
    ]
    marks.append(Dots(middle.tolist(), heights, radius=3))
    y = Axis(
        "Not a ranking: case mix differs, too.", (count - 0.5, -0.5), tuple(heights),
        tuple(drawing.shorten(name_of_label(labels[k], k), 150) for k in labelled),
    )  # fmt: skip
    x = Axis("difference from what the fixed effects expect", ends if ends[1] > ends[0] else (-1.0, 1.0))
    return Chart(
        [Plot(x, y, marks)],
        title=f"Random effects of {group}: {term}",
        description=f"{count} groups with {level:.0%} intervals, in the order of their labels, from "
        f"{float(middle.min()):.2f} to {float(middle.max()):.2f}. Differences may come from who was seen (case mix) "
        f"and from few dyads per group; this is not a ranking.",
        height=110 + 16 * count,
    )


def residual_checks(fit: Estimates, most: int = 2000) -> Chart:
    """Residuals against fitted values, and against what a normal distribution would give."""
    checks = diagnose(fit)
    by_size = np.lexsort([checks.fitted, checks.standardised])
    chosen = by_size[np.linspace(0, len(by_size) - 1, min(most, len(by_size))).astype(np.int64)]
    fitted, own = checks.fitted[chosen], checks.standardised[chosen]
    related = "not defined" if np.isnan(checks.lag_correlation) else f"{checks.lag_correlation:.2f}"
    limit = max(3.0, float(np.max(np.abs(checks.standardised)))) * 1.02
    quantiles = stats.norm.ppf((np.arange(len(own)) + 0.5) / len(own))
    low, high = float(fitted.min()), float(fitted.max())
    across = Axis("fitted value", (low, high) if high > low else (low - 0.5, high + 0.5))
    residual = Axis("residual (SD)", (-limit, limit))
    return Chart(
        [
            Plot(
                across,
                residual,
                [
                    Trace(across.domain, (0, 0), Colour.MUTED, 1),
                    Dots(fitted.tolist(), own.tolist(), radius=1.6, opacity=0.5),
                ],
                "over fitted values",
            ),
            Plot(
                Axis("normal quantile", (-limit, limit)),
                residual,
                [
                    Trace((-limit, limit), (-limit, limit), Colour.MUTED, 1),
                    Dots(quantiles.tolist(), own.tolist(), radius=1.6, opacity=0.5),
                ],
                "beside a normal distribution",
            ),
        ],
        title="Residual checks",
        description=f"Left: standardised residuals over fitted values. Right: their quantiles over normal ones. "
        f"Skewness {checks.skewness:.2f}, excess kurtosis {checks.excess_kurtosis:.2f}, correlation of neighbours "
        f"{related}.",
        width=720,
        height=360,
        columns=2,
    )
