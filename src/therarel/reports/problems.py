"""The problems of a panel as a page shows them, row numbers gathered into ranges, and what could not be detected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from attrs import frozen

from therarel.counting import counted
from therarel.panels import Action, Panel, ProblemKind
from therarel.panels.problems import problem_words
from therarel.reports.data import blind
from therarel.reports.markup import Content, Markup, joined, section, table, tag
from therarel.reports.phrases import REASONS
from therarel.reports.subject import Subject

_MOST_VALUES: Final = 500
_MOST_RANGES: Final = 4000
_FIRST_VALUES: Final = 3


@frozen
class _Kind:
    """The rows of one kind that were treated alike, by the value they hold."""

    kind: ProblemKind
    action: Action
    column: str | None
    count: int
    by_value: dict[str | None, list[tuple[int, int | None]]]


def ranges(rows: Iterable[int]) -> tuple[str, ...]:
    r"""Numbers in rising order, neighbours gathered.

    Examples:
        >>> [span.replace("\N{EN DASH}", " to ") for span in ranges([2, 15, 16, 17, 40, 41])]
        ['2', '15 to 17', '40', '41']
    """
    spans: list[list[int]] = []
    for row in rows:
        if spans and row == spans[-1][-1] + 1:
            spans[-1][1:] = [row]
        else:
            spans.append([row])
    texts: list[str] = []
    for span in spans:
        first, last = span[0], span[-1]
        if last - first < 2:
            texts.extend(str(row) for row in range(first, last + 1))
        else:
            texts.append(f"{first}\N{EN DASH}{last}")
    return tuple(texts)


def problem_section(panel: Panel) -> Markup:
    """Everything that was found in the data, with every row.

    Lists beyond a few thousand entries are cut; the words then say how the whole list is written to a file.
    """
    kinds = _kinds(panel)
    notes = [problem for problem in panel.problems if not problem.count]
    if not kinds and not notes:
        return tag("p", "Nothing was found that needed a decision.")
    parts: list[Markup] = [tag("p", _counting(panel, kinds))]
    parts.extend(tag("p", note.message, ". ", problem_words()[note.kind].meaning) for note in notes)
    parts.extend(_kind_section(kind) for kind in kinds)
    return joined(*parts, by="\n")


def _kinds(panel: Panel) -> list[_Kind]:
    by_key: dict[tuple[str, str, str | None], _Kind] = {}
    table_ = panel.problem_rows("polars").sort("row")
    for kind, action, row, line, column, value in table_.select(
        "kind", "action", "row", "line", "column", "value"
    ).iter_rows():
        key = (kind, action, column)
        if key not in by_key:
            by_key[key] = _Kind(ProblemKind(kind), Action(action), column, 0, {})
        by_key[key].by_value.setdefault(value, []).append((row, line))
    order = {kind.value: index for index, kind in enumerate(ProblemKind)}
    whole = [
        _Kind(group.kind, group.action, group.column, sum(map(len, group.by_value.values())), group.by_value)
        for group in by_key.values()
    ]
    return sorted(whole, key=lambda group: (order[group.kind.value], group.action.value, group.column or ""))


def _counting(panel: Panel, kinds: Sequence[_Kind]) -> Markup:
    lines = panel.problem_rows("polars")["line"]
    rows = panel.problem_rows("polars")["row"]
    ahead = (lines - rows).drop_nulls().unique().to_list() if lines.null_count() == 0 else []
    where = "Rows are counted from 1, the header not included"
    if len(ahead) == 1 and ahead[0] > 0:
        where += f"; row 1 is in line {1 + ahead[0]} of the file"
    summary = panel.summary()
    used = panel.rows_read - summary.rows_left_out - summary.rows_merged
    left, merged = summary.rows_left_out, summary.rows_merged
    return joined(
        f"Of {counted(panel.rows_read, 'row')} read, {used:,} {'is' if used == 1 else 'are'} in the series"
        + (f"; {left:,} {'was' if left == 1 else 'were'} left out" if left else "")
        + (f"; {merged:,} {'was' if merged == 1 else 'were'} merged into another row" if merged else "")
        + ". "
        + where
        + "."
    )


def _kind_section(kind: _Kind) -> Markup:
    heading = tag("h3", f"{problem_words()[kind.kind].heading}: {counted(kind.count, 'row')}, {kind.action.label}")
    meaning = tag("p", _where(kind), problem_words()[kind.kind].meaning)
    if set(kind.by_value) == {None}:
        listing: Markup = tag("p", _row_list(kind.by_value[None]), class_="rows")
    else:
        listing = _by_value(kind)
    return tag("details", tag("summary", heading), meaning, listing)


def _where(kind: _Kind) -> str:
    """The column, and the first values that were found in it."""
    if kind.column is None:
        return ""
    values = [value for value in kind.by_value if value is not None]
    sentence = f"In the column {kind.column}"
    if values:
        sentence += f": {', '.join(values[:_FIRST_VALUES])}{' and others' if len(values) > _FIRST_VALUES else ''}"
    return f"{sentence}. "


def _by_value(kind: _Kind) -> Markup:
    values = list(kind.by_value.items())
    several = any(len(rows) > 1 for _, rows in values)
    cells = [
        [value or "(several)", *([f"{len(rows):,}"] if several else []), _row_list(rows)]
        for value, rows in values[:_MOST_VALUES]
    ]
    head = ["value", *(["number"] if several else []), "rows"]
    listed = table(
        f"{problem_words()[kind.kind].heading}, by value", head, cells, numbers=[1] if several else [], class_="rows"
    )
    left = len(values) - _MOST_VALUES
    return listed if left <= 0 else joined(listed, tag("p", f"{left:,} further values are not listed here. ", _WHOLE))


_WHOLE: Final = Markup("The whole list is written by <code>therarel report --problems problems.csv</code>.")


def _row_list(rows: Sequence[tuple[int, int | None]]) -> Markup:
    texts = ranges(row for row, _ in rows)
    shown = joined(", ".join(texts[:_MOST_RANGES]))
    if len(texts) > _MOST_RANGES:
        shown = joined(shown, f" and {len(texts) - _MOST_RANGES:,} more. ", _WHOLE)
    if len(rows) == 1 and rows[0][1] is not None:
        shown = joined(shown, f" (line {rows[0][1]})")
    return joined("Rows " if len(rows) > 1 else "Row ", shown)


_HEADING = "What could not have been seen"


def undetectable_section(subject: Subject) -> Markup:
    """The sessions at which a rule could not have fired, by reason."""
    detection = subject.detection
    meaning = tag(
        "p",
        "A session at which no score could have made a rule fire is undetectable. It is neither a finding nor the"
        " absence of one, and counts as neither.",
    )
    rows: list[list[Content]] = [
        [label, reason.label, f"{sessions:,}", f"{dyads:,}", REASONS[reason]]
        for label, reason, sessions, dyads in blind(detection)
    ]
    if not rows:
        return section(
            _HEADING, meaning, tag("p", "There is none: every session with a score could have been flagged.")
        )
    head = ["rule", "reason", "sessions", "dyads", "what it means"]
    listed = table("Undetectable sessions, by rule and reason", head, rows, numbers=[2, 3], class_="wide")
    whole = "; ".join(f"{count.undetectable_dyads:,} for the rule {count.rule.label}" for count in detection.counts)
    unscored = detection.panel.n_dyads - detection.counts[0].dyads
    note = f"Dyads none of whose sessions could have been flagged: {whole}."
    if unscored:
        note += f" {counted(unscored, 'dyad')} {'has' if unscored == 1 else 'have'} no score at all."
    if detection.panel.n_missing:
        note += f" {counted(detection.panel.n_missing, 'session')} without a score could not be judged either."
    return section(_HEADING, meaning, listed, tag("p", note))
