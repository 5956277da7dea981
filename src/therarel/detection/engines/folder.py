"""Detection in Parquet files larger than memory: sorted by DuckDB, streamed through the core dyad by dyad."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from therarel.detection.context import PanelContext, pool
from therarel.detection.engine import ROWS, in_order
from therarel.detection.engines.lazy import context_for
from therarel.detection.engines.names import columns_of
from therarel.detection.engines.preparing import LeftOut
from therarel.detection.rules.base import Rule, a_rule
from therarel.detection.series import Series, scored
from therarel.detection.verdicts import CODES, Verdict, reason_of, verdict_of
from therarel.domain.ratings import RatingScale
from therarel.errors import InvalidValueError, UnknownNameError, hint_for, is_whole, shown
from therarel.extras import needs
from therarel.files.disk import failing_by_name, opening_by_name
from therarel.panels import SessionIndex

__all__ = ["FolderDetection", "detect_folder"]

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.uint8]

CHUNK: Final = 1 << 20
"""Rows that are read, judged and written at a time, rounded up to whole dyads."""

_LEFT_OUT: Final = tuple(LeftOut)


@frozen
class FolderDetection:
    """What `detect_folder` wrote, and how much of it.

    Args:
        folder: Where the verdicts are: Parquet files, in the order of dyads and sessions.
        rules: The rules, the primary one first.
        columns: The name of each rule's column.
        rows: Number of rows.
        dyads: Number of dyads.
        counts: For each column the number of rows by verdict, and of undetectable ones by reason.
        left_out: Number of rows with a score that were judged as if they had none, by reason.
    """

    folder: Path
    rules: tuple[Rule, ...]
    columns: tuple[str, ...]
    rows: int
    dyads: int
    counts: Mapping[str, Mapping[str, int]] = field(repr=False)
    left_out: Mapping[str, int]


@frozen(eq=False)
class Chunk:
    """Whole dyads of the sorted rows.

    Args:
        dyads: Their labels, ``None`` where a row has none; ``(g,)``.
        starts: Row at which each begins, and the number of rows; ``(g + 1,)``.
        session: Sessions, NaN where there is none; ``(n,)``.
        score: Scores as they stand, NaN where there is none; ``(n,)``.
    """

    dyads: list[str | None]
    starts: npt.NDArray[np.intp]
    session: Floats
    score: Floats


def detect_folder(
    source: str | Path,
    out: str | Path,
    *,
    dyad: str,
    session: str,
    score: str,
    scale: RatingScale | tuple[float, float],
    higher_is_better: bool | None = None,
    index: SessionIndex | str = SessionIndex.ATTENDED,
    max_gap: float | None = None,
    primary: Rule,
    also: Iterable[Rule] = (),
    memory: str = "1GB",
    threads: int = 2,
) -> FolderDetection:
    """Judge every session of a folder of Parquet files by any rules, in bounded memory.

    DuckDB sorts the rows by dyad and session, on disk where they do not fit; whole dyads stream through the same
    core as `therarel.detect`. Verdicts are written as Parquet files with the columns dyad, session, score, each
    rule's verdict and reason, and ``left_out``, as `detect_lazy` gives them.

    Args:
        source: A Parquet file, or a folder of them, subfolders included.
        out: Folder for the verdicts; made if it does not exist, and it must be empty.
        dyad: Column of the dyad's label.
        session: Column of the session, a number.
        score: Column of the score, a number.
        scale: Lowest and highest possible score, or a `RatingScale`.
        higher_is_better: Direction; needed where the scale is a pair of numbers.
        index: What the session column counts.
        max_gap: Largest distance between sessions that follow each other; ``None`` if any may.
        primary: The rule whose columns come first.
        also: Further rules; any rule will do.
        memory: What DuckDB may take, such as ``1GB``; the core takes about a tenth of a gigabyte beside it.
        threads: Number of threads; never changes the answer.

    Raises:
        MissingExtraError: if DuckDB is not installed.
        UnknownNameError: if a column does not exist.
        InvalidValueError: if there is no Parquet file, a file is none or is damaged, session or score is no number,
            the folder for the verdicts is not empty, or the scale or its direction is missing.
        OpeningError: if there is no such file or folder; then a `FileNotFoundError` too.
    """
    chosen = (a_rule(primary, "primary"), *(a_rule(rule, "also") for rule in also))
    context = context_for(scale, higher_is_better, index, max_gap)
    better = scale.higher_is_better if isinstance(scale, RatingScale) else bool(higher_is_better)
    files = _files(Path(source))
    target = Path(out)
    with failing_by_name(target):
        target.mkdir(parents=True, exist_ok=True)
    if any(target.iterdir()):
        raise InvalidValueError("the folder for the verdicts is not empty", where="out", value=f"'{target.name}'")
    with tempfile.TemporaryDirectory(prefix="therarel-") as scratch:
        connection = _connection(scratch, memory, threads)
        try:
            rows = _sorted(connection, files, {"dyad": dyad, "session": session, "score": score}, Path(scratch))
            needs = frozenset[str]().union(*(rule.needs for rule in chosen))
            if needs:
                blocks = (_prepared(part, context, better)[0] for part in _parts(_chunks(rows())))
                context = context.knowing(pool(filter(None, blocks), needs, max_gap=context.max_gap))
            return _judged(connection, rows, target, chosen, context, better, threads)
        finally:
            connection.close()


def _files(source: Path) -> list[str]:
    with opening_by_name(source):
        source.stat()
    files = sorted(source.rglob("*.parquet")) if source.is_dir() else [source]
    if not files or not all(file.is_file() for file in files):
        raise InvalidValueError("there is no Parquet file", where="source", value=f"'{source.name}'")
    return [str(file) for file in files]


def _connection(scratch: str, memory: str, threads: int) -> Any:
    with needs("detect_folder"):
        import duckdb
    if not is_whole(threads) or threads < 1:
        raise InvalidValueError(
            "not accepted", where="threads", value=shown(threads), bound="a whole number of at least 1"
        )
    try:
        return duckdb.connect(config={"memory_limit": memory, "threads": threads, "temp_directory": scratch})
    except duckdb.Error as refused:
        raise InvalidValueError("not accepted", where="memory", value=shown(memory), bound="such as 1GB") from refused


def _sorted(connection: Any, files: list[str], roles: Mapping[str, str], scratch: Path) -> Callable[[], Iterator[Any]]:
    """Sort the rows once, into a file, and give a way to read them in order, as often as needed."""
    import duckdb

    try:
        known = [row[0] for row in connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [files]).fetchall()]
    except duckdb.Error as refused:
        raise _unreadable(connection, files) from refused
    for role, name in roles.items():
        if name not in known:
            raise UnknownNameError("no such column", where=role, value=shown(name), hint=hint_for(name, known))
    quoted = {role: '"' + name.replace('"', '""') + '"' for role, name in roles.items()}
    ordered = str(scratch / "sorted.parquet").replace("'", "''")
    try:
        connection.execute(
            f"""
            COPY (
                SELECT {quoted["dyad"]}::VARCHAR AS dyad, {quoted["session"]}::DOUBLE AS session,
                       {quoted["score"]}::DOUBLE AS score
                FROM read_parquet(?) ORDER BY 1 NULLS LAST, 2 NULLS LAST
            ) TO '{ordered}' (FORMAT parquet, ROW_GROUP_SIZE 122880)
            """,
            [files],
        )
    except (duckdb.ConversionException, duckdb.BinderException):
        # What DuckDB says of a value may be what stands in a file, and is not repeated.
        raise _no_number(connection, files, roles, quoted) from None
    except duckdb.InvalidInputException as refused:
        raise _unreadable(connection, files) from refused
    except duckdb.Error as refused:
        damaged = _damaged(connection, files)
        if damaged is None:  # the disk is full, or the memory too small: DuckDB says so itself
            raise
        raise damaged from refused

    def rows() -> Iterator[Any]:
        reading = connection.cursor()
        relation = reading.sql(f"SELECT dyad, session, score FROM read_parquet('{ordered}')")
        yield from relation.to_arrow_reader(CHUNK)

    return rows


def _unreadable(connection: Any, files: list[str]) -> InvalidValueError:
    """What to say where the files cannot be read together."""
    return _damaged(connection, files) or InvalidValueError(
        "the files cannot be read as one table",
        where="source",
        value=f"{len(files)} files",
        hint="all of them need the same columns",
    )


def _damaged(connection: Any, files: list[str]) -> InvalidValueError | None:
    """What to say of the first file that cannot be read alone; ``None`` if each of them can."""
    import duckdb

    for file in files:
        try:
            connection.execute("SELECT max(hash(COLUMNS(*))) FROM read_parquet(?)", [file]).fetchall()
        except duckdb.Error:
            return InvalidValueError(
                "the file cannot be read as Parquet",
                where="source",
                value=f"'{Path(file).name}'",
                hint="replace it if it is damaged; of CSV make Parquet first, for example"
                " polars.scan_csv(...).sink_parquet(...)",
            )
    return None


def _no_number(
    connection: Any, files: list[str], roles: Mapping[str, str], quoted: Mapping[str, str]
) -> InvalidValueError:
    """What to say where the sessions or the scores are no numbers: which, and in how many rows."""
    import duckdb

    for role in ("session", "score"):
        name = quoted[role]
        try:
            odd = connection.execute(
                f"SELECT count(*) FROM read_parquet(?) WHERE {name} IS NOT NULL AND TRY_CAST({name} AS DOUBLE) IS NULL",
                [files],
            ).fetchone()[0]
        except duckdb.Error:
            odd = None
        if odd or odd is None:
            return InvalidValueError(
                "the column holds something else than numbers",
                where=role,
                value=shown(roles[role]),
                bound="numbers, or text that reads as numbers",
                hint=None if odd is None else f"look at {'1 row' if odd == 1 else f'{odd} rows'}",
            )
    return InvalidValueError("the column cannot be read as labels", where="dyad", value=shown(roles["dyad"]))


def _chunks(batches: Iterator[Any]) -> Iterator[Chunk]:
    """Whole dyads: the last dyad of a batch waits for the next one."""
    waiting: Chunk | None = None
    for batch in batches:
        if not batch.num_rows:
            continue
        chunk = _joined(waiting, _chunk(batch))
        cut = int(chunk.starts[-2])
        if cut:
            yield Chunk(chunk.dyads[:-1], chunk.starts[:-1], chunk.session[:cut], chunk.score[:cut])
        waiting = Chunk(chunk.dyads[-1:], np.array([0, chunk.starts[-1] - cut]), chunk.session[cut:], chunk.score[cut:])
    if waiting is not None:
        yield waiting


def _chunk(batch: Any) -> Chunk:
    labels = batch.column(0).dictionary_encode()
    which = labels.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    begins = np.concatenate(([0], np.flatnonzero(which[1:] != which[:-1]) + 1))
    names = [*labels.dictionary.to_pylist(), None]  # a row without a label has the place -1
    session, score = (batch.column(at).to_numpy(zero_copy_only=False).astype(np.float64, copy=False) for at in (1, 2))
    return Chunk([names[each] for each in which[begins]], np.append(begins, which.size), session, score)


def _joined(first: Chunk | None, second: Chunk) -> Chunk:
    if first is None:
        return second
    size = first.session.size
    session, score = np.concatenate((first.session, second.session)), np.concatenate((first.score, second.score))
    starts = second.starts + size
    if first.dyads[-1] == second.dyads[0]:
        return Chunk(second.dyads, np.concatenate(([0], starts[1:])), session, score)
    return Chunk([*first.dyads, *second.dyads], np.concatenate((first.starts[:-1], starts)), session, score)


def _parts(chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    """The same dyads in blocks that fit the processor's cache."""
    for chunk in chunks:
        begin, last = 0, len(chunk.dyads)
        while begin < last:
            end = int(np.searchsorted(chunk.starts, chunk.starts[begin] + ROWS, side="right")) - 1
            end = max(end, begin + 1)
            first, stop = int(chunk.starts[begin]), int(chunk.starts[end])
            yield Chunk(
                chunk.dyads[begin:end],
                chunk.starts[begin : end + 1] - first,
                chunk.session[first:stop],
                chunk.score[first:stop],
            )
            begin = end


