"""Every word that a machine says comes from its texts: each text is marked, and no other word is found."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from html import unescape
from pathlib import Path
from string import Formatter, ascii_lowercase, ascii_uppercase

import attrs
import pytest
from click.testing import CliRunner
from tests.machine.rendering import SOURCES, courses, said_of_course, said_of_events

import therarel
import therarel.texts
from therarel import domain, records
from therarel.cli import main
from therarel.domain import Relationship, events
from therarel.errors import ReadingError
from therarel.machine import Course, Machine, overview
from therarel.reading import Reader
from therarel.simulation import simulate_courses
from therarel.texts import GuardText, Texts, standard_texts
from therarel.vocabulary import Vocabulary

FILE = Path(therarel.texts.__file__).with_name("texts.yaml")
SOURCE = Path(therarel.__file__).parent

MARKED = str.maketrans(
    ascii_lowercase + ascii_uppercase,
    "".join(chr(0x1D68A + place) for place in range(26)) + "".join(chr(0x1D670 + place) for place in range(26)),
)
"""A letter of an alphabet that nobody types, for each letter: what was not marked is seen at once."""
WORD = re.compile(r"[A-Za-z]{2,}")


def marked(sentence: str) -> str:
    """A text with every letter marked, and the places of its values kept."""
    parts = []
    for literal, name, _, _ in Formatter().parse(sentence):
        parts.append(literal.translate(MARKED).replace("{", "{{").replace("}", "}}"))
        parts += [] if name is None else [f"{{{name}}}"]
    return "".join(parts)


def all_marked(texts: Mapping[str, str]) -> dict[str, str]:
    """Every text of a group, marked."""
    return {name: marked(sentence) for name, sentence in texts.items()}


def guard_marked(text: GuardText) -> GuardText:
    """A guard with each of its sentences marked."""
    said = {name: marked(getattr(text, name)) for name in ("question", "fails", "would_change")}
    cases = {
        name: attrs.evolve(case, fails=marked(case.fails), would_change=marked(case.would_change))
        for name, case in text.cases.items()
    }
    return attrs.evolve(text, **said, cases=cases)  # type: ignore[arg-type]  # each is a text


@cache
def texts_of_marks() -> Texts:
    """A language of marks."""
    texts = standard_texts()
    groups = ("conditions", "effects", "remarks", "reasons", "views", "due", "observed", "words", "events")
    return Texts(
        guards={name: guard_marked(text) for name, text in texts.guards.items()},
        phrases={name: all_marked(phrases) for name, phrases in texts.phrases.items()},
        **{name: all_marked(getattr(texts, name)) for name in groups},  # type: ignore[arg-type]  # each is a group of texts
    )


@cache
def machine() -> Machine:
    """The standard machine in a language of marks."""
    return Machine(attrs.evolve(Machine.standard().table, name="0"), texts_of_marks())


NAMES = frozenset({"therarel", "simulated", "alliance", "total"})
"""The library, and the simulated instrument with its one scale."""
CODE = re.compile(r"\b(?:concern|breach|goal|task)-[\w-]+|\b[CST]-\w+")
INSTRUMENT = re.compile(r"\b[a-z]+(?:-[a-z]+)*-\d+\w*|\bwai-sr(?: \w+)?|\bwai-s\b")
SHOWN = re.compile(r"\b(?:aria-label|title|alt)=\"([^\"]*)\"")


def in_words(said: str) -> str:
    """What a person reads of an answer, a picture or a page."""
    if not said.startswith("<"):
        return said
    said = re.sub(r"<(style|script)\b.*?</\1>", " ", said, flags=re.DOTALL)
    return unescape(" ".join([*SHOWN.findall(said), re.sub(r"<[^>]*>", " ", said)]))


def unmarked(said: str) -> set[str]:
    """The words that are from no text."""
    read = INSTRUMENT.sub(" ", CODE.sub(" ", in_words(said)))
    return set(WORD.findall(read)) - NAMES


@pytest.mark.parametrize("source", SOURCES)
def test_every_word_that_is_said_of_a_course_is_from_the_texts(source: str) -> None:
    """Answers, history, changes, what is due, handover, pictures and pages hold no word but those of the texts."""
    found = {
        f"{place}: {what}": unmarked(words)
        for place, course in enumerate(courses(source, machine()))
        for what, words in said_of_course(course)
    }
    assert found
    assert {what: words for what, words in found.items() if words} == {}


def test_every_word_of_the_command_is_from_the_texts(tmp_path: Path) -> None:
    """What the command shows, lists as due and hands over of saved courses holds no word but those of the file."""
    texts = tmp_path / "marks.yaml"
    texts.write_text(json.dumps(Reader().unstructure(texts_of_marks()), ensure_ascii=False), "utf-8")
    courses = [Course.begin("C-1", "T-1"), *simulate_courses(2, seed=11, sessions=60, premature=0.1)]
    asked = ("show --options --history", "show", "due --on 2027-01-04", "handover")
    for place, course in enumerate(courses):
        saved = tmp_path / f"{place}.json"
        records.dump(course, saved, confidential="redact")
        for words in asked:
            given = ["course", *words.split(), str(saved), "--texts", str(texts)]
            said = CliRunner().invoke(main, given, catch_exceptions=False).stdout
            assert said.strip()
            assert unmarked(said) == set(), (place, words)


def test_every_word_that_is_said_of_any_event_is_from_the_texts() -> None:
    """Whatever happens in whatever state: the answer holds no word but those of the texts."""
    found = {what: unmarked(words) for what, words in said_of_events(machine(), 20)}
    assert {what: words for what, words in found.items() if words} == {}


LABEL = re.compile(r"label=\"([^\"]*)\"|state \"([^\"]*)\"| : (.*)$", re.MULTILINE)
CITATION = re.compile(r"[(;] ?[^();]*\d{4}[a-z]? \[[\w-]+\]")


@pytest.mark.parametrize("form", ["mermaid", "dot", "markdown", "svg"])
def test_every_word_of_the_diagrams_is_from_the_texts(form: str) -> None:
    """Labels, cells and descriptions are said in the texts; sources keep the names of their authors."""
    drawn = format(machine(), form)
    if form in ("mermaid", "dot"):
        drawn = "\n".join("".join(found) for found in LABEL.findall(drawn))
    assert len(drawn) > 500
    assert unmarked(CITATION.sub(" ", drawn)) == set()


def test_each_part_of_a_relationship_has_its_words() -> None:
    """Whatever differs afterwards, its name is among the texts, and so is every word of a closed list and every event."""
    texts = standard_texts()
    assert texts.phrases["field"].keys() == {each.name for each in attrs.fields(Relationship)}
    kinds = [*events.FACTS, *events.JUDGEMENTS, events.EntryRetracted, events.EntryCorrected]
    assert texts.events.keys() == {kind.__name__ for kind in kinds}
    listed = [each for each in vars(domain).values() if isinstance(each, type) and issubclass(each, Vocabulary)]
    terms = {term.value: term.label for each in listed for term in each}
    assert {value: texts.words.get(value) for value in terms} == terms


def test_every_phrase_is_said_somewhere() -> None:
    """No phrase waits in the file that nothing says: each key is written in the code, whole or by its group."""
    code = "\n".join(path.read_text("utf-8") for path in SOURCE.rglob("*.py"))
    by_group = {group for group in standard_texts().phrases if f'f"{group}.{{' in code}
    unsaid = [
        f"{group}.{name}"
        for group, phrases in standard_texts().phrases.items()
        for name in phrases
        if group not in by_group and not re.search(rf"""['"]{group}\.{name.removesuffix("_one")}['"]""", code)
    ]
    assert unsaid == []


