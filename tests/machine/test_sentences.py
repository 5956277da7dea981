"""Sentences of one's own: what could not be said is found when they are read, with its line, and never in use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import therarel.machine
import therarel.texts
from therarel.concepts import concept_graph
from therarel.errors import ReadingError
from therarel.machine import FindingKind, Machine, check
from therarel.machine.checking.sentences import texts_for
from therarel.machine.deciding import decide
from therarel.machine.guards import CASES
from therarel.machine.remarks import OF_COURSES, REMARK_FIELDS, REMARK_RULES
from therarel.machine.safety_remarks import SAFETY_REMARKS
from therarel.machine.specimens import events_about, specimens
from therarel.machine.unchanged import UNCHANGED
from therarel.texts import CaseText, GuardText, Texts

TABLE = Machine.standard().table
TEXTS = Machine.standard().texts
FOLDER = Path(therarel.machine.__file__).parent
FILE = Path(therarel.texts.__file__).with_name("texts.yaml")
WORDS = {"value": "3", "threshold": "4", "about": "trust"}
pieces = st.sampled_from(
    ["{value}", "{threshold}", "{about}", "{", "}", "{{", "}}", "{}", "{0}", "{value:.2f}", "{value!r}", "{about.x}", "{about:}", "so "]
)  # fmt: skip
sentences = st.lists(pieces, max_size=5).map("".join) | st.text(max_size=12)


def own(tmp_path: Path, edit: Callable[[str], str]) -> tuple[Path, str]:
    """The shipped sentences, edited."""
    path, text = tmp_path / "texts.yaml", edit(FILE.read_text("utf-8"))
    path.write_text(text, "utf-8")
    return path, text


def with_remark(name: str, sentence: str) -> Texts:
    """The sentences with one remark changed."""
    return attrs.evolve(TEXTS, remarks={**TEXTS.remarks, name: sentence})


def with_guard(name: str, guard: GuardText) -> Texts:
    """The sentences with those of one guard changed."""
    return attrs.evolve(TEXTS, guards={**TEXTS.guards, name: guard})


@given(sentence=sentences)
@example("{value:.2f}")
@example("{value")
def test_a_guards_sentence_that_passes_can_be_said(sentence: str) -> None:
    """What the check lets pass is filled in without an error, in the general sentences and in those of a case."""
    status = TEXTS.guards["status_intact"]
    cases = {**TEXTS.guards["not_in_rupture"].cases, "partly": CaseText(sentence, sentence)}
    for texts in (
        with_guard("status_intact", attrs.evolve(status, fails=sentence)),
        with_guard("status_intact", attrs.evolve(status, would_change=sentence)),
        with_guard("not_in_rupture", attrs.evolve(TEXTS.guards["not_in_rupture"], cases=cases)),
    ):
        if not list(texts_for(TABLE, texts)):
            assert sentence.format_map(WORDS) is not None


@pytest.mark.parametrize("name", TEXTS.remarks)
@given(sentence=sentences)
@example("Left {value}.")
@example("{value:.2f}")
def test_a_remark_that_passes_can_be_said(name: str, sentence: str) -> None:
    """A remark may ask for what its rule gives, and for nothing else; one that is given nothing is said as it stands."""
    given_here = {**REMARK_FIELDS, **SAFETY_REMARKS, **OF_COURSES}.get(name, ())
    if not list(texts_for(TABLE, with_remark(name, sentence))):
        values: Mapping[str, object] = dict.fromkeys(given_here, 3)
        said = sentence.format_map(values)
        assert given_here or said == sentence


def test_each_remark_is_given_what_its_sentence_may_ask_for() -> None:
    """The values that rules give on all specimens are those that are declared, and each rule is declared."""
    assert REMARK_FIELDS.keys() == REMARK_RULES.keys()
    seen: dict[str, set[tuple[str, ...]]] = {name: set() for name in REMARK_RULES}
    steps = {id(step): step for each in Machine.standard()._steps.values() for step in each if step.remarks}
    assert {name for step in steps.values() for name, _ in step.remarks} == REMARK_RULES.keys()
    for relationship in list(specimens())[::17]:
        for event in events_about(relationship):
            for step in Machine.standard().steps(relationship.stage, relationship.alliance_status, type(event)) or ():
                after = decide(relationship, event).relationship
                for name, rule in step.remarks:
                    values = rule(relationship, event, after, Machine.standard().policy)
                    if values is not None:
                        seen[name].add(tuple(sorted(values)))
    assert all(found <= {tuple(sorted(REMARK_FIELDS[name]))} for name, found in seen.items())


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        ("carried along: {about}.", "carried along: {value}.", "  unresolved_before:", "a sentence of the remark 'unresolved_before' asks for {value}. Hint: use {about}, written just so"),
        ("{value} of {threshold} are met.", "{value:.2f} of {threshold} are met.", '    fails: "Not met: {about}. {value:.2f}', "a sentence of the guard 'formation_complete' asks for {value:.2f}. Hint: use {value} or {threshold} or {about}, written just so"),
        ('"The alliance is {value}."', '"The alliance is {value."', '    fails: "The alliance is {value."', "a sentence of the guard 'status_intact' has a brace without its counterpart. Hint: write {{ or }} for a brace"),
        ("closes: the reason is kept", "closes: 'the {reason} is kept'", "  closes:", "a sentence of the effect 'closes' has a brace. Hint: nothing is filled in here"),
        ("      partly:", "      partley:", "      partley:", "the guard 'not_in_rupture' has no case 'partley'. Hint: did you mean 'partly'?"),
        ("  closed_already:", "  closed_allready:", "  closed_allready:", "there is nothing called 'closed_allready' among the remarks. Hint: did you mean 'closed_already'?"),
    ],
)  # fmt: skip
def test_a_sentence_that_cannot_be_said_is_refused_at_its_line(
    tmp_path: Path, old: str, new: str, at: str, message: str
) -> None:
    """The error names the file of the sentences, the line and what to write, before anything is decided."""
    path, text = own(tmp_path, lambda text: text.replace(old, new, 1))
    line = text[: text.index(at)].count("\n") + 1
    with pytest.raises(ReadingError) as raised:
        Machine.read(FOLDER / "statechart.yaml", texts=path)
    assert [each for each in str(raised.value).split("\n") if f"{path}:{line}:" in each and message in each]


@pytest.mark.parametrize("name", CASES)
def test_cases_that_are_left_out_are_told(name: str, tmp_path: Path) -> None:
    """A guard with several ways of not holding has sentences for each of them."""
    texts = with_guard(name, attrs.evolve(TEXTS.guards[name], cases={}))
    assert [(each.kind, each.path) for each in texts_for(TABLE, texts)] == [
        (FindingKind.MISSING_TEXT, ("guards", name, "cases"))
    ] * len(CASES[name])


def test_faults_of_both_files_are_told_at_once_each_with_its_file(tmp_path: Path) -> None:
    """One reading tells what is wrong with the table and what with the sentences."""
    path, _ = own(tmp_path, lambda text: text.replace("carried along: {about}.", "carried along: {value}.", 1))
    table = tmp_path / "own.yaml"
    text = (FOLDER / "statechart.yaml").read_text("utf-8")
    table.write_text(text.replace("to: maturation", "to: maturaton", 1), "utf-8")
    with pytest.raises(ReadingError) as raised:
        Machine.read(table, texts=path)
    sources = [problem.source for problem in raised.value.problems]  # type: ignore[attr-defined]  # of a document
    assert sorted(sources) == sorted([str(table), str(path)])


def test_sentences_made_in_python_are_told_as_such() -> None:
    """Without a file, what is wrong with the sentences is told apart from what is wrong with the table."""
    texts = with_remark("unresolved_before", "Left {value}.")
    assert [str(each).partition(":")[0] for each in check(TABLE, texts=texts)] == ["texts $.remarks.unresolved_before"]
    with pytest.raises(ReadingError, match=r"texts \$\.remarks\.unresolved_before"):
        Machine(TABLE, texts)


def test_remarks_without_values_are_those_that_say_why_nothing_moved() -> None:
    """Every sentence of the shipped file passes, and those that are said as they stand have no braces."""
    assert list(texts_for(TABLE, TEXTS)) == []
    assert not [name for name in UNCHANGED if "{" in TEXTS.remarks[name]]


def test_the_concepts_of_the_sentences_are_nodes_of_the_graph() -> None:
    """What stands behind a guard can be looked up."""
    known = {node.id for node in concept_graph().nodes()}
    assert {concept for text in TEXTS.guards.values() for concept in text.concepts} <= known


def test_no_sentence_claims_a_review_by_a_clinician_that_there_was_not() -> None:
    """The sentences say that they were not reviewed, and the page says so."""
    assert not Machine.standard().texts.clinician_reviewed
    page = Path(__file__).parents[2] / "docs" / "machine" / "agreements.md"
    assert "no clinician has reviewed them yet" in page.read_text("utf-8")
