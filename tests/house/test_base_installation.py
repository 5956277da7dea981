"""Where the packages of an extra are missing, whatever needs them says so, with the line that installs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from therarel.extras import EXTRAS

# An interpreter that finds nothing but the packages of the base installation.
BARE = f"""
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {set(EXTRAS) | {"pandas"}!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Missing())
"""

ROOMS = (
    BARE
    + """
import json
from importlib import import_module
told = {}
for name in sys.argv[1:]:
    try:
        import_module(name)
        told[name] = None
    except Exception as error:
        told[name] = [type(error).__name__, str(error)]
print(json.dumps(told))
"""
)

RECORDS = (
    BARE
    + """
from therarel import records
from therarel.errors import MissingExtraError
for ask in (
    lambda: records.loads('{"schema": "therarel.monitor_state/1"}'),
    lambda: list(records.read_log(['{"schema": "therarel.monitor_state/1"}'])),
    lambda: records.json_schema("monitor_state"),
    lambda: __import__("therarel.panels").panels.Panel,
    lambda: __import__("therarel").detect,
):
    try:
        ask()
    except Exception as error:
        print(type(error).__name__, isinstance(error, ImportError))
"""
)

FIGURES = (
    BARE
    + """
from therarel.drawing import Axis, Chart, Plot
from therarel.errors import MissingExtraError
chart = Chart([Plot(Axis("session", (1, 8)), Axis("score", (1, 5)))], title="Scores", description="None.")
for ask in (lambda: chart.save("picture.png"), lambda: chart.save("picture.pdf"), chart.plot, chart.to_altair):
    try:
        ask()
    except MissingExtraError as error:
        print(str(error).partition(". Hint")[0])
"""
)


def bare(program: str, *arguments: str) -> str:
    """What a program says in a base installation."""
    command = [sys.executable, "-I", "-c", program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_every_room_loads_or_names_its_extra(source: Path) -> None:
    """No room falls with an error of the import system; the ones for whole tables need an extra, the others none."""
    rooms = [path.parent.name for path in source.glob("*/__init__.py")]
    rooms += [path.stem for path in source.glob("*.py") if not path.stem.startswith("__")]
    told = json.loads(bare(ROOMS, *(f"therarel.{room}" for room in sorted(rooms))))
    for name, error in told.items():
        if error is not None:
            kind, message = error
            assert kind == "MissingExtraError", (name, message)
            assert message.startswith(f"{name} needs ")
    assert {"therarel.records", "therarel.machine", "therarel.concepts", "therarel.measures", "therarel.cli"} <= {
        name for name, error in told.items() if error is None
    }


def test_a_record_of_a_room_that_is_not_installed_names_the_extra() -> None:
    """The state of a monitor cannot be read without numpy, and nothing is wrong with the record."""
    assert bare(RECORDS).split("\n") == [
        "MissingExtraError True",
        "ReadingError False",  # no line of a log is the state of a monitor
        "MissingExtraError True",
        "MissingExtraError True",
        "MissingExtraError True",
        "",
    ]


def test_a_picture_that_needs_another_library_names_the_extra() -> None:
    """SVG needs nothing; PNG, PDF, matplotlib and Altair say what installs them."""
    assert bare(FIGURES).splitlines() == [
        "writing PNG or PDF needs matplotlib of the extra 'figures'",
        "writing PNG or PDF needs matplotlib of the extra 'figures'",
        "drawing with matplotlib needs matplotlib of the extra 'figures'",
        "a chart for Altair needs altair of the extra 'figures'",
    ]
