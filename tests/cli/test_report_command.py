"""``therarel report``: what it reads, what it writes, what it says, and how it ends."""

from __future__ import annotations

import csv
import html
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from therarel.cli import main
from therarel.extras import install_line

CANARY = "zwitscherling"
ROWS = [("A", session, score) for session, score in enumerate([4, 4, 4, 4, 1, 4, 4, 4], 1)]

Run = Callable[..., Result]


def table(path: Path, rows: Sequence[Sequence[object]] = ROWS, head: str = "client,session,wai") -> Path:
    """A CSV file of sessions."""
    path.write_text("\n".join([head, *(",".join(map(str, row)) for row in rows)]) + "\n")
    return path


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command, run in a folder of its own, with a clinic.csv in it."""
    monkeypatch.chdir(tmp_path)
    table(tmp_path / "clinic.csv")

    def command(*arguments: object) -> Result:
        return CliRunner().invoke(main, ["report", *map(str, arguments)], catch_exceptions=False)

    return command


def test_without_a_table_a_simulated_clinic_is_reported_on(run: Run, tmp_path: Path) -> None:
    """The first thing anybody tries works, writes a page, and is labelled simulated on terminal and page."""
    result = run()
    assert result.exit_code == 0, result.output
    assert "Simulated data." in result.stdout
    assert "page: report.html" in result.stdout
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "Simulated data." in page
    assert "the truth is known" in " ".join(result.stdout.split())
    assert "The scan is the primary rule because" in page
    assert result.stderr == ""


def test_a_table_is_read_and_guesses_are_said_aloud(run: Run, tmp_path: Path) -> None:
    """Columns are guessed from their names, and the terminal and the page say so."""
    result = run("clinic.csv", "--higher-is-better", "--scale", 1, 5, "--construct", "alliance")
    assert result.exit_code == 0, result.output
    assert "Guessed from the names of the columns: dyad = client, session = session, score = wai." in " ".join(
        result.stdout.split()
    )
    assert "dyad: <bdi>client</bdi> (guessed from its name)" in (tmp_path / "report.html").read_text("utf-8")
    assert "from noise" in result.stdout


def test_a_table_of_another_scale_is_compared_with_noise_of_its_own(run: Run, tmp_path: Path) -> None:
    """Scores of twenty clients on 0 to 27 get an expected count from noise like theirs; of few clients it is unknown."""
    scores = [(f"C-{c:02}", s, (7 * c + 5 * s * s + c * s) % 13 + 5) for c in range(24) for s in range(1, 9)]
    table(tmp_path / "phq.csv", scores, "client,session,phq9")
    settings = ("--instrument", "phq-9", "--json")
    told = json.loads(run("phq.csv", *settings).stdout)["rules"][0]
    assert told["expected_dyads"] is not None
    assert told["expected"]["null"]["source"] == "fitted to the panel (24 dyads)"
    assert told["expected"]["low"] <= told["expected"]["mean"] <= told["expected"]["high"]
    assert told["expected"]["with_falls"]["depth"] == 27 / 4
    table(tmp_path / "few.csv", scores[:80], "client,session,phq9")
    assert json.loads(run("few.csv", *settings).stdout)["rules"][0]["expected_dyads"] is None


def test_the_scan_is_primary_where_it_can_be_fitted(run: Run, tmp_path: Path) -> None:
    """With fewer than 50 dyads that have 4 or more scores the drop makes the findings, and the page says why."""
    run("clinic.csv", "--higher-is-better", "--scale", 1, 5)
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "The primary rule, drop, flagged" in page
    assert "could not be used: a null model beside lasting changes needs more scores" in page
    told = json.loads(run("--json").stdout)["rules"]
    assert [(rule["name"], rule["primary"]) for rule in told] == [
        ("scan", True),
        ("drop", False),
        ("individuals_chart", False),
    ]
    assert told[0]["beside"].startswith("the same scan for changes for the better lists")
    assert told[0]["expected"]["with_falls"]["found"] > 1.5 * told[0]["expected"]["mean"] / told[0]["dyads"]


def test_a_growth_model_is_fitted_on_request(run: Run, tmp_path: Path) -> None:
    """With --growth the page says how scores grow; without it there is no such section."""
    scores = [(f"C-{c:02}", s, (7 * c + 5 * s * s + c * s) % 13 + 5) for c in range(24) for s in range(1, 9)]
    table(tmp_path / "phq.csv", scores, "client,session,phq9")
    assert run("phq.csv", "--instrument", "phq-9", "--growth").exit_code == 0
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "How scores grow" in page
    assert "If the noise were other" in page
    run("phq.csv", "--instrument", "phq-9")
    assert "How scores grow" not in (tmp_path / "report.html").read_text("utf-8")


def test_named_columns_are_not_guesses(run: Run) -> None:
    """Where all columns are named nothing is said about guessing."""
    result = run(
        "clinic.csv", "--dyad", "client", "--session", "session", "--score", "wai", "--lower-is-better", "--scale", 1, 5
    )
    assert result.exit_code == 0, result.output
    assert "Guessed" not in result.stdout


@pytest.mark.parametrize("kind", ["parquet", "jsonl"])
def test_other_formats_are_read_too(kind: str, run: Run, tmp_path: Path) -> None:
    """Parquet and JSON Lines give the same findings as CSV."""
    import polars as pl

    frame = pl.read_csv(tmp_path / "clinic.csv")
    other = tmp_path / f"clinic.{kind}"
    frame.write_parquet(other) if kind == "parquet" else frame.write_ndjson(other)
    told = [
        json.loads(run(name, "--higher-is-better", "--scale", 1, 5, "--json").stdout) for name in ("clinic.csv", other)
    ]
    assert told[0]["candidates"] == told[1]["candidates"]
    assert len(told[0]["candidates"]) == 1


def test_json_goes_to_stdout_and_nothing_else(run: Run, tmp_path: Path) -> None:
    """With --json stdout is one document, stderr is silent, and no page is written unless asked for."""
    result = run("clinic.csv", "--higher-is-better", "--scale", 1, 5, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["format"] == "therarel.report/3"
    assert result.stderr == ""
    assert not (tmp_path / "report.html").exists()
    run("clinic.csv", "--higher-is-better", "--scale", 1, 5, "--json", "--out", "page.html")
    assert (tmp_path / "page.html").exists()


def test_findings_and_problems_are_written_on_request(run: Run, tmp_path: Path) -> None:
    """--candidates and --problems write whole tables, and the terminal names the files."""
    table(tmp_path / "clinic.csv", [*ROWS, *[("A", "Post-Rx", 4)] * 5, ("A", 9, 44)])
    result = run(
        "clinic.csv", "--higher-is-better", "--scale", 1, 5, "--candidates", "found.csv", "--problems", "bad.csv"
    )
    assert result.exit_code == 0
    assert len((tmp_path / "found.csv").read_text().splitlines()) == 2
    bad = (tmp_path / "bad.csv").read_text()
    assert "'Post-Rx'" in bad
    assert "44.0" in bad
    assert "findings: found.csv" in result.stdout
    assert "problems: bad.csv" in result.stdout


def test_bad_rows_are_listed_and_do_not_stop_the_run(run: Run, tmp_path: Path) -> None:
    """Every row that was not taken as it stood is on the terminal in short and on the page in full."""
    rows = [*ROWS, ("A", "Post-Rx", 4), ("A", 9, "NaN"), ("A", 10, -3), ("A", 11, 3.37), ("", 12, 4)]
    table(tmp_path / "clinic.csv", rows)
    result = run("clinic.csv", "--higher-is-better", "--scale", 1, 5)
    assert result.exit_code == 0
    told = " ".join(result.stdout.split())
    page = (tmp_path / "report.html").read_text("utf-8")
    for row, what in (
        (9, "text of 7 characters is not a session"),
        (10, "no score"),
        (11, "-3.0 lies outside"),
        (13, "no dyad"),
    ):
        assert f"row {row} (line {row + 1})" in told
        assert what in told
        assert f"Row {row} (line {row + 1})" in page


@pytest.mark.parametrize("construct", [["--construct", "outcome"], []])
def test_an_outcome_or_an_unknown_construct_never_says_rupture(construct: list[str], run: Run, tmp_path: Path) -> None:
    """Neither terminal nor page nor JSON says more than that a score dropped."""
    options = ["clinic.csv", "--lower-is-better", "--scale", 1, 5, *construct]
    told = run(*options).output + (tmp_path / "report.html").read_text("utf-8") + run(*options, "--json").output
    assert "rupture" not in told.lower()


def test_the_same_arguments_give_the_same_bytes(run: Run, tmp_path: Path) -> None:
    """Page, terminal and data are reproducible; a date is printed only if one is given."""
    first = run("clinic.csv", "--higher-is-better", "--scale", 1, 5)
    page = (tmp_path / "report.html").read_bytes()
    again = run("clinic.csv", "--higher-is-better", "--scale", 1, 5)
    assert (again.output, (tmp_path / "report.html").read_bytes()) == (first.output, page)
    run("clinic.csv", "--higher-is-better", "--scale", 1, 5, "--when", "2031-02-03")
    assert "2031-02-03" in (tmp_path / "report.html").read_text("utf-8")


def test_the_primary_rule_can_be_chosen(run: Run) -> None:
    """The other rule then stands beside it."""
    told = json.loads(run("--json", "--primary", "individuals-chart").stdout)
    assert [(rule["name"], rule["primary"]) for rule in told["rules"]] == [("individuals_chart", True), ("drop", False)]


def test_the_page_of_somebody_else_is_not_written_over(run: Run, tmp_path: Path) -> None:
    """A report.html that is no report stays; a file that is named is written over."""
    other = tmp_path / "report.html"
    other.write_text("mine")
    result = run()
    assert result.exit_code == 2
    assert "--out" in result.stderr
    assert other.read_text() == "mine"
    assert run("--out", "report.html").exit_code == 0
    assert run().exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--out", "clinic.html"], "--out: the same file as SESSIONS"),
        (["--candidates", "clinic.html"], "--candidates: the same file as SESSIONS"),
        (["--problems", "../here/link.csv"], "--problems: the same file as SESSIONS"),
        (["--candidates", "new.csv", "--problems", "./new.csv"], "--problems: the same file as --candidates"),
        (["--candidates", "NEW.csv", "--problems", "new.csv"], "--problems: the same file as --candidates"),
        (["--out", "page.pdf"], "got '.pdf' (expected .html or .htm)"),
        (["--candidates", "found.xlsx"], "got '.xlsx' (expected .csv or .txt)"),
    ],
)
def test_a_report_replaces_neither_its_scores_nor_itself(
    arguments: list[str], told: str, run: Run, tmp_path: Path
) -> None:
    """Whatever link or spelling leads to the table, it stays, and nothing is written before that is known."""
    here = tmp_path / "here"
    here.mkdir()
    os.chdir(here)
    scores = table(here / "clinic.html")
    (here / "link.csv").symlink_to(scores)
    before = scores.read_bytes()
    result = run("clinic.html", "--higher-is-better", "--scale", 1, 5, *arguments)
    assert result.exit_code == 2
    assert told in " ".join(result.stderr.split())
    assert scores.read_bytes() == before
    assert sorted(each.name for each in here.iterdir()) == ["clinic.html", "link.csv"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["clinic.csv"], "--higher-is-better or --lower-is-better"),
        (["absent.csv", "--higher-is-better"], "'absent.csv'"),
        (["clinic.csv", "--instrument", "wai"], "names several forms"),
        (["clinic.csv", "--instrument", "phq9"], "did you mean 'phq-9'"),
        (["clinic.csv", "--higher-is-better", "--score", "wais"], "did you mean 'wai'"),
        (["clinic.csv", "--higher-is-better", "--scale", "5", "1"], "minimum below its maximum"),
        (["clinic.csv", "--higher-is-better", "--construct", "mood"], "'--construct'"),
        (["clinic.csv", "--instrument", "phq-9", "--higher-is-better"], "contradict each other"),
        (["clinic.csv", "--higher-is-better", "--max-gap", "-1"], "above 0"),
        (["--score", "wai"], "there is none"),
        (["clinic.csv", "--higher-is-better", "--scale", "1", "5", "--out", "no/such/folder.html"], "No such file"),
    ],
)
def test_unusable_arguments_end_with_2_and_help(arguments: list[str], told: str, run: Run) -> None:
    """The message says what is wrong and what to do, on stderr, without a traceback and with nothing on stdout."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert told in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    "content",
    [
        "",
        "client,session,wai\n",
        "client,session,wai\nA,Post-Rx,4\n,2,4\nA,3,many\n",
        "client,session,wai\nA,2024-05-31,4\n",
    ],
    ids=["empty", "header alone", "nothing readable", "dates as numbers"],
)
def test_data_of_which_nothing_can_be_read_end_with_3(content: str, run: Run, tmp_path: Path) -> None:
    """The message lists what was found instead."""
    (tmp_path / "clinic.csv").write_text(content)
    result = run("clinic.csv", "--higher-is-better", "--scale", 1, 5)
    assert result.exit_code == 3
    assert result.stderr.startswith("Error: ")
    assert result.stdout == ""
    assert not (tmp_path / "report.html").exists()


