"""The page on the method names files and functions that are there."""

from __future__ import annotations

import re
from functools import reduce
from importlib import import_module
from pathlib import Path

import pytest

import therarel.growth

PAGE = (Path(__file__).parents[2] / "docs" / "growth" / "method.md").read_text("utf-8")
NAMED = re.findall(r"`(\w+/\w+)\.py`:\s+`([\w.]+)`", PAGE)
ROOM = Path(therarel.growth.__file__).parent


@pytest.mark.parametrize(("file", "function"), NAMED)
def test_what_the_page_names_computes_something(file: str, function: str) -> None:
    """Each file has the function or class, or the method of a class, that the page names beside a formula."""
    module = import_module(f"therarel.growth.{file.replace('/', '.')}")
    assert callable(reduce(getattr, function.split("."), module))


def test_the_page_leaves_no_numerical_file_out() -> None:
    """Each file of the likelihood and of the search stands beside a formula."""
    files = {str(path.relative_to(ROOM).with_suffix("")) for path in ROOM.glob("[ls]*/[a-z]*.py")}
    assert files <= {file for file, _ in NAMED}
