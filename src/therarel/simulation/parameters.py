"""The parameters of a simulated clinic, and where each default comes from."""

from __future__ import annotations

import csv
import math
from functools import cache
from pathlib import Path
from typing import Final, NoReturn

from attrs import field, fields, frozen

from therarel.citations import Status
from therarel.domain import checks
from therarel.domain.checks import as_float, as_int, optional
from therarel.errors import InvalidValueError, is_number, is_whole, shown
from therarel.simulation.links import Link, improvement_loadings, link_of

_FILE: Final = Path(__file__).with_name("defaults.csv")

share = checks.number(0.0, 1.0)
spread = checks.number(0.0)


@frozen
class Default:
    """Where one default of the simulator comes from.

    Args:
        name: Name of the parameter.
        value: The default, as text.
        range: The range that was published or is plausible, as text; empty if none.
        status: How surely the value is known; ``None`` where it has no source.
        citation: Key of the source; ``None`` where none is recorded.
        assumed: Whether the value is our assumption.
        note: What else there is to know.
    """

    name: str
    value: str
    range: str
    status: Status | None
    citation: str | None
    assumed: bool
    note: str

    @property
    def origin(self) -> str:
        """Where the value comes from, in a few words; an assumed one says so.

        Examples:
            >>> shown = ("phi", "hold", "outcome_within")
            >>> [default.origin for default in simulation_defaults() if default.name in shown]
            ['from memory, medium confidence', 'assumed', 'verified in a source: falkenstrom2020']
        """
        basis = "" if self.status is None else self.status.meaning
        if self.citation is not None:
            basis = f"{basis}: {self.citation}"
        if not self.assumed:
            return basis
        return f"assumed, after a value {basis}" if basis else "assumed"


@cache
def simulation_defaults() -> tuple[Default, ...]:
    """Every default of the simulator with its status and source.

    Examples:
        >>> next(default for default in simulation_defaults() if default.name == "repaired_share").status.meaning
        'verified in a source'
    """
    with _FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Default(
                name=row["name"],
                value=row["value"],
                range=row["range"],
                status=Status(row["status"]) if row["status"] else None,
                citation=row["citation"] or None,
                assumed=row["assumed"] == "yes",
                note=row["note"],
            )
            for row in csv.DictReader(line for line in file if not line.startswith("#"))
        )


def _shares(value: object) -> tuple[float, ...]:
    return tuple(map(as_float, value)) if isinstance(value, tuple | list) and all(map(is_number, value)) else ()


def _depths(value: object) -> tuple[float, float, float]:
    if not (isinstance(value, tuple | list) and len(value) == 3 and all(map(is_number, value))):
        _refuse("depth", shown(value), "three numbers: lowest, most frequent, highest")
    return float(value[0]), float(value[1]), float(value[2])


def _ends(value: object) -> tuple[float, float]:
    if not (isinstance(value, tuple | list) and len(value) == 2 and all(map(is_number, value))):
        _refuse("scale", shown(value), "two numbers: the lowest and the highest score")
    return float(value[0]), float(value[1])


def _lengths(value: object) -> tuple[int, int]:
    if is_whole(value):
        return int(value), int(value)
    if not (isinstance(value, tuple | list) and len(value) == 2):
        _refuse("sessions", shown(value), "a length, or the shortest and the longest")
    return as_int(value[0]), as_int(value[1])


