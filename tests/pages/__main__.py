"""Writes the pages of the site, before the site is built.

    python -m tests.pages
    mkdocs build --strict

The first copies ``docs`` to ``build/docs`` and adds what is made from the library and its data: plain Markdown and
pictures, which any builder of sites can take. Nothing of it is kept in the repository, so that nothing there is old.
"""

from __future__ import annotations

from .writing import write

if __name__ == "__main__":
    write()
