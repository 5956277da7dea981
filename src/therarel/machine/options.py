"""Everything that could be judged now, decided without acting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

from attrs import frozen

from therarel.domain import Judgement, Relationship
from therarel.machine.arguments import require_relationship
from therarel.machine.deciding import answer
from therarel.machine.decisions import Accepted, Decision, Declined
from therarel.machine.explanations import event_label
from therarel.machine.judgements import judgements_about
from therarel.machine.machine import Machine, machine_or_standard
from therarel.representation import one_line
from therarel.texts import standard_texts

__all__ = ["Options", "options"]


@frozen
class Options(Sequence[Decision]):
    """The decision for every judgement, and for every value of its closed arguments.

    Args:
        decisions: One per judgement, in the order of the judgements.

    Examples:
        >>> now = options(Relationship.between("C-014", "T-03"))
        >>> [judgement.task.label for judgement in now.open]
        ['building rapport']
        >>> from therarel.domain.events import AdvanceRequested
        >>> len(now.of(AdvanceRequested))
        1
    """

    decisions: tuple[Decision, ...]

    @property
    def open(self) -> tuple[Judgement, ...]:
        """The judgements that would be accepted.

        The reason of a waiver is still to be stated: a course refuses to record it before it is, which
        ``attrs.evolve(judgement, reason="...")`` does.
        """
        return tuple(each.event for each in self.decisions if each)  # type: ignore[misc]  # only judgements are here

    def of(self, kind: type[Judgement]) -> tuple[Decision, ...]:
        """The decisions for one class of judgement."""
        return tuple(each for each in self.decisions if type(each.event) is kind)

    @overload
    def __getitem__(self, index: int) -> Decision: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Decision, ...]: ...
    def __getitem__(self, index: int | slice) -> Decision | tuple[Decision, ...]:
        return self.decisions[index]

    def __len__(self) -> int:
        return len(self.decisions)

    def __iter__(self) -> Iterator[Decision]:
        return iter(self.decisions)

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        texts = self.decisions[0].texts if self.decisions else standard_texts()
        opened = [texts("history.option", event=event_label(event, texts)) for event in self.open]
        return "\n".join([texts("history.options", open=len(opened), all=len(self.decisions)), *opened])


def options(relationship: Relationship, *, machine: Machine | None = None) -> Options:
    """The decision for every judgement, and for every value of its closed arguments, without acting.

    Tasks, raters and breaches on record are closed arguments. Words are not: a waiver is asked about with a reason
    that stands for one and that no course records, and a breach both with the client informed and with neither that
    nor a reason.

    Args:
        relationship: How the relationship stands.
        machine: The machine; the standard one where ``None``.

    Raises:
        InvalidValueError: if one of them is not what it has to be.

    Examples:
        >>> options(Relationship.between("C-014", "T-03"))
        <Options: 1 of 59 judgements are open>
    """
    require_relationship(relationship)
    chosen = machine_or_standard(machine)
    asked = judgements_about(relationship)
    decisions = [answer(relationship, each, chosen) for each in asked]
    opened = _OpenNow(tuple(each.event for each in decisions if isinstance(each, Accepted)))  # type: ignore[misc]
    return Options(tuple(opened.beside(each) for each in decisions))


@frozen
class _OpenNow:
    """The judgements that are open, found once for all that are declined beside them."""

    judgements: tuple[Judgement, ...]

    def __call__(self, declined: Declined) -> tuple[Judgement, ...]:
        return self.judgements

    def beside(self, decision: Decision) -> Decision:
        """The decision; a declined one knows what is open instead."""
        return decision if isinstance(decision, Accepted) else decision.knowing(self)
