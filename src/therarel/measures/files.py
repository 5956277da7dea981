"""Scoring a CSV file row by row, with the standard library alone: what the command line does."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from attrs import frozen

from therarel.domain.ratings import MissingReason, Rater, Score, ScoreStatus, Timing
from therarel.errors import InvalidValueError, ReadingError, TherarelError, shown
from therarel.measures.answers import Answer, AnswerReader, Recording
from therarel.measures.headings import Items, columns_of
from therarel.measures.instrument import Instrument
from therarel.measures.keys import Metric
from therarel.measures.missing import MissingPolicy, Strict
from therarel.measures.plan import plan_for, rater_of, resolved
from therarel.measures.responses import read_response
from therarel.measures.scoring import score_answers
from therarel.measures.signs import Suspicion, signs_in

__all__ = ["ScoredFile", "ScoredRow", "score_file"]

_DELIMITERS: Final = (",", ";", "\t")


@frozen(kw_only=True)
class ScoredRow:
    """One row of a file and its score.

    Args:
        row: Number of the data row, from 1; the header is not counted.
        kept: The columns that are no items, as they stood.
        score: The score.

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

    Examples:
        >>> ScoredFile(instrument=resolved("gad-7"), rows=(), suspicions=()).header
        ('gad_7', 'gad_7_answered', 'gad_7_status', 'gad_7_missing')
    """

    instrument: Instrument
    rows: tuple[ScoredRow, ...]
    suspicions: tuple[Suspicion, ...]

    @property
    def header(self) -> tuple[str, ...]:
        """Names of the columns: those that were kept, then the score and its companions."""
        name = self.instrument.id.replace("-", "_")
        kept = tuple(self.rows[0].kept) if self.rows else ()
        parts = tuple(f"{name}_{part.name}" for part in self.instrument.subscales)
        return (*kept, name, *parts, f"{name}_answered", f"{name}_status", f"{name}_missing")

    @property
    def cells(self) -> tuple[tuple[str, ...], ...]:
        """The rows as text, in the order of the header; empty where there is no value."""
        return tuple(
            (
                *row.kept.values(),
                _text(row.score.value),
                *(_text(part) for part in self._parts(row.score)),
                _text(row.score.answered),
                row.score.status.value,
                row.reasons,
            )
            for row in self.rows
        )

    def _parts(self, score: Score) -> tuple[float | None, ...]:
        found = {part.name: part.value for part in score.subscales}
        return tuple(found.get(part.name) for part in self.instrument.subscales)

    @property
    def counts(self) -> Mapping[ScoreStatus, int]:
        """How many rows have each status."""
        statuses = [row.score.status for row in self.rows]
        return {status: statuses.count(status) for status in ScoreStatus if status in statuses}

    def write(self, path: str | Path) -> None:
        """Write the scores as a CSV file."""
        with Path(path).open("w", encoding="utf-8", newline="") as out:
            csv.writer(out, lineterminator="\n").writerows([self.header, *self.cells])


def _text(value: float | None) -> str:
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
    columns = columns_of(chosen, header, items)
    reader = AnswerReader.of(chosen, words=words, missing_codes=missing_codes)
    plan = plan_for(
        chosen,
        missing=missing,
        metric=None if metric is None else Metric(metric),
        recorded_as=Recording(recorded_as),
    )
    who, when = rater_of(chosen, rater), None if timing is None else Timing(timing)
    taken = set(columns.values())
    scored, read = [], []
    for number, row in enumerate(rows, start=1):
        answers = read_response(chosen, {item: row[column] for item, column in columns.items()}, reader)
        read.append(answers)
        kept = {name: cell for name, cell in row.items() if name not in taken}
        result = score_answers(chosen, answers, rater=who, timing=when, plan=plan)
        scored.append(ScoredRow(row=number, kept=kept, score=result))
    return ScoredFile(instrument=chosen, rows=tuple(scored), suspicions=_signs(chosen, rows, columns, read, reader))


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
