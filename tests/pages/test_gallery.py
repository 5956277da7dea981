"""The gallery shows every kind of figure, each below the lines that made it."""

from __future__ import annotations

import re

from tests.pages import gallery
from tests.pages.pictures import linked
from tests.pages.writing import DOCS, completed


def test_every_picture_is_below_the_lines_that_made_it() -> None:
    """A block that ends in a figure is followed by it, with words for those who do not see it."""
    page = completed(gallery.PAGE, (DOCS / gallery.PAGE).read_text("utf-8"))
    files = re.findall(r"^```\n\n!\[[^\]]{20,}\]\(([^)]+)\)(?:\{ \.wide \})?$", page, re.MULTILINE)
    assert files == [name for name, _ in gallery.pages()]
    assert len(files) > 15


def test_every_figure_that_the_page_on_figures_names_is_there() -> None:
    """What `Figures` lists is seen in the gallery."""
    table = re.findall(r"^\| (`.*?) \|", (DOCS / "figures.md").read_text("utf-8"), re.MULTILINE)
    named = set(re.findall(r"\.(\w+)\(", " ".join(table)))
    shown = set(re.findall(r"\.(\w+)\(", (DOCS / gallery.PAGE).read_text("utf-8")))
    assert named - shown - {"draw_dyads"} == set()


def test_pictures_fit_a_light_and_a_dark_page() -> None:
    """Each picture has colours for both, as the page that it is on asks for."""
    assert [name for name, svg in gallery.pages() if "prefers-color-scheme:dark" not in svg] == []


def test_a_wide_picture_is_marked() -> None:
    """On a telephone a wide picture keeps a size at which its words can be read."""
    assert linked('<svg xmlns="x" width="760"><title>A</title></svg>', "a.svg") == "![A.](a.svg){ .wide }"
    assert linked('<svg xmlns="x" width="480"><title>A</title></svg>', "a.svg") == "![A.](a.svg)"
