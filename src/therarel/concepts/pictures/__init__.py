"""The graph in pictures: an overview by group, a concept and what is around it, chains and maps.

Every layout is counted out from the order of the file, so that the same graph gives the same bytes.
"""

__all__: list[str] = []
