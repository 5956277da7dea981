"""Writes the bibliography from the data that the library ships."""

from __future__ import annotations

from html import escape

from therarel.citations import Citation, Status, bibliography

PAGE = "reference/bibliography.md"
MARK = "<!-- bibliography -->"


def filled(path: str, text: str) -> str:
    """The page of the bibliography with one entry per reference in place of its mark."""
    if path != PAGE:
        return text
    references = bibliography().values()
    counts = [(status, sum(each.status is status for each in references)) for status in Status]
    summary = ", ".join(f"{count} {status.meaning}" for status, count in counts if count)
    entries = "\n".join(entry(each) for each in references)
    return text.replace(
        MARK, f'{len(references)} references: {summary}.\n\n<dl class="bibliography">\n{entries}\n</dl>'
    )


def entry(reference: Citation) -> str:
    """One reference as HTML: key, status, the reference, and how it was checked."""
    printed = escape(reference.apa())
    if reference.doi:
        link = f"https://doi.org/{escape(reference.doi)}"
        printed = printed.replace(link, f'<a href="{link}">{link}</a>')
    kind = "unverified" if reference.status.unverified else "known"
    note = f"<small>{escape(reference.note)}</small>" if reference.note else ""
    return (
        f'<dt id="{reference.key}"><code>{reference.key}</code> '
        f'<span class="status {kind}" title="{reference.status.meaning}">{reference.status}</span></dt>'
        f"<dd>{printed}{note}</dd>"
    )
