"""A chart shows the same marks as SVG, on axes of matplotlib and in Altair, none of them beyond its axes."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import pyplot
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.text import Text

from therarel.drawing import Axis, Chart, Colour, Dots, Plot, Ribbon, Span, Trace
from therarel.drawing.lettering import text_width
from therarel.errors import InvalidValueError

SESSIONS = (1, 2, 3, 4, 5, 6)
SYMPTOMS = (20.0, 18.0, None, 15.0, math.nan, 9.0)


@pytest.fixture(autouse=True)
def closed_figures() -> Iterator[None]:
    """No figure stays open after a test."""
    yield
    pyplot.close("all")


def symptoms(*, title: str = "") -> Plot:
    """A panel of a symptom scale with a mark of each kind; better is up."""
    marks: list[Span | Ribbon | Trace | Dots] = [
        Span(5, 6, name="the gain"),
        Ribbon(SESSIONS, (22, 20, 19, 18, None, 14), (12, 11, 9, 8, None, 30), colour=Colour.GREEN, name="middle half"),
        Trace(SESSIONS, SYMPTOMS, name="score"),
        Dots((6,), (9,), shape="up", colour=Colour.GREEN, radius=4, name="flagged"),
        Dots((1, 2), (20, 18), shape="cross", name="no score"),
    ]
    return Plot(Axis("session", (1, 6)), Axis("PHQ-9 (better is up)", (27, 0)), marks, title=title)


def chart(panels: int = 1) -> Chart:
    """One panel, or several."""
    plots = [symptoms(title=f"dyad {place}" if panels > 1 else "") for place in range(panels)]
    return Chart(plots, title="Scores at $5", description="They improve from 20 to 9.", columns=2)


@given(st.lists(st.one_of(st.none(), st.floats(-100, 100)), min_size=1, max_size=8))
def test_nothing_is_drawn_beyond_an_axis(values: list[float | None]) -> None:
    """A value beyond the scale is put at its end, a missing one stays missing."""
    (mark,) = Plot(Axis("session", (0, 8)), Axis("score", (5, 1)), [Trace(range(len(values)), values)]).marks
    assert isinstance(mark, Trace)
    for given_, kept in zip(values, mark.ys, strict=True):
        assert kept == (None if given_ is None else min(max(given_, 1), 5))


def test_better_is_up_on_every_axis() -> None:
    """On a symptom scale the lowest score is at the top, in matplotlib and in Altair too."""
    assert symptoms().y.turned
    assert chart().plot().get_ylim() == (27, 0)
    scale = chart().to_altair().to_dict()["layer"][0]["encoding"]["x"]["scale"]
    assert (scale["domain"], scale["reverse"]) == ([1, 6], False)
    across = chart().to_altair().to_dict()["layer"][1]["encoding"]["y"]["scale"]
    assert (across["domain"], across["reverse"]) == ([0, 27], True)


def test_the_svg_holds_every_name_of_the_key_once() -> None:
    """Panels share one key; each is headed by its own title."""
    words = [each.text for each in ElementTree.fromstring(chart(3).to_svg()).iter() if each.tag.endswith("}text")]
    for name in ("the gain", "middle half", "score", "flagged", "no score", "dyad 0", "dyad 1", "dyad 2"):
        assert words.count(name) == 1
    assert words.count("PHQ-9 (better is up)") == 1


def test_axes_of_matplotlib_count_sessions_and_scores() -> None:
    """What is drawn can be read back from the axes in the units of the data, gaps included."""
    ax = chart().plot()
    (score,) = [line for line in ax.get_lines() if line.get_label() == "score"]
    seen = [float(y) for y in score.get_ydata()]
    assert [None if math.isnan(y) else y for y in seen] == [20, 18, None, 15, None, 9]
    assert ax.get_title(loc="left") == "Scores at $5"
    assert ax.get_label() == "They improve from 20 to 9."
    lone = [line for line in ax.get_lines() if line.get_marker() == "o" and len(line.get_xdata()) == 2]
    assert [list(line.get_xdata()) for line in lone] == [[4, 6]]  # points without a neighbour


WORDS = ["95 of 100 scores that only wander", "expected from the other scores", "the drop", "score", "limit of the rule",
         "worst score: 2.75 at session 11", "median", "undetectable", "recovery at session 14"]  # fmt: skip


@given(st.permutations(WORDS), st.integers(1, len(WORDS)))
@settings(max_examples=20, deadline=None)
def test_a_key_stays_within_its_figure(words: list[str], number: int) -> None:
    """However many names a key has, and in whatever order, none is cut off."""
    marks = [Trace(SESSIONS, SYMPTOMS, name=each) for each in words[:number]]
    figure = (
        Chart([Plot(Axis("session", (1, 6)), Axis("score", (27, 0)), marks)], title="Scores", description="They fall.")
        .plot()
        .get_figure()
    )
    assert isinstance(figure, Figure)
    figure.draw_without_rendering()
    (key,) = figure.legends
    assert key.get_window_extent().x1 <= figure.bbox.x1
    pyplot.close(figure)


@given(st.lists(st.text("abcXYZ 0123456789.", min_size=1, max_size=24), min_size=1, max_size=6))
def test_labels_of_an_axis_stay_within_the_picture(labels: list[str]) -> None:
    """However wide they are, the labels at the left and the title of their axis begin within the picture."""
    places = tuple(float(at) for at in range(len(labels)))
    y = Axis("what the rows are", (len(labels) - 0.5, -0.5), places, tuple(labels))
    chart = Chart([Plot(Axis("x", (0, 1)), y, [Dots([0.5] * len(labels), places)])], title="Rows", description="Rows.")
    for each in ElementTree.fromstring(chart.to_svg()).iter("{http://www.w3.org/2000/svg}text"):
        size, words = float(each.get("font-size", "0")), each.text or ""
        back = text_width(words, size=size) if each.get("text-anchor") == "end" else 0.0
        assert float(each.get("x", "0")) - back >= 0, words


def test_a_chart_is_drawn_on_the_axes_that_are_given() -> None:
    """One panel takes one of one's own axes, several take as many."""
    figure, axes = pyplot.subplots(1, 2)
    assert chart().plot(axes[0]) is axes[0]
    assert chart(2).plot(list(axes)) is axes[0]
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["dyad 0", "dyad 1"]
    assert len(chart(3).plot().figure.axes) == 3
    with pytest.raises(InvalidValueError, match=r"as many axes as it has panels, got 1 \(expected 3\)"):
        chart(3).plot(axes[0])


