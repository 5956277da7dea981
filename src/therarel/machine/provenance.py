"""What decided an entry, and what state it led to, as short digests.

A digest shows whether two things are the same and nothing of what they are. That of a table is over what its rows do;
sentences, reasons and citations are not part of it, so that a mended typo or another language changes nothing. That of
a state is over the state with its confidential texts masked: it is the same before and after a redaction, and nobody
can try out words on it.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import attrs
from attrs import field, frozen

from therarel.domain import Relationship
from therarel.errors import InvalidValueError, shown
from therarel.machine.policy import Policy
from therarel.machine.table import TransitionTable
from therarel.reading import Reader

_LENGTH: Final = 16
# Raised whenever the same state is written otherwise than before; digests of two forms are not compared.
_FORM: Final = "2"
# What a row says beside what it does.
_SAID: Final = frozenset({"reason", "basis", "remarks"})


def _one_line(instance: object, attribute: attrs.Attribute[Any], value: str) -> None:
    if not 0 < len(value) <= 80 or not value.isprintable():
        raise InvalidValueError(
            "not accepted",
            where=f"{type(instance).__name__}.{attribute.name}",
            value=shown(value),
            bound="1 to 80 characters on one line",
        )


@frozen
class Provenance:
    """What decided an entry.

    Args:
        table: Digest of what the rows of the table do.
        policy: Digest of the thresholds.
        release: The version of the library, and with it of its guards and effects.

    Examples:
        >>> from therarel.machine import Machine
        >>> machine = Machine.standard()
        >>> machine.provenance == machine.with_policy(Policy()).provenance
        True
    """

    table: str = field(validator=_one_line)
    policy: str = field(validator=_one_line)
    release: str = field(validator=_one_line)


@cache
def release() -> str:
    """The version of the library."""
    try:
        return version("therarel")
    except PackageNotFoundError:  # the source is used without being installed
        return "not installed"


def table_digest(table: TransitionTable) -> str:
    """The digest of what the rows of a table do."""
    written = _reader().unstructure(table)
    assert isinstance(written, dict)
    del written["name"]
    for rows in (written["transitions"], written["facts"]):
        for row in rows:
            for key in _SAID.intersection(row):
                del row[key]
    return _digest(written)


@cache
def policy_digest(policy: Policy) -> str:
    """The digest of the thresholds."""
    return _digest(_reader().unstructure(policy))


def state_digest(relationship: Relationship) -> str:
    """The digest of a state, its confidential texts masked."""
    return f"{_FORM}-{_digest(_reader().unstructure(relationship, confidential='redact'))}"


def comparable(digest: str) -> bool:
    """Whether a state's digest is of the form that is written today."""
    return digest.startswith(f"{_FORM}-")


def _digest(written: object) -> str:
    text = json.dumps(written, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]


@cache
def _reader() -> Reader:
    return Reader()
