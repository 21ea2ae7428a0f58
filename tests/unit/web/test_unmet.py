"""The map of unmet needs: what is on it and for whom, what it hides, its filters, its file, its queries."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from config.settings import Settings
from matcher import clock, unmet
from matcher.actions.cases import open_case
from matcher.actions.matches import answer_match
from matcher.actions.records import withdraw_record
from matcher.actor import VISITOR
from matcher.db import reading
from matcher.unmet import Asked
from matcher.vocabulary import AnswerKind, Refusal
from tests import factories as make
from tests.factories import Person

Browsers = Callable[[Person], FlaskClient]


def test_only_needs_without_a_good_match_are_listed(client: FlaskClient) -> None:
    """A match of 较强相关 takes a need off the list; a weak one, or one that has closed, does not."""
    firm, lab = make.enterprise(), make.institute()
    needs = {name: make.published(firm, "need", title=name) for name in ("没有匹配的", "只有弱匹配的", "较强的", "强的")}
    offer = make.published(lab, "achievement")
    make.matched(needs["只有弱匹配的"], offer, 0.3, "weak")
    make.matched(needs["较强的"], offer, 0.6, "fair")
    make.matched(needs["强的"], offer)
    page = client.get("/unmet").text
    assert [name in page for name in needs] == [True, True, False, False]
    withdraw_record(lab.actor, "achievement", offer, make.version("achievement", offer))
    close_matches(offer)
    assert all(name in client.get("/unmet").text for name in needs)


def close_matches(achievement_id: int) -> None:
    """What the worker does once an achievement is gone."""
    from sqlalchemy import update

    from matcher.db import transaction
    from matcher.models import Match

    with transaction() as session:
        session.execute(update(Match).where(Match.achievement_id == achievement_id).values(state="closed"))


def test_a_need_with_a_case_is_being_served(client: FlaskClient) -> None:
    """A broker who opened a case on a weak match works on it: nobody else need begin."""
    need = make.published(make.enterprise(), "need", title="正在对接的")
    offer = make.published(make.institute(), "achievement")
    make.matched(need, offer, 0.3, "weak")
    assert "正在对接的" in client.get("/unmet").text
    open_case(make.broker().actor, need, offer)
    assert "正在对接的" not in client.get("/unmet").text


def test_drafts_and_withdrawn_needs_are_in_no_count(client: FlaskClient) -> None:
    """The rows are those that the reader may find, nothing else is counted."""
    firm = make.enterprise()
    make.draft(firm, "need", title="草稿一条")
    gone = make.published(firm, "need", title="撤回的")
    withdraw_record(firm.actor, "need", gone, make.version("need", gone))
    page = client.get("/unmet").text
    assert "草稿一条" not in page
    assert "撤回的" not in page
    assert "这里没有待解的需求" in page
    assert "导出 XLSX" not in page


def test_an_anonymous_need_stays_anonymous(client: FlaskClient, browser_of: Browsers) -> None:
    """Neither page nor file names its organisation, to whoever reads."""
    firm = make.enterprise(name="无名氏精密铸造厂")
    make.published(firm, "need", title="匿名的难题", anonymous=True)
    for browser in (client, browser_of(make.institute()), browser_of(make.broker())):
        page = browser.get("/unmet").text
        assert "匿名的难题" in page
        assert "无名氏" not in page
        assert "无名氏" not in str(sheet(browser, "/unmet.xlsx"))


def sheet(client: FlaskClient, path: str) -> list[tuple[Any, ...]]:
    """Rows of the file."""
    answer = client.get(path)
    assert answer.status_code == 200
    return list(load_workbook(io.BytesIO(answer.data)).active.values)  # type: ignore[union-attr]


def test_the_map_counts_sums_and_tells_how_long(database: Settings) -> None:
    """By field and chain: how many, the sum of what is stated at most, since when, how many for long."""
    firm = make.enterprise()
    with clock.at(clock.now() - timedelta(days=100)):
        make.published(firm, "need", budget_min="10", budget_max="20.5")
    make.published(firm, "need", budget_min=None, budget_max="30")
    make.published(firm, "need", budget_min=None, budget_max=None, budget_open=True, tech_field=None)
    with reading() as session:
        found = unmet.cells(session, VISITOR)
    assert [(cell.field, cell.chain, cell.count, cell.long) for cell in found] == [
        ("biomedicine", "medicine", 2, 1), (None, "medicine", 1, 0)
    ]  # fmt: skip
    assert str(unmet.budget(found)) == "50.5"
    assert found[1].budget is None
    assert found[0].since is not None
    assert (clock.now() - found[0].since).days == 100


def test_filters_narrow_list_and_file_alike(client: FlaskClient) -> None:
    """Field, chain and region; a province finds its cities; those without a field can be asked for."""
    firm = make.enterprise()
    make.published(firm, "need", title="甲题", chain="automotive", tech_field="materials", region="220200")
    make.published(firm, "need", title="乙题", chain="medicine", tech_field=None, region="310000")
    for query, expected in {
        "chain=automotive": ["甲题"],
        "field=materials": ["甲题"],
        "field=none": ["乙题"],
        "region=220000": ["甲题"],
        "region=310000&chain=medicine": ["乙题"],
        "region=310000&chain=automotive": [],
        "": ["甲题", "乙题"],
    }.items():
        page = client.get(f"/unmet?{query}").text
        assert [title for title in ("甲题", "乙题") if title in page] == expected, query
        assert [row[1] for row in sheet(client, f"/unmet.xlsx?{query}")[1:]] == expected, query
    for query in ("field=energy", "region=460000"):
        page = client.get(f"/unmet?{query}").text
        assert "所选的领域" in page
        assert 'href="/unmet"' in page


@pytest.mark.parametrize(
    "query", ["field=x", "chain=%00", "region=999999", "field='--", "page=0", "page=999999", "page=x", "field=" + "a" * 3000],
    ids=range(8),
)
def test_nonsense_in_the_address_is_left_out(client: FlaskClient, query: str) -> None:
    """Bad filters and pages show everything, and no error."""
    make.published(make.enterprise(), "need", title="总在的需求")
    answer = client.get(f"/unmet?{query}")
    assert answer.status_code == 200
    assert "总在的需求" in answer.text
    assert client.get(f"/unmet.xlsx?{query}").status_code == 200


def refuse(need: int, number: int, reason: Refusal) -> None:
    """So many institutes refuse the need for that reason."""
    for _ in range(number):
        lab = make.institute()
        match = make.matched(need, make.published(lab, "achievement"), 0.3, "weak")
        answer_match(lab.actor, match, AnswerKind.REFUSED, reason)


def test_reasons_are_named_only_when_nobody_can_be_told_from_them(client: FlaskClient) -> None:
    """A reason of four institutes, or of five for one need alone, is not named; one of five for two needs is."""
    firm = make.enterprise()
    one, other = (make.published(firm, "need", chain=chain) for chain in ("medicine", "automotive"))
    refuse(one, 4, Refusal.PRICE)
    refuse(one, 5, Refusal.DISTANCE)
    refuse(one, 3, Refusal.MATURITY)
    refuse(other, 2, Refusal.MATURITY)
    page = client.get("/unmet").text
    assert "价格过高" not in page
    assert "地域不便" not in page
    assert "常见的理由：成熟度不足" in page
    assert "常见的理由" not in client.get("/unmet?chain=medicine").text


def test_reasons_stand_at_their_own_cell(database: Settings) -> None:
    """The same threshold for each field and chain."""
    firm = make.enterprise()
    first, second = make.published(firm, "need"), make.published(firm, "need")
    make.published(firm, "need", chain="automotive")
    refuse(first, 3, Refusal.INDICATOR)
    refuse(second, 2, Refusal.INDICATOR)
    with reading() as session:
        assert unmet.refusals_by_cell(session, VISITOR) == {("biomedicine", "medicine"): ["indicator"]}
        assert unmet.refusals(session, VISITOR, Asked(chain="medicine")) == ["indicator"]
        assert unmet.refusals(session, VISITOR, Asked(chain="automotive")) == []
        assert [need.id for need in unmet.needs(session, VISITOR, Asked(chain="medicine"))] == [first, second]
        assert unmet.total(session, VISITOR) == 3


def test_an_institute_sees_what_of_its_own_comes_nearest(browser_of: Browsers) -> None:
    """Its own best weak match, with a way to it; another institute sees a way to list an achievement."""
    lab, other = make.institute(), make.institute()
    need = make.published(make.enterprise(), "need")
    make.matched(need, make.published(lab, "achievement", title="远一点的成果"), 0.2, "weak")
    match = make.matched(need, make.published(lab, "achievement", title="近一点的成果"), 0.4, "weak")
    page = browser_of(lab).get("/unmet").text
    assert f"/matches/{match}" in page
    assert "近一点的成果" in page
    assert "远一点的成果" not in page
    page = browser_of(other).get("/unmet").text
    assert "近一点的成果" not in page
    assert "我们能解决" in page


def test_researchers_find_it_and_enterprises_publish_no_achievement(
    client: FlaskClient, browser_of: Browsers
) -> None:
    """In the header of institutes, on the home page for everybody; who may not publish gets no such link."""
    make.published(make.enterprise(), "need")
    lab = browser_of(make.institute())
    assert 'href="/unmet"' in lab.get("/matches").text
    assert lab.get("/publish/mine").text.count('href="/unmet"') >= 1
    assert "1 条还没有人能解决" in client.get("/").text
    firm = browser_of(make.enterprise())
    assert 'href="/unmet"' not in firm.get("/matches").text
    assert "/publish/achievement/new" not in firm.get("/unmet").text
    assert "/publish/achievement/new?tech_field=biomedicine&amp;chain=medicine" in lab.get("/unmet").text


def test_publishing_from_there_fills_in_field_and_chain(browser_of: Browsers) -> None:
    """The new draft has the need's field and chain; what the address makes up is left out."""
    lab = make.institute()
    browser = browser_of(lab)
    path = "/publish/achievement/new?tech_field=materials&chain=nonsense"
    page = browser.get(path).text
    assert "分类会先填为：新材料" in page
    answer = browser.post(path, data={"csrf_token": token(page), "title": "新的成果", "lang": "zh", "tech_field": "materials"})
    assert answer.status_code == 303
    record: Any = make.load("achievement", int(answer.location.split("/")[3]))
    assert (record.title, record.tech_field, record.chain) == ("新的成果", "materials", None)
    assert "分类会先填为" not in browser.get("/publish/achievement/new").text


