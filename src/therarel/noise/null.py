"""The null model: how scores would run if nothing happened."""

from __future__ import annotations

import numpy as np
from attrs import evolve, field, frozen

from therarel.domain import checks
from therarel.domain.checks import as_float
from therarel.errors import as_number
from therarel.representation import one_line
from therarel.tables.arrays import Floats
from therarel.vocabulary import Vocabulary


class Trend(Vocabulary, links={}):
    """The shape in which scores change over a course where nothing lasting happens."""

    LINE = "line"
    """By as much from each session to the next."""
    LOG = "log"
    """Fast at first and ever more slowly: with the logarithm of the sessions so far."""

    def of(self, time: Floats) -> Floats:
        """How far the change has come, in what it changes by over the first distance if it were a line.

        Args:
            time: Time since the first session, in usual distances of sessions; at least 0.
        """
        return time if self is Trend.LINE else np.log1p(time)


@frozen(kw_only=True)
class NullModel:
    """Scores of clients in whom nothing happens: own level, own slope, autocorrelated noise, a scale with ends.

    Everything is oriented (higher is better): on a symptom scale the scores are turned, and the minimum is the
    negative of the highest score.

    Args:
        intercept: Mean at the first session.
        between_sd: Standard deviation of that level between clients.
        slope: Mean change per unit of the session column: per session, or per day where sessions are dates. With a
            trend that slows down it is the change at the first session.
        slope_sd: Standard deviation of the change between clients, in the same unit.
        trend: The shape of that change: a line, or the logarithm of the sessions so far.
        within_sd: Standard deviation of the noise.
        phi: Autocorrelation of the noise over ``distance``; over twice the distance it is ``phi ** 2``.
        distance: Usual distance between neighbouring sessions, in units of the session column; above 0.
        minimum: Worst score.
        maximum: Best score.
        step: Smallest difference between two scores; ``None`` if scores are not rounded.
        source: Where the figures come from, in words.

    Raises:
        InvalidValueError: if a figure is out of bounds.

    Examples:
        >>> NullModel().source
        "the simulator's defaults"
        >>> NullModel(phi=0.5).within_sd
        0.35
    """

    intercept: float = field(default=3.9, validator=checks.number(), converter=as_float)
    between_sd: float = field(default=0.65, validator=checks.number(0.0), converter=as_float)
    slope: float = field(default=0.02, validator=checks.number(), converter=as_float)
    slope_sd: float = field(default=0.02, validator=checks.number(0.0), converter=as_float)
    within_sd: float = field(default=0.35, validator=checks.number(0.0), converter=as_float)
    phi: float = field(default=0.3, validator=checks.number(-0.95, 0.95), converter=as_float)
    distance: float = field(default=1.0, validator=checks.number(1e-9), converter=as_float)
    minimum: float = field(default=1.0, validator=checks.number(), converter=as_float)
    maximum: float = field(default=5.0, validator=checks.number(), converter=as_float)
    step: float | None = field(default=1 / 12)
    source: str = field(default="the simulator's defaults")
    trend: Trend = field(default=Trend.LINE, converter=Trend)

    def correlation(self, apart: Floats) -> Floats:
        """Correlation of the noise at two times.

        Args:
            apart: Their distances, in units of the session column; infinity gives 0.
        """
        return correlation(self.phi, apart / self.distance)

    def change(self, time: Floats) -> Floats:
        """By how much the mean has changed for each unit of the slope.

        Args:
            time: Time since the first session, in units of the session column; at least 0.
        """
        return time if self.trend is Trend.LINE else self.distance * self.trend.of(time / self.distance)

    def changed(self, figure: str, value: float) -> NullModel:
        """The same model with another autocorrelation, another noise or another slope."""
        value = as_number(value, where="NullModel.changed.value")
        match figure:
            case "phi":
                return evolve(self, phi=value)
            case "within_sd":
                return evolve(self, within_sd=value)
            case _:
                return evolve(self, slope=value)

    @property
    def settings(self) -> dict[str, float | str | None]:
        """The figures by name."""
        return {
            "intercept": self.intercept,
            "between_sd": self.between_sd,
            "slope": self.slope,
            "slope_sd": self.slope_sd,
            "within_sd": self.within_sd,
            "phi": self.phi,
            "distance": self.distance,
            "minimum": self.minimum,
            "maximum": self.maximum,
            "step": self.step,
            "source": self.source,
            "trend": self.trend.value,
        }

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        slower = "" if self.trend is Trend.LINE else ", slowing down like a logarithm"
        return (
            f"level {self.intercept:.3g} (sd between dyads {self.between_sd:.3g}),"
            f" slope {self.slope:.3g} (sd {self.slope_sd:.3g}){slower}, sd within {self.within_sd:.3g},"
            f" phi {self.phi:.2f}, {self.minimum:g} to {self.maximum:g}; {self.source}"
        )


def correlation(phi: float, apart: Floats) -> Floats:
    """Correlation of a first-order autoregression at two times, ``apart`` times the distance over which it is phi.

    Below 0 it alternates: over whole distances it is the power, and between them a cosine joins the two signs.
    """
    power = np.power(abs(phi), apart)
    return power if phi >= 0 else power * np.cos(np.pi * np.where(np.isfinite(apart), apart, 0.0))
