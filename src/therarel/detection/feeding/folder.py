"""Detection in Parquet files larger than memory: sorted by DuckDB, fed to the rules dyad by dyad."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import narwhals as nw
import numpy as np
from attrs import evolve, field, frozen
from narwhals.typing import IntoFrame

from therarel.counting import counted
from therarel.detection.feeding.feed import Feed, feed_for
from therarel.detection.feeding.rows import Frame, LeftOut, frame_of, quoted, whole_dyads
from therarel.detection.rules.base import Rule
from therarel.detection.verdicts import CODES, Verdict, reason_of, verdict_of
from therarel.domain.ratings import RatingScale
from therarel.errors import InvalidValueError, UnknownNameError, as_whole, hint_for, shown
from therarel.extras import needs
from therarel.files.disk import failing_by_name, opening_by_name
from therarel.panels import SessionIndex
from therarel.representation import one_line
from therarel.tables.arrays import Ints
from therarel.tables.labels import AS_IT_IS, labels, spellings
from therarel.tables.numbers import EXACT

CHUNK: Final = 1 << 20
"""Rows that are read, judged and written at a time, rounded up to whole dyads."""


@frozen
class FolderDetection:
    """What `detect_folder` wrote, and how much of it.

    Args:
        folder: Where the verdicts are: Parquet files, in the order of dyads and sessions.
        rules: The rules, the primary one first.
        columns: The name of each rule's column.
        rows: Number of rows.
        n_dyads: Number of dyads.
        counts: For each column the number of rows by verdict, and of undetectable ones by reason.
        left_out: Number of rows with a score that were judged as if they had none, by reason.
        dyads: One row per dyad: its scored sessions, at how many of them each rule fired or could not have, and what
            a rule says of the dyad as a whole; an Arrow table.
    """

    folder: Path
    rules: tuple[Rule, ...]
    columns: tuple[str, ...]
    rows: int
    n_dyads: int
    counts: Mapping[str, Mapping[str, int]] = field(repr=False)
    left_out: Mapping[str, int]
    dyads: IntoFrame = field(repr=False)

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        flagged = ", ".join(f"{name}: {counts.get('flagged', 0):,} flagged" for name, counts in self.counts.items())
        return f"{counted(self.rows, 'row')}, {counted(self.n_dyads, 'dyad')}; {flagged}"


def detect_folder(
    source: str | Path,
    out: str | Path,
    *,
    dyad: str,
    session: str,
    score: str | Sequence[str],
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

    DuckDB sorts the rows by dyad and session, on disk where they do not fit; whole dyads are fed to the rules of
    `therarel.detect`. Verdicts are written as Parquet files with the columns dyad, session, score, each
    rule's verdict and reason, and ``left_out``, as `detect_lazy` gives them.

    Args:
        source: A Parquet file, or a folder of them, subfolders included.
        out: Folder for the verdicts; made if it does not exist, and it must be empty.
        dyad: Column of the dyad's label, taken in its one spelling as in a panel (``7`` and ``7.0``).
        session: Column of the session, a number.
        score: Column of the score, a number; for rules that read two raters both columns, the primary one first.
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
        InvalidValueError: if there is no Parquet file, a file is not Parquet or is damaged, session or score is not a
            number, the folder for the verdicts is not empty, or the scale or its direction is missing.
        OpeningError: if there is no such file or folder; then a `FileNotFoundError` too.
    """
    feed = feed_for(
        dyad=dyad,
        session=session,
        score=score,
        scale=scale,
        higher_is_better=higher_is_better,
        index=index,
        max_gap=max_gap,
        primary=primary,
        also=also,
    )
    files = _files(Path(source))
    target = Path(out)
    with failing_by_name(target):
        target.mkdir(parents=True, exist_ok=True)
    if any(target.iterdir()):
        raise InvalidValueError("the folder for the verdicts is not empty", where="out", value=f"'{target.name}'")
    with tempfile.TemporaryDirectory(prefix="therarel-") as scratch:
        connection = _connection(scratch, memory, threads)
        try:
            names = {"dyad": dyad, "session": session, "score": feed.scores[0]}
            rows = _sorted(connection, files, names, feed.scores[1:], Path(scratch))
            # The sorted rows have names of their own, whatever those of the files were.
            inside = evolve(feed, dyad="dyad", session="session", scores=("score", *feed.scores[1:]))
            learning = inside.learning()
            if learning.needed:
                for frame in whole_dyads(rows(), "dyad"):
                    inside.learn(learning, frame, threads=threads)
            return _judged(connection, rows, target, inside.learnt(learning), threads)
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
    threads = as_whole(threads, where="threads", minimum=1)
    try:
        return duckdb.connect(config={"memory_limit": memory, "threads": threads, "temp_directory": scratch})
    except duckdb.Error as refused:
        raise InvalidValueError("not accepted", where="memory", value=shown(memory), bound="such as 1GB") from refused


