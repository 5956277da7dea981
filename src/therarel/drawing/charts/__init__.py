"""Charts: lines, points, bands and spans in the units of the data, on axes, apart from how they are rendered."""

__all__: list[str] = []