def _prepared(
    part: Chunk, context: PanelContext, higher_is_better: bool
) -> tuple[Series | None, npt.NDArray[np.bool_], Codes]:
    """The scored sessions (``None``: not one), the rows that they are, and for each row why it was left out."""
    held = ~np.isnan(part.score)
    nowhere = np.isnan(part.session)
    same = np.zeros(part.score.size, dtype=np.bool_)
    same[1:] = part.session[1:] == part.session[:-1]
    same[part.starts[:-1]] = False
    again = same.copy()
    again[:-1] |= same[1:]
    named = np.repeat([label is not None for label in part.dyads], np.diff(part.starts))
    value = part.score if higher_is_better else -part.score
    with np.errstate(invalid="ignore"):
        outside = (value < context.minimum - context.tolerance) | (value > context.maximum + context.tolerance)
    left_out = np.zeros(part.score.size, dtype=np.uint8)
    for why, rows in (
        (LeftOut.OUTSIDE_SCALE, outside),
        (LeftOut.REPEATED_SESSION, again),
        (LeftOut.NO_SESSION, nowhere),
        (LeftOut.NO_DYAD, ~named),
    ):
        left_out[rows & held] = 1 + _LEFT_OUT.index(why)
    counted = ~again & ~nowhere & named
    score = np.where(left_out == 0, part.score, np.nan)[counted]
    before = np.concatenate(([0], np.cumsum(counted)))
    there = counted & (left_out == 0) & held
    if not there.any():
        return None, there, left_out
    series, _, _ = scored(before[part.starts], part.session[counted], score, higher_is_better=higher_is_better)
    return series, there, left_out


