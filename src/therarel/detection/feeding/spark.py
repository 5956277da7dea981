"""Detection on Spark's executors: whole dyads in sorted Arrow batches, judged beside the data."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

import narwhals as nw
import narwhals.selectors

from therarel.detection.feeding.feed import Feed, Per
from therarel.detection.feeding.rows import Frame, frame_of, whole_dyads
from therarel.detection.rules.base import Rule

__all__ = ["judge_table"]


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
        for row in needed.mapInArrow(_Learn(feed), "learnt binary").collect():
            learning.join(pickle.loads(bytes(row[0])))  # what our own executors have just written
        feed = feed.learnt(learning)
    judged = ordered.mapInArrow(_Judge(feed, per), _types(table, schema))
    if per == "dyad" and any(type(rule).concluded is not Rule.concluded for rule in feed.rules):
        judged = judged.coalesce(1).mapInArrow(_Conclude(feed), judged.schema)
    return judged


def _batches(frame: Frame) -> Iterator[Any]:
    yield from frame.to_native().combine_chunks().to_batches()


class _Task:
    """Work on one partition, sent to an executor."""

    def __init__(self, feed: Feed, per: Per = "session") -> None:
        self.feed, self.per = feed, per

    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        raise NotImplementedError


class _Learn(_Task):
    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        import pyarrow as pa  # type: ignore[import-untyped]  # it ships no types

        learning = self.feed.learning()
        for frame in whole_dyads(map(frame_of, batches), self.feed.dyad):
            self.feed.learn(learning, frame)
        yield pa.RecordBatch.from_pydict({"learnt": pa.array([pickle.dumps(learning)], pa.binary())})


class _Judge(_Task):
    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        for frame in whole_dyads(map(frame_of, batches), self.feed.dyad):
            judged = self.feed.judged(frame)
            if self.per == "session":
                words = nw.selectors.categorical().cast(nw.String)  # what Spark takes
                yield from _batches(self.feed.told(frame, judged).with_columns(words))
            else:
                yield from _batches(self.feed.told_of_dyads(frame, judged))


class _Conclude(_Task):
    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        frames = list(map(frame_of, batches))
        if frames:
            yield from _batches(self.feed.concluded(nw.concat(frames)))


def _types(table: Any, schema: nw.Schema) -> Any:
    """The columns of the result as Spark types: those of the table, and words and numbers that are added."""
    from pyspark.sql.types import DoubleType, LongType, StringType, StructField, StructType

    own = {each.name: each for each in table.schema.fields}
    made = {nw.Enum: StringType(), nw.Int64: LongType(), nw.Float64: DoubleType()}
    return StructType(
        [own.get(name) or StructField(name, made[type(kind)], nullable=True) for name, kind in schema.items()]
    )
