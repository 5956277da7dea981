"""No module tells detection rules apart: what a rule does, cites and was tabled for is asked of the rule."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from therarel.detection import rules

SOURCE = Path(__file__).parents[2] / "src" / "therarel"
HOME = "detection/rules/"
KINDS = {
    name
    for name in rules.__all__
    if isinstance(kind := getattr(rules, name), type) and issubclass(kind, rules.Rule) and kind is not rules.Rule
}
NAMES = {getattr(rules, kind).name for kind in KINDS}


def named(node: ast.AST) -> set[str]:
    """The last part of every name within an expression."""
    return {
        each.attr if isinstance(each, ast.Attribute) else each.id
        for each in ast.walk(node)
        if isinstance(each, ast.Attribute | ast.Name)
    }


def asks(node: ast.AST) -> bool:
    """Whether a piece of code asks which rule it has before it."""
    match node:
        case ast.Call(func=ast.Name(id="isinstance" | "issubclass"), args=[_, kinds]):
            return bool(named(kinds) & KINDS)
        case ast.MatchClass(cls=kind):
            return bool(named(kind) & KINDS)
        case ast.Compare():
            sides = [node.left, *node.comparators]
            words = {each.value for side in sides for each in ast.walk(side) if isinstance(each, ast.Constant)}
            return any(
                (isinstance(side, ast.Call) and named(side.func) == {"type"} and any(named(x) & KINDS for x in sides))
                or (isinstance(side, ast.Attribute) and side.attr == "name" and words & NAMES)
                for side in sides
            )
        case _:
            return False


def questions(files: Mapping[str, str]) -> Iterator[str]:
    """Where modules outside the rules ask which rule they have."""
    for path, text in files.items():
        if not path.startswith(HOME):
            yield from (f"{path}:{node.lineno}" for node in ast.walk(ast.parse(text)) if asks(node))  # type: ignore[attr-defined]  # expressions and patterns have lines


def test_nobody_asks_which_rule_it_is() -> None:
    """A rule of one's own is reported, tabled and told like those of the library, for nobody asks for its class."""
    assert (
        list(questions({str(path.relative_to(SOURCE)): path.read_text("utf-8") for path in SOURCE.rglob("*.py")})) == []
    )


@pytest.mark.parametrize(
    "text",
    [
        "isinstance(rule, SuddenGain)",
        "isinstance(rule, (Rule, rules.Drop))",
        "match rule:\n    case rules.Drop(k=2):\n        pass",
        "type(rule) is Drop",
        "Drop == type(rule)",
        "rule.name == 'drop'",
        "count.rule.name in ('sudden_gain', 'x')",
    ],
)
def test_a_planted_question_is_found(text: str) -> None:
    """Each way to ask is seen, and only outside the rules themselves."""
    assert list(questions({"reports/phrases.py": text}))
    assert not list(questions({"detection/rules/drop.py": text}))