def test_altair_gets_the_same_data_with_the_description() -> None:
    """The specification holds the values, the gaps as parts of a line, and the words for those who do not see it."""
    found = chart().to_altair().to_dict()
    assert (found["title"], found["description"]) == ("Scores at $5", "They improve from 20 to 9.")
    rows = list(chain.from_iterable(layer["data"]["values"] for layer in found["layer"] if "values" in layer["data"]))
    rows += list(chain.from_iterable(found.get("datasets", {}).values()))
    score = [(row["x"], row["y"]) for row in rows if row.get("called") == "score" and "y2" not in row]
    assert score == [(1, 20), (2, 18), (4, 15), (6, 9)]
    assert len({row["part"] for row in rows if row.get("called") == "score"}) == 3
    assert json.loads(chart(3).to_altair().to_json())["columns"] == 2


@pytest.mark.parametrize("panels", [1, 3])
def test_the_key_in_altair_tells_marks_of_one_colour_apart(panels: int) -> None:
    """A line, a dashed line, a band and dots have a sign of their own each, named once, in the key of all panels."""
    plot = symptoms(title="one" if panels > 1 else "")
    limit = Trace(SESSIONS, (9,) * 6, dashes="4 3", name="limit")
    plots = [Plot(plot.x, plot.y, [*plot.marks, limit], title=plot.title)] * panels
    found = Chart(plots, title="Scores", description="They improve.").to_altair().to_dict()
    layers = [layer for part in found.get("concat", [found]) for layer in part["layer"]]
    (key,) = [layer["encoding"] for layer in layers if "shape" in layer["encoding"]]
    names = [mark.name for mark in plots[0].marks]
    assert [key[channel]["scale"]["domain"] for channel in ("fill", "stroke", "shape")] == [names] * 3
    signs = zip(*(key[channel]["scale"]["range"] for channel in ("fill", "stroke", "shape")), strict=True)
    assert len(set(signs)) == len(names)


@pytest.mark.parametrize("panels", [1, 3])
def test_a_long_title_of_an_axis_is_broken_into_lines(panels: int) -> None:
    """Neither matplotlib nor Altair has to cut it off, or to push panels apart, on axes of ours and on given ones."""
    words = "Beck Depression Inventory, second edition, 0 to 63, lower is better (better is up)"
    plot = Plot(Axis("session", (1, 6)), Axis(words, (63, 0)), [Trace(SESSIONS, SESSIONS)], title="A" * (panels > 1))
    drawn = Chart([plot] * panels, title="Scores", description="They improve.", columns=1, height=300 * panels)
    figure = drawn.plot().figure
    assert isinstance(figure, Figure)
    figure.canvas.draw()
    (label,) = [text for text in figure.findobj(Text) if text.get_text().replace("\n", " ") == words]
    place = label.get_window_extent()
    assert place.y0 >= 0
    assert place.y1 <= figure.bbox.height
    _, axes = pyplot.subplots(panels, squeeze=False)
    drawn.plot(list(axes.flat))
    assert axes[0, 0].get_ylabel().count("\n") > 0
    found = drawn.to_altair().to_dict()
    (first, *_) = found.get("concat", [found])
    lines = first["layer"][0]["encoding"]["y"]["title"]
    assert " ".join(lines) == words
    assert all(text_width(line, size=11) <= first["height"] for line in lines)


@pytest.mark.parametrize("panels", [1, 3])
def test_a_picture_is_saved_as_png_and_pdf(tmp_path: Path, panels: int) -> None:
    """PNG has two dots per pixel; both keep the words, and the same picture gives the same bytes."""
    png = chart(panels).save(tmp_path / "picture.png").read_bytes()
    assert imread(tmp_path / "picture.png").shape[:2] == (600, 1120)
    assert b"They improve from 20 to 9." in png
    pdf = chart(panels).save(tmp_path / "picture.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    assert b"They improve from 20 to 9." in pdf
    assert chart(panels).save(tmp_path / "again.pdf").read_bytes() == pdf


def test_marks_of_unequal_length_are_refused() -> None:
    """A mark says so before anything is drawn, and so does an axis without length, or a chart without a panel."""
    axes = Axis("session", (1, 6)), Axis("score", (1, 5))
    for mark in (Trace([1, 2], [1]), Dots([1], []), Ribbon([1, 2], [1, 2], [3])):
        with pytest.raises(InvalidValueError, match="the lists of a mark differ in length"):
            Plot(*axes, [mark])
    with pytest.raises(InvalidValueError, match="a span has a beginning and an end"):
        Plot(*axes, [Span(math.nan, 2)])
    with pytest.raises(InvalidValueError, match="a coordinate must be finite"):
        Plot(*axes, [Trace([1], [math.inf])])
    with pytest.raises(InvalidValueError, match="an axis needs two different ends"):
        Axis("score", (1, 1))
    with pytest.raises(InvalidValueError, match="a chart has at least one panel"):
        Chart([], title="Nothing", description="Nothing.")
