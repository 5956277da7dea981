"""Damaged files of every kind, one after the other: each is read, or refused by an error of the library.

Files that are right (the corpus of records, the knowledge files of the library) are damaged in drawn ways: bytes flipped,
torn off, doubled or exchanged, pieces put in that are hard to read, numbers and words changed. Each goes through every
reader of its kind. Whatever comes out but an object or a `TherarelError` is a fault, and so is an error about a record that
knows a word that was planted in it.

    python -m tests.proofs.test_fuzz_readers --rounds 100000 --save
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from therarel import records
from therarel.concepts import concept_graph, extend_concepts, load_concepts
from therarel.errors import TherarelError
from therarel.machine import Course, Machine, Policy
from therarel.measures import read_instrument
from therarel.testing import leaks

HERE: Final = Path(__file__).parent
RESULTS: Final = HERE / "results"
SOURCE: Final = HERE.parents[1] / "src" / "therarel"
WORD: Final = "Canaryna" * 4  # so long that no known word is near, whatever it is glued to
PIECES: Final = (
    b"[" * 2_000, b'{"a":' * 2_000, b"\xff", b"\x00", b"\xed\xa0\x80", b'"\\ud800"', b"\\u0000", b"NaN", b"-Infinity", b"1e999",
    b"9" * 5_000, b"-0", b"1.0", b"0.1e-400", b"true", b"null", b"\xef\xbb\xbf", b"\r", b"\n\n", b"\t", b"&a ", b"*a", b"!!python/x ",
    b"---\n", b"%YAML 1.1\n", b"? ", b": ", b"- ", b"#", b"|\n", b">", b"'", b'"', b",", b"}", b"]", b"<<", b"\xe2\x80\xae",
    b'"schema": "therarel.event/99"', b'"type": "SessionHeld"', b'"type": []', WORD.encode(), f'"{WORD}": 1,'.encode(),
)  # fmt: skip

Reads = Mapping[str, Callable[[Path], object]]
RECORDS: Final[Reads] = {
    "records.load": records.load,
    "records.load, course": lambda path: records.load(path, Course),
    "records.read_log": lambda path: list(records.read_log(path)),
    "records.read_log, collected": lambda path: list(records.read_log(path, on_problem="collect")),
}
KNOWLEDGE: Final[Reads] = {
    "Machine.read": Machine.read,
    "Machine.read, texts": lambda path: Machine.read(SOURCE / "machine" / "statechart.yaml", texts=path),
    "Policy.read": Policy.read,
    "read_instrument": read_instrument,
    "load_concepts": load_concepts,
    "extended": lambda path: extend_concepts(concept_graph(), path),
}


def damaged(content: bytes, draw: random.Random) -> bytes:
    """The content with one to four things wrong."""
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(len(content) + 1)
        to = min(len(content), at + draw.choice((0, 1, 1, 2, 8, 40)))
        piece = draw.choice(PIECES)
        match draw.randrange(7):
            case 0:
                content = content[:at]
            case 1:
                content = content[:at] + content[to:]
            case 2:
                content = content[:at] + content[at:to] * 2 + content[to:]
            case 3:
                content = content[:at] + bytes([draw.randrange(256)]) + content[to:]
            case 4:  # a word or a number becomes something else
                parts = content.split(b'"') if draw.random() < 0.5 else content.split(b" ")
                parts[draw.randrange(len(parts))] = piece
                content = (b'"' if b'"' in content else b" ").join(parts)
            case _:
                content = content[:at] + piece + content[to:]
    return content


def attempt(name: str, read: Callable[[Path], object], path: Path, *, private: bool) -> str:
    """What came out of one file: read, or refused; anything else is raised."""
    foreign: list[Exception] = []
    outcome = "read"

    def reading() -> None:
        nonlocal outcome
        try:
            read(path)
        except TherarelError:
            outcome = "refused"
            raise
        except Exception as error:
            foreign.append(error)

    # What stands in a knowledge file is no client's; its ids may be named.
    found = leaks(reading, WORD, within="therarel") if private else reading_alone(reading)
    if foreign:
        raise AssertionError(f"{name} let out a {type(foreign[0]).__name__} of {path.read_bytes()!r}") from foreign[0]
    assert not found, f"{name} shows a word in {[leak.place for leak in found]} of {path.read_bytes()!r}"
    return outcome


def reading_alone(reading: Callable[[], None]) -> tuple[()]:
    """Read, and let a refusal be."""
    with suppress(TherarelError):
        reading()
    return ()


def run(rounds: int, seed: int, folder: Path) -> Counter[str]:
    """So many damaged files of each kind through every reader of the kind."""
    draw = random.Random(seed)
    corpus = sorted((HERE.parent / "records" / "corpus").rglob("*.json*"))
    kinds: Sequence[tuple[Sequence[bytes], Reads, bool]] = (
        ([path.read_bytes() for path in corpus], RECORDS, True),
        (
            [path.read_bytes() for path in sorted((SOURCE / "measures" / "instruments").glob("*.yaml"))],
            KNOWLEDGE,
            False,
        ),
        ([b"client_misses_for_lost_contact: 3\n", SMALL_CONCEPTS, SMALL_TABLE], KNOWLEDGE, False),
    )
    counts: Counter[str] = Counter()
    path = folder / "damaged"
    for contents, reads, private in kinds:
        for _ in range(rounds):
            path.write_bytes(damaged(draw.choice(contents), draw))
            for name, read in reads.items():
                counts[f"{name}: {attempt(name, read, path, private=private)}"] += 1
    return counts


SMALL_CONCEPTS: Final = b"""schema: therarel.concepts/1
title: Terms of our clinic
version: "1"
nodes:
- {id: checking_in, kind: skill, label: Checking in, origin: literature, definition: Asking how the work together feels.}
edges:
- {subject: checking_in, kind: supports, object: collaboration, basis: literature, refs: [tryon2018]}
"""
SMALL_TABLE: Final = b"\n".join((SOURCE / "machine" / "statechart.yaml").read_bytes().split(b"\n")[:120])


def test_damaged_files_are_read_or_refused(tmp_path: Path) -> None:
    """A small share of the long proof: no other error comes out, and none about a record knows its words."""
    counts = run(60, seed=3, folder=tmp_path)
    assert any(name.endswith("refused") for name in counts)
    assert any(name.endswith("read") for name in counts)


@pytest.mark.parametrize("text", ["[" * 2_000, '{"a":' * 2_000 + "1" + "}" * 2_000, "[" * 2_000 + "]" * 2_000])
def test_a_line_nested_too_deep_is_one_bad_line(text: str) -> None:
    """A bottomless line of a log is told by its number, and the lines around it are read."""
    good = '{"schema": "therarel.event/1", "type": "SessionHeld", "session": 1}'
    log = records.read_log([good, text, good], on_problem="collect")
    assert len(list(log)) == 2
    assert [str(problem).split(":")[0] for problem in log.problems] == ["line 2 $"]


def main() -> None:
    """Run the rounds and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--save", action="store_true", help="keep the result in tests/proofs/results")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        counts = run(chosen.rounds, chosen.seed, Path(folder))
    print(json.dumps(counts, indent=2))  # noqa: T201  a command
    if chosen.save:
        result = {"date": date.today().isoformat(), "python": platform.python_version(), "seed": chosen.seed}
        path = RESULTS / f"fuzz-readers-{date.today()}.json"
        path.write_text(json.dumps({**result, "rounds": chosen.rounds, "came out": counts}, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
