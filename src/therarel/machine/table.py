"""The table that says how a relationship moves, as written in its file."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from therarel.domain import StageTask, checks
from therarel.texts import Texts
from therarel.vocabulary import Vocabulary


class RegionName(Vocabulary, links={}):
    """What a transition moves: one of the two regions, or what guards read beside them."""

    STAGE = "stage"
    ALLIANCE_STATUS = "alliance_status"
    TASKS = "tasks"
    BREACHES = "breaches"


@frozen
class Transition:
    """One row of the table: what may happen where, on which conditions, and what follows.

    Args:
        id: Short name such as ``S1``; unique in the table.
        region: What it moves.
        during: States in which it can happen: stages, or states of the alliance; a word may stand for a group.
        event: Name of the class of the event.
        when: Name of the condition by which this row answers rather than another; ``None`` if there is none.
        guards: Names of the guards, in the order in which they are listed. Facts have no guards.
        to: The state that follows; ``None`` if no region moves.
        reopens: Tasks that are neither met nor waived afterwards.
        effect: Name of what else changes; ``None`` if nothing does.
        remarks: Names of what is said with the decision where it applies.
        basis: Citation keys.
        reason: Why the row is here, in words of the table; empty where the texts say it by the row's id.

    Examples:
        >>> from therarel.machine import Machine
        >>> Machine.standard().transition("S1").to
        'working_phase'
    """

    id: str
    region: RegionName
    during: tuple[str, ...]
    event: str
    when: str | None = None
    guards: tuple[str, ...] = ()
    to: str | None = None
    reopens: tuple[StageTask, ...] = ()
    effect: str | None = None
    remarks: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()
    reason: str = ""

    def worded_reason(self, texts: Texts) -> str:
        """Why the row is here: in its own words as they stand, or in those that texts have for its id.

        Args:
            texts: The texts of a language.

        Examples:
            >>> from therarel.machine import Machine
            >>> machine = Machine.standard()
            >>> machine.transition("S10").worded_reason(machine.texts)
            'A pair that meets again may judge that it starts over.'
        """
        return self.reason.strip() or texts.reasons.get(self.id, "")


@frozen
class FactRow:
    """What a fact does where no transition answers it.

    Args:
        event: Name of the class of the fact.
        effect: Name of what changes; ``None`` if it is only logged.
        remarks: Names of what is said with the decision where it applies.

    Examples:
        >>> FactRow("FollowUpHeld").effect is None
        True
    """

    event: str
    effect: str | None = None
    remarks: tuple[str, ...] = ()


@frozen
class Region:
    """A region of the machine.

    Args:
        initial: The state in which a course begins.
        states: Its states.
        moves_in: Stages, or words for groups of stages, in which the region's transitions apply; empty for all.

    Examples:
        >>> Region("intact", ("intact", "strained")).moves_in
        ()
    """

    initial: str
    states: tuple[str, ...]
    moves_in: tuple[str, ...] = ()


@frozen
class Regions:
    """The two regions: the stage of development and how the alliance stands."""

    stage: Region
    alliance_status: Region


@frozen
class TransitionTable:
    """Everything that says how a relationship moves.

    Args:
        name: What the table describes: 1 to 80 characters on one line. A course that is saved says it.
        regions: The regions with their states.
        transitions: The rows.
        facts: What facts do where no row answers.
        groups: Words that stand for several stages.

    Examples:
        >>> from therarel.machine import Machine
        >>> len(Machine.standard().table.transitions)
        30
    """

    name: str = field(validator=checks.name)
    regions: Regions = field()
    transitions: tuple[Transition, ...] = field()
    facts: tuple[FactRow, ...] = field()
    groups: Mapping[str, tuple[str, ...]] = field(factory=dict)

    def region(self, name: RegionName) -> Region:
        """The region of stages, or that of the alliance's states."""
        return self.regions.stage if name is RegionName.STAGE else self.regions.alliance_status

    def states(self, region: RegionName) -> tuple[str, ...]:
        """The states of one of the two regions."""
        return self.region(region).states

    def spelled_out(self, states: tuple[str, ...]) -> tuple[str, ...]:
        """State names with the words for groups replaced by what they stand for, each name once."""
        names = [name for state in states for name in self.groups.get(state, (state,))]
        return tuple(dict.fromkeys(names))
