"""The search page: its address, its set, its facets, its words, and what it does without an index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st
from sqlalchemy import event
from werkzeug.datastructures import MultiDict

from config.settings import Settings
from indexes.opening import ensure_live, open_engine
from indexes.sync import step
from matcher import db
from tests.factories import Person, broker, enterprise, institute, published
from web.app import create_app
from web.index import Index
from web.search.highlights import excerpt, marked_title
from web.search.request import Asked

Browser = Callable[[Person], FlaskClient]


@pytest.fixture
def indexed(app: Flask, settings: Settings) -> Iterator[Callable[[], None]]:
    """Carry what was published into a real index, searched by words alone."""
    engine = open_engine(settings)
    ensure_live(engine, None)
    app.extensions["index"] = Index(engine, None)

    def carry() -> None:
        while step(engine, None).handled:
            pass

    yield carry
    engine.close()


def test_words_find_and_are_marked(client: FlaskClient, indexed: Callable[[], None]) -> None:
    """A record is found by its words; the words are marked in its row."""
    published(enterprise(), "need")
    published(
        institute(),
        "achievement",
        title="激光焊接气孔抑制",
        abstract="铝合金车身激光焊接的气孔率低于 1 %，节拍不变，已中试。",
    )
    indexed()
    page = client.get("/search?q=激光焊接").text
    assert "<mark>激光焊接</mark>" in page
    assert "人参提取废渣" not in page
    assert "人参提取废渣" in client.get("/needs").text
    assert "激光焊接" not in client.get("/needs").text


def test_total_facets_and_tabs_speak_of_one_set(client: FlaskClient, indexed: Callable[[], None]) -> None:
    """Choosing a facet's value gives as many results as its count said."""
    owner = enterprise()
    for chain in ("medicine", "medicine", "automotive"):
        published(owner, "need", chain=chain)
    indexed()
    page = client.get("/needs").text
    assert "共 3 条" in page
    assert 'value="medicine"' in page
    assert "共 2 条" in client.get("/needs?chain=medicine").text
    assert "共 3 条" in client.get("/needs?chain=medicine&chain=automotive").text


def test_nothing_found_says_what_to_do(client: FlaskClient, indexed: Callable[[], None]) -> None:
    """The empty state is honest, and offers the set without filters."""
    published(enterprise(), "need")
    indexed()
    page = client.get("/needs?q=人参&region=460000").text
    assert "没有找到" in page
    assert "去掉条件，看 1 条" in page
    assert "换一种说法" in client.get("/search?q=量子引力波探测").text


def test_hidden_experts_leave_no_trace(
    client: FlaskClient, browser_of: Browser, indexed: Callable[[], None]
) -> None:
    """51: an expert for brokers only is in no visitor's list, count or facet; a broker finds them."""
    published(institute(), "expert", name="钱隐之", consent="brokers")
    indexed()
    for path in ("/experts", "/search?q=钱隐之", "/experts?domain=biomedicine"):
        page = client.get(path).text
        assert "钱隐之</" not in page.replace("“钱隐之”", "")
        assert "共 1 条" not in page
        assert "钱隐之" in browser_of(broker()).get(path).text


def test_a_withdrawn_record_is_not_shown_before_the_index_knows(
    client: FlaskClient, indexed: Callable[[], None]
) -> None:
    """51: the database decides what a page shows, the index only what to look at."""
    from matcher.actions.records import withdraw_record
    from tests.factories import version

    owner = enterprise()
    need = published(owner, "need")
    indexed()
    withdraw_record(owner.actor, "need", need, version("need", need))
    assert "人参提取废渣" not in client.get("/search?q=人参").text


def test_without_an_index_the_newest_are_listed(client: FlaskClient) -> None:
    """83: with the index away search says so plainly and lists from the database; record pages work."""
    need = published(enterprise(), "need")
    answer = client.get("/search?q=激光")
    assert answer.status_code == 200
    assert "查找服务暂时不可用" in answer.text
    assert "人参提取废渣" in answer.text
    assert client.get(f"/needs/{need}").status_code == 200
    assert "共 0 条" in client.get("/achievements?chain=automotive").text


