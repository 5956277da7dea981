"""Builds the page of the concept graph's vocabulary from the data that the library ships."""

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from therarel.concepts.pages import vocabulary_page


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the page to the site."""
    files.append(File.generated(config, "concepts/vocabulary.md", content=vocabulary_page()))
    return files
