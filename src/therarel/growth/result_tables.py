"""Results as tables of the kind that the data came in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import narwhals as nw
from narwhals.typing import IntoFrame


def table(columns: Mapping[str, Sequence[object]], kind: str) -> IntoFrame:
    """Columns as a table.

    Args:
        columns: Name to values.
        kind: ``polars``, ``pandas``, ``pyarrow`` or ``duckdb``.

    Examples:
        >>> table({"term": ["session"], "estimate": [0.2]}, "polars").shape
        (1, 2)
    """
    if kind == "duckdb":
        relation: IntoFrame = nw.from_dict(dict(columns), backend="pyarrow").lazy(backend="duckdb").to_native()
        return relation
    frame: IntoFrame = nw.from_dict(dict(columns), backend=kind).to_native()  # type: ignore[arg-type]  # a known kind
    return frame
