"""The kind of a file, recognised by its first bytes and never by its name."""

from __future__ import annotations

import re
from typing import Final

from therarel.errors import InvalidValueError
from therarel.vocabulary import Vocabulary

HEAD: Final = 4096
"""This many first bytes are enough to know the kind of a file."""


class FileKind(Vocabulary, links={}):
    """The kinds of files that are read."""

    TEXT = "text"
    JSON_LINES = "json_lines"
    JSON_ARRAY = "json_array"
    PARQUET = "parquet"
    EXCEL = "excel"
    SPSS = "spss"
    STATA = "stata"
    GZIP = "gzip"


_AS_CSV: Final = "save the table as CSV (UTF-8) and read that"
_IN_R: Final = "in R: write.csv(x, 'table.csv', row.names = FALSE), then read table.csv"

# Kinds that are not read: their first bytes, what to call them, and what to do instead.
_NOT_READ: Final[tuple[tuple[bytes, str, str], ...]] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old workbook of Excel (.xls)", "save it as .xlsx or CSV and read that"),
    (b"ARROW1", "an Arrow file (Feather)", "in Python: polars.read_ipc(path), then give the dataframe"),
    (b"FEA1", "a Feather file of version 1", "in Python: pandas.read_feather(path), then give the dataframe"),
    (b"RDX2\n", "a workspace of R (.RData)", _IN_R),
    (b"RDX3\n", "a workspace of R (.RData)", _IN_R),
    (b"X\n\x00\x00\x00", "an object of R (.rds)", _IN_R),
    (b"A\n2\n", "an object of R (.rds)", _IN_R),
    (b"A\n3\n", "an object of R (.rds)", _IN_R),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file", "in Python: pandas.read_hdf(path), then give the dataframe"),
    (b"SQLite format 3\x00", "an SQLite database", "read the table with DuckDB or pandas, then give the dataframe"),
    (b"%PDF", "a PDF document", _AS_CSV),
    (b"{\\rtf", "a text document (RTF)", _AS_CSV),
    (b"BZh", "a compressed file (bzip2)", "unpack it first; .gz files are read as they are"),
    (b"\xfd7zXZ\x00", "a compressed file (xz)", "unpack it first; .gz files are read as they are"),
    (b"\x28\xb5\x2f\xfd", "a compressed file (zstandard)", "unpack it first; .gz files are read as they are"),
    (b"7z\xbc\xaf\x27\x1c", "an archive (7-Zip)", "unpack it first"),
    (b"Rar!", "an archive (RAR)", "unpack it first"),
    (b"\x89PNG", "a picture", _AS_CSV),
    (b"\xff\xd8\xff", "a picture", _AS_CSV),
    (b"Obj\x01", "an Avro file", _AS_CSV),
    (b"ORC", "an ORC file", "in Python: pandas.read_orc(path), then give the dataframe"),
)
_MARKUP: Final = re.compile(rb"\s*<(!doctype|html|table|\?xml|meta|body|head|style|workbook)\b", re.IGNORECASE)
_OLD_STATA_FORMATS: Final = frozenset({105, 108, 110, 111, 113, 114, 115})
_SAS_DATA: Final = b"\x00" * 12 + b"\xc2\xea\x81\x60"
_SAS_TRANSPORT: Final = b"HEADER RECORD*******"
_JSON_ARRAY: Final = re.compile(rb"\s*\[\s*(\{|\])")
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


def kind_of(head: bytes, name: str, *, contents: bytes = b"") -> FileKind:
    """The kind of a file.

    Args:
        head: Its first bytes, as many as `HEAD` says.
        name: What an error calls the file.
        contents: The last bytes of a ZIP archive, which list the files in it; empty for other files.

    Raises:
        InvalidValueError: if it is of a kind that is not read; the hint says what to do instead.

    Examples:
        >>> kind_of(b"client,session", "x.csv"), kind_of(b'{"client": 1}', "x.csv")
        (<FileKind.TEXT: 'text'>, <FileKind.JSON_LINES: 'json_lines'>)
    """
    if head.startswith(b"PAR1"):
        return FileKind.PARQUET
    if head.startswith(b"\x1f\x8b"):
        return FileKind.GZIP
    if head.startswith(b"PK\x03\x04"):
        return _archive(head + contents, name)
    if head.startswith((b"$FL2", b"$FL3")):
        return FileKind.SPSS
    if head.startswith(b"<stata_dta>") or _old_stata(head):
        return FileKind.STATA
    if head.startswith(_SAS_DATA):
        raise _not_read(name, "a data set of SAS", "in SAS: PROC EXPORT to CSV, or pandas.read_sas(path)")
    if head.startswith(_SAS_TRANSPORT):
        raise _not_read(name, "a transport file of SAS", "in Python: pandas.read_sas(path), then give the dataframe")
    for magic, what, hint in _NOT_READ:
        if head.startswith(magic):
            raise _not_read(name, what, hint)
    text = head.removeprefix(_BYTE_ORDER_MARK)
    if _MARKUP.match(text):
        raise _not_read(
            name, "a page of markup (HTML or XML), whatever its name says", "open it in a spreadsheet and save as CSV"
        )
    if text.lstrip().startswith(b"{"):
        return FileKind.JSON_LINES
    if _JSON_ARRAY.match(text):
        return FileKind.JSON_ARRAY
    return FileKind.TEXT


def _archive(content: bytes, name: str) -> FileKind:
    """The kind of a ZIP archive, by the names of the files in it: workbooks are archives too."""
    if b"xl/workbook.bin" in content:
        raise _not_read(name, "a binary workbook of Excel (.xlsb)", "save it as .xlsx or CSV and read that")
    if b"xl/" in content or (b"[Content_Types].xml" in content and b"word/" not in content and b"ppt/" not in content):
        return FileKind.EXCEL
    if b"opendocument" in content:
        raise _not_read(name, "a document of LibreOffice (.ods)", "save the sheet as .xlsx or CSV and read that")
    if b".npy" in content:
        raise _not_read(name, "an archive of numpy", "load it and give arrays: Panel.from_arrays(...)")
    raise _not_read(name, "an archive (ZIP)", "unpack it and read the table inside, or save the sheet as CSV")


def _old_stata(head: bytes) -> bool:
    """Whether this is a data set of Stata before version 13: format number, byte order (1 or 2) and file type (1)."""
    return len(head) > 4 and head[0] in _OLD_STATA_FORMATS and head[1] in (1, 2) and head[2] == 1


def _not_read(name: str, what: str, hint: str) -> InvalidValueError:
    return InvalidValueError(f"this is {what}, which is not read", where=name, hint=hint)
