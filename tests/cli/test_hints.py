"""What the command says, it says in words of the command line: an option where Python has an argument."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from tests.cli.commands import LEAVES

from therarel.cli import main
from therarel.cli.saying import as_options
from therarel.measures import instruments

FILES = sorted(path for path in (Path(__file__).parents[1] / "tables" / "files").iterdir() if path.suffix != ".md")
ARGUMENT = re.compile(r"(?<![-\w.])[a-z_]+=(['({\[.]|True|False)")


def said(*arguments: str | Path) -> str:
    """Everything that the command puts on the terminal, on one line."""
    result = CliRunner().invoke(main, [str(each) for each in arguments], catch_exceptions=False)
    return " ".join(result.output.split())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_message_about_a_file_names_a_python_argument(file: Path) -> None:
    """Whatever an exported file is answered with can be typed."""
    command = ["score"] if file.name.startswith("answers") else ["detect", "--json"]
    told = said(command[0], file, "--instrument", "phq-9", *command[1:])
    hints = [line for line in re.split(r"(?=Error:|Note:)", told) if line.startswith(("Error:", "Note:"))]
    assert not ARGUMENT.search(" ".join(hints))


REFUSED = (
    "calibrate --depth -1 --clients 100",
    "calibrate few.csv --higher-is-better --clients 100",
    "course show course.json --client C-1 --therapist T-1",
    "course show log.jsonl",
    "course show other.json",
    "detect clinic.csv --instrument wai-sr --group site",
    "detect clinic.csv --instrument wai-sr --group dyad",
    "detect clinic.csv --instrument wai-sr --max-gap -1",
    "detect clinic.csv --instrument wai-sr --rule drop --rule drop",
    "detect clinic.csv --higher-is-better --rule 'sudden-gain cutof=7'",
    "detect clinic.csv --higher-is-better --rule reliable-drop",
    "detect clinic.csv --higher-is-better --rule 'reliable-drop instrument=tpi'",
    "detect wide.csv --higher-is-better --wide s1=1,s2=1",
    "detect wide.csv --higher-is-better",
    "detect clinic.csv --instrument wai-sr --index dated",
    "growth clinic.csv 'score ~ session + (1|dyad)' --instrument wai-sr",
    "growth clinic.csv 'score ~ session' --instrument wai-sr --random 'dyad=1+(1|x)'",
    "growth clinic.csv 'score ~ week' --instrument wai-sr",
    "report clinic.csv",
    "score answers.csv --instrument wai-sr",
    "score answers.csv --instrument phq-9 --missing prorate",
    "simulate --seed 1 --sessions 9 2",
)


@pytest.mark.parametrize("line", REFUSED)
def test_no_refusal_names_a_python_argument(folder: Path, line: str) -> None:
    """Whatever cannot be done is answered with what can be typed."""
    (folder / "wide.csv").write_text("client,s1,s2\nA,3,4\nB,3,2\n")
    (folder / "few.csv").write_text("client,session,score\nA,1,4\nA,2,4\nB,1,4\nB,2,4\n")
    (folder / "log.jsonl").write_text('{"schema": "therarel.event/3", "type": "SessionHeld", "session": 1}\n')
    record = (folder / "course.json").read_text("utf-8")
    (folder / "other.json").write_text(record.replace("therapeutic relationship, one client", "another"), "utf-8")
    told = said(*shlex.split(line)).partition("Error: ")[2]
    assert told
    assert not ARGUMENT.search(told)
    assert not re.search(r"\b(covariates|also|start|max_gap|NullModel|Relationship)\b[:(.]", told)


@pytest.mark.parametrize("name", LEAVES)
def test_no_answer_names_a_python_argument(folder: Path, name: str) -> None:
    """What is answered speaks of options, too."""
    assert not ARGUMENT.search(said(*name.split(), *LEAVES[name]))


def test_no_page_of_an_instrument_names_a_python_argument() -> None:
    """How answers were recorded is said as it is typed."""
    for each in instruments():
        assert not ARGUMENT.search(said("instruments", each.id))


@pytest.mark.parametrize(
    ("python", "typed"),
    [
        ("say index='dated' and date_format='excel'", "say --index dated and --date-format excel"),
        ("their form, such as date_format='%d.%m.%Y'", "their form, such as --date-format %d.%m.%Y"),
        ("use from_wide(..., sessions={'s1': 1, 's2': 2, ...}) (--wide)", "use --wide s1=1,s2=2,..."),
        ("until duplicates='first', 'last' or 'mean' is chosen", "until --duplicates first, last or mean is chosen"),
        ("allow more with limits=Limits(rows=...)", "allow more with --max-rows NUMBER"),
        ("name the columns with items=... (--items), as a prefix", "name the columns with --items, as a prefix"),
        (
            "name the columns with items=... (--items), as a prefix, a list or a mapping",
            "name the columns with --items, as a prefix or in order",
        ),
        ("such as sessions={'s1': 1, 's2': 2}", "such as --wide s1=1,s2=2"),
        ("such as sessions={'Week 3': 3}", "such as --sessions 'Week 3=3'"),
        (
            'leave the part with | out, and give random={"dyad": "1"}',
            "leave the part with | out, and say --random 'dyad=1'",
        ),
        ("state a model: NullModel(within_sd=..., phi=...)", "leave SESSIONS out for the simulator's clinic"),
        ("hand it over: record.course(machine=...)", "hand it over: --table FILE"),
        ("score with recorded_as='position'", "score with --recorded-as position"),
        ("state score=... (--score); the columns are", "state --score COLUMN; the columns are"),
    ],
)
def test_an_argument_becomes_its_option(python: str, typed: str) -> None:
    """The words of the library are said as they are typed."""
    assert as_options(python) == typed


def test_options_of_a_table_do_what_they_say(tmp_path: Path) -> None:
    """Contradictions are settled as asked, dates read in their form, sheets found, and long tables refused."""
    rows = [("A", day, 4.0) for day in ("01.02.2024", "08.02.2024", "15.02.2024", "22.02.2024", "29.02.2024")]
    known = ["--higher-is-better", "--scale", "1", "5", "--json"]
    file = tmp_path / "dates.csv"
    pl.DataFrame([*rows, ("A", "22.02.2024", 1.0)], schema=["client", "date", "score"], orient="row").write_csv(file)
    dated: list[str | Path] = [file, *known, "--date-format", "%d.%m.%Y"]
    assert "contradict each other" in said("detect", *dated)
    assert '"flagged_dyads": 1' in said("detect", *dated, "--duplicates", "last")
    assert '"flagged_dyads": 0' in said("detect", *dated, "--duplicates", "first")
    assert "at most 5" in said("detect", *dated, "--max-rows", "5")
    workbook = next(path for path in FILES if path.name == "47-dates.xlsx")
    assert "has no such sheet" in said("detect", workbook, "--instrument", "phq-9", "--sheet", "second")


def test_cells_that_a_spreadsheet_would_run_are_made_safe_where_asked(tmp_path: Path) -> None:
    """Text gets an apostrophe, numbers stay, and without the option the label can be joined back as it is."""
    file = tmp_path / "answers.csv"
    cells = ",".join(f"item{n}" for n in range(1, 8))
    file.write_text(f'client,change,{cells}\n"=HYPERLINK(""x"")",-2.5,{",".join("1" * 7)}\n')
    for option, label in (([], '=HYPERLINK("x")'), (["--spreadsheet-safe"], '\'=HYPERLINK("x")')):
        out = tmp_path / "scores.csv"
        said("score", file, "--instrument", "gad-7", "--out", out, *option)
        row = pl.read_csv(out, infer_schema=False).row(0, named=True)
        assert (row["client"], row["change"], row["gad_7"]) == (label, "-2.5", "7")
