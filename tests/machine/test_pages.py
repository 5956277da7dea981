"""What the pages show of the machine is what the machine is."""

from __future__ import annotations

from tests.machine.pages import MACHINE, PAGES, written


def test_the_page_of_transitions_shows_the_table_of_the_library() -> None:
    """Rows, conditions and sentences on the page are those that the library reads: ``python -m tests.machine.pages``."""
    page = (PAGES / "transitions.md").read_text("utf-8")
    assert page == written(page)


def test_the_picture_on_the_page_is_the_one_that_the_library_draws() -> None:
    """The drawing is kept as the library makes it today."""
    assert (PAGES / "machine.svg").read_text("utf-8") == MACHINE.draw(theme="light").to_svg()
