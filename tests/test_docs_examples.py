"""Every example of the documentation runs, in the order in which a reader meets it."""

from __future__ import annotations

import ast
import doctest
import re
import textwrap
import traceback
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
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


def expected_after(statement: ast.stmt, lines: list[str]) -> str | None:
    """What comments directly below a statement say that it shows; assignments and imports show nothing."""
    if not isinstance(statement, ast.Expr | ast.For | ast.With | ast.If | ast.Try):
        return None
    comments: list[str] = []
    for line in lines[statement.end_lineno :]:
        if not line.startswith("#"):
            break
        comments.append(line.removeprefix("#").removeprefix(" "))
    return "\n".join(comments) + "\n" if comments else None


def shown_by(statement: ast.stmt, name: str, namespace: dict[str, object]) -> str:
    """What a statement prints, and what an interpreter shows of its value."""
    out = StringIO()
    with redirect_stdout(out):
        if isinstance(statement, ast.Expr):
            value = eval(compile(ast.Expression(statement.value), name, "eval"), namespace)
            if value is not None:
                print(repr(value))  # noqa: T201 -- as an interpreter does
        else:
            exec(compile(ast.Module([statement], []), name, "exec"), namespace)
    return out.getvalue()


def run_plain(block: Block, name: str, namespace: dict[str, object]) -> None:
    """Run a block without prompts: comments directly below a statement are what it shows, or the error that it raises."""
    code = "\n" * (block.line - 1) + block.code  # blank lines before it make a traceback name the line of the page
    lines = code.split("\n")
    for statement in ast.parse(code).body:
        expected = expected_after(statement, lines)
        try:
            got = shown_by(statement, name, namespace)
        except Exception as error:
            got = "".join(traceback.format_exception_only(error))
            if expected is None or not expected.startswith(got.partition(":")[0]):
                raise
        where = f"{name}:{statement.lineno}: expected\n{expected}\ngot\n{got}"
        assert expected is None or doctest.OutputChecker().check_output(expected, got, OPTIONS), where


def run(text: str, name: str) -> None:
    """Run the ``python`` and ``pycon`` blocks of a page in one namespace, in order."""
    namespace: dict[str, object] = {"__name__": "__main__"}
    for block in blocks(text):
        if block.kind == "python":
            run_plain(block, name, namespace)
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


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_a_page_imports_the_library_in_one_way(page: Path) -> None:
    """Examples say ``import therarel as tr``, without prompts, so that what the button copies runs beside any other."""
    examples = [block for block in blocks(page.read_text("utf-8")) if block.kind in {"python", "py", "pycon"}]
    assert [block.line for block in examples if block.kind == "pycon"] == []
    imports = [
        line for block in examples for line in block.code.split("\n") if re.match(r"\s*(from|import) therarel\b", line)
    ]
    assert set(imports) <= {"import therarel as tr"}


@pytest.mark.parametrize(
    "text",
    [
        "```python\nraise ValueError\n```",
        "    ```python\n    raise ValueError\n    ```",
        '```python title="a"\nx = 1\n```\n\n```python\nassert x == 2\n```',
        "```python\nx = 1\n```\n\n```pycon\n>>> x\n2\n```",
        "```pycon\n>>> x = 1\n```\n\n```python\nassert x == 2\n```",
        "```python\n1 + 1\n# 3\n```",
        "```python\nprint('a')\nprint('b')\n# a\n```",
        "```python\nfor x in 'ab':\n    print(x)\n# a\n```",
        "```python\nint('x')\n# TypeError: no\n```",
        "```python\nNone\n# None\n```",
    ],
)
def test_a_wrong_example_is_found(text: str) -> None:
    """Errors, indented blocks and shown results that are not true fail, and names last through a page."""
    with pytest.raises((ValueError, AssertionError)):
        run(text, "page.md")


def test_comments_below_a_statement_are_what_it_shows() -> None:
    """Values, printed lines and errors are shown as comments; other comments are free."""
    run(
        "```python\nx = 1\n# one\nx + 1\n# 2\n\n# three\nfor each in 'ab':\n    print(each)\n# a\n# b\n\n"
        "int('x')\n# ValueError: invalid literal ...\n'a\\nb' + 'c'  # and so on\n```",
        "page.md",
    )


def test_blocks_of_other_languages_do_not_run() -> None:
    """Commands and plain text are shown, not executed."""
    run("```bash\nexit 1\n```\n\n```text\nraise ValueError\n```", "page.md")
