"""What is missing is named with a line that installs it from where the library itself was installed from."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import pytest

from therarel.errors import MissingExtraError
from therarel.extras import install_line, needs

SOURCE = Path(__file__).parents[1] / "src"


def installed(folder: Path, monkeypatch: pytest.MonkeyPatch, origin: object) -> None:
    """Put an installation of the library first on the path, with the note that pip leaves about where it came from."""
    notes = folder / "therarel-0.1.0.dist-info"
    notes.mkdir()
    (notes / "METADATA").write_text("Metadata-Version: 2.4\nName: therarel\nVersion: 0.1.0\n", "utf-8")
    if origin is not None:
        (notes / "direct_url.json").write_text(json.dumps(origin), "utf-8")
    monkeypatch.syspath_prepend(folder)


@pytest.mark.parametrize(
    ("origin", "arguments"),
    [
        (None, ["therarel[research]"]),
        ({"url": "file:///srv/my%20work/therarel", "dir_info": {}}, ["/srv/my work/therarel[research]"]),
        (
            {"url": "file:///srv/therarel", "dir_info": {"editable": True}},
            ["--editable", "/srv/therarel[research]"],
        ),
        (
            {
                "url": "https://example.org/therarel.git",
                "vcs_info": {"vcs": "git", "requested_revision": "v0.1.0", "commit_id": "5e1f"},
            },
            ["therarel[research] @ git+https://example.org/therarel.git@v0.1.0"],
        ),
        (
            {
                "url": "https://example.org/all.git",
                "vcs_info": {"vcs": "git", "commit_id": "5e1f"},
                "subdirectory": "python",
            },
            ["therarel[research] @ git+https://example.org/all.git@5e1f#subdirectory=python"],
        ),
        (
            {"url": "file:///srv/therarel-0.1.0-py3-none-any.whl", "archive_info": {}},
            ["therarel[research] @ file:///srv/therarel-0.1.0-py3-none-any.whl"],
        ),
    ],
    ids=["index", "folder", "folder in place", "repository", "part of a repository", "wheel"],
)
def test_the_line_installs_from_where_the_library_came_from(
    origin: object, arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index only where it came from one: a folder, a repository and a wheel are named as they were given to pip."""
    installed(tmp_path, monkeypatch, origin)
    assert shlex.split(install_line("research")) == ["pip", "install", *arguments]
    with pytest.raises(MissingExtraError) as caught, needs("a figure"):
        raise ModuleNotFoundError("no module", name="numpy.linalg")
    assert caught.value.hint == install_line("research")


def test_a_library_that_is_used_from_its_source_is_installed_from_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a note of pip there is a folder to install from all the same."""
    monkeypatch.setattr(sys, "path", [str(SOURCE)])
    assert install_line("files") == f"pip install --editable {shlex.quote(f'{SOURCE.parent}[files]')}"


def test_no_other_line_tells_to_install() -> None:
    """Every hint to install something is made in one place."""
    lines = [path.name for path in SOURCE.rglob("*.py") if "pip install" in path.read_text("utf-8")]
    assert lines == ["extras.py"]
