"""Calibration: how often a rule fires on noise, and how often it finds what was put in."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np
from attrs import frozen
from narwhals.typing import IntoFrame

from therarel.counting import counted
from therarel.detection.designs import designs_of, wholes
from therarel.detection.figures import calibration_figure
from therarel.detection.rates import Rate, Rates, SensitivityRate
from therarel.detection.rules.arguments import a_rule
from therarel.detection.rules.base import Change, Rule
from therarel.detection.tables import calibration_table
from therarel.drawing import Chart
from therarel.errors import InvalidValueError, as_number, as_whole, shown
from therarel.noise.null import NullModel
from therarel.panels import Panel
from therarel.representation import one_line
from therarel.tables.frames import as_table
from therarel.tables.paper_table import PaperTable

_SETTINGS: Final[Mapping[str, tuple[float, ...]]] = {
    "phi": (0.0, 0.15, 0.3, 0.45, 0.6),
    "within_sd": (0.5, 0.75, 1.0, 1.25, 1.5),
    "slope": (-2.0, -1.0, 0.0, 1.0, 2.0),
}
"""What sensitivity is looked at: values of phi; multiples of the noise; slopes in noise SDs per 20 sessions."""


@frozen
class Calibration(Rates):
    """What a rule does where nothing happened, and where something did.

    Args:
        rule: The rule.
        null: The null model.
        seed: Seed of the simulation.
        false_alarms: One entry per length of series; a single one where the series are those of a panel.
        hits: One entry per length of series, and depth and length of what was put in.
        sensitivity: One entry per length of series, figure and value; empty if not asked for.
    """

    def predictive_value(
        self, prevalences: Iterable[float] = (0.05, 0.10, 0.25, 0.50), *, depth: float | None = None
    ) -> list[dict[str, float]]:
        """Of the clients that the rule flags, the share who are flagged within a real drop, or rise.

        Args:
            prevalences: Shares of clients who have one, each between 0 and 1.
            depth: Its depth, or height; all calibrated depths if not given.

        Returns:
            One row per length of series, depth, length of the drop and prevalence; NaN where nobody is flagged.

        Raises:
            InvalidValueError: if a prevalence is not a share, or no drops were put in.
        """
        if not self.hits:
            raise InvalidValueError("no drops were put in", hint="calibrate(..., depths=(1.0,))")
        depth = None if depth is None else as_number(depth, where="depth")
        noise = {each.sessions: each.clients.share for each in self.false_alarms}
        rows = []
        for prevalence in prevalences:
            if not 0 <= prevalence <= 1:
                raise InvalidValueError(
                    "a prevalence is a share", value=shown(prevalence), bound="0 to 1", where="prevalences"
                )
            for hit in self.hits:
                if depth is not None and hit.depth != depth:
                    continue
                flagged = prevalence * hit.flagged.share + (1 - prevalence) * noise[hit.sessions]
                rows.append(
                    {
                        "sessions": _or_nan(hit.sessions),
                        "depth": hit.depth,
                        "length": float(hit.length),
                        "prevalence": float(prevalence),
                        "flagged": flagged,
                        "predictive_value": prevalence * hit.found.share / flagged if flagged else math.nan,
                    }
                )
        return rows

    def to_frame(self, kind: str = "polars") -> IntoFrame:
        """All rates as a tidy table, one row per rate, length of series, and drop or changed figure.

        Args:
            kind: ``polars``, ``pandas``, ``pyarrow`` or ``duckdb``.

        Raises:
            InvalidValueError: if there is no such kind.
        """
        return as_table(self.columns(), kind)

    def columns(self) -> dict[str, list[object]]:
        """All rates as columns of one tidy table: false alarms, hits, and false alarms with another figure."""
        rows: list[tuple[object, ...]] = []
        for alarm in self.false_alarms:
            rows.append(("false_alarm", _or_nan(alarm.sessions), math.nan, math.nan, *_rate(alarm.clients)))
            rows.append(
                ("false_alarm_per_session", _or_nan(alarm.sessions), math.nan, math.nan, *_rate(alarm.at_sessions))
            )
        rows += [("hit", _or_nan(hit.sessions), hit.depth, hit.length, *_rate(hit.found)) for hit in self.hits]
        rows += [
            (
                f"false_alarm_{each.figure}_{each.value:g}",
                _or_nan(each.sessions),
                math.nan,
                math.nan,
                *_rate(each.clients),
            )
            for each in self.sensitivity
        ]
        names = ("rate", "sessions", "depth", "length", "share", "low", "high", "count", "total")
        return {name: [row[at] for row in rows] for at, name in enumerate(names)} | {
            "rule": [self.rule.label] * len(rows),
            "seed": [self.seed] * len(rows),
        }

    def draw(self) -> Chart:
        """False alarms and hits by length of series."""
        return calibration_figure(self)

    def _repr_svg_(self) -> str:
        return self.draw().to_svg()

    def paper_table(self) -> PaperTable:
        """The rates as a table for a paper."""
        return calibration_table([self])

    def __repr__(self) -> str:
        return one_line(self, "")

    def __str__(self) -> str:
        lines = [f"calibration of {self.rule.label}; null model: {self.null.source}; seed {self.seed}"]
        for alarm in self.false_alarms:
            found = ", ".join(
                f"{self.rule.change.size} {hit.depth:g} over {hit.length}: {hit.found.share:.2f}"
                for hit in self.hits
                if hit.sessions == alarm.sessions
            )
            lines.append(
                f"  {alarm.series}: false alarms {alarm.clients!r} of clients,"
                f" {alarm.at_sessions.share:.3f} of sessions{'; found ' + found if found else ''}"
            )
            tried = [each.clients.share for each in self.sensitivity if each.sessions == alarm.sessions]
            if tried:
                lines.append(f"    with other phi, noise or slope: false alarms {min(tried):.3f} to {max(tried):.3f}")
        return "\n".join(lines)


def _or_nan(sessions: int | None) -> float:
    """A number of sessions; NaN where the series are those of a panel."""
    return math.nan if sessions is None else float(sessions)


def _rate(rate: Rate) -> tuple[float, float, float, int, int]:
    return rate.share, rate.low, rate.high, rate.count, rate.total


def calibrate(
    rule: Rule,
    *,
    like: Panel | NullModel | None = None,
    lengths: Sequence[int] | None = None,
    depths: Sequence[float] = (1.0,),
    drop_lengths: Sequence[int] | None = None,
    sensitivity: bool = False,
    clients: int = 4000,
    seed: int,
    threads: int = 2,
) -> Calibration:
    """Find out how often a rule fires on noise, and how often it finds a drop, or a rise, that was put in.

    Args:
        rule: The rule.
        like: Whose noise: a panel, to which a null model is fitted; a null model; or the simulator's defaults if not
            given.
        lengths: Numbers of sessions, all of them scored. If not given, a panel is simulated on its own sessions, gaps
            and missing scores, as a whole; without a panel they are 8, 16 and 30.
        depths: Depths of the drops to put in, in score points; empty for none. A rule that looks for gains gets rises.
        drop_lengths: Lengths of these drops, or rises, in sessions. If not given, drops last 1 session and rises 3: a
            sudden gain that is lost within two sessions is not one.
        sensitivity: Whether to see what another autocorrelation, another noise or a slope would change.
        clients: Number of simulated clients for each rate, at least 100; a panel is simulated so often that they are
            at least as many.
        seed: Seed; required, so that the result can be repeated.
        threads: Number of threads; never changes the answer.

    Returns:
        The rates, with intervals of the simulation's own uncertainty.

    Raises:
        InvalidValueError: if a number is out of bounds, or no null model can be fitted to the panel.

    Examples:
        >>> from therarel.detection import rules
        >>> found = calibrate(rules.IndividualsChart(), lengths=(8,), clients=2000, seed=1)
        >>> 0.03 < found.false_alarms[0].clients.share < 0.09
        True
    """
    a_rule(rule, "calibrate")
    seed, threads = as_whole(seed, where="calibrate.seed"), as_whole(threads, where="threads", minimum=1)
    clients = as_whole(clients, where="calibrate.clients", minimum=100)
    designs = designs_of(like, lengths, clients, seed, where="calibrate")
    deep = _depths(depths)
    usual = (1,) if rule.change is Change.DROP else (min(3, *(design.sessions or 3 for design in designs)),)
    long = wholes(usual if drop_lengths is None else drop_lengths, "calibrate.drop_lengths")
    shortest = min(design.sessions or math.inf for design in designs)
    if deep and max(long) > shortest:
        raise InvalidValueError(
            f"a change for the {rule.change.towards} is no longer than the series that it is put into",
            where="calibrate.drop_lengths",
            value=f"{max(long)} in {counted(int(shortest), 'session')}",
        )
    return Calibration(
        rule,
        designs[0].null,
        seed,
        tuple(design.noise(rule, threads=threads) for design in designs),
        tuple(
            design.drops(rule, depth, length, threads=threads)
            for design in designs
            for depth in deep
            for length in long
        ),
        tuple(
            SensitivityRate(
                design.sessions, figure, value, design.changed(figure, value).noise(rule, threads=threads).clients
            )
            for design in designs
            for figure, values in _variations(design.null).items()
            for value in values
        )
        if sensitivity
        else (),
    )


def _depths(given: object) -> tuple[float, ...]:
    """Depths in score points, or none."""
    values = tuple(given) if isinstance(given, Sequence | np.ndarray) and not isinstance(given, str) else (given,)
    if not all(isinstance(each, int | float | np.number) and 0 < each < math.inf for each in values):
        raise InvalidValueError(
            "depths are score points", where="calibrate.depths", value=shown(given), bound="above 0, such as (1.0, 1.5)"
        )
    return tuple(float(each) for each in values)


def _variations(null: NullModel) -> dict[str, tuple[float, ...]]:
    return {
        "phi": _SETTINGS["phi"],
        "within_sd": tuple(null.within_sd * share for share in _SETTINGS["within_sd"]),
        "slope": tuple(null.within_sd * share / (20 * null.distance) for share in _SETTINGS["slope"]),
    }
