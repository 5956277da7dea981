"""The truth that only a simulation knows, and that no other scores are compared with it."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from therarel.detection import detect, rules
from therarel.errors import InvalidValueError
from therarel.panels import Panel
from therarel.reports import report
from therarel.simulation import SimulatedClinic, simulate_clinic


def test_no_other_clinic_of_the_same_size_passes(clinic: SimulatedClinic) -> None:
    """Another seed, a session moved, a score changed or a dyad cut in two make another panel; a score left out does not."""
    frame: Any = clinic.panel().to_frame("polars")
    rows = pl.DataFrame(frame).select("dyad", "session", "score")

    def panel(changed: pl.DataFrame) -> Panel:
        return Panel.from_frame(changed, dyad="dyad", session="session", score="score", instrument="wai-sr")

    def truth(of: Panel, simulated: SimulatedClinic) -> Any:
        return report(detect(of, primary=rules.Drop(k=2)), simulated=simulated).truth

    last = pl.int_range(pl.len()) == rows.height - 1
    kept = truth(panel(rows), clinic)
    assert kept == truth(clinic.panel(), clinic)
    assert truth(panel(rows.with_columns(score=pl.when(~last).then("score"))), clinic).dyads == kept.dyads
    other = simulate_clinic(clinic.n_dyads, seed=clinic.seed + 1, sessions=5)
    same_size = simulate_clinic(clinic.n_dyads, seed=clinic.seed, sessions=5)
    changes = [
        rows.with_columns(session=pl.when(last).then(pl.col("session") + 1).otherwise("session")),
        rows.with_columns(score=pl.when(last).then(6 - pl.col("score") + 0.5).otherwise("score")),
        rows.with_columns(dyad=pl.when(last).then(pl.lit("S-9999")).otherwise("dyad")),
    ]
    for of, simulated in [*((panel(each), clinic) for each in changes), (other.panel(), same_size)]:
        with pytest.raises(InvalidValueError, match="not that of the simulated clinic"):
            truth(of, simulated)


def test_truth_counts_add_up_dyad_by_dyad(clinic: SimulatedClinic) -> None:
    """Hits, misses, false alarms and the rest are what the places of the ruptures and the verdicts say."""
    found = detect(clinic.panel(), primary=rules.Drop(k=1))
    truth = report(found, simulated=clinic).truth
    assert truth is not None
    ruptured = set(clinic.ruptures.dyad.tolist())
    flagged = {int(clinic.dyad[row]) for row in np.flatnonzero(found.codes[0] == 1)}
    every = set(range(clinic.n_dyads))
    assert (truth.hits, truth.misses) == (len(ruptured & flagged), len(ruptured - flagged))
    assert (truth.false_alarms, truth.rest) == (len(flagged - ruptured), len(every - flagged - ruptured))
    assert (truth.dyads, truth.dyads_with, truth.flagged) == (len(every), len(ruptured), len(flagged))
