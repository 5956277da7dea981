"""What the graph says about a relationship as it stands: what is missing, and what is in play."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from attrs import frozen

from therarel.concepts.core import GraphCore
from therarel.concepts.questions.influences import Mending, mending
from therarel.concepts.questions.learning import in_teaching_order
from therarel.concepts.terms import EdgeDirection
from therarel.concepts.values import Edge, Node
from therarel.domain.relationship import Relationship
from therarel.domain.ruptures import AllianceStatus, RuptureEpisode
from therarel.domain.stages import Stage, StageTask
from therarel.representation import one_line

if TYPE_CHECKING:
    from therarel.machine import Declined


@frozen
class MissingTask:
    """A stage task that is missing for the next stage of a relationship.

    Args:
        task: The task.
        node: Its concept.
        reopened: Whether it belongs to an earlier stage and was met before.
        waivable: Whether it may be waived with a reason.
        alternative: What else would satisfy it, in words; ``None`` if nothing would.
        reading: What to learn about before it, in teaching order.
    """

    task: StageTask
    node: Node
    reopened: bool
    waivable: bool
    alternative: str | None
    reading: tuple[Node, ...]


@frozen
class MissingTasks:
    """The stage tasks that are missing for the next stage; nothing but tasks is looked at.

    An open rupture or breach keeps a relationship from advancing whatever its tasks: a decision says so, this
    does not.

    Args:
        stage: The stage that the relationship is in.
        toward: The stage that comes next in growth; ``None`` from maturation on, where the tasks of the
            remaining stages are what is missing for an ending with all stages completed, and in closed.
        tasks: What is missing, earlier stages first.

    Examples:
        >>> from therarel.concepts import concept_graph
        >>> found = concept_graph().missing(Relationship.between("C-014", "T-03"))
        >>> print(found)
        Missing for working phase: building rapport, establishing trust, setting expectations, creating safety.
    """

    stage: Stage
    toward: Stage | None
    tasks: tuple[MissingTask, ...]

    def __bool__(self) -> bool:
        return bool(self.tasks)

    __repr__ = one_line

    def __str__(self) -> str:
        goal = "all stages completed" if self.toward is None else self.toward.label
        if self.stage is Stage.CLOSED:
            return "The course is closed; nothing is missing."
        if not self.tasks:
            return f"No stage task is missing for {goal}."
        return f"Missing for {goal}: {', '.join(each.task.label for each in self.tasks)}."


@frozen
class InPlay:
    """The concepts that a relationship as it stands brings into play.

    Args:
        concepts: Stage, open tasks, alliance status, the open episode and what contributed to it.
        strategies: Ways to mend the open episode that the graph knows; empty where none is open.

    Examples:
        >>> from therarel.concepts import concept_graph
        >>> found = concept_graph().around(Relationship.between("C-014", "T-03"))
        >>> [node.id for node in found.concepts][:2], found.strategies
        (['initial_formation', 'building_rapport'], ())
    """

    concepts: tuple[Node, ...]
    strategies: tuple[Mending, ...]

    __repr__ = one_line

    def __str__(self) -> str:
        lines = [f"In play: {', '.join(node.label for node in self.concepts)}."]
        if self.strategies:
            lines.append(f"Ways to mend: {', '.join(way.repair.label for way in self.strategies)}.")
        return "\n".join(lines)


@frozen
class GuardBackground:
    """The concepts behind one guard that does not hold.

    Args:
        guard: Name of the guard.
        concepts: Its concepts, in the order in which the guard names them.
    """

    guard: str
    concepts: tuple[Node, ...]


@frozen
class Background:
    """What to read about when a judgement was declined.

    Args:
        guards: The guards that do not hold, each with its concepts.
        reading: What to learn about first, in teaching order: what the tasks among the concepts require.
        strategies: Ways to mend what stands in the way, where that is a strain or rupture.
        unknown: Ids that the graph does not have, as another school's table may name them.

    Examples:
        >>> from therarel.concepts import concept_graph
        >>> from therarel.domain import events
        >>> from therarel.machine import decide
        >>> answer = decide(Relationship.between("C-014", "T-03"), events.AdvanceRequested())
        >>> found = concept_graph().behind(answer)
        >>> [(each.guard, each.concepts[1].label) for each in found.guards]
        [('formation_complete', 'Building rapport')]
        >>> [node.id for node in found.reading][:3]
        ['goal_agreement', 'task_understanding', 'empathy']
    """

    guards: tuple[GuardBackground, ...]
    reading: tuple[Node, ...]
    strategies: tuple[Mending, ...]
    unknown: tuple[str, ...]

    @property
    def concepts(self) -> tuple[Node, ...]:
        """All concepts behind it, each once."""
        return tuple(dict.fromkeys(node for guard in self.guards for node in guard.concepts))

    __repr__ = one_line

    def __str__(self) -> str:
        lines = []
        for guard in self.guards:
            lines.append(f"{guard.guard.replace('_', ' ')}:")
            lines += [f"  {node.label}: {node.definition}" for node in guard.concepts]
        if self.reading:
            lines.append(f"Read first: {', '.join(node.label for node in self.reading)}.")
        if self.strategies:
            lines.append(f"Ways to mend: {', '.join(way.repair.label for way in self.strategies)}.")
        return "\n".join(lines)


def behind(graph: GraphCore, declined: Declined) -> Background:
    """The concepts behind a declined judgement."""
    guards = tuple(
        GuardBackground(failed.guard, tuple(graph.node(each) for each in failed.concepts if each in graph))
        for failed in declined.failing
    )
    concepts = dict.fromkeys(node for guard in guards for node in guard.concepts)
    tasks = [node for node in concepts if node.kind == "stage_task"]
    reading = _reading(graph, tasks, declined.relationship)
    strategies = _strategies(graph, declined.relationship) if any(map(_is_of_rupture, concepts)) else ()
    unknown = tuple(each for each in declined.concepts if each not in graph)
    return Background(guards, reading, strategies, unknown)


def _is_of_rupture(node: Node) -> bool:
    return node.kind in ("rupture", "repair") or node.id in ("ruptures_and_repairs", "relational_repair_model")


def missing(graph: GraphCore, relationship: Relationship) -> MissingTasks:
    """The stage tasks that are missing for the next stage of a relationship."""
    stage = relationship.stage
    toward, required = _required(graph, relationship)
    found = []
    for edge in required:
        task = StageTask(edge.object if edge.kind == "requires" else edge.subject)
        if task in relationship.tasks_met or (edge.waivable and task in relationship.waived):
            continue
        if edge.alternative is not None and relationship.rupture_repaired:
            continue
        node = graph.node(task)
        reading = _reading(graph, [node], relationship)
        reopened = stage not in (task.stage, Stage.RE_ENGAGEMENT) and (task.stage.rank or 0) < (
            _rank(relationship) or 0
        )
        found.append(MissingTask(task, node, reopened, edge.waivable, edge.alternative, reading))
    found.sort(key=lambda each: list(StageTask).index(each.task))
    return MissingTasks(stage, toward, tuple(found))


def _reading(graph: GraphCore, tasks: Iterable[Node], relationship: Relationship) -> tuple[Node, ...]:
    """What these tasks rest on and what that rests on, in teaching order; what rests on met tasks alone is left out."""
    found: dict[str, Node] = {}
    front = list(tasks)
    while front:
        for edge in graph.links(front.pop(), "requires", EdgeDirection.OUT):
            node = graph.node(edge.object)
            if node.id in found or node.kind == "stage" or node.id in relationship.tasks_met:
                continue
            found[node.id] = node
            front.append(node)
    return tuple(node for node in in_teaching_order(graph, found) if node.kind != "stage_task")


def _rank(relationship: Relationship) -> int | None:
    return relationship.stage.rank if relationship.ended_from is None else relationship.ended_from.rank


def _required(graph: GraphCore, relationship: Relationship) -> tuple[Stage | None, tuple[Edge, ...]]:
    """The stage ahead, and the links to the tasks that are read on the way there."""
    stage = relationship.stage
    formation = _tasks_for(graph, Stage.WORKING_PHASE)
    if stage in (Stage.INITIAL_FORMATION, Stage.RE_ENGAGEMENT):
        return Stage.WORKING_PHASE, formation
    if stage is Stage.WORKING_PHASE:
        return Stage.MATURATION, (*formation, *_tasks_for(graph, Stage.MATURATION))
    if stage is Stage.CLOSED:
        return None, ()
    own = [
        edge
        for each in (Stage.MATURATION, Stage.ENDING)
        if each is Stage.MATURATION or stage is Stage.ENDING
        for edge in graph.links(each, "part_of", EdgeDirection.IN)
        if graph.node(edge.subject).kind == "stage_task"
    ]
    return None, (*formation, *own)


def _tasks_for(graph: GraphCore, stage: Stage) -> tuple[Edge, ...]:
    return tuple(
        edge
        for edge in graph.links(stage, "requires", EdgeDirection.OUT)
        if graph.node(edge.object).kind == "stage_task"
    )


def in_play(graph: GraphCore, relationship: Relationship) -> InPlay:
    """The concepts that a relationship as it stands brings into play, and ways to mend its open episode."""
    terms: list[str | None] = [
        relationship.stage.concept,
        *(each.task.concept for each in missing(graph, relationship).tasks),
    ]
    episode = relationship.episode
    if relationship.alliance_status is not AllianceStatus.INTACT:
        terms.append(relationship.alliance_status.concept)
    if episode is not None:
        terms += _of_episode(episode)
    if relationship.has_open_breach:
        terms.append("boundary_breach")
    concepts = tuple(dict.fromkeys(graph.node(term) for term in terms if term is not None and term in graph))
    return InPlay(concepts, _strategies(graph, relationship))


def _strategies(graph: GraphCore, relationship: Relationship) -> tuple[Mending, ...]:
    """Ways to mend the open episode, those for its most telling concept first."""
    ways: dict[str, Mending] = {}
    for term in () if relationship.episode is None else _of_episode(relationship.episode):
        node = graph.node(term)
        for way in mending(graph, node) if node.kind == "rupture" else ():
            ways.setdefault(way.repair.id, way)
    return tuple(ways.values())


def _of_episode(episode: RuptureEpisode) -> list[str]:
    """The concepts of an episode, the most telling first: modes, culture, kind, markers, contributors."""
    modes = [mode.concept for mode in type(next(iter(episode.modes))) if mode in episode.modes] if episode.modes else []
    culture = ["cultural_rupture"] if episode.needs_acknowledgement else []
    markers = sorted(each for each in (marker.concept for marker in episode.markers) if each)
    contributors = sorted(each for each in (one.concept for one in episode.contributors) if each)
    terms: Iterable[str | None] = (*modes, *culture, episode.kind.concept, *markers, *contributors)
    return [term for term in terms if term is not None]