@frozen(kw_only=True)
class ClinicParameters:
    """What a clinic is simulated from: a three-level growth model with autocorrelated noise, and ruptures in it.

    A score is ``intercept + therapist + client + (slope + client slope) * t + noise``, with ``t`` counted from 0 at
    the first session, clipped to the scale and rounded to its step. The depth of a rupture is taken from the score
    as the scale shows it, so that a client at the ceiling falls by the whole of it. `simulation_defaults` says where
    each default comes from and which of them are assumed.

    Args:
        scale: Lowest and highest score.
        step: Smallest difference between two scores; ``None`` for scores that are not rounded.
        sessions: Number of sessions, or the fewest and the most of them.
        intercept: Mean at the first session, in score points.
        between_sd: Standard deviation of that level between clients, therapists' share included.
        therapist_share: Share of that variance between therapists, 0 to 1.
        clients_per_therapist: Clients of each therapist.
        slope: Mean change per session, in score points.
        slope_sd: Standard deviation of that change between clients.
        within_sd: Standard deviation of the noise, whatever its autocorrelation.
        phi: Autocorrelation of the noise from session to session.
        rupture_share: Share of clients with a rupture.
        repaired_share: Share of ruptures that are repaired, where the series is long enough.
        depth: Lowest, most frequent and highest depth of a rupture, in score points.
        decline: Shares of ruptures that decline over 1, 2, 3, ... sessions.
        hold: Shares of ruptures that stay at their lowest for 0, 1, 2, ... further sessions before repair.
        repair: Shares of ruptures that take 1, 2, 3, ... sessions from the lowest level back.
        withdrawal: Share of ruptures by withdrawal alone.
        confrontation: Share of ruptures by confrontation alone; the others are both.
        therapist_difference: Therapist minus client rating, in standard deviations between clients.
        therapist_correlation: Correlation of the two ratings.
        outcome_within: Standardised effect of the last session's alliance on symptoms within clients, given symptoms
            then.
        outcome_reverse: Standardised effect of symptoms on the next session's alliance within clients, given the
            alliance now.
        outcome_phi: Autocorrelation of symptoms from session to session within clients.
        outcome_between: Correlation of the early alliance, the score of the third session, and the change of symptoms
            from the first to the last session; a better alliance, more improvement.
        outcome_improvement: Mean improvement from the first to the last session, in standard deviations of symptoms at
            the first; it is spread evenly over a course of any length. Ruptures take from it.
        outcome_improvement_sd: Standard deviation of that improvement between clients.
        outcome_share: Share of the variance of symptoms between clients at the first session.
        dropout_base: Hazard of leaving after a session.
        dropout_within: Change of the log hazard per point of the score, within therapists.
        dropout_between: Change of the log hazard per point of the therapist's mean.

    Raises:
        InvalidValueError: if a parameter is out of bounds.

    Source: hatcher_gillaspy2006, fluckiger2018, falkenstrom2020, fluckiger2020, pmc4098660, swift_greenberg2012.

    Examples:
        >>> ClinicParameters(sessions=12, rupture_share=0).sessions
        (12, 12)

        Printed, each says where it comes from:

        >>> print(str(ClinicParameters(phi=0.2)).splitlines()[10])
        phi: 0.2 (given)
        >>> print(str(ClinicParameters()).splitlines()[9])
        within_sd: 0.35 (assumed)
    """

    scale: tuple[float, float] = field(default=(1.0, 5.0), converter=_ends)
    step: float | None = field(default=1 / 12, validator=optional(spread), converter=checks.float_or_none)
    sessions: tuple[int, int] = field(default=(4, 30), converter=_lengths)
    intercept: float = field(default=3.9, validator=checks.number(), converter=as_float)
    between_sd: float = field(default=0.65, validator=spread, converter=as_float)
    therapist_share: float = field(default=0.05, validator=share, converter=as_float)
    clients_per_therapist: int = field(default=8, validator=checks.whole(1), converter=checks.as_int)
    slope: float = field(default=0.02, validator=checks.number(), converter=as_float)
    slope_sd: float = field(default=0.02, validator=spread, converter=as_float)
    within_sd: float = field(default=0.35, validator=spread, converter=as_float)
    phi: float = field(default=0.3, validator=checks.number(-0.99, 0.99), converter=as_float)
    rupture_share: float = field(default=0.25, validator=share, converter=as_float)
    repaired_share: float = field(default=0.58, validator=share, converter=as_float)
    depth: tuple[float, float, float] = field(default=(0.7, 0.8, 1.5), converter=_depths)
    decline: tuple[float, ...] = field(default=(0.70, 0.15, 0.07, 0.04, 0.02, 0.02), converter=_shares)
    hold: tuple[float, ...] = field(default=(0.35, 0.25, 0.15, 0.10, 0.10, 0.05), converter=_shares)
    repair: tuple[float, ...] = field(default=(0.40, 0.25, 0.15, 0.10, 0.05, 0.05), converter=_shares)
    withdrawal: float = field(default=0.5, validator=share, converter=as_float)
    confrontation: float = field(default=0.3, validator=share, converter=as_float)
    therapist_difference: float = field(default=-0.5, validator=checks.number(), converter=as_float)
    therapist_correlation: float = field(default=0.36, validator=checks.number(-1.0, 1.0), converter=as_float)
    outcome_within: float = field(default=-0.18, validator=checks.number(-1.0, 1.0), converter=as_float)
    outcome_reverse: float = field(default=-0.10, validator=checks.number(-1.0, 1.0), converter=as_float)
    outcome_phi: float = field(default=0.4, validator=checks.number(-0.99, 0.99), converter=as_float)
    outcome_between: float = field(default=0.278, validator=checks.number(-1.0, 1.0), converter=as_float)
    outcome_improvement: float = field(default=0.8, validator=checks.number(), converter=as_float)
    outcome_improvement_sd: float = field(default=0.8, validator=spread, converter=as_float)
    outcome_share: float = field(default=0.6, validator=share, converter=as_float)
    dropout_base: float = field(default=0.0138, validator=share, converter=as_float)
    dropout_within: float = field(default=-0.24, validator=checks.number(), converter=as_float)
    dropout_between: float = field(default=-1.2, validator=checks.number(), converter=as_float)

    def __attrs_post_init__(self) -> None:
        low, high = self.sessions
        whole = all(type(length) is int for length in self.sessions)
        if not (whole and 1 <= low <= high):
            _refuse("sessions", f"{low} to {high}", "whole numbers, 1 or more, in order")
        if not self.scale[0] < self.scale[1]:
            _refuse("scale", " to ".join(f"{score:g}" for score in self.scale), "the lowest below the highest")
        if not 0 < self.depth[0] <= self.depth[1] <= self.depth[2]:
            _refuse("depth", " ".join(f"{depth:g}" for depth in self.depth), "three depths above 0, in order")
        for name in ("decline", "hold", "repair"):
            shares = getattr(self, name)
            if not shares or min(shares) < 0 or abs(sum(shares) - 1) > 1e-9:
                _refuse(name, " ".join(f"{share:g}" for share in shares), "shares of at least 0 that sum to 1")
        if self.withdrawal + self.confrontation > 1:
            _refuse("withdrawal", f"{self.withdrawal + self.confrontation:g}", "at most 1 with confrontation")
        if self.step == 0:
            _refuse("step", "0", "above 0, or None")

    @property
    def link(self) -> Link:
        """How symptoms and alliance go together within clients.

        Raises:
            InvalidValueError: if the effects leave symptoms no noise of their own.
        """
        link = link_of(
            symptoms=self.outcome_phi,
            alliance=self.phi,
            to_symptoms=self.outcome_within,
            to_alliance=self.outcome_reverse,
        )
        if link is None:
            effects = f"{self.outcome_within:g} and {self.outcome_reverse:g} with {self.outcome_phi:g} and {self.phi:g}"
            _refuse("outcome_within, outcome_reverse, outcome_phi, phi", effects, "effects that leave symptoms noise")
        return link

    def loadings(self) -> list[float]:
        """For each number of sessions a dyad may have, the correlation of early alliance and improvement.

        Raises:
            InvalidValueError: if no improvement could give the correlation of early alliance and change.
        """
        low, high = self.sessions
        spread = math.hypot(self.between_sd, self.within_sd)
        loadings = improvement_loadings(
            self.link,
            phi=self.phi,
            between=self.outcome_between,
            sd=self.outcome_improvement_sd,
            share=self.outcome_share,
            within=self.within_sd / spread if spread else 0.0,
            lengths=range(low, high + 1),
        )
        if max(map(abs, loadings)) > 1:
            _refuse(
                "outcome_between",
                f"{self.outcome_between:g}",
                "what improvement can give: its spread is too small beside what comes and goes within clients",
            )
        return loadings

    def __str__(self) -> str:
        usual, sources = ClinicParameters(), {default.name: default for default in simulation_defaults()}
        lines = []
        for parameter in fields(ClinicParameters):
            name, value = parameter.name, getattr(self, parameter.name)
            source = sources["scale" if name == "step" else name]
            origin = source.origin if value == getattr(usual, name) else "given"
            lines.append(f"{name}: {_as_text(value)} ({origin})")
        return "\n".join(lines)


def _as_text(value: object) -> str:
    """A parameter as text: numbers short, several with spaces between."""
    if isinstance(value, tuple):
        return " ".join(_as_text(part) for part in value)
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _refuse(name: str, value: str, bound: str) -> NoReturn:
    raise InvalidValueError("not accepted", where=f"ClinicParameters.{name}", value=value, bound=bound)
