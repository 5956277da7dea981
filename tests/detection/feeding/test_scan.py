"""The scan is fed like the other rules: engines and folders give what a panel gives."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from therarel.detection import Detection, detect
from therarel.detection.feeding import detect_folder, detect_lazy
from therarel.detection.rules import Scan
from therarel.domain import RatingScale
from therarel.noise import NullModel, TwoRaterNull
from therarel.panels import Panel
from therarel.simulation import simulate_clinic

SCALE = RatingScale(1, 5)
NAMES: dict[str, Any] = {"dyad": "dyad", "session": "session", "score": "score", "scale": SCALE}


BOTH = Scan(
    raters="both",
    null=TwoRaterNull(
        first=NullModel(), second=NullModel(), level_correlation=0.4, slope_correlation=0, noise_correlation=0.2
    ),
)


@cache
def table() -> pl.DataFrame:
    """A clinic in which a sixth of the scores of each rater are missing."""
    clinic = simulate_clinic(70, seed=3, sessions=(5, 12), therapist_ratings=True)
    kept = clinic.panel().to_frame("polars").select("dyad", "session", "score")
    kept = kept.with_columns(clinic.panel("therapist").to_frame("polars")["score"].alias("other"))
    gone = np.random.default_rng(1).random((2, kept.height)) < 1 / 6
    return kept.with_columns(
        pl.when(pl.Series(each)).then(None).otherwise(name).alias(name)
        for name, each in zip(("score", "other"), gone, strict=True)
    )


def named(rule: Scan) -> dict[str, Any]:
    """The columns that a rule reads."""
    return {**NAMES, "score": ("score", "other")} if rule.n_raters > 1 else NAMES


@cache
def in_memory(rule: Scan) -> Detection:
    """What the scan finds in the panel."""
    panel, other = (
        Panel.from_frame(table(), dyad="dyad", session="session", score=name, scale=SCALE)
        for name in ("score", "other")
    )
    return detect(panel, primary=rule, beside=other if rule.n_raters > 1 else None, expected="none")


@pytest.mark.parametrize("rule", [Scan(null=NullModel()), Scan(), BOTH], ids=["stated", "fitted", "both"])
def test_every_engine_gives_what_a_panel_gives(engine: Any, rule: Scan) -> None:
    """The same verdict of each session, and the same figures of each dyad to the last digit."""
    core = in_memory(rule)
    sessions = engine.rows(detect_lazy(engine.table(table()), **named(rule), primary=rule)).sort("dyad", "session")
    verdicts: Any = core.verdicts
    assert sessions["scan"].to_list() == pl.DataFrame(verdicts).sort("dyad", "session")["scan"].to_list()
    dyads = engine.rows(detect_lazy(engine.table(table()), **named(rule), primary=rule, per="dyad")).sort("dyad")
    wanted: Any = core.dyads
    for name in (f"scan_{each}" for each in rule.of_dyads):
        one, two = (pl.DataFrame(each).sort("dyad")[name].fill_null(np.nan).to_numpy() for each in (dyads, wanted))
        assert np.array_equal(one, two, equal_nan=True)


@pytest.mark.parametrize("rule", [Scan(null=NullModel()), BOTH], ids=["stated", "both"])
def test_a_folder_gives_what_a_panel_gives(rule: Scan) -> None:
    """From Parquet files in parts the verdicts are the same."""
    with tempfile.TemporaryDirectory() as place:
        source = Path(place, "in")
        source.mkdir()
        for part in range(2):
            table()[part::2].write_parquet(source / f"{part}.parquet")
        detect_folder(source, Path(place, "out"), **named(rule), primary=rule)
        out = pl.read_parquet(Path(place, "out", "*.parquet")).sort("dyad", "session")
    verdicts: Any = in_memory(rule).verdicts
    assert out["scan"].to_list() == pl.DataFrame(verdicts).sort("dyad", "session")["scan"].to_list()
