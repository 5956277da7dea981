"""What entering a room loads, measured in a fresh interpreter."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "therarel"
PROBE = """
import json, sys
before = set(sys.modules)
import {module}
print(json.dumps(sorted(set(sys.modules) - before)))
"""

# What a room may load: packages beyond the standard library, and rooms.
BUDGET: dict[str, tuple[set[str], set[str]]] = {
    "errors": (set(), {"characters", "errors"}),
    "confidential": (set(), {"characters", "errors", "confidential"}),
    "citations": ({"attr", "attrs"}, {"characters", "errors", "representation", "citations"}),
    "files": (set(), {"characters", "errors", "files"}),
    "drawing": (
        set(),
        {"characters", "errors", "discretion", "representation", "confidential", "extras", "files", "drawing"},
    ),
    "domain": (
        {"attr", "attrs"},
        {
            "characters",
            "errors",
            "discretion",
            "representation",
            "citations",
            "confidential",
            "vocabulary",
            "texts",
            "domain",
        },
    ),
}
PRESENT = [room for room in BUDGET if (SOURCE / room).is_dir() or (SOURCE / f"{room}.py").is_file()]


def loaded_by(module: str) -> set[str]:
    """The modules that an import adds to a fresh interpreter."""
    answer = subprocess.run(
        [sys.executable, "-I", "-c", PROBE.format(module=module)], capture_output=True, text=True, check=True
    )
    return set(json.loads(answer.stdout))


def test_importing_the_package_loads_nothing_but_itself() -> None:
    """``import therarel`` adds one module: no room, no dependency, nothing of the standard library."""
    assert loaded_by("therarel") == {"therarel"}


@pytest.mark.parametrize("room", PRESENT)
def test_a_light_room_stays_within_its_budget(room: str) -> None:
    """The rooms that everything rests on load attrs at most, and no room beyond those named."""
    packages, rooms = BUDGET[room]
    loaded = loaded_by(f"therarel.{room}")
    names = {name.partition(".")[0] for name in loaded}
    assert names - sys.stdlib_module_names - {"therarel"} <= packages
    assert {name.split(".")[1] for name in loaded if name.startswith("therarel.")} <= rooms
