"""What the command says, it says in words of the command line: an option where Python has an argument."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from therarel.cli import main
from therarel.cli.failing import as_options

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


@pytest.mark.parametrize(
    ("python", "typed"),
    [
        ("say index='dated' and date_format='excel'", "say --index dated and --date-format excel"),
        ("their form, such as date_format='%d.%m.%Y'", "their form, such as --date-format %d.%m.%Y"),
        ("use from_wide(..., sessions={'s1': 1, 's2': 2, ...}) (--wide)", "use --wide s1=1,s2=2,..."),
        ("until duplicates='first', 'last' or 'mean' is chosen", "until --duplicates first, last or mean is chosen"),
        ("allow more with limits=Limits(rows=...)", "allow more with --max-rows NUMBER"),
        ("name the columns with items=... (--items), as a prefix", "name the columns with --items, as a prefix"),
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
