"""Service points and the files of a case through the API."""

from __future__ import annotations

from flask.testing import FlaskClient

from config.settings import Settings
from matcher import files
from matcher.actions import accounts, cases, stations
from matcher.actor import SYSTEM
from matcher.vocabulary import Audience
from tests import factories as make
from tests.unit.web.work import make_case, make_pair


def test_open_stations_are_public(settings: Settings, client: FlaskClient) -> None:
    """Without a token; a closed one is not among them."""
    _clerk, first = make.clerk()
    _other, second = make.clerk()
    stations.close_station(SYSTEM, second)
    found = client.get("/api/v1/stations").json
    assert found is not None
    assert [each["id"] for each in found["items"]] == [first]


def test_files_are_listed_for_their_readers(settings: Settings, client: FlaskClient) -> None:
    """The other side's own file is not there; a stranger gets 404."""
    pair = make_pair()
    case_id = make_case(pair)
    for audience in (Audience.BOTH, Audience.SIDE):
        cases.add_file(pair.firm.actor, case_id, files.store(settings, "方案.txt", audience.encode()), audience)
    seen = {}
    for name, person in (("firm", pair.firm), ("lab", pair.lab), ("stranger", make.enterprise())):
        token = accounts.create_token(person.actor, "脚本", ["read"])
        reply = client.get(f"/api/v1/cases/{case_id}/files", headers={"Authorization": f"Bearer {token}"})
        seen[name] = [each["audience"] for each in (reply.json or {}).get("items", [])] or reply.status_code
    assert seen == {"firm": ["both", "side"], "lab": ["both"], "stranger": 404}
