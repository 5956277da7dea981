"""The elements of a picture through matplotlib: for axes, and for PNG and PDF files that show what the SVG shows."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from therarel.characters import upright
from therarel.drawing.colours import Colour, Lettering, Theme, paint
from therarel.drawing.elements import Element

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.path import Path
    from matplotlib.text import Text

_TOKEN: Final = re.compile(r"[MLCZh]|-?\d+(?:\.\d+)?")
_MOVED: Final = re.compile(r"translate\((-?[\d.]+),(-?[\d.]+)\)")
_PER_INCH: Final = 96.0
_PNG_PER_INCH: Final = 192.0
_POINTS: Final = 72 / _PER_INCH
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class _Around:
    """What an element takes over from the groups around it."""

    at: tuple[float, float] = (0.0, 0.0)
    opacity: float = 1.0
    paint: tuple[tuple[str, str | float | Lettering], ...] = ()


def file_of(
    elements: Sequence[Element],
    size: tuple[float, float],
    kind: str,
    words: Mapping[str, str],
    theme: Theme,
    ground: bool,
) -> bytes:
    """A picture as a file: PNG with two dots per pixel, or PDF.

    Args:
        elements: What is in it.
        size: Width and height in pixels.
        kind: ``png`` or ``pdf``.
        words: ``title`` and ``description``, which the file keeps among its metadata.
        theme: A picture that follows the screen is light here.
        ground: Whether the ground is painted.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(size[0] / _PER_INCH, size[1] / _PER_INCH))
    axes = figure.add_axes((0, 0, 1, 1))
    draw_elements(axes, elements, size, theme)
    out = io.BytesIO()
    told = {"Title": words["title"], "Description" if kind == "png" else "Subject": words["description"]}
    if kind == "pdf":
        told["CreationDate"] = None  # type: ignore[assignment]  # the same picture gives the same bytes
    figure.savefig(
        out, format=kind, dpi=_PNG_PER_INCH, metadata=told, transparent=not ground,
        facecolor=paint(Colour.PAPER, _pinned(theme)),
    )  # fmt: skip
    return out.getvalue()


def new_axes(size: tuple[float, float]) -> Axes:
    """Axes that fill a new figure of a size in pixels."""
    from matplotlib import pyplot

    figure = pyplot.figure(figsize=(size[0] / _PER_INCH, size[1] / _PER_INCH))
    axes: Axes = figure.add_axes((0, 0, 1, 1))
    return axes


def draw_elements(ax: Axes, elements: Sequence[Element], size: tuple[float, float], theme: Theme) -> None:
    """Draw elements on axes that count pixels from the upper left corner, as the picture does.

    Args:
        ax: The axes; what they show otherwise is taken away.
        elements: What is drawn, in order.
        size: Width and height in pixels.
        theme: A picture that follows the screen is light here.
    """
    ax.set_axis_off()
    ax.set_xlim(0, size[0])
    ax.set_ylim(size[1], 0)
    ax.set_aspect("equal", adjustable="box")
    for order, artist in enumerate(_artists(elements, _Around(), _pinned(theme))):
        artist.set_zorder(order)
        ax.add_artist(artist)


def _pinned(theme: Theme) -> Theme:
    return "light" if theme == "auto" else theme


def _artists(elements: Iterable[Element | str], around: _Around, theme: Theme) -> Iterable[Artist]:
    for each in elements:
        if isinstance(each, str) or each.tag == "title":
            continue
        own = dict(each.attributes)
        inside = replace(around, opacity=around.opacity * _number(own.get("opacity"), 1.0))
        if each.tag == "g":
            painted = {name: value for name, value in own.items() if name in {"fill", "stroke", "stroke-width"}}
            moved = _MOVED.match(str(own.get("transform", "")))
            dx, dy = (float(moved[1]), float(moved[2])) if moved else (0.0, 0.0)
            yield from _artists(
                each.children,
                replace(
                    inside,
                    at=(around.at[0] + dx, around.at[1] + dy),
                    paint=tuple({**dict(around.paint), **painted}.items()),
                ),
                theme,
            )
        elif each.tag == "text":
            yield from _texts(each, own, inside, theme)
        else:
            yield _shape(each.tag, {**dict(around.paint), **own}, inside, theme)


