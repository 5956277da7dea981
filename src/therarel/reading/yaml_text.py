"""YAML text to data, strictly, with the rules of YAML 1.2 and none of its surprises.

``yes``, ``no``, ``on``, ``2024-03-05`` and ``1:30`` are text. Anchors, aliases, tags, merge keys, several documents and
keys that occur twice are refused: a file that a clinician reads says what it means in its place, and nothing in it can
unfold into more than is written. The parser is libyaml's where PyYAML has it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Final

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from therarel.reading.problems import Mark, Marks, Path, Problem, free_key
from therarel.reading.texts import DEEPEST, Examined, Lines, Refused, too_deep

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WHOLE: Final = re.compile(r"[-+]?[0-9]+", re.ASCII)
_NUMBER: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_WORDS: Final = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
    ".nan": math.nan, ".NaN": math.nan, ".NAN": math.nan,
    ".inf": math.inf, ".Inf": math.inf, ".INF": math.inf, "+.inf": math.inf, "-.inf": -math.inf,
}  # fmt: skip
_FIRST: Final = frozenset("+-.0123456789")
_LONGEST_NUMBER: Final = 640
_CONTROL: Final = re.compile("[^\t\n\r -~\x85\xa0-\ufffd\U00010000-\U0010ffff]")
_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"")
_BRACKET: Final = re.compile(r"""'[^']*'|"(?:[^"\\]|\\.)*"|[\[\]{}]""", re.DOTALL)
_HINTS: Final = (
    ("cannot start any token", "indent with spaces, not tabs; put text that begins with @, ` or % in quotes"),
    ("mapping values are not allowed", "put text that holds a colon and a space in quotes"),
    ("could not find expected", "a key is followed by a colon and a space"),
    ("did not find expected", "check the indentation, the brackets and the quotes above"),
    ("unexpected end of stream", "a quote or bracket is never closed"),
    ("escape", "in double quotes write a backslash as \\\\, or use single quotes"),
)


