"""Which extra of the library installs an optional package, and what is said where the package is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final

from therarel.errors import MissingExtraError

__all__ = ["EXTRAS", "needs"]

EXTRAS: Final = MappingProxyType(
    {
        "cryptography": "journal",
        "duckdb": "duckdb",
        "formulaic": "research",
        "hypothesis": "testing",
        "marimo": "teaching",
        "fastexcel": "files",
        "pyreadstat": "files",
        "narwhals": "research",
        "numpy": "research",
        "polars": "research",
        "psycopg": "postgres",
        "pyarrow": "duckdb",
        "pyspark": "spark",
        "ruptures": "changepoints",
        "scipy": "research",
    }
)
"""Optional package: the extra that installs it."""


@contextmanager
def needs(needed_for: str) -> Iterator[None]:
    """Imports inside fail with the line that installs what is missing.

    Args:
        needed_for: What needs the packages.

    Raises:
        MissingExtraError: if one of them is not installed.

    Examples:
        >>> with needs("an example"):
        ...     import numpy
    """
    try:
        yield
        return
    except MissingExtraError as error:
        extra, missing = error.extra, error.missing  # of a part of the library that is needed here
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in EXTRAS:
            raise
        extra = EXTRAS[missing]
    raise MissingExtraError(needed_for, extra=extra, missing=missing)
