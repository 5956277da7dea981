"""JSON text: what is refused beyond the standard library, and the line and column of every fault."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import cast

import pytest
from attrs import frozen

from therarel.errors import ReadingError
from therarel.reading import Problem, Reader, read_json


@frozen
class Rated:
    """A number and a name."""

    value: float
    name: str = ""


@frozen
class Log:
    """A list of them."""

    ratings: tuple[Rated, ...]


def problems(text: str | bytes, declared: object = Log) -> list[str]:
    """What a document is refused for."""
    with pytest.raises(ReadingError) as caught:
        read_json(text, declared)
    return [problem.render() for problem in caught.value.problems]


def test_all_problems_are_told_in_the_order_of_the_text() -> None:
    """Three faults give three problems, each with its line, column, path, value and hint."""
    text = '{"ratings": [\n  {"value": "0.5"},\n  {"nmae": "x", "value": true},\n  {"value": 7}\n]}'
    assert problems(text) == [
        "line 2, column 13 $.ratings[0].value: a number is needed, got '0.5'. Hint: write the number without quotes",
        "line 3, column 4 $.ratings[1].nmae: unknown key. Hint: did you mean 'name'?",
        "line 3, column 26 $.ratings[1].value: a number is needed, got true",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"ratings": [],\n}', "line 2, column 1 $: a key in double quotes is needed"),
        ("{'ratings': []}", "line 1, column 2 $: a key in double quotes is needed"),
        ('{"ratings": [1 2]}', "line 1, column 16 $: a comma or a closing bracket is needed"),
        ('{"ratings" []}', "line 1, column 12 $: a colon is needed after a key"),
        ('{"ratings": [None]}', "line 1, column 14 $: a value is needed"),
        ('{"ratings": []} {}', "line 1, column 17 $: the document ends here, but text follows"),
        ('{"ratings": ["x}', "line 1, column 14 $: text begins here and never ends"),
        ('"a\nb"', "line 1, column 3 $: text holds a line break or control character"),
        ('"\\q"', "line 1, column 2 $: an unknown escape"),
        ('"\\u12"', "line 1, column 3 $: an incomplete escape"),
        ("  \n", "line 2, column 1 $: the document is empty"),
    ],
)
def test_malformed_text_has_a_line_a_column_and_plain_words(text: str, expected: str) -> None:
    """What breaks JSON itself is named where it stands."""
    (problem,) = problems(text)
    assert problem.startswith(expected)


def test_a_key_that_stands_twice_is_refused() -> None:
    """Neither of two equal keys wins silently; escapes do not hide them."""
    assert problems('{"value": 1,\n "v\\u0061lue": 2}', Rated) == [
        "line 2, column 2 $.value: the key occurs twice. Hint: keep one of the two"
    ]


def test_a_set_that_is_a_whole_text_holds_nothing_twice() -> None:
    """A list of terms is one thing, a set another: the text of a set is read as strictly as a set in a document."""
    assert read_json("[2, 1]", frozenset[int]) == {1, 2}
    assert problems("[2, 1, 2]", frozenset[int]) == [
        "line 1, column 8 $[2]: listed twice. Hint: name each value of a set once"
    ]


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_json_number_is_refused_once(literal: str) -> None:
    """The literals that Python's JSON knows beyond the standard are one problem, not two."""
    (problem,) = problems(f'{{"value": {literal}}}', Rated)
    assert problem.startswith(f"line 1, column 11 $.value: {literal} is not a JSON number")


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 700, "9" * 5000])
def test_numbers_beyond_the_floats_are_refused(number: str) -> None:
    """A number too large for a float is no number, however it is written."""
    (problem,) = problems(f'{{"value": {number}}}', Rated)
    assert "$.value: " in problem
    assert len(problem) < 250


def test_large_whole_numbers_stay_exact() -> None:
    """Whole numbers beyond 64 bits are neither rounded nor refused."""
    assert read_json("123456789012345678901234567890", int) == 123456789012345678901234567890


@pytest.mark.parametrize("text", ["[" * 100_000, '{"ratings":' * 100_000])
def test_bottomless_nesting_is_a_problem_like_others(text: str) -> None:
    """A depth bomb is named at the level that is too deep, whatever the interpreter's own limit."""
    (problem,) = problems(text)
    assert "nested more than 100 levels deep" in problem


def test_half_a_character_is_refused_and_a_whole_one_read() -> None:
    """A lone surrogate could never be written to a file again; a pair is one character."""
    assert read_json('"\\ud83d\\ude00 \\\\ud800"', str) == "\N{GRINNING FACE} \\ud800"
    (problem,) = problems('{"value": 1, "name": "\\ud83d"}', Rated)
    assert problem.startswith("line 1, column 22 $.name: the text holds half of a surrogate pair")


def test_bytes_are_utf_8_with_or_without_a_mark() -> None:
    """A byte-order mark is passed over; another encoding is refused with its line."""
    assert read_json(b'\xef\xbb\xbf{"value": 1}', Rated) == Rated(1.0)
    assert problems(b'{"name":\n "caf\xe9"}', Rated) == [
        "line 2, column 6 $: a byte that is not UTF-8. Hint: save the file as UTF-8"
    ]


def test_a_file_is_named_in_every_problem(tmp_path: Path) -> None:
    """The name of a file stands before line and column, so that editors can jump to it."""
    path = tmp_path / "log.json"
    path.write_text('{"value": "x"}', "utf-8")
    with pytest.raises(ReadingError) as caught:
        read_json(path, Rated)
    (problem,) = cast("tuple[Problem]", caught.value.problems)
    assert problem.render().startswith(f"{path}:1:11 $.value: ")
    assert (problem.source, problem.line, problem.column, problem.path) == (str(path), 1, 11, ("value",))


def test_a_problem_survives_pickling() -> None:
    """Problems go from one process to another whole."""
    with pytest.raises(ReadingError) as caught:
        read_json('{"value": "x"}', Rated)
    (problem,) = cast("tuple[Problem]", caught.value.problems)
    again = pickle.loads(pickle.dumps(problem))
    assert (again.render(), again.path, again.line) == (problem.render(), problem.path, problem.line)


def test_reading_leaves_no_chain_of_errors() -> None:
    """The error stands by itself: nothing of the document hangs on it as cause or context."""
    with pytest.raises(ReadingError) as caught:
        Reader().loads('{"value": NaN', Rated)
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
