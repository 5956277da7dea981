"""What is installed to work on the project is written down, name by name, with the one version that is taken."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

LINE = re.compile(r"([a-z0-9-]+)==([^ ;]+)(?: ; (python_full_version (?:<|>=) '[\d.]+'))?")
INSTALLED = ("dev", "benchmarks", "spark")  # the extras that a command of the project installs


@pytest.fixture(scope="module")
def constraints(root: Path) -> list[str]:
    """The lines of constraints.txt without its one comment."""
    first, *lines = (root / "constraints.txt").read_text("utf-8").splitlines()
    assert first.startswith("#")
    return lines


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, dict[str, dict[str, list[str]]]]:
    """What pyproject.toml says."""
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))


def asked_for(project: dict[str, dict[str, dict[str, list[str]]]], extra: str) -> Iterator[Requirement]:
    """What an extra of the project asks for, with the extras that it names."""
    for line in project["project"]["optional-dependencies"][extra]:
        wanted = Requirement(line)
        if wanted.name == "therarel":
            for each in wanted.extras:
                yield from asked_for(project, each)
        else:
            yield wanted


def direct(project: dict[str, dict[str, dict[str, list[str]]]]) -> Iterator[Requirement]:
    """Everything that the project itself names."""
    yield from map(Requirement, project["project"]["dependencies"])
    for extra in INSTALLED:
        yield from asked_for(project, extra)


def test_constraints_are_names_and_exact_versions_alone(constraints: list[str]) -> None:
    """A line is a name and a version; it names a Python where a package needs two versions, and only there."""
    found = [LINE.fullmatch(line) for line in constraints]
    assert [line for line, match in zip(constraints, found, strict=True) if match is None] == []
    names = [match[1] for match in found if match is not None]
    assert names == sorted(names)
    for match in found:
        assert match is not None
        assert (names.count(match[1]) > 1) is (match[3] is not None)


def test_everything_that_is_installed_has_its_version(
    constraints: list[str], project: dict[str, dict[str, dict[str, list[str]]]]
) -> None:
    """What the project asks for, what that asks for, and so on: each has a line."""
    known = {line.split("==")[0] for line in constraints}
    waiting = list(direct(project))
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        wanted = waiting.pop()
        name, extras = canonicalize_name(wanted.name), frozenset(wanted.extras)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        assert name in known, f"'{name}' is not in constraints.txt; .ci/take_versions.py writes it there"
        try:
            lines = requires(name) or []
        except PackageNotFoundError:  # Spark and the benchmarks' peers are not in every environment
            continue
        for line in map(Requirement, lines):
            environments = [{"extra": extra} for extra in (*extras, "")]
            if line.marker is None or any(line.marker.evaluate(each) for each in environments):
                waiting.append(line)


def test_the_package_is_built_with_the_same_versions(
    constraints: list[str], project: dict[str, dict[str, dict[str, list[str]]]]
) -> None:
    """Constraints do not reach the environment of a build, so its requirements are exact themselves."""
    build: object = project["build-system"]["requires"]
    assert isinstance(build, list)
    assert set(build) <= set(constraints)
    assert [line for line in build if line.startswith("hatchling==")]


def test_lower_bounds_lie_below_the_versions_that_are_taken(
    constraints: list[str], project: dict[str, dict[str, dict[str, list[str]]]]
) -> None:
    """Every package that the project names has a lower bound, the same everywhere, and the version taken keeps it."""
    bounds: dict[str, set[str]] = {}
    for wanted in direct(project):
        bounds.setdefault(canonicalize_name(wanted.name), set()).add(str(wanted.specifier))
        taken = [
            line.split(" ;")[0].split("==")[1]
            for line in constraints
            if line.startswith(f"{canonicalize_name(wanted.name)}==")
        ]
        assert taken
        assert ">=" in str(wanted.specifier), f"'{wanted}' has no lower bound"
        assert all(wanted.specifier.contains(Version(version)) for version in taken)
    assert {name: each for name, each in bounds.items() if len(each) > 1} == {}


def test_no_command_installs_without_constraints(root: Path) -> None:
    """Both commands of the README, those of CONTRIBUTING and all of the checks take the versions that are written down."""
    texts = {name: (root / name).read_text("utf-8") for name in ("README.md", "CONTRIBUTING.md", ".ci/run")}
    lines = [line for text in texts.values() for line in text.splitlines() if "pip install" in line]
    assert len(lines) >= 5
    assert [line for line in lines if "--constraint constraints.txt" not in line] == []
