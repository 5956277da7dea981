"""What a growth model expects of a new dyad, with a band, compared with the sample of the model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, SupportsFloat

import numpy as np
from attrs import frozen
from narwhals.typing import IntoFrame

from therarel.errors import InvalidValueError, UnknownNameError, hint_for, shown
from therarel.trajectories.growth.new_rows import complete_rows, model_columns
from therarel.trajectories.growth.prediction import rows_can_come
from therarel.trajectories.growth.reach import reach_of
from therarel.trajectories.growth.segments import Floats
from therarel.trajectories.growth.tidy import table

if TYPE_CHECKING:
    from therarel.trajectories.growth.fit import GrowthFit

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
        level: Of both bands.
        sentence: How to read it.
        kind: The kind of table that `to_frame` gives.
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

    def to_frame(self) -> IntoFrame:
        """The values as a table, one row per time."""
        names = ("times", "expected", "mean_low", "mean_high", "low", "high")
        return table({name.removesuffix("s"): getattr(self, name).tolist() for name in names}, self.kind)

    def __str__(self) -> str:
        return self.sentence


def expected_trajectory(
    fit: GrowthFit,
    times: Sequence[float],
    covariates: Mapping[str, object],
    observed: Mapping[float, float],
    level: float,
) -> ExpectedTrajectory:
    """Expected scores of a new dyad, given its covariates and the scores it has so far."""
    import pandas as pd

    design = fit.design
    reach = reach_of(level)
    rows_can_come(fit)
    time = design.time_needed()
    if not len(times):
        raise InvalidValueError("at least one time is needed", where="times")
    every = np.array([*_numbers(observed.keys(), "observed", time), *_numbers(times, "times", time)])
    so_far = np.array(_numbers(observed.values(), "observed", "scores so far"))
    seen = len(observed)
    sd = _residual_sd(fit, covariates)
    _check_covariates(fit, time, covariates)
    frame = pd.DataFrame({**{name: [value] * len(every) for name, value in covariates.items()}, time: every})
    complete_rows(fit, frame)
    fixed, random = model_columns(fit, frame)
    beta = np.array(list(fit.fixed.values()))
    mean = fixed @ beta
    truth = fixed @ fit.fixed_covariance() @ fixed.T
    confidence = np.sqrt(np.maximum(np.diag(truth), 0.0))[seen:]
    for index, columns in enumerate(random):
        truth = truth + columns @ fit.level_covariance(index) @ columns.T
    noise = np.eye(len(every)) * sd**2
    if fit.phi is not None:
        own = fit.problem.residual_parameters(fit.optimum.point.parameters)
        apart = np.abs(every[:, None] - every[None, :])
        noise = sd**2 * np.vectorize(lambda span: design.residuals.phi(own, float(span)))(apart)
    joint = truth + noise
    expected, spread = mean[seen:], joint[seen:, seen:]
    if seen:
        pull = np.linalg.solve(joint[:seen, :seen], joint[:seen, seen:]).T
        expected = expected + pull @ (so_far - mean[:seen])
        spread = spread - pull @ joint[:seen, seen:]
        truth_given = truth[seen:, seen:] - pull @ joint[:seen, seen:]
        confidence = np.sqrt(np.maximum(np.diag(truth_given), 0.0))
    # with autocorrelation, a score at a time observed is that score: rounding must not make its variance negative
    errors = np.sqrt(np.maximum(np.diag(spread), 0.0))
    chosen = every[seen:]
    sentence = (
        f"Compared with this sample of {fit.groups[design.levels[0].grouping.name]:,} dyads, {level:.0%} of single "
        f"scores of a dyad like this would be expected within the band"
    )
    sentence += f", given its {seen} score{'s' if seen > 1 else ''} so far." if seen else "."
    if design.residuals.classes is not None:
        sentence += f" Scores are those of '{covariates[str(design.request.classes)]}'."
    sentence += " It describes the sample; it is not a target and not a forecast for a person."
    if fit.problem.rows is not None and (chosen.max() > design.times.max() or chosen.min() < design.times.min()):
        sentence += " Some times lie outside those in the data: there the band rests on the model's form alone."
    return ExpectedTrajectory(
        chosen, expected, expected - reach * confidence, expected + reach * confidence, expected - reach * errors,
        expected + reach * errors, level, sentence, fit.kind,
    )  # fmt: skip


def _numbers(values: Iterable[object], where: str, what: str) -> list[float]:
    """Finite numbers, or the reason why not."""
    found = []
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
        found.append(number)
    return found


def _residual_sd(fit: GrowthFit, covariates: Mapping[str, object]) -> float:
    """The residual standard deviation; with one for each value of a column, that of the value given."""
    residuals, column = fit.design.residuals, fit.design.request.classes
    if residuals.classes is None or column is None:
        return next(iter(fit.residual_sds.values()))
    label = str(covariates.get(column))
    if label not in residuals.levels:
        raise InvalidValueError(
            f"residual variances differ by '{column}', and the new scores need one of its values", where="covariates",
            value=shown(covariates.get(column)), bound=", ".join(shown(one) for one in residuals.levels),
        )  # fmt: skip
    return fit.residual_sds[label]


def _check_covariates(fit: GrowthFit, time: str, covariates: Mapping[str, object]) -> None:
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
