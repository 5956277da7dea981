"""What a link rests on, resolved: basis, places, publications, figures."""

from __future__ import annotations

from attrs import frozen

from therarel.citations import Citation
from therarel.concepts.findings import Finding
from therarel.concepts.terms import Basis

__all__ = ["Evidence"]


@frozen
class Evidence:
    """What a link rests on.

    Args:
        basis: The outline's words or order, our reading, literature.
        outline: Places in the outline.
        citations: Publications.
        findings: Published figures.

    Examples:
        >>> from therarel.concepts import concept_graph
        >>> graph = concept_graph()
        >>> print(graph.evidence(graph.edge("empathy", "predicts", "treatment effectiveness")))
        literature: Elliott et al., 2018; r = .28 [.23, .33], k = 82, N = 6138 (Elliott et al., 2018)
    """

    basis: Basis
    outline: tuple[str, ...]
    citations: tuple[Citation, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def weight(self) -> int:
        """How many publications and figures speak for it; 0 where the outline alone does."""
        return len(self.citations) + len(self.findings)

    def __str__(self) -> str:
        cited = ", ".join(each.short for each in self.citations)
        parts = [f"{self.basis.meaning}{': ' if cited else ''}{cited}", *map(str, self.findings)]
        return "; ".join(parts)
