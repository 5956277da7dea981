"""What instruments measure is what the concept graph says that they measure."""

from __future__ import annotations

from therarel.concepts import concept_graph
from therarel.domain import Closeness, RelationshipPart
from therarel.measures import instruments


def test_what_scales_speak_to_is_what_the_concept_graph_says_they_measure() -> None:
    """Each part that a scale speaks to is linked with the instrument, no further part is, and what is not exact has a note."""
    graph = concept_graph()
    spoken = {(each.part.concept, form.concept, each.closeness) for form in instruments() for each in form.parts}
    parts = {part.concept for part in RelationshipPart}
    linked = {edge.triple[::2] for edge in graph.edges("measured_by") if edge.subject in parts}
    assert linked - {("working_alliance", "calpas")} == {pair[:2] for pair in spoken}
    for concept, measure, closeness in spoken:
        assert concept is not None
        assert measure is not None
        assert closeness is Closeness.EXACT or graph.edge(concept, "measured_by", measure).note
