"""``therarel instruments`` and ``therarel score``: what instruments are known, and answers to scores."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from therarel.cli.completing import column_lists, instrument_ids
from therarel.cli.output import STDOUT
from therarel.cli.saying import as_options, failing_well, said, say, say_data, say_json
from therarel.cli.settings import NUMBERED
from therarel.cli.tables import safe_option
from therarel.errors import InvalidValueError

if TYPE_CHECKING:
    from therarel.domain import MissingReason
    from therarel.measures import ScoredFile

_STDOUT: Final = "-"
_UNBOUNDED: Final = 1_000_000


@click.command(short_help="List the instruments, or describe one.")
@click.argument("instrument", required=False, metavar="[ID]", shell_complete=instrument_ids)
@click.option("--json", "as_json", is_flag=True, help="Put it as JSON on stdout, and nothing else.")
def instruments(instrument: str | None, as_json: bool) -> None:
    """List the instruments, or describe the one called ID: scale, key, cut-offs or none, licence, sources."""
    with failing_well("therarel instruments"):
        import attrs

        from therarel import measures

        if instrument is not None:
            if as_json:
                say_json(attrs.asdict(measures.instrument(instrument)))
            else:
                say(as_options(measures.describe(instrument)))
            return
        known = measures.instruments()
        if as_json:
            listed = [
                {"id": each.id, "name": each.name, "construct": each.construct.value, "items": each.n_items}
                for each in known
            ]
            say_json(listed)
            return
        width = max(len(each.id) for each in known)
        for each in known:
            say(f"{each.id:<{width}}  {each.construct.label:<12}  {each.name}")


def _missing(policy: str, floor: float | None) -> object:
    from therarel.measures import Prorate, Published, Strict

    if policy == "prorate":
        if floor is None:
            raise InvalidValueError(
                "prorating needs a floor",
                where="--min-fraction",
                hint="say --min-fraction 0.8, or whatever you can defend",
            )
        return Prorate(floor)
    return Published() if policy == "published" else Strict()


def _items(said: str | None) -> str | list[str] | None:
    """A prefix, or the columns in order."""
    if said is None or "," not in said:
        return said
    return [column.strip() for column in said.split(",")]


def _codes(said: str | None) -> dict[float, MissingReason] | None:
    """Codes and the reasons that they stand for."""
    from therarel.domain import MissingReason

    if said is None:
        return None
    codes = {}
    for code, _, reason in (part.partition("=") for part in said.split(",")):
        try:
            number = float(code)
        except ValueError:
            bound = "a number such as -9 or 3"
            raise InvalidValueError("a number is needed", where="--missing-codes", bound=bound) from None
        codes[number] = MissingReason(reason.strip() or "not_answered")
    return codes


@click.command(short_help="Score a table of answers.")
@click.argument("responses", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--instrument",
    required=True,
    metavar="ID",
    shell_complete=instrument_ids,
    help="Such as wai-sr; `therarel instruments` lists them.",
)
@click.option(
    "--items",
    metavar="PREFIX|COLUMN,...",
    shell_complete=column_lists,
    help="The text before the number of an item, or the item columns in order.  [default: found by their names]",
)
@click.option(
    "--words", type=NUMBERED, metavar="WORD=NUMBER,...", help="Words for answers, such as a translation: nie=0,immer=3."
)
@click.option(
    "--missing-codes",
    metavar="CODE=REASON,...",
    help="Numbers that stand for no answer: -9=refused,-8=not_asked; a code alone means not answered.",
)
@click.option(
    "--recorded-as",
    type=click.Choice(["anchor", "position"]),
    default="anchor",
    show_default=True,
    help="Whether the numbers of the anchors or the positions on the printed form were recorded.",
)
@click.option("--timing", type=click.Choice(["pre_session", "post_session"]), help="Given before or after the session.")
@click.option("--sheet", metavar="NAME", help="Of a workbook, the sheet.  [default: the first]")
@click.option("--rater", type=click.Choice(["client", "therapist", "observer", "model"]), help="Who answered.")
@click.option(
    "--missing",
    type=click.Choice(["strict", "prorate", "published"]),
    default="strict",
    show_default=True,
    help="What becomes of a response with unanswered items.",
)
@click.option("--min-fraction", type=click.FloatRange(0, 1), help="With --missing prorate: least share of answers.")
@click.option("--metric", type=click.Choice(["sum", "mean"]), help="Sum or item mean.  [default: as published]")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="Write the scores to this CSV file, - for stdout; never to the file with the answers.",
)
@safe_option
@click.option("--json", "as_json", is_flag=True, help="Put the scores as JSON on stdout, and nothing else.")
def score(
    responses: Path,
    instrument: str,
    items: str | None,
    words: dict[str, float] | None,
    missing_codes: str | None,
    recorded_as: str,
    timing: str | None,
    sheet: str | None,
    rater: str | None,
    missing: str,
    min_fraction: float | None,
    metric: str | None,
    out: Path | None,
    spreadsheet_safe: bool,
    as_json: bool,
) -> None:
    """Score every row of RESPONSES, a table with one response per row.

    CSV in its dialects, JSON Lines, JSON, Parquet, Excel, SPSS and Stata are read.

    Columns that are not items are kept. Each row gets a score or the reason why there is none; nothing is filled in
    without an explicit policy. Where the instrument has an item that asks about risk, a column says what was
    answered to it: a prompt for a person to look, not an assessment of risk and not a monitor of it.

    \b
    therarel score responses.csv --instrument wai-sr
    therarel score responses.csv --instrument care --missing published --out scores.csv
    """
    with failing_well("therarel score"):
        from therarel import measures
        from therarel.files import CSV, refuse_other_kind, refuse_same

        written = None if out is None or str(out) == _STDOUT else out
        if written is not None:
            refuse_other_kind(written, CSV, what="a table of scores", hint="name it .csv")
            refuse_same({"--out": written}, {"RESPONSES": responses})
        scored = measures.score_file(
            responses,
            instrument,
            items=_items(items),
            words=words,
            missing_codes=_codes(missing_codes),
            recorded_as=recorded_as,
            timing=timing,
            sheet=sheet,
            rater=rater,
            missing=_missing(missing, min_fraction),  # type: ignore[arg-type]  # one of the three policies
            metric=metric,
        )
        if written is not None:
            scored.write(written, spreadsheet_safe=spreadsheet_safe)
        for note in _notes(scored):
            say(f"Note: {as_options(note)}", err=True, hanging=True)
        if as_json:
            say_json(scored.records)
            return
        if out is None:
            _table(scored.header, scored.cells)
        elif written is None:
            say_data(scored.csv)
        told = ", ".join(f"{count} {status.label}" for status, count in scored.counts.items())
        where = "" if written is None else f"; scores: {written}"
        say(f"{scored.frame.height} responses: {told}{where}", err=written is None)


def _notes(scored: ScoredFile) -> list[str]:
    """What a person should know beside the scores, one sentence or two each."""
    notes = [
        scored.instrument.why_not_scorable,
        *scored.problems,
        *(suspicion.says for suspicion in scored.suspicions),
    ]
    return [note for note in (*notes, scored.risk_note) if note is not None]


def _table(header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in header:
        table.add_column(said(name))
    for row in rows:
        table.add_row(*map(said, row))
    console = Console(file=STDOUT, highlight=False)
    # As wide as it is: at the edge of a terminal, words and numbers would have to be cut.
    unbounded = console.options.update(width=_UNBOUNDED, max_width=_UNBOUNDED)
    Console(file=STDOUT, highlight=False, width=max(1, console.measure(table, options=unbounded).maximum)).print(table)
