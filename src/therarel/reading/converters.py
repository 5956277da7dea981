"""Strict reading inside a cattrs converter of one's own.

An application that keeps its own classes with cattrs teaches its converter the classes of this library; they are then
read with all strictness wherever they stand, and written with the decision about confidential text that was made once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from therarel.discretion import discreet

if TYPE_CHECKING:
    from cattrs import BaseConverter

    from therarel.reading.reader import Decision, Reader

__all__ = ["teach"]


def teach(converter: BaseConverter, reader: Reader, *declared: Any, confidential: Decision | None = None) -> None:
    """Let a cattrs converter read and write types through a strict reader.

    Args:
        converter: The converter to teach.
        reader: The reader that does the work.
        declared: Classes and unions of classes.
        confidential: What happens to confidential text when the converter writes; ``None`` refuses to write it.

    Examples:
        >>> import cattrs
        >>> from attrs import frozen
        >>> from therarel.reading import Reader, teach
        >>> @frozen
        ... class Rated:
        ...     value: float
        >>> converter = cattrs.Converter()
        >>> converter.structure({"value": "7"}, Rated)  # cattrs alone guesses
        Rated(value=7.0)
        >>> teach(converter, Reader(), Rated)
        >>> converter.structure({"value": 7}, Rated)
        Rated(value=7.0)
        >>> converter.structure({"value": "7"}, Rated)
        Traceback (most recent call last):
            ...
        therarel.errors.ReadingError: the document could not be read, 1 problem
          $.value: a number is needed, got '7'. Hint: write the number without quotes
    """
    for each in declared:

        @discreet
        def read(value: object, _: object, each: Any = each) -> object:
            return reader.structure(value, each)

        @discreet
        def write(value: object, each: Any = each) -> object:
            return reader.unstructure(value, each, confidential=confidential)

        converter.register_structure_hook(each, read)
        converter.register_unstructure_hook(each, write)
