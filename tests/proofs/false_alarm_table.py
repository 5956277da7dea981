"""Makes the embedded table of false alarms in a standard clinic; the same command gives the same file.

python tests/proofs/false_alarm_table.py
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from therarel.detection.calibration import calibrate
from therarel.detection.false_alarms import TABLED

TABLE: Final = Path(__file__).parents[2] / "src" / "therarel" / "detection" / "false_alarms.csv"
LENGTHS: Final = (4, 6, 8, 10, 12, 16, 20, 24, 30, 40)
CLIENTS: Final = 20_000
SEED: Final = 20261123

_HEADER: Final = """\
# How often each rule flags a client of a standard clinic in whose scores nothing happens, by number of sessions.
# Generator: y = 3.9 + b0 + (0.02 + b1) t + e on a scale of 1 to 5; b0 has SD 0.65, b1 SD 0.02; e is a first-order
# autoregression with phi 0.3 and marginal SD 0.35; clipped to 1..5 and rounded to twelfths (12 items). t counts from 0.
# clients: simulated clients. flagged: those with at least one flagged session. at_sessions: share of the sessions at
# which the rule could have fired that it flagged. The settings of each rule are in false_alarms.py, and
# tests/proofs/false_alarm_table.py makes this file. Source: simulated by the authors of this library; illustrative, and
# not a norm of any instrument.
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


if __name__ == "__main__":
    TABLE.write_text(table_text(), "utf-8")
