"""Builds one page per instrument from the data that the library ships, and a page that lists them."""

from collections.abc import Iterator

from therarel.measures import describe, instruments

HEAD = """# Instruments

Every instrument is data: scale, key, reversals, scoring and missing-data rule, cut-offs where any were published,
licence and sources, each with its status. Keys and numbers only: the wording of items is never included.

| Identifier | Instrument | Construct | Items |
|---|---|---|---|
"""


def pages() -> Iterator[tuple[str, str]]:
    """The page that lists them, and a page for each."""
    known = instruments()
    rows = [
        f"| [`{each.id}`]({each.id}.md) | {each.name} | {each.construct.label} | {each.n_items} |" for each in known
    ]
    yield "instruments/index.md", HEAD + "\n".join(rows) + "\n"
    for each in known:
        yield f"instruments/{each.id}.md", describe(each)
