"""What it takes to make a report again: versions, the call, the command line, seeds and the digest of the file."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterator
from enum import Enum
from importlib.metadata import version
from pathlib import Path
from typing import Final

import attrs

from therarel.detection import Detection
from therarel.detection.rules import Rule
from therarel.reports.markup import Content, Markup, joined, table, tag
from therarel.reports.subject import Subject

_PACKAGES: Final = ("therarel", "numpy", "scipy", "polars", "narwhals")


def reproducing(subject: Subject) -> Markup:
    """A table of all that another person needs to make the same page from the same data."""
    detection = subject.detection
    noise = detection.counts[0].expected
    versions = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    facts: list[list[Content]] = [
        ["versions", f"{versions}, Python {platform.python_version()}"],
        ["call", tag("code", detection_call(detection))],
        ["seed of the simulated noise", "none was simulated" if noise is None else f"{noise.seed}"],
        ["file", _file(subject)],
    ]
    if subject.command:
        facts.insert(1, ["command line", tag("code", subject.command)])
    return joined(
        table("To make this report again", ["what", "value"], facts, class_="wide"),
        tag(
            "p",
            "Which columns were read, and the scale and direction of the scores, is in the section on the data."
            + (" The command line holds the options of a settings file, too." if subject.command else ""),
            class_="note",
        ),
    )


def detection_call(detection: Detection) -> str:
    """The call that found it, with every setting of the rules that is not the usual one.

    Examples:
        >>> from therarel.detection import detect, rules
        >>> from therarel.simulation import simulate_clinic
        >>> found = detect(simulate_clinic(12, seed=1).panel(), primary=rules.Drop(k=3), expected="none")
        >>> detection_call(found)
        "detect(panel, primary=rules.Drop(k=3.0), also=[], expected='none', seed=1)"
    """
    primary, *others = (_written(rule) for rule in detection.rules)
    return (
        f"detect(panel, primary={primary}, also=[{', '.join(others)}], expected={_written(detection.expected)},"
        f" seed={detection.seed})"
    )


def _written(value: object) -> str:
    """A value as Python would be given it; of a value with parts, those that are not the usual ones."""
    if isinstance(value, Enum):
        return repr(value.value)
    if attrs.has(type(value)):
        room = "rules." if isinstance(value, Rule) else ""
        return f"{room}{type(value).__name__}({', '.join(_parts(value))})"
    return repr(value)


def _parts(value: object) -> Iterator[str]:
    for part in attrs.fields(type(value)):  # type: ignore[arg-type]  # it was asked whether it has fields
        given = getattr(value, part.name)
        usual = part.default
        if isinstance(usual, attrs.Factory):  # type: ignore[arg-type]  # a class, for which the stubs have a function
            usual = attrs.NOTHING if usual.takes_self else usual.factory()
        if part.init and part.eq and given != usual:  # what a rule has learnt is not a parameter
            yield f"{part.alias}={_written(given)}"


def _file(subject: Subject) -> str:
    """The digest of the file that was read, so that another reader knows whether it is the same."""
    if subject.simulated is not None:
        return "none: " + subject.simulated
    path: Path | None = subject.detection.panel.file
    if path is None or not path.is_file():
        return "none: the scores came from memory, or from a file that is not there any more"
    with path.open("rb") as opened:
        return f"sha256 {hashlib.file_digest(opened, 'sha256').hexdigest()}"


def citing() -> Markup:
    """How to cite the library, in words and for a reference manager."""
    number = version("therarel")
    title = "therarel: the therapeutic relationship as a thing you can compute with"
    entry = (
        f"@software{{therarel,\n  author = {{{{The therarel authors}}}},\n  title = {{{title}}},\n"
        f"  version = {{{number}}},\n  year = {{2026}}\n}}"
    )
    return joined(
        tag("h3", "How to cite"),
        tag("p", f"The therarel authors (2026). {title} (version {number}) [computer software]."),
        tag("pre", entry, tabindex="0"),
        tag(
            "p",
            "Cite the sources of the primary rule and of the instrument, too: they are under ",
            tag("a", "how it was made", href="#how-it-was-made"),
            ". Say that the rule was chosen before the scores were looked at, if it was.",
        ),
        by="\n",
    )
