"""Makes the embedded table of false alarms of causal rules; the same command gives the same file.

python tests/proofs/causal_false_alarms.py            # writes the table
python tests/proofs/causal_false_alarms.py --check    # compares it with a run of its own, to the last digit
"""

from __future__ import annotations

import sys
from pathlib import Path

from therarel.detection.monitors import calibrate_causal
from therarel.detection.monitors.false_alarms import tabled_causal_rules

TABLE = Path(__file__).parents[2] / "src" / "therarel" / "detection" / "monitors" / "false_alarms.csv"
CLIENTS = 100_000
EARLIER = (2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30)

HEADER = """\
# How often causal rules flag a session, and by then a client, where nothing happened; by number of earlier sessions.
# Simulated: 100,000 clients, seed 1. Generator: y = 3.9 + b0 + (0.02 + b1) t + e on a scale of 1 to 5; b0 has SD 0.65,
# b1 SD 0.02; e is a first-order autoregression with phi 0.3 and marginal SD 0.35; clipped to 1..5 and rounded to
# twelfths (12 items). t counts from 0. The settings behind each name are in false_alarms.py.
# sessions_flagged: share of the sessions with so many earlier ones. clients_flagged: share of clients flagged at least
# once up to then, by a rule that begins after two sessions (a baseline chart: after its baseline).
# Source: simulated by the authors of this library; illustrative, and no norm of any instrument.
rule,earlier,sessions_flagged,clients_flagged
"""


def table() -> str:
    """The file as it should be."""
    lines = []
    for name, rule in tabled_causal_rules().items():
        found = calibrate_causal(rule, clients=CLIENTS, sessions=EARLIER[-1] + 1)
        shares = dict(zip(found.earlier, zip(found.shares, found.clients, strict=True), strict=True))
        lines += [f"{name},{at},{shares[at][0]:.4f},{shares[at][1]:.4f}" for at in EARLIER if at in shares]
    return HEADER + "\n".join(lines) + "\n"


if __name__ == "__main__":
    made = table()
    if "--check" in sys.argv[1:]:
        same = TABLE.read_text("utf-8") == made
        print("the table is what this command makes" if same else "the table differs")  # noqa: T201
        sys.exit(0 if same else 1)
    TABLE.write_text(made, "utf-8")
    print(f"{TABLE.name}: {made.count(chr(10))} lines")  # noqa: T201
