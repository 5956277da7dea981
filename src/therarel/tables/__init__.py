"""One gate for every table: files of all kinds, cells, labels, and dataframes in and out."""

from therarel.extras import needs

with needs("therarel.tables"):
    from therarel.tables.limits import Limits
    from therarel.tables.missing import Missing
    from therarel.tables.opening import open_file
    from therarel.tables.table import Note, NoteKind, OpenTable, Table

__all__ = ["Limits", "Missing", "Note", "NoteKind", "OpenTable", "Table", "open_file"]
