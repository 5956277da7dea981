"""The strict reader: data, JSON text and YAML text to frozen objects, and back."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterable
from threading import RLock
from typing import Any, Final, Literal, NamedTuple, TypeAlias, TypeVar, get_args, get_origin, overload

from therarel.discretion import discreet
from therarel.errors import InvalidValueError, shown
from therarel.reading.declared import LISTS, bare, check_declared, is_list, union_members
from therarel.reading.explaining import problems_in
from therarel.reading.json_lines import JsonLines, OnProblem
from therarel.reading.json_text import examine_json, mark_json, parse_items, parse_json
from therarel.reading.problems import Mark, Marks, Path, Problem, find_places, masked, summary, wanted_paths
from therarel.reading.refusals import described
from therarel.reading.schemas import json_schema
from therarel.reading.structuring import structuring
from therarel.reading.texts import Examined, Source, text_of
from therarel.reading.versions import Upcasting
from therarel.reading.writing import ConfidentialFound, Mode, holds_confidential, refused_writing, writing

T = TypeVar("T")
ConfidentialHandling: TypeAlias = Literal["include", "redact"]
"""What happens to confidential text when it is written."""

_MODES: Final[dict[str | None, Mode]] = {None: "refuse", "include": "include", "redact": "redact"}


class _Way(NamedTuple):
    """How a kind of text is read, looked at closely, and searched for places."""

    parse: Callable[[str], object]
    examine: Callable[[str], Examined]
    mark: Callable[[str, frozenset[Path]], Marks]


_JSON: Final = _Way(parse_json, examine_json, mark_json)


class Reader:
    """Reads data into frozen attrs classes without guessing, reports every problem at once, and writes it back.

    What a field declares is what it accepts: no text becomes a number, no number becomes text, ``3.5`` is not a whole
    number, and neither ``NaN`` nor ``true`` is a number at all. As in JSON Schema, ``3.0`` is a whole number, and a
    whole number is taken where a float is declared. cattrs does the work, with strict hooks; what it generates for a
    class is made once: keep a reader and use it again.

    Args:
        unions: Unions of classes whose members are written with their ``type`` tag even when they are written by
            themselves, without naming the union.
        shared: Classes of small frozen values without anything private, which documents repeat: equal ones are one
            object.

    Examples:
        >>> from attrs import frozen
        >>> @frozen
        ... class Walk:
        ...     minutes: int
        >>> @frozen
        ... class Rest:
        ...     note: str | None = None
        >>> reader = Reader()
        >>> reader.loads('[{"type": "Walk", "minutes": 20}, {"type": "Rest"}]', list[Walk | Rest])
        [Walk(minutes=20), Rest(note=None)]
        >>> reader.loads('{"minuts": "20"}', Walk)
        Traceback (most recent call last):
            ...
        therarel.errors.ReadingError: the document could not be read, 2 problems
          line 1, column 1 $.minutes: required, but missing
          line 1, column 2 $.minuts: unknown key. Hint: did you mean 'minutes'?
    """

    __slots__ = ("_explaining", "_fast", "_homes", "_known", "_lock", "_writing")

    def __init__(self, *, unions: Iterable[object] = (), shared: Collection[type] = ()) -> None:
        self._fast, self._explaining = structuring(detailed=False, shared=shared), structuring(detailed=True)
        self._writing = {mode: writing(mode) for mode in _MODES.values()}
        self._lock = RLock()
        self._known: set[object] = set()
        self._homes: dict[object, object] = {member: union for union in unions for member in union_members(union)}

    # reading

    @overload
    def structure(self, data: object, declared: type[T], *, versions: Upcasting | None = None) -> T: ...
    @overload
    def structure(self, data: object, declared: object, *, versions: Upcasting | None = None) -> object: ...
    @discreet
    def structure(self, data: object, declared: object, *, versions: Upcasting | None = None) -> object:
        """Make an object of JSON-like data.

        Args:
            data: Dictionaries, lists, text, numbers, truth values and ``None``.
            declared: What it should become: a class, a union, or a type such as ``list[Event]``.
            versions: The versions of the document, if it carries one.

        Raises:
            ReadingError: with every problem, each with its path.
            InvalidValueError: if values of the declared type cannot be read strictly.
        """
        self._check(declared)
        try:
            return self._structured(data, declared, versions)
        except Exception:  # whatever it was, the slow path says what and where
            pass
        instance, problems = self._explained(data, declared, versions)
        if problems:
            raise summary(masked(problems))
        return instance

    @overload
    def loads(
        self, text: Source, declared: type[T], *, versions: Upcasting | None = None, source: str | None = None
    ) -> T: ...
    @overload
    def loads(
        self, text: Source, declared: object, *, versions: Upcasting | None = None, source: str | None = None
    ) -> object: ...
    @discreet
    def loads(
        self, text: Source, declared: object, *, versions: Upcasting | None = None, source: str | None = None
    ) -> object:
        """Make an object of a JSON document: its text, its bytes, or the file that holds it.

        Args:
            text: The document.
            declared: What it should become.
            versions: The versions of the document, if it carries one.
            source: The name of the document in messages; a file's own name where it is ``None``.

        Raises:
            ReadingError: with every problem, each with its path, line and column.
        """
        return self._text(text, declared, versions, source, _JSON)

    @discreet
    def peek(self, text: Source, *, source: str | None = None) -> object:
        """The data of a JSON document, for whoever has to see what it is before it can be read as that.

        What is wrong with data that can be seen, such as a key that occurs twice, is left to `loads`.

        Args:
            text: The document.
            source: As for `loads`.

        Raises:
            ReadingError: if it is not JSON, or nested too deep.
        """
        whole, source = text_of(text, source)
        examined = examine_json(whole)
        if not examined.readable:
            raise summary(masked(problem.placed(source, problem.mark) for problem in examined.problems), source)
        return examined.data

    @overload
    def read_yaml(
        self, text: Source, declared: type[T], *, versions: Upcasting | None = None, source: str | None = None
    ) -> T: ...
    @overload
    def read_yaml(
        self, text: Source, declared: object, *, versions: Upcasting | None = None, source: str | None = None
    ) -> object: ...
    @discreet
    def read_yaml(
        self, text: Source, declared: object, *, versions: Upcasting | None = None, source: str | None = None
    ) -> object:
        """Make an object of a YAML document; as `loads` otherwise.

        Raises:
            ReadingError: with every problem, each with its path, line and column.
        """
        from therarel.reading import yaml_text  # who reads JSON alone does not load YAML

        way = _Way(yaml_text.parse_yaml, yaml_text.examine_yaml, yaml_text.mark_yaml)
        return self._text(text, declared, versions, source, way)

    @overload
    def read_json_lines(
        self,
        stream: Source | Iterable[str] | Iterable[bytes],
        declared: type[T],
        *,
        on_problem: OnProblem = "raise",
        versions: Upcasting | None = None,
        source: str | None = None,
    ) -> JsonLines[T]: ...
    @overload
    def read_json_lines(
        self,
        stream: Source | Iterable[str] | Iterable[bytes],
        declared: object,
        *,
        on_problem: OnProblem = "raise",
        versions: Upcasting | None = None,
        source: str | None = None,
    ) -> JsonLines[object]: ...
    def read_json_lines(
        self,
        stream: Source | Iterable[str] | Iterable[bytes],
        declared: object,
        *,
        on_problem: OnProblem = "raise",
        versions: Upcasting | None = None,
        source: str | None = None,
    ) -> JsonLines[T] | JsonLines[object]:
        """Make objects of JSON Lines, one at a time, whatever the size of the file.

        Args:
            stream: An open file, any lines, a path, or the text itself. Empty lines are passed over.
            declared: What each line should become.
            on_problem: ``"raise"`` reads on over bad lines and reports them all at the end; ``"collect"`` leaves
                them in `JsonLines.problems` for the caller, who must look.
            versions: The versions of the lines, if they carry one.
            source: The name of the file in messages.

        Raises:
            ReadingError: at the end, with every problem of every line, unless they are collected.
        """
        if source is None and isinstance(stream, os.PathLike):
            source = os.fspath(stream)

        def read_line(line: str, number: int) -> tuple[object, list[Problem]]:
            return self._line(line, number, declared, versions, source)

        self._check(declared)  # a type that cannot be read is refused before the first line
        return JsonLines(stream, read_line, on_problem=on_problem, source=source)

    def _text(
        self, given: Source, declared: object, versions: Upcasting | None, source: str | None, way: _Way
    ) -> object:
        text, source = text_of(given, source)
        self._check(declared)
        try:
            kind: Any = bare(declared)
            make = LISTS[get_origin(kind)] if is_list(kind) else frozenset
            if way is _JSON and versions is None and make is not frozenset:
                item = get_args(kind)[0]
                hook = self._fast.get_structure_hook(item)
                return make([hook(value, item) for value in parse_items(text)])
            return self._structured(way.parse(text), declared, versions)
        except Exception:  # whatever it was, the slow path says what and where
            pass
        instance, problems = self._examined(way.examine(text), declared, versions)
        if problems:
            unplaced = [problem for problem in problems if problem.line is None]
            marks = way.mark(text, wanted_paths(unplaced)) if unplaced else {}
            raise summary(masked(find_places(problems, marks, source)), source)
        return instance

    def _line(
        self, line: str, number: int, declared: object, versions: Upcasting | None, source: str | None
    ) -> tuple[object, list[Problem]]:
        try:
            return self._structured(parse_json(line), declared, versions), []
        except Exception:  # as above
            pass
        instance, problems = self._examined(examine_json(line), declared, versions)
        return instance, [problem.placed(source, Mark(number, 1), whole_line=True) for problem in masked(problems)]

    def _check(self, declared: object) -> None:
        if declared in self._known:
            return
        with self._lock:  # half-made hooks are not for other threads
            check_declared(declared)
            self._fast.get_structure_hook(declared)
            self._known.add(declared)

    def _structured(self, data: object, declared: Any, versions: Upcasting | None) -> object:
        instance: object = self._fast.structure(data if versions is None else versions.upcast(data), declared)
        return instance

    def _explained(self, data: object, declared: Any, versions: Upcasting | None) -> tuple[object, list[Problem]]:
        """The object and no problems, or the problems of the data."""
        try:
            current = data if versions is None else versions.upcast(data)
            return self._explaining.structure(current, declared), []
        except RecursionError:
            pass
        except Exception as error:  # whatever a hook raises is a problem of the data
            try:
                return None, problems_in(error, data)
            except RecursionError:
                pass
        return None, [Problem("nested too deep to be read")]

    def _examined(
        self, examined: Examined, declared: object, versions: Upcasting | None
    ) -> tuple[object, list[Problem]]:
        """The object and no problems, or the problems of the text and of its data."""
        if not examined.readable:
            return None, list(examined.problems)
        reported = {problem.path for problem in examined.problems}
        instance, problems = self._explained(examined.data, declared, versions)
        return instance, [*examined.problems, *(problem for problem in problems if problem.path not in reported)]

    # writing

    @discreet
    def unstructure(
        self,
        value: object,
        declared: object = None,
        *,
        confidential: ConfidentialHandling | None = None,
        versions: Upcasting | None = None,
    ) -> object:
        """Write an object as JSON-ready data that reads back equal.

        Members of unions carry their ``type``. A field whose default is ``None`` or empty is left out where it is
        just that. Sets become sorted lists, dates ISO text.

        Args:
            value: The object.
            declared: What it is read as; its own class where it is ``None``.
            confidential: ``"include"`` writes confidential text; ``"redact"`` writes ``"[redacted]"`` in its place,
                which reads back as confidential text: that there was a text is kept, for others may depend on it.
            versions: The versions of the document, if it is to carry one; then it also says whether it is redacted.

        Raises:
            ConfidentialityError: if there is confidential text and nobody decided about it; names the path.
            InvalidValueError: if the object is not what was declared.
        """
        if confidential not in _MODES:
            raise InvalidValueError(
                "no such decision about confidential text",
                value=shown(confidential),
                bound="'include', 'redact' or None",
            )
        mode = _MODES[confidential]
        if declared is None:
            declared = self._homes.get(type(value), type(value))
        self._check(declared)
        private = False
        try:
            data = self._writing[mode].unstructure(value, declared)
        except ConfidentialFound:
            private = True
        except Exception:  # it is not what was declared; the message says what it is, without its content
            pass
        else:
            if versions is None:
                return data
            masked = mode == "redact" and not versions.marks_itself and holds_confidential(value)
            return versions.stamped(data, redacted=masked)
        if private:
            raise refused_writing(value)
        name = declared.__name__ if isinstance(declared, type) else "the declared union"
        raise InvalidValueError(f"this cannot be written as {name}", value=described(value))

    @discreet
    def dumps(
        self,
        value: object,
        declared: object = None,
        *,
        confidential: ConfidentialHandling | None = None,
        versions: Upcasting | None = None,
        indent: int | None = None,
    ) -> str:
        """Write an object as JSON text, as `unstructure` writes data.

        Raises:
            ConfidentialityError: if there is confidential text and nobody decided about it; names the path.
            InvalidValueError: if the object is not what was declared, or holds what JSON cannot hold.
        """
        data = self.unstructure(value, declared, confidential=confidential, versions=versions)
        try:
            text = json.dumps(data, ensure_ascii=False, allow_nan=False, indent=indent)
            text.encode()
        except (TypeError, ValueError):
            text = ""
        if not text:
            raise InvalidValueError(
                "JSON cannot hold this object",
                value=described(value),
                hint="look for NaN, infinity or half a surrogate pair in its fields",
            )
        return text

    # describing

    def schema(self, declared: object, *, versions: Upcasting | None = None) -> dict[str, object]:
        """The JSON Schema (2020-12) of what is read as a type; it is never stricter than the reader.

        Args:
            declared: A class, a union, or a type such as ``list[Event]``.
            versions: The versions of the document, if it carries one; then a class must be declared,
                or a union of classes that all carry it.
        """
        self._check(declared)
        return json_schema(declared, versions)
