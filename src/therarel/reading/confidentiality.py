"""Where confidential text is in an object, so that a refusal can name the place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from therarel.confidential import Confidential
from therarel.errors import ConfidentialityError
from therarel.reading.problems import Path, render_path

__all__ = ["confidential_paths", "holds_confidential", "refused_writing"]


def confidential_paths(value: object, path: Path = ()) -> Iterator[Path]:
    """The path of every confidential text in an object, in the order it would be written.

    Examples:
        >>> list(confidential_paths({"note": Confidential("She cried.")}))
        [('note',)]
    """
    if isinstance(value, Confidential):
        yield path
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from confidential_paths(inner, (*path, str(key)))
    elif isinstance(value, (list, tuple)):
        for position, inner in enumerate(value):
            yield from confidential_paths(inner, (*path, position))
    elif isinstance(value, (set, frozenset)):
        for inner in value:
            yield from confidential_paths(inner, path)
    elif attrs.has(kind := type(value)):
        for attribute in attrs.fields(kind):
            if attribute.init:
                field_path = (*path, attribute.alias or attribute.name)
                yield from confidential_paths(getattr(value, attribute.name), field_path)


def holds_confidential(value: object) -> bool:
    """Whether there is confidential text in an object."""
    return next(confidential_paths(value), None) is not None


def refused_writing(value: object) -> ConfidentialityError:
    """The error that names the first place of confidential text, and how many more there are."""
    paths = list(confidential_paths(value))
    more = f" (and at {len(paths) - 1} more places)" if len(paths) > 1 else ""
    return ConfidentialityError(
        f"confidential text would be written{more}",
        where=render_path(paths[0]) if paths else None,
        hint="decide with confidential='include' or confidential='redact'",
    )
