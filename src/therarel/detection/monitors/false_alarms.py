"""How often causal rules fire where nothing happened, by the number of earlier sessions."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
from attrs import field, frozen

from therarel.counting import counted
from therarel.detection.false_alarms import is_like_the_table
from therarel.detection.rules.arguments import causal_rule
from therarel.detection.rules.base import Rule
from therarel.detection.rules.causal import BaselineChart, EarlierChart, EarlierDrop
from therarel.detection.rules.reliable import ReliableDrop
from therarel.detection.rules.sudden import SuddenLoss
from therarel.domain import checks
from therarel.domain.checks import as_float
from therarel.domain.ratings import Construct, RatingScale
from therarel.errors import InvalidValueError, as_number, as_whole, shown
from therarel.noise.context import PanelContext
from therarel.noise.series import Series
from therarel.representation import one_line
from therarel.tables.arrays import Floats

_FILE: Final = Path(__file__).with_name("false_alarms.csv")


@frozen(kw_only=True)
class NoiseModel:
    """Simulated clients in whose scores nothing happens: a level, a slope, and noise that remembers its last value.

    The defaults are those of the library's published calibration: a scale of 1 to 5 in twelfths. They are
    assumptions, and no norm of any instrument. All figures are in points of the scale, as the instrument counts them.

    Args:
        mean: Mean of the first session.
        between_sd: Standard deviation of clients' levels.
        slope: Mean change per session; below 0 where scores fall.
        slope_sd: Standard deviation of clients' slopes.
        within_sd: Standard deviation of a client's noise.
        phi: Autocorrelation of that noise from session to session.
        minimum: Lowest score.
        maximum: Highest score, above the lowest.
        step: Smallest difference of two scores; 0 if there is none.
        higher_is_better: Direction of the scale.

    Raises:
        InvalidValueError: if a figure is out of bounds, or the scale has no range.

    Examples:
        >>> NoiseModel().scores(clients=2, sessions=3, seed=1).shape
        (2, 3)
    """

    mean: float = field(default=3.9, validator=checks.number(), converter=as_float)
    between_sd: float = field(default=0.65, validator=checks.number(0.0), converter=checks.as_float)
    slope: float = field(default=0.02, validator=checks.number(), converter=as_float)
    slope_sd: float = field(default=0.02, validator=checks.number(0.0), converter=checks.as_float)
    within_sd: float = field(default=0.35, validator=checks.number(0.0), converter=checks.as_float)
    phi: float = field(default=0.3, validator=checks.number(-0.99, 0.99), converter=checks.as_float)
    minimum: float = field(default=1.0, validator=checks.number(), converter=as_float)
    maximum: float = field(default=5.0, validator=checks.number(), converter=as_float)
    step: float = field(default=1 / 12, validator=checks.number(0.0), converter=checks.as_float)
    higher_is_better: bool = field(default=True, validator=checks.truth)

    def __attrs_post_init__(self) -> None:
        if not self.minimum < self.maximum:
            raise InvalidValueError(
                "a scale is a lowest and a highest score",
                where="NoiseModel",
                value=f"{self.minimum:g} to {self.maximum:g}",
            )

    def scores(self, *, clients: int, sessions: int, seed: int) -> Floats:
        """Scores of shape ``(clients, sessions)``; the same seed gives the same scores.

        Raises:
            InvalidValueError: if there is no client or no session, or the seed is below 0.
        """
        clients = as_whole(clients, where="NoiseModel.scores.clients", minimum=1)
        sessions = as_whole(sessions, where="NoiseModel.scores.sessions", minimum=1)
        seed = as_whole(seed, where="NoiseModel.scores.seed")
        random = np.random.default_rng(seed)
        level = self.mean + self.between_sd * random.standard_normal((clients, 1))
        slope = self.slope + self.slope_sd * random.standard_normal((clients, 1))
        noise = random.standard_normal((clients, sessions))
        for at in range(1, sessions):
            noise[:, at] = self.phi * noise[:, at - 1] + np.sqrt(1 - self.phi**2) * noise[:, at]
        scores = np.clip(level + slope * np.arange(sessions) + self.within_sd * noise, self.minimum, self.maximum)
        return np.round((scores - self.minimum) / self.step) * self.step + self.minimum if self.step else scores

    def in_words(self) -> str:
        """The model in words."""
        return (
            f"simulated clients with noise alone: a scale of {self.minimum:g} to {self.maximum:g} in steps of"
            f" {self.step:.3g}, mean {self.mean:g}, between-client SD {self.between_sd:g}, slope {self.slope:g} (SD"
            f" {self.slope_sd:g}) per session, within-client SD {self.within_sd:g}, autocorrelation {self.phi:g}"
            f"{'' if self.higher_is_better else ', lower is better'}"
        )


@frozen
class CausalFalseAlarms:
    """How often one causal rule flags a session where nothing happened, by the number of earlier sessions.

    Args:
        earlier: Numbers of earlier scored sessions, rising.
        shares: Share of sessions with that many earlier ones that are flagged.
        clients: Share of clients flagged at least once up to then.
        source: What the shares come from, in words.

    Examples:
        >>> table = CausalFalseAlarms((3, 5), (0.10, 0.06), (0.10, 0.22), "an example")
        >>> round(table.share(4), 3), table.share(9)
        (0.08, 0.06)
    """

    earlier: tuple[int, ...]
    shares: tuple[float, ...]
    clients: tuple[float, ...]
    source: str

    def share(self, earlier: float) -> float:
        """Share of sessions flagged: a straight line between tabled numbers, the nearest one outside them."""
        return float(np.interp(as_number(earlier, where="earlier"), self.earlier, self.shares))

    def clients_by(self, earlier: float) -> float:
        """Share of clients flagged at least once by the session with that many earlier ones."""
        return float(np.interp(as_number(earlier, where="earlier"), self.earlier, self.clients))

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        return (
            f"noise alone flags {min(self.shares):.1%} to {max(self.shares):.1%} of sessions"
            f" with {self.earlier[0]} to {self.earlier[-1]} earlier ones\n{self.source}"
        )


def calibrate_causal(
    rule: Rule,
    *,
    model: NoiseModel | None = None,
    clients: int = 20_000,
    sessions: int = 31,
    seed: int = 1,
) -> CausalFalseAlarms:
    """Find by simulation how often a causal rule fires where nothing happens.

    The answer holds for scores on the scale of the model and with its noise, and for no others.

    Args:
        rule: A rule that a `Monitor` takes; one that looks ahead has no rate by number of earlier sessions.
        model: What scores without any rupture look like; see `NoiseModel` for the default.
        clients: Number of simulated clients, at least 1. The standard error of a share ``p`` is
            ``sqrt(p (1 - p) / clients)``.
        sessions: Number of sessions of each, at least 3.
        seed: Seed of the simulation, at least 0.

    Returns:
        The shares for 1, 2, ..., ``sessions - 1`` earlier sessions, as far as the rule could have fired there.

    Raises:
        InvalidValueError: if the rule looks ahead, a number is out of bounds, or it could not have fired anywhere.

    Examples:
        >>> table = calibrate_causal(EarlierChart(), clients=2000, sessions=8)
        >>> table.earlier
        (3, 4, 5, 6, 7)
        >>> table.share(3) > table.share(7)
        True
    """
    rule = causal_rule(rule, "calibrate_causal.rule")
    model = NoiseModel() if model is None else model
    if not isinstance(model, NoiseModel):
        raise InvalidValueError(
            "not accepted", where="calibrate_causal.model", value=shown(model), bound="a NoiseModel"
        )
    clients = as_whole(clients, where="calibrate_causal.clients", minimum=1)
    sessions = as_whole(sessions, where="calibrate_causal.sessions", minimum=3)
    seed = as_whole(seed, where="calibrate_causal.seed")
    better = model.higher_is_better
    scores = model.scores(clients=clients, sessions=sessions, seed=seed) * (1.0 if better else -1.0)
    context = PanelContext.of_scale(model.minimum, model.maximum, higher_is_better=better, step=model.step)
    flagged, able = np.zeros(scores.shape, dtype=np.bool_), np.zeros(scores.shape, dtype=np.bool_)
    part = max(65536 // sessions, 1)
    for begin in range(0, clients, part):
        some = scores[begin : begin + part]
        series = Series(
            np.arange(some.shape[0] + 1) * sessions,
            np.tile(np.arange(1.0, sessions + 1), some.shape[0]),
            some.reshape(-1),
        )
        found = rule.verdicts(series, context)
        flagged[begin : begin + part] = found.flagged.reshape(some.shape)
        able[begin : begin + part] = ~found.undetectable.reshape(some.shape)
    there = np.flatnonzero(able.any(axis=0))
    if there.size == 0:
        raise InvalidValueError(
            "the rule could not have fired anywhere", where="calibrate_causal", value=shown(sessions)
        )
    by_then = np.logical_or.accumulate(flagged, axis=1)
    return CausalFalseAlarms(
        tuple(there.tolist()),
        tuple(flagged[:, there].mean(axis=0).tolist()),
        tuple(by_then[:, there].mean(axis=0).tolist()),
        f"{model.in_words()}; {counted(clients, 'client')}, seed {seed}",
    )


def tabled_causal_rules() -> Mapping[str, Rule]:
    """The rules with the settings that the embedded table speaks of, by the name they have there."""
    return {
        name: kind(**settings)  # type: ignore[arg-type]  # settings by name
        for kind in (EarlierChart, BaselineChart, EarlierDrop, ReliableDrop, SuddenLoss)
        for name, settings in kind.tabled_causal.items()
    }


@cache
def embedded_causal_false_alarms() -> Mapping[str, CausalFalseAlarms]:
    """The embedded table, by the name of the setting.

    Examples:
        >>> embedded_causal_false_alarms()["earlier_chart_3"].earlier[:4]
        (2, 3, 4, 5)
    """
    rows: dict[str, list[tuple[int, float, float]]] = {}
    with _FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            rows.setdefault(row["rule"], []).append(
                (int(row["earlier"]), float(row["sessions_flagged"]), float(row["clients_flagged"]))
            )
    source = f"{NoiseModel().in_words()}; 100000 clients, seed 1"
    return MappingProxyType(
        {
            name: CausalFalseAlarms(
                tuple(each[0] for each in found),
                tuple(each[1] for each in found),
                tuple(each[2] for each in found),
                source,
            )
            for name, found in rows.items()
        }
    )


def causal_false_alarms_of(
    rule: Rule, scale: RatingScale | None = None, construct: Construct | None = None
) -> CausalFalseAlarms | None:
    """What the embedded table knows of a rule; ``None`` if it does not know these settings, or not on this scale.

    The fewest earlier sessions that a rule waits for do not change how often it fires at a session with more of
    them, so that one table serves; the share of clients is that of a rule which begins after two. The recovery
    condition flags nothing and does not matter.

    Args:
        rule: The rule.
        scale: The scale of the scores that it judges: 1 to 5 in twelfths, or, for a rule that states no points, sums
            of the twelve items. Without it the rates are those of the table's own scale.
        construct: What they are scores of; ``None`` if unknown.

    Examples:
        >>> causal_false_alarms_of(EarlierChart(earlier=5)) is causal_false_alarms_of(EarlierChart(earlier=4))
        True
        >>> causal_false_alarms_of(EarlierChart(k=2.5)) is None
        True
        >>> causal_false_alarms_of(EarlierChart(), RatingScale(0, 27, higher_is_better=False)) is None
        True
    """
    if scale is not None and not is_like_the_table(rule, scale, construct):
        return None
    row = rule.tabled_causal_row
    return None if row is None else embedded_causal_false_alarms().get(row)
