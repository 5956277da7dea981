"""``therarel report``: from a table of scores, or from a simulated clinic, to a page."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from click.core import ParameterSource

from therarel.cli.completing import columns
from therarel.cli.rules import rule_option, rules_of
from therarel.cli.saying import failing_well, say, say_json
from therarel.cli.settings import NAMED
from therarel.cli.tables import STDIN, Table, safe_option, table_argument, table_options
from therarel.errors import InvalidValueError

_GIVEN = {ParameterSource.COMMANDLINE, ParameterSource.DEFAULT_MAP, ParameterSource.ENVIRONMENT}


def command_line(without: frozenset[str] = frozenset()) -> str:
    """The command that is running with all options that were given, on the command line or in a settings file.

    Args:
        without: Options to leave out, by the names of click's parameters: files that are written, for example.
    """
    ctx = click.get_current_context()
    words = ["therarel", ctx.info_name or ""]
    for param in ctx.command.params:
        name = param.name or ""
        if name in ctx.params and name not in without and ctx.get_parameter_source(name) in _GIVEN:
            words += _words(param, ctx.params[name])
    return shlex.join(words)


def _words(param: click.Parameter, value: Any) -> Iterator[str]:
    """An argument or option as it is typed."""
    if value is None:
        return
    if not isinstance(param, click.Option):
        yield _word(value)
    elif param.is_flag:
        yield (param.opts if value else param.secondary_opts or param.opts)[0]
    elif param.multiple:
        for part in value:
            yield from (param.opts[0], _word(part))
    elif param.nargs > 1:
        yield from (param.opts[0], *map(_word, value))
    else:
        yield from (param.opts[0], _word(value))


def _word(value: Any) -> str:
    if isinstance(value, Path):
        return value.name
    if isinstance(value, Mapping):
        return ",".join(f"{name}={_word(part)}" for name, part in value.items())
    if isinstance(value, tuple):
        return ",".join(map(_word, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


if TYPE_CHECKING:
    from therarel.detection.rules import Rule
    from therarel.growth import GrowthFit
    from therarel.panels import Panel
    from therarel.simulation import SimulatedClinic

_DEFAULT_OUT: Final = Path("report.html")
_CLIENT_OUT: Final = Path("client.html")
_WRITTEN: Final = frozenset({"out", "candidates", "problems", "codebook", "spreadsheet_safe", "as_json"})
_SEED: Final = 8
_DYADS: Final = 100
_RULES: Final = ("scan", "drop", "individuals-chart")


@click.command(short_help="Find score drops and recoveries in a table, and write a page about them.")
@table_argument(required=False)
@table_options
@rule_option
@click.option(
    "--primary",
    type=click.Choice(_RULES),
    help="Without --rule: the rule that makes the findings.  [default: scan, the others beside it; with fewer than 50"
    " dyads that have 4 or more scores drop, the chart beside it]",
)
@click.option(
    "--ended",
    metavar="COLUMN",
    shell_complete=columns,
    help="Column that says how the therapy ended: as_planned, earlier or not_known; empty is not known.",
)
@click.option(
    "--ended-as",
    type=NAMED,
    metavar="VALUE=MEANING,...",
    help="What other values of that column mean, such as completed=as_planned,dropout=earlier.",
)
@click.option(
    "--client",
    metavar="LABEL",
    help="The page of this client (dyad) alone, for supervision, in place of the report on all.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"Where the page goes; a file that is named is replaced.  [default: {_DEFAULT_OUT}, where there is none but an"
    f" earlier report; with --client, {_CLIENT_OUT}; with --json, no page]",
)
@click.option(
    "--candidates", type=click.Path(dir_okay=False, path_type=Path), help="Write all findings to this CSV file."
)
@click.option(
    "--problems",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write every row with a problem to this CSV file.",
)
@click.option(
    "--codebook",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what the columns of these two files mean to this CSV file.",
)
@click.option(
    "--growth",
    is_flag=True,
    help="Fit a growth model, a line of each dyad with autocorrelated noise, and show it on the page.",
)
@click.option("--when", metavar="DATE", help="Date to print. None by default: same data, same page.")
@safe_option
@click.option("--json", "as_json", is_flag=True, help="Put the content as JSON on stdout, and nothing else.")
def report(
    sessions: Path | None,
    table: Table,
    rules: tuple[str, ...],
    primary: str | None,
    ended: str | None,
    ended_as: Mapping[str, str] | None,
    client: str | None,
    out: Path | None,
    candidates: Path | None,
    problems: Path | None,
    codebook: Path | None,
    growth: bool,
    when: str | None,
    spreadsheet_safe: bool,
    as_json: bool,
) -> None:
    """Find score drops and recoveries in SESSIONS, and write a page about them.

    SESSIONS is a table with one row per dyad and session, or - for standard input: CSV, Excel, SPSS, Stata, JSON,
    Parquet. Columns that are not named are guessed from their names, and what was guessed is said. Without
    SESSIONS a simulated clinic is reported on, and labelled so.

    \b
    therarel report
    therarel report clinic.csv --instrument wai-sr
    therarel report clinic.csv --score phq9 --construct outcome --lower-is-better --scale 0 27
    therarel report clinic.csv --instrument wai-sr --client C-014

    Without --rule or --primary the scan makes the findings where 50 dyads or more have 4 or more scores, and a drop of
    two standard deviations otherwise.

    No row is dropped in silence: the page lists every row that could not be taken as it stood. What noise alone
    would make the rules flag is simulated on panels like this one, where 20 dyads or more have 4 or more scores.

    \b
    Exit codes: 0 done
                1 standard output could not be written
                2 the arguments cannot be used as they stand
                3 nothing could be read from the data
    """
    with failing_well("therarel report"):
        from therarel.cli.terminal import Terminal
        from therarel.detection import detect
        from therarel.files import CSV, keep_what_is_there, refuse_other_kind, refuse_other_than_page, refuse_same
        from therarel.reports import report as report_on

        typed = _typed(rules, primary)
        terminal = Terminal(quiet=as_json)
        if client is not None and (as_json or any((candidates, problems, codebook))):
            raise InvalidValueError(
                "the page of one client has no files about all of them",
                where="--client",
                hint="leave out --candidates, --problems, --codebook and --json",
            )
        default = _DEFAULT_OUT if client is None else _CLIENT_OUT
        page = out if out is not None else None if as_json else default
        refuse_same(
            {"--out": page, "--candidates": candidates, "--problems": problems, "--codebook": codebook},
            {"SESSIONS": None if str(sessions) == STDIN else sessions},
        )
        if out is None and page is not None:
            keep_what_is_there(page, "--out", ours=_is_report)
        if page is not None:
            refuse_other_than_page(page)
        for path in (candidates, problems, codebook):
            if path is not None:
                refuse_other_kind(path, CSV, what="this part of a report", hint=f"name it {CSV[0]}")
        if sessions is None:
            if table or ended is not None:
                raise InvalidValueError(
                    "these options describe a table, and there is none",
                    where="SESSIONS",
                    hint="name the file, or leave the options out for the simulated clinic",
                )
            with terminal.during("simulating"):
                panel, clinic = _simulated()
        else:
            with terminal.during(f"reading {sessions.name}"):
                panel = table.panel(sessions, ended)
            clinic = None
        with terminal.during("looking for score drops"):
            found = detect(panel, primary=typed[0] if typed else None, also=typed[1:] if typed else None)
        with terminal.during("simulating what noise alone gives") as progress:
            found.simulate_noise(progress)
        if client is not None and page is not None:
            from therarel.reports import client_report

            one = client_report(found, client, simulated=clinic, when=when)
            terminal.say_client(one, one.save(page))
            return
        fit = None
        if growth:
            with terminal.during("fitting a growth model"):
                fit = _grown(panel)
        made = report_on(
            found,
            simulated=clinic,
            when=when,
            groups=table.groups,
            ended=ended,
            ended_as=ended_as,
            command=command_line(_WRITTEN),
            sensitivity=True,
            growth=fit,
        )
        written: list[tuple[str, Path]] = []
        if page is not None:
            with terminal.during("drawing"):
                written.append(("page", made.save(page)))
        if candidates is not None:
            written.append(("findings", made.save_candidates(candidates, spreadsheet_safe=spreadsheet_safe)))
        if problems is not None:
            written.append(("problems", made.save_problems(problems, spreadsheet_safe=spreadsheet_safe)))
        if codebook is not None:
            written.append(("codebook", made.save_codebook(codebook)))
        if as_json:
            say_json(made.as_dict(), indent=1)
        else:
            terminal.summarise(made, written)


def _simulated() -> tuple[Panel, SimulatedClinic]:
    from therarel.simulation import simulate_clinic

    clinic = simulate_clinic(_DYADS, seed=_SEED)
    return clinic.panel(), clinic


def _typed(typed: tuple[str, ...], primary: str | None) -> tuple[Rule, ...]:
    """The rules that were asked for, the one that makes the findings first; none where nobody asked for any."""
    from therarel.detection import rules

    if typed and primary is not None:
        raise InvalidValueError(
            "rules are named in one way",
            where="--primary",
            hint="leave it out: the first --rule is the primary one",
        )
    drop, chart = rules.Drop(k=2), rules.IndividualsChart()
    named = {"scan": (rules.Scan(), drop, chart), "drop": (drop, chart), "individuals-chart": (chart, drop)}
    return rules_of(typed) if primary is None else named[primary]


def _grown(panel: Panel) -> GrowthFit:
    """A line of each dyad with autocorrelated noise; what the fit warns of goes to standard error."""
    import warnings

    from therarel.growth import fit_growth

    with warnings.catch_warnings(record=True) as noticed:
        warnings.simplefilter("always")
        fit = fit_growth(panel, "score ~ session", {"dyad": "1 + session"}, residual="ar1")
    for notice in noticed:
        say(f"Note: {notice.message}", err=True, hanging=True)
    return fit


def _is_report(path: Path) -> bool:
    from therarel.reports import is_report

    return is_report(path)
