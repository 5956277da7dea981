"""How a value is written: the order of its parts, which of them are named, and what each is where nothing is said.

    python -m tests.domain.test_signatures

writes the approved list anew, after a change that is meant.
"""

import inspect
from pathlib import Path

from therarel.testing import PUBLIC_CLASSES

APPROVED = Path(__file__).with_name("signatures.txt")


def signatures() -> str:
    """Every public class of the domain with its parts and their defaults, one on a line."""
    lines = []
    for cls in sorted(PUBLIC_CLASSES, key=lambda each: each.__name__):
        parts = [
            each.replace(annotation=inspect.Parameter.empty) for each in inspect.signature(cls).parameters.values()
        ]
        lines.append(f"{cls.__name__}{inspect.Signature(parts)}\n")
    return "".join(lines)


def test_values_are_written_as_before() -> None:
    """What a user types stays valid and means the same: no part moves, loses its default or gets another."""
    assert signatures() == APPROVED.read_text("utf-8")


if __name__ == "__main__":
    APPROVED.write_text(signatures(), "utf-8")
