"""Characters that act unseen are written out where people read, and mean the same where programs do."""

import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from therarel.characters import in_json, upright, visible

unseen = st.sampled_from(
    "\x00\x07\x1b\r\x7f\x85\x9b\u200e\u200f\u061c\u2028\u2029\u202a\u202e\u2066\u2069\ud800\udfff\ufffe"
)
texts = st.text(unseen | st.characters(), max_size=30) | st.text(max_size=30)


@given(texts)
def test_nothing_acts_unseen(text: str) -> None:
    """No control, no half of a character, no mark of direction is left; line breaks stay where lines are wanted."""
    for shown in (visible(text), visible(text, lines=True)):
        left = {character for character in shown if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}}
        assert left <= (set() if shown == visible(text) and "\n" not in shown and "\t" not in shown else {"\n", "\t"})
        assert not any(unicodedata.bidirectional(character) in DIRECTED for character in shown)
        shown.encode()
    assert visible(visible(text)) == visible(text)


DIRECTED = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs", "Mn"])))
def test_what_is_seen_stays_as_it_is(text: str) -> None:
    """Letters of any script, numbers, signs and spaces are untouched."""
    assert visible(text) == upright(text) == text


@given(texts)
def test_nothing_turns_the_words_after_it(text: str) -> None:
    """In running text only the characters that turn a direction are written out."""
    assert not any(unicodedata.bidirectional(character) in DIRECTED for character in upright(text))
    assert upright(text).replace("\\u202e", "\u202e") == text or upright(text) != text


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@given(json_values, st.sampled_from([None, 1, 2]))
def test_json_means_the_same_and_shows_everything(value: object, indent: int | None) -> None:
    """The document reads back equal, can be encoded, and acts on no terminal."""
    document = in_json(json.dumps(value, ensure_ascii=False, indent=indent))
    assert json.loads(document) == value
    assert visible(document, lines=True) == document
