"""The line that a tutorial installs brings all that the tutorial needs."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

DOCS = Path(__file__).parents[2] / "docs"
TUTORIALS = ("tools/tutorial.md", "research/tutorial.md", "teaching/lesson.md")
INSTALLS = re.compile(r"pip install (?:--constraint \S+ )?'?(?:therarel|\.)(?:\[([\w,]+)\])?'?$", re.MULTILINE)

# An interpreter that finds the standard library, and of what is installed the packages that are named alone.
WITH_THESE_ALONE = """
import sys
missing = set({missing!r})
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in missing:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Missing())
"""


def installed_by(extras: frozenset[str]) -> set[str]:
    """The distributions that installing the library with these extras brings."""
    waiting, brought = [("therarel", extras)], {("therarel", extras)}
    while waiting:
        for asked in asked_for(*waiting.pop()):
            if asked not in brought:
                brought.add(asked)
                waiting.append(asked)
    return {name for name, _ in brought}


def asked_for(name: str, extras: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """What a distribution asks for with its extras, on this machine."""
    if name == "therarel":
        project = tomllib.loads((DOCS.parent / "pyproject.toml").read_text("utf-8"))["project"]
        given = [project["dependencies"], *(project["optional-dependencies"][extra] for extra in extras)]
        lines = [line for part in given for line in part]
    else:
        try:
            lines = requires(name) or []
        except PackageNotFoundError:  # such as what another system needs
            return
    for wanted in map(Requirement, lines):
        if wanted.marker is None or any(wanted.marker.evaluate({"extra": extra}) for extra in (*extras, "")):
            yield canonicalize_name(wanted.name), frozenset(wanted.extras)


@pytest.mark.parametrize("page", TUTORIALS)
def test_a_tutorial_runs_on_what_it_installs(page: str, tmp_path: Path) -> None:
    """Whoever follows it from nothing meets no missing package."""
    text = (DOCS / page).read_text("utf-8")
    line = INSTALLS.search(text)
    assert line is not None, "it says what to install"
    brought = installed_by(frozenset((line[1] or "").split(",")) - {""})
    there = packages_distributions()
    missing = [
        module
        for module, owners in there.items()
        if not any(canonicalize_name(owner) in brought for owner in owners) and module not in sys.stdlib_module_names
    ]
    assert "pytest" in missing
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    program = tmp_path / "tutorial.py"
    program.write_text("\n".join([WITH_THESE_ALONE.format(missing=missing), *blocks]), "utf-8")
    done = subprocess.run([sys.executable, program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
