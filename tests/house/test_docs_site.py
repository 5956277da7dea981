"""The site of the documentation is built so that what is wrong with a page stops the build."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("[here](index.md#here)\n\n## Here\n", None),
        ("[gone](gone.md)\n", "gone.md"),
        ("[nowhere](index.md#nowhere)\n", "#nowhere"),
        ("[absolute](/gone/)\n", "/gone/"),
    ],
)
def test_the_checks_stop_at_a_broken_link(page: str, told: str | None, root: Path, tmp_path: Path) -> None:
    """With the options of the checks and the project's rules for links, a link that leads nowhere fails the build."""
    command = re.search(r'"\$bin/mkdocs" (build .*)--site-dir', (root / ".ci" / "run").read_text("utf-8"))
    assert command is not None
    rules = yaml.safe_load((root / "mkdocs.yml").read_text("utf-8"))["validation"]
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text(page, "utf-8")
    site = {"site_name": "a site", "theme": {"name": "mkdocs"}, "plugins": [], "validation": rules}
    (tmp_path / "mkdocs.yml").write_text(yaml.safe_dump(site), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", *command[1].split()],
        cwd=tmp_path,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) is (told is None)
    assert told is None or told in done.stderr