def _sorted(
    connection: Any, files: list[str], roles: Mapping[str, str], others: Sequence[str], scratch: Path
) -> Callable[[], Iterator[Frame]]:
    """Sort the rows once, into a file, and give a way to read them in order, as often as needed."""
    import duckdb

    try:
        known = [row[0] for row in connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [files]).fetchall()]
    except duckdb.Error as refused:
        raise _unreadable(connection, files) from refused
    for role, name in [*roles.items(), *(("score", other) for other in others)]:
        if name not in known:
            raise UnknownNameError("no such column", where=role, value=shown(name), hint=hint_for(name, known))
    named = {role: quoted(name) for role, name in roles.items()}
    beside = "".join(f", {quoted(name)}::DOUBLE AS {quoted(name)}" for name in others)
    ordered = str(scratch / "sorted.parquet").replace("'", "''")
    try:
        dyad = _spelt(connection, files, roles["dyad"])
        connection.execute(
            f"""
            COPY (
                SELECT {dyad} AS dyad, {named["session"]}::DOUBLE AS session,
                       {named["score"]}::DOUBLE AS score{beside}
                FROM read_parquet(?) ORDER BY 1 NULLS LAST, 2 NULLS LAST
            ) TO '{ordered}' (FORMAT parquet, ROW_GROUP_SIZE 122880)
            """,
            [files],
        )
    except (duckdb.ConversionException, duckdb.BinderException):
        # DuckDB may quote a value of the file, so that its words are not repeated.
        raise _no_number(connection, files, roles) from None
    except duckdb.InvalidInputException as refused:
        raise _unreadable(connection, files) from refused
    except duckdb.Error as refused:
        damaged = _damaged(connection, files)
        if damaged is None:  # the disk is full, or the memory too small: DuckDB says so itself
            raise
        raise damaged from refused

    def rows() -> Iterator[Frame]:
        reading = connection.cursor()
        for batch in reading.sql(f"SELECT * FROM read_parquet('{ordered}')").to_arrow_reader(CHUNK):
            yield frame_of(batch)

    return rows


def _spelt(connection: Any, files: list[str], name: str) -> str:
    """The labels in their one spelling, as a panel has them, in SQL.

    Raises:
        InvalidValueError: if they are fractions, or whole numbers that were rounded.
    """
    column = quoted(name)
    kind = connection.execute(f"SELECT typeof({column}) FROM read_parquet(?) LIMIT 1", [files]).fetchall()
    if kind and kind[0][0] in ("DOUBLE", "FLOAT"):
        known = f"CASE WHEN isnan({column}) THEN NULL ELSE {column} END"
        odd = f"SELECT DISTINCT {known} AS {column} FROM read_parquet(?) WHERE {known} <> floor({column})"
        odd += f" OR isinf({column}) OR abs({column}) >= {EXACT} LIMIT 9"
        refused = connection.sql(odd, params=[files]).to_arrow_table()
        labels(nw.from_native(refused, eager_only=True)[name].to_polars(), "dyad")
        return f"CAST({known} AS BIGINT)::VARCHAR"
    text = f"{column}::VARCHAR"
    odd = f"SELECT DISTINCT {text} FROM read_parquet(?) WHERE NOT regexp_matches({text}, '{AS_IT_IS}')"
    changed = spellings(label for (label,) in connection.execute(odd, [files]).fetchall())
    if not changed:
        return text
    connection.execute("CREATE TEMP TABLE spellings (label VARCHAR, spelling VARCHAR)")
    connection.executemany("INSERT INTO spellings VALUES (?, ?)", [*changed.items()])
    other = f"(SELECT spelling FROM spellings WHERE label = {text})"
    return f"CASE WHEN {text} IN (SELECT label FROM spellings) THEN {other} ELSE {text} END"


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


def _no_number(connection: Any, files: list[str], roles: Mapping[str, str]) -> InvalidValueError:
    """What to say where the sessions or the scores are not numbers: which, and in how many rows."""
    import duckdb

    for role in ("session", "score"):
        name = quoted(roles[role])
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


def _judged(
    connection: Any, rows: Callable[[], Iterator[Frame]], target: Path, feed: Feed, threads: int
) -> FolderDetection:
    tally = np.zeros((len(feed.rules), 256), dtype=np.int64)
    gone = np.zeros(len(LeftOut) + 1, dtype=np.int64)
    total = 0
    dyads: list[Frame] = []
    for number, frame in enumerate(whole_dyads(rows(), "dyad"), start=1):
        judged = feed.judged(frame, threads=threads)
        for at, code in enumerate(judged.codes):
            tally[at] += np.bincount(code, minlength=256)
        gone += np.bincount(judged.left_out, minlength=gone.size)
        total += len(frame)
        dyads.append(feed.dyads_with_verdicts(frame, judged))
        verdicts = _without_nan(feed.with_verdicts(frame, judged)).to_native()
        writing = connection.cursor()
        writing.register("verdicts", verdicts)
        place = str(target / f"part-{number:05d}.parquet").replace("'", "''")
        writing.execute(f"COPY (SELECT * FROM verdicts) TO '{place}' (FORMAT parquet)")
        writing.close()
    table = feed.concluded(nw.concat(dyads)) if dyads else feed.concluded(_nobody(feed))
    return FolderDetection(
        target,
        feed.rules,
        feed.columns,
        total,
        len(table),
        {name: _counted(tally[at]) for at, name in enumerate(feed.columns)},
        {why.value: int(number) for why, number in zip(LeftOut, gone[1:], strict=True) if number},
        table.to_native(),
    )


def _without_nan(frame: Frame) -> Frame:
    """Sessions and scores with nothing where there is no number."""
    numbers = [name for name, kind in frame.schema.items() if kind == nw.Float64]
    return frame.with_columns(nw.when(~nw.col(name).is_nan()).then(nw.col(name)).alias(name) for name in numbers)


def _nobody(feed: Feed) -> Frame:
    """The table of no dyads."""
    schema = nw.Schema({"dyad": nw.String(), **dict.fromkeys(("session", *feed.scores), nw.Float64())})
    frame = nw.from_dict({name: [] for name in schema}, schema=schema, backend="pyarrow")
    return feed.dyads_with_verdicts(frame, feed.judged(frame))


def _counted(tally: Ints) -> dict[str, int]:
    counts = {verdict.value: 0 for verdict in Verdict}
    for code in sorted(set(CODES.values())):
        counts[verdict_of(code).value] += int(tally[code])
        reason = reason_of(code)
        if reason is not None and tally[code]:
            counts[reason.value] = int(tally[code])
    return counts
