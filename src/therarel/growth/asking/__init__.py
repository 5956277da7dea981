"""What a growth model is asked: columns, formulas, groups and time of a table, and the design made of them."""

__all__: list[str] = []
