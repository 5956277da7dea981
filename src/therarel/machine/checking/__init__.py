"""Whether a table is sound: its names, its ways, its texts and what its rows do."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from therarel.machine.checking.findings import Finding, FindingKind
from therarel.machine.checking.names import names, unexplained
from therarel.machine.checking.sentences import texts_for
from therarel.machine.checking.ways import two_answers, ways
from therarel.machine.machine import Machine
from therarel.machine.policy import Policy
from therarel.machine.table import Table
from therarel.machine.texts import Texts
from therarel.reading import placed_in_yaml, summary

__all__ = ["Finding", "FindingKind", "check", "findings_of_form", "place_findings"]

_UNUSABLE: Final = frozenset({FindingKind.UNKNOWN_NAME, FindingKind.MISPLACED, FindingKind.NONDETERMINISTIC})


def check(table: Table, *, texts: Texts | None = None, policy: Policy | None = None) -> tuple[Finding, ...]:
    """What is wrong with a table; empty if nothing is.

    Names are looked up first; only a table whose names all exist is tried on specimens, which takes a second or two.
    Found are names that do not exist or do not belong, sentences that are missing or cannot be said, rows without a
    reason, states that cannot be reached or left, rows that never answer, two rows that answer at once, rows that lead
    to a contradiction, and guards that never are the only one to decline.

    Args:
        table: The table.
        texts: The sentences; those of the standard machine where ``None``.
        policy: Thresholds; the defaults where ``None``.

    Examples:
        >>> import attrs
        >>> table = Machine.standard().table
        >>> without_return = [row for row in table.transitions if row.id != "S11"]
        >>> for finding in check(attrs.evolve(table, transitions=without_return)):
        ...     print(finding.what)
        no way leads to 're_engagement'
    """
    from therarel.machine.checking.behaviour import behaviour

    spoken = Machine.standard().texts if texts is None else texts
    found = findings_of_form(table, spoken)
    if any(each.in_texts or each.kind in _UNUSABLE for each in found):
        return found
    return (*found, *behaviour(Machine(table, spoken, policy)))


def findings_of_form(table: Table, texts: Texts) -> tuple[Finding, ...]:
    """What is wrong with a table as it is written, found in some milliseconds: names, sentences, reasons and ways."""
    found = (*names(table), *texts_for(table, texts))
    return found or (*unexplained(table), *ways(table), *two_answers(table))


def place_findings(table: Path, texts: Path | None, findings: tuple[Finding, ...]) -> None:
    """Raise for what was found, each finding with the line of the file that it is about.

    Args:
        table: The file with the table.
        texts: The file with the sentences; ``None`` if they are those of the standard machine.
        findings: What was found.

    Raises:
        ReadingError: if anything was found.
    """
    if not findings:
        return
    problems = placed_in_yaml(table, [each.problem() for each in findings if not each.in_texts])
    spoken = [each.problem() for each in findings if each.in_texts]
    problems += spoken if texts is None else placed_in_yaml(texts, spoken)
    raise summary(problems, problems[0].source)
