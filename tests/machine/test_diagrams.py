"""Pictures and tables of the machine: made from the table, complete, and told in words."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import attrs
import pytest
from tests.agreed import begin

from therarel.domain import (
    BreachKind,
    BreachSeverity,
    ClosingReason,
    RepairRoute,
    RuptureSeverity,
    Stage,
    events,
    tasks_of,
)
from therarel.drawing import Box
from therarel.errors import UnknownNameError
from therarel.machine import Course, Machine, RegionName
from therarel.machine.arcs import Walk, arcs
from therarel.machine.diagrams.picture import _GROWING, _gate
from therarel.machine.diagrams.walks import walk

MACHINE = Machine.standard()
ARCS = list(arcs(MACHINE.table))


def way_of(course: Course) -> Walk:
    """The way of a course through the states of its table."""
    return walk(course.replay(), course.machine.table)


def walked() -> Course:
    """A course with a way: formed, ruptured, ended, closed, taken up, and declined at the end."""
    course = begin("C-1", "T-1")
    for task in tasks_of(Stage.INITIAL_FORMATION):
        course.record(events.StageTaskMet(task))
    for event in (
        events.AdvanceRequested(), events.RuptureNoticed(RuptureSeverity.MINOR), events.RepairBegan(RepairRoute.IMMEDIATE),
        events.EndingPlanned(), events.Closed(ClosingReason.AGREED), events.ReEngaged(), events.AdvanceRequested(),
    ):  # fmt: skip
        course.record(event)
    return course


def test_an_arc_stands_for_every_row_that_moves() -> None:
    """Every row that leads elsewhere is an arc, also where it leads back to where the course came from."""
    staying = {"A4", "A10", "A11", "A13"}
    rows = {row.id for row in MACHINE.table.transitions if row.region in (RegionName.STAGE, RegionName.ALLIANCE_STATUS)}
    assert {arc.row.id for arc in ARCS} == rows - staying
    assert {arc.end for arc in ARCS if arc.row.id == "S5"} == {
        "initial_formation",
        "working_phase",
        "maturation",
        "re_engagement",
    }
    assert {arc.end for arc in ARCS if arc.row.id == "A8"} == {"strained", "ruptured"}
    assert all(arc.start != arc.end for arc in ARCS)


@pytest.mark.parametrize("form", ["mermaid", "dot"])
def test_text_diagrams_show_every_state_and_every_arc(form: str) -> None:
    """Each state has its label and each arc its line."""
    text = format(MACHINE, form)
    arrow = "-->" if form == "mermaid" else "->"
    lines = [line for line in text.splitlines() if arrow in line and "[*]" not in line]
    assert len(lines) == len(ARCS)
    for arc in ARCS:
        assert [line for line in lines if f"{arc.start} {arrow} {arc.end}" in line and arc.row.id in line]
    for region in (RegionName.STAGE, RegionName.ALLIANCE_STATUS):
        assert all(
            f'"{state.replace("re_e", "re-e").replace("_", " ")}"' in text for state in MACHINE.table.states(region)
        )
    assert text.count("{") == text.count("}")
    assert text.endswith("}\n")


def test_mermaid_says_where_each_region_begins() -> None:
    """The starting states are marked."""
    assert re.findall(r"\[\*\] --> (\w+)", format(MACHINE, "mermaid")) == ["initial_formation", "intact"]


def test_the_name_of_a_table_cannot_break_a_diagram() -> None:
    """Quotes and backslashes in a name are escaped."""
    machine = Machine(attrs.evolve(MACHINE.table, name='a "school" \\ of one'))
    assert format(machine, "dot").startswith('digraph "a \\"school\\" \\\\ of one" {')


@pytest.mark.parametrize(("form", "arrow"), [("mermaid", "-->"), ("dot", "->")])
def test_each_block_of_a_text_diagram_holds_the_arcs_of_its_region(form: str, arrow: str) -> None:
    """Nothing that moves the alliance stands among the stages, and the reverse."""
    blocks = format(MACHINE, form).split("alliance status", 1)
    for block, region in zip(blocks, (RegionName.STAGE, RegionName.ALLIANCE_STATUS), strict=True):
        drawn = [line.split() for line in block.splitlines() if arrow in line and "[*]" not in line]
        assert [(line[0], line[2]) for line in drawn] == [(arc.start, arc.end) for arc in ARCS if arc.region is region]


def test_the_table_in_markdown_tells_every_row() -> None:
    """One line per row, with conditions in words, what follows, the reason and the sources with their status."""
    lines = format(MACHINE, "markdown").splitlines()
    assert len(lines) == 32
    assert {line.split("|")[1].strip() for line in lines[2:]} == {row.id for row in MACHINE.table.transitions}
    assert len({line.replace("\\|", "").count("|") for line in lines}) == 1
    by_row = {line.split("|")[1].strip(): line for line in lines}
    assert "Are the four tasks of initial formation met?" in by_row["S1"]
    assert "Tracey, 1993 [V]" in by_row["S2"]
    assert "back to where the repair began" in by_row["A8"]
    assert "back to the stage from which" in by_row["S5"]
    assert "open again: establishing trust, creating safety" in by_row["S8"]
    assert "| alliance strained;" in by_row["A7"]
    assert "the reported breach is a crossing" in by_row["B3"]


def test_forms_are_known_by_name() -> None:
    """Without a form the name is given; an unknown form raises with the nearest one."""
    assert f"{MACHINE}" == repr(MACHINE)
    assert format(MACHINE, "svg") == MACHINE._repr_svg_()
    with pytest.raises(UnknownNameError, match="did you mean 'mermaid'"):
        format(MACHINE, "mermaids")


def test_the_drawing_shows_every_row_and_every_state() -> None:
    """The picture is well-formed, shows all states and all rows that move, and tells them in words."""
    svg = MACHINE._repr_svg_()
    ET.fromstring(svg)
    words = re.sub(r"<[^>]+>", " ", svg)
    assert {arc.row.id for arc in ARCS} <= set(re.findall(r"\b[SA]\d+\b", words))
    for told in ("initial formation", "re-engagement", "repairing", "before an ending is planned", "open course"):
        assert told in words
    assert "Ending planned leads from maturation to ending." in words
    assert MACHINE._repr_svg_() == svg
    assert MACHINE.draw(theme="dark").to_svg() != svg


def test_the_way_of_a_course_is_told_and_drawn() -> None:
    """Steps taken, states visited, where it stands and what was declined last."""
    course = walked()
    way = way_of(course)
    stage, status = RegionName.STAGE, RegionName.ALLIANCE_STATUS
    assert {key: row.id for key, row in way.taken.items()} == {
        (stage, "initial_formation", "working_phase"): "S1",
        (status, "intact", "ruptured"): "A3",
        (status, "ruptured", "repairing"): "A5",
        (stage, "working_phase", "ending"): "S4",
        (stage, "ending", "closed"): "S7",
        (stage, "closed", "re_engagement"): "S11",
        (status, "repairing", "intact"): "S11",
    }
    assert way.now == {(stage, "re_engagement"), (status, "intact")}
    assert way.visited >= {(stage, "ending"), (status, "ruptured"), (stage, "initial_formation")}
    assert way.declined == (stage, "re_engagement", "working_phase")
    drawing = course.draw(theme="light")
    assert drawing.title == "The way of a course"
    assert drawing.description.startswith("Stage: initial formation, working phase, ")
    assert "A step from re-engagement to working phase was declined." in drawing.description
    assert "The course went from closed to re-engagement." in drawing.description
    assert "It is in re-engagement." in drawing.description
    assert "declined" in re.sub(r"<[^>]+>", " ", drawing.to_svg().partition("<style")[2])
    assert course._repr_svg_() != MACHINE._repr_svg_()
    assert len({course.draw(theme=theme).to_svg() for theme in ("auto", "light", "dark")}) == 3


BLUE, GREY, RED, WHITE = "#0072B2", "#5B636D", "#D55E00", "#FFFFFF"
BLUE_WORDS, RED_WORDS = "#0069A6", "#B34F00"
SVG = "{http://www.w3.org/2000/svg}"


def boxes_in(root: ET.Element) -> dict[str, tuple[str, str, bool, bool]]:
    """Every box by its name: colour and width of its border, whether it is filled, and whether its name is heavy."""
    found = {}
    for group in root.iter(f"{SVG}g"):
        rects, names = group.findall(f"{SVG}rect"), group.findall(f"{SVG}text")
        if len(names) == 1 and rects and not group.findall(f"{SVG}g"):
            border = rects[-1].attrib
            filled = [rect.get("fill") for rect in rects if rect.get("opacity")] == [border["stroke"]]
            heavy = names[0].get("font-weight") == "600"
            found[names[0].text or ""] = border["stroke"], border["stroke-width"], filled, heavy
    return found


def arrows_in(root: ET.Element) -> list[tuple[tuple[str, str, bool], ...]]:
    """The strokes of every arrow, its cross among them: colour, width and whether it is dashed."""
    groups = [group.findall(f"{SVG}path") for group in root.iter(f"{SVG}g")]
    return [
        tuple(
            (path.attrib["stroke"], path.attrib["stroke-width"], "stroke-dasharray" in path.attrib)
            for path in paths
            if "stroke" in path.attrib
        )
        for paths in groups
        if paths
    ]


def labels_in(root: ET.Element) -> list[tuple[str, str]]:
    """What is written, and in which colour, in the order of drawing."""
    return [(" ".join(text.itertext()), text.attrib["fill"]) for text in root.iter(f"{SVG}text")]


def test_the_way_of_a_course_is_heavy_in_the_drawing() -> None:
    """Where the course was is blue, where it is is filled, its steps are wide, and the declined one is dashed and crossed."""
    root = ET.fromstring(walked().draw(theme="light").to_svg())
    boxes = boxes_in(root)
    visited = {
        "initial formation",
        "working phase",
        "ending",
        "closed",
        "re-engagement",
        "intact",
        "ruptured",
        "repairing",
    }
    assert {name for name, box in boxes.items() if box[0] == BLUE} == visited
    assert {box[1:] for name, box in boxes.items() if name in visited} == {("2", False, True), ("2", True, True)}
    assert {name for name, box in boxes.items() if box[2]} == {"re-engagement", "intact"}
    assert {name: box for name, box in boxes.items() if name not in visited} == dict.fromkeys(
        ("maturation", "strained"), (GREY, "1", False, False)
    )
    drawn = arrows_in(root)
    declined = ((RED, "2", True), (WHITE, "6", False), (RED, "2.5", False))
    assert [each for each in drawn if each[0][0] == RED] == [declined]
    told = [(words, colour) for words, colour in labels_in(root) if words[:1] in ("S", "A") and words[1:2].isdigit()]
    heavy = [words for words, colour in told if colour == BLUE_WORDS]
    assert heavy == [
        "S1 advance requested", "S4 ending planned", "S6 closed all stages completed", "S7 closed", "S11 re-engaged",
        "A3 rupture noticed", "A5 repair began", "A6 repair succeeded",
    ]  # fmt: skip
    assert [words for words, colour in told if colour == RED_WORDS] == ["S3 advance requested declined"]
    assert {colour for _, colour in told} == {BLUE_WORDS, RED_WORDS, GREY}
    assert [each for each in drawn if each[0][0] == BLUE] == [((BLUE, "3", False),)] * len(heavy)
    assert {each for each in drawn if each[0][0] == GREY} == {((GREY, "1.25", False),)}
    assert all(each[0][0] != GREY for each in drawn[: len(heavy) + 1])


def test_a_status_set_anew_by_a_step_of_the_stage_has_an_arrow_of_its_own() -> None:
    """Taken up again after a rupture, the course is drawn from ruptured to intact, although no row of the alliance leads there."""
    course = begin("C-1", "T-1")
    for event in (
        events.RuptureNoticed(RuptureSeverity.MINOR),
        events.Closed(ClosingReason.AGREED),
        events.ReEngaged(),
    ):
        course.record(event)
    assert ("ruptured", "intact") not in {(arc.start, arc.end) for arc in ARCS}
    root = ET.fromstring(course.draw(theme="light").to_svg())
    assert [each for each in arrows_in(root) if each[0][0] == BLUE] == [((BLUE, "3", False),)] * 4
    assert [words for words, _ in labels_in(root)].count("S11 re-engaged") == 2
    assert len(arrows_in(root)) == len(arrows_in(ET.fromstring(MACHINE._repr_svg_()))) + 1


@pytest.mark.parametrize(
    ("x", "y", "side", "stands"),
    [
        (36, 400, 1, (62, 322)), (36, 400, -1, (10, 322)), (776, 400, 1, (802, 322)), (100, 50, 1, (126, 72)),
        (100, 322, 1, (126, 72)), (990, 200, 1, (776, 234)), (990, 200, -1, (776, 166)), (20, 100, 1, (36, 134)),
    ],
)  # fmt: skip
def test_a_frame_is_left_and_entered_opposite_to_the_other_end(
    x: float, y: float, side: int, stands: tuple[float, float]
) -> None:
    """Beside a frame its nearer edge is taken, above and below it the one above or below, a little to one side."""
    assert _gate(_GROWING, Box("elsewhere", x, y), side) == Box("", *stands, 1, 1)


def test_a_declined_step_is_shown_until_the_next_step() -> None:
    """Once the course has moved on, the declined judgement is no longer marked."""
    course = begin("C-1", "T-1")
    course.record(events.StageTaskReopened(next(iter(tasks_of(Stage.ENDING)))))
    assert way_of(course).declined is None  # a task leads nowhere
    course.record(events.StrainEased())
    assert way_of(course).declined is None  # it is not offered here
    course.record(events.AdvanceRequested())
    assert way_of(course).declined == (RegionName.STAGE, "initial_formation", "working_phase")
    course.record(events.StrainNoticed())
    assert way_of(course).declined is None


def test_a_declined_step_of_the_alliance_is_shown_too() -> None:
    """A strain that is judged eased while a breach is open would have led from strained to intact."""
    course = begin("C-1", "T-1")
    course.record(events.BreachReported(BreachKind.OTHER, BreachSeverity.VIOLATION))
    course.record(events.StrainEased())
    assert way_of(course).declined == (RegionName.ALLIANCE_STATUS, "strained", "intact")


def test_a_smaller_table_is_drawn_too() -> None:
    """A school without re-engagement has a picture of its own."""
    stage = attrs.evolve(
        MACHINE.table.regions.stage, states=("initial_formation", "working_phase", "maturation", "ending", "closed")
    )
    rows = tuple(row for row in MACHINE.table.transitions if row.id not in ("S3", "S10", "S11"))
    rows = tuple(attrs.evolve(row, during=tuple(s for s in row.during if s != "re_engagement")) for row in rows)
    groups = {name: tuple(s for s in members if s != "re_engagement") for name, members in MACHINE.table.groups.items()}
    table = attrs.evolve(
        MACHINE.table, regions=attrs.evolve(MACHINE.table.regions, stage=stage), transitions=rows, groups=groups
    )
    svg = Machine(table)._repr_svg_()
    assert "re-engagement" not in svg
    assert "S4 ending planned" in re.sub(r"<[^>]+>", "", svg)
