"""Tasks through the API."""

from flask import Flask

from matcher.tasks.terms import Duty
from tests import factories as make
from tests.unit.matcher.tasks.conftest import Watched
from tests.unit.web.api.test_records import Caller


def test_tasks_of_mine(app: Flask) -> None:
    """The owner lists and reads it, the other side reads it, a stranger and a token without the scope do not."""
    watched = Watched()
    task = watched.add(watched.broker.actor, Duty.NEED)
    firm = Caller(app, watched.firm)
    (item,) = firm.send("GET", "/tasks").json["items"]
    assert (item["id"], item["duty"], item["case_id"], item["level"]) == (task, "need", watched.case_id, 0)
    assert Caller(app, watched.lab).send("GET", "/tasks").json["items"] == []
    assert Caller(app, watched.lab).send("GET", f"/tasks/{task}").status_code == 200
    for caller in (Caller(app, make.enterprise()), Caller(app, watched.firm, "write")):
        assert caller.send("GET", f"/tasks/{task}").status_code == 404
        assert caller.send("GET", "/tasks").json["items"] == []
