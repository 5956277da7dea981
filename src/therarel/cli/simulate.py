"""``therarel simulate``: a made-up clinic with known truth, for trying things out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from therarel.cli.saying import failing_well, say, say_json

if TYPE_CHECKING:
    from therarel.simulation import SimulatedClinic

_DEFAULT_OUT: Final = Path("simulated.csv")


@click.command(short_help="Simulate a clinic with known ruptures.")
@click.option("--dyads", type=click.IntRange(1), default=200, show_default=True, help="Number of dyads.")
@click.option("--seed", type=click.IntRange(0), required=True, help="The same seed gives the same clinic.")
@click.option("--sessions", nargs=2, type=click.IntRange(1), metavar="FEWEST MOST", help="Sessions of a dyad.")
@click.option("--dropout", is_flag=True, help="Clients with a poorer alliance leave sooner.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"Where the scores go; a file that is named is replaced.  [default: {_DEFAULT_OUT}, if there is none yet]",
)
@click.option(
    "--truth", type=click.Path(dir_okay=False, path_type=Path), help="Write the ruptures that are in it to this file."
)
@click.option("--json", "as_json", is_flag=True, help="Say what was written as JSON on stdout, and nothing else.")
def simulate(
    dyads: int,
    seed: int,
    sessions: tuple[int, int] | None,
    dropout: bool,
    out: Path | None,
    truth: Path | None,
    as_json: bool,
) -> None:
    """Write session-by-session alliance scores of a clinic that never was, and where its ruptures are.

    The scores go to a CSV file with one row per dyad and session, as `therarel report` reads it.
    """
    with failing_well("therarel simulate"):
        from therarel import counting
        from therarel.files import CSV, csv_lines, keep_what_is_there, refuse_other_kind, refuse_same, write_whole
        from therarel.simulation import simulate_clinic

        target = out or _DEFAULT_OUT
        refuse_same({"--out": target, "--truth": truth})
        for path in (target, truth):
            if path is not None:
                refuse_other_kind(path, CSV, what="a simulated clinic", hint="name it .csv")
        clinic = simulate_clinic(dyads, seed=seed, sessions=sessions, dropout=dropout)
        panel = clinic.panel()
        rows = panel.to_frame("polars").select("dyad", "session", "score", "therapist")
        scores = rows.with_columns(rows["session"].cast(int)).write_csv()
        if out is None:
            keep_what_is_there(target, "--out", text=scores)
        write_whole(target, scores, private=False)  # there is nobody in it
        written = [{"holds": "scores", "file": str(target), "rows": panel.n_sessions}]
        if truth is not None:
            write_whole(truth, csv_lines(_truth(clinic)), private=False)
            written.append({"holds": "truth", "file": str(truth), "rows": len(clinic.ruptures)})
        if as_json:
            made = {"dyads": panel.n_dyads, "sessions": panel.n_sessions, "ruptures": len(clinic.ruptures)}
            say_json({"simulated": True, "seed": seed, "dropout": dropout, **made, "written": written})
            return
        size = f"{counting.counted(panel.n_dyads, 'dyad')}, {counting.counted(panel.n_sessions, 'session')}"
        say(f"Simulated, no real person: {size}: {target}", whole=True)
        if truth is not None:
            say(f"The truth, one row per rupture: {truth}", whole=True)


def _truth(clinic: SimulatedClinic) -> Iterator[Sequence[object]]:
    labels, truth = clinic.labels(), clinic.ruptures
    yield ["dyad", "onset", "nadir", "last", "depth", "repaired", "modes"]
    for at in range(len(truth)):
        yield [
            labels[int(truth.dyad[at])],
            int(truth.onset[at]),
            int(truth.nadir[at]),
            int(truth.last[at]),
            f"{float(truth.depth[at]):.6g}",
            "yes" if truth.repaired[at] else "no",
            " ".join(sorted(truth.modes(at))),
        ]
