"""Builds one page per instrument from the data that the library ships, and a page that lists them."""

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from therarel.measures import describe, instruments

HEAD = """# Instruments

Every instrument is data: scale, key, reversals, scoring and missing-data rule, cut-offs where any were published,
licence and sources, each with its status. Keys and numbers only: the wording of items is never included.

| Identifier | Instrument | Construct | Items |
|---|---|---|---|
"""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages to the site."""
    known = instruments()
    rows = [
        f"| [`{each.id}`]({each.id}.md) | {each.name} | {each.construct.label} | {each.n_items} |" for each in known
    ]
    files.append(File.generated(config, "instruments/index.md", content=HEAD + "\n".join(rows) + "\n"))
    for each in known:
        files.append(File.generated(config, f"instruments/{each.id}.md", content=describe(each)))
    return files
