"""A small clinical tool: courses of therapy, what is open now and why not more, and a page for each course.

    python -m pip install . fastapi uvicorn
    COURSES=courses uvicorn examples.clinical_tool:app

It shows how the parts fit together and is not a finished tool: put it behind your own log-in, for whoever reaches it
can read and write every course. Courses are kept as one document each, with the confidential texts, in a folder that
belongs to the service. Clients and therapists go by pseudonyms.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from html import escape
from pathlib import Path
from threading import Lock
from typing import Annotated, Any, cast

from fastapi import Body, Depends, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

import therarel as tr

Answer = dict[str, Any]


class Shelf:
    """The courses of a service: one file for each client, written whole or not at all.

    Args:
        folder: Where they are; it is made if it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = Lock()
        folder.mkdir(parents=True, exist_ok=True)

    def begin(self, client: str, therapist: str) -> tr.Course:
        """Begin a course; a client has one at a time."""
        with self.lock:
            if self._file(client).exists():
                raise HTTPException(409, "this client has a course already")
            course = tr.Course.begin(client=client, therapist=therapist)
            return self._kept(course)

    def read(self, client: str) -> tr.Course:
        """The course of a client."""
        try:
            return tr.records.load(self._file(client), tr.Course)
        except FileNotFoundError:
            raise HTTPException(404, "this client has no course here") from None

    def change(self, client: str, record: Callable[[tr.Course], tr.machine.Decision]) -> tr.machine.Decision:
        """Record something on a course and keep it."""
        with self.lock:
            course = self.read(client)
            decision = record(course)
            self._kept(course)
            return decision

    def _kept(self, course: tr.Course) -> tr.Course:
        # what was recorded is kept whatever it says: saving is never refused
        tr.records.dump(course, self._file(course.relationship.dyad.client.pseudonym), confidential="include")
        return course

    def _file(self, client: str) -> Path:
        return self.folder / f"{tr.Pseudonym(client)}.json"  # a pseudonym is a code: no path, no name


app = FastAPI(title="A small clinical tool", docs_url=None, redoc_url=None)  # the pages of these load from elsewhere
app.state.shelf = Shelf(Path(os.environ.get("COURSES", "courses")))


def shelf(request: Request) -> Shelf:
    """The courses of the service that runs."""
    return cast("Shelf", request.app.state.shelf)


async def sent(request: Request) -> tr.Event:
    """The event in the body of a request: a record, as `therarel.records.dumps` writes it."""
    return tr.records.loads(await request.body(), tr.Event)


Sent = Annotated[tr.Event, Depends(sent)]


@app.exception_handler(tr.TherarelError)
def refused(request: Request, error: Exception) -> Response:
    """What the library refuses is the request's fault; its messages hold no word of a client."""
    return JSONResponse({"refused": str(error)}, status_code=422)


@app.post("/courses", status_code=201)
def begin(request: Request, client: Annotated[str, Body()], therapist: Annotated[str, Body()]) -> Answer:
    """Begin a course."""
    course = shelf(request).begin(client, therapist)
    return {"course": str(course)}


@app.post("/courses/{client}/events")
def record(request: Request, client: str, event: Sent, by: str | None = None) -> Answer:
    """Record what happened, or what somebody judges; a judgement may be declined, with every reason."""
    return answer_of(shelf(request).change(client, lambda course: course.record(event, recorded_by=by)))


@app.post("/courses/{client}/may")
def may(request: Request, client: str, event: Sent) -> Answer:
    """What would become of an event; nothing is recorded."""
    return answer_of(shelf(request).read(client).may(event))


@app.get("/courses/{client}")
def page(request: Request, client: str) -> HTMLResponse:
    """The course as a page: what comes first, what may be recorded now, and why not more."""
    course = shelf(request).read(client)
    declined = [decision for decision in course.options() if not decision]
    why = "".join(f"<pre>{escape(str(decision.explain()))}</pre>" for decision in declined)
    return HTMLResponse(
        f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>{escape(client)}</title>'
        '<meta name="viewport" content="width=device-width"><style>pre {white-space: pre-wrap}</style>'
        f"<pre>{escape(str(tr.machine.overview(course)))}</pre>{course.draw().to_svg()}"
        f"<h2>Not now, and why</h2>{why}</html>",
        headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"},
    )


def answer_of(decision: tr.machine.Decision) -> Answer:
    """A decision for a program: what comes first, and of a judgement that was declined every reason."""
    answer: Answer = {"accepted": bool(decision), "remarks": [str(remark) for remark in decision.remarks]}
    if not decision:
        answer["reasons"] = [
            {"question": each.question, "says": each.sentence, "would_change": each.would_change}
            for each in decision.failing
        ]
    return answer
