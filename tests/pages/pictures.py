"""Pictures on pages: files beside them, and the words that they say of themselves."""

from __future__ import annotations

import re
from html import unescape

WIDE = 480
"""Pictures that are wider than this are moved sideways on a telephone, instead of becoming too small to read."""


def described(svg: str) -> str:
    """What a picture says of itself in words: its title and its description."""
    said = [re.search(rf"<{part}\b[^>]*>(.*?)</{part}>", svg, re.DOTALL) for part in ("title", "desc")]
    words = ". ".join(unescape(each[1]).strip().rstrip(".") for each in said if each is not None)
    return " ".join(words.replace("[", "(").replace("]", ")").split()) + "."


def linked(svg: str, file: str) -> str:
    """A picture as Markdown shows it, for those who see it and for those who hear its words."""
    width = re.search(r'<svg\b[^>]* width="(\d+)', svg)
    wide = "{ .wide }" if width is not None and int(width[1]) > WIDE else ""
    return f"![{described(svg)}]({file}){wide}"
