"""What the command says while it works and when it is done: progress on stderr, a short summary on stdout."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.table import Table

from therarel.cli.output import STDOUT
from therarel.cli.saying import as_options, prose_width, said, wrapped

if TYPE_CHECKING:
    from therarel.reports import ClientReport, Report

_MOST_PROBLEMS: Final = 8


class Terminal:
    """Two consoles: stdout for what was asked for, stderr for what goes on meanwhile.

    Args:
        quiet: Whether stdout is kept free for data.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self._out = Console(file=STDOUT, quiet=quiet, highlight=False, soft_wrap=False, width=prose_width())
        self._meanwhile = Console(stderr=True, highlight=False)

    @contextmanager
    def during(self, what: str) -> Iterator[Callable[[float], None]]:
        """Say what is going on for as long as it goes on, if a person is watching.

        Yields:
            What to call with the share that is done, from 0 to 1, where that is known.
        """
        if not self._meanwhile.is_terminal:
            yield lambda done: None
            return
        with self._meanwhile.status(said(what)) as status:
            yield lambda done: status.update(said(f"{what}, {done:.0%}"))

    def summarise(self, made: Report, written: Sequence[tuple[str, Path]]) -> None:
        """The report in a few lines: what was read and guessed, observed beside expected, problems, files."""
        from therarel import counting

        detection = made.detection
        panel = detection.panel
        self._say(made.title, style="bold")
        if made.simulated is not None:
            self._say(f"Simulated data. {made.simulated} No real person is in it.", style="yellow")
        else:
            guessed = ", ".join(f"{role} = {panel.columns[role]}" for role in panel.guessed)
            self._say(f"Read {panel.source}: {counting.counted(panel.rows_read, 'row')}.")
            if guessed:
                self._say(f"Guessed from the names of the columns: {guessed}.", style="yellow")
        what = panel.construct.label if panel.construct else "construct not known"
        size = f"{counting.counted(panel.n_dyads, 'dyad')}, {counting.counted(panel.n_sessions, 'session')}"
        self._say(
            f"{size} ({panel.n_scored:,} scored, {panel.n_missing:,} without a score); {what}, {panel.scale}"
            f" ({panel.scale_source.label})."
        )
        self._out.print()
        self._out.print(self._counts(made))
        self._out.print()
        for counts in made.groups:
            self._out.print(said(wrapped(str(counts))), soft_wrap=True)
            self._out.print()
        for sentence in made.headline:
            self._say(sentence)
        self._problems(made)
        self._out.print()
        for what, path in written:
            self._out.print(said(f"{what}: {path}"), soft_wrap=True)

    def say_client(self, made: ClientReport, written: Path) -> None:
        """The page of one client in a few lines: what was found, and where it is."""
        from therarel import counting

        client, terms = made.client, made.detection.terms
        self._say(f"Client {client.name}", style="bold")
        if made.simulated is not None:
            self._say(f"Simulated data. {made.simulated} No real person is in it.", style="yellow")
        if client.panel.risk_note is not None:
            self._say(client.panel.risk_note)
        scored = f"{int(client.scored.sum()):,} of {counting.counted(client.session.size, 'session')} scored"
        self._say(f"{scored}; {counting.counted(len(client.findings[0]), terms.finding, terms.findings)}.")
        self._out.print(said(f"page: {written}"), soft_wrap=True)

    def _say(self, words: str, style: str = "") -> None:
        self._out.print(said(wrapped(words, hanging=words.startswith(" ")), style=style))

    def _counts(self, made: Report) -> Table:
        table = Table(box=None, pad_edge=False, show_edge=False, header_style="dim")
        table.add_column("rule")
        for name in ("dyads\nflagged", "expected\nfrom noise", "of", "could not\nbe flagged"):
            table.add_column(name, justify="right", no_wrap=True)
        for count in made.detection.counts:
            primary = " (primary)" if count.rule is made.detection.primary else ""
            table.add_row(
                said(count.rule.label + primary),
                f"{count.flagged_dyads:,}",
                count.expected_in_words(),
                f"{count.dyads:,}",
                f"{count.undetectable_dyads:,}",
            )
        return table

    def _problems(self, made: Report) -> None:
        problems = made.detection.panel.problems
        if not problems:
            return
        self._out.print()
        self._say("Found in the data:")
        for problem in problems[:_MOST_PROBLEMS]:
            self._say(f"  {as_options(problem.message)}")
        if len(problems) > _MOST_PROBLEMS:
            self._say(f"  and {len(problems) - _MOST_PROBLEMS:,} further entries, all on the page")
