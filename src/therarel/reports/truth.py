"""What was in simulated scores beside what a rule said: the table that only a simulation can fill."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from therarel.counting import counted
from therarel.detection import Detection, Verdict
from therarel.detection.verdicts import CODES
from therarel.errors import InvalidValueError
from therarel.simulation import SimulatedClinic


@frozen(kw_only=True)
class TruthCount:
    """Simulated dyads, by whether there is a rupture in their scores and whether the primary rule flagged them.

    Args:
        hits: With a rupture, and flagged.
        misses: With a rupture, not flagged.
        false_alarms: Without one, and flagged.
        rest: Without one, not flagged.

    Examples:
        >>> TruthCount(hits=3, misses=1, false_alarms=2, rest=14).dyads_with
        4
    """

    hits: int
    misses: int
    false_alarms: int
    rest: int

    @classmethod
    def of(cls, clinic: SimulatedClinic, detection: Detection) -> TruthCount:
        """Compare a detection with the clinic that its panel was made from.

        Raises:
            InvalidValueError: if the panel is not that of the clinic.
        """
        panel = detection.panel
        if not _of_the_clinic(clinic, detection):
            raise InvalidValueError(
                "the panel is not that of the simulated clinic",
                where="report",
                value=f"{counted(panel.n_dyads, 'dyad')} and {counted(panel.n_sessions, 'session')}",
                bound=f"{counted(clinic.n_dyads, 'dyad')} and {counted(clinic.n_sessions, 'session')}, with the scores"
                f" of seed {clinic.seed}",
                hint="compare the very clinic whose scores they are: detect(clinic.panel(), ...)",
            )
        fired = detection.codes[0] == CODES[Verdict.FLAGGED]
        flagged = np.logical_or.reduceat(fired, detection.starts[:-1])
        there = np.zeros(clinic.n_dyads, dtype=np.bool_)
        there[clinic.ruptures.dyad] = True
        return cls(
            hits=int((there & flagged).sum()),
            misses=int((there & ~flagged).sum()),
            false_alarms=int((~there & flagged).sum()),
            rest=int((~there & ~flagged).sum()),
        )

    @property
    def dyads(self) -> int:
        """All dyads."""
        return self.hits + self.misses + self.false_alarms + self.rest

    @property
    def dyads_with(self) -> int:
        """Dyads with a rupture in their scores."""
        return self.hits + self.misses

    @property
    def flagged(self) -> int:
        """Dyads that were flagged."""
        return self.hits + self.false_alarms


def origin_of(clinic: SimulatedClinic) -> str:
    """Where simulated scores come from, in a sentence."""
    size = counted(clinic.n_dyads, "dyad")
    return f"A clinic of {size}, drawn by therarel's simulator with the seed {clinic.seed}."


@frozen
class SimulatedFall:
    """What was put into the scores of one simulated dyad.

    Args:
        first: First session whose score is lowered.
        last: Last one.
        depth: Depth in score points.

    Examples:
        >>> str(SimulatedFall(7, 9, 1.2))
        '7 to 9'
    """

    first: int
    last: int
    depth: float

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"


def simulated_falls(clinic: SimulatedClinic) -> dict[int, SimulatedFall]:
    """The ruptures of a simulated clinic as falls in scores, by the places of their dyads, from 0."""
    there = clinic.ruptures
    return {
        dyad: SimulatedFall(onset + 1, last, depth)
        for dyad, onset, last, depth in zip(
            there.dyad.tolist(), there.onset.tolist(), there.last.tolist(), there.depth.tolist(), strict=True
        )
    }


def _of_the_clinic(clinic: SimulatedClinic, detection: Detection) -> bool:
    """Whether dyads, sessions and scores are the clinic's; scores taken away since are not a difference."""
    if not np.array_equal(detection.starts, clinic.starts):
        return False
    frame = detection.panel.to_frame("polars")
    session, score = (frame[name].to_numpy().astype(np.float64) for name in ("session", "score"))
    ratings = [rating for rating in (clinic.score, clinic.therapist_score) if rating is not None]
    near = detection.context.tolerance
    return np.array_equal(session, clinic.session) and any(
        bool((np.isnan(score) | (np.abs(score - rating) <= near)).all()) for rating in ratings
    )
