"""What the command says: words for people, data that JSON can hold for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from therarel.concepts import command, concept_graph
from therarel.concepts.command import Answer
from therarel.domain import Stage, StageTask
from therarel.errors import TherarelError, UnknownNameError

from ..pages.concept_vocabulary import vocabulary_page


@pytest.mark.parametrize(
    "told",
    [
        command.show("empathy"),
        command.show("Cultural competence", inferred=False),
        command.path("clinical supervision", "trust"),
        command.path("warmth", "dropout", by="basis", inferred=False),
        command.learn("working_through_challenges"),
        command.missing("working_phase", met=["building_rapport"], waived=["addressing_resistance"]),
        command.missing("ending"),
    ],
)
def test_an_answer_is_words_and_data(told: Answer) -> None:
    """Every answer has text, and data that survive a round trip through JSON."""
    assert told.text
    assert json.loads(json.dumps(told.data)) == told.data


def test_missing_can_be_asked_for_any_stage() -> None:
    """Each stage but closed has an answer; what is met and waived is taken off."""
    for stage in Stage:
        if stage is Stage.CLOSED:
            with pytest.raises(TherarelError):
                command.missing(stage.value)
        else:
            assert command.missing(stage.value).data["stage"] == stage.value
            assert command.missing(stage.value, met=[task.value for task in StageTask]).data["tasks"] == []
    waived = command.missing("working_phase", waived=["addressing_resistance"]).text
    assert "addressing resistance" not in waived


def test_exports_and_pictures_are_written_where_they_are_wanted(tmp_path: Path) -> None:
    """A file that is named is written and listed; without one the text itself is the answer."""
    assert command.export("dot").text == concept_graph().export("dot")
    assert command.export("skos", tmp_path / "c.ttl").data["written"] == [str(tmp_path / "c.ttl")]
    command.export("csv", tmp_path / "c.csv")
    told = command.draw(tmp_path / "trust.svg", "trust", depth=1)
    assert "trust.svg: Trust and what is around it" in told.text
    command.draw(tmp_path / "all.svg", theme="dark")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "all.svg", "c-edges.csv", "c-findings.csv", "c-mappings.csv", "c-nodes.csv", "c.ttl", "trust.svg",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "ask",
    [
        lambda: command.show("empathie"),
        lambda: command.path("empathy", "thrust"),
        lambda: command.learn("validaton"),
        lambda: command.missing("working_phas"),
        lambda: command.missing(met=["bulding_rapport"]),
    ],
)
def test_a_misspelt_name_gives_the_nearest(ask: object) -> None:
    """Wherever a name is given, a wrong one is answered with the one that was meant."""
    assert callable(ask)
    with pytest.raises(UnknownNameError, match="did you mean"):
        ask()


def test_the_vocabulary_page_holds_every_kind_and_concept() -> None:
    """The page is made from the data: each kind and concept has its line, and tables have equal rows."""
    graph = concept_graph()
    page = vocabulary_page(graph)
    assert all(f"| `{kind.id}` |" in page for kind in graph.node_kinds)
    for link in graph.edge_kinds:
        assert f"**`{link.id}`**, {len(graph.edges(link.id))} links. {link.meaning}" in page
    for node in graph:
        assert f'<a id="{node.id}"></a>**{node.label}**' in page
        assert node.definition in page
    assert "No clinician has reviewed them" in page
    tables = [block for block in page.split("\n\n") if block.startswith("|")]
    for table in tables:
        assert len({line.count("|") for line in table.splitlines()}) == 1
