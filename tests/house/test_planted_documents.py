"""A document planted with a marker shows nowhere, whatever is wrong with it and through whichever reader it comes.

Looked at is everything that an error brings along: its words and fields, the errors behind it, and the local variables of
every frame of the library. A new reader of records or texts joins by one entry of `READERS`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from therarel import records
from therarel.concepts import check_concepts, concept_graph, extend_concepts, load_concepts
from therarel.confidential import Confidential, Pseudonym
from therarel.domain import Dyad, Relationship, events
from therarel.errors import TherarelError
from therarel.machine import Course, Machine, Policy
from therarel.measures import read_instrument
from therarel.reading import (
    Problem,
    Reader,
    Upcasting,
    placed_in_yaml,
    read_json,
    read_json_lines,
    read_yaml,
    text_of,
)
from therarel.testing import PUBLIC_CLASSES, leaks, strategy_for

WORD = "Canaryna"
SENTENCE = f"{WORD} said that it was over."
Sheet = Callable[[str], object]


@attrs.frozen
class Note:
    """A class of somebody else's, read by the strict reader."""

    words: str
    number: int = 0
    private: Confidential | None = None


def collected(text: str) -> object:
    """The problems of a log, for a caller who looks at them."""
    log = records.read_log(text.splitlines(), on_problem="collect")
    for _ in log:
        pass
    return [(str(problem), vars(problem)) for problem in log.problems]


def from_file(read: Callable[[Path], object]) -> Sheet:
    """A reader of files as a reader of texts."""

    def reader(text: str) -> object:
        path = FOLDER[0] / "planted.txt"
        path.write_text(text, "utf-8", errors="surrogatepass")
        return read(path)

    return reader


def data_in(text: str) -> object:
    """The data of a text for those who take data; of a torn one the text itself."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


FOLDER: list[Path] = []
STATECHART: Final = Path(__file__).parents[2] / "src" / "therarel" / "machine" / "statechart.yaml"

# Name: a reader of JSON.
JSON: dict[str, Sheet] = {
    "records.loads": records.loads,
    "records.loads, bytes": lambda text: records.loads(text.encode(errors="surrogatepass")),
    "records.loads, course": lambda text: records.loads(text, Course),
    "records.loads, event": lambda text: records.loads(text, events.SessionHeld),
    "records.load": from_file(records.load),
    "records.read_log": lambda text: list(records.read_log(text.splitlines())),
    "records.read_log, file": from_file(lambda path: list(records.read_log(path))),
    "records.read_log, collected": collected,
    "read_json": lambda text: read_json(text, Note),
    "read_json, list": lambda text: read_json(text, list[Note]),
    "read_json_lines": lambda text: list(read_json_lines(text, Note)),
    "structure": lambda text: Reader().structure(data_in(text), dict[str, Note]),
    "structure, versions": lambda text: Upcasting("note", 1).upcast(data_in(text)),
    "text_of": text_of,
}
# Name: a reader of YAML.
YAML: dict[str, Sheet] = {
    "read_yaml": lambda text: read_yaml(text, Note),
    "read_yaml, file": from_file(lambda path: read_yaml(path, Note)),
    "placed_in_yaml": lambda text: placed_in_yaml(text, [Problem("too few", path=("words",))]),
    "load_concepts": load_concepts,
    "load_concepts, file": from_file(load_concepts),
    "extended": lambda text: extend_concepts(concept_graph(), text),
    "check_concepts": check_concepts,
    "Machine.read": from_file(Machine.read),
    "Machine.read, texts": from_file(lambda path: Machine.read(STATECHART, texts=path)),
    "Policy.read": from_file(Policy.read),
    "read_instrument": from_file(read_instrument),
}


def clean(read: Sheet, text: str) -> None:
    """Nothing that comes out of a refusal holds the marker, and nothing but a refusal comes out."""

    def attempt() -> object:
        try:
            value = read(text)
        except TherarelError:
            raise
        except Exception as error:
            pytest.fail(f"a {type(error).__name__} came out, of {text!r}")
        return value if read in (collected, check_concepts) else None

    found = leaks(attempt, WORD, within="therarel")
    assert found == (), (found, text)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Iterator[None]:
    """Where planted files stand."""
    FOLDER[:] = [tmp_path]
    yield
    FOLDER.clear()


def damaged(text: str, data: st.DataObject) -> str:
    """A text with the marker in it, and something wrong with it."""
    at = data.draw(st.integers(0, len(text)))
    piece = data.draw(
        st.sampled_from(
            [
                "", SENTENCE, f" {WORD} ", f'"{WORD}"', f'"{SENTENCE}', f'{{"{WORD}": 1}}', f', "{WORD}": "{WORD}"', "\x00", "\ud800",
                '"\\ud800"', "[" * 300, "NaN", "9" * 5000, "\n", "\t", "*a", "&a ", "!x ", "- ", ": ", "}", "]", ",", "\\q",
            ]
        )
    )  # fmt: skip
    return text[:at] + piece + text[at + data.draw(st.integers(0, 3)) :]


def planted(data: Any, draw: Callable[[st.SearchStrategy[Any]], Any]) -> Any:
    """JSON data in which some value, or some key, was replaced by a name or a sentence."""
    if isinstance(data, dict) and data and draw(st.booleans()):
        key = draw(st.sampled_from(sorted(data)))
        if draw(st.integers(0, 3)) == 0:
            return {**data, draw(st.sampled_from([WORD, SENTENCE])): data[key]}
        return {**data, key: planted(data[key], draw)}
    if isinstance(data, list) and data and draw(st.booleans()):
        at = draw(st.integers(0, len(data) - 1))
        return [*data[:at], planted(data[at], draw), *data[at + 1 :]]
    return draw(st.sampled_from([WORD, SENTENCE, [WORD], {WORD: SENTENCE}, {"type": WORD}]))


@pytest.mark.parametrize("reader", JSON)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_no_error_about_a_record_holds_any_of_it(reader: str, data: st.DataObject) -> None:
    """Torn, misspelt or of another kind: what comes out speaks of lines and kinds, never in the document's words."""
    cls = data.draw(st.sampled_from(PUBLIC_CLASSES))
    value = data.draw(strategy_for(cls, marker=WORD))
    document = json.loads(records.dumps(value, confidential="include"))
    clean(JSON[reader], json.dumps(planted(document, data.draw), ensure_ascii=False))
    clean(JSON[reader], damaged(json.dumps(document, ensure_ascii=False), data))


