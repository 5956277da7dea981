"""Whatever is wrong with a file of concepts is named, with its line."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from therarel.concepts import FaultLevel, check_concepts, load_concepts
from therarel.errors import ReadingError


class Damage(NamedTuple):
    """One damaged copy of the file.

    Attributes:
        name: What was done.
        before: What stands in the file, exactly once.
        after: What stands there instead; a line break in it is real.
        where: What the line of the fault holds.
        says: What the fault says.
        level: How grave it is.
        hint: What the hint says.
    """

    name: str
    before: str
    after: str
    where: str
    says: str
    level: FaultLevel = FaultLevel.ERROR
    hint: str = ""


WARMTH = "- {id: warmth, kind: element, label: Warmth, origin: document,"
CARING = '   definition: "Friendly, caring regard for the client.",'
BOND = "- {subject: warmth, kind: supports, object: bond, basis: inferred_with_literature,"
STAGES = "- {subject: initial_formation, kind: precedes, object: working_phase, basis: stated,"
VALID = "- {subject: validation, kind: requires, object: empathy, basis: inferred,"
MESH = 'identifier: "D003219"'

DAMAGES = (
    Damage("label emptied", WARMTH, WARMTH.replace("Warmth", '""'), "id: warmth,", "the label is empty"),
    Damage("label missing", WARMTH, WARMTH.replace("label: Warmth, ", ""), "id: warmth,", "required, but missing"),
    Damage("label taken", WARMTH, WARMTH.replace("Warmth", "Trust"), "label: Trust, origin: document,\n   definition: \"Fr", "the label leads to 'trust' already"),
    Damage("definition emptied", CARING, '   definition: "",', 'definition: "",', "the definition is empty"),
    Damage("definition repeats another", CARING, '   definition: "The affective tie of trust, liking and safety.",', "tie of trust, liking and safety", "another concept has the same definition"),
    Damage("definition is the label", CARING, "   definition: Warmth.,", "definition: Warmth.", "only repeats the label", FaultLevel.WARN),
    Damage("definition without a full stop", CARING, CARING.replace('client."', 'client"'), "for the client\"", "does not end with a full stop", FaultLevel.INFO),
    Damage("white space in a label", WARMTH, WARMTH.replace("Warmth", '"Warmth "'), '"Warmth "', "stray white space in the label", FaultLevel.WARN),
    Damage("two spaces in a definition", CARING, CARING.replace("caring regard", "caring  regard"), "caring  regard", "stray white space in the definition", FaultLevel.WARN),
    Damage("id in capitals", WARMTH, WARMTH.replace("id: warmth", "id: Warmth"), "id: Warmth", "an id is in lower snake case"),
    Damage("id twice", WARMTH, WARMTH.replace("id: warmth", "id: trust"), "id: trust, kind: element, label: Warmth", "a concept with this id is there already"),
    Damage("kind of node misspelt", WARMTH, WARMTH.replace("kind: element", "kind: elemnt"), "elemnt", "no such kind of node", hint="did you mean 'element'?"),
    Damage("alias of another", "aliases: [goal consensus, goals]", "aliases: [goal consensus, tasks]", "aliases: [task agreement, tasks]", "the alias leads to 'goal_agreement' already"),
    Damage("alias twice", "aliases: [goal consensus, goals]", "aliases: [goals, goals]", "[goals, goals]", "the alias leads here already", FaultLevel.WARN),
    Damage("slug in snake case", "slug: active-listening", "slug: active_listening", "slug: active_listening", "a slug is in lower case with hyphens"),
    Damage("origin misspelt", WARMTH, WARMTH.replace("document", "documnt"), "documnt", "origin", hint="did you mean 'document'?"),
    Damage("origin against outline", WARMTH, WARMTH.replace("document", "literature"), "id: warmth", "origin and outline disagree", FaultLevel.WARN),
    Damage("class unknown", "classes: [WorkingAlliance]", "classes: [WorkingAliance]", "WorkingAliance", "therarel.domain has no such name", hint="did you mean 'WorkingAlliance'?"),
    Damage("class twice", "classes: [WorkingAlliance]", "classes: [WorkingAlliance, WorkingAlliance]", "[WorkingAlliance, W", "the class occurs twice", FaultLevel.WARN),
    Damage("identifier impossible", MESH, 'identifier: "D03219"', "D03219", "no identifier of MESH looks like this"),
    Damage("identifier of another vocabulary", MESH, 'identifier: "Q3219"', "Q3219", "no identifier of MESH looks like this"),
    Damage("exact match taken", MESH, 'identifier: "D004645"', 'identifier: "D004645", label: Conf', "'empathy' is an exact match of it already", FaultLevel.WARN),
    Damage("unknown key", WARMTH, WARMTH.replace("origin", "orign"), "orign", "unknown key", hint="did you mean 'origin'?"),
    Damage("subject dangling", BOND, BOND.replace("warmth", "warmht"), "warmht", "the subject of the edge is not a concept", hint="did you mean 'warmth'?"),
    Damage("object dangling", BOND, BOND.replace("bond", "bnd"), "object: bnd", "the object of the edge is not a concept"),
    Damage("kind of edge misspelt", BOND, BOND.replace("supports", "suports"), "suports", "no such kind of edge", hint="did you mean 'supports'?"),
    Damage("subject of the wrong kind", BOND, BOND.replace("warmth", "therapist"), "subject: therapist, kind: supports", "the kind 'role' cannot be the subject of 'supports'"),
    Damage("object of the wrong kind", BOND, BOND.replace("bond", "client"), "object: client, basis: inferred_w", "the kind 'role' cannot be the object of 'supports'"),
    Damage("two kinds joined", STAGES, STAGES.replace("working_phase", "strain_recognition"), "object: strain_recognition, basis: stated", "'precedes' joins concepts of one kind"),
    Damage("edge to itself", BOND, BOND.replace("bond", "warmth"), "object: warmth, basis: inferred_w", "an edge does not lead back to where it begins"),
    Damage("edge twice", BOND, BOND.replace("warmth", "empathy"), "object: bond, basis: inferred_w", "this edge is there already"),
    Damage("circle", VALID, "- {subject: genuine_attention, kind: requires, object: building_rapport, basis: inferred,", "subject: genuine_attention, kind: requires", "closes a circle of 'requires'"),
    Damage("second whole", BOND, BOND.replace("supports", "part_of"), "kind: part_of, object: bond, basis: inferred_w", "'warmth' is part of 'professional_boundaries' already"),
    Damage("symmetric edge from both ends", BOND, BOND.replace("supports, object: bond", "balanced_with, object: professionalism"), "subject: professionalism, kind: balanced_with", "reads the same both ways", FaultLevel.WARN),
    Damage("key of the bibliography misspelt", "refs: [fluckiger2020]", "refs: [flukiger2020]", "flukiger2020", "the bibliography has no such key", hint="did you mean 'fluckiger2020'?"),
    Damage("key twice", "refs: [fluckiger2020]", "refs: [fluckiger2020, fluckiger2020]", "fluckiger2020, fluckiger2020", "the key occurs twice", FaultLevel.WARN),
    Damage("nothing to rest on", "refs: [fluckiger2020]", "refs: []", "refs: []", "an edge names what it rests on"),
    Damage("basis without literature", BOND, BOND.replace("inferred_with_literature", "outline"), "object: bond, basis: outline", "does not name a publication"),
    Damage("literature with a place", BOND, BOND.replace("inferred_with_literature", "literature"), "object: bond, basis: literature", "does not name a place in the outline"),
    Damage("place impossible", "outline: [therapeutic-impact/4]", "outline: [Therapeutic Impact/4]", "Therapeutic Impact/4", "no place in an outline"),
    Damage("waiver on another kind", BOND, BOND + " waivable: true,", "waivable: true, outline: [key", "only a requirement has this", FaultLevel.WARN),
    Damage("second relationship", WARMTH, WARMTH.replace("kind: element", "kind: relationship"), "id: warmth, kind: relationship", "there is one relationship"),
    Damage("island", "nodes:\n", "nodes:\n- {id: island, kind: skill, label: Island, origin: literature, definition: Alone.}\n", "id: island", "no edge leads to or from it", FaultLevel.WARN),
    Damage("kind of node unused", "edge_kinds:\n", "- {id: mood, meaning: A passing state.}\nedge_kinds:\n", "id: mood", "no concept is of this kind", FaultLevel.INFO),
    Damage("kind of node twice", "edge_kinds:\n", "- {id: skill, meaning: Once more.}\nedge_kinds:\n", "Once more", "this kind of node is there already"),
    Damage("ends of an unknown kind", "   subjects: [rupture, marker],", "   subjects: [rupture, markr],", "markr", "no such kind of node", hint="did you mean 'marker'?"),
    Damage("symmetric with another inverse", "inverse: balanced_with,", "inverse: out_of_balance_with,", "out_of_balance_with", "a symmetric kind of edge is its own inverse"),
    Damage("publication unused", "node_kinds:\n", "references:\n- {key: ours2026, authors: [Ours], status: V}\nnode_kinds:\n", "ours2026", "no edge rests on this publication", FaultLevel.INFO),
    Damage("truth value as text", "waivable: true", 'waivable: "yes"', 'waivable: "yes"', "true or false"),
    Damage("version as a number", 'version: "1"', "version: 1", "version: 1", "text is needed"),
    Damage("schema of the future", "therarel.concepts/1", "therarel.concepts/9", "therarel.concepts/9", "version"),
    Damage("bracket open", "outline: [therapeutic-impact/4]", "outline: [therapeutic-impact/4", "", "this is not YAML"),
)  # fmt: skip


def damaged(text: str, damage: Damage) -> str:
    """The file with the damage done to the first place that fits."""
    assert damage.before in text, f"the file no longer holds what '{damage.name}' replaces"
    return text.replace(damage.before, damage.after, 1)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_a_damage_is_named_with_its_line(text: str, damage: Damage) -> None:
    """Each kind of damage gives a fault of the right level, on the right line, with a hint where one helps."""
    copy = damaged(text, damage)
    faults = check_concepts(copy, name="copy.yaml")
    found = [fault for fault in faults if damage.says in str(fault)]
    assert found, "\n".join(map(str, faults))
    fault = found[0]
    assert fault.level is damage.level
    assert damage.hint in str(fault)
    assert fault.source == "copy.yaml"
    if damage.where:
        place = copy.index(damage.where, text.index(damage.before))
        assert fault.line == copy[:place].count("\n") + 1


ONE_OF_EACH = [next(damage for damage in DAMAGES if damage.level is level) for level in FaultLevel]


@pytest.mark.parametrize("damage", ONE_OF_EACH, ids=lambda damage: damage.level)
def test_only_errors_keep_a_file_from_loading(text: str, damage: Damage) -> None:
    """A file with an error is refused with its line; warnings and remarks let it load."""
    copy = damaged(text, damage)
    if any(fault.level is FaultLevel.ERROR for fault in check_concepts(copy)):
        with pytest.raises(ReadingError) as refused:
            load_concepts(copy, name="copy.yaml")
        assert "copy.yaml:" in str(refused.value)
    else:
        assert len(load_concepts(copy)) >= 124


def test_all_faults_of_a_file_are_told_at_once(text: str) -> None:
    """Damages on different lines are reported together, in the order of the file."""
    copy = text.replace(WARMTH, WARMTH.replace("element", "elemnt")).replace(BOND, BOND.replace("bond", "bnd"))
    faults = check_concepts(copy)
    assert {"no such kind of node", "the object of the edge is not a concept"} <= {fault.what for fault in faults}
    lines = [fault.line or 0 for fault in faults]
    assert lines == sorted(lines)
    with pytest.raises(ReadingError, match="the concepts make no graph, 2 errors"):
        load_concepts(copy)


def test_words_that_may_be_private_stand_in_no_fault(text: str) -> None:
    """A value with spaces is described by its length, so that a pasted sentence stays out of messages."""
    said = "she said she would rather not come back"
    copy = text.replace(BOND, BOND.replace("bond", f'"{said}"'))
    assert all(said not in str(fault) for fault in check_concepts(copy))


def test_the_shipped_file_has_no_fault(text: str) -> None:
    """Nothing is wrong with our own file, not even a remark."""
    assert check_concepts(text) == ()


def test_a_file_without_a_relationship_makes_no_graph_of_its_own() -> None:
    """A file that only adds concepts is meant to be laid over another."""
    faults = check_concepts(
        "schema: therarel.concepts/1\ntitle: Ours\nversion: '1'\nnode_kinds:\n- {id: skill, meaning: What one can do.}\n"
        "nodes:\n- {id: rowing, kind: skill, label: Rowing, definition: Moving a boat., origin: literature}\n"
    )
    assert [fault.what for fault in faults if fault.level is FaultLevel.ERROR] == [
        "there is no concept of the kind 'relationship'"
    ]
