"""The machine: table, texts and policy, made ready to decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias, final

from attrs import frozen

from therarel.discretion import discreet
from therarel.domain import AllianceStatus, Event, Judgement, Stage, StageTask, events
from therarel.errors import InvalidValueError, ReadingError, UnknownNameError, hint_for, shown
from therarel.machine.arguments import require_policy
from therarel.machine.conditions import CONDITIONS, Condition
from therarel.machine.effects import EFFECTS, Effect
from therarel.machine.guards import GUARDS, Guard
from therarel.machine.policy import Policy
from therarel.machine.provenance import Provenance, policy_digest, release, table_digest
from therarel.machine.remarks import REMARK_RULES, RemarkRule
from therarel.machine.table import RegionName, Transition, TransitionTable
from therarel.reading import read_yaml
from therarel.representation import one_line
from therarel.texts import Texts, standard_texts

if TYPE_CHECKING:
    from therarel.drawing import Drawing, Theme

_FOLDER: Final = Path(__file__).parent
_EVENTS: Final[Mapping[str, type[Event]]] = MappingProxyType(
    {kind.__name__: kind for kind in (*events.FACTS, *events.JUDGEMENTS)}
)
_Key: TypeAlias = tuple[Stage, AllianceStatus, type[Any]]


@frozen(eq=False)
class Step:
    """A row with its names resolved to what they stand for.

    Args:
        transition: The row; ``None`` where a fact acts without one.
        when: Its condition.
        guards: Its guards, each with its name.
        effect: What else changes.
        stage: The stage that follows; ``None`` leaves it.
        alliance_status: The state of the alliance that follows; ``None`` leaves it.
        to_ended_from: Whether the stage that follows is the one from which the ending was planned.
        to_origin: Whether the alliance goes back to where the repair began.
        reopens: Tasks that are dropped.
        remarks: Its remarks, each with its name.
    """

    transition: Transition | None
    when: Condition | None
    guards: tuple[tuple[str, Guard], ...]
    effect: Effect | None
    stage: Stage | None
    alliance_status: AllianceStatus | None
    to_ended_from: bool
    to_origin: bool
    reopens: tuple[StageTask, ...]
    remarks: tuple[tuple[str, RemarkRule], ...]


@final
class Machine:
    """How a relationship moves: the table, the sentences it speaks in, and the policy.

    A machine never changes. Most callers need none: every function takes the standard one where none is given.

    Args:
        table: The table.
        texts: The sentences; those of the standard machine where ``None``.
        policy: Thresholds; the defaults where ``None``.

    Raises:
        ReadingError: if the table names what does not exist or does not belong; all problems are reported at once.
            `check` finds what else may be wrong with a table.

    Examples:
        >>> machine = Machine.standard()
        >>> machine
        <Machine 'therapeutic relationship, one client and one therapist': 30 transitions, 37 guards>
        >>> "formation_complete" in machine.transition("S1").guards
        True
        >>> format(machine, "mermaid").splitlines()[0]
        'stateDiagram-v2'
    """

    __slots__ = ("_steps", "_transitions", "policy", "provenance", "table", "texts")

    table: TransitionTable
    texts: Texts
    policy: Policy
    provenance: Provenance
    """Digests of table and policy, and the release: what an entry that it decides says of it."""

    def __init__(self, table: TransitionTable, texts: Texts | None = None, policy: Policy | None = None) -> None:
        self.table = table
        self.texts = standard_texts() if texts is None else texts
        if policy is not None:
            require_policy(policy)
        self.policy = Policy() if policy is None else policy
        _require_names(table, self.texts)
        self.provenance = Provenance(table_digest(table), policy_digest(self.policy), release())
        self._transitions = {transition.id: transition for transition in table.transitions}
        self._steps = MappingProxyType(dict(_steps(table)))

    @classmethod
    @cache
    def standard(cls) -> Machine:
        """The machine of the library, read when it is first asked for."""
        return cls(read_yaml(_FOLDER / "statechart.yaml", TransitionTable))

    @classmethod
    @discreet
    def read(
        cls, table: str | Path, *, texts: str | Path | None = None, policy: Policy | str | Path | None = None
    ) -> Self:
        """A machine from a table of your own, in a file like the library's.

        The file is checked: names, sentences, reasons, and that each state can be reached and left. What the
        rows do is tried by `check`, which takes a second or two; ``therarel machine check`` does both for a file.

        Args:
            table: The file with the table.
            texts: A file with every sentence; those of the standard machine where ``None``.
            policy: Thresholds, or the file that holds them; the defaults where ``None``.

        Raises:
            ReadingError: with every problem of the files and of the table, each with its file and line.
        """
        from therarel.machine.checking import findings_of_form, place_findings

        spoken = standard_texts() if texts is None else read_yaml(Path(texts), Texts)
        made = read_yaml(Path(table), TransitionTable)
        policy = Policy.read(policy) if isinstance(policy, (str, Path)) else policy
        place_findings(Path(table), None if texts is None else Path(texts), findings_of_form(made, spoken))
        return cls(made, spoken, policy)

    def with_policy(self, policy: Policy) -> Machine:
        """A machine with the same table and sentences, and other thresholds.

        Args:
            policy: Its thresholds.

        Raises:
            InvalidValueError: if it is not a policy.

        Examples:
            >>> strict = Machine.standard().with_policy(Policy(client_misses_for_lost_contact=3))
            >>> strict.policy.client_misses_for_lost_contact, strict.table is Machine.standard().table
            (3, True)
        """
        require_policy(policy)
        if policy == self.policy:
            return self
        other = object.__new__(Machine)
        for name in self.__slots__:
            object.__setattr__(other, name, getattr(self, name))
        object.__setattr__(other, "policy", policy)
        provenance = Provenance(self.provenance.table, policy_digest(policy), release())
        object.__setattr__(other, "provenance", provenance)
        return other

    def with_texts(self, texts: Texts | str | Path) -> Machine:
        """A machine with the same table and thresholds that speaks another language.

        Args:
            texts: The texts, or the file that holds them: one like the library's, with every text.

        Raises:
            ReadingError: with everything that is missing, unknown or cannot be said, each with its file and line.

        Examples:
            >>> import attrs
            >>> texts = attrs.evolve(standard_texts(), words={**standard_texts().words, "strained": "belastet"})
            >>> machine = Machine.standard().with_texts(texts)
            >>> machine.texts.said(AllianceStatus.STRAINED), machine.provenance == Machine.standard().provenance
            ('belastet', True)
        """
        if isinstance(texts, Texts):
            return Machine(self.table, texts, self.policy)
        from therarel.machine.checking import place_findings, texts_for, unexplained

        path = Path(texts)
        spoken = read_yaml(path, Texts)
        found = (*texts_for(self.table, spoken), *unexplained(self.table, spoken, in_texts=True))
        place_findings(path, path, found)
        return Machine(self.table, spoken, self.policy)

    def transition(self, identifier: str) -> Transition:
        """The row of that name.

        Raises:
            UnknownNameError: if the table has none.
        """
        if identifier not in self._transitions:
            raise UnknownNameError(
                "the table has no such transition",
                value=shown(identifier),
                hint=hint_for(identifier, self._transitions, most=len(self._transitions)),
            )
        return self._transitions[identifier]

    def steps(self, stage: Stage, alliance_status: AllianceStatus, kind: type[Any]) -> tuple[Step, ...] | None:
        """What may answer an event of this class in these states, in order; ``None`` if it is not an event."""
        return self._steps.get((stage, alliance_status, kind))

    def offered(self, judgement: type[Judgement]) -> tuple[RegionName, tuple[str, ...]]:
        """The region that answers a judgement, and the states of it in which it is offered."""
        rows = [row for row in self.table.transitions if row.event == judgement.__name__]
        if not rows:
            return RegionName.STAGE, ()
        states = [state for row in rows for state in self.table.spelled_out(row.during)]
        return rows[0].region, tuple(dict.fromkeys(states))

    def __repr__(self) -> str:
        return one_line(self, "")

    def __str__(self) -> str:
        guards = {name for row in self.table.transitions for name in row.guards}
        counted = f"{len(self.table.transitions)} transitions, {len(guards) + 1} guards"
        return f"Machine {self.table.name!r}: {counted}"

    def draw(self, *, theme: Theme = "auto") -> Drawing:
        """The machine as a picture; `Course.draw` shows the way of a course in it.

        Args:
            theme: Colours: ``auto`` follows the reader's screen.
        """
        from therarel.machine.diagrams import picture

        return picture(self.table, self.texts, theme=theme)

    def _repr_svg_(self) -> str:
        return self.draw().to_svg()

    def __format__(self, form: str) -> str:
        """The machine as text: ``mermaid``, ``dot``, ``markdown`` or ``svg``; without a form, its name and size.

        Raises:
            UnknownNameError: if there is no such form.
        """
        from therarel.machine import diagrams

        match form:
            case "":
                return repr(self)
            case "mermaid":
                return diagrams.mermaid(self.table, self.texts)
            case "dot":
                return diagrams.dot(self.table, self.texts)
            case "markdown":
                return diagrams.markdown(self.table, self.texts)
            case "svg":
                return self._repr_svg_()
            case _:
                known = ("mermaid", "dot", "markdown", "svg")
                raise UnknownNameError("there is no such form", value=shown(form), hint=hint_for(form, known))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Machine):
            return NotImplemented
        mine = self.table, self.texts, self.policy
        return self is other or mine == (other.table, other.texts, other.policy)

    def __hash__(self) -> int:
        return hash((self.table.name, self.policy))

    def __reduce__(self) -> tuple[object, ...]:
        # what names stand for is looked up anew, and the machine of the library is one and the same everywhere
        if self is Machine.standard():
            return Machine.standard, ()
        return Machine, (self.table, self.texts, self.policy)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __setattr__(self, name: str, value: object) -> None:
        if hasattr(self, "_steps"):
            raise AttributeError(f"a Machine is frozen: '{name}' cannot be set")
        object.__setattr__(self, name, value)


def machine_or_standard(machine: Machine | None) -> Machine:
    """The machine that was given, or the standard one.

    Raises:
        InvalidValueError: if something else was given.
    """
    if machine is None:
        return Machine.standard()
    if type(machine) is not Machine:
        raise InvalidValueError(
            "a machine is needed",
            value=shown(machine),
            bound="a Machine",
            hint="write Machine.read(path) for a table in a file, Machine.standard().with_policy(policy) for other "
            "thresholds, or leave it out for the standard one",
        )
    return machine


def _require_names(table: TransitionTable, texts: Texts) -> None:
    from therarel.machine.checking import names, texts_for

    findings = [*names(table), *texts_for(table, texts)]
    if findings:
        raise ReadingError("the table is not sound", [finding.problem() for finding in findings], where="Machine")


def _steps(table: TransitionTable) -> Iterator[tuple[_Key, tuple[Step, ...]]]:
    by_region = {name: [row for row in table.transitions if row.region is name] for name in RegionName}
    resolved = {row.id: _resolved(row) for row in table.transitions}
    facts = {row.event: row for row in table.facts}
    moving = table.spelled_out(table.regions.alliance_status.moves_in) or tuple(Stage)
    for kind in _EVENTS.values():
        fact = facts.get(kind.__name__)
        last: tuple[Step, ...] = ()
        if fact is not None:
            rules = tuple((name, REMARK_RULES[name]) for name in fact.remarks)
            effect = None if fact.effect is None else EFFECTS[fact.effect]
            last = (Step(None, None, (), effect, None, None, False, False, (), rules),)
        for stage in Stage:
            for status in AllianceStatus:
                answering = [
                    resolved[row.id]
                    for region, rows in by_region.items()
                    for row in rows
                    if row.event == kind.__name__
                    and (stage in moving or region is not RegionName.ALLIANCE_STATUS)
                    and (status if region is RegionName.ALLIANCE_STATUS else stage) in table.spelled_out(row.during)
                ]
                yield (stage, status, kind), (*answering, *last)


def _resolved(row: Transition) -> Step:
    staged = row.region is RegionName.STAGE
    fixed = row.to if row.to not in (None, "same", "ended_from", "origin") else None
    return Step(
        row,
        None if row.when is None else CONDITIONS[row.when],
        tuple((name, GUARDS[name]) for name in row.guards),
        None if row.effect is None else EFFECTS[row.effect],
        Stage(fixed) if staged and fixed else None,
        AllianceStatus(fixed) if fixed and not staged else None,
        row.to == "ended_from",
        row.to == "origin",
        row.reopens,
        tuple((name, REMARK_RULES[name]) for name in row.remarks),
    )
