"""Files of the user's: written whole or not at all, and never over what they were made from.

Every room that writes a file writes it here. A file is made beside the one it will replace, brought to the disk, and
then put in its place in one step: whoever looks sees the old file or the new one, also after the power failed, the disk
was full or the process was killed. A log is continued under a lock, after its last line was looked at.

New files are for their owner alone (mode 0600), unless nothing in them is about a client.
"""

from __future__ import annotations

from therarel.files.appending import Torn, append_whole
from therarel.files.disk import opening_by_name
from therarel.files.names import (
    CSV,
    HTML,
    keep_what_is_there,
    refuse_other_kind,
    refuse_other_than_page,
    refuse_same,
)
from therarel.files.rows import csv_lines
from therarel.files.whole import write_whole

__all__ = [
    "CSV",
    "HTML",
    "Torn",
    "append_whole",
    "csv_lines",
    "keep_what_is_there",
    "opening_by_name",
    "refuse_other_kind",
    "refuse_other_than_page",
    "refuse_same",
    "write_whole",
]
