"""Plain English: docstrings, messages, comments and pages avoid phrases that readers stumble over."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest


class Phrase(NamedTuple):
    """A phrase to avoid, and the words to use."""

    pattern: re.Pattern[str]
    say: str


def _phrase(pattern: str, say: str) -> Phrase:
    return Phrase(re.compile(pattern, re.IGNORECASE), say)


_PLACES = (
    "in|at|on|under|beside|before|after|below|above|there|here|once|twice|between|with|within|"
    "left|right|alone|together|elsewhere|nowhere|still|to the|by"
)
PHRASES: Mapping[str, Phrase] = {
    "is none": _phrase(r"(?<!there )\b(?:is|are|was|were) none\b(?! of)", "'is not one', 'is not a number'"),
    "is no": _phrase(
        r"(?<!there )\b(?-i:is|are|was|were) no (?!(?:longer|more|less|later|earlier|better|worse|fewer|higher|lower|greater|"
        r"smaller|other|different|matter|way|doubt|one-way|rupture open|breach open)\b)",
        "'is not a', 'are not'",
    ),
    "told": _phrase(
        r"(?<!client is )(?<!client was )(?<!client was not )(?<!client_not_)(?<!client_)(?<!clients are )(?<!people are )\btold\b(?! apart)",
        "'said', 'reported', 'listed', 'known'; people alone are told",
    ),
    "told apart": _phrase(r"\btold apart\b", "'distinguished'"),
    "tells": _phrase(r"\btells\b(?! (?:the client|you)\b)", "'says', 'shows', 'reports'; people alone tell"),
    "stands": _phrase(
        rf"(?<!things )\b(?:stands?|stood) (?:{_PLACES})\b(?! (?:the |its |their )?way\b)(?! for\b)",
        "'is', 'is written', 'occurs'",
    ),
    "what stands": _phrase(
        r"\bwhat (?:else )?(?:stands|stood)\b(?! (?:for|in the way)\b)", "'what is there', 'the content'"
    ),
    "so many": _phrase(r"\bso (?:many|few)\b(?! (?:that|as)\b)", "'this many', 'that many', or the number"),
    "too many": _phrase(r"\bones? too (?:many|few)\b", "'extra', 'surplus', 'missing'"),
    "of which": _phrase(r"\bof which\b", "'whose', or a sentence of its own"),
    "each by itself": _phrase(
        r"\b(?:each|every|stands?)(?: \w+){0,2} by (?:itself|themselves)\b|\bfor (?:itself|themselves)\b",
        "'alone', 'separately', 'on its own'",
    ),
    "come by": _phrase(r"\bc[oa]mes? by\b", "'get', 'obtain'"),
    "gone through": _phrase(r"\bgone through\b", "'read', 'examined'"),
    "of one's own": _phrase(r"\bof one's own\b", "'your own', 'their own'"),
    "in the manner of": _phrase(r"\bin the manner of\b", "'in ... style', 'as ... does'"),
}

# A description of an argument that begins with "Of" leaves the reader to guess the noun; "Of a workbook: the sheet" has one.
_OF: re.Pattern[str] = re.compile(r"^ +\*{0,2}\w+: Of (?!.*:)", re.MULTILINE)


def prose(text: str) -> str:
    """A text without examples and code, on one line."""
    text = re.sub(r"^[ ]*>>>.*?(?=\n[ ]*\n|\Z)", " ", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"^([ ]*)(```|~~~).*?^\1\2", " ", text, flags=re.DOTALL | re.MULTILINE)
    return " ".join(re.sub(r"``.*?``|`[^`\n]*`", "_", text).split())


def python_texts(text: str) -> Iterator[str]:
    """Docstrings, messages and comments of a Python file; what an f-string fills in is left open."""
    parts: set[ast.AST] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.JoinedStr):
            parts.update(node.values)
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in parts:
            yield node.value
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    yield from comments([token.string for token in tokens if token.type in {tokenize.COMMENT, tokenize.NEWLINE}])


def comments(lines: list[str]) -> Iterator[str]:
    """Comments as whole texts: those of lines that follow each other are one."""
    text = "\n".join(line.lstrip("#: ") if line.startswith("#") else "" for line in lines)
    yield from text.split("\n\n")


def texts(path: Path) -> Iterator[str]:
    """What people read in a file."""
    text = path.read_text("utf-8")
    match path.suffix:
        case ".py":
            yield from python_texts(text)
        case ".yaml" | ".csv":
            yield "\n".join(line.lstrip().removeprefix("#") for line in text.splitlines())
        case ".ipynb":
            yield from (
                "".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown"
            )
        case _:
            yield text


def found(text: str) -> Counter[str]:
    """How often each phrase occurs in a text."""
    plain = prose(text)
    return Counter({name: len(phrase.pattern.findall(plain)) for name, phrase in PHRASES.items()})


def rooms(root: Path) -> Mapping[str, list[Path]]:
    """The files with prose, by room; the docs are one."""
    source = root / "src" / "therarel"
    pages = [*sorted((root / "docs").rglob("*.md")), *sorted((root / "docs").rglob("*.ipynb"))]
    files: dict[str, list[Path]] = {"docs": [*pages, root / "README.md"]}
    for path in sorted(source.rglob("*")):
        if path.suffix in {".py", ".yaml", ".csv"}:
            files.setdefault(path.relative_to(source).parts[0].removesuffix(".py"), []).append(path)
    return files


@pytest.fixture(scope="module")
def counted(root: Path) -> Mapping[str, Mapping[Path, Counter[str]]]:
    """How often each file of each room says each phrase."""
    return {
        room: {path.relative_to(root): sum((found(text) for text in texts(path)), Counter()) for path in paths}
        for room, paths in rooms(root).items()
    }


@pytest.mark.parametrize("name", PHRASES)
def test_prose_avoids_the_phrase(name: str, counted: Mapping[str, Mapping[Path, Counter[str]]]) -> None:
    """No room and no page says it."""
    where = {str(path): file[name] for files in counted.values() for path, file in files.items() if file[name]}
    assert where == {}, f"avoid '{name}', say {PHRASES[name].say}"


def test_descriptions_of_arguments_begin_with_a_noun(root: Path) -> None:
    """An argument is described as "Colour of the stroke", not as "Of the stroke"."""
    paths = [path for paths in rooms(root).values() for path in paths if path.suffix == ".py"]
    assert [str(path.relative_to(root)) for path in paths if _OF.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("is none", "``True`` is a truth value; a number it is none."),
        ("is no", "the edge is no concept"),
        ("told", "the counts are told"),
        ("told apart", "they cannot be\ntold apart"),
        ("tells", "the file tells which"),
        ("stands", "a key that stands in the file"),
        ("stands", "the key stands twice"),
        ("what stands", "what stands there"),
        ("so many", "read so many rows"),
        ("too many", "the ones too many"),
        ("of which", "terms of which no column is left"),
        ("each by itself", "each column by itself"),
        ("come by", "how to come by it"),
        ("gone through", "all are gone through"),
        ("of one's own", "a form of one's own"),
        ("in the manner of", "a table in the manner of the APA"),
    ],
)
def test_a_phrase_is_found(name: str, text: str) -> None:
    """Each phrase is found, over the end of a line too."""
    assert found(text)[name] == 1


@pytest.mark.parametrize(
    "text",
    [
        "``None`` where there is none",
        "nothing moves by itself",
        "it is no longer open, and there is no other",
        "none of them is none of our business",
        "the client was told",
        "somebody else tells the client how to complain",
        "a code that stands for a person, as things stand",
        "what stands in the way of the next stage",
        "so many that none is left",
        ">>> score.value is None\nTrue",
        "```python\nstands_in = 'stands in'\n```",
        "`told`",
    ],
)
def test_plain_english_passes(text: str) -> None:
    """Good English with the same words passes, and so do examples and code."""
    assert +found(text) == Counter()


def test_strings_comments_and_parts_of_f_strings_are_read() -> None:
    """A docstring, a message that is filled in and a comment over two lines count once each."""
    text = '"""Rows told."""\nraise ValueError(f"the {key} stands " f"twice")\n# the file\n# tells it\n'
    assert sum((found(part) for part in python_texts(text)), Counter()) == {"told": 1, "stands": 1, "tells": 1}
