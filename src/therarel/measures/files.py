"""Scoring a file of responses: every kind of table that is read, each row with its score or the reason for none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import polars as pl
from attrs import evolve, field, frozen

from therarel.counting import counted
from therarel.domain.ratings import Rater, ScoreStatus, Timing
from therarel.domain.risk import RiskState
from therarel.errors import InvalidValueError, UnknownNameError
from therarel.files import CSV, csv_lines, refuse_other_kind, refuse_same, write_whole
from therarel.measures.answers import Answer, AnswerReader, MissingCodes, Recording
from therarel.measures.headings import Items, columns_of, spare_columns
from therarel.measures.instrument import Instrument
from therarel.measures.keys import Metric
from therarel.measures.missing import MissingPolicy, Strict
from therarel.measures.plan import plan_for, rater_of, resolved
from therarel.measures.risk import note_of_counts
from therarel.measures.signs import Suspicion, spare_items
from therarel.measures.tables import scored_table
from therarel.representation import one_line
from therarel.tables import Limits, OpenTable, open_file
from therarel.tables.missing import WORDS
from therarel.tables.numbers import number_in
from therarel.tables.showing import listed_names, shown_name
from therarel.tables.spool import TableFile


@frozen(kw_only=True, eq=False)
class ScoredFile:
    """The scores of a file.

    Args:
        instrument: What was scored.
        frame: One row per response, in the order of the file: the columns that are not items as they stood, then the
            score and its companions. The last ones say what was answered to each item that asks about risk: a prompt
            for a person to look, not an assessment of risk and not a monitor of it.
        rows: Number of each row in the file, from 1; the header is not counted. Shape ``(n,)``.
        kept: Names of the columns that are not items.
        problems: What was passed over or could not be read, in sentences that hold no cell.
        suspicions: Signs that the answers belong to another form or were recorded another way.
        rows_read: Number of rows that were read; those without a response are named in ``problems``.
        read_from: What was read, in words.
        source: The file that was scored, which is never written over; ``None`` where there was none.
    """

    instrument: Instrument
    frame: pl.DataFrame = field(repr=False)
    rows: pl.Series = field(repr=False)
    kept: tuple[str, ...]
    problems: tuple[str, ...]
    suspicions: tuple[Suspicion, ...]
    rows_read: int
    read_from: str
    source: Path | None = None

    @property
    def row(self) -> tuple[int, ...]:
        """The numbers of the rows."""
        return tuple(self.rows)

    @property
    def header(self) -> tuple[str, ...]:
        """Names of the columns: those that were kept, then the score and its companions."""
        return tuple(self.frame.columns)

    @property
    def cells(self) -> tuple[tuple[str, ...], ...]:
        """The rows as text, in the order of the header; empty where there is no value."""
        return tuple(tuple(map(_text, row)) for row in self.frame.rows())

    @property
    def records(self) -> tuple[Mapping[str, object], ...]:
        """The rows by name of the column: numbers are numbers, and ``None`` stands where there is no value.

        Columns that were kept are as in the file.
        """
        return tuple(self.frame.rows(named=True))

    @property
    def risk_note(self) -> str | None:
        """How many responses call for a look at items that ask about risk, in words; ``None`` where there are none."""
        name = _name(self.instrument)
        counts = {}
        for risky in self.instrument.risk_items:
            states = self.frame[f"{name}_risk_{risky.item}"]
            counts[risky.item] = (
                int((states == RiskState.ENDORSED.value).sum()),
                int((states == RiskState.NOT_ANSWERED_OR_NOT_ASKED.value).sum()),
            )
        return note_of_counts(counts, self.frame.height)

    @property
    def counts(self) -> Mapping[ScoreStatus, int]:
        """How many rows have each status."""
        status = self.frame[f"{_name(self.instrument)}_status"]
        counts = {state: int((status == state.value).sum()) for state in ScoreStatus}
        return {state: count for state, count in counts.items() if count}

    def write(self, path: str | Path, *, spreadsheet_safe: bool = False) -> None:
        """Write the scores as a CSV file, in whole or not at all.

        Args:
            path: Where it goes.
            spreadsheet_safe: Whether text that a spreadsheet would run as a formula gets an apostrophe before it.

        Raises:
            InvalidValueError: if it is the file that was scored, whose answers would be lost, or if its name does not
                end in ``.csv`` or ``.txt``.
            WritingError: if the file cannot be written.
        """
        refuse_other_kind(path, CSV, what="a table of scores", hint="name it .csv")
        refuse_same({"the scores": path}, {"the answers they were made of": self.source})
        write_whole(path, csv_lines([self.header, *self.cells], spreadsheet_safe=spreadsheet_safe))

    @property
    def csv(self) -> str:
        """The scores as the text of a CSV file."""
        return "".join(csv_lines([self.header, *self.cells]))

    __repr__ = one_line

    def __str__(self) -> str:
        return f"{self.instrument.id}: {counted(self.rows_read, 'row')} read from {self.read_from}"


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.12g}"
    return "" if value is None else str(value)


def _name(instrument: Instrument) -> str:
    return instrument.id.replace("-", "_")


def score_file(
    path: TableFile,
    instrument: str | Instrument,
    *,
    items: Items | None = None,
    rater: Rater | str | None = None,
    timing: Timing | str | None = None,
    missing: MissingPolicy = Strict(),  # noqa: B008 -- a frozen value
    metric: Metric | str | None = None,
    words: Mapping[str, Answer] | None = None,
    missing_codes: MissingCodes | None = None,
    recorded_as: Recording | str = Recording.ANCHOR,
    sheet: str | None = None,
    limits: Limits = Limits(),  # noqa: B008 -- a frozen value
) -> ScoredFile:
    r"""Score every row of a file; columns that are not items are kept.

    The file is any table that `therarel.panels.Panel.read` reads too: CSV in its dialects, JSON, Parquet, Excel, SPSS,
    Stata. Columns that are numbered like items beyond the last one are neither scored nor kept, and are a sign of
    confusion.

    Args:
        path: The file, or one open for reading bytes.
        instrument: The instrument or its identifier.
        items: The item columns, as for `score`.
        rater: Who answered; needed where the instrument has several respondents.
        timing: Before or after the session; ``None`` if not known.
        missing: What to do about unanswered items.
        metric: ``sum`` or ``mean``; ``None`` for the published rule.
        words: Words for answers beyond the anchors known.
        missing_codes: Numbers that stand for a reason, or a list of those that stand for "not answered".
        recorded_as: Whether anchors or positions on the printed form were recorded.
        sheet: The sheet of a workbook; ``None`` for the first.
        limits: How much may be read.

    Raises:
        OpeningError: if the file cannot be opened; where there is none, a `FileNotFoundError` too.
        ReadingError: if it is empty or damaged.
        MissingExtraError: if the reader of its kind is not installed.
        UnknownNameError: if a column of an item is missing.
        InvalidValueError: if the columns do not fit an instrument whose items are not scored anyway, or the file is of
            a kind that is not read.

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
    plan = plan_for(
        chosen,
        missing=missing,
        metric=None if metric is None else Metric(metric),
        recorded_as=Recording(recorded_as),
    )
    reader = AnswerReader.of(chosen, words=words, missing_codes=missing_codes)
    with open_file(path, sheet=sheet, limits=limits) as opened:
        columns = _columns(chosen, opened, items)
        spare = spare_columns(chosen, opened.names, items)
        not_kept = {*columns.values(), *spare}
        kept = tuple(name for name in opened.names if name not in not_kept)
        _refuse_twice(opened, (*kept, *columns.values()))
        # Where a number is a word for something, each cell is read as a word.
        plain = not any(number_in(word) is not None for word in reader.words.keys() - WORDS.keys())
        table = opened.read((*kept, *columns.values()), whole=tuple(columns.values()) if plain else ())
    who, when = rater_of(chosen, rater), None if timing is None else Timing(timing)
    blank = _blank(table.frame)
    frame, row = table.frame, table.row
    if len(blank):
        frame, row = frame.filter(~blank), row.filter(~blank)
    if plain:
        frame = _with_numbers(frame, columns.values())
    worded = not all(frame[column].dtype.is_numeric() for column in columns.values())
    scored, suspicions = scored_table(
        chosen,
        frame,
        reader=evolve(reader, comma=table.comma),
        rater=who,
        timing=when,
        plan=plan,
        items=columns,
        name=None,
        detail=True,
    )
    name = _name(chosen)
    parts = [f"{name}_{part.name}" for part in chosen.subscales]
    risk = [f"{name}_risk_{risky.item}" for risky in chosen.risk_items]
    result = scored.select(
        *kept,
        *(pl.col(part) if part in scored.columns else pl.lit(None, pl.Float64).alias(part) for part in [name, *parts]),
        f"{name}_answered", f"{name}_status", f"{name}_missing", *risk,
    )  # fmt: skip
    return ScoredFile(
        instrument=chosen,
        frame=result,
        rows=row,
        kept=kept,
        problems=(
            *map(str, table.notes),
            *_listed("could not be split into cells and left out", table.broken),
            *_listed("empty and left out", table.row.filter(blank) if len(blank) else ()),
            *_listed("without a single answer (kept)", row.filter(result[f"{name}_answered"] == 0)),
            *_listed(
                "with answers that are not numbers and no words that are known; say what they stand for with words=...",
                # A number is never unreadable.
                row.filter(result[f"{name}_missing"].str.contains(" unreadable", literal=True)) if worded else (),
            ),
        ),
        suspicions=spare_items(chosen, spare) + suspicions,
        rows_read=table.height,
        read_from=table.source,
        source=Path(path) if isinstance(path, str | Path) else None,
    )


