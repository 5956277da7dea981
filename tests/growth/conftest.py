"""Spark for the tests that ask for it: ``pytest -m spark tests/growth``; that needs Java."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ..detection.engines.conftest import Engine, on_spark, pytest_collection_modifyitems

__all__ = ["pytest_collection_modifyitems", "spark"]


@pytest.fixture(scope="session")
def spark() -> Iterator[Engine]:
    """PySpark in local mode."""
    yield from on_spark()
