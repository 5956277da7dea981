"""Strict reading of files and data: path, line, near miss, versions, and back again."""

from __future__ import annotations

from therarel.reading.json_lines import JsonLines, OnProblem
from therarel.reading.places import placed_in_yaml
from therarel.reading.problems import Mark, Path, Problem, render_path, summary
from therarel.reading.reader import ConfidentialHandling, Reader
from therarel.reading.refusals import described
from therarel.reading.texts import Source, text_of
from therarel.reading.versions import REDACTED_KEY, SCHEMA_KEY, Upcasting
from therarel.reading.writing import holds_confidential

__all__ = [
    "REDACTED_KEY",
    "SCHEMA_KEY",
    "ConfidentialHandling",
    "JsonLines",
    "Mark",
    "OnProblem",
    "Path",
    "Problem",
    "Reader",
    "Source",
    "Upcasting",
    "described",
    "holds_confidential",
    "placed_in_yaml",
    "read_json",
    "read_json_lines",
    "read_yaml",
    "render_path",
    "summary",
    "text_of",
]

_shared = Reader()

read_json = _shared.loads
"""Make an object of a JSON document; see `Reader.loads`."""

read_json_lines = _shared.read_json_lines
"""Make objects of JSON Lines, one at a time; see `Reader.read_json_lines`."""

read_yaml = _shared.read_yaml
"""Make an object of a YAML document; see `Reader.read_yaml`."""
