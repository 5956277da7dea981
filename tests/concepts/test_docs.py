"""The pictures of the docs pages are those that the library draws today."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from therarel.concepts import concept_graph, extend_concepts
from therarel.drawing import Drawing

PAGES = Path(__file__).parents[2] / "docs" / "concepts"
GRAPH = concept_graph()


def own_concepts() -> Drawing:
    """The picture of the page about a user's own file, from the file that the page shows."""
    page = (PAGES / "own-concepts.md").read_text("utf-8")
    found = re.search(r'OURS = """\\\n(.*?)"""', page, re.DOTALL)
    assert found is not None
    return extend_concepts(GRAPH, found[1]).draw("checking_in", depth=1)


# A picture that reads otherwise is written anew by `PICTURES[name]().save(PAGES / "pictures" / name)`.
PICTURES: dict[str, Callable[[], Drawing]] = {
    "overview.svg": GRAPH.draw,
    "empathy.svg": lambda: GRAPH.explain("empathy").draw(),
    "trust.svg": lambda: GRAPH.draw("trust", depth=2),
    "why.svg": lambda: GRAPH.why("self_awareness", "dropout").draw(),
    "bond.svg": lambda: GRAPH.draw("bond", depth=1),
    "alliance_rupture.svg": lambda: GRAPH.draw("alliance_rupture", depth=1),
    "learning_path.svg": lambda: GRAPH.learning_path("working_through_challenges").draw(),
    "processing_difficult_emotions.svg": lambda: GRAPH.draw("processing_difficult_emotions", depth=1),
    "clinical_supervision.svg": lambda: GRAPH.draw("clinical_supervision", depth=1),
    "collaboration.svg": lambda: GRAPH.draw("collaboration", depth=2),
    "lecture.svg": lambda: GRAPH.lecture(["empathy", "trust", "alliance_rupture", "conflict_resolution"]).draw(),
    "confrontation_rupture.svg": lambda: GRAPH.draw("confrontation_rupture", depth=1),
    "checking_in.svg": own_concepts,
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_of_the_docs_is_what_the_library_draws(name: str) -> None:
    """No page shows a picture of an older graph."""
    assert (PAGES / "pictures" / name).read_text("utf-8") == PICTURES[name]().to_svg()


def test_pages_and_pictures_belong_together() -> None:
    """Every picture is shown with words for those who do not see it, and every picture that is shown is there."""
    shown = {
        name: words
        for page in PAGES.glob("*.md")
        for words, name in re.findall(r"!\[([^\]]*)\]\(pictures/([^)]+)\)", page.read_text("utf-8"))
    }
    assert set(shown) == set(PICTURES) == {path.name for path in (PAGES / "pictures").iterdir()}
    assert all(len(words.split()) >= 5 for words in shown.values())


def test_links_between_the_pages_lead_somewhere() -> None:
    """A page that another names is there, or is made from the data when the site is built."""
    made = {"vocabulary.md"}
    for page in PAGES.glob("*.md"):
        for target in re.findall(r"\]\(([\w-]+\.md)(?:#[\w-]+)?\)", page.read_text("utf-8")):
            assert target in made or (PAGES / target).is_file(), (page.name, target)
