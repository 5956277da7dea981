"""Small changes of a source text, one at a time, as a slip of a programmer might make them.

Comparisons and their bounds, arithmetic, truth values, numbers, conditions, what is returned, calls and keywords that are
left out. Strings, annotations and lists of public names are not touched, nor is ``strict=``, with which code checks itself.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from attrs import frozen

_BOUNDS: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
_OPPOSITES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}


_ROUND = 40


@frozen(order=True)
class Mutation:
    """One change.

    Args:
        begin: Place of the first character that changes.
        end: Place after the last one.
        new: What stands there instead.
        line: Line of the change.
        kind: Kind of the change.
    """

    begin: int
    end: int
    new: str
    line: int
    kind: str

    def applied(self, source: str) -> str:
        """The changed text; no other line moves."""
        lines = "\n" * source.count("\n", self.begin, self.end)
        inside = self.new.endswith(")") and lines != ""
        new = self.new[:-1] + lines + ")" if inside else self.new + lines
        return source[: self.begin] + new + source[self.end :]

    def shown(self, source: str) -> str:
        """What was, and what is instead, with a little of what stands round it."""
        old = source[self.begin : self.end]
        was, new = (" ".join(text.split()) for text in (_plain(old), _plain(self.new)))
        same = _alike(was, new)
        behind = _alike(was[same:][::-1], new[same:][::-1])
        begin, end = max(same - _ROUND, 0), max(behind - _ROUND, 0)
        return " -> ".join(text[begin : len(text) - end] for text in (was, new))


def mutations(source: str) -> list[Mutation]:
    """Every change of a source text, by place.

    Examples:
        >>> [each.new for each in mutations("a < 1")]
        ['(a <= 1)', '(a >= 1)', '2']
    """
    text = _Text(source)
    found = {change for node in _nodes(ast.parse(source)) for change in _changes(node, text)}
    return sorted(found)


def _plain(text: str) -> str:
    """A piece of source as `ast.unparse` writes it."""
    try:
        return ast.unparse(ast.parse(f"({text})" if "\n" in text else text))
    except SyntaxError:
        return text


def _alike(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (left, right) in pairs if left != right), min(len(one), len(other)))


class _Text:
    """A source text by line and column of bytes, as syntax trees count."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.lines = source.splitlines(keepends=True)
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))

    def place(self, line: int, column: int) -> int:
        """Place of a character."""
        return self.starts[line - 1] + len(self.lines[line - 1].encode()[:column].decode())

    def change(self, old: ast.expr | ast.stmt, new: ast.AST | str, kind: str) -> Mutation:
        """One node in place of another."""
        written = new if isinstance(new, str) else ast.unparse(new)
        if isinstance(new, ast.expr) and not isinstance(new, ast.Constant | ast.Name | ast.Call):
            written = f"({written})"
        assert old.end_lineno is not None
        assert old.end_col_offset is not None
        return Mutation(
            self.place(old.lineno, old.col_offset),
            self.place(old.end_lineno, old.end_col_offset),
            written,
            old.lineno,
            kind,
        )


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but annotations, lists of public names, overloads and what stands for type checkers alone."""
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _left_out(child):
                yield child
                yield from _nodes(child)


def _left_out(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets)
    if isinstance(node, ast.If):
        return "TYPE_CHECKING" in ast.unparse(node.test)
    if isinstance(node, ast.keyword):
        return node.arg == "strict"
    if isinstance(node, ast.FunctionDef):
        return any(ast.unparse(each).endswith(("overload", "abstractmethod")) for each in node.decorator_list)
    return isinstance(node, ast.JoinedStr)


def _is_text(node: ast.AST | None) -> bool:
    if isinstance(node, ast.BinOp):
        return _is_text(node.left) or _is_text(node.right)
    if isinstance(node, ast.IfExp):
        return _is_text(node.body) and _is_text(node.orelse)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))


def _changes(node: ast.AST, text: _Text) -> Iterator[Mutation]:
    for change in _CHANGES:
        yield from change(node, text)


def _compared(node: ast.AST, text: _Text) -> Iterator[Mutation]:
    if not isinstance(node, ast.Compare):
        return
    for place, operator in enumerate(node.ops):
        for table, kind in ((_BOUNDS, "bound"), (_OPPOSITES, "comparison")):
            if type(operator) in table:
                operators = [*node.ops[:place], table[type(operator)](), *node.ops[place + 1 :]]
                yield text.change(node, ast.Compare(node.left, operators, node.comparators), kind)


def _computed(node: ast.AST, text: _Text) -> Iterator[Mutation]:
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _ARITHMETIC:
        operator = _ARITHMETIC[type(node.op)]()
        if isinstance(node, ast.AugAssign):
            if not _is_text(node.value):
                yield text.change(node, ast.AugAssign(node.target, operator, node.value), "arithmetic")
        elif not _is_text(node):
            yield text.change(node, ast.BinOp(node.left, operator, node.right), "arithmetic")
    if isinstance(node, ast.UnaryOp) and not isinstance(node.operand, ast.Constant):
        yield text.change(node, node.operand, "sign")


def _joined(node: ast.AST, text: _Text) -> Iterator[Mutation]:
    if isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield text.change(node, ast.BoolOp(other, node.values), "and or")


def _constant(node: ast.AST, text: _Text) -> Iterator[Mutation]:
    if isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float):
        value = not node.value if isinstance(node.value, bool) else node.value + 1
        yield text.change(node, ast.Constant(value), "constant")


def _condition(node: ast.AST, text: _Text) -> Iterator[Mutation]:
    tests: list[ast.expr] = []
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        tests = [node.test]
    elif isinstance(node, ast.comprehension):
        tests = node.ifs
    for test in tests:
        if not isinstance(test, ast.Compare) or len(test.ops) > 1:  # the opposite of a comparison stands there already
            yield text.change(test, ast.UnaryOp(ast.Not(), test), "condition")


def _returned(node: ast.AST, text: _Text) -> Iterator[Mutation]:
    if not isinstance(node, ast.Return) or node.value is None or _is_text(node.value):
        return
    if not isinstance(node.value, ast.Constant) or node.value.value is not None:
        yield text.change(node.value, ast.Constant(None), "return")


def _left_undone(node: ast.AST, text: _Text) -> Iterator[Mutation]:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call | ast.Yield):
        yield text.change(node, "pass", "call left out")
    if isinstance(node, ast.Call):
        for place, keyword in enumerate(node.keywords):
            if not _is_text(keyword.value) and not _left_out(keyword):
                kept = [*node.keywords[:place], *node.keywords[place + 1 :]]
                yield text.change(node, ast.Call(node.func, node.args, kept), f"keyword {keyword.arg} left out")
    if isinstance(node, ast.Break | ast.Continue):
        yield text.change(node, "continue" if isinstance(node, ast.Break) else "break", "loop")


_CHANGES: tuple[Callable[[ast.AST, _Text], Iterator[Mutation]], ...] = (
    _compared,
    _computed,
    _joined,
    _constant,
    _condition,
    _returned,
    _left_undone,
)
