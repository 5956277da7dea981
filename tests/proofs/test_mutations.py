"""The changes that are made to code in order to try its tests, and one trial of a toy."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from .mutations import mutations
from .sampled_mutants import ROOMS, ROOT, noticed, sample

FILE = ROOT / "src" / "therarel" / "detection" / "rules" / "drop.py"


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("a < 1", {"(a <= 1)", "(a >= 1)", "a < 2"}),
        ("a is None or b", {"(a is not None) or b", "(a is None and b)"}),
        ("def f(x: int | None = 3) -> float | None:\n    return x * 2.0", {"x: int | None = 4", "return None"}),
        ("f(a, key=b)\n", {"pass\n", "f(a)\n"}),
        ("for x in y:\n    if x:\n        break\n", {"        continue\n", "if (not x):"}),
        ("a, b = -c, not d", {"a, b = c, not d", "a, b = -c, d"}),
    ],
)
def test_slips_of_each_kind_are_made(source: str, changed: set[str]) -> None:
    """Bounds, comparisons, and and or, numbers, signs, what is returned, keywords, calls and loops are changed."""
    made = [each.applied(source) for each in mutations(source)]
    for part in changed:
        assert any(part in each for each in made), (part, made)


@pytest.mark.parametrize(
    "source",
    ['a = "x" + b', '__all__ = ["a"]', "x: int | None", "'''text 1'''", 'f"{a + 1}"', "c = zip(a, b, strict=True)"],
)
def test_texts_annotations_and_public_names_are_left_alone(source: str) -> None:
    """Nothing is changed that only reads otherwise."""
    assert mutations(source) == []


def test_every_slip_is_another_program_on_the_same_lines() -> None:
    """A change can be compiled, changes what the text means, and moves no other line."""
    source = FILE.read_text("utf-8")
    tree = ast.dump(ast.parse(source))
    for each in mutations(source):
        made = each.applied(source)
        assert ast.dump(ast.parse(made)) != tree
        assert made.count("\n") == source.count("\n")
        assert " -> " in each.shown(source)


@pytest.mark.parametrize("room", ROOMS)
def test_a_seed_draws_the_same_sample(room: str) -> None:
    """What is tried depends on the seed and on nothing else, and lies in the files of the room."""
    drawn = sample(ROOT, ROOMS[room], 3, 5)
    assert drawn == sample(ROOT, ROOMS[room], 3, 5)
    assert {file for file, _ in drawn} <= set(ROOMS[room].sources(ROOT))


def test_a_slip_is_noticed_where_a_test_looks(tmp_path: Path) -> None:
    """A test that fails notices a change, and one that passes does not; the file is put back either way."""
    (tmp_path / "src").mkdir()
    (tmp_path / "tests").mkdir()
    source = "def larger(a, b):\n    return a if a > b else b\n"
    (tmp_path / "src" / "toy_of_mutants.py").write_text(source)
    (tmp_path / "tests" / "test_toy.py").write_text(
        "from toy_of_mutants import larger\n\n\ndef test_larger():\n    assert larger(1, 2) == larger(2, 1) == 2\n"
    )
    told = {
        each.kind: noticed(tmp_path, "src/toy_of_mutants.py", each, ["tests/test_toy.py::test_larger"], 1.0)
        for each in mutations(source)
    }
    assert told == {"bound": False, "comparison": True, "return": True}  # of two equal numbers either is the larger
    assert (tmp_path / "src" / "toy_of_mutants.py").read_text() == source
