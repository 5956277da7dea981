"""``therarel concepts``: words for people, data that JSON can hold for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from therarel.cli import main
from therarel.concepts import concept_graph
from therarel.domain import Stage, StageTask


def invoked(*arguments: str) -> Result:
    """What the command answers."""
    return CliRunner().invoke(main, ["concepts", *arguments])


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "empathy"),
        ("show", "Cultural competence", "--stated"),
        ("path", "clinical supervision", "trust"),
        ("path", "warmth", "dropout", "--by", "basis", "--stated"),
        ("learn", "working_through_challenges"),
        ("missing", "working_phase", "--met", "building_rapport", "--waived", "addressing_resistance"),
        ("missing", "ending"),
    ],
)
def test_an_answer_is_words_or_data(arguments: tuple[str, ...]) -> None:
    """Every answer has words, and data as JSON on request."""
    assert invoked(*arguments).stdout.strip()
    assert json.loads(invoked(*arguments, "--json").stdout)


def test_missing_can_be_asked_for_any_stage() -> None:
    """Each stage but closed has an answer; what is met and waived is taken off."""
    met = [part for task in StageTask for part in ("--met", task.value)]
    for stage in Stage:
        if stage is Stage.CLOSED:
            assert invoked("missing", stage.value).exit_code == 2
        else:
            assert json.loads(invoked("missing", stage.value, "--json").stdout)["stage"] == stage.value
            assert json.loads(invoked("missing", stage.value, *met, "--json").stdout)["tasks"] == []
    waived = invoked("missing", "working_phase", "--waived", "addressing_resistance")
    assert "addressing resistance" not in waived.stdout


def test_exports_and_pictures_are_written_where_they_are_wanted(tmp_path: Path) -> None:
    """A file that is named is written and listed; without one the text itself is the answer."""
    assert invoked("export", "--format", "dot").stdout == concept_graph().export("dot") + "\n"
    skos = invoked("export", "--out", str(tmp_path / "c.ttl"), "--json")
    assert json.loads(skos.stdout)["written"] == [str(tmp_path / "c.ttl")]
    assert invoked("export", "--format", "csv", "--out", str(tmp_path / "c.csv")).exit_code == 0
    drawn = invoked("draw", "trust", "--depth", "1", "--out", str(tmp_path / "trust.svg"), "--json")
    assert json.loads(drawn.stdout)["title"] == "Trust and what is around it"
    assert invoked("draw", "--theme", "dark", "--out", str(tmp_path / "all.svg")).exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "all.svg", "c-edges.csv", "c-findings.csv", "c-mappings.csv", "c-nodes.csv", "c.ttl", "trust.svg",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "empathie"),
        ("path", "empathy", "thrust"),
        ("learn", "validaton"),
        ("missing", "working_phas"),
        ("missing", "--met", "bulding_rapport"),
    ],
)
def test_a_misspelt_name_gives_the_nearest(arguments: tuple[str, ...]) -> None:
    """Wherever a name is given, a wrong one is answered with the one that was meant."""
    told = invoked(*arguments)
    assert told.exit_code == 2
    assert "did you mean" in told.stderr
