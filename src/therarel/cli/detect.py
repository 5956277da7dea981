"""``therarel detect`` and ``therarel calibrate``: what rules find in a table of scores, and in noise."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from therarel.cli.rules import rule_option, rules_of
from therarel.cli.saying import as_options, failing_well, say, say_json
from therarel.cli.tables import STDIN, Table, safe_option, table_argument, table_options
from therarel.errors import InvalidValueError

if TYPE_CHECKING:
    from therarel.reports import Report

_SEED = 1


@click.command(short_help="Say how often rules fire on noise, and how often they find a drop.")
@table_argument(required=False)
@table_options
@rule_option
@click.option(
    "--depth", "depths", multiple=True, type=float, default=(1.0,), help="Depth of a drop to put in, in points."
)
@click.option(
    "--clients", type=click.IntRange(100), default=4000, show_default=True, help="Simulated clients per rate."
)
@click.option("--seed", type=int, default=_SEED, show_default=True, help="The same seed gives the same rates.")
@click.option("--json", "as_json", is_flag=True, help="Put the rates as JSON on stdout, and nothing else.")
def calibrate(
    sessions: Path | None,
    table: Table,
    rules: tuple[str, ...],
    depths: tuple[float, ...],
    clients: int,
    seed: int,
    as_json: bool,
) -> None:
    """Say how often rules fire on noise like that of SESSIONS, or of the simulator's clinic without it.

    Without --rule it is a drop of two standard deviations.

    \b
    therarel calibrate clinic.csv --instrument wai-sr --rule "drop k=2" --rule individuals-chart
    """
    with failing_well("therarel calibrate"):
        from therarel.detection import calibrate as rates_of
        from therarel.detection import rules as of_library

        if sessions is None and table:
            raise InvalidValueError(
                "these options describe a table, and there is none", where="SESSIONS", hint="name the file"
            )
        panel = None if sessions is None else table.panel(sessions)
        chosen = rules_of(rules) or (of_library.Drop(k=2),)
        found = [rates_of(rule, like=panel, depths=depths, clients=clients, seed=seed) for rule in chosen]
        if as_json:
            say_json([each.columns() for each in found])
            return
        for each in found:
            say(str(each.paper_table()))


@click.command(short_help="List what rules find in a table of scores.")
@table_argument(required=True)
@table_options
@rule_option
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write all findings to this CSV file.",
)
@safe_option
@click.option("--json", "as_json", is_flag=True, help="Put findings and counts as JSON on stdout, and nothing else.")
def detect(
    sessions: Path, table: Table, rules: tuple[str, ...], out: Path | None, spreadsheet_safe: bool, as_json: bool
) -> None:
    """List what rules find in SESSIONS, a table with one row per dyad and session, or - for standard input.

    Without --rule the scan makes the findings where 50 dyads or more have 4 or more scores, and a drop of two standard
    deviations otherwise. Counts are compared with what noise alone would give.

    \b
    therarel detect clinic.csv --instrument wai-sr
    therarel detect clinic.csv --instrument phq-9 --rule "sudden-gain cutoff=7" --out gains.csv
    """
    with failing_well("therarel detect"):
        from therarel.cli.terminal import Terminal
        from therarel.detection import detect as detect_in
        from therarel.files import CSV, refuse_other_kind, refuse_same
        from therarel.reports import report

        if out is not None:
            refuse_other_kind(out, CSV, what="a list of findings", hint="name it .csv")
            refuse_same({"--out": out}, {"SESSIONS": None if str(sessions) == STDIN else sessions})
        chosen = rules_of(rules)
        panel = table.panel(sessions)
        found = detect_in(panel, primary=chosen[0] if chosen else None, also=chosen[1:] if chosen else None)
        with Terminal(quiet=True).during("simulating what noise alone gives") as progress:
            found.simulate_noise(progress)
        if out is not None:
            report(found).save_candidates(out, spreadsheet_safe=spreadsheet_safe)
        made = report(found, groups=table.groups)
        if as_json:
            say_json(made.as_dict())
            return
        _tell(made)
        if out is not None:
            say(f"findings: {out}", whole=True)


def _tell(made: Report) -> None:
    found = made.detection
    for candidate in found.candidates:
        say(repr(candidate).strip("<>"), hanging=True)
    for count in found.counts:
        say(count.in_words(), hanging=True)
    if found.why:
        say(found.why, hanging=True)
    for counts in made.groups:
        say(f"\n{counts}")
    if found.panel.problems:
        say("Found in the data:", err=True)
    for problem in found.panel.problems:
        say(f"  {as_options(problem.message)}", err=True, hanging=True)
    if found.panel.risk_note:
        say(f"Note: {found.panel.risk_note}", err=True, hanging=True)
