"""Documents that say which version of their kind they are, and how an older one becomes a current one.

A versioned document carries ``"schema": "therarel.<kind>/<n>"`` beside its fields. The steps from each version to the
next are pure functions from data to data, so that a file once written is read forever.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from therarel.discretion import discreet
from therarel.errors import InvalidValueError
from therarel.reading.problems import Problem, summary
from therarel.reading.refusals import described, refusal

SCHEMA_KEY: Final = "schema"
"""The key that holds kind and version of a document."""

REDACTED_KEY: Final = "redacted"
"""The key that says, with ``true``, that confidential text of the document was masked when it was written."""

Step: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]
"""One step: the data of version n to the data of version n + 1, without the schema key."""

_STAMP: Final = re.compile(r"therarel\.([a-z][a-z0-9_.-]*)/([1-9][0-9]{0,5})", re.ASCII)
_KIND: Final = re.compile(r"[a-z][a-z0-9_.-]*", re.ASCII)


class Upcasting:
    """The versions of one kind of document and the steps between them.

    Args:
        kind: What the documents are, such as ``course``.
        current: The version that is written today, from 1.
        marks_itself: Whether what is read has a field ``redacted`` of its own, which then says it.

    Raises:
        InvalidValueError: if the kind is no lower-case word or the version is below 1.

    Examples:
        >>> courses = Upcasting("course", current=2)
        >>> @courses.step(1)
        ... def _(document):
        ...     return {"client": document["case"]}
        >>> courses.check()
        >>> courses.stamp
        'therarel.course/2'
        >>> courses.upcast({"schema": "therarel.course/1", "case": "C-014"})
        {'client': 'C-014'}
    """

    __slots__ = ("_steps", "current", "kind", "marks_itself")

    def __init__(self, kind: str, current: int, *, marks_itself: bool = False) -> None:
        if not _KIND.fullmatch(kind):
            raise InvalidValueError("the kind of a document is a lower-case word", where="Upcasting.kind")
        if type(current) is not int or current < 1:
            raise InvalidValueError("versions count from 1", where="Upcasting.current")
        self.kind, self.current, self.marks_itself = kind, current, marks_itself
        self._steps: dict[int, Step] = {}

    @property
    def stamp(self) -> str:
        """What a document of the current version carries."""
        return f"therarel.{self.kind}/{self.current}"

    @property
    def stamps(self) -> list[str]:
        """What a document may carry, that of the current version first."""
        return [f"therarel.{self.kind}/{version}" for version in range(self.current, 0, -1)]

    def step(self, version: int) -> Callable[[Step], Step]:
        """Register the step from a version to the next; used as a decorator.

        Raises:
            InvalidValueError: if the step is there already or leads beyond the current version.
        """
        where = f"Upcasting({self.kind!r})"
        if version in self._steps:
            raise InvalidValueError(f"the step from version {version} is there already", where=where)
        if type(version) is not int or not 1 <= version < self.current:
            bound = f"1 to {self.current - 1}" if self.current > 1 else "none: this is the first version"
            raise InvalidValueError("no such step", where=where, value=repr(version), bound=bound)

        def register(function: Step) -> Step:
            self._steps[version] = function
            return function

        return register

    def check(self) -> None:
        """Make sure that every version leads to the current one.

        Raises:
            InvalidValueError: if steps are missing; all are named.
        """
        gaps = [version for version in range(1, self.current) if version not in self._steps]
        if gaps:
            named = ", ".join(f"{version} to {version + 1}" for version in gaps)
            raise InvalidValueError(f"the chain of versions has gaps: {named}", where=f"Upcasting({self.kind!r})")

    def stamped(self, data: object, *, redacted: bool = False) -> dict[str, object]:
        """Data of the current version as a document that says which version it is, and whether it was redacted.

        Raises:
            InvalidValueError: if it is not an object.
        """
        if not isinstance(data, dict):
            raise InvalidValueError("only an object carries a version", value=described(data))
        return {SCHEMA_KEY: self.stamp, **({REDACTED_KEY: True} if redacted else {}), **data}

    @discreet
    def upcast(self, document: object) -> object:
        """The fields of a document as the current version has them, without the schema key.

        The document that is given is left as it is.

        Raises:
            ReadingError: if it is of another kind, of no version, or of one not yet known.
        """
        version = self._version(document)
        if isinstance(version, Problem):
            raise summary([version])
        assert isinstance(document, dict)
        data: Any = {key: value for key, value in document.items() if key != SCHEMA_KEY}
        if not self.marks_itself and data.pop(REDACTED_KEY, True) is not True:
            wrong = refusal("a redacted document says so with true, and no other with anything", document[REDACTED_KEY])
            raise summary([wrong.but(path=(REDACTED_KEY,))])
        if version < self.current:
            self.check()
            data = copy.deepcopy(data)
        failed = None
        for number in range(version, self.current):
            try:
                data = self._steps[number](data)
            except Exception as error:  # an old document may lack whatever a step relies on
                failed = type(error).__name__
            if failed:
                what = f"the document could not be brought from version {number} to {number + 1}"
                raise summary([Problem(what, hint=f"the step met a {failed}; is the document complete?")])
        return data

    def _version(self, document: object) -> int | Problem:
        if type(document) is not dict:
            return refusal("an object is needed", document)
        key_path = (SCHEMA_KEY,)
        if SCHEMA_KEY not in document:
            return Problem("required, but missing", path=key_path, bound=f"'{self.stamp}'", at_key=True)
        stamp = document[SCHEMA_KEY]
        match = _STAMP.fullmatch(stamp) if isinstance(stamp, str) else None
        if match is None or match[1] != self.kind:
            return refusal("another kind of document", stamp, bound=f"'{self.stamp}'").but(path=key_path)
        version = int(match[2])
        if version > self.current:
            return refusal(
                "the document is newer than this library",
                stamp,
                bound=f"at most version {self.current}",
                hint="upgrade therarel",
            ).but(path=key_path)
        return version
