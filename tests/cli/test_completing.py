"""What shells offer: ids, rules and columns, asked for as bash, zsh and fish ask."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.shell_completion import get_completion_class

from therarel.cli import main
from therarel.cli.rules import known_rules
from therarel.concepts import concept_graph
from therarel.domain import StageTask
from therarel.measures import instruments


def offered(*words: str, shell: str = "bash") -> list[str]:
    """What is offered for the last word, after those before it."""
    kind = get_completion_class(shell)
    assert kind is not None
    asked = kind(main, {}, "therarel", "_THERAREL_COMPLETE")
    return [item.value for item in asked.get_completions(list(words[:-1]), words[-1])]


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A table with columns of which one acts on a terminal."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "clinic.csv").write_text('client,session,wai_1,wai_2,"evil\x1b[2J"\nA,1,3,4,5\n')
    return "clinic.csv"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_ids_of_instruments_are_offered_with_their_names(shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them come where nothing is typed, and those that begin so where something is, in the form of the shell."""
    assert offered("detect", "--instrument", "", shell=shell) == [each.id for each in instruments()]
    assert offered("instruments", "wai-s", shell=shell) == ["wai-s", "wai-sr", "wai-srt"]
    kind = get_completion_class(shell)
    assert kind is not None
    monkeypatch.setenv("COMP_WORDS", "therarel score --instrument gad")
    monkeypatch.setenv("COMP_CWORD", "gad" if shell == "fish" else "3")
    assert "gad-7" in kind(main, {}, "therarel", "_THERAREL_COMPLETE").complete()


def test_concepts_rules_stages_and_tasks_are_offered() -> None:
    """Each where it can be typed."""
    assert set(offered("concepts", "show", "")) == {node.id for node in concept_graph()}
    assert "trust" in offered("concepts", "path", "empathy", "tr")
    assert set(offered("report", "--rule", "")) == {*known_rules(), "help"}
    assert offered("concepts", "missing", "mat") == ["maturation"]
    assert set(offered("concepts", "missing", "--met", "")) == {task.value for task in StageTask}


@pytest.mark.parametrize("option", ["--dyad", "--session", "--score", "--therapist", "--rater", "--group"])
def test_columns_of_the_table_are_offered(table: str, option: str) -> None:
    """Those of the file that stands before; a name that acts on a terminal is none of them."""
    assert offered("detect", table, option, "") == ["client", "session", "wai_1", "wai_2"]
    assert offered("detect", table, option, "wai_2") == ["wai_2"]
    assert offered("detect", "--duplicates", "last", table, "--max-gap", "3", option, "wai_2") == ["wai_2"]


def test_columns_are_offered_in_lists(table: str) -> None:
    """The last of several is completed, and what stands before it is kept."""
    assert offered("score", table, "--items", "wai_1,w") == ["wai_1,wai_1", "wai_1,wai_2"]
    assert offered("detect", table, "--wide", "wai_1=1,wai_2") == ["wai_1=1,wai_2="]


@pytest.mark.parametrize(
    "words",
    [
        ("detect", "--score", ""),
        ("detect", "-", "--score", ""),
        ("detect", "no.csv", "--score", ""),
        ("detect", "damaged.csv", "--score", ""),
        ("detect", "damaged.csv", "--settings", "damaged.csv", "--score", ""),
        ("detect", "clinic.csv", "--rule", "help", "--dyad", "x"),
    ],
)
def test_what_cannot_be_found_out_is_passed_over_in_silence(
    table: str, words: tuple[str, ...], capfd: pytest.CaptureFixture[str]
) -> None:
    """No file, no such file, one that is damaged, settings that are none, a list that was asked for: nothing is said."""
    Path("damaged.csv").write_bytes(b"PAR1" + b"\x00\xff" * 40)
    assert offered(*words) == []
    assert capfd.readouterr() == ("", "")
