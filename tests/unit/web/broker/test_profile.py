"""A broker's profile (M29): typed, counted, and used to propose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient

from config.settings import Settings
from matcher import clock
from matcher.actions import cases
from tests import factories as make
from tests.factories import Person
from tests.unit.matcher.tasks.conftest import Watched
from tests.unit.web.browsing import submit
from tests.unit.web.work import make_case, make_pair

Browsers = Callable[[Person], FlaskClient]
FORM = {"certificate": "JL-0012", "level": "senior", "agency": "吉林技术交易所", "capacity": "４０", "chains": ["medicine"],
        "fields": ["biomedicine"], "regions": ["220500"], "languages": ["zh", "ko"]}  # fmt: skip
COURSE = {"title": "技术合同登记", "provider": "省科技厅", "held_on": "2026-01-05", "hours": "16"}


def test_a_broker_edits_and_an_operator_sees(settings: Settings, browser_of: Browsers) -> None:
    """What was typed, full-width figures too, is what the operators read; trainings are summed."""
    person = make.broker()
    broker, staff = browser_of(person), browser_of(make.operator())
    assert submit(broker, "/broker/profile", FORM, "/broker/profile").status_code == 303
    assert submit(broker, "/broker/trainings", COURSE, "/broker/profile").status_code == 303
    page = staff.get(f"/console/brokers/{person.id}").text
    for words in ("JL-0012", "高级", "吉林技术交易所", "通化市", "韩文", "技术合同登记", "共 16 学时"):
        assert words in page
    assert submit(broker, "/broker/trainings/1/remove", {}, "/broker/profile").status_code == 303
    assert submit(broker, "/broker/trainings/1/remove", {}, "/broker/profile").status_code == 404


def test_bad_profiles_are_refused_at_their_field(settings: Settings, browser_of: Browsers) -> None:
    """Capacity of nothing or words, unknown codes, NUL, a course of tomorrow; another broker's course is not found."""
    broker = browser_of(make.broker())
    for changed in ({"capacity": "0"}, {"capacity": "很多"}, {"chains": ["x"]}, {"regions": ["999999"]}, {"level": "x"}, {"agency": "a\x00"}):
        assert submit(broker, "/broker/profile", {**FORM, **changed}, "/broker/profile").status_code == 422
    for changed in ({"held_on": "2099-01-05"}, {"hours": "0"}, {"hours": "x"}, {"title": ""}, {"title": "a\x00"}):
        assert submit(broker, "/broker/trainings", {**COURSE, **changed}, "/broker/profile").status_code == 422
    submit(broker, "/broker/trainings", COURSE, "/broker/profile")
    other = browser_of(make.broker())
    assert submit(other, "/broker/trainings/1/remove", {}, "/broker/profile").status_code == 404


def test_load_response_and_results_are_counted(settings: Settings, browser_of: Browsers) -> None:
    """From the rows: one open case answered after two hours."""
    start = clock.now() - timedelta(days=1)
    with clock.at(start):
        watched = Watched()
    with clock.at(start + timedelta(hours=2)):
        cases.write_message(watched.broker.actor, watched.case_id, "下周二见面可以吗")
    page = browser_of(watched.broker).get("/broker/profile").text
    assert "2 小时" in page


def test_the_best_broker_is_proposed_with_reasons(settings: Settings, browser_of: Browsers) -> None:
    """Chain, field, language and load decide; the case's history and the form say why."""
    stranger, expert = make.broker(), make.broker()
    submit(browser_of(stranger), "/broker/profile", {"capacity": "60"}, "/broker/profile")
    submit(browser_of(expert), "/broker/profile", FORM, "/broker/profile")
    case_id = make_case(make_pair())
    page = browser_of(make.operator()).get(f"/cases/{case_id}").text
    assert "产业链相符、技术领域相符、地区相符、手上较空" in page
    assert browser_of(expert).get(f"/cases/{case_id}").status_code == 200
    assert browser_of(stranger).get(f"/cases/{case_id}").status_code == 404
