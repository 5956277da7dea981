"""Whether a table is sound as it is written: its names, its sentences, and the ways between its states."""

from __future__ import annotations

from pathlib import Path

from therarel.machine.checking.findings import FindingKind, TableFault
from therarel.machine.checking.names import names, unexplained
from therarel.machine.checking.reachability import reachability, two_answers
from therarel.machine.checking.sentences import texts_for
from therarel.machine.table import TransitionTable
from therarel.reading import placed_in_yaml, summary
from therarel.texts import Texts

__all__ = ["FindingKind", "TableFault", "findings_of_form", "names", "place_findings", "texts_for", "unexplained"]


def findings_of_form(table: TransitionTable, texts: Texts) -> tuple[TableFault, ...]:
    """What is wrong with a table as it is written, found in some milliseconds: names, sentences, reasons, ways."""
    found = (*names(table), *texts_for(table, texts))
    return found or (*unexplained(table, texts), *reachability(table), *two_answers(table))


def place_findings(table: Path, texts: Path | None, findings: tuple[TableFault, ...]) -> None:
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
