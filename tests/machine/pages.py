"""The page of transitions and the picture of the machine, as the library makes them.

    python -m tests.machine.pages

writes both anew below ``docs/machine``, after a change of the table or of a sentence.
"""

from __future__ import annotations

from pathlib import Path

from therarel.machine import Machine

PAGES = Path(__file__).parents[2] / "docs" / "machine"
MACHINE = Machine.standard()


def conditions() -> str:
    """The conditions, one on a line."""
    rows = [
        f"| `{name}` | {text.question} | {text.fails} | {text.would_change} |"
        for name, text in MACHINE.texts.guards.items()
    ]
    return "\n".join(rows)


def written(page: str) -> str:
    """The page with the table and the conditions of today; what is said around them stays."""
    table, head = page.index("| row |"), page.index("| condition |")
    between = page[table:head].partition("\n\n")[2]
    begin = page.index("\n", page.index("\n", head) + 1) + 1
    after = page[begin:].partition("\n\n")
    rest = f"\n\n{after[2]}" if after[1] else "\n"
    return f"{page[:table]}{format(MACHINE, 'markdown').rstrip()}\n\n{between}{page[head:begin]}{conditions()}{rest}"


if __name__ == "__main__":
    path = PAGES / "transitions.md"
    path.write_text(written(path.read_text("utf-8")), "utf-8")
    (PAGES / "machine.svg").write_text(MACHINE.draw(theme="light").to_svg(), "utf-8")
