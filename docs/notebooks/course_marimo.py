"""A course that says what is open after each session, as a marimo notebook: ``marimo edit course_marimo.py``."""

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
    # Why not yet?

    C-021 and T-05 are made up. Say what was agreed and explained, and which tasks are met, and see whether the
    working phase is open, and why not. A task that is declined says why.
    """)
    return


@app.cell
def _(mo, tr):
    consent = mo.ui.checkbox(label="the client consented to treatment")
    terms = mo.ui.multiselect(options={term.label: term for term in tr.domain.Term}, label="explained to the client")
    mo.vstack([consent, terms])
    return consent, terms


@app.cell
def _(mo, tr):
    tasks = {task.label: task for task in tr.domain.tasks_of(tr.Stage.INITIAL_FORMATION)}
    met = mo.ui.multiselect(options=tasks, value=list(tasks)[:2], label="tasks that somebody judged met")
    met
    return (met,)


@app.cell
def _(consent, met, mo, terms, tr):
    course = tr.Course.begin(client="C-021", therapist="T-05")
    course.record(tr.events.SessionHeld(session=1))
    if consent.value:
        given, client = tr.domain.ConsentDecision.GIVEN, tr.domain.ConsentGiver.CLIENT
        course.record(tr.events.ConsentDecided(tr.domain.ConsentScope.TREATMENT, given, client, session=1))
    if terms.value:
        course.record(tr.events.TermsExplained(set(terms.value), session=1))
    answers = [course.record(tr.events.StageTaskMet(task, session=1)) for task in met.value]
    mo.plain_text("\n\n".join(str(answer.explain()) for answer in answers if not answer))
    return (course,)


@app.cell
def _(course, mo, tr):
    answer = course.may(tr.events.AdvanceRequested(session=2))
    mo.plain_text(str(answer.explain()))
    return


@app.cell
def _(course, mo, tr):
    mo.plain_text(str(tr.machine.overview(course)))
    return


@app.cell
def _(course, mo):
    mo.Html(course.draw().to_svg())
    return


if __name__ == "__main__":
    app.run()
