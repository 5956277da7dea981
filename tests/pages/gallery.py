"""Draws the pictures of the gallery by the lines that stand above them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from tests.pages.pictures import linked

from therarel.drawing import Chart, Drawing

PAGE = "gallery.md"
BLOCK = re.compile(r"^```python\n(?P<code>.*?)^```$", re.DOTALL | re.MULTILINE)


@cache
def drawn() -> Mapping[str, str]:
    """The picture of each block of the page that ends in one, by the code of the block."""
    names: dict[str, object] = {}
    found = {}
    for block in BLOCK.finditer((Path(__file__).parents[2] / "docs" / PAGE).read_text("utf-8")):
        *before, last = ast.parse(block["code"]).body
        exec(compile(ast.Module(before, []), PAGE, "exec"), names)
        if not isinstance(last, ast.Expr):
            exec(compile(ast.Module([last], []), PAGE, "exec"), names)
            continue
        value = eval(compile(ast.Expression(last.value), PAGE, "eval"), names)
        if not isinstance(value, Chart | Drawing):
            raise TypeError(f"a block of {PAGE} ends in a {type(value).__name__}, and is to end in a figure")
        found[block["code"]] = value.to_svg()
    return found


def pages() -> Iterator[tuple[str, str]]:
    """The pictures."""
    for number, svg in enumerate(drawn().values()):
        yield file(number), svg


def filled(path: str, text: str) -> str:
    """The page with every picture below the lines that made it."""
    if path != PAGE:
        return text
    numbers = {code: number for number, code in enumerate(drawn())}

    def with_picture(block: re.Match[str]) -> str:
        number = numbers.get(block["code"])
        return block[0] if number is None else f"{block[0]}\n\n{linked(drawn()[block['code']], file(number))}"

    return BLOCK.sub(with_picture, text)


def file(number: int) -> str:
    """Where a picture is."""
    return f"pictures/gallery-{number + 1:02d}.svg"
