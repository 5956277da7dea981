"""Which extra of the library installs an optional package, and what is said where the package is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final

from therarel.errors import MissingExtraError

__all__ = ["EXTRAS", "install_line", "needs"]

EXTRAS: Final = MappingProxyType(
    {
        "altair": "figures",
        "duckdb": "duckdb",
        "formulaic": "research",
        "hypothesis": "testing",
        "fastexcel": "files",
        "matplotlib": "figures",
        "pyreadstat": "files",
        "narwhals": "research",
        "numpy": "research",
        "polars": "research",
        "pyarrow": "research",
        "pyspark": "spark",
        "ruptures": "changepoints",
        "scipy": "research",
    }
)
"""Optional package: the extra that installs it."""


@contextmanager
def needs(needed_for: str) -> Iterator[None]:
    """Imports inside fail with the line that installs what is missing.

    Args:
        needed_for: What needs the packages.

    Raises:
        MissingExtraError: if one of them is not installed.

    Examples:
        >>> with needs("an example"):
        ...     import numpy
    """
    try:
        yield
        return
    except MissingExtraError as error:
        extra, missing = error.extra, error.missing  # of a part of the library that is needed here
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in EXTRAS:
            raise
        extra = EXTRAS[missing]
    raise MissingExtraError(needed_for, extra=extra, missing=missing, hint=install_line(extra))


def install_line(extra: str) -> str:
    """The command that installs an extra from where the library itself came from: a folder, a repository, an index.

    Args:
        extra: The name of the extra, such as ``research``.

    Examples:
        >>> install_line("research").startswith("pip install ")
        True
    """
    import os  # all of this is for the one who meets the error
    import shlex
    import subprocess

    arguments = _arguments(extra)
    return "pip install " + (subprocess.list2cmdline(arguments) if os.name == "nt" else shlex.join(arguments))


def _arguments(extra: str) -> list[str]:
    import json
    import os
    from importlib.metadata import PackageNotFoundError, distribution
    from pathlib import Path
    from urllib.parse import unquote, urlsplit

    try:
        told = distribution("therarel").read_text("direct_url.json")
    except PackageNotFoundError:  # used from its source, without being installed
        return ["--editable", f"{Path(__file__).parents[2]}[{extra}]"]
    if told is None:
        return [f"therarel[{extra}]"]
    origin = json.loads(told)
    url: str = origin["url"]
    if "dir_info" in origin:
        path = unquote(urlsplit(url).path)
        folder = f"{Path(path.removeprefix('/') if os.name == 'nt' else path)}[{extra}]"
        return ["--editable", folder] if origin["dir_info"].get("editable") else [folder]
    if "vcs_info" in origin:
        version = origin["vcs_info"]
        url = f"{version['vcs']}+{url}@{version.get('requested_revision') or version['commit_id']}"
    part = f"#subdirectory={origin['subdirectory']}" if "subdirectory" in origin else ""
    return [f"therarel[{extra}] @ {url}{part}"]