def scalar(text: str) -> object:
    """What a plain word of YAML 1.2 means.

    Examples:
        >>> scalar("7"), scalar("0.5"), scalar("true"), scalar("no"), scalar("2024-03-05")
        (7, 0.5, True, 'no', '2024-03-05')
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _FIRST:
        return text
    if _WHOLE.fullmatch(text):
        return int(text) if len(text) <= _LONGEST_NUMBER else math.inf
    return float(text) if _NUMBER.fullmatch(text) else text


def _masked(quoted: re.Match[str]) -> str:
    """What the parser quotes, where it is a mark such as ':' and none of the words of a document."""
    return "..." if any(map(str.isalnum, quoted[0])) else quoted[0]


class _Abort(Exception):  # noqa: N818  it only leaves the loop
    """Nothing after this can be read."""


def _mark_of(event: Event) -> Mark:
    mark = event.start_mark
    return Mark(1, 1) if mark is None else Mark(mark.line + 1, mark.column + 1)


class _Builder:
    """Makes data from the events of the parser, without recursion deeper than the limit."""

    __slots__ = ("events", "marks", "problems", "wanted")

    def __init__(self, events: Iterator[Event], wanted: frozenset[Path]) -> None:
        self.events, self.wanted = events, wanted
        self.problems: list[Problem] = []
        self.marks: dict[tuple[Path, bool], Mark] = {}

    def document(self) -> object:
        """The only document of the text."""
        data: object = None
        documents = 0
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.problem("a second document begins here", (), event, "keep one document per file")
                    raise _Abort
            elif isinstance(event, NodeEvent):
                data = self.value(event, ())
        return data

    def problem(self, what: str, path: Path, event: Event, hint: str | None = None, *, at_key: bool = False) -> None:
        """Note what is wrong where an event begins."""
        mark = _mark_of(event)
        path = tuple(key if isinstance(key, int) else free_key(key) for key in path)
        self.problems.append(Problem(what, path=path, hint=hint, at_key=at_key, line=mark.line, column=mark.column))

    def mark(self, event: Event, path: Path, *, at_key: bool) -> None:
        """Remember a place that was asked for."""
        if path in self.wanted:
            self.marks.setdefault((path, at_key), _mark_of(event))

    def check(self, event: Event, path: Path) -> None:
        """Refuse what makes a text mean something that is not written there."""
        if isinstance(event, AliasEvent):
            self.problem("aliases are not read", path, event, "write the value out, or put it in quotes")
        elif getattr(event, "anchor", None) is not None:
            self.problem("anchors are not read", path, event, "write the value out where it is used")
        elif getattr(event, "tag", None) is not None:
            self.problem("tags are not read", path, event, "leave the tag out, or put the text in quotes")

    def value(self, event: Event, path: Path) -> object:
        """The value that an event begins."""
        self.check(event, path)
        if self.wanted:
            self.mark(event, path, at_key=False)
        if isinstance(event, ScalarEvent):
            text: str = event.value
            return scalar(text) if event.implicit[0] else text
        if isinstance(event, AliasEvent):
            return None
        if len(path) >= DEEPEST:
            self.problems.append(too_deep(_mark_of(event)))
            raise _Abort
        if isinstance(event, SequenceStartEvent):
            items: list[object] = []
            for inner in self.events:
                if isinstance(inner, CollectionEndEvent):
                    break
                items.append(self.value(inner, (*path, len(items))))
            return items
        assert isinstance(event, MappingStartEvent)
        return self.mapping(path)

    def mapping(self, path: Path) -> dict[str, object]:
        """The keys and values up to the end of a mapping."""
        data: dict[str, object] = {}
        for event in self.events:
            if isinstance(event, CollectionEndEvent):
                break
            if not isinstance(event, ScalarEvent):
                self.problem("a key is a word, not a list or a mapping", path, event, "put it in quotes")
                raise _Abort
            key: str = event.value
            value_path = (*path, key)
            self.check(event, value_path)
            if self.wanted:
                self.mark(event, value_path, at_key=True)
            if key in data:
                self.problem("the key occurs twice", value_path, event, "keep one of the two", at_key=True)
            data[key] = self.value(next(self.events), value_path)
        return data


def parse_yaml(text: str) -> object:
    """The data of a YAML text; whatever is raised says only that `examine_yaml` must look."""
    examined = examine_yaml(text)
    if examined.problems:
        raise Refused
    return examined.data


def examine_yaml(text: str) -> Examined:
    """The data of a YAML text with every problem of the text itself."""
    return _built(text, frozenset())[0]


def mark_yaml(text: str, wanted: frozenset[Path]) -> Marks:
    """The places of the wanted paths."""
    return _built(text, wanted)[1]


def _built(text: str, wanted: frozenset[Path]) -> tuple[Examined, Marks]:
    builder = _Builder(iter(yaml.parse(text, Loader=_LOADER)), wanted)
    data: object = None
    readable = False
    try:
        data = builder.document()
        readable = True
    except _Abort:
        pass
    except yaml.YAMLError as error:
        builder.problems.append(_too_deep(error, text) or _malformed(error, text))
    return Examined(data, tuple(builder.problems), readable), builder.marks


def _too_deep(error: yaml.YAMLError, text: str) -> Problem | None:
    """The surplus bracket of a text that the parser gave up.

    A parser reads brackets ahead of what it hands out, and may refuse them by a limit of its own; ours comes first.
    """
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    if mark is None:
        return None
    depth = reached = 0
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
            reached = reached if event.end_mark is None else event.end_mark.index
    except yaml.YAMLError:
        pass
    for match in _BRACKET.finditer(text, reached, mark.index + 1):
        bracket = match.group()
        depth += (bracket in "[{") - (bracket in "]}")
        if depth > DEEPEST:
            return too_deep(Lines(text).mark(match.start()))
    return None


def _malformed(error: yaml.YAMLError, text: str) -> Problem:
    """What the parser says, without the words that it quotes from the text."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        line, column = error.problem_mark.line + 1, error.problem_mark.column + 1
        message = error.problem or ""
        hint = next((hint for part, hint in _HINTS if part in message), None)
        what = f"this is not YAML: {_QUOTED.sub(_masked, message)}" if message else "this is not YAML"
        return Problem(what, hint=hint, line=line, column=column)
    control = _CONTROL.search(text)
    if control is not None:
        mark = Lines(text).mark(control.start())
        what, hint = "this is not YAML: a control character", "remove the character"
        return Problem(what, hint=hint, line=mark.line, column=mark.column)
    return Problem("this is not YAML")
