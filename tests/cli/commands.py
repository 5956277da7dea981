"""Every command, with arguments that it answers to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

import therarel.machine
from therarel.cli import main

KNOWN = ("clinic.csv", "--instrument", "wai-sr")
TABLE = Path(therarel.machine.__file__).parent / "statechart.yaml"

LEAVES = {
    "calibrate": (*KNOWN, "--clients", "100"),
    "concepts draw": ("trust", "--out", "trust.svg"),
    "concepts export": ("--format", "mermaid", "--out", "concepts.mmd"),
    "concepts learn": ("trust",),
    "concepts missing": ("working_phase",),
    "concepts path": ("clinical_supervision", "trust"),
    "concepts show": ("empathy",),
    "course due": ("course.json", "--on", "2026-05-04"),
    "course handover": ("course.json",),
    "course show": ("course.json", "--options", "--history"),
    "detect": (*KNOWN, "--rule", "drop k=2", "--rule", "individuals-chart"),
    "doctor": (),
    "growth": ("clinic.csv", "score ~ session", "--instrument", "wai-sr"),
    "instruments": ("wai-sr",),
    "machine check": (str(TABLE),),
    "report": (*KNOWN, "--out", "report.html"),
    "score": ("answers.csv", "--instrument", "phq-9"),
    "simulate": ("--seed", "7", "--dyads", "20", "--out", "made.csv", "--truth", "truth.csv"),
}
"""Arguments of each command that answers."""


def leaves(command: click.Command = main, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every command that answers, by its words."""
    if isinstance(command, click.Group):
        for name, part in command.commands.items():
            yield from leaves(part, (*path, name))
    else:
        yield " ".join(path), command
