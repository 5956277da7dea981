"""What the pages show of the machine is what the machine is."""

from __future__ import annotations

from pathlib import Path

from therarel.machine import Machine

PAGES = Path(__file__).parents[2] / "docs" / "machine"
MACHINE = Machine.standard()


def test_the_page_of_transitions_shows_the_table_of_the_library() -> None:
    """Rows, conditions and sentences on the page are those that the library reads."""
    page = (PAGES / "transitions.md").read_text("utf-8")
    assert format(MACHINE, "markdown") in page
    for name, text in MACHINE.texts.guards.items():
        assert f"| `{name}` | {text.question} | {text.fails} | {text.would_change} |\n" in page


def test_the_picture_on_the_page_is_the_one_that_the_library_draws() -> None:
    """The drawing is kept as the library makes it today."""
    assert (PAGES / "machine.svg").read_text("utf-8") == MACHINE.draw(theme="light").to_svg()
