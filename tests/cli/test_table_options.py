"""The options of a table of sessions, rules by name, and settings in a file."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from therarel.cli import main
from therarel.cli.rules import known_rules, rule_of
from therarel.detection import rules
from therarel.noise import NullModel

SCORES = [4, 4, 4, 4, 1, 4, 4, 4]
KNOWN = ["--higher-is-better", "--scale", "1", "5"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a clinic.csv in it."""
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"A,{session},{score}\n" for session, score in enumerate(SCORES, 1))
    (tmp_path / "clinic.csv").write_text("client,session,wai\n" + rows)
    return tmp_path


def run(*arguments: str, given: str | None = None) -> Result:
    """The command, with what comes through standard input."""
    return CliRunner().invoke(main, list(arguments), input=given, catch_exceptions=False)


def test_findings_come_as_text_json_and_csv(here: Path) -> None:
    """The one drop is told, stands in the JSON, and is the one row of the CSV file."""
    told = run("detect", "clinic.csv", *KNOWN, "--out", "found.csv")
    assert told.exit_code == 0, told.output
    assert "score drop in dyad A: session 4 to 5, depth 3" in told.stdout
    assert len(list(csv.DictReader((here / "found.csv").read_text("utf-8").splitlines()))) == 1
    assert json.loads(run("detect", "clinic.csv", *KNOWN, "--json").stdout)


def test_a_table_comes_through_standard_input(here: Path) -> None:
    """A dash reads what a pipe brings, head and all."""
    piped = run("detect", "-", *KNOWN, given=(here / "clinic.csv").read_text())
    assert piped.stdout == run("detect", "clinic.csv", *KNOWN).stdout


def test_findings_are_counted_by_group(here: Path) -> None:
    """Answer, JSON and page of both commands count by the column that is named; a small group is not named."""
    scores = [4, 4, 4, 4, 1, 4, 4, 4]
    arms = ["new"] * 6 + ["old"] * 5 + ["rare"] * 2 + ["few"] * 4
    rows = [f"D{at},{n},{score},{arm}" for at, arm in enumerate(arms) for n, score in enumerate(scores, 1)]
    (here / "arms.csv").write_text("\n".join(["client,session,wai,arm", *rows]) + "\n")
    asked = ["arms.csv", *KNOWN, "--group", "arm"]
    for command, more in (("detect", []), ("report", ["--out", "page.html"])):
        told = run(command, *asked, *more).stdout
        assert re.search(r"^new +6 +48 +6", told, re.MULTILINE)
        assert re.search(r"^2 groups +fewer than 5 each +not shown", told, re.MULTILINE)
        assert "rare" not in told
        (counts,) = json.loads(run(command, *asked, "--json").stdout)["groups"]
        assert [each["group"] for each in counts["groups"]] == ["new", "old"]
        assert counts["hidden_groups"] == 2
    assert "By group" in (here / "page.html").read_text("utf-8")
    assert "did you mean" in run("detect", "arms.csv", *KNOWN, "--score", "wai", "--group", "amr").stderr


def test_named_sessions_and_codes_for_nothing_are_read(here: Path) -> None:
    """Words for sessions have their numbers, and codes for missing values are no scores."""
    text = (here / "clinic.csv").read_text().replace("A,8,4", "A,Post-Rx,-9").replace("A,1,", "A,Baseline,")
    (here / "named.csv").write_text(text)
    told = run(
        "detect", "named.csv", *KNOWN, "--sessions", "Baseline=1,Post-Rx=12", "--missing-codes", "-9,k.A.", "--json"
    )
    assert told.exit_code == 0, told.output
    assert "no score" in told.stdout


def test_a_wide_table_is_read(here: Path) -> None:
    """One row per dyad gives the finding of the long table."""
    (here / "wide.csv").write_text("client," + ",".join(f"s{n}" for n in range(1, 9)) + "\nA,4,4,4,4,1,4,4,4\n")
    told = run("detect", "wide.csv", *KNOWN, "--dyad", "client", "--wide", ",".join(f"s{n}={n}" for n in range(1, 9)))
    assert told.exit_code == 0, told.output
    assert "session 4 to 5, depth 3" in told.stdout


