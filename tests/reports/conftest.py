"""What the tests of reports share: a reader of pages that accepts no slip, and detections to report on."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from attrs import define, field

from therarel.detection import detect, rules
from therarel.domain.ratings import Construct
from therarel.panels import Panel
from therarel.reports import Report, report
from therarel.simulation import SimulatedClinic, simulate_clinic

VOID = frozenset({"meta", "br", "link", "hr", "col"})


@define
class Page:
    """A page as it was read: its elements with their attributes, its text, and the ids in it."""

    elements: list[tuple[str, dict[str, str | None]]] = field(factory=list)
    texts: list[tuple[str, str]] = field(factory=list)

    @property
    def tags(self) -> set[str]:
        """The names of all elements."""
        return {name for name, _ in self.elements}

    @property
    def text(self) -> str:
        """The text that people read, styles left out."""
        return " ".join(words for where, words in self.texts if where != "style")

    @property
    def ids(self) -> list[str]:
        """Every id, in order."""
        return [value for _, attributes in self.elements if (value := attributes.get("id"))]


class Reader(HTMLParser):
    """Reads a page and stops at an element that is not closed in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        self.page.texts.append((self.open[-1] if self.open else "", data))


def read(html: str) -> Page:
    """A page, its elements in order and all closed."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert not reader.open, f"{reader.open} is never closed"
    return reader.page


@pytest.fixture(scope="session")
def parsed() -> Callable[[str], Page]:
    """How a page is read."""
    return read


def steady_with_drop(construct: Construct | str | None, dyads: int = 3, higher_is_better: bool = True) -> Panel:
    """A few steady series with one deep drop each."""
    scores = [4.0, 4.1, 4.0, 3.9, 4.0, 2.0, 4.0, 4.1, 4.0, 4.0]
    better = scores if higher_is_better else [6 - score for score in scores]
    return Panel.from_arrays(
        [f"D{place}" for place in range(dyads) for _ in scores],
        list(range(1, len(scores) + 1)) * dyads,
        better * dyads,
        scale=(1, 5),
        higher_is_better=higher_is_better,
        construct=construct,
    )


def report_on(panel: Panel, primary: rules.Rule | None = None) -> Report:
    """A report by the drop rule, the individuals chart beside it."""
    return report(detect(panel, primary=primary or rules.Drop(k=2), also=[rules.IndividualsChart()]))


@pytest.fixture(scope="session")
def panel_of() -> Callable[..., Panel]:
    """How a panel with drops is made."""
    return steady_with_drop


@pytest.fixture(scope="session")
def reported() -> Callable[..., Report]:
    """How a panel is reported on."""
    return report_on


@pytest.fixture(scope="session")
def clinic() -> SimulatedClinic:
    """A simulated clinic."""
    return simulate_clinic(30, seed=5)


@pytest.fixture(scope="session")
def simulated(clinic: SimulatedClinic) -> Report:
    """A report on the simulated clinic."""
    return report(detect(clinic.panel(), primary=rules.Drop(k=2), also=[rules.IndividualsChart()]), simulated=clinic)
