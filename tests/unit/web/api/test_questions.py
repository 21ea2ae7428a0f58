"""Questions about a pair through the API: the answer with its causes, path and versions, and again."""

from __future__ import annotations

from flask import Flask

from config.settings import Settings
from tests import factories as make
from tests.unit.web.api.test_records import Caller
from tests.unit.web.questions.test_questions import index


def test_ask_read_and_compute_again(app: Flask, settings: Settings) -> None:
    """201 with everything that the page shows; the same question is the same answer; every digit again."""
    firm, lab = make.enterprise(), make.institute()
    need = make.published(firm, "need", min_trl=9)
    achievement = make.published(lab, "achievement", trl=4)
    index(app, settings)
    caller = Caller(app, firm, "read")
    made = caller.send("POST", "/questions", {"need_id": need, "achievement_id": achievement})
    assert made.status_code == 201
    body = made.json
    assert [cause["code"] for cause in body["causes"]] == ["waiting", "by_words"]
    assert [step["step"] for step in body["path"] if step["levels"]] == ["bench_trial", "pilot_trial", "industrial_trial"]
    assert [step["voucher"] for step in body["path"] if step["levels"]] == ["research", "research", None]
    assert body["snapshot_id"] is not None
    path = made.headers["Location"].partition("/api/v1")[2]
    assert caller.send("GET", path).json == body
    assert caller.send("POST", "/questions", {"need_id": need, "achievement_id": achievement}).json["id"] == body["id"]
    assert caller.send("GET", f"{path}/rerun").json == {"known": True, "same": True, "differs": [], "same_reasons": True}


def test_refusals(app: Flask, settings: Settings) -> None:
    """Strangers, drafts, unknown numbers, other fields and tokens without the scope are refused, each in its own way."""
    firm, lab, stranger = make.enterprise(), make.institute(), make.enterprise()
    need, achievement = make.published(firm, "need"), make.published(lab, "achievement")
    draft = make.draft(firm, "need")
    pair = {"need_id": need, "achievement_id": achievement}
    caller = Caller(app, firm, "read")
    for body, status in (
        ({**pair, "need_id": 9999}, 404),
        ({**pair, "need_id": draft}, 409),
        ({**pair, "need_id": 0}, 422),
        ({"need_id": need}, 422),
        ({**pair, "score": 1}, 422),
    ):
        assert caller.send("POST", "/questions", body).status_code == status, body
    assert Caller(app, stranger, "read").send("POST", "/questions", pair).status_code == 403
    assert Caller(app, firm, "answer").send("POST", "/questions", pair).status_code == 404
    assert caller.send("POST", "/questions", pair).status_code == 503  # no index was made yet
    question = make.asked(firm, need, achievement)
    assert caller.send("GET", f"/questions/{question}").json["causes"] == []
    assert Caller(app, lab, "read").send("GET", f"/questions/{question}").status_code == 404
    assert app.test_client().get(f"/api/v1/questions/{question}").status_code == 401
