"""The rules of the embedded false-alarm table, and the making of that table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from therarel.trajectories.calibration import calibrate
from therarel.trajectories.rules import BelowOwnMean, Drop, IndividualsChart, ReliableDrop, Rule, Scale, SuddenLoss

__all__ = ["TABLED", "table_text"]

TABLED: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "drop_1_person": Drop(k=1, scale=Scale.PERSON_SD),
        "drop_2_person": Drop(k=2, scale=Scale.PERSON_SD),
        "drop_1_larger": Drop(k=1),
        "drop_2_larger": Drop(k=2),
        "drop_2_between": Drop(k=2, scale=Scale.LARGER_PERSON_BETWEEN),
        "below_own_mean_2": BelowOwnMean(k=2),
        "individuals_chart_3": IndividualsChart(),
        "individuals_chart_3_autocorrelation": IndividualsChart(autocorrelation=True),
        "reliable_drop": ReliableDrop(sd=0.8, reliability=0.9),
        "sudden_loss_1": SuddenLoss(cutoff=1.0),
    }
)
"""The rules of the embedded table, by the name of their setting."""

LENGTHS: Final = (4, 6, 8, 10, 12, 16, 20, 24, 30, 40)
CLIENTS: Final = 20_000
SEED: Final = 20261123

_HEADER: Final = """\
# How often each rule flags a client in whose scores nothing happened, by number of sessions.
# Generator: y = 3.9 + b0 + (0.02 + b1) t + e on a scale of 1 to 5; b0 has SD 0.65, b1 SD 0.02; e is a first-order
# autoregression with phi 0.3 and marginal SD 0.35; clipped to 1..5 and rounded to twelfths (12 items). t counts from 0.
# clients: simulated clients. flagged: those with at least one flagged session. at_sessions: share of the sessions at
# which the rule could have fired that it flagged. The settings of each rule stand in tabled.py, which also makes this
# file. Source: simulated by the authors of this library; illustrative, and no norm of any instrument.
rule,sessions,clients,flagged,at_sessions
"""


def table_text(lengths: Sequence[int] = LENGTHS, *, clients: int = CLIENTS, seed: int = SEED) -> str:
    """The text of the embedded table, simulated anew.

    Args:
        lengths: Numbers of sessions.
        clients: Number of simulated clients for each length.
        seed: Seed.
    """
    rows = []
    for name, rule in TABLED.items():
        found = calibrate(rule, lengths=lengths, depths=(), clients=clients, seed=seed)
        rows += [
            f"{name},{each.sessions},{each.clients.total},{each.clients.count},{each.at_sessions.share:.5f}\n"
            for each in found.false_alarms
        ]
    return _HEADER + "".join(rows)
