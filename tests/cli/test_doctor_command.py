"""``therarel doctor`` says what is there, and how to get what is not."""

from __future__ import annotations

import json
from importlib.metadata import version

from click.testing import CliRunner

from therarel.cli import main
from therarel.cli.doctor import in_words, installed
from therarel.extras import EXTRAS


def told(*arguments: str) -> str:
    """What the command puts on stdout."""
    result = CliRunner().invoke(main, ["doctor", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_every_package_of_every_extra_is_named_with_its_version() -> None:
    """Versions are those that Python knows; what is missing is said to be."""
    found = json.loads(told("--json"))
    assert found["extras"]["research"]["polars"] == version("polars")
    assert {name for packages in found["extras"].values() for name in packages} == set(EXTRAS)
    assert f"polars {version('polars')}" in told()


def test_what_is_missing_comes_with_the_line_that_installs_it() -> None:
    """An extra of which a package is missing names what to type, and no other does."""
    found = installed(lambda package: None if package == "fastexcel" else "1.0")
    assert set(found["install"]) == {"files"}
    lines = list(in_words(found))
    place = next(place for place, line in enumerate(lines) if "fastexcel is missing" in line)
    assert "[files]" in lines[place + 1]
