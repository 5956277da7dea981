"""JSON Lines: one object per line, bad lines told with their numbers, memory for one line."""

from __future__ import annotations

import io
import itertools
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from attrs import frozen

from therarel.errors import InvalidValueError, ReadingError
from therarel.reading import OnProblem, read_json_lines


@frozen
class Rated:
    """A number."""

    value: float


TEXT = '{"value": 1}\n\n{"value": "2"}\nbroken\n{"value": 4}\n'


def test_good_lines_come_first_and_bad_ones_are_told_at_the_end() -> None:
    """Reading goes on over bad lines; the error at the end names each by its number."""
    lines = read_json_lines(TEXT, Rated, source="log.jsonl")
    assert [next(lines), next(lines)] == [Rated(1.0), Rated(4.0)]
    with pytest.raises(ReadingError) as caught:
        next(lines)
    assert [problem.render() for problem in caught.value.problems] == [
        "log.jsonl:3 $.value: a number is needed, got '2'. Hint: write the number without quotes",
        "log.jsonl:4 $: a value is needed. Hint: text needs double quotes; true, false and null are lower case",
    ]


def test_problems_can_be_collected() -> None:
    """The caller who asks for them gets the problems beside the objects, and no error."""
    lines = read_json_lines(TEXT, Rated, on_problem="collect")
    assert list(lines) == [Rated(1.0), Rated(4.0)]
    assert [problem.line for problem in lines.problems] == [3, 4]
    assert lines.lines == 5


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_every_kind_of_stream_is_read(tmp_path: Path, end: str) -> None:
    """Text, bytes, open files of both kinds, paths and plain lists of lines give the same objects."""
    text = "\ufeff" + '{"value": 1}' + (end or "\n") + '{"value": 2}' + end
    path = tmp_path / "log.jsonl"
    path.write_bytes(text.encode())
    expected = [Rated(1.0), Rated(2.0)]
    for stream in (text, text.encode(), io.StringIO(text), io.BytesIO(text.encode()), path, text.splitlines()):
        assert list(read_json_lines(stream, Rated)) == expected
    with path.open(encoding="utf-8") as file:
        assert list(read_json_lines(file, Rated)) == expected


def test_a_torn_last_line_and_bad_bytes_are_problems_of_their_lines() -> None:
    """A line that was cut off while it was written is told, and so is another encoding."""
    lines = read_json_lines(b'{"value": 1}\n"caf\xe9"\n{"val', Rated, on_problem="collect")
    assert list(lines) == [Rated(1.0)]
    assert [problem.line for problem in lines.problems] == [2, 3]


def test_memory_holds_one_line() -> None:
    """A log of any length is read in the memory of a few lines."""

    def endless() -> Iterator[str]:
        for number in itertools.count():
            yield f'{{"value": {number}}}\n'

    items = read_json_lines(endless(), Rated)
    for _ in itertools.islice(items, 1_000):
        pass
    tracemalloc.start()
    for _ in itertools.islice(items, 20_000):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100_000


def test_a_wrong_policy_or_type_is_refused_before_the_first_line() -> None:
    """What cannot work is said at the call, not after a night of reading."""
    with pytest.raises(InvalidValueError, match="no such handling"):
        read_json_lines(TEXT, Rated, on_problem=cast("OnProblem", "ignore"))
    with pytest.raises(InvalidValueError, match="cannot be read strictly"):
        read_json_lines(TEXT, complex)
