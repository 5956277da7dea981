"""Confidential text appears nowhere but where it is revealed."""

import copy
import inspect
import io
import logging
import pickle

import attrs
import pytest
import rich
from hypothesis import example, given
from hypothesis import strategies as st
from rich.console import Console

from therarel.confidential import Confidential, Pseudonym, confidential, taken_for, unkeepable
from therarel.errors import ConfidentialityError, InvalidValueError
from therarel.testing import confidential_texts, leaks

MARKER = "canary-7f3a"


@given(confidential_texts(MARKER))
def test_no_ordinary_way_of_showing_reveals_it(text: Confidential) -> None:
    """repr, str, format, f-strings, logging and exceptions show a mask; only reveal shows the text."""

    def fail() -> None:
        local = text
        raise ValueError("failed with", local)

    def log() -> None:
        logging.getLogger("clinic").warning("note %s %r", text, text)

    for action in (lambda: text, lambda: [text], lambda: {"note": text}, lambda: f"{text:>30}", fail, log):
        assert leaks(action, MARKER) == ()
    assert MARKER in text.reveal()


@given(confidential_texts(MARKER))
def test_no_attribute_leads_to_it(text: Confidential) -> None:
    """Whoever lists all attributes, slots and states of it, as debuggers and serialisers do, meets no text."""
    shown = io.StringIO()
    rich.inspect(text, all=True, console=Console(file=shown, width=200))
    found = [shown.getvalue(), dir(text), inspect.getmembers(text), object.__getstate__(text), object.__dir__(text)]
    found += [getattr(text, name, None) for name in (*dir(text), "_Confidential__text", *Confidential.__slots__)]
    assert MARKER not in repr(found)
    assert not hasattr(text, "__dict__")
    for reduced in (lambda: object.__reduce_ex__(text, 2), lambda: object.__reduce_ex__(text, 0), text.__getstate__):
        with pytest.raises(ConfidentialityError):
            reduced()


@given(confidential_texts())
def test_it_is_not_pickled_but_copied(text: Confidential) -> None:
    """Every pickle protocol refuses; copies are equal."""
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(ConfidentialityError):
            pickle.dumps(text, protocol)
    assert copy.copy(text) == copy.deepcopy(text) == text


@given(st.text(), st.text())
def test_two_are_equal_exactly_when_their_texts_are(one: str, other: str) -> None:
    """Equality and hash follow the text; a plain string is never equal."""
    if all(each.strip() and unkeepable(each) is None for each in (one, other)):
        assert (Confidential(one) == Confidential(other)) == (one == other)
        assert Confidential(one) != one
        assert hash(Confidential(one)) == hash(Confidential(one))


def test_it_cannot_be_changed() -> None:
    """Its text can be neither set nor deleted."""
    note = Confidential("x")
    with pytest.raises(AttributeError):
        note.other = 1
    with pytest.raises(AttributeError):
        del note._Confidential__text  # type: ignore[attr-defined]
    assert attrs.has(Confidential) is False


def test_empty_text_is_nothing_to_keep() -> None:
    """An empty text is refused, and so is what is no text."""
    with pytest.raises(InvalidValueError, match="empty"):
        Confidential("  ")
    with pytest.raises(InvalidValueError, match="string"):
        Confidential(3)  # type: ignore[arg-type]
    assert confidential(None) is None


@given(st.text(st.characters()), st.sampled_from(["\0", "\ud800", "\udfff"]), st.text(st.characters()))
def test_text_that_no_file_could_hold_is_refused_where_it_is_made(before: str, broken: str, after: str) -> None:
    """Half of a surrogate pair and NUL are refused with their place; what is said is not repeated."""
    with pytest.raises(InvalidValueError, match=r"half of a surrogate pair|NUL character") as caught:
        Confidential(f"he said {before}{broken}{after}")
    assert "he said" not in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("looks_like", "given"),
    [
        ("a person's name", ["Jane", "jane", "JANE", "Jane Doe", "Jane.Doe", "j-doe", "Müller", "Anna_Maria", "client-Jane"]),
        ("a date", ["1980-05-04", "1980.5.4", "19800504", "04051980", "4.5.1980", "05/04/1980", "04.05.80", "4 May 1980", "4-May-80", "May 4, 1980", "JD_1980-05-04"]),
        ("an e-mail address", ["jane@doe.org", "jd@x"]),
        ("a telephone number", ["+49 151 2345678", "0151-2345678", "0151 2345678", "555-234-5678", "(555) 234-5678"]),
        ("an address", ["12 High Street", "Hauptstr. 5", "hauptstrasse-5", "5 rue Cler"]),
    ],
)  # fmt: skip
def test_what_names_a_person_is_told_from_a_code(looks_like: str, given: list[str]) -> None:
    """Names, dates, e-mail addresses, telephone numbers and addresses are told by their form, and are no pseudonyms."""
    assert {each: taken_for(each) for each in given} == dict.fromkeys(given, looks_like)
    for each in given:
        with pytest.raises(InvalidValueError, match="a pseudonym is a code") as caught:
            Pseudonym(each)
        assert each not in str(caught.value)
        assert "'C-014'" in str(caught.value)


CODES = ["C-014", "T-03", "S-07", "17", "A1B2", "dyad-7", "client_12", "anna01", "course-7", "client-b", "AB", "P.1", "x",
    "2023-0001-0042", "01-02-03", "001-0042", "0123-4567-8901", "001-002-0003", "0012345678901", "C-19-05", "2020", "12-34-1999"]  # fmt: skip


@given(
    st.sampled_from(CODES)
    | st.uuids().map(str)
    | st.integers(0, 9_999_999).map(str)
    | st.binary(min_size=8).map(lambda raw: f"x{raw.hex()}")
)
@example("550e8400-e29b-41d4-a716-446655440000")
def test_codes_are_taken_for_codes(code: str) -> None:
    """Counted, lettered and hashed codes raise no alarm, and are pseudonyms as far as their length allows."""
    assert taken_for(code) is None
    assert Pseudonym(code[:64].rstrip("-")) == code[:64].rstrip("-")


def test_a_pseudonym_is_a_string_that_says_what_it_is() -> None:
    """It compares as its code and shows its kind."""
    assert Pseudonym("C-014") == "C-014"
    assert repr(Pseudonym("C-014")) == "Pseudonym('C-014')"
    assert pickle.loads(pickle.dumps(Pseudonym("C-014"))) == Pseudonym("C-014")


def test_the_detector_of_leaks_finds_leaks() -> None:
    """A planted marker is found in results, output, logs, warnings and tracebacks with local values."""

    def local() -> None:
        kept = "the " + MARKER
        raise ValueError(len(kept))

    assert [leak.place for leak in leaks(lambda: MARKER, MARKER)] == ["return value"]
    assert [leak.place for leak in leaks(lambda: MARKER.encode(), MARKER)] == ["return value"]
    assert [leak.place for leak in leaks(lambda: logging.getLogger().error(MARKER), MARKER)] == ["log"]
    assert [leak.place for leak in leaks(local, MARKER)] == ["traceback"]
