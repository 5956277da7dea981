"""``therarel growth``: a mixed model of how scores run, fitted to a table of sessions."""

from __future__ import annotations

import warnings
from pathlib import Path

import click

from therarel.cli.saying import failing_well, say, say_json
from therarel.cli.tables import Table, table_argument, table_options
from therarel.errors import InvalidValueError


@click.command(short_help="Fit a growth model to a table of scores.")
@table_argument(required=True)
@click.argument("formula")
@table_options
@click.option(
    "--random",
    "random_effects",
    multiple=True,
    metavar="GROUP=TERMS",
    default=("dyad=1 + session",),
    show_default=True,
    help="Random effects of a group; may be repeated.",
)
@click.option("--residual", type=click.Choice(["iid", "ar1"]), default="iid", show_default=True, help="The noise.")
@click.option("--method", type=click.Choice(["reml", "ml"]), default="reml", show_default=True, help="The likelihood.")
@click.option("--json", "as_json", is_flag=True, help="Put the estimates as JSON on stdout, and nothing else.")
def growth(
    sessions: Path,
    formula: str,
    table: Table,
    random_effects: tuple[str, ...],
    residual: str,
    method: str,
    as_json: bool,
) -> None:
    """Fit FORMULA, such as "score ~ session", to SESSIONS, a table with one row per dyad and session.

    In the formula the columns go by their roles: score, session, and those that --group keeps.

    \b
    therarel growth clinic.csv "score ~ session" --instrument wai-sr
    therarel growth trial.csv "score ~ session * arm" --group arm --random "dyad=1 + session"
    """
    with failing_well("therarel growth"):
        import attrs

        from therarel import growth as models

        random = {}
        for said in random_effects:
            group, between, terms = said.partition("=")
            if not between or not group.strip() or not terms.strip():
                raise InvalidValueError(
                    "random effects are a group and its terms",
                    where="--random",
                    hint="such as --random 'dyad=1 + session'",
                )
            random[group.strip()] = terms.strip()
        panel = table.panel(sessions)
        with warnings.catch_warnings(record=True) as noticed:
            warnings.simplefilter("always")
            fit = models.fit_growth(panel, formula, random, residual=residual, method=method)  # type: ignore[arg-type]  # one of the choices
        for notice in noticed:
            say(f"Note: {notice.message}", err=True, hanging=True)
        if as_json:
            say_json(
                {
                    "formula": formula,
                    "random": random,
                    "log_likelihood": fit.log_likelihood,
                    "fixed_effects": [attrs.asdict(each) for each in fit.fixed_effects()],
                    "variance_components": [attrs.asdict(each) for each in fit.variance_components()],
                    "methods": str(fit.methods_paragraph()),
                }
            )
            return
        say(str(fit))
        say(f"\n{fit.methods_paragraph()}")
