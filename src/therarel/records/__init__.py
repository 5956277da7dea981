"""How values get in and out: JSON documents and JSON Lines that name their kind and version.

Every record carries ``"schema": "therarel.<kind>/<version>"``; what was once written can be read forever.
Confidential text leaves only by an explicit decision.
"""

from __future__ import annotations

import therarel.domain
import therarel.machine  # noqa: F401 -- whole, before a module of it is named: see the front door
from therarel.records.courses import CourseRecord
from therarel.records.documents import dump, dumps, load, loads
from therarel.records.kinds import Kind, json_schema, kind_of, kinds
from therarel.records.logs import TornLineWarning, read_log, write_log
from therarel.records.saved import read_course

__all__ = [
    "CourseRecord",
    "Kind",
    "TornLineWarning",
    "dump",
    "dumps",
    "json_schema",
    "kind_of",
    "kinds",
    "load",
    "loads",
    "read_course",
    "read_log",
    "write_log",
]
