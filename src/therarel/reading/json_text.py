"""JSON text to data, strictly: no key twice, no NaN, no infinity, no bottomless nesting.

Reading is the standard library's. Only where something has to be named is the text looked at again, token by token,
to find the line and the column.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Final, NoReturn

from therarel.reading.problems import Mark, Marks, Path, Problem, free_key
from therarel.reading.texts import DEEPEST, Examined, Lines, Refused, encodable, too_deep

_TOKEN: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_SPACE: Final = re.compile(r"[ \t\n\r]*")
_BRACKET: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]', re.DOTALL)
_LONGEST_NUMBER: Final = 640  # digits; Python itself refuses to read integers beyond a few thousand
_HINTS: Final = {
    "Expecting property name enclosed in double quotes": (
        "a key in double quotes is needed",
        "keys need double quotes, and no comma follows the last one",
    ),
    "Illegal trailing comma before end of object": ("a surplus comma", "no comma follows the last key"),
    "Illegal trailing comma before end of array": ("a surplus comma", "no comma follows the last value"),
    "Expecting ',' delimiter": ("a comma or a closing bracket is needed", None),
    "Expecting ':' delimiter": ("a colon is needed after a key", None),
    "Expecting value": (
        "a value is needed",
        "text needs double quotes; true, false and null are lower case",
    ),
    "Extra data": (
        "the document ends here, but text follows",
        "one document per file, or one per line of a .jsonl file",
    ),
    "Unterminated string starting at": ("text begins here and never ends", "close it with a double quote"),
    "Invalid control character at": ("text holds a line break or control character", "write it as \\n"),
    "Invalid \\escape": ("an unknown escape", "write a backslash as \\\\"),
    "Invalid \\uXXXX escape": ("an incomplete escape", "\\u is followed by four hexadecimal digits"),
}


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record = dict(pairs)
    if len(record) != len(pairs):
        raise Refused
    return record


def _no_constant(_: str) -> NoReturn:
    raise Refused


_STRICT: Final = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant)


def parse_json(text: str) -> object:
    """The data of a JSON text; whatever is raised says only that `examine_json` must look.

    A half of a surrogate pair, which no file could hold again, is refused too.
    """
    if "\\ud" in text or "\\uD" in text:
        raise Refused  # perhaps half a character: the slow path decides
    data: object = _STRICT.decode(text)
    return data


def parse_items(text: str) -> Iterator[object]:
    """The items of a JSON text that is a list, one at a time, as `parse_json` would give them.

    Whoever makes an object of each item before asking for the next never holds all the data at once, which the
    garbage collector would walk through again and again: about a third of the time of reading a long list.
    """
    if "\\ud" in text or "\\uD" in text:
        raise Refused  # as above
    at = _after_space(text, 0)
    if not text.startswith("[", at):
        raise Refused
    at = _after_space(text, at + 1)
    more = not text.startswith("]", at)
    while more:
        item, at = _STRICT.raw_decode(text, at)
        yield item
        at = _after_space(text, at)
        more = text.startswith(",", at)
        if more:
            at = _after_space(text, at + 1)
    if not text.startswith("]", at) or _after_space(text, at + 1) != len(text):
        raise Refused


def _after_space(text: str, at: int) -> int:
    spaces = _SPACE.match(text, at)
    return at if spaces is None else spaces.end()


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else math.inf


_LENIENT: Final = json.JSONDecoder(parse_int=_whole, parse_constant=lambda _: math.nan)


def examine_json(text: str) -> Examined:
    """The data of a JSON text with every problem of the text itself."""
    try:
        return Examined(parse_json(text))
    except (Refused, RecursionError, ValueError):
        pass
    lines = Lines(text)
    too_deep = _too_deep(text, lines)
    if too_deep is not None:
        return Examined(None, (too_deep,), readable=False)
    try:
        data = _LENIENT.decode(text)
    except json.JSONDecodeError as error:
        return Examined(None, (_malformed(error, text),), readable=False)
    problems: list[Problem] = []
    for path, at_key, offset, token in _tokens(text):
        fault = _fault(token, at_key=at_key)
        if fault is not None:
            (what, hint), mark = fault, lines.mark(offset)
            problem_path = tuple(key if isinstance(key, int) else free_key(key) for key in path)
            problems.append(
                Problem(what, path=problem_path, hint=hint, at_key=at_key, line=mark.line, column=mark.column)
            )
    return Examined(data, tuple(problems))


def mark_json(text: str, wanted: frozenset[Path]) -> Marks:
    """The places of the wanted paths in a well-formed text."""
    lines = Lines(text)
    marks: dict[tuple[Path, bool], Mark] = {}
    for path, at_key, offset, _ in _tokens(text):
        if path in wanted:
            marks.setdefault((path, at_key), lines.mark(offset))
    return marks


def _fault(token: str | None, *, at_key: bool) -> tuple[str, str] | None:
    if token is None:
        return "the key occurs twice", "keep one of the two"
    if token in {"NaN", "Infinity", "-Infinity"}:
        return f"{token} is not a JSON number", "leave a missing number out, or write null"
    if token.startswith('"') and "\\" in token and not encodable(json.loads(token, strict=False)):
        kind = "key" if at_key else "text"
        return f"the {kind} holds half of a surrogate pair", "write the character itself"
    return None


def _tokens(text: str) -> Iterator[tuple[Path, bool, int, str | None]]:
    """Path, whether it is a key, offset and token of everything in a well-formed text; a repeated key has none."""
    # Per open bracket: its path, and the keys met so far (an object) or the position (a list).
    stack: list[tuple[Path, set[str] | None]] = []
    position: list[int] = []
    path: Path = ()
    key_next = False
    for match in _TOKEN.finditer(text):
        token, offset = match.group(), match.start()
        if token in "}]":
            stack.pop()
            position.pop()
            key_next = False
        elif token == ",":
            parent, keys = stack[-1]
            if keys is None:
                position[-1] += 1
                path = (*parent, position[-1])
            else:
                key_next = True
        elif token == ":":
            continue
        elif key_next:
            parent, keys = stack[-1]
            key = json.loads(token)
            path = (*parent, key)
            key_next = False
            if keys is not None:
                yield path, True, offset, None if key in keys else token
                keys.add(key)
        else:
            yield path, False, offset, token
            if token in "{[":
                stack.append((path, set() if token == "{" else None))
                position.append(0)
                key_next = token == "{"
                path = (*path, 0)


def _too_deep(text: str, lines: Lines) -> Problem | None:
    depth = 0
    for bracket in _BRACKET.finditer(text):
        token = bracket.group()
        if token in "{[":
            depth += 1
            if depth > DEEPEST:
                return too_deep(lines.mark(bracket.start()))
        elif token in "}]":
            depth -= 1
    return None


def _malformed(error: json.JSONDecodeError, text: str) -> Problem:
    message = error.msg.partition(": ")[0]
    what, hint = _HINTS.get(message, ("this is not JSON", None))
    if not text.strip():
        what, hint = "the document is empty", None
    return Problem(what, hint=hint, line=error.lineno, column=error.colno)
