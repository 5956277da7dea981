"""Detection on Spark's executors: whole dyads in sorted Arrow batches, judged beside the data."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from functools import partial
from typing import Any

import narwhals as nw
import narwhals.selectors

from therarel.detection.feeding.feed import Feed, Per
from therarel.detection.feeding.rows import Frame, frame_of, whole_dyads
from therarel.detection.rules.base import Rule


def judge_table(table: Any, feed: Feed, per: Per, schema: nw.Schema) -> Any:
    """A Spark DataFrame as one of verdicts, or of dyads; no row goes to the driver.

    What rules learn from all dyads is learnt first, in a job of its own that gives one small row per partition.

    Args:
        table: The DataFrame.
        feed: Rules and columns.
        per: What a row of the result stands for.
        schema: Names and types of the columns of the result.
    """
    ordered = table.repartition(feed.dyad).sortWithinPartitions(feed.dyad, feed.session)
    if feed.learning().needed:
        needed = ordered.select(*dict.fromkeys((feed.dyad, feed.session, *feed.scores)))
        learning = feed.learning()
        for row in needed.mapInArrow(partial(_learn, feed), "learnt binary").collect():
            learning.join(pickle.loads(bytes(row[0])))  # what our own executors have just written
        feed = feed.learnt(learning)
    judged = ordered.mapInArrow(partial(_judge, feed, per), _types(table, schema))
    if per == "dyad" and any(type(rule).concluded is not Rule.concluded for rule in feed.rules):
        judged = judged.coalesce(1).mapInArrow(partial(_conclude, feed), judged.schema)
    return judged


def _batches(frame: Frame) -> Iterator[Any]:
    yield from frame.to_native().combine_chunks().to_batches()


def _learn(feed: Feed, batches: Iterator[Any]) -> Iterator[Any]:
    """What the rules learn from one partition, as one row."""
    import pyarrow as pa  # type: ignore[import-untyped]  # it ships no types

    learning = feed.learning()
    for frame in whole_dyads(map(frame_of, batches), feed.dyad):
        feed.learn(learning, frame)
    yield pa.RecordBatch.from_pydict({"learnt": pa.array([pickle.dumps(learning)], pa.binary())})


def _judge(feed: Feed, per: Per, batches: Iterator[Any]) -> Iterator[Any]:
    """One partition with what was found, by session or by dyad."""
    words = nw.selectors.categorical().cast(nw.String)  # what Spark takes
    for frame in whole_dyads(map(frame_of, batches), feed.dyad):
        judged = feed.judged(frame)
        told = feed.with_verdicts(frame, judged) if per == "session" else feed.dyads_with_verdicts(frame, judged)
        yield from _batches(told.with_columns(words))


def _conclude(feed: Feed, batches: Iterator[Any]) -> Iterator[Any]:
    """All dyads, with what the rules say once they know all of them."""
    frames = list(map(frame_of, batches))
    if frames:
        yield from _batches(feed.concluded(nw.concat(frames)))


def _types(table: Any, schema: nw.Schema) -> Any:
    """The columns of the result as Spark types: those of the table, and words and numbers that are added."""
    from pyspark.sql.types import DoubleType, LongType, StringType, StructField, StructType

    own = {each.name: each for each in table.schema.fields}
    made = {nw.Enum: StringType(), nw.Int64: LongType(), nw.Float64: DoubleType()}
    return StructType(
        [own.get(name) or StructField(name, made[type(kind)], nullable=True) for name, kind in schema.items()]
    )
