"""Ruptures put into simulated series: the truth that detectors are judged by."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from attrs import frozen

from therarel.counting import counted
from therarel.domain.ruptures import RuptureMode
from therarel.errors import as_whole
from therarel.representation import one_line
from therarel.simulation.parameters import ClinicParameters
from therarel.tables.arrays import Floats, Ints, Truths

_MODES = (
    frozenset({RuptureMode.WITHDRAWAL}),
    frozenset({RuptureMode.CONFRONTATION}),
    frozenset({RuptureMode.WITHDRAWAL, RuptureMode.CONFRONTATION}),
)


@frozen(eq=False, repr=False)
class Ruptures:
    """Where the ruptures are in a simulated clinic: one per client who has one; each array of shape ``(r,)``.

    Args:
        dyad: Place of the dyad in the clinic, from 0.
        onset: Last session before the decline, from 1.
        nadir: First session at the lowest level.
        last: Last session below the level before; the last of the series where it is not repaired.
        depth: Depth in score points.
        repaired: Whether the level is regained within the series.
        mode: 0 withdrawal, 1 confrontation, 2 both.

    Examples:
        >>> from therarel.simulation import simulate_clinic
        >>> truth = simulate_clinic(100, seed=4).ruptures
        >>> bool((truth.nadir > truth.onset).all())
        True
    """

    dyad: Ints
    onset: Ints
    nadir: Ints
    last: Ints
    depth: Floats
    repaired: Truths
    mode: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return int(self.dyad.size)

    def __repr__(self) -> str:
        return one_line(self, "")

    def __str__(self) -> str:
        return f"{counted(len(self), 'simulated rupture')}, {int(self.repaired.sum())} repaired"

    @property
    def length(self) -> Ints:
        """Number of sessions below the level before."""
        return self.last - self.onset

    @property
    def recovered_at(self) -> Floats:
        """Session at which the level is regained, NaN where it is not."""
        return np.where(self.repaired, self.last + 1.0, np.nan)

    def modes(self, at: int) -> frozenset[RuptureMode]:
        """The modes of one rupture."""
        return _MODES[int(self.mode[as_whole(at, where="at", maximum=len(self.mode) - 1)])]


def joined(parts: Sequence[Ruptures], first: Sequence[int]) -> Ruptures:
    """Ruptures of consecutive parts of a clinic as one, dyads counted through."""
    return Ruptures(
        np.concatenate([part.dyad + begin for part, begin in zip(parts, first, strict=True)]),
        np.concatenate([part.onset for part in parts]),
        np.concatenate([part.nadir for part in parts]),
        np.concatenate([part.last for part in parts]),
        np.concatenate([part.depth for part in parts]),
        np.concatenate([part.repaired for part in parts]),
        np.concatenate([part.mode for part in parts]),
    )


def draw_ruptures(
    chance: np.random.Generator, parameters: ClinicParameters, sizes: Ints, starts: Ints
) -> tuple[Ruptures, Ints, Floats]:
    """Draw the ruptures of some dyads.

    Args:
        chance: Source of randomness.
        parameters: The clinic.
        sizes: Number of sessions of each dyad.
        starts: Row at which each dyad begins.

    Returns:
        The ruptures; the rows that lie in one; and by how many points each of these rows is lowered.
    """
    has = (chance.random(sizes.size) < parameters.rupture_share) & (sizes >= 2)
    dyad = np.flatnonzero(has)
    number, n = dyad.size, sizes[dyad]
    decline = 1 + chance.choice(len(parameters.decline), number, p=parameters.decline)
    hold = chance.choice(len(parameters.hold), number, p=parameters.hold)
    repair = 1 + chance.choice(len(parameters.repair), number, p=parameters.repair)
    low, mode, high = parameters.depth
    depth = chance.triangular(low, mode, high, number) if low < high else np.full(number, low)
    kind = np.searchsorted(
        [parameters.withdrawal, parameters.withdrawal + parameters.confrontation], chance.random(number), "right"
    ).astype(np.int8)
    # A rupture is shortened to what its series can hold; one session before it and, if repaired, one after it.
    repaired = (chance.random(number) < parameters.repaired_share) & (n >= 3)
    decline = np.minimum(decline, n - 1 - repaired)
    repair = np.maximum(np.minimum(repair, n - 1 - decline), 1)
    hold = np.minimum(hold, np.maximum(n - 1 - decline - repair, 0))
    length = np.where(repaired, decline + hold + repair - 1, decline)
    latest = np.where(repaired, n - length - 1, n - decline)
    onset = 1 + np.floor(chance.random(number) * latest).astype(np.int64)
    last = np.where(repaired, onset + length, n)
    truth = Ruptures(dyad, onset, onset + decline, last, depth, repaired, kind)
    within = last - onset
    step = np.arange(int(within.sum())) - np.repeat(np.cumsum(within) - within, within) + 1
    rupture = np.repeat(np.arange(number), within)
    rows = starts[dyad][rupture] + onset[rupture] - 1 + step
    down = np.minimum(step / decline[rupture], 1.0)
    up = np.where(repaired, (last + 1 - onset), np.iinfo(np.int64).max)[rupture] - step
    return truth, rows, depth[rupture] * np.minimum(down, up / repair[rupture])
