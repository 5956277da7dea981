"""Every story of a statement fails once the home of the statement does nothing.

    python -m tests.proofs.statement_homes [S33 S41 ...] [--save [FILE]]

Each story (`tests/statements`) names the home that carries its statement. Here that home is emptied, in a fresh interpreter
of its own, and the story is told again: a story that still holds does not show that its statement does anything.

What is emptied, by kind of home: a term reads as another term, a vocabulary knows one term, a field keeps nothing, a class
keeps nothing in any field, an event moves nothing or is offered nowhere, a function, method or property answers nothing,
a concept is missing from the graph with all its links, a finding is missing from the table, a page says nothing of it.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib import import_module
from inspect import CO_VARARGS, CO_VARKEYWORDS
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, Final

import attrs
from tests.statements import telling
from tests.statements.telling import HOMES, Told

from therarel.concepts import ConceptGraph, concept_graph, loading
from therarel.domain.events import Happening
from therarel.machine import Machine
from therarel.vocabulary import Vocabulary

ROOT: Final = Path(__file__).parents[2]
RESULT: Final = Path(__file__).parent / "results" / "statement_homes.json"
STILL_HOLDS: Final = "the story still holds"


def stories() -> dict[str, tuple[Told, str]]:
    """Story and home of every statement that has one, by the id of the statement."""
    for path in sorted((ROOT / "tests" / "statements").glob("test_*.py")):
        import_module(f"tests.statements.{path.stem}")
    return {statement: (test, home) for test, (statement, home) in HOMES.items()}


def empty(home: str) -> None:
    """Let a home do nothing from now on, in this interpreter."""
    kind, _, name = home.rpartition(":")
    if kind == "concept":
        _without_concept(name)
    elif kind == "finding":
        _without_finding(name)
    elif kind == "page":
        telling.UNSAID.add(name)
    else:
        owner, attribute, found = _resolved(home)
        _emptied(owner, attribute, found)


def _emptied(owner: Any, name: str, found: Any) -> None:
    if isinstance(found, Vocabulary):
        terms = list(type(found))
        type.__setattr__(type(found), name, terms[(terms.index(found) + 1) % len(terms)])
    elif isinstance(found, type) and issubclass(found, Vocabulary):
        for term in list(found)[1:]:
            type.__setattr__(found, term.name, next(iter(found)))
    elif isinstance(found, type) and issubclass(found, Happening):
        _without_event(found.__name__)
    elif isinstance(found, type) and attrs.has(found):
        for each in attrs.fields(found):
            setattr(found, each.name, _Lost(each))
    elif isinstance(owner, type) and attrs.has(owner) and name in attrs.fields_dict(owner):
        setattr(owner, name, _Lost(attrs.fields_dict(owner)[name]))
    elif isinstance(found, property) and found.fget is not None:
        setattr(owner, name, property(lambda _: None))
    else:
        function = _function(found)
        function.__code__ = _answering_nothing(function)


class _Lost:
    """A field that keeps nothing: it reads as its default, or as ``None``."""

    def __init__(self, field: attrs.Attribute[Any]) -> None:
        self._field = field

    def __get__(self, instance: object, owner: type) -> Any:
        default: Any = self._field.default
        if default is attrs.NOTHING:
            return None
        return default.factory() if isinstance(default, attrs.Factory) else default  # type: ignore[arg-type]  # a class

    def __set__(self, instance: object, value: object) -> None:
        """What is given is lost."""


def _function(found: Any) -> FunctionType:
    """The function itself, below caches and other wrappers."""
    found = getattr(found, "__func__", found)
    while hasattr(found, "__wrapped__"):
        found = found.__wrapped__
    if not isinstance(found, FunctionType):
        raise TypeError(f"a home that cannot be emptied: {found!r}")
    return found


def _answering_nothing(function: FunctionType) -> CodeType:
    """The code of a function with the same arguments that returns ``None``."""
    code = function.__code__
    names = list(code.co_varnames)
    given, alone = names[: code.co_argcount], names[code.co_argcount :][: code.co_kwonlyargcount]
    rest = iter(names[code.co_argcount + code.co_kwonlyargcount :])
    star = f"*{next(rest)}" if code.co_flags & CO_VARARGS else "*" if alone else ""
    options = f"**{next(rest)}" if code.co_flags & CO_VARKEYWORDS else ""
    arguments = ", ".join(each for each in (*given, star, *alone, options) if each)
    namespace: dict[str, FunctionType] = {}
    exec(f"def emptied({arguments}): return None", namespace)  # a function of the names above
    return namespace["emptied"].__code__


def _resolved(dotted: str) -> tuple[Any, str, Any]:
    """What a dotted name leads to, and where it is kept."""
    parts = dotted.split(".")
    owner: Any = None
    for length in range(len(parts) - 1, 0, -1):
        try:
            found: Any = import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for name in parts[length:]:
            owner = found
            found = vars(owner).get(name, getattr(owner, name)) if isinstance(owner, type) else getattr(owner, name)
        return owner, parts[-1], found
    raise ModuleNotFoundError(dotted)


def _without_concept(identifier: str) -> None:
    whole = concept_graph()
    less = ConceptGraph(
        title=whole.title,
        version=whole.version,
        node_kinds=whole.node_kinds,
        edge_kinds=whole.edge_kinds,
        nodes=[node for node in whole if node.id != identifier],
        edges=[edge for edge in whole.edges() if identifier not in (edge.subject, edge.object)],
        references=whole.references,
    )
    loading.load_concepts = lambda *args, **options: less
    concept_graph.cache_clear()


def _without_finding(element: str) -> None:
    module: Any = import_module("therarel.concepts.findings")
    rows = tuple(row for row in module.findings() if row.element != element)
    module._from_rows = lambda lines: rows
    module.findings.cache_clear()
    concept_graph.cache_clear()


def _without_event(name: str) -> None:
    """A table in which a fact moves nothing and a judgement is offered nowhere."""
    standard = Machine.standard()
    facts = tuple(
        attrs.evolve(row, effect=None, remarks=()) if row.event == name else row for row in standard.table.facts
    )
    rows = tuple(row for row in standard.table.transitions if row.event != name)
    less = Machine(attrs.evolve(standard.table, transitions=rows, facts=facts), standard.texts)
    Machine.standard = lambda: less  # type: ignore[assignment]  # the one machine of the library


def told_without(statement: str) -> str:
    """How a story ends without its home, in a fresh interpreter: the error that it ends with, or that it still holds."""
    command = [sys.executable, "-m", "tests.proofs.statement_homes", "--one", statement]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        raise RuntimeError(f"{statement}: {done.stderr}")
    return done.stdout.strip()


def _one(statement: str) -> str:
    test, home = stories()[statement]
    empty(home)
    try:
        test()
    except Exception as error:
        return type(error).__name__
    return STILL_HOLDS


def main() -> None:
    """Tell the chosen stories without their homes, and say which still hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("statements", nargs="*", help="ids of statements; all that have a story where none is given")
    parser.add_argument("--one", help="tell one story without its home, in this interpreter")
    parser.add_argument("--save", type=Path, nargs="?", const=RESULT, help="where to write the result")
    chosen = parser.parse_args()
    if chosen.one:
        print(_one(chosen.one))  # noqa: T201  # a script's answer
        return
    begin, known = time.perf_counter(), stories()
    ids = chosen.statements or list(known)
    with ThreadPoolExecutor(2) as workers:
        ends = dict(zip(ids, workers.map(told_without, ids), strict=True))
    missed = [statement for statement, end in ends.items() if end == STILL_HOLDS]
    print(f"{len(ends) - len(missed)} of {len(ends)} noticed; still holding: {', '.join(missed) or 'none'}")  # noqa: T201  # a script's answer
    if chosen.save:
        result = {
            "date": datetime.now(UTC).date().isoformat(),
            "python": platform.python_version(),
            "seconds": round(time.perf_counter() - begin),
            "stories": len(ends),
            "noticed": len(ends) - len(missed),
            "still_hold": missed,
            "homes": {statement: {"home": known[statement][1], "ends_with": ends[statement]} for statement in ids},
        }
        chosen.save.write_text(json.dumps(result, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