def _judged(
    connection: Any,
    rows: Callable[[], Iterator[Any]],
    target: Path,
    rules: tuple[Rule, ...],
    context: PanelContext,
    higher_is_better: bool,
    threads: int,
) -> FolderDetection:
    names = columns_of(rules)
    tally = np.zeros((len(rules), 256), dtype=np.int64)
    gone = np.zeros(len(_LEFT_OUT) + 1, dtype=np.int64)
    total = dyads = 0

    def one(part: Chunk) -> tuple[list[Codes], Codes]:
        series, there, left_out = _prepared(part, context, higher_is_better)
        codes = [np.full(part.score.size, CODES[Verdict.NO_SCORE], dtype=np.uint8) for _ in rules]
        if series is not None:
            for code, rule in zip(codes, rules, strict=True):
                code[there] = rule.verdicts(series, context).code
        return codes, left_out

    for number, chunk in enumerate(_chunks(rows()), start=1):
        found = list(in_order(one, _parts([chunk]), threads))
        codes = [np.concatenate([each[0][at] for each in found]) for at in range(len(rules))]
        left_out = np.concatenate([each[1] for each in found])
        for at, code in enumerate(codes):
            tally[at] += np.bincount(code, minlength=256)
        gone += np.bincount(left_out, minlength=gone.size)
        total += chunk.score.size
        dyads += sum(label is not None for label in chunk.dyads)
        _write(connection, target / f"part-{number:05d}.parquet", chunk, names, codes, left_out)
    return FolderDetection(
        target,
        rules,
        names,
        total,
        dyads,
        {name: _told(tally[at]) for at, name in enumerate(names)},
        {why.value: int(number) for why, number in zip(_LEFT_OUT, gone[1:], strict=True) if number},
    )


