"""What people ask a concept graph, one module per question; `ConceptGraph` has a method for each."""

__all__: list[str] = []
