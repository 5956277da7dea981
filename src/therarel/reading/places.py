"""Problems that show only after a document was read: given their lines when they are reported, not before."""

from __future__ import annotations

from collections.abc import Sequence

from therarel.discretion import discreet
from therarel.reading.problems import Problem, placed_by, wanted_paths
from therarel.reading.texts import Source, text_of


@discreet
def placed_in_yaml(source: Source, problems: Sequence[Problem], *, name: str | None = None) -> list[Problem]:
    r"""Problems of a YAML document with its name, line and column, in the order in which they were given.

    The text is read again with the places of its parts, so that a document without problems is read once.

    Args:
        source: The document: its text, its bytes, or the file that holds it.
        problems: What is wrong with it, each with its path.
        name: The name to use in messages; the file's own where it is ``None``.

    Raises:
        OpeningError: if the file cannot be read; it is an `OSError` too.

    Examples:
        >>> (problem,) = placed_in_yaml("name: Ours\nrows: []", [Problem("too few", path=("rows",))], name="ours.yaml")
        >>> print(problem)
        ours.yaml:2:7 $.rows: too few
    """
    if not problems:
        return []
    from therarel.reading.yaml_text import mark_yaml  # the parser is loaded where YAML is met

    text, name_of_source = text_of(source, name)
    marks = mark_yaml(text, wanted_paths(problems))
    return [placed_by(marks, problem, name_of_source) for problem in problems]