@given(
    content=st.binary(max_size=80),
    begin=st.sampled_from([b"", b"\xff\xfe", b"PAR1", b'{"client": ', b"client,session,wai\nA,1,4\n"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=40)
def test_no_file_makes_the_command_stumble(content: bytes, begin: bytes, run: Run, tmp_path: Path) -> None:
    """Whatever bytes a file holds, the command ends with one of its codes and never with a traceback."""
    (tmp_path / "clinic.csv").write_bytes(begin + content)
    assert run("clinic.csv", "--higher-is-better", "--scale", 1, 5).exit_code in {0, 2, 3}


def test_hints_speak_of_options(run: Run, tmp_path: Path) -> None:
    """Several raters in one table: the hint names the option that chooses one, and the option works."""
    head = "client,session,wai,rater"
    table(tmp_path / "clinic.csv", [(*row, who) for row in ROWS for who in ("client", "therapist")], head)
    result = run("clinic.csv", "--higher-is-better", "--scale", 1, 5)
    assert result.exit_code == 2
    assert "--rater-is client" in result.stderr
    assert "rater_is=" not in result.stderr
    assert run("clinic.csv", "--higher-is-better", "--scale", 1, 5, "--rater-is", "client").exit_code == 0


def test_dates_need_to_be_called_dates(run: Run, tmp_path: Path) -> None:
    """Where sessions are dates the message says which option to give, and it works."""
    table(tmp_path / "clinic.csv", [("A", f"2024-01-{day:02d}", 4 - day % 2) for day in range(1, 9)])
    result = run("clinic.csv", "--higher-is-better", "--scale", 1, 5)
    assert result.exit_code == 3
    assert "--index dated" in result.stderr
    assert run("clinic.csv", "--higher-is-better", "--scale", 1, 5, "--index", "dated").exit_code == 0


@given(
    note=st.text(st.characters(categories=["L", "N", "Zs", "P"], exclude_characters='",;\n\r'), max_size=20),
    where=st.sampled_from(["notes", "session", "score"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=15)
def test_free_text_in_the_table_shows_nowhere(note: str, where: str, run: Run, tmp_path: Path) -> None:
    """What was said about a client reaches neither terminal, page, JSON nor any written table."""
    said = f"told me {note} of the {CANARY}"
    rows: list[Sequence[object]] = [(*row, "") for row in ROWS]
    rows.append(("A", 9 if where != "session" else said, said if where == "score" else 4, said))
    table(tmp_path / "clinic.csv", rows, "client,session,wai,notes")
    options = ["clinic.csv", "--higher-is-better", "--scale", 1, 5]
    first = run(*options, "--candidates", "c.csv", "--problems", "p.csv")
    told = first.output + run(*options, "--json").output
    told += "".join((tmp_path / name).read_text("utf-8") for name in ("report.html", "c.csv", "p.csv"))
    assert first.exit_code == 0
    assert CANARY not in told


def test_a_missing_package_is_answered_with_the_line_that_installs_it(tmp_path: Path) -> None:
    """In a bare installation the command says what to install and ends with 2."""
    program = (
        "import sys; sys.modules['polars'] = None; sys.modules['numpy'] = None\n"
        "from therarel.cli import main\n"
        "main(['report'], prog_name='therarel')"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert answer.returncode == 2
    assert install_line("research") in answer.stderr
    assert "Traceback" not in answer.stderr
    assert answer.stdout == ""


def test_the_installed_command_runs(tmp_path: Path) -> None:
    """The program itself writes the page and says where, in a fresh process."""
    answer = subprocess.run(
        [sys.executable, "-c", "from therarel.cli import main; main()", "report", "--out", "page.html"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert "page: page.html" in answer.stdout
    assert answer.stderr == ""
    assert (tmp_path / "page.html").read_text("utf-8").startswith("<!DOCTYPE html>")


def test_the_page_of_one_client_takes_the_place_of_the_report(run: Run, tmp_path: Path) -> None:
    """It goes to a file of its own, says what was found, and a report that is there stays."""
    said = ["clinic.csv", "--higher-is-better", "--scale", 1, 5, "--construct", "alliance"]
    run(*said)
    before = (tmp_path / "report.html").read_text("utf-8")
    result = run(*said, "--client", "A")
    assert result.exit_code == 0, result.output
    assert "8 of 8 sessions scored; 1 score drop (candidate rupture)." in result.stdout
    assert "page: client.html" in result.stdout
    assert "Client A" in (tmp_path / "client.html").read_text("utf-8")
    assert (tmp_path / "report.html").read_text("utf-8") == before


@pytest.mark.parametrize("option", [("--candidates", "found.csv"), ("--problems", "rows.csv"), ("--json",)])
def test_files_about_all_clients_do_not_go_with_the_page_of_one(
    run: Run, tmp_path: Path, option: tuple[str, ...]
) -> None:
    """What would be about the others is refused before anything is written."""
    result = run("clinic.csv", "--higher-is-better", "--client", "A", *option)
    assert result.exit_code == 2
    assert "no files about all of them" in " ".join(result.stderr.split())
    assert [path.name for path in tmp_path.iterdir()] == ["clinic.csv"]


def test_a_client_who_is_not_there_is_refused(run: Run, tmp_path: Path) -> None:
    """The message names the label that was asked for, and nothing is written."""
    result = run("clinic.csv", "--higher-is-better", "--client", "B")
    assert result.exit_code == 2
    assert "there is no such dyad" in result.stderr
    assert not (tmp_path / "client.html").exists()


def test_the_scores_are_not_written_over_by_the_page_of_a_client(run: Run, tmp_path: Path) -> None:
    """The input is refused as the page of one client, too."""
    before = (tmp_path / "clinic.csv").read_text("utf-8")
    assert run("clinic.csv", "--higher-is-better", "--client", "A", "--out", "clinic.csv").exit_code == 2
    assert (tmp_path / "clinic.csv").read_text("utf-8") == before


def test_how_therapies_ended_comes_from_a_column_that_is_named(run: Run, tmp_path: Path) -> None:
    """The column is kept, its values mean what is said of them, and a value of no known meaning is refused."""
    rows = [
        (dyad, session, 4 - session % 2, "done" if dyad < "F" else "") for dyad in "ABCDEFGHIJ" for session in (1, 2, 3)
    ]
    table(tmp_path / "ended.csv", rows, head="client,session,wai,status")
    said = ["ended.csv", "--higher-is-better", "--ended", "status"]
    result = run(*said, "--ended-as", "done=as_planned")
    assert result.exit_code == 0, result.output
    assert "as planned 5 (50%), earlier 0 (0%), not known 5 (50%)" in (tmp_path / "report.html").read_text("utf-8")
    settings = tmp_path / "own.toml"
    settings.write_text('ended = "status"\n[ended-as]\ndone = "earlier"\n')
    result = run("ended.csv", "--higher-is-better", "--settings", settings)
    assert result.exit_code == 0, result.output
    assert "earlier 5 (50%)" in (tmp_path / "report.html").read_text("utf-8")
    result = run(*said)
    assert result.exit_code == 2
    told = " ".join(result.stderr.split())
    assert "--ended: it is not known what each value of this column means, got 'done'" in told
    assert "with --ended-as 'completed=as_planned'" in told
    assert run(*said, "--ended-as", "done").exit_code == 2
    assert run("--ended", "status").exit_code == 2


def test_the_page_holds_the_command_line_that_makes_it_again(run: Run, tmp_path: Path) -> None:
    """Every option that was given, those of a settings file included, and files by their names alone."""
    settings = tmp_path / "own.toml"
    settings.write_text('construct = "alliance"\nscale = [1, 5]\nmissing-codes = [-9, "n.a."]\n')
    file = tmp_path / "clinic.csv"
    first = run(
        file, "--higher-is-better", "--settings", settings, "--rule", "drop k=2", "--rule", "scan", "--when", "today"
    )
    assert first.exit_code == 0, first.output
    page = (tmp_path / "report.html").read_text("utf-8")
    line = html.unescape(page.partition("<code>therarel report")[2].partition("</code>")[0])
    assert str(tmp_path) not in page
    assert sorted(shlex.split(line)) == sorted([
        "clinic.csv", "--higher-is-better", "--construct", "alliance", "--scale", "1", "5", "--missing-codes", "-9,n.a.",
        "--rule", "drop k=2", "--rule", "scan", "--when", "today",
    ])  # fmt: skip
    again = run(*shlex.split(line), "--out", "again.html")
    assert again.exit_code == 0, again.output
    assert (tmp_path / "again.html").read_text("utf-8") == page


def test_the_codebook_is_a_file_beside_the_others(run: Run, tmp_path: Path) -> None:
    """It has a row for each column of each of them."""
    outputs = ("--candidates", "found.csv", "--problems", "rows.csv", "--codebook", "book.csv")
    assert run("clinic.csv", "--higher-is-better", *outputs).exit_code == 0
    columns = [(tmp_path / name).read_text().partition("\n")[0].split(",") for name in ("found.csv", "rows.csv")]
    book = list(csv.DictReader((tmp_path / "book.csv").read_text().splitlines()))
    assert [row["column"] for row in book] == [*columns[0], *columns[1]]
    assert all(row["meaning"] and row["missing"] for row in book)
