"""What a picture says to those who do not see it: sentences made from the numbers that were drawn."""

from __future__ import annotations

from therarel.drawing.elements import coordinate, is_missing
from therarel.drawing.marks import Numbers
from therarel.drawing.scales import tick_labels
from therarel.errors import InvalidValueError


def describe_series(name: str, xs: Numbers, ys: Numbers, *, x: str = "session", decimals: int = 2) -> str:
    """One series in one sentence: where it begins and ends, its lowest and highest value, what is missing.

    The sentence states what was drawn and judges nothing.

    Args:
        name: What the series is called.
        xs: In the order of the series; a pair with a missing value counts as missing.
        ys: As many.
        x: What the first list counts.
        decimals: How exactly values are said.

    Raises:
        InvalidValueError: on lists of unequal length, or an infinite value.

    Examples:
        >>> describe_series("C-014", [1, 2, 3], [4, None, 4])
        'C-014: from 4 at session 1 to 4 at session 3; 1 missing.'
    """
    columns = list(xs), list(ys)
    if len(columns[0]) != len(columns[1]):
        raise InvalidValueError(
            "the lists differ in length", where="series", value=f"{len(columns[0])} and {len(columns[1])}"
        )
    pairs = [
        (coordinate(at, "series"), coordinate(value, "series"))
        for at, value in zip(*columns, strict=True)
        if not is_missing(at) and not is_missing(value)
    ]
    missing = len(columns[0]) - len(pairs)
    if not pairs:
        return f"{name}: no values."

    def said(pair: tuple[float, float]) -> str:
        value, at = tick_labels([round(pair[1], decimals)])[0], tick_labels([round(pair[0], decimals)])[0]
        return f"{value} at {x} {at}"

    lowest, highest = min(pairs, key=lambda pair: pair[1]), max(pairs, key=lambda pair: pair[1])
    parts = [f"{said(pairs[0])}"] if len(pairs) == 1 else [f"from {said(pairs[0])} to {said(pairs[-1])}"]
    if lowest[1] < highest[1]:
        parts.append(f"lowest {said(lowest)}, highest {said(highest)}")
    if missing:
        parts.append(f"{missing} missing")
    return f"{name}: {'; '.join(parts)}."
