"""Confidential text appears nowhere but where it is revealed."""

import copy
import logging
import pickle

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.confidential import Confidential, Pseudonym, confidential
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
    if one.strip() and other.strip():
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
