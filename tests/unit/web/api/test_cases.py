"""Cases through the API: the same filter as the board, the course without words, meetings without names."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from config.settings import Settings
from matcher.actions import accounts, cases, pausing
from matcher.vocabulary import CaseState, PauseReason
from matcher.workdays import local_day
from tests import factories as make
from tests.factories import Person
from tests.unit.web.meetings.test_meetings import DAY, Table
from tests.unit.web.work import case_of


@pytest.fixture
def table(settings: Settings) -> Table:
    """A case with a meeting, in talks, paused."""
    made = Table()
    cases.move_case(made.broker.actor, made.case, case_of(made.case).version, CaseState.CONNECTED, "秘密备注")
    until = local_day(made.meeting.starts_at) + 9 * DAY
    pausing.pause_case(made.broker.actor, made.case, case_of(made.case).version, PauseReason.TRIAL, until)
    return made


def get(client: FlaskClient, person: Person, path: str) -> Any:
    """What the API answers to that person's token with the scope to read."""
    token = accounts.create_token(person.actor, "脚本", ["read"])
    return client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"})


def test_the_list_is_narrowed_and_counted(table: Table, client: FlaskClient) -> None:
    """Unknown codes, control characters and numbers beyond a key are refused with the field's name."""
    firm = table.pair.firm
    wanted = {"": 1, "?paused=true": 1, "?late=true": 0, "?phase=working": 1, "?state=trial": 0, "?party=offer": 0, "?text=DQ-": 1, "?closed=true": 0}
    found = {query: get(client, firm, f"/cases{query}").json for query in wanted}
    assert {query: (page["total"], len(page["items"])) for query, page in found.items()} == {q: (n, n) for q, n in wanted.items()}
    assert found[""]["items"][0]["pause_reason"] == "trial"
    assert get(client, make.enterprise(), "/cases").json["total"] == 0
    for query in ("?state=x", "?phase=x", "?broker_id=99999999999", "?text=%00", "?late=perhaps"):
        assert get(client, firm, f"/cases{query}").status_code == 422, query


def test_the_course_has_codes_and_no_words(table: Table, client: FlaskClient) -> None:
    answer = get(client, table.pair.firm, f"/cases/{table.case}/steps")
    assert [step["kind"] for step in answer.json["items"]] == ["opened", "assigned", "assigned", "moved", "paused"]
    assert "秘密备注" not in answer.get_data(as_text=True)


def test_meetings_have_counts_and_no_names(table: Table, client: FlaskClient) -> None:
    """52: of a case of others, as of none, there is nothing."""
    answer = get(client, table.pair.lab, f"/cases/{table.case}/meetings")
    (meeting,) = answer.json["items"]
    assert (meeting["guests"], meeting["accepted"], meeting["state"]) == (3, 1, "planned")
    assert "881 204" not in answer.get_data(as_text=True)
    for path in (f"/cases/{table.case}/meetings", f"/cases/{table.case}/steps", "/cases/999/steps"):
        assert get(client, make.enterprise(), path).status_code == 404
