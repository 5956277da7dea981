"""What follows from the estimates: tests, intervals, comparisons, sizes, random effects and predictions."""

__all__: list[str] = []
