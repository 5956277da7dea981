"""Scoring a CSV file row by row, with the standard library alone: what the command line does."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from attrs import frozen

from therarel.domain.ratings import MissingReason, Rater, Score, ScoreStatus, Timing
from therarel.errors import InvalidValueError, ReadingError, TherarelError, UnknownNameError, shown
from therarel.files import CSV, csv_lines, refuse_other_kind, refuse_same, write_whole
from therarel.measures.answers import Answer, AnswerReader, Recording
from therarel.measures.headings import Items, columns_of, spare_columns
from therarel.measures.instrument import Instrument
from therarel.measures.keys import Metric
from therarel.measures.missing import MissingPolicy, Strict
from therarel.measures.plan import plan_for, rater_of, resolved
from therarel.measures.responses import read_response
from therarel.measures.risk import risk_note
from therarel.measures.scoring import score_answers
from therarel.measures.signs import Suspicion, signs_in, spare_items

__all__ = ["ScoredFile", "ScoredRow", "score_file"]

_DELIMITERS: Final = (",", ";", "\t")


@frozen(kw_only=True)
class ScoredRow:
    """One row of a file and its score.

    Args:
        row: Number of the data row, from 1; the header is not counted.
        kept: The columns that are no items, as they stood.
        score: The score, with what was answered to each item that asks about risk.

    Examples:
        >>> from therarel.measures import score
        >>> ScoredRow(row=1, kept={"client": "C-1"}, score=score("gad-7", [1] * 7)).score.value
        7.0
    """

    row: int
    kept: Mapping[str, str]
    score: Score

    @property
    def reasons(self) -> str:
        """The items without a usable answer, with reasons, as a table shows them."""
        return ", ".join(f"{gap.item} {gap.reason}" for gap in self.score.missing)


@frozen(kw_only=True)
class ScoredFile:
    """The scores of a file.

    Args:
        instrument: What was scored.
        rows: The rows with their scores.
        suspicions: Signs that the answers belong to another form or were recorded another way.
        source: The file that was scored, which is never written over; ``None`` where there was none.

    Examples:
        >>> ScoredFile(instrument=resolved("gad-7"), rows=(), suspicions=()).header
        ('gad_7', 'gad_7_answered', 'gad_7_status', 'gad_7_missing')
    """

    instrument: Instrument
    rows: tuple[ScoredRow, ...]
    suspicions: tuple[Suspicion, ...]
    source: Path | None = None

    @property
    def header(self) -> tuple[str, ...]:
        """Names of the columns: those that were kept, then the score and its companions.

        The last ones say what was answered to each item that asks about risk: a prompt for a person to look, not an
        assessment of risk and not a monitor of it.
        """
        name = self.instrument.id.replace("-", "_")
        kept = tuple(self.rows[0].kept) if self.rows else ()
        parts = tuple(f"{name}_{part.name}" for part in self.instrument.subscales)
        risk = tuple(f"{name}_risk_{risky.item}" for risky in self.instrument.risk_items)
        return (*kept, name, *parts, f"{name}_answered", f"{name}_status", f"{name}_missing", *risk)

    @property
    def cells(self) -> tuple[tuple[str, ...], ...]:
        """The rows as text, in the order of the header; empty where there is no value."""
        return tuple(tuple(map(_text, values)) for values in self._values)

    @property
    def records(self) -> tuple[Mapping[str, str | float | None], ...]:
        """The rows by name of the column: numbers are numbers, and ``None`` stands where there is no value.

        Columns that were kept are text as they stood in the file.

        Examples:
            >>> from therarel.measures import score
            >>> row = ScoredRow(row=1, kept={"client": "C-1"}, score=score("gad-7", [1] * 7))
            >>> scored = ScoredFile(instrument=resolved("gad-7"), rows=(row,), suspicions=())
            >>> scored.records[0]["client"], scored.records[0]["gad_7"]
            ('C-1', 7.0)
        """
        return tuple(dict(zip(self.header, values, strict=True)) for values in self._values)

    @property
    def _values(self) -> Iterator[tuple[str | float | None, ...]]:
        for row in self.rows:
            yield (
                *row.kept.values(),
                row.score.value,
                *self._parts(row.score),
                row.score.answered,
                row.score.status.value,
                row.reasons,
                *self._risk(row.score),
            )

    @property
    def risk_note(self) -> str | None:
        """How many responses call for a look at items that ask about risk, in words; ``None`` where there are none.

        Examples:
            >>> print(ScoredFile(instrument=resolved("phq-9"), rows=(), suspicions=()).risk_note)
            Risk item 9, of 0 responses: 0 endorsed, 0 not answered or not asked. This is a prompt for a person to look, not an assessment of risk and not a monitor of it.
        """  # noqa: E501 -- a sentence is one line
        return risk_note(self.instrument, [row.score.risk for row in self.rows])

    def _risk(self, score: Score) -> tuple[str | None, ...]:
        found = {answer.item: answer.state.value for answer in score.risk or ()}
        return tuple(found.get(risky.item) for risky in self.instrument.risk_items)

    def _parts(self, score: Score) -> tuple[float | None, ...]:
        found = {part.name: part.value for part in score.subscales}
        return tuple(found.get(part.name) for part in self.instrument.subscales)

    @property
    def counts(self) -> Mapping[ScoreStatus, int]:
        """How many rows have each status."""
        statuses = [row.score.status for row in self.rows]
        return {status: statuses.count(status) for status in ScoreStatus if status in statuses}

    def write(self, path: str | Path) -> None:
        """Write the scores as a CSV file, in whole or not at all.

        Raises:
            InvalidValueError: if it is the file that was scored, whose answers would be lost, or if its name does not
                end in ``.csv`` or ``.txt``.
            WritingError: if the file cannot be written.
        """
        refuse_other_kind(path, CSV, what="a table of scores", hint="name it .csv")
        refuse_same({"the scores": path}, {"the answers they were made of": self.source})
        write_whole(path, self._lines())

    @property
    def csv(self) -> str:
        r"""The scores as the text of a CSV file.

        Examples:
            >>> ScoredFile(instrument=resolved("gad-7"), rows=(), suspicions=()).csv
            'gad_7,gad_7_answered,gad_7_status,gad_7_missing\n'
        """
        return "".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield from csv_lines([self.header, *self.cells])


def _text(value: str | float | None) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else f"{value:.12g}"


def score_file(
    path: str | Path,
    instrument: str | Instrument,
    *,
    items: Items | None = None,
    rater: Rater | str | None = None,
    timing: Timing | str | None = None,
    missing: MissingPolicy = Strict(),  # noqa: B008 -- a frozen value
    metric: Metric | str | None = None,
    words: Mapping[str, Answer] | None = None,
    missing_codes: Mapping[float, MissingReason] | None = None,
    recorded_as: Recording | str = Recording.ANCHOR,
) -> ScoredFile:
    r"""Score every row of a CSV file; columns that are no items are kept.

    Columns that are numbered like items beyond the last one are neither scored nor kept, and are a sign of confusion.

    Args:
        path: A file with a header, in UTF-8, separated by commas, semicolons or tabs.
        instrument: The instrument or its identifier.
        items: The item columns, as for `score`.
        rater: Who answered; needed where the instrument has several respondents.
        timing: Before or after the session; ``None`` if not known.
        missing: What to do about unanswered items.
        metric: ``sum`` or ``mean``; ``None`` for the published rule.
        words: Words for answers beyond the anchors known.
        missing_codes: Numbers that stand for a reason.
        recorded_as: Whether anchors or positions on the printed form were recorded.

    Raises:
        ReadingError: if the file is not UTF-8, or has no header, a column name twice, or rows with more or fewer
            cells than the header; all such rows are told at once.
        UnknownNameError: if a column of an item is missing.
        InvalidValueError: if the columns do not fit an instrument whose items are not scored anyway.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder) / "answers.csv"
        ...     _ = file.write_text("client,item1,item2,item3,item4,item5,item6,item7\nC-1,0,1,2,,1,0,1\n")
        ...     scored = score_file(file, "gad-7")
        >>> scored.cells
        (('C-1', '', '6', 'incomplete', '4 not_answered'),)
    """
    chosen = resolved(instrument)
    header, rows = _read(Path(path))
    try:
        columns = columns_of(chosen, header, items)
    except (InvalidValueError, UnknownNameError):
        if chosen.why_not_scorable is None:
            raise
        # Whatever the columns are called, there would be no score.
        raise InvalidValueError(chosen.why_not_scorable) from None
    spare = spare_columns(chosen, header, items)
    reader = AnswerReader.of(chosen, words=words, missing_codes=missing_codes)
    plan = plan_for(
        chosen,
        missing=missing,
        metric=None if metric is None else Metric(metric),
        recorded_as=Recording(recorded_as),
    )
    who, when = rater_of(chosen, rater), None if timing is None else Timing(timing)
    taken = {*columns.values(), *spare}
    scored, read = [], []
    for number, row in enumerate(rows, start=1):
        answers = read_response(chosen, {item: row[column] for item, column in columns.items()}, reader)
        read.append(answers)
        kept = {name: cell for name, cell in row.items() if name not in taken}
        result = score_answers(chosen, answers, rater=who, timing=when, plan=plan)
        scored.append(ScoredRow(row=number, kept=kept, score=result))
    return ScoredFile(
        instrument=chosen,
        rows=tuple(scored),
        suspicions=spare_items(chosen, spare) + _signs(chosen, rows, columns, read, reader),
        source=Path(path),
    )


def _signs(
    instrument: Instrument,
    rows: Sequence[Mapping[str, str]],
    columns: Mapping[int, str],
    read: Sequence[Sequence[Answer]],
    reader: AnswerReader,
) -> tuple[Suspicion, ...]:
    """Signs of confusion; numbers off the scale, which were read as reasons, are what they show in."""
    numbers = []
    for row in rows:
        for column in columns.values():
            try:
                number = float(row[column])
            except ValueError:
                continue
            if number not in reader.codes and number == number:  # NaN is not equal to itself
                numbers.append(number)
    if not numbers:
        return ()
    complete = [tuple(answer for answer in answers if not isinstance(answer, MissingReason)) for answers in read]
    whole = [answers for answers in complete if len(answers) == instrument.n_items]
    return signs_in(instrument, min(numbers), max(numbers), len(rows), whole[:500])


def _read(path: Path) -> tuple[tuple[str, ...], list[dict[str, str]]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = InvalidValueError("not UTF-8", where=f"byte {error.start}")
        raise ReadingError("the file could not be read", [problem], where=path.name) from None
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    lines = [cells for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if cells]
    header = tuple(name.strip() for name in lines[0]) if lines else ()
    problems: list[TherarelError] = []
    if not header:
        problems.append(InvalidValueError("there is no header"))
    problems += [
        InvalidValueError("a column name stands there twice", value=shown(name))
        for name in sorted({name for name in header if header.count(name) > 1})
    ]
    problems += [
        InvalidValueError(
            "another number of cells than the header",
            where=f"row {number}",
            value=f"{len(cells)} cells",
            bound=f"{len(header)}",
        )
        for number, cells in enumerate(lines[1:], start=1)
        if len(cells) != len(header)
    ]
    if problems:
        raise ReadingError("the file could not be read", problems, where=path.name)
    return header, [dict(zip(header, cells, strict=True)) for cells in lines[1:]]
