"""How often rules fire on noise like that of the scores that were read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from therarel.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from therarel.panels import Panel
    from therarel.trajectories.false_alarms import FalseAlarms
    from therarel.trajectories.rules import Rule

__all__ = ["calibrated"]

_ENOUGH: Final = 20  # dyads to learn the noise of the scores from; our choice
_CLIENTS: Final = 2000
_SEED: Final = 2


def calibrated(panel: Panel, chosen: Sequence[Rule]) -> list[tuple[Rule, FalseAlarms]]:
    """How often the rules fire on noise like that of these scores; nothing where they are too few to tell."""
    from therarel.trajectories import calibrate

    if panel.n_dyads < _ENOUGH:
        return []
    try:
        return [(rule, calibrate(rule, like=panel, depths=(), clients=_CLIENTS, seed=_SEED).table) for rule in chosen]
    except InvalidValueError:  # too few series of four sessions or more, or scores that never change
        return []
