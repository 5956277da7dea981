"""The machine in pictures and text, made from the table: Mermaid, DOT, a Markdown table, and a drawing of our own."""

from __future__ import annotations

from therarel.machine.diagrams.picture import picture
from therarel.machine.diagrams.text import dot, markdown, mermaid

__all__ = ["dot", "markdown", "mermaid", "picture"]
