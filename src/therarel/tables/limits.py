"""How much of a table is read before reading stops with an error."""

from __future__ import annotations

from attrs import field, frozen

from therarel.errors import InvalidValueError, is_whole, shown


def _at_least_one(value: int) -> int:
    if is_whole(value) and value >= 1:
        return int(value)
    raise InvalidValueError("a limit is a whole number", where="Limits", value=shown(value), bound="at least 1")


@frozen(kw_only=True)
class Limits:
    """Bounds on what a file may hold; they keep a small file from filling the memory.

    Args:
        rows: Most rows of a table.
        bytes: Most bytes of a file after unpacking.
        problems: Most problems of one kind that are kept row by row; the others are counted.

    Examples:
        >>> Limits(rows=1000).rows
        1000
    """

    rows: int = field(default=100_000_000, converter=_at_least_one)
    bytes: int = field(default=8 << 30, converter=_at_least_one)
    problems: int = field(default=100_000, converter=_at_least_one)

    def check_rows(self, rows: int, name: str) -> None:
        """Refuse a table with more rows than allowed.

        Raises:
            InvalidValueError: if there are more.
        """
        if rows > self.rows:
            raise _beyond("the table has more rows than the limit", name, f"{rows:,} rows", f"{self.rows:,}", "rows")

    def check_bytes(self, size: int, name: str) -> None:
        """Refuse a file with more bytes than allowed.

        Raises:
            InvalidValueError: if there are more.
        """
        if size > self.bytes:
            raise _beyond(
                "the file is larger than the limit", name, None, f"{self.bytes:,} bytes after unpacking", "bytes"
            )


def _beyond(what: str, name: str, value: str | None, most: str, limit: str) -> InvalidValueError:
    return InvalidValueError(
        what, where=name, value=value, bound=f"at most {most}", hint=f"allow more with limits=Limits({limit}=...)"
    )
