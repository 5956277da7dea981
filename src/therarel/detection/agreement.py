"""How far rules agree: for each pair, the sessions that both, one or neither of them flagged."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from attrs import field, frozen

from therarel.counting import counted
from therarel.detection.judged import JudgedPanel
from therarel.detection.rules.base import Rule
from therarel.detection.verdicts import CODES, Verdict
from therarel.representation import one_line


@frozen
class PairAgreement:
    """How two rules agree over the sessions at which both could have fired.

    Args:
        first: One rule.
        second: The other.
        both: Sessions that both flagged.
        only_first: Sessions that the first alone flagged.
        only_second: Sessions that the second alone flagged.
        neither: Sessions that neither flagged.

    Examples:
        >>> from therarel.detection.rules import Drop
        >>> PairAgreement(Drop(k=1), Drop(k=2), both=3, only_first=6, only_second=0, neither=91).overlap
        0.3333333333333333
    """

    first: Rule
    second: Rule
    both: int
    only_first: int
    only_second: int
    neither: int

    @property
    def overlap(self) -> float | None:
        """Share of the sessions flagged by either that both flagged; ``None`` where neither flagged any."""
        either = self.both + self.only_first + self.only_second
        return self.both / either if either else None

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa; ``None`` where chance alone would agree always."""
        total = self.both + self.only_first + self.only_second + self.neither
        if not total:
            return None
        one, two = (self.both + self.only_first) / total, (self.both + self.only_second) / total
        chance = one * two + (1 - one) * (1 - two)
        return None if chance >= 1 else ((self.both + self.neither) / total - chance) / (1 - chance)


@frozen
class Agreement:
    """How far the rules of a detection agree, pair by pair.

    Args:
        pairs: One entry per pair of rules.
    """

    pairs: tuple[PairAgreement, ...] = field(default=())

    def __iter__(self) -> Iterator[PairAgreement]:
        return iter(self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    def columns(self) -> dict[str, list[object]]:
        """The pairs as columns of a table."""
        return {
            "first": [each.first.label for each in self.pairs],
            "second": [each.second.label for each in self.pairs],
            "both": [each.both for each in self.pairs],
            "only_first": [each.only_first for each in self.pairs],
            "only_second": [each.only_second for each in self.pairs],
            "neither": [each.neither for each in self.pairs],
            "overlap": [each.overlap for each in self.pairs],
            "kappa": [each.kappa for each in self.pairs],
        }

    def __repr__(self) -> str:
        return one_line(self, "")

    def __str__(self) -> str:
        lines = [
            f"  {each.first.label} / {each.second.label}: both {each.both}, only first {each.only_first},"
            f" only second {each.only_second}, neither {each.neither}"
            for each in self.pairs
        ]
        return "\n".join([f"agreement of {counted(len(self.pairs), 'pair')} of rules, in sessions", *lines])


def agreement(detection: JudgedPanel) -> Agreement:
    """The agreement of every pair of rules of a detection."""
    found = []
    for (one, first), (two, second) in combinations(zip(detection.rules, detection.codes, strict=True), 2):
        able = (first < CODES[Verdict.NO_SCORE]) & (second < CODES[Verdict.NO_SCORE])
        here, there = first[able] == CODES[Verdict.FLAGGED], second[able] == CODES[Verdict.FLAGGED]
        both = int((here & there).sum())
        found.append(
            PairAgreement(
                one,
                two,
                both=both,
                only_first=int(here.sum()) - both,
                only_second=int(there.sum()) - both,
                neither=int((~here & ~there).sum()),
            )
        )
    return Agreement(tuple(found))
