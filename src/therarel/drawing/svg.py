"""A picture: a self-contained SVG with a title, a description, one set of colours and nothing from outside.

There is no script, no external reference and no font in it. It may be put in a file, in a notebook or, beside
others, in a page: its style rules reach no further than itself. PNG and PDF files are made by matplotlib from the same
marks.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self, get_args

from therarel.drawing.colours import Colour, Lettering, Theme, declared, paint
from therarel.drawing.elements import Element, coordinate, element, escaped, numeral
from therarel.drawing.frames import Frame
from therarel.drawing.renderers.picture import draw_elements, file_of, new_axes
from therarel.errors import InvalidValueError, shown
from therarel.extras import needs
from therarel.files import refuse_other_kind, write_whole
from therarel.representation import one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_FONTS: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
_ID: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


class Drawing:
    """A picture of a given size, to which marks are added and which is then shown or saved.

    The same marks give the same bytes. Without an id of its own a drawing takes one from its content, so that
    one page can hold several.

    Args:
        width: In pixels, above 0.
        height: In pixels, above 0.
        title: What the picture shows, in a few words; screen readers say it first.
        description: What is to be seen in it, in sentences, for those who do not see it.
        theme: ``auto`` follows the reader's screen; ``light`` and ``dark`` are pinned, and a pinned picture
            writes plain colour values that programs other than browsers understand too.
        identifier: The id of the ``<svg>`` element: a letter, then letters, digits, ``-`` and ``_``.
        ground: Whether the ground is painted; otherwise the page shows through.

    Raises:
        InvalidValueError: on a size that is not above 0, an empty title or description, an unknown theme, or
            an id of another form.

    Examples:
        >>> from therarel.drawing import text
        >>> picture = Drawing(120, 40, title="Trust", description="The word trust.")
        >>> picture.add(text(10, 25, "trust")).to_svg().startswith("<svg ")
        True
    """

    __slots__ = ("_ground", "_identifier", "_marks", "_theme", "description", "frame", "title")

    def __init__(
        self,
        width: float,
        height: float,
        *,
        title: str,
        description: str,
        theme: Theme = "auto",
        identifier: str | None = None,
        ground: bool = True,
    ) -> None:
        size = coordinate(width, "drawing width"), coordinate(height, "drawing height")
        if min(size) <= 0:
            raise InvalidValueError("a drawing has a size", where="drawing", value=shown(min(size)), bound="above 0")
        for where, words in (("title", title), ("description", description)):
            if not escaped(words).strip():
                raise InvalidValueError(
                    "a drawing says what it shows",
                    where=where,
                    hint="it is read to people who do not see the picture",
                )
        if theme not in get_args(Theme):
            raise InvalidValueError(
                "unknown theme", where="theme", value=shown(theme), bound=" or ".join(get_args(Theme))
            )
        if identifier is not None and not _ID.fullmatch(identifier):
            raise InvalidValueError(
                "an id is a letter, then letters, digits, - and _",
                where="identifier",
                value=shown(identifier),
            )
        self.frame = Frame(0.0, 0.0, *size)
        self.title, self.description = title, description
        self._theme, self._identifier, self._ground = theme, identifier, ground
        self._marks: list[Element] = []

    def add(self, *marks: Element) -> Self:
        """Draw these marks over what is there, in order; the drawing itself comes back."""
        self._marks.extend(marks)
        return self

    def to_svg(self) -> str:
        """The picture as SVG markup, ending in a line break."""
        used: set[Colour | Lettering] = set()
        marks = list(self._marks)
        if self._ground:
            ground = {"width": "100%", "height": "100%", "fill": Colour.PAPER}
            marks.insert(0, element("rect", ground))
        body = "".join(self._written(mark, used) + "\n" for mark in marks)
        width, height = numeral(self.frame.width), numeral(self.frame.height)
        told = f"{escaped(self.title)}\n{escaped(self.description)}"
        name = self._identifier or "tr-" + _digest(width, height, self._theme, told, body)
        rules = [f"#{name}{{display:block;max-width:100%;height:auto}}"]
        if self._theme == "auto":
            rules.append(declared(name, used))
        style = "\n".join(rules)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" id="{name}" role="img"'
            f' width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
            f' aria-labelledby="{name}-title {name}-desc"'
            f' font-family="{_FONTS}" font-size="12">\n'
            f'<title id="{name}-title">{escaped(self.title)}</title>\n'
            f'<desc id="{name}-desc">{escaped(self.description)}</desc>\n'
            f"<style>\n{style}\n</style>\n{body}</svg>\n"
        )

    def save(self, path: str | os.PathLike[str], *, private: bool = True) -> Path:
        """Write the picture to an SVG, PNG or PDF file, whole or not at all, and return the path.

        PNG has two dots per pixel. Both it and PDF keep title and description among their metadata, and a picture that
        follows the reader's screen is light in them.

        Args:
            path: A file whose name ends in ``.svg``, ``.png`` or ``.pdf``; one that exists is replaced and keeps its
                permissions.
            private: Whether a new file is for its owner alone (mode 0600), as a picture of clients should be.

        Raises:
            InvalidValueError: if the name ends otherwise.
            MissingExtraError: for PNG and PDF, if matplotlib is not installed.
            WritingError: if the file cannot be written.
        """
        hint = "save it as .svg, .png or .pdf"
        refuse_other_kind(path, (".svg", ".png", ".pdf"), what="a drawing", hint=hint)
        kind = Path(path).suffix.lower().removeprefix(".")
        return write_whole(path, self.to_svg() if kind == "svg" else self._file(kind), private=private)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the picture with matplotlib, on axes that count its pixels.

        Args:
            ax: The axes to draw on; ``None`` makes a figure.

        Returns:
            The axes; their label is the description.

        Raises:
            MissingExtraError: if matplotlib is not installed.
        """
        size = self.frame.width, self.frame.height
        with needs("drawing with matplotlib"):
            drawn = new_axes(size) if ax is None else ax
            draw_elements(drawn, self._marks, size, self._theme)
        drawn.set_label(self.description)
        return drawn

    def _file(self, kind: str) -> bytes:
        words = {"title": self.title, "description": self.description}
        size = self.frame.width, self.frame.height
        with needs("writing PNG or PDF"):
            return file_of(self._marks, size, kind, words, self._theme, self._ground)

    def _repr_svg_(self) -> str:
        return self.to_svg()

    def __repr__(self) -> str:
        return one_line(self, "")

    def __str__(self) -> str:
        size = f"{numeral(self.frame.width)} x {numeral(self.frame.height)}"
        return f"{type(self).__name__} {size}, {len(self._marks)} marks"

    def _written(self, node: Element | str, used: set[Colour | Lettering]) -> str:
        if isinstance(node, str):
            return escaped(node)
        attributes = "".join(f' {name}="{self._value(value, used)}"' for name, value in node.attributes)
        inside = "".join(self._written(child, used) for child in node.children)
        return f"<{node.tag}{attributes}>{inside}</{node.tag}>" if inside else f"<{node.tag}{attributes}/>"

    def _value(self, value: str | float | Lettering, used: set[Colour | Lettering]) -> str:
        if isinstance(value, Colour | Lettering):
            used.add(value)
            return paint(value, self._theme)
        return escaped(value) if isinstance(value, str) else numeral(value)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:10]
