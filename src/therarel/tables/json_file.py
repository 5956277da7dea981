"""Tables from JSON: Lines of objects, or one array of objects.

Every line has one meaning, whatever other lines hold. A cell is kept as text: a number as it is written by Python, so
that a long whole number keeps every digit; what is a list or an object is kept as its JSON, which no reader takes for
a number.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Final

import polars as pl
from attrs import frozen

from therarel.errors import ReadingError
from therarel.tables.encoding import decoded, encoding_of
from therarel.tables.header import surely_names
from therarel.tables.kinds import FileKind
from therarel.tables.limits import Limits
from therarel.tables.spool import OnDisk
from therarel.tables.table import Table

_LOOKED_AT: Final = 200


@frozen
class OpenJson:
    """A file of JSON objects whose keys are known."""

    file: OnDisk
    names: tuple[str, ...]
    surely_named: bool
    limits: Limits

    @property
    def source(self) -> str:
        """What is read, in words."""
        kind = "JSON Lines" if self.file.kind is FileKind.JSON_LINES else "JSON"
        return f"{self.file.name} ({kind}{', packed by gzip' if self.file.packed else ''})"

    def read(self, columns: Sequence[str], *, whole: Collection[str] = ()) -> Table:
        """The columns of these keys; a record without a key has nothing there.

        Raises:
            InvalidValueError: if there are more rows than the limit allows.
            ReadingError: if an array of objects is damaged.
        """
        cells: dict[str, list[str | None]] = {name: [] for name in columns}
        rows: list[int] = []
        begins: list[int] = []
        broken: list[int] = []
        count = 0
        for begin, record in _records(self.file):
            count += 1
            begins.append(begin)
            self.limits.check_rows(count, self.file.name)
            if record is None:
                broken.append(count)
                continue
            rows.append(count)
            for name, column in cells.items():
                column.append(_cell(record.get(name)))
        straight = bool(begins) and begins[-1] == count
        lines = 0 if straight else dict(enumerate(begins, start=1))
        return Table(
            frame=pl.DataFrame({name: pl.Series(column, dtype=pl.String) for name, column in cells.items()}),
            row=pl.Series(rows, dtype=pl.UInt32),
            height=count,
            broken=tuple(broken),
            source=self.source,
            lines=(lambda: lines) if self.file.kind is FileKind.JSON_LINES else None,
        )


def open_json(file: OnDisk, limits: Limits) -> OpenJson:
    """Look at the keys of all records.

    Raises:
        ReadingError: if an array of objects is damaged.
    """
    names: dict[str, None] = {}
    sample: list[dict[str, object]] = []
    for count, (_, record) in enumerate(_records(file), start=1):
        limits.check_rows(count, file.name)
        if record is not None:
            names.update(dict.fromkeys(record))
            if len(sample) < _LOOKED_AT:
                sample.append(record)
    cells = [[_cell(record.get(name)) or "" for name in names] for record in sample]
    return OpenJson(file, tuple(names), surely_names(list(names), cells), limits)


def _records(file: OnDisk) -> Iterator[tuple[int, dict[str, object] | None]]:
    """The line of each record and the record; ``None`` where the line is not an object, or has a key twice."""
    if file.kind is FileKind.JSON_ARRAY:
        text, _ = decoded(file.path.read_bytes(), file.name)
        records = _parsed(text)
        if not isinstance(records, list):
            raise ReadingError(
                "the file begins as an array of JSON objects, but it is damaged, nested too deep, or has a key twice",
                [],
                where=file.name,
            )
        for number, record in enumerate(records, start=1):
            yield number, record if isinstance(record, dict) else None
        return
    with file.path.open("rb") as lines:
        codec, _ = encoding_of(lines.read(4096))
        lines.seek(0)
        whole = lines if codec in ("utf-8", "utf-8-sig", "cp1252") else None
        if whole is None:
            text, _ = decoded(file.path.read_bytes(), file.name)
            for number, line in enumerate(text.split("\n"), start=1):
                if line.strip():
                    record = _parsed(line)
                    yield number, record if isinstance(record, dict) else None
            return
        for number, raw in enumerate(whole, start=1):
            raw = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
            if raw.strip():
                record = _parsed(raw)
                yield number, record if isinstance(record, dict) else None


class _TwiceError(ValueError):
    """A key occurs twice in one object."""


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record = dict(pairs)
    if len(record) < len(pairs):
        raise _TwiceError
    return record


def _parsed(line: str | bytes) -> object:
    """What the line says; ``None`` where it cannot be read."""
    try:
        text = line if isinstance(line, str) else line.decode("utf-8")
        record: object = json.loads(text, object_pairs_hook=_once, parse_int=_whole)
        text.encode()
    except (ValueError, RecursionError):
        return None
    return record


def _whole(digits: str) -> object:
    # Python refuses to read numbers of thousands of digits; as text they are what they are.
    return int(digits) if len(digits) < 300 else digits


def _cell(value: object) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value)
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a character, which no file can hold
        return text.encode("utf-8", "replace").decode()
    return text