def _shape(tag: str, own: Mapping[str, Any], around: _Around, theme: Theme) -> Artist:
    from matplotlib.patches import Circle, FancyBboxPatch, PathPatch, Rectangle
    from matplotlib.path import Path
    from matplotlib.transforms import Affine2D

    dx, dy = around.at
    fill, stroke = _colour(own.get("fill", Colour.INK), theme), _colour(own.get("stroke", "none"), theme)
    dashes = own.get("stroke-dasharray")
    style: dict[str, Any] = {
        "facecolor": fill,
        "edgecolor": stroke,
        "linewidth": _number(own.get("stroke-width"), 1.0) * _POINTS if stroke != "none" else 0,
        "alpha": around.opacity,
        "clip_on": False,
    }
    if dashes:
        width = _number(own.get("stroke-width"), 1.0)
        style["linestyle"] = (0, tuple(float(each) / width for each in str(dashes).split()))
    if own.get("stroke-linecap") == "round":
        style |= {"capstyle": "round", "joinstyle": "round"}
    if tag == "circle":
        return Circle((own["cx"] + dx, own["cy"] + dy), own["r"], **style)
    if tag == "rect":
        left, top, radius = own["x"] + dx, own["y"] + dy, _number(own.get("rx"), 0.0)
        if radius:
            rounded = f"round,pad=0,rounding_size={radius}"
            return FancyBboxPatch((left, top), own["width"], own["height"], boxstyle=rounded, **style)
        return Rectangle((left, top), own["width"], own["height"], **style)
    if tag == "line":
        way = Path([(own["x1"] + dx, own["y1"] + dy), (own["x2"] + dx, own["y2"] + dy)])
        return PathPatch(way, **{**style, "facecolor": "none"})
    way = _way(str(own["d"]))
    return PathPatch(way.transformed(Affine2D().translate(dx, dy)), **style)


def _way(written: str) -> Path:
    """A path as the pictures write it: M, L, C, Z, and h for a stroke of no length."""
    from matplotlib.path import Path

    corners: list[tuple[float, float]] = []
    codes: list[int] = []
    tokens = _TOKEN.findall(written)
    command, at = "M", 0
    while at < len(tokens):
        if tokens[at].isalpha():
            command, at = tokens[at], at + 1
        if command == "Z":
            corners.append(corners[-1])
            codes.append(int(Path.CLOSEPOLY))
        elif command == "h":
            corners.append((corners[-1][0] + float(tokens[at]) + 0.01, corners[-1][1]))
            codes.append(int(Path.LINETO))
            at += 1
        else:
            number = 3 if command == "C" else 1
            for _ in range(number):
                corners.append((float(tokens[at]), float(tokens[at + 1])))
                at += 2
            codes += [int({"M": Path.MOVETO, "L": Path.LINETO, "C": Path.CURVE4}[command])] * number
            command = "L" if command == "M" else command
    return Path(corners or [(0.0, 0.0)], codes or [int(Path.MOVETO)])


def _texts(each: Element, own: Mapping[str, Any], around: _Around, theme: Theme) -> Iterable[Text]:
    from matplotlib.text import Text

    lines = [(dict(span.attributes), span.children) for span in each.children if isinstance(span, Element)]
    for place, words in lines or [(dict(own), each.children)]:
        said = _UNWRITABLE.sub("\ufffd", upright("".join(word for word in words if isinstance(word, str))))
        text = Text(
            _number(place["x"], 0.0) + around.at[0],
            _number(place["y"], 0.0) + around.at[1],
            said,
            fontsize=_number(own["font-size"], 12.0) * _POINTS,
            color=_colour(own["fill"], theme),
            fontweight="bold" if own.get("font-weight") else "normal",
            ha={"middle": "center", "end": "right"}.get(str(own.get("text-anchor")), "left"),
            va="baseline",
            alpha=around.opacity,
            parse_math=False,
            clip_on=False,
        )
        yield text


def _colour(value: object, theme: Theme) -> str:
    return "none" if value == "none" else paint(value, theme)  # type: ignore[arg-type]  # one of the colours


def _number(value: object, usual: float) -> float:
    return usual if value is None else float(value)  # type: ignore[arg-type]  # a number of an element
