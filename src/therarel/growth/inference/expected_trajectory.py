"""What a growth model expects of a new dyad, with a band, compared with the sample of the model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import SupportsFloat

import numpy as np
from attrs import frozen
from narwhals.typing import IntoFrame

from therarel.errors import InvalidValueError, UnknownNameError, hint_for, shown
from therarel.growth.arrays import Floats
from therarel.growth.asking.grouping import labels_as_text
from therarel.growth.inference.confidence import checked_level, t_quantile
from therarel.growth.inference.estimates import Estimates
from therarel.growth.inference.new_dyad import NewDyad, expected_scores
from therarel.growth.inference.new_rows import complete_rows, effect_columns, rows_of_new_dyad
from therarel.growth.result_tables import table
from therarel.representation import one_line

__all__ = ["ExpectedTrajectory", "expected_trajectory"]


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

    def to_frame(self) -> IntoFrame:
        """The values as a table, one row per time."""
        names = ("times", "expected", "mean_low", "mean_high", "low", "high")
        return table({name.removesuffix("s"): getattr(self, name).tolist() for name in names}, self.kind)

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        return self.sentence


def expected_trajectory(
    fit: Estimates,
    times: Sequence[float],
    covariates: Mapping[str, object],
    observed: Mapping[float, float],
    level: float,
) -> ExpectedTrajectory:
    """Expected scores of a new dyad, given its covariates and the scores it has so far."""
    design = fit.design
    level = checked_level(level)
    time = design.time_needed()
    if not len(times):
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
