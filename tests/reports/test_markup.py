"""Markup: whatever is text stays text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from therarel.reports.markup import Markup, joined, linked, table, tag

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=60)


@given(words=TEXTS, attribute=TEXTS)
def test_text_and_attributes_come_back_as_they_went_in(
    words: str, attribute: str, parsed: Callable[[str], Any]
) -> None:
    """A browser shows exactly the text that was given, and no element that nobody wrote."""
    page = parsed(tag("p", words, title=attribute))
    assert page.elements == [("p", {"title": attribute})]
    assert "".join(text for _, text in page.texts) == words


@given(st.text(max_size=60))
def test_no_text_opens_an_element(words: str) -> None:
    """Whatever the text is, no angle bracket of it reaches the page, nor what XML cannot hold."""
    shown = joined(words)
    assert "<" not in shown
    assert ">" not in shown
    assert "\x00" not in shown


def test_markup_is_not_escaped_twice() -> None:
    """What is markup already is put in as it stands; numbers and nothing are fine too."""
    assert tag("p", Markup("<b>a</b>"), None, 3) == "<p><b>a</b>3</p>"


def test_attributes_that_are_off_are_left_out() -> None:
    """``None`` and ``False`` write nothing, ``True`` the bare name, underscores become hyphens."""
    assert tag("details", open=True, hidden=False, class_=None, aria_label="a") == (
        '<details open aria-label="a"></details>'
    )


def test_a_table_has_a_caption_and_heads_for_columns_and_rows(parsed: Callable[[str], Any]) -> None:
    """A screen reader finds what a cell belongs to."""
    page = parsed(table("Counts", ["rule", "dyads"], [["drop", "3"], ["chart", "4"]], numbers=[1]))
    assert [attributes["scope"] for name, attributes in page.elements if name == "th"] == ["col", "col", "row", "row"]
    assert "caption" in page.tags


def test_a_reference_without_an_identifier_is_plain_text() -> None:
    """Only an identifier becomes a link."""
    assert linked("Gumz (2012).") == "Gumz (2012)."
    assert linked("A. https://doi.org/10.1/x (note)").endswith("</a> (note)")
