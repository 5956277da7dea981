"""The example of a small clinical tool does what its page says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from fastapi.testclient import TestClient
from tests.examples.loading import example

import therarel as tr

E, D = tr.events, tr.domain


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """The module of the example."""
    return example("clinical_tool")


@pytest.fixture
def client(tool: ModuleType, tmp_path: Path) -> Iterator[TestClient]:
    """The tool with an empty shelf and one course."""
    tool.app.state.shelf = tool.Shelf(tmp_path / "courses")
    with TestClient(tool.app) as opened:
        assert opened.post("/courses", json={"client": "C-014", "therapist": "T-03"}).status_code == 201
        yield opened


def sent(client: TestClient, event: tr.Event, way: str = "events") -> dict[str, object]:
    """The answer to an event."""
    content = tr.records.dumps(event, confidential="include")
    answer = client.post(f"/courses/C-014/{way}", content=content)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_judgement_is_declined_with_every_reason_until_what_it_rests_on_is_there(client: TestClient) -> None:
    """Expectations rest on consent and on terms; the tool says so, and nothing is recorded by asking."""
    sent(client, E.SessionHeld(session=1))
    asked = sent(client, E.StageTaskMet(tr.StageTask.SETTING_EXPECTATIONS, session=1), "may")
    assert asked["accepted"] is False
    assert len(asked["reasons"]) == 2  # type: ignore[arg-type]  # of JSON
    sent(client, E.ConsentDecided(D.ConsentScope.TREATMENT, D.ConsentDecision.GIVEN, D.ConsentGiver.CLIENT, session=1))
    sent(client, E.TermsExplained(set(D.Term), session=1))
    assert sent(client, E.StageTaskMet(tr.StageTask.SETTING_EXPECTATIONS, session=1))["accepted"] is True


def test_what_was_recorded_is_kept_and_a_declined_judgement_is_in_the_record(
    client: TestClient, tool: ModuleType
) -> None:
    """Another process that opens the shelf reads the same course."""
    sent(client, E.StrainEased(session=2))
    again = tool.Shelf(tool.app.state.shelf.folder).read("C-014")
    assert len(again.history) == 1
    assert not again.history[0].accepted


def test_the_page_of_a_course_begins_with_what_comes_first_and_holds_no_words_of_a_client(client: TestClient) -> None:
    """A concern for safety is above everything else; what was said is nowhere."""
    sent(client, E.ChallengeFaced("He rang his brother.", session=3))
    sent(client, E.SafetyConcernRaised({D.ConcernKind.SELF_NEGLECT}, session=3))
    page = client.get("/courses/C-014").text
    assert page.index("concern for safety") < page.index("Not now, and why")
    assert "brother" not in page
    assert "<script" not in page


@pytest.mark.parametrize(
    ("way", "content", "status"),
    [
        ("events", "{}", 422),
        ("events", '{"schema": "therarel.event/2", "type": "SessionHeld", "session": -3}', 422),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(
    client: TestClient, way: str, content: str, status: int
) -> None:
    """The message of the library is the answer."""
    answer = client.post(f"/courses/C-014/{way}", content=content)
    assert answer.status_code == status
    assert "$" in answer.json()["refused"]


def test_names_and_paths_are_no_pseudonyms(client: TestClient) -> None:
    """A client goes by a code; nothing else reaches the folder."""
    assert client.post("/courses", json={"client": "Jane Doe", "therapist": "T-03"}).status_code == 422
    assert client.get("/courses/..%2Fsecret").status_code in (404, 422)
    assert client.post("/courses", json={"client": "C-014", "therapist": "T-03"}).status_code == 409
    assert client.get("/courses/C-099").status_code == 404
