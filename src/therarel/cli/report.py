"""``therarel report``: from a table of scores, or from a simulated clinic, to a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from therarel.cli.failing import failing_well
from therarel.cli.saying import say_json
from therarel.errors import InvalidValueError

if TYPE_CHECKING:
    from therarel.panels import Panel
    from therarel.reports import Report
    from therarel.simulation import SimulatedClinic
    from therarel.trajectories.false_alarms import FalseAlarms
    from therarel.trajectories.rules import Rule

__all__ = ["report"]

DEFAULT_OUT: Final = Path("report.html")
_SEED: Final = 2
_DYADS: Final = 60
_ENOUGH: Final = 20  # dyads to learn the noise of the scores from; our choice
_CONSTRUCTS: Final = ("alliance", "relationship", "presence", "outcome")
_RATERS: Final = ("client", "therapist", "observer")
_RULES: Final = ("drop", "individuals-chart")


@click.command(short_help="Find score drops and recoveries in a table, and write a page about them.")
@click.argument("sessions", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dyad", metavar="COLUMN", help="Column of the dyad's (client's) label.")
@click.option("--session", metavar="COLUMN", help="Column of the session number or date.")
@click.option("--score", metavar="COLUMN", help="Column of the score.")
@click.option("--therapist", metavar="COLUMN", help="Column of the therapist's label.")
@click.option("--rater", metavar="COLUMN", help="Column that says who rated.")
@click.option(
    "--rater-is", type=click.Choice(_RATERS), help="Who rated; in a table of several raters, whose rows are taken."
)
@click.option("--instrument", metavar="ID", help="Such as wai-sr or phq-9: gives construct, direction and range.")
@click.option("--construct", type=click.Choice(_CONSTRUCTS), help="What the scores are scores of.")
@click.option(
    "--higher-is-better/--lower-is-better", default=None, help="Direction of the scores. Needed without --instrument."
)
@click.option("--scale", nargs=2, type=float, metavar="MIN MAX", help="Lowest and highest possible score.")
@click.option("--timing", type=click.Choice(["pre_session", "post_session"]), help="Given before or after the session.")
@click.option(
    "--index",
    type=click.Choice(["attended", "scheduled", "dated"]),
    default="attended",
    show_default=True,
    help="What the session column counts.",
)
@click.option("--max-gap", type=float, metavar="NUMBER", help="Sessions further apart are not compared.")
@click.option(
    "--primary",
    type=click.Choice(_RULES),
    default="drop",
    show_default=True,
    help="The rule that makes the findings; the other stands beside it.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"Where the page goes; a file that is named is replaced.  [default: {DEFAULT_OUT}, where there is none but an"
    " earlier report; with --json, no page]",
)
@click.option(
    "--candidates", type=click.Path(dir_okay=False, path_type=Path), help="Write all findings to this CSV file."
)
@click.option(
    "--problems",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write every row with a problem to this CSV file.",
)
@click.option("--when", metavar="DATE", help="Date to print. None by default: same data, same page.")
@click.option("--json", "as_json", is_flag=True, help="Put the content as JSON on stdout, and nothing else.")
def report(
    sessions: Path | None,
    dyad: str | None,
    session: str | None,
    score: str | None,
    therapist: str | None,
    rater: str | None,
    rater_is: str | None,
    instrument: str | None,
    construct: str | None,
    higher_is_better: bool | None,
    scale: tuple[float, float] | None,
    timing: str | None,
    index: str,
    max_gap: float | None,
    primary: str,
    out: Path | None,
    candidates: Path | None,
    problems: Path | None,
    when: str | None,
    as_json: bool,
) -> None:
    """Find score drops and recoveries in SESSIONS, and write a page about them.

    SESSIONS is a table with one row per dyad and session: CSV, Parquet or JSON Lines. Columns that are not named
    are guessed from their names, and what was guessed is said. Without SESSIONS a simulated clinic is reported on,
    and labelled so.

    \b
    therarel report
    therarel report clinic.csv --instrument wai-sr
    therarel report clinic.csv --score phq9 --construct outcome --lower-is-better --scale 0 27

    No row is dropped in silence: the page lists every row that could not be taken as it stood. How often noise
    alone would be flagged is simulated with noise like that of the scores, where there are 20 dyads or more.

    \b
    Exit codes: 0 done
                2 the arguments cannot be used as they stand
                3 nothing could be read from the data
    """  # noqa: D301 -- the escape is click's mark for lines that keep their breaks
    with failing_well("therarel report"):
        from therarel.cli.terminal import Terminal
        from therarel.files import CSV, HTML, keep_what_is_there, refuse_other_kind, refuse_same

        terminal = Terminal(quiet=as_json)
        page = out if out is not None else None if as_json else DEFAULT_OUT
        refuse_same({"--out": page, "--candidates": candidates, "--problems": problems}, {"SESSIONS": sessions})
        if out is None and page is not None:
            keep_what_is_there(page, "--out", ours=_is_report)
        for path, kinds in ((page, HTML), (candidates, CSV), (problems, CSV)):
            if path is not None:
                refuse_other_kind(path, kinds, what="this part of a report", hint=f"name it {kinds[0]}")
        if sessions is None:
            if any((dyad, session, score, therapist, rater, rater_is, instrument, construct, scale, timing)):
                raise InvalidValueError(
                    "these options describe a table, and there is none",
                    where="SESSIONS",
                    hint="name the file, or leave the options out for the simulated clinic",
                )
            with terminal.during("simulating"):
                panel, clinic = _simulated()
        else:
            if instrument is None and higher_is_better is None:
                raise InvalidValueError(
                    "it is not known whether a higher score is better",
                    hint="say --instrument ID (such as wai-sr or phq-9), --higher-is-better or --lower-is-better",
                )
            from therarel.panels import Panel

            with terminal.during(f"reading {sessions.name}"):
                panel = Panel.read(
                    sessions, dyad=dyad, session=session, score=score, therapist=therapist, rater=rater,
                    rater_is=rater_is, instrument=instrument, construct=construct, scale=scale,
                    higher_is_better=higher_is_better, timing=timing, index=index, max_gap=max_gap,
                )  # fmt: skip
            clinic = None
        with terminal.during("looking for score drops"):
            made = _reported(panel, clinic, primary, when)
        written: list[tuple[str, Path]] = []
        if page is not None:
            with terminal.during("drawing"):
                written.append(("page", made.save(page)))
        if candidates is not None:
            written.append(("findings", made.save_candidates(candidates)))
        if problems is not None:
            written.append(("problems", made.save_problems(problems)))
        if as_json:
            say_json(made.as_dict(), indent=1)
        else:
            terminal.summarise(made, written)


def _simulated() -> tuple[Panel, SimulatedClinic]:
    from therarel.simulation import simulate_clinic

    clinic = simulate_clinic(_DYADS, seed=_SEED)
    return clinic.panel(), clinic


def _reported(panel: Panel, clinic: SimulatedClinic | None, primary: str, when: str | None) -> Report:
    from therarel.reports import report as report_on
    from therarel.trajectories import detect, rules

    first, second = rules.Drop(k=2), rules.IndividualsChart()
    chosen = (first, second) if primary == "drop" else (second, first)
    known = () if clinic is not None else _calibrated(panel, chosen)
    found = detect(panel, primary=chosen[0], also=chosen[1:], false_alarms=known)
    return report_on(found, simulated=clinic, when=when)


def _calibrated(panel: Panel, chosen: tuple[Rule, ...]) -> list[tuple[Rule, FalseAlarms]]:
    """How often the rules fire on noise like that of these scores; nothing where they are too few to tell."""
    from therarel.trajectories import calibrate

    if panel.n_dyads < _ENOUGH:
        return []
    try:
        return [(rule, calibrate(rule, like=panel, depths=(), clients=2000, seed=_SEED).table) for rule in chosen]
    except InvalidValueError:  # too few series of four sessions or more, or scores that never change
        return []


def _is_report(path: Path) -> bool:
    from therarel.reports import is_report

    return is_report(path)
