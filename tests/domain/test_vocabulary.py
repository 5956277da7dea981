"""Closed vocabularies declare what they are and name what they stand for."""

import pytest

from therarel import domain
from therarel.domain import AllianceStatus, Stage, StageTask
from therarel.errors import UnknownNameError
from therarel.vocabulary import Vocabulary

VOCABULARIES = sorted(Vocabulary.__subclasses__(), key=lambda vocabulary: vocabulary.__name__)
ours = [each for each in VOCABULARIES if each.__module__.startswith("therarel.domain")]
each_vocabulary = pytest.mark.parametrize("vocabulary", ours, ids=lambda vocabulary: vocabulary.__name__)


@each_vocabulary
def test_members_are_unique_and_public(vocabulary: type[Vocabulary]) -> None:
    """No two names share a value, and the vocabulary is reachable from the domain."""
    assert len(vocabulary) == len(vocabulary.__members__)
    assert vocabulary.__name__ in domain.__all__


@each_vocabulary
def test_concept_vocabularies_use_the_node_id_as_value(vocabulary: type[Vocabulary]) -> None:
    """Where members are concepts the value is the node id; elsewhere a link names one or none."""
    for member in vocabulary:
        assert member.concept is None or isinstance(member.concept, str)
        if vocabulary.are_concepts():
            assert member.concept in (member.value, None)
    if vocabulary.are_concepts():
        assert [member for member in vocabulary if member.concept is None] in ([], [Stage.CLOSED])


@each_vocabulary
def test_an_unknown_term_is_refused_with_a_hint(vocabulary: type[Vocabulary]) -> None:
    """A term that is not in the vocabulary is refused and the known ones are named."""
    member = next(iter(vocabulary))
    with pytest.raises(UnknownNameError, match="Hint") as caught:
        vocabulary(member.value + "x")
    assert member.value in str(caught.value)


def test_the_design_examples_hold() -> None:
    """The value of a stage task is its node id; a status that is no concept links to one."""
    assert StageTask.BUILDING_RAPPORT.value == "building_rapport" == StageTask.BUILDING_RAPPORT.concept
    assert AllianceStatus.RUPTURED.concept == "alliance_rupture"
    assert AllianceStatus.INTACT.concept is None
    assert Stage.CLOSED.concept is None


def test_a_vocabulary_must_declare_itself() -> None:
    """A vocabulary that says neither that it is made of concepts nor which it links to cannot be defined."""
    with pytest.raises(TypeError, match="must declare"):

        class Undeclared(Vocabulary):
            ONE = "one"

    with pytest.raises(TypeError, match="does not have"):

        class Mislinked(Vocabulary, links={"two": "trust"}):
            ONE = "one"
