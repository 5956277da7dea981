"""One vocabulary: where terms are concepts they are nodes of the concept graph, and links lead to nodes."""

import pytest

from therarel.concepts import concept_graph
from therarel.domain import Stage
from therarel.vocabulary import OrderedVocabulary, Vocabulary

VOCABULARIES = sorted(
    {*Vocabulary.__subclasses__(), *OrderedVocabulary.__subclasses__()} - {OrderedVocabulary},
    key=lambda vocabulary: vocabulary.__name__,
)


@pytest.mark.parametrize("vocabulary", VOCABULARIES, ids=lambda vocabulary: vocabulary.__name__)
def test_a_term_that_is_a_concept_is_a_node(vocabulary: type[Vocabulary]) -> None:
    """The concept of a term is the id of a node; in a vocabulary of concepts every term but `closed` has one."""
    nodes = {node.id for node in concept_graph().nodes()}
    for term in vocabulary:
        assert term.concept is None or term.concept in nodes
        if vocabulary.are_concepts():
            assert term.concept == term.value or term is Stage.CLOSED
