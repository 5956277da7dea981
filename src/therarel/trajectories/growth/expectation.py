"""What a growth model expects of a new dyad, with a band, compared with the sample of the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from attrs import frozen
from narwhals.typing import IntoFrame
from scipy import stats

from therarel.errors import InvalidValueError
from therarel.trajectories.growth.prediction import model_columns
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
    if design.time is None:
        raise InvalidValueError("the column of time is not known", hint="fit with time='...'")
    if not len(times):
        raise InvalidValueError("at least one time is needed", where="times")
    if design.residuals.classes is not None:
        raise InvalidValueError("a new dyad's band is not defined where residual variances differ by a column")
    every = np.array([*observed.keys(), *times], dtype=np.float64)
    seen = len(observed)
    if not np.isfinite(every).all():
        raise InvalidValueError("times are finite numbers", where="times")
    frame = pd.DataFrame({design.time: every, **{name: [value] * len(every) for name, value in covariates.items()}})
    fixed, random = model_columns(fit, frame)
    beta = np.array(list(fit.fixed.values()))
    mean = fixed @ beta
    truth = fixed @ fit.fixed_covariance() @ fixed.T
    confidence = np.sqrt(np.maximum(np.diag(truth), 0.0))[seen:]
    for index, columns in enumerate(random):
        truth = truth + columns @ fit.level_covariance(index) @ columns.T
    sd = next(iter(fit.residual_sds.values()))
    noise = np.eye(len(every)) * sd**2
    if fit.phi is not None:
        own = fit.problem.residual_parameters(fit.optimum.point.parameters)
        apart = np.abs(every[:, None] - every[None, :])
        noise = sd**2 * np.vectorize(lambda span: design.residuals.phi(own, float(span)))(apart)
    joint = truth + noise
    expected, spread = mean[seen:], joint[seen:, seen:]
    if seen:
        pull = np.linalg.solve(joint[:seen, :seen], joint[:seen, seen:]).T
        expected = expected + pull @ (np.array(list(observed.values())) - mean[:seen])
        spread = spread - pull @ joint[:seen, seen:]
        truth_given = truth[seen:, seen:] - pull @ joint[:seen, seen:]
        confidence = np.sqrt(np.maximum(np.diag(truth_given), 0.0))
    reach = float(stats.norm.ppf(0.5 + level / 2))
    errors = np.sqrt(np.diag(spread))
    chosen = every[seen:]
    sentence = (
        f"Compared with this sample of {fit.groups[design.levels[0].grouping.name]:,} dyads, {level:.0%} of single "
        f"scores of a dyad like this would be expected within the band"
    )
    sentence += f", given its {seen} score{'s' if seen > 1 else ''} so far." if seen else "."
    sentence += " It describes the sample; it is not a target and not a forecast for a person."
    if fit.problem.rows is not None and (chosen.max() > design.times.max() or chosen.min() < design.times.min()):
        sentence += " Some times lie outside those in the data: there the band rests on the model's form alone."
    return ExpectedTrajectory(
        chosen, expected, expected - reach * confidence, expected + reach * confidence, expected - reach * errors,
        expected + reach * errors, level, sentence, fit.kind,
    )  # fmt: skip
