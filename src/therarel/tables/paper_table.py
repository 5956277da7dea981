"""A table as a paper prints it: as text, CSV, LaTeX and HTML for a word processor, and as numbers."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from attrs import field, frozen
from narwhals.typing import IntoFrame

from therarel.files import CSV, HTML, csv_lines, refuse_other_kind, write_whole
from therarel.representation import one_line
from therarel.tables.frames import as_table
from therarel.tables.showing import aligned

_ESCAPES: Final = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
}  # fmt: skip


@frozen
class PaperTable:
    """A table as a paper in APA style prints it: a title, a head, rows, and a note that says what it rests on.

    Args:
        title: What the table shows, in title case as printed above the table.
        head: Names of the columns.
        rows: The cells, as text.
        note: The text below the table, without the word "Note.".
        numbers: The same as columns of numbers and labels, for computing; the cells themselves where there are none.
        kind: The kind of table that `to_frame` gives.

    Examples:
        >>> table = PaperTable("Rates", ("Rule", "Share"), (("drop", ".25"),), "n = 40.")
        >>> print(table.to_csv())
        Rates
        Rule,Share
        drop,.25
        Note. n = 40.
        <BLANKLINE>
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str
    numbers: Mapping[str, Sequence[object]] = field(factory=dict, repr=False, eq=False)
    kind: str = field(default="polars", repr=False)

    def to_csv(self, path: str | Path | None = None) -> str:
        """The table as CSV, title first and note last; written to a file if one is named.

        Raises:
            InvalidValueError: if the name of the file ends otherwise than ``.csv`` or ``.txt``.
            WritingError: if the file cannot be written.
        """
        text = "".join(csv_lines([[self.title], self.head, *self.rows, [f"Note. {self.note}"]]))
        return _written(text, path, CSV)

    def to_frame(self, kind: str | None = None) -> IntoFrame:
        """The table as numbers, without title and note: shares between 0 and 1, NaN where a cell is a dash.

        Args:
            kind: ``polars``, ``pandas``, ``pyarrow`` or ``duckdb``; if not given, the kind that the panel came in.

        Raises:
            InvalidValueError: if the kind is not known.
        """
        columns = self.numbers or {name: [row[at] for row in self.rows] for at, name in enumerate(self.head)}
        return as_table(columns, self.kind if kind is None else kind)

    def to_html(self, path: str | Path | None = None) -> str:
        """The table as a page that a word processor opens and that can be pasted into it, in APA style.

        Raises:
            InvalidValueError: if the name of the file ends otherwise than ``.html`` or ``.htm``.
            WritingError: if the file cannot be written.
        """
        head = f'<meta charset="utf-8">\n<title>{html.escape(self.title)}</title>'
        page = f'<html lang="en">\n<head>\n{head}\n</head>\n<body>\n{self._markup()}\n</body>\n</html>'
        text = f"<!DOCTYPE html>\n{page}\n"
        return _written(text, path, HTML)

    def _markup(self) -> str:
        """The table itself; every style is in its cell, where word processors read it."""
        font = "font-family:'Times New Roman',serif;font-size:12pt"
        thick = "1.5px solid"

        def row(cells: Sequence[str], tag: str, style: str) -> str:
            cells_markup = "".join(
                f'<{tag} style="text-align:{"right" if at else "left"};font-weight:normal;padding:2px 8px;{style}">'
                f"{html.escape(cell)}</{tag}>"
                for at, cell in enumerate(cells)
            )
            return f"<tr>{cells_markup}</tr>"

        last = len(self.rows) - 1
        body = [row(cells, "td", f"border-bottom:{thick}" if at == last else "") for at, cells in enumerate(self.rows)]
        return "\n".join(
            [
                f'<p style="{font}"><i>{html.escape(self.title)}</i></p>',
                f'<table style="border-collapse:collapse;{font}">',
                f"<thead>{row(self.head, 'th', f'border-top:{thick};border-bottom:1px solid')}</thead>",
                f"<tbody>{''.join(body)}</tbody>",
                "</table>",
                f'<p style="{font}"><i>Note.</i> {html.escape(self.note)}</p>',
            ]
        )

    def _repr_html_(self) -> str:
        return self._markup()

    def to_latex(self, path: str | Path | None = None) -> str:
        """The table as LaTeX with rules above, below the head and below, as the package booktabs draws them.

        Raises:
            InvalidValueError: if the name of the file ends otherwise than ``.tex`` or ``.txt``.
            WritingError: if the file cannot be written.
        """
        columns = "l" + "r" * (len(self.head) - 1)
        lines = [
            r"\begin{table}",
            rf"\caption{{{_latex(self.title)}}}",
            rf"\begin{{tabular}}{{{columns}}}",
            r"\toprule",
            " & ".join(_latex(cell) for cell in self.head) + r" \\",
            r"\midrule",
            *(" & ".join(_latex(cell) for cell in row) + r" \\" for row in self.rows),
            r"\bottomrule",
            r"\end{tabular}",
            "",
            rf"\textit{{Note.}} {_latex(self.note)}",
            r"\end{table}",
            "",
        ]
        return _written("\n".join(lines), path, (".tex", ".txt"))

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        return "\n".join([self.title, "", *aligned([self.head, *self.rows]), "", f"Note. {self.note}"])


def _latex(text: str) -> str:
    return "".join(_ESCAPES.get(character, character) for character in text)


def _written(text: str, path: str | Path | None, kinds: tuple[str, ...]) -> str:
    if path is not None:
        refuse_other_kind(path, kinds, what="this table", hint=f"name it {kinds[0]}")
        write_whole(path, text)
    return text