def test_settings_say_what_options_say_and_options_win(here: Path) -> None:
    """A file with options gives what the options give; what is typed comes before it."""
    (here / "own.toml").write_text(
        'higher-is-better = true\nscale = [1, 5]\n[detect]\nrule = ["drop k=9"]\n[report]\nprimary = "drop"\n'
    )
    strict = run("detect", "clinic.csv", "--settings", "own.toml")
    assert strict.stdout == run("detect", "clinic.csv", *KNOWN, "--rule", "drop k=9").stdout
    typed = run("detect", "clinic.csv", "--settings", "own.toml", "--rule", "drop k=2")
    assert typed.stdout == run("detect", "clinic.csv", *KNOWN, "--rule", "drop k=2").stdout
    assert typed.stdout != strict.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('instrumnt = "wai-sr"\n', "did you mean 'instrument'"),
        ("instrument\n", "no TOML"),
        ("higher-is-better = 1\n", "true or false"),
        ('dyad = ["a", "b"]\n', "a single value is needed"),
    ],
)
def test_settings_that_mean_nothing_are_refused(here: Path, text: str, said: str) -> None:
    """A misspelt option, a broken file and a value of another kind are told, never skipped."""
    (here / "own.toml").write_text(text)
    told = run("detect", "clinic.csv", "--settings", "own.toml")
    assert told.exit_code == 2
    assert said in " ".join(told.stderr.split())


def test_every_rule_has_a_name_and_is_listed() -> None:
    """Whatever finds something can be named, and help shows it with its parameters."""
    listed = run("detect", "--rule", "help", __file__).stdout.splitlines()
    assert set(known_rules()) == {line for line in listed if not line.startswith(" ")}
    assert {"drop", "below-own-mean", "sudden-gain", "individuals-chart", "reliable-drop"} <= set(listed)
    assert "  recovery.share=1" in listed


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("sudden-gain cutoff=7", rules.SuddenGain(cutoff=7.0)),
        ("sudden-loss cutoff=7 share=none criterion3=t-test", rules.SuddenLoss(cutoff=7.0, share=None, criterion3="t_test")),
        ("individuals-chart rules=1,2 screened=yes", rules.IndividualsChart(rules={1, 2}, screened=True)),
        ("scan rate=0.1 pulses.depths=2,3", rules.Scan(rate=0.1, pulses=rules.Pulses(depths=(2.0, 3.0)))),
        ("earlier-scan null.within-sd=0.4", rules.EarlierScan(null=NullModel(within_sd=0.4))),
        ("drop minimal-drop=1 recovery.within=3", rules.Drop(minimal_drop=1.0, recovery=rules.Recovery(within=3))),
    ],
)  # fmt: skip
def test_parameters_are_read_by_their_types(typed: str, rule: rules.Rule) -> None:
    """Numbers, words, lists, yes and no, and the parts of a recovery."""
    assert rule_of(typed) == rule


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("suden-gain", "did you mean 'sudden-gain'"),
        ("drop minimaldrop=1", "did you mean 'minimal-drop'"),
        ("drop k=two", "expected a number"),
        ("scan pulses.depths=deep", "expected numbers with commas between them"),
        ("earlier-scan k=2", "a parameter is missing, got null"),
        ("drop k", "NAME=VALUE"),
        ("drop k=1 k=2", "given once"),
        ("", "there is no such rule"),
    ],
)
def test_a_rule_that_cannot_be_read_is_answered(here: Path, typed: str, said: str) -> None:
    """Names that are not known are answered with the nearest, values with what would be accepted."""
    told = run("detect", "clinic.csv", *KNOWN, "--rule", typed)
    assert told.exit_code == 2
    assert said in " ".join(told.stderr.split())
