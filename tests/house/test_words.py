"""One word per thing: public identifiers use the words of the house and no synonym of them."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path

import pytest

from therarel.vocabulary import Vocabulary

# Banned word: the word of the house.
SYNONYMS: Mapping[str, str] = {
    "appointment": "session",
    "assessor": "rater",
    "counsellor": "therapist",
    "counselor": "therapist",
    "customer": "client",
    "dip": "score_drop",
    "informant": "rater",
    "patient": "client",
    "polarity": "higher_is_better",
    "questionnaire": "instrument",
    "rebound": "recovery",
    "visit": "session",
}

# Identifier, as found: why the word stands there all the same.
ALLOWED: Mapping[str, str] = {
    "PATIENT_REJECTS_THERAPIST_INTERVENTION": "name of a 3RS code, as published",
    "PATIENT_DEFENDS_SELF_AGAINST_THERAPIST": "name of a 3RS code, as published",
    "LINK_RUPTURE_TO_PATTERNS_BETWEEN_PATIENT_AND_THERAPIST": "name of a 3RS code, as published",
    "REDIRECT_OR_REFOCUS_PATIENT": "name of a 3RS code, as published",
}


def identifiers(tree: ast.AST) -> Iterator[str]:
    """Every public name that a file gives: classes, functions, arguments, fields and constants."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.arg(arg=name) | ast.keyword(arg=str(name)) | ast.Name(id=name, ctx=ast.Store()):
                yield name
            case _:
                pass


def words(identifier: str) -> list[str]:
    """The words of a name in snake case or camel case, in lower case and singular."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", identifier)
    return [word.lower().removesuffix("s") for word in spaced.split("_")]


def misnomers(text: str) -> list[str]:
    """The public identifiers of a file that use a synonym, with the word to use."""
    return [
        f"{name}: say '{SYNONYMS[word]}', not '{word}'"
        for name in dict.fromkeys(identifiers(ast.parse(text)))
        if not name.startswith("_") and name not in ALLOWED
        for word in words(name)
        if word in SYNONYMS
    ]


def test_identifiers_use_the_words_of_the_house(source: Path) -> None:
    """No public identifier says patient for client, visit for session, or the like."""
    found = {str(path.relative_to(source)): misnomers(path.read_text("utf-8")) for path in source.rglob("*.py")}
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    "text",
    [
        "class PatientView: pass",
        "def first_visit(): ...",
        "def f(patients): ...",
        "f(assessor=1)",
        "questionnaire = 1",
        "class A:\n    polarity: int = 1",
    ],
)
def test_a_synonym_is_found_wherever_a_name_is_given(text: str) -> None:
    """The reader of names sees classes, functions, arguments, keywords, variables and fields."""
    assert len(misnomers(text)) == 1


def test_names_of_the_house_and_private_names_pass() -> None:
    """Words that merely contain a synonym are fine, and so are private names and published codes."""
    text = "_patient = 1\ndef diplomacy(client, impatient): ...\nREDIRECT_OR_REFOCUS_PATIENT = 1"
    assert misnomers(text) == []


# Words that say nothing about what they name.
EMPTY = frozenset({"each", "found", "held", "known", "place", "told"})

# Room: how many names of public functions and their arguments are such a word. A number may only fall.
EMPTY_KEPT: Mapping[str, int] = {"measures": 1}


def empty_names(text: str) -> list[str]:
    """The public functions, and the arguments of public functions, whose name says nothing."""
    return [
        name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        for name in (node.name, *(a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)))
        if name in EMPTY
    ]


def test_public_signatures_say_what_they_take(source: Path) -> None:
    """No room gets more functions and arguments that are called each, found, held, known, place or told."""
    found: Counter[str] = Counter()
    for path in sorted(source.rglob("*.py")):
        found[path.relative_to(source).parts[0].removesuffix(".py")] += len(empty_names(path.read_text("utf-8")))
    assert +found == Counter(EMPTY_KEPT), "use a word that says what it is; a number that fell is lowered here"


def test_a_name_that_says_nothing_is_found() -> None:
    """Functions and their arguments are read; private functions, variables and longer names are not."""
    text = "def told(place, *, known=None, known_words=()):\n    each = 1\ndef _held(found): ..."
    assert empty_names(text) == ["told", "place", "known"]


# Rooms in which these words, and two that say no more, do not name local variables, private functions and arguments either.
NAMED_THROUGHOUT = ("growth", "measures", "reading", "reports", "simulation", "tables")
EMPTY_ANYWHERE = EMPTY | {"made", "said"}


def empty_local_names(text: str) -> list[str]:
    """The variables, arguments and private functions whose name says nothing."""
    names = []
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                names.append(name)
            case ast.FunctionDef(name=name) if name.startswith("_"):
                names.append(name.lstrip("_"))
            case _:
                pass
    return [name for name in names if name in EMPTY_ANYWHERE]


@pytest.mark.parametrize("room", NAMED_THROUGHOUT)
def test_local_names_say_what_they_hold(room: str, source: Path) -> None:
    """Variables, arguments and private functions of these rooms are not called each, found, made, said or the like."""
    paths = sorted((source / room).rglob("*.py"))
    names = {str(path.relative_to(source)): empty_local_names(path.read_text("utf-8")) for path in paths}
    assert paths
    assert {path: empty for path, empty in names.items() if empty} == {}


def test_a_local_name_that_says_nothing_is_found() -> None:
    """Variables, loops, comprehensions, arguments and private functions are read; public functions and words in names are not."""
    text = "def place(said): ...\ndef _told(): ...\nfound = [each for each in x]\nplaces = held_out = made.known"
    assert sorted(empty_local_names(text)) == ["each", "found", "said", "told"]


# These enums are older than the vocabularies: their rooms stand before the domain.
BEFORE_THE_DOMAIN = ("therarel.citations", "therarel.drawing", "therarel.reading")


def closed_vocabularies(classes: Sequence[type]) -> list[type[StrEnum]]:
    """The string enums with members among the public classes of the domain and after it."""
    return [
        cls
        for cls in classes
        if issubclass(cls, StrEnum) and len(cls) and not cls.__module__.startswith(BEFORE_THE_DOMAIN)
    ]


def test_every_closed_list_of_terms_is_a_vocabulary(public_classes: Sequence[type]) -> None:
    """A list of terms says whether its terms are concepts, which only a vocabulary can."""
    assert [cls for cls in closed_vocabularies(public_classes) if not issubclass(cls, Vocabulary)] == []


def test_the_values_of_a_vocabulary_are_words_for_files(public_classes: Sequence[type]) -> None:
    """Values are unique and in lower snake case, for they stand in JSON and CSV."""
    for cls in closed_vocabularies(public_classes):
        values = [member.value for member in cls]
        assert len(set(values)) == len(values), cls
        assert all(re.fullmatch(r"[a-z0-9]+(?:[_.][a-z0-9]+)*", value) for value in values), cls