def _blank(frame: pl.DataFrame) -> pl.Series:
    """Whether each row is empty; an empty series where none is."""
    if any(column.null_count() == 0 for column in frame):
        return pl.Series(dtype=pl.Boolean)
    return frame.select(pl.all_horizontal(pl.all().is_null()))[frame.columns[0]]


def _with_numbers(frame: pl.DataFrame, items: Iterable[str]) -> pl.DataFrame:
    """The frame with item columns of plain whole numbers as numbers, which are scored without looking at each text.

    A column in which one cell is anything else stays text.
    """
    text = [name for name in items if frame[name].dtype == pl.String]
    if not text:
        return frame
    numbers = frame.select(pl.col(text).cast(pl.Int64, strict=False))
    return frame.with_columns(
        numbers[name] for name in text if numbers[name].null_count() == frame[name].null_count() < frame.height
    )


def _columns(instrument: Instrument, opened: OpenTable, items: Items | None) -> dict[int, str]:
    try:
        return columns_of(instrument, opened.names, items)
    except (InvalidValueError, UnknownNameError) as fault:
        problem = fault
    if instrument.why_not_scorable is not None:
        # Whatever the columns are called, there would be no score.
        raise InvalidValueError(instrument.why_not_scorable)
    named = opened.surely_named or any(name.casefold().startswith("item") for name in opened.names)
    if not named and isinstance(problem, UnknownNameError):
        raise InvalidValueError(problem.what, where=opened.source, hint=listed_names(opened.names, sure=False))
    raise problem


def _refuse_twice(opened: OpenTable, needed: tuple[str, ...]) -> None:
    for name in needed:
        if opened.names.count(name) > 1:
            raise InvalidValueError(
                "a column name occurs twice",
                where=opened.source,
                value=shown_name(name, sure=opened.surely_named),
                hint="rename one of the columns",
            )


def _listed(what: str, rows: tuple[int, ...] | pl.Series) -> list[str]:
    """A sentence that names the first rows."""
    numbers = list(rows)
    if not numbers:
        return []
    if len(numbers) == 1:
        return [f"row {numbers[0]}: {what}"]
    first = ", ".join(map(str, numbers[:5])) + (", ..." if len(numbers) > 5 else "")
    return [f"{len(numbers):,} rows ({first}): {what}"]