def _told(tally: npt.NDArray[np.int64]) -> dict[str, int]:
    counts = {verdict.value: 0 for verdict in Verdict}
    for code in sorted(set(CODES.values())):
        counts[verdict_of(code).value] += int(tally[code])
        reason = reason_of(code)
        if reason is not None and tally[code]:
            counts[reason.value] = int(tally[code])
    return counts


def _write(
    connection: Any, path: Path, chunk: Chunk, names: tuple[str, ...], codes: list[Codes], left_out: Codes
) -> None:
    """One Parquet file with the verdicts of a chunk, in words."""
    table: dict[str, npt.NDArray[Any]] = {
        "dyad": np.repeat(np.array(chunk.dyads, dtype=object), np.diff(chunk.starts)),
        "session": chunk.session,
        "score": chunk.score,
        "left_out": left_out,
        **{f"code_{at}": code for at, code in enumerate(codes)},
    }
    writing = connection.cursor()
    writing.register("verdicts", table)
    verdicts = {code: verdict_of(code).value for code in CODES.values()}
    reasons = {code: reason.value for code in CODES.values() if (reason := reason_of(code)) is not None}
    told = ", ".join(
        f'{_case(f"code_{at}", verdicts)} AS "{name}", {_case(f"code_{at}", reasons)} AS "{name}_reason"'
        for at, name in enumerate(names)
    )
    why = _case("left_out", {1 + at: word.value for at, word in enumerate(_LEFT_OUT)})
    finite = ", ".join(f"CASE WHEN isnan({name}) THEN NULL ELSE {name} END AS {name}" for name in ("session", "score"))
    place = str(path).replace("'", "''")
    columns = f"dyad::VARCHAR AS dyad, {finite}, {told}, {why} AS left_out"
    writing.execute(f"COPY (SELECT {columns} FROM verdicts) TO '{place}' (FORMAT parquet)")
    writing.close()


def _case(column: str, words: Mapping[int, str]) -> str:
    told = " ".join(f"WHEN {code} THEN '{word}'" for code, word in sorted(words.items()))
    return f"CASE {column} {told} END"