def test_a_language_of_its_own_is_read_from_one_file(tmp_path: Path) -> None:
    """The file of the library with other words makes a machine that decides the same and says it otherwise."""
    path = tmp_path / "texts.yaml"
    path.write_text(FILE.read_text("utf-8").replace("\n  strained: strained", "\n  strained: belastet"), "utf-8")
    machine = Machine.standard().with_texts(path)
    course = Course.begin("C-014", "T-03", machine=machine)
    course.record(events.StrainNoticed(session=2))
    said = str(overview(course))
    assert "belastet" in said
    assert "strained" not in said
    assert machine.provenance == Machine.standard().provenance


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("\n  strained: strained", "", "there is no text 'strained' among the words"),
        ("\n  strained: strained", "\n  straind: strained", "did you mean 'strained'?"),
        ('"session {session}"', '"session {number}"', "Hint: use {session}"),
        ('"session {session}"', '"session"', "Hint: use {session}"),
        ('"session {session}"', '"session {session"', "a brace without its counterpart"),
        ("\n  A11: ", "\n  A111: ", "$.reasons: there is no sentence for 'A11' among the reasons"),
        ("\n  A11: What", "\n  A11: '{what}'\n  A98: What", "a sentence of the reason 'A11' has a brace"),
        ("\n  occurrence:", "\n  occurence:", "did you mean 'occurrence'?"),
        ("clinician_reviewed: []", "clinician_reviewed: [remarks.loged]", "did you mean 'remarks.logged'?"),
    ],
)
def test_a_language_that_lacks_a_text_or_a_value_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    """What is missing, unknown or fills in other values is named with the file, and what to write."""
    path, text = tmp_path / "texts.yaml", FILE.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ReadingError) as raised:
        Machine.standard().with_texts(path)
    assert message in str(raised.value)
    assert str(path) in str(raised.value)


def test_what_a_clinician_has_reviewed_is_known_text_by_text(tmp_path: Path) -> None:
    """A place counts its text as reviewed, a place above several texts counts all of them, and nothing else does."""
    path = tmp_path / "texts.yaml"
    listed = "clinician_reviewed: [remarks.safety_concern, guards.status_intact]"
    path.write_text(FILE.read_text("utf-8").replace("clinician_reviewed: []", listed), "utf-8")
    texts = Machine.standard().with_texts(path).texts
    reviewed = ("remarks.safety_concern", "guards.status_intact.fails")
    assert [texts.is_reviewed(place) for place in (*reviewed, "remarks.safety_concerns", "guards.status")] == [
        True, True, False, False
    ]  # fmt: skip
    assert texts.reviewed == (4, standard_texts().reviewed.of)
    assert str(texts.reviewed) == f"4 of {texts.reviewed.of} texts reviewed by a clinician"


def test_no_text_claims_a_review_that_there_was_not() -> None:
    """No clinician has reviewed any of the texts of the library, and the page says so."""
    assert standard_texts().reviewed.texts == 0
