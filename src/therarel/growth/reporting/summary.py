"""A growth model in words: the summary, a table for an article, and a paragraph for its methods section."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Sequence

import numpy as np
from attrs import frozen
from narwhals.typing import IntoFrame

from therarel.counting import counted
from therarel.growth.asking.time_column import time_words
from therarel.growth.inference.effect_sizes import intraclass
from therarel.growth.inference.estimates import Estimates, checked_level
from therarel.growth.inference.fixed_effects import Approximation, FixedEffect, fixed_effect_tests
from therarel.growth.inference.variance_components import (
    VarianceComponent,
    boundary_sentences,
    flat_sentences,
    variance_components,
)
from therarel.growth.reporting.diagnosis import end_sentences
from therarel.representation import one_line
from therarel.tables.frames import as_table
from therarel.tables.paper_table import PaperTable

_SYMBOLS = ("b", "SE", "df", "t", "p")  # in italics
_NAMES = {
    "satterthwaite": "Satterthwaite's",
    "kenward_roger": "Kenward and Roger's",
    "normal": "infinite (normal approximation)",
}


@frozen
class GrowthSummary:
    """What a fit says, to be shown or to be taken along as a table.

    Args:
        heading: What was fitted to what, in lines.
        effects: Fixed effects with tests.
        components: Variance components with intervals.
        shares: Shares of variance.
        remarks: Boundaries, rows left out and the like, in sentences.
        approximation: How the degrees of freedom are computed.
        level: Confidence level of the intervals, a share such as 0.95.
        kind: The kind of table that `to_frame` gives.
    """

    heading: tuple[str, ...]
    effects: tuple[FixedEffect, ...]
    components: tuple[VarianceComponent, ...]
    shares: dict[str, float]
    remarks: tuple[str, ...]
    approximation: Approximation
    level: float
    kind: str

    def to_frame(self, kind: str | None = None) -> IntoFrame:
        """Fixed effects and variance components as one tidy table.

        Args:
            kind: ``polars``, ``pandas``, ``pyarrow`` or ``duckdb``; ``None`` for the kind that came in.

        Raises:
            InvalidValueError: if the kind is not known.
        """
        nan = float("nan")
        columns: dict[str, Sequence[object]] = {
            "part": ["fixed"] * len(self.effects) + ["random"] * len(self.components),
            "group": [""] * len(self.effects) + [part.group for part in self.components],
            "term": [effect.name for effect in self.effects] + [_component(part) for part in self.components],
            "estimate": [effect.estimate for effect in self.effects] + [part.value for part in self.components],
            "standard_error": [effect.standard_error for effect in self.effects] + [nan] * len(self.components),
            "df": [effect.df for effect in self.effects] + [nan] * len(self.components),
            "t": [effect.t for effect in self.effects] + [nan] * len(self.components),
            "p": [effect.p for effect in self.effects] + [nan] * len(self.components),
            "low": [effect.low for effect in self.effects] + [part.low for part in self.components],
            "high": [effect.high for effect in self.effects] + [part.high for part in self.components],
        }
        return as_table(columns, self.kind if kind is None else kind)

    def _tables(self) -> tuple[tuple[str, list[str], list[list[str]]], ...]:
        per_cent = f"{self.level:.0%} interval"
        fixed = [
            [effect.name, _number(effect.estimate), _number(effect.standard_error), _df_text(effect.df),
             f"{effect.t:.2f}", _p_value(effect.p), f"{_number(effect.low)} to {_number(effect.high)}"]
            for effect in self.effects
        ]  # fmt: skip
        random = [[part.group, _component(part), _number(part.value), _interval(part)] for part in self.components]
        shares = [[name, f"{value:.3f}"] for name, value in self.shares.items()]
        return (
            (f"Fixed effects (degrees of freedom: {_NAMES[self.approximation]})",
             ["term", "estimate", "SE", "df", "t", "p", per_cent], fixed),
            ("Standard deviations and correlations", ["group", "term", "SD or r", per_cent], random),
            ("Shares of variance", ["part", "share"], shares),
        )  # fmt: skip

    __repr__ = one_line

    def __str__(self) -> str:
        lines = list(self.heading)
        for title, head, rows in self._tables():
            lines += ["", title, *_aligned([head, *rows])]
        return "\n".join([*lines, *([""] if self.remarks else []), *self.remarks])

    def _repr_html_(self) -> str:
        parts = [f"<p>{'<br>'.join(html.escape(line) for line in self.heading)}</p>"]
        for title, head, rows in self._tables():
            cells = "".join(f'<th scope="col">{html.escape(word)}</th>' for word in head)
            body = "".join("<tr>" + "".join(f"<td>{html.escape(word)}</td>" for word in row) + "</tr>" for row in rows)
            parts.append(
                f"<table><caption>{html.escape(title)}</caption><thead><tr>{cells}</tr></thead>"
                f"<tbody>{body}</tbody></table>"
            )
        parts += [f"<p>{html.escape(remark)}</p>" for remark in self.remarks]
        return "".join(parts)


def _component(component: VarianceComponent) -> str:
    return f"r({component.term}, {component.other})" if component.other else component.term


def _interval(component: VarianceComponent) -> str:
    if not math.isnan(component.low):
        return f"{_number(component.low)} to {_number(component.high)}"
    return (
        "at the boundary"
        if math.isnan(component.value) or component.value == 0.0 or (component.other and abs(component.value) > 0.999)
        else "not determined"
    )


def _number(value: float) -> str:
    return "not defined" if math.isnan(value) else f"{value:.4g}"


def _df_text(value: float) -> str:
    return "inf" if math.isinf(value) else f"{value:.1f}"


def _p_value(p: float, *, leading: bool = True) -> str:
    """A p value with three decimals, never as zero.

    Examples:
        >>> _p_value(0.0432), _p_value(1e-8), _p_value(0.0432, leading=False)
        ('0.043', '< 0.001', '.043')
    """
    text = "< 0.001" if p < 0.001 else f"{p:.3f}"
    return text if leading else text.replace("0.", ".", 1)


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]

    def line(row: list[str]) -> str:
        cells = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
        return "  ".join([row[0].ljust(widths[0]), *cells[1:]]).rstrip()

    return [line(row) for row in rows]


def summarise(fit: Estimates, approximation: Approximation, level: float) -> GrowthSummary:
    """The summary of a fit."""
    level = checked_level(level)
    groups = ", ".join(f"{name} {count:,}" for name, count in fit.groups.items())
    design = fit.design
    parts = [
        f"{design.request.formula}, random effects {_random(fit)}, residuals {_residual(fit)}",
        time_words(design.time, design.candidates, days=design.time_in_days),
    ]
    heading = (
        ", ".join(part for part in parts if part is not None),
        f"{fit.n_scores:,} scores; groups: {groups}; {'REML' if fit.reml else 'ML'}, log-likelihood "
        f"{fit.log_likelihood:.3f}, AIC {fit.aic:.1f}, BIC {fit.bic:.1f}",
    )
    remarks = [*boundary_sentences(fit), *flat_sentences(fit), *fit.design.notes]
    if fit.units.dropped:
        remarks.append(f"Left out because other fixed effects determine them: {', '.join(fit.units.dropped)}.")
    if fit.incomplete:
        number = len(fit.incomplete)
        remarks.append(f"{counted(number, 'row')} with a missing value {'was' if number == 1 else 'were'} left out.")
    if fit.phi is not None:
        remarks.append(f"Autocorrelation of residuals one unit of time apart: {fit.phi:.3f}.")
    remarks += end_sentences(fit)
    return GrowthSummary(
        heading, fixed_effect_tests(fit, approximation, level), variance_components(fit, level), intraclass(fit),
        tuple(remarks), approximation, level, fit.kind,
    )  # fmt: skip


def _random(fit: Estimates) -> str:
    return " and ".join(
        f"({', '.join(level.terms)}) per {level.grouping.name}" for level in reversed(fit.design.levels)
    )


def _residual(fit: Estimates) -> str:
    request = fit.design.request
    parts = []
    if request.autocorrelated:
        parts.append("continuous-time AR(1)")
    if request.classes:
        parts.append(f"a variance per {request.classes}")
    return " and ".join(parts) or "independent, of equal variance"


def paper_table(fit: Estimates, approximation: Approximation, level: float) -> PaperTable:
    """Fixed effects and variances as a table for a paper: no leading zero for p, notes below."""
    level = checked_level(level)
    rows: list[tuple[str, ...]] = []
    numbers: list[tuple[object, ...]] = []
    for effect in fixed_effect_tests(fit, approximation, level):
        cells = (
            f"{effect.estimate:.3f}", f"{effect.standard_error:.3f}", _df_text(effect.df), f"{effect.t:.2f}",
            _p_value(effect.p, leading=False), f"[{effect.low:.3f}, {effect.high:.3f}]",
        )  # fmt: skip
        rows.append((effect.name, *cells))
        figures = (effect.estimate, effect.standard_error, effect.df, effect.t, effect.p, effect.low, effect.high)
        numbers.append((effect.name, *figures))
    for part in variance_components(fit, level):
        label = f": {part.term}, {part.other}" if part.other else f": {part.term}" if part.term else ""
        name = f"{'r' if part.other else 'SD'} {part.group}{label}"
        value = "" if math.isnan(part.value) else f"{part.value:.3f}"
        ends = "" if math.isnan(part.low) else f"[{part.low:.3f}, {part.high:.3f}]"
        rows.append((name, value, "", "", "", "", ends))
        numbers.append((name, part.value, *([math.nan] * 4), part.low, part.high))
    groups = ", ".join(f"{name} {count:,}" for name, count in fit.groups.items())
    columns = ("effect", "estimate", "standard_error", "df", "t", "p", "low", "high")
    return PaperTable(
        f"Growth of {fit.design.request.score}",
        ("Effect", "b", "SE", "df", "t", "p", f"{level:.0%} CI"),
        tuple(rows),
        f"{fit.n_scores:,} scores; groups: {groups}. {'Restricted maximum' if fit.reml else 'Maximum'} likelihood;"
        f" degrees of freedom: {_NAMES[approximation]}. Intervals of SD and r: curvature of the likelihood.",
        {name: list(column) for name, column in zip(columns, zip(*numbers, strict=True), strict=True)},
        fit.kind,
    )


def apa_table(fit: Estimates, approximation: Approximation, level: float) -> str:
    """The same table in Markdown, with the symbols of statistics in italics."""
    table = paper_table(fit, approximation, level)
    head = [f"*{name}*" if name in _SYMBOLS else name for name in table.head]
    effects = len(fit.fixed)
    rows = [
        (re.sub(r"^(SD|r) ", r"*\1* ", row[0]) if at >= effects else row[0], *row[1:])
        for at, row in enumerate(table.rows)
    ]
    lines = [f"*{table.title}*", "", _line(head), "|---" * len(head) + "|", *map(_line, rows)]
    return "\n".join([*lines, "", f"*Note.* {table.note.replace('SD and r', '*SD* and *r*')}"])


def _line(cells: Sequence[str]) -> str:
    """A row of a table in Markdown."""
    return "|" + "".join(f" {cell} |" if cell else " |" for cell in cells)


def methods_paragraph(fit: Estimates, approximation: Approximation) -> str:
    """What a methods section would say about the model, dropout included; every number in it is from the fit."""
    request = fit.design.request
    groups = " and ".join(f"{count:,} groups of '{name}'" for name, count in fit.groups.items())
    levels = "three" if len(fit.design.levels) == 2 else "two"
    fixed = ", ".join(fit.fixed) or "none"
    days = ", in days since each dyad's first date" if fit.design.time_in_days else ""
    time = f", time being '{fit.design.time}'{days}" if fit.design.time is not None else ""
    sentences = [
        f"We modelled {request.score} by a {levels}-level linear mixed model with the fixed effects {fixed} and random "
        f"effects {_random(fit)}, correlated without restriction within a level; residuals were taken as "
        f"{_residual(fit)}{time}.",
        f"The model was fitted by {'restricted maximum' if fit.reml else 'maximum'} likelihood to {fit.n_scores:,} "
        f"scores from {groups}.",
    ]
    if fit.incomplete:
        sentences.append(f"{counted(len(fit.incomplete), 'row')} without a complete set of values could not be used.")
    sessions = fit.sessions_per_dyad()
    sentences.append(
        f"Dyads contributed {sessions.min()} to {sessions.max()} scores (median {float(np.median(sessions)):g})."
    )
    if approximation != "normal":
        sentences.append(f"Degrees of freedom are {_NAMES[approximation]}.")
    sentences += [*boundary_sentences(fit), *flat_sentences(fit)]
    sentences.append(
        "Scores that are missing, those after dropout included, are treated as missing at random (MAR): estimates "
        "are unbiased if, given the scores observed and the predictors in the model, whether a score is missing does "
        "not depend on what it would have been. The data cannot test this; where dropout may follow unobserved "
        "deterioration, a sensitivity analysis is advised."
    )
    sentences.append("Fitted with therarel; optimum verified by the gradient and by the boundary conditions.")
    return " ".join(sentences)