def token(page: str) -> str:
    """The form's token."""
    from tests.unit.web.conftest import token_in

    return token_in(page)


def test_the_page_reads_a_constant_number_of_times(browser_of: Browsers, count_queries: Any) -> None:
    """One need or twelve in as many classes: the same queries."""
    firm, lab = make.enterprise(), make.institute()
    offer = make.published(lab, "achievement")
    browser = browser_of(lab)

    def asked() -> list[int]:
        counts = []
        for path in ("/unmet", "/unmet.xlsx"):
            with count_queries() as counted:
                assert browser.get(path).status_code == 200
            counts.append(counted.total)
        return counts

    make.matched(make.published(firm, "need"), offer, 0.3, "weak")
    asked()
    before = asked()
    for chain in ("automotive", "food", "energy"):
        for field in ("materials", "energy", "services"):
            make.matched(make.published(firm, "need", chain=chain, tech_field=field), offer, 0.3, "weak")
    assert asked() == before


def test_the_longest_waiting_comes_first(client: FlaskClient) -> None:
    """And one that nobody answers for comes last."""
    firm = make.enterprise()
    with clock.at(clock.now() - timedelta(days=40)):
        make.published(firm, "need", title="老难题")
    make.published(firm, "need", title="新难题")
    rows = sheet(client, "/unmet.xlsx")[1:]
    assert [(row[1], row[6]) for row in rows] == [("老难题", 40), ("新难题", 0)]
    assert "已等 40 天" in client.get("/unmet").text
