"""The form at the counter, the page of a reception, the public list and the console's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from config.settings import Settings
from matcher.actions import stations
from matcher.actor import SYSTEM
from matcher.db import reading
from matcher.models import Case, Need, Reception, Station
from tests import factories as make
from tests.factories import Person
from tests.unit.web.browsing import submit

Browsers = Callable[[Person], FlaskClient]
NEED = {
    "title": "人参提取废渣高值利用", "need_type": "process", "problem": "含水高、易霉变。", "chain": "medicine", "lang": "zh",
    "region": "220500", "coop_modes": "joint", "budget_open": "y", "deadline": "2099-12-31", "ip_terms": "open",
    "urgency": "high",
}  # fmt: skip


def form(at: int, **changes: str) -> dict[str, str]:
    """What a clerk types about a new client and their need."""
    client = {
        "channel": "counter", "station_id": str(at), "credit_code": make.credit_code(96001),
        "organisation_name": "集安堰泽参业有限公司", "organisation_kind": "enterprise", "organisation_region": "220500",
        "contact_name": "潘先生", "contact_phone": "0435-0000-0117", "locale": "zh", "identity_seen": "y",
        "accept_privacy": "y", "once": "0123456789abcdef",
    }  # fmt: skip
    return client | NEED | changes


def all_of(model: type) -> list[object]:
    with reading() as session:
        return list(session.query(model))


@pytest.fixture
def counter(settings: Settings) -> tuple[Person, int]:
    """A clerk and their station."""
    return make.clerk()


def test_a_client_is_received_and_gets_a_case(counter: tuple[Person, int], browser_of: Browsers) -> None:
    """One form, then the reception's page, then the case by the achievement's address."""
    clerk, station_id = counter
    browser = browser_of(clerk)
    answer = submit(browser, "/receptions/new", form(station_id))
    assert answer.status_code == 303
    assert "已发布" in browser.get(answer.location).text
    offer = make.published(make.institute(), "achievement")
    address = {"achievement": f"https://example.org/achievements/{offer}"}
    opened = submit(browser, f"{answer.location}/case", address, page=answer.location)
    assert opened.status_code == 303
    page = browser.get(opened.location).text
    assert "待双方同意" in page
    assert "驿站" in page


def test_pressing_twice_leads_to_the_same_reception(counter: tuple[Person, int], browser_of: Browsers) -> None:
    """Double submit over HTTP: the second press lands where the first did."""
    clerk, station_id = counter
    browser = browser_of(clerk)
    first, second = (submit(browser, "/receptions/new", form(station_id)) for _ in range(2))
    assert first.location == second.location
    assert (len(all_of(Reception)), len(all_of(Need))) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"credit_code": "91220101MA0000000X"}, "credit_code"),
        ({"station_id": "9999"}, "station_id"),
        ({"station_id": "99999999999999999999"}, "station_id"),
        ({"contact_name": "李\x00工"}, "contact_name"),
        ({"title": "长" * 101}, "title"),
        ({"problem": "长" * 2001}, "problem"),
        ({"deadline": "2020-01-01"}, "deadline"),
        ({"organisation_name": ""}, "organisation_name"),
        ({"accept_privacy": ""}, "accept_privacy"),
    ],
)
def test_a_mistake_is_told_at_its_field_and_nothing_is_kept(
    counter: tuple[Person, int], browser_of: Browsers, changes: dict[str, str], field: str
) -> None:
    """Bad input of client and need alike: 422, the field marked, what was typed still there, no row."""
    clerk, station_id = counter
    answer = submit(browser_of(clerk), "/receptions/new", form(station_id, **changes))
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert "0435-0000-0117" in answer.text
    assert (all_of(Reception), all_of(Need)) == ([], [])


@pytest.mark.parametrize("typed", ["", "abc", "99999", "9" * 30, "1\x00"])
def test_an_achievement_that_is_none_is_told_at_the_field(
    counter: tuple[Person, int], browser_of: Browsers, typed: str
) -> None:
    """Bad input: no number, an unknown one, one that no key can be, NUL."""
    clerk, station_id = counter
    browser = browser_of(clerk)
    page = submit(browser, "/receptions/new", form(station_id)).location
    answer = submit(browser, f"{page}/case", {"achievement": typed}, page=page)
    assert answer.status_code == 422
    assert 'id="achievement-error"' in answer.text
    assert all_of(Case) == []


def test_rows_of_indicators_are_added_without_sending(counter: tuple[Person, int], browser_of: Browsers) -> None:
    """The button of the online form works here, too."""
    clerk, station_id = counter
    answer = submit(browser_of(clerk), "/receptions/new", form(station_id, rows="indicators:add"))
    assert answer.status_code == 200
    assert "指标 2" in answer.text
    assert all_of(Reception) == []


def test_visitors_find_open_stations_only(counter: tuple[Person, int], client: FlaskClient) -> None:
    """Name, place, hours and phone; a closed one is gone; the landing page and each foot lead here."""
    _clerk, station_id = counter
    with reading() as session:
        station = session.get_one(Station, station_id)
    page = client.get("/stations").text
    for words in (station.name, station.place, station.hours, station.phone):
        assert words in page
    assert client.get("/").text.count('href="/stations"') == 2
    stations.close_station(SYSTEM, station_id)
    assert station.name not in client.get("/stations").text


def test_an_operator_keeps_the_stations(settings: Settings, browser_of: Browsers) -> None:
    """Add, mistype, name staff, remove them, close, reopen; a stale form is told."""
    browser, person = browser_of(make.operator()), make.add_person()
    values = make.station(name="净月站").model_dump()
    assert submit(browser, "/console/stations/new", values | {"region": "1"}).status_code == 422
    assert submit(browser, "/console/stations/new", values).status_code == 303
    page = "/console/stations/1"
    assert submit(browser, page, values | {"version": "1", "phone": "0431-1"}).status_code == 303
    assert submit(browser, page, values | {"version": "1"}).status_code == 409
    assert submit(browser, f"{page}/staff", {"email": "nobody@example.org"}, page=page).status_code == 422
    assert submit(browser, f"{page}/staff", {"email": person.email}, page=page).status_code == 303
    assert make.again(person).actor.stations == {1}
    assert submit(browser, f"{page}/staff/{person.id}/remove", page=page).status_code == 303
    assert submit(browser, f"{page}/staff/{person.id}/remove", page=page).status_code == 404
    for step in ("close", "reopen"):
        assert submit(browser, f"{page}/{step}", page=page).status_code == 303
    assert "0431-1" in browser.get("/console/stations").text
