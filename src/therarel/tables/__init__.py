"""One gate for every table: files of all kinds, cells, labels, and dataframes in and out.

What reads one cell needs the standard library alone; what reads a file or a column loads when it is first used.
"""

from typing import TYPE_CHECKING

from therarel.extras import needs
from therarel.tables.forks import ForkedProcessError
from therarel.tables.limits import Limits
from therarel.tables.missing import Missing
from therarel.tables.table import Note, NoteKind, OpenTable, Table

if TYPE_CHECKING:
    from therarel.tables.opening import open_file
    from therarel.tables.paper_table import PaperTable

__all__ = [
    "ForkedProcessError",
    "Limits",
    "Missing",
    "Note",
    "NoteKind",
    "OpenTable",
    "PaperTable",
    "Table",
    "open_file",
]


def __getattr__(name: str) -> object:
    if name == "open_file":
        with needs("therarel.tables"):
            from therarel.tables import opening
        return opening.open_file
    if name == "PaperTable":
        with needs("therarel.tables"):
            from therarel.tables import paper_table
        return paper_table.PaperTable
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
