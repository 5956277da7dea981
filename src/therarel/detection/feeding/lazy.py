"""Detection in tables that stay in their engine until they are asked for: DuckDB, polars, Spark."""

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

__all__ = ["detect_lazy"]

FrameT = TypeVar("FrameT", bound=IntoLazyFrame)

ENGINES: Final = ("duckdb", "pyspark", "polars")
"""The engines whose rows are fed to the rules; a lazy table of another one is refused."""


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

    The engine sorts the rows by dyad and session, and whole dyads are fed to the rules of `therarel.detect`, so that
    the verdicts are the same by construction. The result is a table of the same kind. A polars LazyFrame and a Spark
    DataFrame are judged when the result is asked for, Spark's on its executors, which need this library and pyarrow;
    only what rules learn from all dyads is looked up before. DuckDB's rows are judged at once, in memory; for more
    rows than fit there is `detect_folder`.

    With ``per="session"`` the result has the columns of the table, and for each rule its verdict, under the rule's
    name, and the reason where that is ``undetectable``; and ``left_out``, the reason for which a row with a score is
    judged as if it had none (``outside_scale``, ``repeated_session``, ``no_session``, ``no_dyad``); a session that
    occurs twice is tidied by a panel and left out here. With ``per="dyad"`` it has one row per dyad: its scored
    sessions, at how many of them each rule fired or could not have, and what a rule says of the dyad as a whole.

    Args:
        frame: A DuckDB relation, a PySpark DataFrame or a polars LazyFrame; one row per dyad and session.
        dyad: Column of the dyad's label.
        session: Column of the session, a number; dates are turned into days before.
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
        per: What a row of the result stands for.
        threads: Number of threads, where the rows are judged on this machine; never changes the answer.

    Raises:
        UnknownNameError: if a column does not exist.
        InvalidValueError: if the table is not lazy or of another engine, a column holds no numbers, or the scale or
            its direction is missing.

    Examples:
        >>> import polars
        >>> from therarel.detection import rules
        >>> table = polars.LazyFrame({"client": ["A"] * 8, "week": range(1, 9), "wai": [4, 4, 4, 4, 4, 4, 4, 2]})
        >>> found = detect_lazy(
        ...     table, dyad="client", session="week", score="wai", scale=(1, 5), higher_is_better=True,
        ...     primary=rules.Drop(k=2), recovery=True,
        ... )
        >>> found.collect().row(7)
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
        raise InvalidValueError("no such result", where="per", value=shown(per), bound="'session' or 'dyad'")
    lazy, engine = _lazy(frame)
    checked_columns(lazy.collect_schema(), feed)
    # Each engine by what it alone can do: all of them give whole dyads in the order of their sessions.
    judge_table = {"duckdb": _in_duckdb, "polars": _in_polars, "pyspark": _in_spark}[engine]
    result: FrameT = judge_table(frame, lazy, feed, per, threads)
    return result


def _lazy(frame: object) -> tuple[nw.LazyFrame[Any], str]:
    lazy = nw.from_native(frame, pass_through=True)
    if not isinstance(lazy, nw.LazyFrame):
        raise InvalidValueError(
            "a lazy table is needed",
            where="frame",
            value=shown(frame),
            bound="a DuckDB relation, a PySpark DataFrame or a polars LazyFrame",
            hint="of a table in memory make a panel: therarel.detect(therarel.Panel.from_frame(...), ...)",
        )
    if lazy.implementation.is_polars():
        use_polars()
    engine = lazy.implementation.value
    if engine not in ENGINES:
        raise InvalidValueError(
            "not tested on this engine", where="frame", value=f"'{engine}'", bound=" or ".join(ENGINES)
        )
    return lazy, engine


def _judged(frame: Frame, feed: Feed, per: Per, threads: int) -> Frame:
    """A whole sorted table judged: learnt from, then read again."""
    learning = feed.learning()
    ready = feed.learn(learning, frame, threads=threads) if learning.needed else []
    known = feed.learnt(learning)
    judged = known.judged(frame, ready=ready, threads=threads)
    if per == "session":
        return known.with_verdicts(frame, judged)
    return known.concluded(known.dyads_with_verdicts(frame, judged))


def _in_duckdb(relation: Any, lazy: nw.LazyFrame[Any], feed: Feed, per: Per, threads: int) -> Any:
    keys = ", ".join(f"{quoted(name)} NULLS LAST" for name in (feed.dyad, feed.session))
    ordered = nw.from_native(relation.order(keys).to_arrow_table(), eager_only=True)
    # The query finds the rows by the name that they have here, unless a table of that name is there: none should be.
    _therarel_judged_rows = _judged(ordered, feed, per, threads).to_native()
    return relation.query("_therarel_ordered_rows", "SELECT * FROM _therarel_judged_rows")


def _in_polars(table: Any, lazy: nw.LazyFrame[Any], feed: Feed, per: Per, threads: int) -> Any:
    def judge(rows: Any) -> Any:
        return _judged(nw.from_native(rows, eager_only=True), feed, per, threads).to_native()

    schema = result_schema(lazy, feed, per).to_polars()
    ordered = table.sort(feed.dyad, feed.session, nulls_last=True)
    return ordered.map_batches(judge, schema=schema)


def _in_spark(table: Any, lazy: nw.LazyFrame[Any], feed: Feed, per: Per, threads: int) -> Any:
    from therarel.detection.feeding.spark import judge_table

    return judge_table(table, feed, per, result_schema(lazy, feed, per))


def result_schema(lazy: nw.LazyFrame[Any], feed: Feed, per: Per) -> nw.Schema:
    """Names and types of the columns of a result, from that of no rows."""
    schema = lazy.collect_schema()
    nobody = nw.from_dict({name: [] for name in schema}, schema=schema, backend="polars")
    return _judged(nobody, feed, per, 1).schema
