"""``therarel doctor``: what is installed, what is missing, and the line that installs it."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import click

from therarel.cli.saying import say, say_json
from therarel.extras import EXTRAS, install_line

_BASE = ("attrs", "cattrs", "networkx", "PyYAML", "click", "rich")


@click.command(short_help="Say which versions are installed and what is missing.")
@click.option("--json", "as_json", is_flag=True, help="Put it as JSON on stdout, and nothing else.")
def doctor(as_json: bool) -> None:
    """Say which versions are installed, what each extra lacks, and the line that installs it.

    Nothing is loaded and nothing is sent anywhere. The lines that install name the folder the library came from.
    """
    found = installed(_version)
    if as_json:
        say_json(found)
        return
    for line in in_words(found):
        say(line, hanging=True, whole=line.startswith(" "))


def installed(version_of: Callable[[str], str | None]) -> dict[str, Any]:
    """What is installed, by extra, and how to install what is not.

    Args:
        version_of: The version of a package; ``None`` where it is not installed.
    """
    extras: dict[str, dict[str, str | None]] = {}
    for package, extra in sorted(EXTRAS.items()):
        extras.setdefault(extra, {})[package] = version_of(package)
    return {
        "therarel": version_of("therarel"),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "base": {package: version_of(package) for package in _BASE},
        "extras": extras,
        "install": {extra: install_line(extra) for extra, packages in extras.items() if None in packages.values()},
    }


def in_words(report: Mapping[str, Any]) -> Iterator[str]:
    """The same, line by line."""
    yield f"therarel {report['therarel']}, Python {report['python']}, {report['system']}"
    yield f"base: {_listed(report['base'])}"
    for extra, packages in sorted(report["extras"].items()):
        yield f"{extra}: {_listed(packages)}"
        if extra in report["install"]:
            yield f"  to install: {report['install'][extra]}"


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _listed(packages: Mapping[str, str | None]) -> str:
    return ", ".join(f"{package} {found or 'is missing'}" for package, found in packages.items())
