"""The machine as a picture, with the way of a course in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from attrs import frozen

from therarel.domain import AllianceStatus, Stage
from therarel.drawing import Arrow, Box, Colour, Drawing, Frame, arrows, rectangle, text
from therarel.machine.arcs import REGIONS, Arc, Walk, arcs
from therarel.machine.table import RegionName, Transition, TransitionTable
from therarel.texts import Texts

if TYPE_CHECKING:
    from therarel.drawing import Theme

_SIZE: Final = (1080.0, 850.0)
_NEAR: Final = 300.0

# Where states stand. What leads from one to the other comes from the table alone.
_PLACES: Final[Mapping[str, tuple[float, float]]] = {
    Stage.INITIAL_FORMATION: (130, 140),
    Stage.WORKING_PHASE: (410, 140),
    Stage.MATURATION: (690, 140),
    Stage.RE_ENGAGEMENT: (270, 285),
    Stage.ENDING: (990, 200),
    Stage.CLOSED: (560, 430),
    AllianceStatus.INTACT: (150, 670),
    AllianceStatus.STRAINED: (540, 545),
    AllianceStatus.RUPTURED: (930, 670),
    AllianceStatus.REPAIRING: (540, 800),
}
_TITLES: Final = {RegionName.STAGE: (16.0, 24.0), RegionName.ALLIANCE_STATUS: (16.0, 500.0)}


@frozen
class _Fence:
    """Several stages that are left together, drawn as a frame round them."""

    members: frozenset[str]
    frame: Frame
    caption: str


_GROWING: Final = _Fence(
    frozenset({Stage.INITIAL_FORMATION, Stage.WORKING_PHASE, Stage.MATURATION, Stage.RE_ENGAGEMENT}),
    Frame(36, 72, 740, 250),
    "diagram.before_ending",
)
_OPEN: Final = _Fence(_GROWING.members | {Stage.ENDING}, Frame(16, 40, 1048, 300), "diagram.open_course")
_FENCES: Final = (_OPEN, _GROWING)


def picture(table: TransitionTable, texts: Texts, way: Walk | None = None, *, theme: Theme = "auto") -> Drawing:
    """The table as a drawing.

    The way of a course is heavy, its present states are filled, and the step that was declined last is dashed and
    crossed.

    Args:
        table: The table.
        texts: The texts in whose words it is said.
        way: The way of a course; ``None`` shows the table alone.
        theme: Colours: ``auto`` follows the reader's screen.

    Examples:
        >>> from therarel.machine import Machine
        >>> machine = Machine.standard()
        >>> picture(machine.table, machine.texts).title
        'How a therapeutic relationship moves'
    """
    title = texts("diagram.title" if way is None else "diagram.title_of_course")
    drawing = Drawing(*_SIZE, title=title, description=_described(table, texts, way), theme=theme)
    here = [state for region in REGIONS for state in table.states(region)]
    fences = [fence for fence in _FENCES if fence.members <= set(here)]
    boxes = {state: Box(texts.word(state), *_PLACES[state]) for state in here}
    for region, (x, y) in _TITLES.items():
        drawing.add(text(x, y, texts(f"diagram.{region.value}"), size=14, bold=True))
    captions = [Box(texts(fence.caption), fence.frame.left + 90, fence.frame.top + 13, 170, 22, 11) for fence in fences]
    for fence in fences:
        drawing.add(rectangle(fence.frame, fill=None, stroke=Colour.GRID, width=1.5, radius=14))
        drawing.add(
            text(fence.frame.left + 12, fence.frame.top + 17, texts(fence.caption), size=11, colour=Colour.MUTED)
        )
    for region in REGIONS:
        for state in table.states(region):
            seen = way is not None and (region, state) in way.visited
            now = way is not None and (region, state) in way.now
            colour = Colour.BLUE if seen else Colour.MUTED
            drawing.add(boxes[state].mark(colour=colour, filled=now, bold=seen))
    drawing.add(arrows(list(_arrows(table, texts, boxes, fences, way)), around=[*boxes.values(), *captions]))
    return drawing


def _arrows(
    table: TransitionTable, texts: Texts, boxes: Mapping[str, Box], fences: Sequence[_Fence], way: Walk | None
) -> Iterator[Arrow]:
    taken = {} if way is None else {(start, end): row for (_, start, end), row in way.taken.items()}
    declined = None if way is None or way.declined is None else way.declined[1:]
    plain, heavy = [], []
    shown: set[tuple[str, str]] = set()
    for (one, other), together in _joined(table, boxes, fences).items():
        steps = {(arc.start, arc.end) for arc in together}
        shown |= steps
        words = _label((arc.row for arc in together), texts)
        if declined in steps:
            words = f"{words}\n{texts('diagram.declined')}"
            heavy.append(_between(one, other, words, colour=Colour.VERMILLION, width=2, declined=True))
        elif steps & taken.keys():
            heavy.append(_between(one, other, words, colour=Colour.BLUE, width=3))
        else:
            plain.append(_between(one, other, words))
    for (start, end), row in taken.items():
        if (start, end) not in shown:  # a row of the other region moved this one
            heavy.append(_between(boxes[start], boxes[end], _label([row], texts), colour=Colour.BLUE, width=3))
    yield from (*heavy, *plain)


def _joined(
    table: TransitionTable, boxes: Mapping[str, Box], fences: Sequence[_Fence]
) -> Mapping[tuple[Box, Box], Sequence[Arc]]:
    """What leads from one place to another: from a box, or from a frame where a row speaks of all within it."""
    everything = list(arcs(table))
    joined: dict[tuple[Box, Box], list[Arc]] = {}
    for arc in everything:
        same = [other for other in everything if other.row is arc.row]
        leaves = _fence({other.start for other in same if other.end == arc.end}, fences)
        enters = _fence({other.end for other in same if other.start == arc.start}, fences)
        one = boxes[arc.start] if leaves is None else _gate(leaves, boxes[arc.end], -1)
        other = boxes[arc.end] if enters is None else _gate(enters, boxes[arc.start], 1)
        joined.setdefault((one, other), []).append(arc)
    return joined


def _between(
    start: Box, end: Box, words: str, *, colour: Colour = Colour.MUTED, width: float = 1.25, declined: bool = False
) -> Arrow:
    near = start.y == end.y and abs(start.x - end.x) < _NEAR
    bend = 0.0 if not start.name or not end.name else 0.24 if near else 0.14
    return Arrow.between(start, end, label=words, bend=bend, colour=colour, width=width, declined=declined)


def _fence(together: set[str], fences: Sequence[_Fence]) -> _Fence | None:
    return next((fence for fence in fences if fence.members == together), None)


def _gate(fence: _Fence, toward: Box, side: int) -> Box:
    """A point on the frame, opposite to a box and a little to one side."""
    frame = fence.frame
    if frame.left <= toward.x <= frame.right:
        return Box("", toward.x + 26 * side, frame.bottom if toward.y > frame.bottom else frame.top, 1, 1)
    return Box("", frame.right if toward.x > frame.right else frame.left, toward.y + 34 * side, 1, 1)


def _label(rows: Iterable[Transition], texts: Texts) -> str:
    once = {row.id: row for row in rows}.values()
    return "\n".join(texts("diagram.row", row=row.id, event=texts.event(row.event)) for row in once)


def _described(table: TransitionTable, texts: Texts, way: Walk | None) -> str:
    """The picture in sentences."""
    parts = []
    for region in REGIONS:
        states = tuple(map(texts.word, table.states(region)))
        parts.append(texts("diagram.region", region=texts.word(region).capitalize(), states=states))
    if way is None:
        for arc in arcs(table):
            event = texts.event(arc.row.event).capitalize()
            parts.append(texts("diagram.leads", event=event, start=texts.word(arc.start), end=texts.word(arc.end)))
        return " ".join(dict.fromkeys(parts))
    for _, start, end in sorted(way.taken):
        parts.append(texts("diagram.went", start=texts.word(start), end=texts.word(end)))
    parts += [texts("diagram.is_in", state=texts.word(state)) for _, state in sorted(way.now)]
    if way.declined is not None:
        _, start, end = way.declined
        parts.append(texts("diagram.step_declined", start=texts.word(start), end=texts.word(end)))
    return " ".join(parts)
