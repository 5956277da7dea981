"""A drawing is well-formed, self-contained, accessible and the same every time."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import pyplot

from therarel.drawing import Arrow, Box, Colour, Drawing, arrows, group, line, points, rectangle, text
from therarel.drawing.elements import escaped, numeral
from therarel.errors import InvalidValueError

SVG = "{http://www.w3.org/2000/svg}"
# every code point, control characters and lone surrogates included
any_text = st.text(st.characters(exclude_categories=[]))


def sample(theme: str = "auto", words: str = "trust") -> Drawing:
    """A small picture with a mark of each kind."""
    picture = Drawing(200, 100, title=f"About {words}", description="A line.", theme=theme)  # type: ignore[arg-type]
    return picture.add(
        rectangle(picture.frame.inset(top=50)),
        line([0, 10, 20], [5, None, -0.001], colour=Colour.BLUE),
        points([0, 10], [5, 6], shape="cross", colour=Colour.VERMILLION),
        text(10, 20, words, colour=Colour.ORANGE),
    )


def writable(words: str) -> str:
    """What of a text XML 1.0 can hold."""
    allowed = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
    return allowed.sub("\ufffd", words)


@given(any_text, any_text, any_text)
def test_any_text_gives_well_formed_xml_that_reads_back(title: str, words: str, tooltip: str) -> None:
    """Whatever stands in a title, a label or a tooltip, the file parses and says the same."""
    picture = Drawing(100, 50, title=f"a{title}", description=f"b{words}")
    picture.add(group(text(5, 5, words), tooltip=tooltip))
    root = ElementTree.fromstring(picture.to_svg().encode())
    assert root.findtext(f"{SVG}title") == writable(f"a{title}")
    assert root.findtext(f"{SVG}desc") == writable(f"b{words}")
    assert (root.findtext(f"{SVG}g/{SVG}title") or "") == writable(tooltip)
    lettered = root.find(f"{SVG}g/{SVG}text")
    assert lettered is not None
    assert "".join(lettered.itertext()) == writable(words.replace("\n", ""))


@given(any_text)
def test_any_text_is_safe_in_an_attribute(words: str) -> None:
    """Escaped text keeps its white space and ends no attribute early."""
    root = ElementTree.fromstring(f'<a b="{escaped(words)}"/>')
    assert root.get("b") == writable(words)


def test_a_drawing_is_accessible() -> None:
    """It is an image that screen readers name by its title and explain by its description."""
    root = ElementTree.fromstring(sample().to_svg())
    assert root.get("role") == "img"
    named = (root.get("aria-labelledby") or "").split()
    told = [root.find(f"{SVG}{tag}") for tag in ("title", "desc")]
    assert named == [one.get("id") for one in told if one is not None]


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_a_drawing_brings_nothing_from_outside(theme: str) -> None:
    """There is no script, link, image, import, font or address in it but the name of the SVG language."""
    markup = sample(theme).to_svg()
    assert re.findall(r"https?://[^\"' ]+", markup) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"<script|<image|<use|<a |href|@import|@font-face|url\(|\son\w+=", markup)


def test_the_same_marks_give_the_same_bytes() -> None:
    """A picture drawn twice, or written twice, does not differ."""
    picture = sample()
    assert picture.to_svg() == picture.to_svg() == sample().to_svg() == picture._repr_svg_()


def test_style_rules_reach_no_further_than_their_drawing() -> None:
    """Every rule begins with the id of the drawing, and different drawings have different ids."""
    ids = []
    for picture in (sample(), sample("light"), sample(words="bond")):
        markup = picture.to_svg()
        root = ElementTree.fromstring(markup)
        style = re.sub(r"@media[^{]*\{", "", root.findtext(f"{SVG}style") or "")
        selectors = re.findall(r"([^{}\s]+)\{", style)
        assert set(selectors) == {f"#{root.get('id')}"}
        ids.append(root.get("id"))
    assert len(set(ids)) == 3


def test_each_colour_used_has_a_light_and_a_dark_value() -> None:
    """Under the automatic theme every custom property in use is declared once per theme, and no other is."""
    markup = sample().to_svg()
    used, declared = set(re.findall(r"var\((--[\w-]+)\)", markup)), re.findall(r"(--[\w-]+):", markup)
    assert used == set(declared)
    assert len(declared) == 2 * len(used)


def test_a_pinned_theme_writes_plain_colours() -> None:
    """Programs that know no custom properties can read a pinned picture, and the two themes differ."""
    light, dark = sample("light").to_svg(), sample("dark").to_svg()
    assert "var(" not in light + dark
    assert "@media" not in light + dark
    assert "#FFFFFF" in light
    assert "#FFFFFF" not in dark


def test_the_ground_may_be_left_to_the_page() -> None:
    """Without a ground nothing is painted that was not drawn."""
    markup = Drawing(10, 10, title="Empty", description="Nothing.", ground=False, identifier="here").to_svg()
    assert "<rect" not in markup
    assert 'id="here"' in markup


def test_saving_writes_the_markup(tmp_path: Path) -> None:
    """The file holds the same bytes on every system and its path comes back."""
    target = sample().save(tmp_path / "picture.svg")
    assert target.read_bytes() == sample().to_svg().encode()
    assert repr(sample()) == "<Drawing 200 x 100, 4 marks>"


@pytest.mark.parametrize("name", ["picture.svg.jpeg", "picture.eps", "picture"])
def test_a_picture_is_written_only_under_the_name_of_its_kind(tmp_path: Path, name: str) -> None:
    """Nothing goes into a file that says another kind, or nothing; the hint names those that are written."""
    with pytest.raises(InvalidValueError, match=r"expected \.svg.*save it as \.svg, \.png or \.pdf"):
        sample().save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []
    assert sample().save(tmp_path / "PICTURE.SVG").is_file()


def test_every_picture_is_drawn_by_matplotlib(tmp_path: Path) -> None:
    """A diagram too goes into PNG and PDF, and on axes that count pixels, whatever theme it is pinned to."""
    boxes = Box("intact", 40, 50), Box("strained", 160, 50)
    steps = [Arrow.between(*boxes, label="a $strain$", declined=True), Arrow.between(boxes[0], boxes[0])]
    for theme in ("auto", "dark"):
        picture = sample(theme).add(*(box.mark() for box in boxes), arrows(steps), text(5, 5, "a\nb"))
        assert picture.save(tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")
        assert picture.save(tmp_path / "picture.pdf").read_bytes().startswith(b"%PDF")
        ax = picture.plot()
        assert (ax.get_xlim(), ax.get_ylim(), ax.get_label()) == ((0, 200), (100, 0), "A line.")
        assert "a $strain$" in {text.get_text() for text in ax.texts}
    pyplot.close("all")


@given(st.floats(-1e6, 1e6))
def test_numbers_have_two_decimals_at_most_and_no_negative_zero(value: float) -> None:
    """A number is written short, and reads back to within half a hundredth."""
    written = numeral(value)
    assert re.fullmatch(r"-?\d+(\.\d{0,1}[1-9])?", written)
    assert written != "-0"
    assert abs(float(written) - value) <= 0.005 + 1e-9


@pytest.mark.parametrize(
    ("width", "title", "description", "theme", "identifier"),
    [
        (0, "a", "b", "auto", None),
        (float("nan"), "a", "b", "auto", None),
        (10, " ", "b", "auto", None),
        (10, "a", "", "auto", None),
        (10, "a", "b", "sepia", None),
        (10, "a", "b", "auto", 'x" onload="'),
    ],
)
def test_an_impossible_drawing_is_refused(
    width: float, title: str, description: str, theme: str, identifier: str | None
) -> None:
    """A size above 0, a title, a description, a known theme and a plain id are asked for."""
    with pytest.raises(InvalidValueError):
        Drawing(width, 10, title=title, description=description, theme=theme, identifier=identifier)  # type: ignore[arg-type]


def test_words_that_are_not_text_are_refused() -> None:
    """An object that is not text, such as confidential text, is not turned into words by the way."""
    with pytest.raises(InvalidValueError, match="words in a picture"):
        text(0, 0, object())  # type: ignore[arg-type]
