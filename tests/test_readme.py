"""What the README shows is what the library makes, and what it tells people to type is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_picture_is_the_one_that_the_snippets_draw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run from top to bottom, the snippets leave the very picture that stands at the top of the page."""
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {}
    for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL):
        exec(block, namespace)
    shown = re.search(r"!\[[^\]]*\]\((docs/assets/[^)]+\.svg)\)", README)
    assert shown is not None
    assert (tmp_path / "score-drop.svg").read_text("utf-8") == (ROOT / shown[1]).read_text("utf-8")


def test_the_two_commands_name_extras_that_exist() -> None:
    """Both commands make an environment, install an extra of the project and run something."""
    commands = re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)
    extras = (ROOT / "pyproject.toml").read_text("utf-8")
    assert [command.rsplit("/", 1)[1].split()[0] for command in commands] == ["therarel", "pytest"]
    for command in commands:
        wanted = re.search(r"'\.\[(\w+)\]'", command)
        assert wanted is not None
        assert re.search(rf"^{wanted[1]} = \[", extras, re.MULTILINE)
