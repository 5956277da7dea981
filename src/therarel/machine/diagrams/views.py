"""The picture of how the relationship is seen: parts downwards, raters across, each rating on its own scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from therarel.domain import Rater, View
from therarel.drawing import Colour, Drawing, Element, Theme, points, rule, shorten, text, wrap
from therarel.texts import Texts

_MARGIN: Final = 20.0
_NAMES: Final = 240.0
_CELL: Final = 190.0
_BAR: Final = 120.0
_ROW: Final = 36.0
_LEAST: Final = 560.0
_COLOURS: Final = {
    Rater.CLIENT: Colour.BLUE,
    Rater.THERAPIST: Colour.VERMILLION,
    Rater.OBSERVER: Colour.GREEN,
    Rater.MODEL: Colour.PURPLE,
}


def picture(
    title: str,
    ratings: Sequence[tuple[View, View | None]],
    lines: Sequence[str],
    texts: Texts,
    *,
    theme: Theme = "auto",
) -> Drawing:
    """The latest rating of each part by each rater as a dot on its scale, with the one before as a ring.

    The worst end of every scale is on the left. What was not rated is listed below, and nothing is drawn for it.

    Args:
        title: What it is called.
        ratings: The latest rating of each part by each rater and source, with the one before.
        lines: The same in words, a line for each rating, then what was not rated.
        texts: The texts in whose words it is said.
        theme: Colours.
    """
    now = [view for view, _ in ratings]
    raters = [rater for rater in Rater if any(view.rater is rater for view in now)]
    rows = list(dict.fromkeys(_row(view) for view in now))
    width = max(_LEAST, 2 * _MARGIN + _NAMES + _CELL * len(raters))
    shown, rest = lines[: len(now)], lines[len(now) :]
    words = wrap(" ".join(rest), width - 2 * _MARGIN)
    key = wrap(" ".join([texts.views["not_a_status"], *([texts.views["key"]] if now else [])]), width - 2 * _MARGIN)
    top = 66.0 + 15 * len(key.splitlines())
    bottom = top + _ROW * len(rows)
    drawing = Drawing(
        width,
        bottom + 16 + 16 * len(words.splitlines()) + _MARGIN / 2,
        title=title,
        description=" ".join([*(f"{line}." for line in shown), *rest]),
        theme=theme,
    )
    drawing.add(
        text(_MARGIN, 30, title, size=16, bold=True),
        text(_MARGIN, 50, key, colour=Colour.MUTED),
    )
    for place, rater in enumerate(raters):
        drawing.add(text(_left(place), top - 8, texts.said(rater), size=13, bold=True, colour=_COLOURS[rater]))
    for place, row in enumerate(rows):
        y = top + _ROW * place + _ROW / 2
        if place:
            drawing.add(rule((_MARGIN, y - _ROW / 2), (width - _MARGIN, y - _ROW / 2), colour=Colour.GRID))
        first = next(view for view in now if _row(view) == row)
        part, source, scale = texts.said(first.part), texts.said(first.source_phrase), first.scale
        known = texts.views["range_not_verified"] if scale is None else scale.range_worded(texts)
        drawing.add(
            text(_MARGIN, y - 3, shorten(part, _NAMES - 16, bold=True), bold=True),
            text(_MARGIN, y + 12, shorten(f"{source}, {known}", _NAMES - 16, size=11), size=11, colour=Colour.MUTED),
        )
        for column, rater in enumerate(raters):
            for view, before in ratings:
                if view.rater is rater and _row(view) == row:
                    drawing.add(*_cell(view, before, _left(column), y))
    if words:
        drawing.add(text(_MARGIN, bottom + 20, words, colour=Colour.MUTED))
    return drawing


def _row(view: View) -> tuple[object, ...]:
    return view.part, view.instrument, view.of, view.closeness, view.scale


def _left(column: int) -> float:
    return _MARGIN + _NAMES + _CELL * column


def _cell(view: View, before: View | None, left: float, y: float) -> list[Element]:
    colour = _COLOURS[view.rater]
    session = "" if view.occurred.session is None else f" ({view.occurred.session})"
    value = text(left + (_BAR + 12 if view.share is not None else 0), y, f"{view.value:g}{session}", middle=True)
    if view.share is None:
        return [value]
    at = left + _BAR * view.share
    marks = [rule((left, y), (left + _BAR, y), colour=Colour.GRID, width=3)]
    if before is not None and before.share is not None:
        was = left + _BAR * before.share
        marks += [
            rule((was, y), (at, y), colour=colour, width=1.5),
            points([was], [y], shape="ring", colour=colour, radius=4),
        ]
    return [*marks, points([at], [y], colour=colour, radius=4.5), value]
