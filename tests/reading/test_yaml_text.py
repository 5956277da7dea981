"""YAML text: the rules of YAML 1.2, none of its surprises, and the line and column of every fault."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from therarel.errors import ReadingError
from therarel.reading import read_yaml, yaml_text
from therarel.reading.yaml_text import parse_yaml


@frozen
class Entry:
    """An entry of a file."""

    name: str
    on: date | None = None
    value: float | None = None
    holds: bool = False
    tags: tuple[str, ...] = ()


def problems(text: str, declared: object = Entry) -> list[str]:
    """What a document is refused for."""
    with pytest.raises(ReadingError) as caught:
        read_yaml(text, declared)
    return [problem.render() for problem in caught.value.problems]


def test_words_that_yaml_once_took_for_something_else_are_words() -> None:
    """Dates stay dates, ``no`` is a word, ``on`` is a key and ``1:30`` is no number."""
    text = "name: no\non: 2024-03-05\nvalue: 7\nholds: true\ntags: [yes, 1:30, 0x1F, 1_000, off]\n"
    assert read_yaml(text, Entry) == Entry("no", date(2024, 3, 5), 7.0, True, ("yes", "1:30", "0x1F", "1_000", "off"))


def test_the_loaders_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML's own parser gives what libyaml's gives."""
    text = "name: x\ntags:\n  - a\n  - 'b: c'\nvalue: 1e3\n"
    first = read_yaml(text, Entry)
    monkeypatch.setattr(yaml_text, "_LOADER", yaml.SafeLoader)
    assert read_yaml(text, Entry) == first == Entry("x", None, 1000.0, False, ("a", "b: c"))


def test_all_problems_are_told_with_line_and_column() -> None:
    """Several faults of a file are told at once, in its order."""
    text = "name: 3\nvalue: seven\nhold: yes\nholds: yes\n"
    assert problems(text) == [
        "line 1, column 7 $.name: text is needed, got 3. Hint: put it in quotes",
        "line 2, column 8 $.value: a number is needed, got text of 5 characters",
        "line 3, column 1 $.hold: unknown key. Hint: did you mean 'holds'?",
        "line 4, column 8 $.holds: true or false is needed, got 'yes'. Hint: write true",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: &a x\ntags: [*a]", ["line 1, column 7 $.name: anchors", "line 2, column 8 $.tags[0]: aliases"]),
        ("name: !!python/object:os.system x", ["line 1, column 7 $.name: tags"]),
        ("name: ! x", ["line 1, column 7 $.name: tags"]),
        ("name: x\nname: y", ["line 2, column 1 $.name: the key occurs twice"]),
        ("name: x\n<<: {value: 1}", ["line 2, column 1 $[<<]: unknown key"]),
        ("name: x\n---\nname: y", ["line 2, column 1 $: a second document"]),
        ("? [a]\n: 1", ["line 1, column 3 $: a key is a word"]),
        ("name: x\n\tvalue: 1", ["line 2, column 1 $: this is not YAML"]),
        ("name: a: b", ["line 1, column 8 $: this is not YAML"]),
        ("name: 'x", ["line 1, column 9 $: this is not YAML"]),
        ("name: x\x00", ["line 1, column 8 $: this is not YAML: a control character"]),
        ("", ["line 1, column 1 $: an object (Entry) is needed, got null"]),
        ("- " * 5000 + "x", ["line 1, column 201 $: nested more than 100 levels deep"]),
        ("[" * 200_000, ["line 1, column 101 $: nested more than 100 levels deep"]),
        ("{a: " * 200_000, ["line 1, column 401 $: nested more than 100 levels deep"]),
        ("['[[', " * 200_000, ["line 1, column 701 $: nested more than 100 levels deep"]),
        ("name: " + "[" * 101 + " @", ["line 1, column 106 $: nested more than 100 levels deep"]),
        ("name: x\nvalue: " + "[" * 1500, ["line 2, column 107 $: nested more than 100 levels deep"]),
    ],
)
def test_what_is_refused_is_named_where_it_stands(text: str, expected: list[str]) -> None:
    """Anchors, aliases, tags, merge keys, second documents, depth bombs and broken text each have a place."""
    found = [problem.replace("'<<'", "<<") for problem in problems(text)]
    assert len(found) == len(expected)
    for problem, beginning in zip(found, expected, strict=True):
        assert problem.startswith(beginning)


@pytest.mark.parametrize("loader", [yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)])
@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_our_limit_of_nesting_comes_before_the_parsers(
    loader: type[yaml.SafeLoader], opening: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a parser refuses by a limit of its own, 101 levels are named as one too many, and 100 are not."""
    monkeypatch.setattr(yaml_text, "_LOADER", loader)
    for depth in (101, 1_001, 20_000):
        (problem,) = problems(opening * depth)
        assert problem == f"line 1, column {100 * len(opening) + 1} $: nested more than 100 levels deep"
    assert "nested more" not in "".join(problems(opening * 100))


def test_a_bomb_of_aliases_is_refused_before_it_unfolds() -> None:
    """Nine levels of ten aliases each give ten problems per level, not a thousand million values."""
    levels = ["a0: &a0 x", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10))]
    assert len(problems("\n".join(levels), dict[str, str])) < 200


def test_a_file_is_named(tmp_path: Path) -> None:
    """The name of the file stands before the line."""
    path = tmp_path / "entry.yaml"
    path.write_text("name: x\nvalue: many\n", "utf-8")
    with pytest.raises(ReadingError, match=r"entry\.yaml:2:8 \$\.value: a number is needed"):
        read_yaml(path, Entry)


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(categories=["L", "N", "P", "Zs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(categories=["L", "N"])), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(plain)
def test_what_pyyaml_writes_is_read_as_it_was(data: object) -> None:
    """Data that PyYAML wrote, in block style and quoted where it must be, is read back as it was."""
    assert parse_yaml(yaml.safe_dump(data, allow_unicode=True)) == data
