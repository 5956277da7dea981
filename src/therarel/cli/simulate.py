"""``therarel simulate``: a made-up clinic with known truth, for trying things out."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import click

from therarel.cli.failing import failing_well

if TYPE_CHECKING:
    from therarel.simulation import SimulatedClinic

__all__ = ["simulate"]


@click.command(short_help="Simulate a clinic with known ruptures.")
@click.option("--dyads", type=click.IntRange(1), default=200, show_default=True, help="Number of dyads.")
@click.option("--seed", type=click.IntRange(0), required=True, help="The same seed gives the same clinic.")
@click.option("--sessions", nargs=2, type=click.IntRange(1), metavar="FEWEST MOST", help="Sessions of a dyad.")
@click.option("--dropout", is_flag=True, help="Clients with a poorer alliance leave sooner.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("simulated.csv"),
    show_default=True,
    help="Where the scores go.",
)
@click.option(
    "--truth", type=click.Path(dir_okay=False, path_type=Path), help="Write the ruptures that are in it to this file."
)
def simulate(
    dyads: int, seed: int, sessions: tuple[int, int] | None, dropout: bool, out: Path, truth: Path | None
) -> None:
    """Write session-by-session alliance scores of a clinic that never was, and where its ruptures are.

    The scores go to a CSV file with one row per dyad and session, as `therarel report` reads it.
    """
    with failing_well("therarel simulate"):
        from therarel.simulation import simulate_clinic

        clinic = simulate_clinic(dyads, seed=seed, sessions=sessions, dropout=dropout)
        panel = clinic.panel()
        rows = panel.frame.select("dyad", "session", "score", "therapist")
        with out.open("wb") as file:  # opened here, so that a folder that is not there is named
            rows.with_columns(rows["session"].cast(int)).write_csv(file)
        click.echo(f"Simulated, no real person: {panel.n_dyads:,} dyads, {panel.n_sessions:,} sessions: {out}")
        if truth is not None:
            _write_truth(clinic, truth)
            click.echo(f"The truth, one row per rupture: {truth}")


def _write_truth(clinic: SimulatedClinic, path: Path) -> None:
    labels, truth = clinic.labels(), clinic.ruptures
    with path.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(["dyad", "onset", "nadir", "last", "depth", "repaired", "modes"])
        for at in range(len(truth)):
            rows.writerow(
                [
                    labels[int(truth.dyad[at])],
                    int(truth.onset[at]),
                    int(truth.nadir[at]),
                    int(truth.last[at]),
                    f"{float(truth.depth[at]):.6g}",
                    "yes" if truth.repaired[at] else "no",
                    " ".join(sorted(truth.modes(at))),
                ]
            )
