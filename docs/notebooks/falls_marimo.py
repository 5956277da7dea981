"""Falls in scores with a slider for the limit, as a marimo notebook: ``marimo edit falls_marimo.py``."""

import marimo

__generated_with = "0.25.2"
app = marimo.App()


@app.cell
def _():
    import marimo as mo

    import therarel as tr

    return mo, tr


@app.cell
def _(mo):
    mo.md("""
    # How far is far enough?

    Scores of sixty simulated clients. Move the limit and watch two numbers: how many clients the rule flags, and how
    many it would flag if nothing had happened but noise.
    """)
    return


@app.cell
def _(tr):
    clinic = tr.simulate_clinic(60, seed=14, sessions=(10, 20))
    panel = clinic.panel()
    null = tr.noise.fit_null(panel)
    return clinic, null, panel


@app.cell
def _(mo):
    limit = mo.ui.slider(1.0, 4.0, step=0.25, value=2.5, label="limit, in standard deviations", show_value=True)
    limit
    return (limit,)


@app.cell
def _(limit, mo, panel, tr):
    found = tr.detect(panel, primary=tr.rules.Drop(k=limit.value))
    mo.plain_text(str(found))
    return (found,)


@app.cell
def _(clinic, found, mo):
    flagged = found.codes[0] == 1
    mo.md(f"""
    Only a simulation knows the truth: of {int(flagged.sum())} flagged sessions
    **{int((flagged & clinic.in_rupture).sum())}** lie in a fall that was put in.
    """)
    return


@app.cell
def _(found, mo):
    mo.Html(found.draw().to_svg())
    return


@app.cell
def _(limit, mo, null, tr):
    rates = tr.calibrate(tr.rules.Drop(k=limit.value), like=null, lengths=(10, 15, 20), clients=500, seed=2)
    mo.Html(rates.draw().to_svg())
    return


if __name__ == "__main__":
    app.run()
