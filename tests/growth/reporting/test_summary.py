"""A fit in words and figures."""

from __future__ import annotations

import warnings
from typing import Any

import narwhals as nw
import polars as pl

from therarel.growth import GrowthFit, fit_growth

from ..models import clinic

TABLE = clinic(seed=3, dyads=48)


SLOPES = {"dyad": "1 + session"}


FIT = fit_growth(TABLE, "score ~ session * arm", SLOPES)


NESTED = fit_growth(TABLE, "score ~ session", {"therapist": "1", "dyad": "1 + session"})


def columns(table: Any) -> dict[str, list[Any]]:
    """A result table as lists."""
    found: dict[str, list[Any]] = nw.from_native(table, eager_only=True).to_dict(as_series=False)
    return found


def drawn_texts(fit: GrowthFit) -> list[str]:
    """All figures of a fit."""
    figures = (fit.draw(), fit.draw_residuals(), fit.draw_caterpillar("therapist"))
    return [figure.to_svg() for figure in figures]


def test_the_summary_says_everything_three_ways() -> None:
    """Text, HTML and table carry the same effects; nothing in the HTML is loaded or escaped wrongly."""
    summary = NESTED.summary()
    text, page, table = str(summary), summary._repr_html_(), columns(summary.to_frame())
    for name in (*NESTED.fixed, "therapist"):
        assert name in text
        assert name in page
    assert table["part"].count("fixed") == len(NESTED.fixed)
    assert "<script" not in page
    assert repr(NESTED).startswith("<GrowthFit score ~ session")


def test_the_methods_paragraph_speaks_of_dropout() -> None:
    """The paragraph names the estimation, the degrees of freedom, the sample and what missing at random means."""
    paragraph = NESTED.methods_paragraph("kenward_roger")
    for words in ("restricted maximum likelihood", "48", "missing at random (MAR)", "Kenward and Roger", "three-level"):
        assert words in paragraph
    assert "| Effect |" in NESTED.apa_table()
    assert "| *SD* residual |" in NESTED.apa_table()


def test_the_table_for_a_paper_goes_to_a_word_processor_to_latex_and_to_a_dataframe() -> None:
    """The same cells as in Markdown, and the numbers behind them: those of the summary."""
    table = NESTED.paper_table(level=0.9)
    assert table.head == ("Effect", "b", "SE", "df", "t", "p", "90% CI")
    assert "<td" in table.to_html()
    assert r"90\% CI" in table.to_latex()
    assert table.to_csv().startswith("Growth of ")
    printed = [line for line in NESTED.apa_table(level=0.9).splitlines() if line.startswith("|")][2:]
    assert [[cell.strip().replace("*", "") for cell in line.strip("|").split("|")] for line in printed] == [
        list(row) for row in table.rows
    ]
    numbers: Any = table.to_frame("polars")
    effects = NESTED.fixed_effects(level=0.9)
    assert numbers["estimate"].to_list()[: len(effects)] == [effect.estimate for effect in effects]
    assert numbers["low"].to_list()[: len(effects)] == [effect.low for effect in effects]


def test_a_figure_calls_therapists_by_number_where_their_labels_are_names() -> None:
    """No picture holds the name of a person; a code stays as it is."""
    table = TABLE.with_columns(therapist=pl.col("therapist").replace("T0", "Ruth Roe"))
    drawn = fit_growth(table, "score ~ session", {"therapist": "1", "dyad": "1"}).draw_caterpillar("therapist").to_svg()
    assert "Roe" not in drawn
    assert "(label not shown)" in drawn
    assert ">T1<" in drawn


def test_figures_are_drawn_and_never_rank_therapists() -> None:
    """Each figure is a self-contained SVG; the caterpillar warns of case mix and keeps the order of the data."""
    fan, checks, caterpillar = drawn_texts(NESTED)
    assert fan.startswith("<svg")
    assert "Skewness" in checks
    assert "Not a ranking" in caterpillar
    labels = list(NESTED.design.levels[1].grouping.labels)
    assert labels == [f"T{k}" for k in range(12)]
    assert "care" in FIT.draw("arm").to_svg()


def test_residuals_at_the_ceiling_are_remarked() -> None:
    """Where many scores are the highest possible one, the fit says what a growth model cannot tell."""
    from therarel.panels import Panel

    table = TABLE.with_columns(score=pl.col("score").clip(1, 4.5))
    panel = Panel.from_frame(
        table, dyad="dyad", session="session", score="score", scale=(1, 4.5), higher_is_better=True
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = fit_growth(panel, "score ~ session", {"dyad": "1"}).diagnose()
    assert found.at_ceiling is not None
    assert found.at_ceiling > 0.1
    assert "highest possible" in str(found)
