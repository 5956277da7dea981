"""Detection in tables of an engine: relations of DuckDB, lazy frames of polars, DataFrames of Spark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeVar

import narwhals as nw
from narwhals.typing import IntoLazyFrame

from therarel.detection.feeding.feed import Feed, Per, checked_columns, feed_for
from therarel.detection.feeding.rows import Frame, quoted
from therarel.detection.rules.base import Rule
from therarel.domain.ratings import RatingScale
from therarel.errors import InvalidValueError, shown
from therarel.panels import SessionIndex
from therarel.tables.forks import use_polars

FrameT = TypeVar("FrameT", bound=IntoLazyFrame)

_ENGINES: Final = ("duckdb", "pyspark", "polars")
"""The engines whose tables are judged; a lazy table of another one is refused."""


def detect_lazy(
    frame: FrameT,
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
    recovery: bool = False,
    per: Per = "session",
    threads: int = 2,
) -> FrameT:
    """Judge every session of a table of DuckDB, polars or Spark by any rules.

    The engine sorts the rows by dyad and session; the rules of `therarel.detect` judge whole dyads, so the verdicts are
    the same. The result is a table of the same kind. A LazyFrame of polars and a DataFrame of Spark are judged when the
    result is collected, in Spark by the executors, which need this library and pyarrow. What a rule learns from all
    dyads, such as a pooled standard deviation, is computed from the table before. The rows of DuckDB are judged at
    once, in memory; `detect_folder` judges more rows than memory holds.

    With ``per="session"`` the result has the columns of the table and, for each rule, a column with its verdict, named
    after the rule, and one with the reason where the verdict is ``undetectable``. The column ``left_out`` says why the
    score of a row was not used: ``outside_scale``, ``repeated_session``, ``no_session`` or ``no_dyad``. A session that
    occurs twice, which a panel would merge, is left out here.

    With ``per="dyad"`` the result has one row per dyad: the number of its scored sessions, of those at which each rule
    fired, and of those at which it could not have fired; and what a rule says of the dyad as a whole.

    Args:
        frame: A DuckDB relation, a PySpark DataFrame or a polars LazyFrame; one row per dyad and session.
        dyad: Column of the dyad's label.
        session: Column of the session, a number; turn dates into days first.
        score: Column of the score, a number; null and NaN mean that there is none. For rules that read two raters
            both columns, the primary one first.
        scale: Lowest and highest possible score, or a `RatingScale`.
        higher_is_better: Direction; needed where the scale is a pair of numbers.
        index: What the session column counts.
        max_gap: Largest distance between sessions that follow each other; ``None`` if any may.
        primary: The rule whose columns come first.
        also: Further rules.
        recovery: Whether to add, for each rule, what became of the drop at each flagged session
            (``recovered``, ``open``, ``not_known``) and the session at which it recovered. Sessions are not
            gathered into candidates.
        per: Whether a row of the result is a session or a dyad.
        threads: Number of threads, where the rows are judged on this machine; never changes the answer.

    Raises:
        UnknownNameError: if a column does not exist.
        InvalidValueError: if the table is not lazy or of another engine, a column holds no numbers, or the scale or
            its direction is missing.

    Examples:
        >>> import polars
        >>> from therarel.detection import rules
        >>> table = polars.LazyFrame({"client": ["A"] * 8, "week": range(1, 9), "wai": [4, 4, 4, 4, 4, 4, 4, 2]})
        >>> judged = detect_lazy(
        ...     table, dyad="client", session="week", score="wai", scale=(1, 5), higher_is_better=True,
        ...     primary=rules.Drop(k=2), recovery=True,
        ... )
        >>> judged.collect().row(7)
        ('A', 8, 2, 'flagged', None, 'not_known', None, None)
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
        recovery=recovery,
    )
    if per not in ("session", "dyad"):
        raise InvalidValueError("no such kind of row", where="per", value=shown(per), bound="'session' or 'dyad'")
    lazy, engine = _checked_table(frame)
    checked_columns(lazy.collect_schema(), feed)
    # Each engine brings whole dyads, in the order of their sessions, to the rules in its own way.
    judge = {"duckdb": _in_duckdb, "polars": _in_polars, "pyspark": _in_spark}[engine]
    result: FrameT = judge(frame, lazy, feed, per, threads)
    return result


def _checked_table(frame: object) -> tuple[nw.LazyFrame[Any], str]:
    """The table through narwhals, and the name of its engine.

    Raises:
        InvalidValueError: if the table is not lazy, or of an engine that is not supported.
    """
    lazy = nw.from_native(frame, pass_through=True)
    if not isinstance(lazy, nw.LazyFrame):
        raise InvalidValueError(
            "a lazy table is needed",
            where="frame",
            value=shown(frame),
            bound="a DuckDB relation, a PySpark DataFrame or a polars LazyFrame",
            hint="make a panel of a table in memory: therarel.detect(therarel.Panel.from_frame(...), ...)",
        )
    if lazy.implementation.is_polars():
        use_polars()
    engine = lazy.implementation.value
    if engine not in _ENGINES:
        raise InvalidValueError(
            "tables of this engine are not supported", where="frame", value=f"'{engine}'", bound=" or ".join(_ENGINES)
        )
    return lazy, engine


def _judged(frame: Frame, feed: Feed, per: Per, threads: int) -> Frame:
    """The result for a whole sorted table: the rules learn from it first, and then judge it."""
    learning, starts = feed.learning(), feed.starts_of(frame)
    ready = feed.learn(learning, frame, starts, threads=threads) if learning.needed else []
    learnt = feed.learnt(learning)
    judged = learnt.judged(frame, starts, ready=ready, threads=threads)
    if per == "session":
        return learnt.with_verdicts(frame, judged)
    return learnt.concluded(learnt.dyads_with_verdicts(frame, judged))


def _in_duckdb(relation: Any, lazy: nw.LazyFrame[Any], feed: Feed, per: Per, threads: int) -> Any:
    keys = ", ".join(f"{quoted(name)} NULLS LAST" for name in (feed.dyad, feed.session))
    ordered = nw.from_native(relation.order(keys).to_arrow_table(), eager_only=True)
    # The query reads this variable by its name, unless the database has a table of that name: hence a name like this.
    _therarel_judged_rows = _judged(ordered, feed, per, threads).to_native()
    return relation.query("_therarel_ordered_rows", "SELECT * FROM _therarel_judged_rows")


def _in_polars(table: Any, lazy: nw.LazyFrame[Any], feed: Feed, per: Per, threads: int) -> Any:
    def judge(rows: Any) -> Any:
        return _judged(nw.from_native(rows, eager_only=True), feed, per, threads).to_native()

    schema = _result_schema(lazy, feed, per).to_polars()
    ordered = table.sort(feed.dyad, feed.session, nulls_last=True)
    return ordered.map_batches(judge, schema=schema)


def _in_spark(table: Any, lazy: nw.LazyFrame[Any], feed: Feed, per: Per, threads: int) -> Any:
    from therarel.detection.feeding.spark import judge_table

    return judge_table(table, feed, per, _result_schema(lazy, feed, per))


def _result_schema(lazy: nw.LazyFrame[Any], feed: Feed, per: Per) -> nw.Schema:
    """Names and types of the result's columns: those of the result for an empty table."""
    schema = lazy.collect_schema()
    empty = nw.from_dict({name: [] for name in schema}, schema=schema, backend="polars")
    return _judged(empty, feed, per, 1).schema
