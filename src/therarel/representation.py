"""How results show themselves: one line where a value stands among others, words where somebody reads it."""

from __future__ import annotations

import html

__all__ = ["Markdown", "Paragraph", "one_line"]

_LONGEST = 199


def one_line(value: object, name: str | None = None) -> str:
    """A result on one line of fewer than 200 characters: its kind, and the first line of its words.

    Args:
        value: The result; ``str`` gives its words.
        name: What its kind is called; the name of its class if not given, and nothing if empty.

    Examples:
        >>> one_line(ValueError("no session"), "a problem")
        '<a problem: no session>'
    """
    said = " ".join(str(value).strip().partition("\n")[0].split())
    kind = type(value).__name__ if name is None else name
    line = f"{kind}: {said}" if kind and said else kind or said
    return f"<{line if len(line) <= _LONGEST - 2 else line[: _LONGEST - 5] + '...'}>"


class Paragraph(str):
    """Text for a paper, which a notebook shows as text and not as Python would write it."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return "".join(f"<p>{html.escape(part)}</p>" for part in self.split("\n\n"))


class Markdown(str):
    """Markdown, which a notebook shows as what it means."""

    __slots__ = ()

    def _repr_markdown_(self) -> str:
        return str(self)
