"""The null model: how scores would run if nothing happened; stated, or fitted so that drops do not inflate it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
from attrs import evolve, field, frozen

from therarel.domain import checks
from therarel.domain.checks import as_float
from therarel.errors import InvalidValueError, shown
from therarel.panels import Panel, ScaleSource
from therarel.panels.counting import counted
from therarel.simulation import ClinicParameters
from therarel.trajectories.engine import blocks_of, series_of

__all__ = ["NullModel"]

Floats = npt.NDArray[np.float64]

_TRIMMED: Final = 0.10
_KEPT_SD: Final = 0.661641
"""Standard deviation of a standard normal distribution without its lowest and highest tenth."""
_LATTICE: Final = 500
"""Up to this many different changes, scores are taken for rounded ones."""
_CLEAR: Final = 3.0
"""Noise SDs that a client's mean must keep from the ends of the scale, where scores are cut off and vary less."""


@frozen(kw_only=True)
class NullModel:
    """Scores of clients in whom nothing happens: own level, own slope, autocorrelated noise, a scale with ends.

    Everything is oriented (higher is better): on a symptom scale the scores are turned, and the minimum is the
    negative of the highest score.

    Args:
        intercept: Mean at the first session.
        between_sd: Standard deviation of that level between clients.
        slope: Mean change per session.
        slope_sd: Standard deviation of the change between clients.
        within_sd: Standard deviation of the noise.
        phi: Autocorrelation of the noise.
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
    minimum: float = field(default=1.0, validator=checks.number(), converter=as_float)
    maximum: float = field(default=5.0, validator=checks.number(), converter=as_float)
    step: float | None = field(default=1 / 12)
    source: str = field(default="the simulator's defaults")

    @classmethod
    def fitted(cls, panel: Panel) -> NullModel:
        """Fit the model to a panel by figures that a minority of drops hardly moves.

        Noise and autocorrelation come from changes over one and over two sessions, without the tenth of them at
        either end, of clients whose mean keeps clear of the ends of the scale; levels and slopes from medians over
        clients and trimmed spreads, less what noise adds to them.

        Args:
            panel: The panel; at least 2 dyads with 4 or more scores are needed.

        Raises:
            InvalidValueError: if there are too few scores.
        """
        found = _figures(panel)
        level, slope = found["level"], found["slope"]
        if level.size < 2 or found["one"].size < 10:
            raise InvalidValueError(
                "a null model needs more scores",
                where="NullModel.fitted",
                value=f"{counted(level.size, 'dyad')} with 4 or more scores, with"
                f" {counted(found['one'].size, 'change')} between neighbouring sessions",
                bound="at least 2 dyads and 10 changes",
                hint="state a null model: NullModel(within_sd=..., phi=...)",
            )
        scale = panel.scale
        low, high = (scale.minimum, scale.maximum) if scale.higher_is_better else (-scale.maximum, -scale.minimum)
        within, phi = _noise(found)
        for _ in range(2):
            reach = _CLEAR * within
            clear = {
                f"{name}{part}": found[f"{name}{part}"][
                    (found[f"{name}_mean"] > low + reach) & (found[f"{name}_mean"] < high - reach)
                ]
                for name in ("one", "two")
                for part in ("", "_mean")
            }
            if clear["one"].size >= 0.1 * found["one"].size and clear["two"].size >= 100:
                within, phi = _noise(clear)
        widening = (1 + phi) / (1 - phi)
        noise_of_slope = float(np.median(within**2 * widening / found["spread"]))
        noise_of_level = float(np.median(4 * within**2 * widening / found["size"]))  # about that of an intercept
        return cls(
            intercept=float(np.median(level)),
            between_sd=math.sqrt(max(_trimmed_sd(level) ** 2 - noise_of_level, 0.0)),
            slope=float(np.median(slope)),
            slope_sd=math.sqrt(max(_trimmed_sd(slope) ** 2 - noise_of_slope, 0.0)),
            within_sd=within,
            phi=phi,
            minimum=low,
            maximum=high,
            step=scale.step if panel.scale_source is not ScaleSource.OBSERVED else None,
            source=f"fitted to the panel ({counted(level.size, 'dyad')}), drops trimmed",
        )

    @classmethod
    def of(cls, like: Panel | NullModel | None) -> NullModel:
        """The model itself, one fitted to a panel, or the simulator's defaults.

        Raises:
            InvalidValueError: if it is none of them.
        """
        if like is None:
            return cls()
        if isinstance(like, NullModel):
            return like
        if isinstance(like, Panel):
            return cls.fitted(like)
        raise InvalidValueError("a panel or a null model is needed", where="like", value=shown(like))

    def parameters(self, sessions: int) -> ClinicParameters:
        """The model as a clinic of clients with so many sessions and no rupture."""
        return ClinicParameters(
            scale=(self.minimum, self.maximum),
            step=self.step,
            sessions=(sessions, sessions),
            intercept=self.intercept,
            between_sd=self.between_sd,
            therapist_share=0.0,
            slope=self.slope,
            slope_sd=self.slope_sd,
            within_sd=self.within_sd,
            phi=self.phi,
            rupture_share=0.0,
        )

    def with_rupture(self, sessions: int, depth: float, length: int) -> ClinicParameters:
        """The model as a clinic in which every client has one repaired rupture, as deep and as long as stated.

        The scores fall by the whole depth from one session to the next, stay there for ``length`` sessions and
        return; a series that cannot hold it gets a shorter one.
        """
        return evolve(
            self.parameters(sessions),
            rupture_share=1.0,
            repaired_share=1.0,
            depth=(depth, depth, depth),
            decline=(1.0,),
            hold=(0.0,) * (length - 1) + (1.0,),
            repair=(1.0,),
        )

    def changed(self, figure: str, value: float) -> NullModel:
        """The same model with another autocorrelation, another noise or another slope."""
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
            "minimum": self.minimum,
            "maximum": self.maximum,
            "step": self.step,
            "source": self.source,
        }


def _trimmed_sd(values: Floats) -> float:
    """Standard deviation of the middle four fifths, scaled to that of a normal distribution."""
    low, high = np.quantile(values, [_TRIMMED, 1 - _TRIMMED])
    return float(np.std(values[(values >= low) & (values <= high)])) / _KEPT_SD


def _noise(found: Mapping[str, Floats]) -> tuple[float, float]:
    """Standard deviation of the noise and its autocorrelation, from changes over one and over two sessions."""
    change, over_two = _spread_of_changes(found["one"]), _spread_of_changes(found["two"])
    ratio = (over_two / change) ** 2 - 1 if change > 0 and over_two > 0 else 0.0
    phi = float(np.clip(ratio, -0.9, 0.9))
    return change / math.sqrt(2 * (1 - phi)), phi


def _spread_of_changes(changes: Floats) -> float:
    """Trimmed standard deviation of changes between rounded scores, as if they had not been rounded."""
    known = np.unique(np.round(changes, 9))
    step = float(np.diff(known).min()) if 1 < known.size <= _LATTICE else 0.0
    # Spread evenly over its step, a lattice has quantiles; the spreading and the two roundings are taken out again.
    even = np.random.Generator(np.random.PCG64(0)).uniform(-0.5, 0.5, changes.size)
    return math.sqrt(max(_trimmed_sd(changes + step * even) ** 2 - 3 * step**2 / 12, 0.0))


def _figures(panel: Panel) -> dict[str, Floats]:
    """Changes over one and two sessions with their dyads' means; level, slope, spread of sessions, size per dyad."""
    kept: dict[str, list[Floats]] = {
        name: [] for name in ("one", "one_mean", "two", "two_mean", "level", "slope", "spread", "size")
    }
    for block in blocks_of(panel):
        series, _ = series_of(block, panel)
        if series.score.size == 0:
            continue
        place = series.stretch(math.inf if panel.max_gap is None else panel.max_gap)
        for lag, name in ((1, "one"), (2, "two")):
            there = place[lag:] >= lag
            kept[name].append((series.score[lag:] - series.score[:-lag])[there])
            kept[f"{name}_mean"].append(series.mean[series.owner[lag:]][there])
        long = series.sizes >= 4
        height, slope = series.line
        kept["level"].append((height + slope * series.session_deviation[series.first])[long])
        kept["slope"].append(slope[long])
        kept["spread"].append(series.total(series.session_deviation**2)[long])
        kept["size"].append(series.sizes[long].astype(np.float64))
    return {name: np.concatenate(parts) if parts else np.empty(0) for name, parts in kept.items()}
