"""What a link rests on, resolved: basis, places, publications, figures."""

from __future__ import annotations

from attrs import frozen

from therarel.citations import Citation
from therarel.concepts.findings import Finding
from therarel.concepts.terms import Basis

__all__ = ["Evidence"]


@frozen
class Evidence:
    """What a link rests on, and what conflicts with it: evidence may disagree.

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
    def conflicting(self) -> tuple[Finding, ...]:
        """The findings that disagree with others: they do not speak for the link, and are shown beside it."""
        return tuple(each for each in self.findings if each.conflicts is not None)

    @property
    def supporting(self) -> tuple[Citation, ...]:
        """The publications that speak for the link: all but those that only conflicting findings come from."""
        agreeing = {each.citation_key for each in self.findings if each.conflicts is None}
        against = {each.citation_key for each in self.conflicting} - agreeing
        return tuple(each for each in self.citations if each.key not in against)

    @property
    def weight(self) -> int:
        """How many publications and figures speak for it; 0 where the outline alone does."""
        return len(self.supporting) + len(self.findings) - len(self.conflicting)

    def __str__(self) -> str:
        cited = ", ".join(each.short for each in self.supporting)
        parts = [f"{self.basis.meaning}{': ' if cited else ''}{cited}"]
        parts += [str(each) for each in self.findings if each.conflicts is None]
        parts += [str(each) for each in self.conflicting]
        return "; ".join(parts)