YAMLS = {
    "a note": f"words: {SENTENCE}\nnumber: 3\nprivate: {WORD} was late\n",
    "concepts": f"""schema: therarel.concepts/1
title: Terms of {WORD}
version: "1"
nodes:
- {{id: checking_in, kind: skill, label: {WORD}, origin: literature, definition: "Asking {WORD} how it feels."}}
edges:
- {{subject: checking_in, kind: supports, object: collaboration, basis: literature, refs: [tryon2018]}}
""",
}


@pytest.mark.parametrize("reader", YAML)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_no_error_about_a_text_holds_any_of_it(reader: str, data: st.DataObject) -> None:
    """The same for files that a clinician writes, whatever was meant by them."""
    text = YAMLS[data.draw(st.sampled_from(sorted(YAMLS)))]
    clean(YAML[reader], damaged(text, data))


def test_the_canary_is_alive() -> None:
    """Without the care that is taken, the marker stands in frames and in the errors behind: the test looks at something."""
    text = json.dumps({"schema": "therarel.occurrence/1", "session": SENTENCE})
    careless = records.loads.__wrapped__  # type: ignore[attr-defined]
    assert [leak.place for leak in leaks(lambda: careless(text, None), WORD, within="therarel")] == ["traceback"]
    assert [leak.place for leak in leaks(lambda: json.loads(text[:-1]), WORD, within="json")] == [
        "exception",
        "traceback",
    ]
    assert leaks(lambda: records.loads(text), WORD, within="therarel") == ()


@given(data=st.data())
def test_no_refused_value_brings_its_words_along(data: st.DataObject) -> None:
    """A constructor that refuses one field has forgotten what was said in the others."""
    cls = data.draw(st.sampled_from(PUBLIC_CLASSES))
    value = data.draw(strategy_for(cls, marker=WORD))
    given_: dict[str, Any] = {}
    for field in attrs.fields(cls):
        if field.init:
            content = getattr(value, field.name)
            given_[field.alias or field.name] = content.reveal() if isinstance(content, Confidential) else content
    wrong = data.draw(st.sampled_from(sorted(given_)))
    made = {**given_, wrong: data.draw(st.sampled_from([object(), f"{WORD}\0", [f"{WORD} and {WORD}"], -1, {}]))}
    assert leaks(lambda: cls(**made) and None, WORD, within="therarel") == ()


@pytest.mark.parametrize(
    "make",
    [
        lambda: Pseudonym(f"{WORD} Smith"),
        lambda: Dyad(f"{WORD} Smith", "T-03"),
        lambda: Dyad("C-014", f"{WORD} Smith"),
        lambda: Relationship.between(f"{WORD} Smith", "T-03"),
        lambda: Course.begin(f"{WORD} Smith", "T-03"),
        lambda: Confidential(f"{WORD}\0"),
        lambda: Confidential(SENTENCE.encode()),  # type: ignore[arg-type]
        lambda: Course.begin("C-014", "T-03").retract(7, SENTENCE),
        lambda: Course.begin("C-014", "T-03").correct(7, events.SessionHeld(), SENTENCE),
        lambda: records.dumps(SENTENCE),
        lambda: records.dumps(WORD),
        lambda: Reader().dumps(Note(SENTENCE, private=Confidential(WORD))),
        lambda: Reader().dumps(Note(SENTENCE, float("nan"), Confidential(WORD)), confidential="include"),  # type: ignore[arg-type]
        lambda: records.write_log([events.SessionHeld(note=SENTENCE)], "/nowhere/log", confidential="include"),
        lambda: records.dump(events.SessionHeld(note=SENTENCE), "/nowhere/log", confidential="include"),
    ],
)
def test_no_refusal_of_a_name_or_a_text_holds_it(make: Callable[[], object]) -> None:
    """Where a person is named, a text cannot be kept or a file not written, the error knows neither name nor text."""
    assert leaks(make, WORD, within="therarel") == ()
    with pytest.raises(TherarelError):
        make()
