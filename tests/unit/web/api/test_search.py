"""Search through the API, on a real index."""

from flask import Flask

from config.settings import Settings
from indexes.opening import encoder_or_none, ensure_live, open_engine
from indexes.sync import step
from tests import factories as make


def carry(settings: Settings) -> None:
    """What the relay does, until nothing waits."""
    engine, encoder = open_engine(settings), encoder_or_none(settings)
    ensure_live(engine, encoder)
    while step(engine, encoder).handled:
        pass


def test_search_without_index_says_so(app: Flask) -> None:
    """83: no index yet: a problem document, not an empty list that looks like an answer."""
    answer = app.test_client().get("/api/v1/search?q=人参")
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")


def test_hits_facets_and_limits(app: Flask, settings: Settings) -> None:
    """Items and total speak of one set; what the caller may not see leaves no trace."""
    firm, lab = make.enterprise(), make.institute()
    make.published(firm, "need")
    make.draft(firm, "need")
    make.published(lab, "achievement")
    carry(settings)
    client = app.test_client()
    found = client.get("/api/v1/search?q=人参 干燥").json
    assert {item["kind"] for item in found["items"]} == {"need", "achievement"}
    assert found["total"] == len(found["items"]) == sum(found["facets"]["kind"].values())
    only = client.get("/api/v1/search?q=人参&kind=need").json
    assert {item["kind"] for item in only["items"]} == {"need"}
    for bad in ("page=0", "size=1000", "sort=price", "nothing=1", "kind=zebra"):
        assert client.get(f"/api/v1/search?{bad}").status_code == 422
    assert client.get("/api/v1/search", query_string={"q": "字" * 10_000}).status_code == 200
    assert client.get("/api/v1/search", query_string={"q": '"(((AND OR *:* ~~ \\'}).status_code == 200
