"""``therarel calibrate``: how often rules fire on noise, and how often they find a drop that was put in."""

from __future__ import annotations

from pathlib import Path

import click

from therarel.cli.rules import rule_option, rules_of
from therarel.cli.saying import failing_well, say, say_json
from therarel.cli.tables import Table, table_argument, table_options
from therarel.errors import InvalidValueError

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
