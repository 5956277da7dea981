"""The notebooks run from top to bottom, and what they show becomes a page."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.pages.notebooks import FOLDER, MARIMO, NOTEBOOKS, Cell, cells_of, executed, page, source


def shown_by(path: Path) -> str:
    """The words that a notebook shows."""
    outputs = [output for cell in executed(path)["cells"] for output in cell.get("outputs", ())]
    return "\n".join("".join(each.get("text", "") or each["data"].get("text/plain", "")) for each in outputs)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_warns_of_nothing(path: Path) -> None:
    """A reader who runs all cells sees what they show, and not a word on the error stream."""
    outputs = [output for cell in executed(path)["cells"] for output in cell.get("outputs", ())]
    assert len(outputs) > 5
    assert [each["text"] for each in outputs if each.get("name") == "stderr"] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_what_it_shows(path: Path) -> None:
    """Nothing of a data set about people is in the repository."""
    code = [cell for cell in cells_of(path) if cell["cell_type"] == "code"]
    assert [cell["id"] for cell in code if cell["outputs"] or cell["execution_count"] is not None] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_imports_the_library_in_one_way(path: Path) -> None:
    """Cells say ``import therarel as tr``, as every page does."""
    code = "\n".join(source(cell) for cell in cells_of(path) if cell["cell_type"] == "code")
    imports = re.findall(r"^\s*((?:from|import) therarel\b.*)$", code, re.MULTILINE)
    assert imports == ["import therarel as tr"]


def test_the_estimates_are_those_of_lme4() -> None:
    """The notebook on published data shows the numbers that its words give for lme4."""
    said = next(source(cell) for cell in cells_of(FOLDER / "open_data.ipynb") if "lme4 gives" in source(cell))
    tables = "".join(
        "".join(output.get("data", {}).get("text/html", ""))
        for cell in executed(FOLDER / "open_data.ipynb")["cells"]
        for output in cell.get("outputs", ())
    )
    numbers = re.findall(r"\d+\.\d+", said)
    assert numbers == ["251.4", "10.47", "24.74", "5.92", "25.59"]
    assert [number for number in numbers if number not in tables] == []


def test_what_is_said_of_the_trial_is_what_the_data_show() -> None:
    """Nearly half of 100 people lack the last score, no gain can be seen by months, and six by occasions are below noise."""
    words = shown_by(FOLDER / "open_data.ipynb")
    assert words.count("48 not known") == 4
    assert "no verified reliability is known for bdi-ii" in words
    assert "0 of 100 dyads flagged; expected from noise alone: 0.0 (0 to 0); undetectable in 100 dyads" in words
    found = re.search(r"cutoff 7\): (\d+) of 100 dyads flagged; expected from noise alone: ([1-9][\d.]*)", words)
    assert found is not None
    assert float(found[1]) < float(found[2])
    assert "undetectable in 50 dyads" in words


@pytest.mark.parametrize("name", MARIMO.values())
def test_a_notebook_for_marimo_runs_as_a_script(name: str, tmp_path: Path) -> None:
    """The same notebook with controls to move runs with their first values."""
    done = subprocess.run(
        [sys.executable, str(FOLDER / name)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_notebook_for_marimo_is_linked() -> None:
    """A file that no page leads to is a file that nobody opens."""
    assert {path.name for path in FOLDER.glob("*.py")} == set(MARIMO.values())
    assert set(MARIMO) <= {path.stem for path in NOTEBOOKS}


def test_a_page_shows_words_tables_and_pictures() -> None:
    """Code is followed by what it shows; a picture is a file whose words come from it."""
    svg = "<svg><title id='t'>Scores</title><desc>From 1 to 5 [low].</desc></svg>"
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": "1\n2\n"},
        {
            "output_type": "display_data",
            "data": {"text/html": '<style scoped>\n</style>\n<table border="1"></table>', "text/plain": "t"},
        },
        {"output_type": "display_data", "data": {"text/markdown": "*kind*", "text/plain": "k"}},
        {"output_type": "execute_result", "data": {"image/svg+xml": svg, "text/plain": "p"}},
        {"output_type": "execute_result", "data": {"text/plain": "42"}},
    ]
    cells: list[Cell] = [
        {"cell_type": "markdown", "source": ["# A title\n", "\n", "Words."]},
        {"cell_type": "code", "source": "show()", "outputs": outputs},
    ]
    made = dict(page("one", cells))
    assert made == {
        "notebooks/pictures/one-02-4.svg": svg,
        "notebooks/one.md": "# A title\n\n[Download the notebook](one.ipynb){ download }\n\nWords.\n\n"
        '```python\nshow()\n```\n\n``` { .text .shown }\n1\n2\n```\n\n<div class="shown">\n<table></table>\n</div>\n\n*kind*\n\n'
        "![Scores. From 1 to 5 (low).](pictures/one-02-4.svg)\n\n``` { .text .shown }\n42\n```\n",
    }
