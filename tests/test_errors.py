"""Errors say what happened, and go whole to wherever they are needed."""

import ast
import builtins
import copy
import importlib
import multiprocessing
import pickle
import pkgutil
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

import therarel
from therarel import records
from therarel.confidential import Confidential
from therarel.domain import events
from therarel.errors import (
    ConfidentialityError,
    InvalidValueError,
    MissingExtraError,
    NoSuchFileError,
    OpeningError,
    ReadingError,
    TherarelError,
    WritingError,
)
from therarel.machine import Course
from therarel.machine.decisions import EventDeclined
from therarel.reading import Mark, Problem


def every_kind(base: type[TherarelError] = TherarelError) -> Iterator[type[TherarelError]]:
    """Every kind of error that some module of the library defines."""
    for module in pkgutil.walk_packages(therarel.__path__, "therarel."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    waiting = [base]
    while waiting:
        kind = waiting.pop()
        if kind.__module__.startswith("therarel."):
            yield kind
        waiting += kind.__subclasses__()


def declined() -> EventDeclined:
    """A judgement that had to be accepted and was not."""
    with pytest.raises(EventDeclined) as caught:
        Course.begin("C-014", "T-03").record(events.AdvanceRequested(), must=True)
    return caught.value


PROBLEM = Problem("text is needed", path=("items", 3), value="7", hint="put it in quotes").placed("a.yaml", Mark(3, 5))

# Kinds that are made otherwise than from their parts.
MAKERS: dict[type[TherarelError], Callable[[], TherarelError]] = {
    MissingExtraError: lambda: MissingExtraError("a figure", extra="research", missing="numpy"),
    Problem: lambda: PROBLEM,
    EventDeclined: declined,
    WritingError: lambda: WritingError("a.csv", OSError(28, "No space left on device")),
    OpeningError: lambda: OpeningError("a.csv", OSError(13, "Permission denied")),
    NoSuchFileError: lambda: NoSuchFileError("a.csv", OSError(2, "No such file or directory")),
}
KINDS = sorted(every_kind(), key=lambda kind: kind.__qualname__)


def made(kind: type[TherarelError]) -> TherarelError:
    """An error of a kind with everything that it can carry."""
    maker = MAKERS.get(kind)
    if maker:
        error = maker()
    elif issubclass(kind, ReadingError):
        error = kind("unreadable, 2 problems", [PROBLEM, InvalidValueError("no score")], where="a.yaml")
    else:
        error = kind("it happened", where="here", value="7", bound="at most 5", hint="look")
    error.add_note("seen in a test")
    return error


def parts(error: TherarelError) -> dict[str, object]:
    """The fields of an error; errors within it by their own message and fields."""
    own = {name: value for name, value in vars(error).items() if name != "problems"}
    within = [(type(each), str(each), parts(each)) for each in getattr(error, "problems", ())]
    system = {name: getattr(error, name, None) for name in ("errno", "strerror", "filename", "name", "path")}
    return {**system, **own, "problems": within}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(
    "again",
    [
        copy.copy,
        copy.deepcopy,
        *(
            lambda error, protocol=protocol: pickle.loads(pickle.dumps(error, protocol))
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
        ),
    ],
    ids=["copy", "deepcopy", *(f"pickle {protocol}" for protocol in range(pickle.HIGHEST_PROTOCOL + 1))],
)
def test_an_error_of_any_kind_is_copied_and_pickled_whole(
    kind: type[TherarelError], again: Callable[[TherarelError], TherarelError]
) -> None:
    """Kind, message, arguments, fields and notes are those of the first one."""
    error = made(kind)
    back = again(error)
    assert back is not error
    assert type(back) is kind
    assert (str(back), back.args, parts(back)) == (str(error), error.args, parts(error))


def test_one_bad_document_does_not_break_a_pool_of_processes() -> None:
    """Whatever a worker raises comes back as it was raised, and the pool goes on working."""
    good = '{"schema": "therarel.occurrence/1", "session": 3}'
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        with pytest.raises(ReadingError) as caught:
            pool.submit(records.loads, good[:-1]).result()
        with pytest.raises(ReadingError) as here:
            records.loads(good[:-1])
        assert (str(caught.value), parts(caught.value)) == (str(here.value), parts(here.value))
        assert pool.submit(records.loads, good).result() == records.loads(good)


def test_a_declined_judgement_with_confidential_text_is_copied_and_never_pickled() -> None:
    """The words of a note go to no other process unasked."""
    course = Course.begin("C-014", "T-03")
    with pytest.raises(EventDeclined) as caught:
        course.record(events.AdvanceRequested(note="She doubts."), must=True)
    assert copy.deepcopy(caught.value).decision == caught.value.decision
    assert caught.value.decision.event.note == Confidential("She doubts.")
    with pytest.raises(ConfidentialityError):
        pickle.dumps(caught.value)


def test_what_is_raised_is_an_error_of_the_library() -> None:
    """Python's own errors are raised for misspelt names and arguments, by what is indexed, and where they stay inside."""
    own = {"AttributeError", "IndexError", "TypeError"}
    # Told by the reader as a problem of the document, with its place, and by the writer as a WritingError.
    inside = {("scalars.py", "ValueError"), ("whole.py", "PermissionError"), ("whole.py", "IsADirectoryError")}
    names = {name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, Exception)}
    found = {
        (path.name, node.exc.func.id)
        for path in Path(therarel.__path__[0]).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name)
    }
    assert {(file, name) for file, name in found if name in names - own} == inside
