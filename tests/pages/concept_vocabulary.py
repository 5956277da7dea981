"""Builds the page of the concept graph's vocabulary from the data that the library ships."""

from collections.abc import Iterator

from therarel.concepts.pages import vocabulary_page


def pages() -> Iterator[tuple[str, str]]:
    """The one page."""
    yield "concepts/vocabulary.md", vocabulary_page()
