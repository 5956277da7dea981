"""A file that is not there, or is none, is told by its name, as an error of the library and of Python."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

import therarel as tr
from therarel.detection.feeding import detect_folder
from therarel.errors import NoSuchFileError, OpeningError
from therarel.measures.files import score_file
from therarel.reading import placed_in_yaml, read_json, read_json_lines, read_yaml
from therarel.reading.problems import Problem
from therarel.reports import is_report

RULE = tr.rules.Drop(k=2)
OPENERS: dict[str, Callable[[Path], object]] = {
    "a panel": lambda path: tr.Panel.read(path, instrument="phq-9"),
    "a panel by the name of its file": lambda path: tr.Panel.read(str(path), instrument="phq-9"),
    "a table of answers": lambda path: score_file(path, "phq-9"),
    "an instrument": lambda path: tr.measures.read_instrument(path),
    "a table of transitions": lambda path: tr.Machine.read(path),
    "the name of a table of transitions": lambda path: tr.Machine.read(str(path)),
    "a policy": lambda path: tr.Policy.read(path),
    "concepts": lambda path: tr.concepts.extend_concepts(tr.concept_graph(), path),
    "a record": lambda path: tr.records.load(path),
    "a record by the name of its file": lambda path: tr.records.load(str(path)),
    "a log": lambda path: list(tr.records.read_log(path)),
    "JSON": lambda path: read_json(path, int),
    "YAML": lambda path: read_yaml(path, int),
    "JSON Lines": lambda path: list(read_json_lines(path, int)),
    "places of problems": lambda path: placed_in_yaml(path, [Problem("too few")]),
    "a report": is_report,
    "Parquet": lambda path: detect_folder(
        path, path.with_name("out"), dyad="d", session="s", score="x", scale=(1, 5), higher_is_better=True, primary=RULE
    ),
}


@pytest.mark.parametrize("opener", OPENERS.values(), ids=OPENERS)
def test_a_file_that_is_not_there_is_named(opener: Callable[[Path], object], tmp_path: Path) -> None:
    """Whatever is read from a file: the error is ours and a FileNotFoundError, with the path that was given."""
    absent = tmp_path / "absent.yaml"
    with pytest.raises(tr.TherarelError) as caught:
        opener(absent)
    error = caught.value
    assert isinstance(error, NoSuchFileError)
    assert isinstance(error, FileNotFoundError)
    assert (error.errno, error.filename, error.where) == (errno.ENOENT, str(absent), str(absent))
    assert str(error) == f"{absent}: there is no such file. Hint: check the folder and the spelling"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("opener", [value for name, value in OPENERS.items() if name != "Parquet"])
def test_a_folder_is_no_file(opener: Callable[[Path], object], tmp_path: Path) -> None:
    """What is there and cannot be read is told with what the operating system says."""
    with pytest.raises(tr.TherarelError) as caught:
        opener(tmp_path)
    assert isinstance(caught.value, OpeningError)
    assert not isinstance(caught.value, FileNotFoundError)
    assert caught.value.where == str(tmp_path)
    assert caught.value.errno in {errno.EISDIR, errno.EACCES}
