"""An officer's enterprises and visits in the portal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask.testing import FlaskClient

from config.settings import Settings
from matcher import clock
from matcher.tasks.terms import Duty
from tests import factories as make
from tests.factories import Person
from tests.unit.matcher.tasks.conftest import Watched
from tests.unit.web.browsing import submit
from tests.unit.web.work import statements

Browsers = Callable[[Person], FlaskClient]


def test_a_visit_in_the_browser(settings: Settings, browser_of: Browsers) -> None:
    """The envoy chooses among their own enterprises; the firm finds the draft in its day and in its listings."""
    watched = Watched()
    envoy, firm = browser_of(watched.officers[Duty.ENVOY]), browser_of(watched.firm)
    page = envoy.get("/visits/new").text
    assert f'value="{watched.firm.actor.org_id}"' in page
    form = {"organisation_id": str(watched.firm.actor.org_id), "visited_on": "2026-01-05", "met": "生产部", "title": "烘干节能", "note": "能耗高"}
    assert submit(envoy, "/visits/new", form, "/visits/new").status_code == 303
    assert "烘干节能" in envoy.get("/visits").text
    assert "补充走访形成的需求草稿" in firm.get("/today").text
    assert "烘干节能" in firm.get("/publish/mine").text
    for changed in ({"title": ""}, {"note": "a\x00"}, {"visited_on": "2099-01-05"}, {"organisation_id": "999999"}, {"organisation_id": "x"}):
        assert submit(envoy, "/visits/new", {**form, **changed}, "/visits/new").status_code == 422


def test_the_day_is_that_of_the_place(settings: Settings, browser_of: Browsers) -> None:
    """At six in the morning in Shanghai it is still yesterday in UTC."""
    envoy = browser_of(Watched().officers[Duty.ENVOY])
    with clock.at(datetime.now(UTC).replace(hour=22)):
        day = clock.today(settings.zone)
        assert f'value="{day}"' in envoy.get("/visits/new").text


def test_only_officers_have_the_list_and_only_envoys_the_form(settings: Settings, browser_of: Browsers) -> None:
    """49: members, brokers and operators are refused; the other three officers have the list without the form."""
    watched = Watched()
    for person in (watched.firm, watched.broker, watched.staff):
        assert browser_of(person).get("/visits").status_code == 403
    liaison = browser_of(watched.officers[Duty.LIAISON])
    assert liaison.get("/visits").status_code == 200
    assert liaison.get("/visits/new").status_code == 403


def test_the_list_takes_the_same_queries_for_one_and_many(settings: Settings, browser_of: Browsers) -> None:
    """98: enterprises of a region."""
    officer = browser_of(make.officers(None, Duty.MENTOR, region="220000")[Duty.MENTOR])
    counts = []
    for number in (1, 4):
        for _ in range(number):
            make.bridged()
        with statements() as sent:
            assert officer.get("/visits").status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1]
