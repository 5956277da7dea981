"""The packages of the extra ``research``: what is missing is named with the line that installs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from therarel.errors import MissingExtraError

__all__ = ["research"]

_PACKAGES: Final = frozenset({"narwhals", "numpy", "scipy"})


@contextmanager
def research(needed_for: str) -> Iterator[None]:
    """Imports inside fail with the line that installs the extra.

    Args:
        needed_for: What needs the packages.

    Raises:
        MissingExtraError: if one of them is not installed.

    Examples:
        >>> with research("an example"):
        ...     import numpy
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in _PACKAGES:
            raise
        raise MissingExtraError(needed_for, extra="research", missing=package) from error
