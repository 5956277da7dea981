"""The machine in pictures and text, made from the table: Mermaid, DOT, a Markdown table, and a drawing of our own."""

from __future__ import annotations

from therarel.machine.diagrams.dot import dot
from therarel.machine.diagrams.markdown import markdown
from therarel.machine.diagrams.mermaid import mermaid
from therarel.machine.diagrams.picture import picture

__all__ = ["dot", "markdown", "mermaid", "picture"]
