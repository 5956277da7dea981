"""What a calibration simulates: panels like one, or series of some lengths, with the rates of a rule in them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from attrs import evolve, frozen

from therarel.detection.rates import FalseAlarmRate, HitRate, Rate
from therarel.detection.rules.base import Rule
from therarel.detection.simulated import Falls, Tally, tally
from therarel.errors import InvalidValueError, is_whole, shown
from therarel.noise.matching import match
from therarel.noise.null import NullModel
from therarel.noise.skeleton import Skeleton
from therarel.panels import Panel
from therarel.simulation import ClinicParameters

LENGTHS: Final = (8, 16, 30)


def designs_of(like: Panel | NullModel | None, lengths: object, clients: int, seed: int, *, where: str) -> list[Design]:
    """The panels to simulate: one like the panel, or one for each length of series.

    Args:
        like: A panel, a null model, or nothing.
        lengths: Numbers of sessions, or ``None``.
        clients: Simulated clients of each.
        seed: Seed.
        where: What was called, for the message.

    Raises:
        InvalidValueError: if one of them is not what it has to be, or no null model can be fitted to the panel.
    """
    sizes = None if lengths is None else sorted(set(wholes(lengths, f"{where}.lengths")))
    if isinstance(like, Panel):
        skeleton = Skeleton.of(like)
        null = match(skeleton, seed=seed).null
        if sizes is None:
            return [Design(None, skeleton, null, max(math.ceil(clients / skeleton.n_dyads), 1), seed)]
    elif like is None or isinstance(like, NullModel):
        null = NullModel() if like is None else like
    else:
        raise InvalidValueError("a panel or a null model is needed", where="like", value=shown(like))
    return [Design(size, Skeleton.regular(clients, size, null), null, 1, seed) for size in sizes or LENGTHS]


@frozen(eq=False)
class Design:
    """Panels to simulate, and the null model that they are simulated from.

    Args:
        sessions: Number of sessions of each dyad; ``None`` where the sessions are those of a panel.
        skeleton: The skeleton of a panel.
        null: The null model.
        runs: Number of panels.
        seed: Seed.
    """

    sessions: int | None
    skeleton: Skeleton
    null: NullModel
    runs: int
    seed: int

    def changed(self, figure: str, value: float) -> Design:
        """The same panels with one figure of the null model changed."""
        return evolve(self, null=self.null.changed(figure, value))

    def noise(self, rule: Rule, *, threads: int) -> FalseAlarmRate:
        """Rates where nothing happens."""
        found = self._tally(rule, None, threads)
        scores = self.runs * self.skeleton.n_scores
        able = int(found.able_sessions.sum())
        return FalseAlarmRate(
            self.sessions,
            Rate(int(found.flagged.sum()), self.runs * self.skeleton.n_dyads),
            Rate(int(found.flagged_sessions.sum()), able),
            1 - able / scores,
        )

    def drops(self, rule: Rule, depth: float, length: int, *, threads: int) -> HitRate:
        """Rates where one drop is put into every client.

        What the rule pools is taken from the same clients without a drop, as in a panel where few have one.
        """
        found = self._tally(rule, Falls(shape=one_drop(depth, length), pooled_with=False), threads)
        fallen = int(found.fallen.sum())
        return HitRate(
            self.sessions,
            depth,
            length,
            Rate(int(found.hit.sum()), fallen),
            Rate(int(found.flagged_fallen.sum()), fallen),
        )

    def _tally(self, rule: Rule, falls: Falls | None, threads: int) -> Tally:
        own = 0 if self.sessions is None else self.sessions
        seeds = [np.random.SeedSequence(self.seed, spawn_key=(own, run)) for run in range(self.runs)]
        nulls = [self.null] * self.runs
        (found,) = tally(self.skeleton, [rule], nulls, seeds, falls=falls, limits=True, threads=threads)
        return found


def one_drop(depth: float, length: int) -> ClinicParameters:
    """One drop in every client, as deep and as long as stated, and made good at once.

    The scores fall by the whole depth from one session to the next, stay there for ``length`` sessions and return; a
    series that cannot hold it gets a shorter one.
    """
    return ClinicParameters(
        rupture_share=1.0,
        repaired_share=1.0,
        depth=(depth, depth, depth),
        decline=(1.0,),
        hold=(0.0,) * (length - 1) + (1.0,),
        repair=(1.0,),
    )


def wholes(given: object, where: str) -> tuple[int, ...]:
    """Whole numbers of sessions, at least one of them."""
    values = tuple(given) if isinstance(given, Sequence | np.ndarray | range) and not isinstance(given, str) else ()
    whole = tuple(int(each) for each in values if is_whole(each) and each >= 1)
    if not values or len(whole) < len(values):
        raise InvalidValueError(
            "numbers of sessions are needed",
            where=where,
            value=shown(given),
            bound="one or more whole numbers of at least 1, such as (8, 16)",
        )
    return whole
