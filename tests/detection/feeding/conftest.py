"""Engines under test: the same suite runs on DuckDB and polars always, and on Spark where it is asked for.

``pytest -m spark tests/detection/feeding`` runs it on PySpark in local mode; that needs Java.
"""

from __future__ import annotations

import math
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence

import duckdb
import polars as pl
import pytest
from attrs import frozen


@frozen
class Engine:
    """One engine.

    Args:
        name: Its name.
        table: Rows as a lazy table of the engine.
        rows: A lazy table of the engine as rows, whatever their order.
    """

    name: str
    table: Callable[[pl.DataFrame], object]
    rows: Callable[[object], pl.DataFrame]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests on Spark run when they are asked for by their marker, and not otherwise."""
    if "spark" in (config.option.markexpr or ""):
        for item in items:  # what PySpark says about pandas concerns none of this
            item.add_marker(pytest.mark.filterwarnings("ignore::FutureWarning"))
        return
    slow = [item for item in items if item.get_closest_marker("spark")]
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if not item.get_closest_marker("spark")]


def on_polars() -> Engine:
    """Polars, lazily."""
    return Engine("polars", lambda rows: rows.lazy(), lambda lazy: lazy.collect())  # type: ignore[attr-defined]  # a LazyFrame


def on_duckdb() -> Engine:
    """DuckDB in memory."""
    connection = duckdb.connect()

    def table(rows: pl.DataFrame) -> object:
        return connection.from_arrow(rows.to_arrow())

    return Engine("duckdb", table, lambda relation: relation.pl())  # type: ignore[attr-defined]  # a relation


def on_spark() -> Iterator[Engine]:
    """PySpark in local mode, with its session ended afterwards."""
    os.environ["PYSPARK_PYTHON"] = sys.executable  # the rules run there
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # what PySpark says about pandas concerns none of this
        from pyspark.sql import SparkSession

        session = (
            SparkSession.builder.master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.driver.memory", "2g")
            .config("spark.log.level", "ERROR")
            .getOrCreate()
        )
    kinds = {pl.String: "string", pl.Float64: "double", pl.Int64: "bigint"}

    def table(rows: pl.DataFrame) -> object:
        schema = ", ".join(f"`{name}` {kinds[type(kind)]}" for name, kind in rows.schema.items())
        return session.createDataFrame(rows.rows(), schema)

    def collected(frame: object) -> pl.DataFrame:
        found = [tuple(row) for row in frame.collect()]  # type: ignore[attr-defined]  # a Spark DataFrame
        return pl.DataFrame(found, schema=frame.columns, orient="row", infer_schema_length=None)  # type: ignore[attr-defined]

    yield Engine("pyspark", table, collected)
    session.stop()


@pytest.fixture(scope="session", params=["duckdb", "polars", pytest.param("pyspark", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Each engine in turn."""
    if request.param == "pyspark":
        yield from on_spark()
    else:
        yield {"duckdb": on_duckdb, "polars": on_polars}[request.param]()


def same(left: Sequence[object], right: Sequence[object]) -> bool:
    """Whether two columns hold the same, NaN and null alike."""

    def plain(value: object) -> object:
        return None if isinstance(value, float) and math.isnan(value) else value

    return [plain(each) for each in left] == [plain(each) for each in right]


@pytest.fixture(scope="session")
def same_columns() -> Callable[[Sequence[object], Sequence[object]], bool]:
    """How two columns are compared."""
    return same
