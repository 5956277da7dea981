"""Every example of the documentation runs, in the order in which a reader meets it."""

from __future__ import annotations

import doctest
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [path for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))) if path.is_file()]
FENCE = re.compile(r"^(?P<indent> *)```(?P<kind>[^\n]*)\n(?P<code>.*?)^(?P=indent)```[ ]*$", re.DOTALL | re.MULTILINE)
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


class Block(NamedTuple):
    """A fenced block of a page."""

    kind: str
    code: str
    line: int


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a page, with the line at which their code begins."""
    for found in FENCE.finditer(text):
        kind = found["kind"].strip().partition(" ")[0]
        line = text.count("\n", 0, found.start("code")) + 1
        yield Block(kind, textwrap.dedent(found["code"]), line)


def run(text: str, name: str) -> None:
    """Run the ``python`` and ``pycon`` blocks of a page in one namespace, in order."""
    namespace: dict[str, object] = {"__name__": "__main__"}
    for block in blocks(text):
        if block.kind == "python":
            # Blank lines before it make a traceback name the line of the page.
            exec(compile("\n" * (block.line - 1) + block.code, name, "exec"), namespace)
        elif block.kind == "pycon":
            report: list[str] = []
            test = doctest.DocTestParser().get_doctest(block.code, namespace, name, name, block.line - 1)
            runner = doctest.DocTestRunner(optionflags=OPTIONS, verbose=False)
            runner.run(test, out=report.append, clear_globs=False)
            namespace.update(test.globs)
            assert not report, "".join(report)


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_the_examples_of_a_page_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader who copies a page's examples from top to bottom sees what the page shows."""
    monkeypatch.chdir(tmp_path)
    run(page.read_text("utf-8"), str(page))


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_every_block_says_what_it_is(page: Path) -> None:
    """A block names its language, so that what runs and what does not is decided and not forgotten."""
    assert [block.line for block in blocks(page.read_text("utf-8")) if not block.kind] == []


@pytest.mark.parametrize(
    "text",
    [
        "```python\nraise ValueError\n```",
        "    ```python\n    raise ValueError\n    ```",
        '```python title="a"\nx = 1\n```\n\n```python\nassert x == 2\n```',
        "```python\nx = 1\n```\n\n```pycon\n>>> x\n2\n```",
        "```pycon\n>>> x = 1\n```\n\n```python\nassert x == 2\n```",
    ],
)
def test_a_wrong_example_is_found(text: str) -> None:
    """Errors, indented blocks and shown results that are not true fail, and names last through a page."""
    with pytest.raises((ValueError, AssertionError)):
        run(text, "page.md")


def test_blocks_of_other_languages_do_not_run() -> None:
    """Commands and plain text are shown, not executed."""
    run("```bash\nexit 1\n```\n\n```text\nraise ValueError\n```", "page.md")
