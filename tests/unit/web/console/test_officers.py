"""The operators name officers and see what stands still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient

from config.settings import Settings
from matcher import clock
from matcher.db import transaction
from matcher.models import Case
from tests import factories as make
from tests.factories import Person
from tests.unit.matcher.tasks.conftest import Watched
from tests.unit.web.browsing import submit
from tests.unit.web.work import statements

Browsers = Callable[[Person], FlaskClient]


def test_an_operator_names_and_ends_officers(settings: Settings, browser_of: Browsers) -> None:
    """By the enterprise's name or by region; the same again says so; mistakes stand at their fields."""
    make.enterprise(name="长白山药业")
    person, staff = make.add_person(name="李干事"), browser_of(make.operator())
    form = {"email": person.email, "duty": "liaison", "organisation_id": "长白山药业", "region": ""}
    assert submit(staff, "/console/officers", form, "/console/officers").status_code == 303
    assert "李干事" in staff.get("/console/officers").text
    assert submit(staff, "/console/officers", form, "/console/officers").status_code == 409
    for changed, words in (
        ({"organisation_id": "没有这家"}, "请选择一家已核验的企业"),
        ({"organisation_id": "a\x00"}, "请选择一家已核验的企业"),
        ({"region": "220100"}, "二者选一"),
        ({"email": "nobody@example.org"}, "没有这个邮箱的账号"),
    ):
        answer = submit(staff, "/console/officers", {**form, **changed}, "/console/officers")
        assert answer.status_code == 422
        assert words in answer.text
    assert submit(staff, "/console/officers/1/end", {}, "/console/officers").status_code == 303
    assert submit(staff, "/console/officers/999999/end", {}, "/console/officers").status_code == 404
    assert "李干事" not in staff.get("/console/officers").text


def test_what_stands_still_is_listed_with_its_reason(settings: Settings, browser_of: Browsers) -> None:
    """Overdue for days, or silent for longer, with whom; reassigned in place. A paused case is not there."""
    late, silent, paused = Watched(), Watched(), Watched()
    moment = clock.now()
    with transaction() as session:
        session.get_one(Case, late.case_id).due_at = moment - timedelta(days=8)
        session.get_one(Case, silent.case_id).updated_at = moment - timedelta(days=20)
        case = session.get_one(Case, paused.case_id)
        case.due_at, case.paused_at = moment - timedelta(days=8), moment
    staff = browser_of(late.staff)
    page = staff.get("/console/stalled").text
    assert "逾期 8 天" in page
    assert "20 天没有变化" in page
    assert paused.case.number not in page
    form = {"broker_id": str(silent.broker.id), "next": "/console/stalled"}
    answer = submit(staff, f"/cases/{late.case_id}/assign", form, "/console/stalled")
    assert (answer.status_code, answer.location) == (303, "/console/stalled")
    assert late.case.broker_id == silent.broker.id


def test_stalled_takes_the_same_queries_for_one_and_three(settings: Settings, browser_of: Browsers) -> None:
    """98: the list of stalled cases."""
    staff, counts = browser_of(make.operator()), []
    for number in (1, 2):
        for _ in range(number):
            _firm, _lab, case_id = make.bridged()
            with transaction() as session:
                session.get_one(Case, case_id).due_at = clock.now() - timedelta(days=8)
        with statements() as sent:
            staff.get("/console/stalled")
        counts.append(len(sent))
    assert counts[0] == counts[1]
