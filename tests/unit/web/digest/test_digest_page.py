"""The digest as a page: before its hour, after it, and the empty week."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from config.settings import Settings
from matcher import clock
from matcher.actions import records
from matcher.actions.deliveries import store_plans
from matcher.actions.matches import answer_match
from matcher.actor import SYSTEM
from matcher.db import reading
from matcher.digest.planning import plan_week
from matcher.digest.weeks import week_of
from matcher.vocabulary import AnswerKind, Refusal
from tests import factories as make
from tests.factories import Person
from tests.unit.web.work import make_pair, statements, writes

Browsers = Callable[[Person], FlaskClient]


def this_week(settings: Settings) -> str:
    """The present ISO week."""
    return week_of(clock.now(), settings.zone)


def plan(settings: Settings) -> None:
    """Plan this week's digests as the worker does."""
    with reading() as session:
        plans = plan_week(session, settings, this_week(settings))
    store_plans(SYSTEM, this_week(settings), plans)


def test_before_and_after_planning_it_shows_the_same(settings: Settings, browser_of: Browsers) -> None:
    """What would be in it, then what is in it; reading writes nothing."""
    pair = make_pair(title="参渣干燥")
    browser = browser_of(pair.firm)
    with statements() as sent:
        preview = browser.get("/digest").text
    assert not writes(sent)
    plan(settings)
    assert "参渣干燥" in preview
    assert "下面是按现在的匹配会写进去的内容" in preview
    page = browser.get("/digest").text
    assert "参渣干燥" in page
    assert "下面是按现在的匹配会写进去的内容" not in page


def test_an_empty_week_is_said(settings: Settings, browser_of: Browsers) -> None:
    """Nothing new: no mail, and the page says so and what would help."""
    firm = make.enterprise()
    plan(settings)
    assert "这一周没有新的匹配" in browser_of(firm).get("/digest").text
    assert "周报按单位的匹配来写" in browser_of(make.add_person()).get("/digest").text


def test_it_never_shows_what_may_not_be_seen_now(settings: Settings, browser_of: Browsers) -> None:
    """46: withdrawn and answered items leave the page; their number is told."""
    firm = make.enterprise()
    gone, refused, kept = (make_pair(firm, title=title) for title in ("撤回的", "回绝的", "留下的"))
    plan(settings)
    records.withdraw_record(firm.actor, "need", gone.need_id, make.version("need", gone.need_id))
    answer_match(firm.actor, refused.match_id, AnswerKind.REFUSED, Refusal.PRICE)
    page = browser_of(firm).get("/digest").text
    assert "留下的" in page
    assert "撤回的" not in page
    assert "回绝的" not in page
    assert "另有 2 条" in page
    assert kept.match_id


@pytest.mark.parametrize("week", ["2020-W01", "2999-W01", "2026-W99", "nonsense", "2026-W4", "٢٠٢٦-W48"])
def test_weeks_without_a_digest_are_not_found(settings: Settings, browser_of: Browsers, week: str) -> None:
    """52: never planned for this person, in the future, or no week at all."""
    assert browser_of(make.enterprise()).get(f"/digest/{week}").status_code == 404


def test_one_and_three_items_take_the_same_queries(settings: Settings, browser_of: Browsers) -> None:
    """98: the digest page."""
    one, three = make.enterprise(), make.enterprise()
    make_pair(one)
    for _ in range(3):
        make_pair(three)
    plan(settings)
    counts = []
    for person in (one, three):
        with statements() as sent:
            browser_of(person).get("/digest")
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_an_unsure_match_is_marked(settings: Settings, browser_of: Browsers) -> None:
    """One place asks, beside two sure ones, before and after planning; and says so."""
    firm, lab = make.enterprise(), make.institute()
    need = make.published(firm, "need")
    for probability, level, text in (  # different texts: near-identical ones would be folded into one
        (0.9, "strong", "过热蒸汽把药渣的水分在三小时内带走，余热预热进料。"),
        (0.8, "strong", "射频从内部加热物料，滚筒翻动，出料均匀，适合高粘废料。"),
        (0.4, "weak", "生物质颗粒燃烧机为烘干线供热，自动清灰，烟气达标。"),
        (0.35, "weak", "菌种发酵把植物残渣做成饲用蛋白，提高适口性和消化率。"),
    ):
        fields = {"title": text[:12], "abstract": text, "problem": text, "advantage": text, "keywords": []}
        make.matched(need, make.published(lab, "achievement", **fields), probability, level)
    browser = browser_of(firm)
    assert browser.get("/digest").text.count("不太确定，想听您的看法") == 1
    plan(settings)
    assert browser.get("/digest").text.count("不太确定，想听您的看法") == 1