def test_without_an_encoder_the_page_says_words_only(
    client: FlaskClient, indexed: Callable[[], None]
) -> None:
    """88: meaning is left out and the reader is told."""
    indexed()
    assert "只能按用词查找" in client.get("/search?q=电池").text


@pytest.mark.parametrize(
    "query",
    ["*", "AND OR NOT", '"', "+-&|!(){}[]^~:\\/", "\x00", "a" * 10_000, "电" * 10_000, "%", "😀", "ｆｕｌｌ"],
)
def test_odd_queries_are_answered(client: FlaskClient, indexed: Callable[[], None], query: str) -> None:
    """76: only operators, 10,000 characters, control characters: always a page."""
    published(enterprise(), "need")
    indexed()
    assert client.get(f"/search?q={quote(query)}").status_code == 200


@rules(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=st.text(max_size=60),
    sort=st.text(max_size=12),
    page=st.text(max_size=8),
    value=st.text(max_size=12),
)
def test_any_address_is_answered(client: FlaskClient, query: str, sort: str, page: str, value: str) -> None:
    """76: whatever stands in the address, the answer is a page."""
    arguments = {"q": query, "sort": sort, "page": page, "chain": value, "year": value, "kind": value}
    text = {name: item.encode("utf-8", "ignore").decode() for name, item in arguments.items()}
    assert client.get("/search", query_string=text).status_code == 200


def test_an_address_can_be_shared(app: Flask) -> None:
    """Reading the address that a search gives yields the same search; unknown parts fall away."""
    with app.test_request_context():
        given_arguments = MultiDict([("q", "电池"), ("chain", "energy"), ("chain", "materials"), ("sort", "newest"), ("page", "2"),
                                     ("chain", "nonsense"), ("utm_source", "x")])  # fmt: skip
        asked = Asked.of("search.needs", given_arguments)
        address = asked.url(page=asked.page)
        again = app.test_request_context(address).request
        assert Asked.of("search.needs", MultiDict(again.args.items(multi=True))) == asked
        assert "nonsense" not in address
        assert asked.without("chain", "energy").count("chain=") == 1
        assert "page" not in asked.url()


def test_marks_stand_where_the_words_are() -> None:
    """Highlights keep the text's own characters, fold case and width, and join neighbours."""
    assert marked_title("低温快充电池", "低温 快充") == [("低温快充", True), ("电池", False)]
    assert marked_title("ＰＷＭ驱动，稳定", "pwm") == [("ＰＷＭ", True), ("驱动，稳定", False)]
    assert marked_title("pipeline", "pi") == [("pipeline", False)]
    parts = excerpt("前言。" * 100 + "气孔率控制在 2 % 以下。" + "后记。" * 100, "气孔率", 80)
    assert parts[0] == ("…", False)
    assert parts[-1] == ("…", False)
    assert "气孔" in "".join(text for text, is_marked in parts if is_marked)
    assert sum(len(text) for text, _ in parts) <= 82


def test_a_longer_list_asks_the_database_no_oftener(app: Flask, indexed: Callable[[], None]) -> None:
    """98: one result or several: the same number of queries."""
    owner = enterprise()
    published(owner, "need")
    indexed()

    def queries() -> int:
        statements: list[str] = []
        listener = lambda *args: statements.append(str(args[2]))  # noqa: E731
        event.listen(db.engine(), "before_cursor_execute", listener)
        assert app.test_client().get("/needs").status_code == 200
        event.remove(db.engine(), "before_cursor_execute", listener)
        return len(statements)

    queries()
    few = queries()
    for _ in range(4):
        published(owner, "need")
    indexed()
    assert queries() == few


def test_searching_too_often_is_429(settings: Settings, tmp_path: Path) -> None:
    """61: search has a limit as well."""
    limited = create_app(settings.model_copy(update={"rate_limits": True})).test_client()
    codes = [
        limited.get("/experts", environ_base={"REMOTE_ADDR": "192.0.2.200"}).status_code for _ in range(121)
    ]
    assert codes[-1] == 429
    assert set(codes[:-1]) == {200}
