"""The search box on both engines: one set, one order, several languages, and any text at all."""

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from config.settings import Settings
from indexes import documents, matches, statistics, sync, truth
from indexes.elastic import ElasticEngine
from indexes.engine import Engine, Vector
from indexes.facets import FACETS, MAX_RANKED, NEWEST, RELEVANCE, SORTS
from indexes.opening import fitness, open_engine, wanted_fingerprint
from indexes.rebuild import rebuild
from indexes.search import Results, Search, search
from matcher import clock
from matcher.db import transaction
from matcher.embedding import Encoder, open_encoder
from matcher.models import Expert
from matcher.outbox import enqueue
from matcher.vocabulary import Chain, Consent, Lang
from tests.contracts.corpus import fitting_engine, organisation, publish, publish_many

PUBLIC = frozenset({"public"})
TEXTS = [
    ("活塞杆超高速激光熔覆涂层", "用激光熔覆在油缸活塞杆表面制备铁基耐磨涂层，替代镀铬。", "zh"),
    ("地铁机电设备监控软件", "车站风机、水泵和照明的集中监控平台，实时数据库与组态软件。", "zh"),
    ("大豆分离蛋白提取工艺", "低温脱脂豆粕提取分离蛋白，提高溶解性和得率。", "zh"),
    ("人参皂苷转化技术", "用酶法把人参总皂苷转化为稀有皂苷，用于保健食品。", "zh"),
    ("锂电池正极材料回收", "废旧动力电池正极材料的湿法回收与再生。", "zh"),
    ("煤矿锚杆台车无线遥控", "井下锚杆台车本质安全型无线遥控收发装置。", "zh"),
    ("콩 단백질 추출 공정", "저온 탈지 대두박에서 분리 단백질을 추출하는 기술.", "ko"),
    (
        "Remote control of mining machines",
        "Wireless intrinsically safe remote control for bolting rigs.",
        "en",
    ),
]


@pytest.fixture
def encoder(settings: Settings) -> Encoder:
    return open_encoder(settings)


_vectors: dict[truth.Wanted, Vector] = {}  # encoding takes longer than everything else here


def publish_texts(encoder: Encoder) -> None:
    with transaction() as session:
        owner = organisation(session)
        made = []
        for number, (title, abstract, lang) in enumerate(TEXTS):
            chain = Chain.FOOD if number in (2, 6) else Chain.EQUIPMENT
            made.append(
                publish(
                    session,
                    owner,
                    number,
                    title=title,
                    abstract=abstract,
                    lang=lang,
                    keywords=[],
                    chain=chain,
                )
            )
        if not _vectors:
            texts = {
                truth.wanted(each): documents.passage(record)
                for record in made
                if (each := documents.build(record))
            }
            _vectors.update(truth.encode(encoder, texts))
        truth.store(session, encoder.fingerprint, _vectors)


def fill(engine: Engine, encoder: Encoder | None) -> None:
    statistics.forget()
    while sync.step(engine, encoder).handled:
        pass


@pytest.fixture
def engine(engines: Settings, encoder: Encoder) -> Engine:
    made = fitting_engine(engines)
    publish_texts(encoder)
    fill(made, encoder)
    return made


def find(engine: Engine, encoder: Encoder | None, text: str, **wanted: object) -> Results:
    return search(engine, encoder, PUBLIC, Search(text, **wanted))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("激光熔覆", "achievement-1"),
        ("豆粕 蛋白", "achievement-3"),
        ("矿山井下远程操作支护车", "achievement-6"),
        ("metro station equipment monitoring software", "achievement-2"),
        ("인삼 사포닌 전환", "achievement-4"),
        ("リチウムイオン電池のリサイクル", "achievement-5"),
        ("лазерная наплавка штока цилиндра", "achievement-1"),
    ],
)
def test_words_and_meaning_find_chinese_records_in_any_language(
    engine: Engine, encoder: Encoder, text: str, expected: str
) -> None:
    assert expected in find(engine, encoder, text).ids[:3]


def test_nothing_asked_shows_the_newest(engine: Engine, encoder: Encoder) -> None:
    found = find(engine, encoder, "")
    assert found.ids == tuple(f"achievement-{number}" for number in range(1, 9))
    assert (found.total, found.sort, found.pages) == (8, NEWEST, 1)


def test_total_facets_and_every_sort_speak_of_the_same_set(engine: Engine, encoder: Encoder) -> None:
    found = find(engine, encoder, "蛋白")
    assert found.total == len(found.ids) == sum(found.facets["chain"].values())
    for sort in SORTS:
        assert set(find(engine, encoder, "蛋白", sort=sort).ids) == set(found.ids)
    for name in FACETS:
        for value, count in found.facets[name].items():
            narrowed = find(engine, encoder, "蛋白", filters={name: frozenset({value})})
            assert narrowed.total == len(narrowed.ids) == count


def test_without_a_model_words_alone_are_searched(engine: Engine) -> None:
    """88: no encoder: word hits are found, and the result says that meaning was left out."""
    found = find(engine, None, "激光熔覆")
    assert found.words_only
    assert found.ids == ("achievement-1",)
    assert find(engine, None, "metro software").total == 0


def test_an_index_of_another_model_is_searched_by_words(engines: Settings, encoder: Encoder) -> None:
    """21: the vector leg is switched off, not wrong."""
    from dataclasses import replace

    engine = open_engine(engines)
    other = engine.create(replace(wanted_fingerprint(encoder), model="another"))
    engine.make_live(other.generation)
    publish_texts(encoder)
    fill(engine, encoder)
    assert find(engine, encoder, "激光熔覆").words_only
    rebuild(engine, encoder)
    assert fitness(engine, encoder).vectors
    assert not find(engine, encoder, "激光熔覆").words_only


@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    text=st.one_of(
        st.text(max_size=200), st.sampled_from(['"', "AND OR NOT", "*", "a:b", "(((", "\\", "\x00", "／＼"])
    )
)
def test_any_text_is_answered(engine: Engine, text: str) -> None:
    """76: any query string is answered within the limits."""
    found = find(engine, None, text, size=5)
    assert len(found.ids) <= 5
    assert found.total >= len(found.ids)


@pytest.mark.parametrize("text", ["激光" * 5000, '+-*/()"' * 1500, "a " * 5000, "的" * 10_000, "𠮷" * 10_000])
def test_very_long_queries_are_cut_and_answered(engine: Engine, encoder: Encoder, text: str) -> None:
    """76: ten thousand characters, or operators alone, cost no more than a sentence."""
    assert find(engine, encoder, text).total >= 0


def test_half_and_full_width_forms_find_the_same(engine: Engine, encoder: Encoder) -> None:
    assert (
        find(engine, None, "ＭＩＮＩＮＧ　ｍａｃｈｉｎｅｓ").ids
        == find(engine, None, "mining machines").ids
        != ()
    )


def test_experts_are_found_by_those_who_may_see_them(engine: Engine) -> None:
    """50: the set of what somebody finds is the set of what the marks allow."""
    with transaction() as session:
        owner = organisation(session)
        for consent in Consent:
            record = publish(session, owner, 30)
            session.expunge(record)
            expert = Expert(
                organisation_id=owner.id, state="published", name=f"专家{consent}", profile="激光加工", consent=consent,
                created_at=record.created_at, updated_at=record.updated_at, published_at=record.published_at,
            )  # fmt: skip
            session.add(expert)
            enqueue(session, expert)
    fill(engine, None)
    counts = [
        search(engine, None, marks, Search("激光加工", {"kind": frozenset({"expert"})})).total
        for marks in (PUBLIC, PUBLIC | {"brokers"}, PUBLIC | {"brokers", "hidden"})
    ]
    assert counts == [1, 2, 3]


def test_both_engines_give_the_same_order(
    settings: Settings, encoder: Encoder, elasticsearch_url: str
) -> None:
    """Total, counts and the order of every page are the same, by relevance and by each field."""
    embedded = fitting_engine(settings)
    elastic = ElasticEngine(elasticsearch_url, f"{settings.index_prefix}-order", 20)
    elastic.make_live(elastic.create(wanted_fingerprint(encoder)).generation)
    publish_many(150, vectors=encoder.fingerprint)
    publish_texts(encoder)
    statistics.forget()
    rebuild(embedded, encoder)
    rebuild(elastic, encoder)
    statistics.take(encoder)
    statistics.forget()
    for text in ("激光雷达", "大豆蛋白提取", "electric coating", "轴承", ""):
        for sort in (RELEVANCE, NEWEST, "amount_high"):
            for page in (1, 2):
                pair = [find(each, encoder, text, sort=sort, page=page) for each in (embedded, elastic)]
                assert pair[0] == pair[1]
    live, previous, _ = elastic.generations()
    elastic.client.indices.delete(index=f"{live},{previous}")
    statistics.forget()


def test_pages_cover_the_set_without_repeats_up_to_the_ceiling(engines: Settings, encoder: Encoder) -> None:
    engine = fitting_engine(engines)
    publish_many(260, vectors=encoder.fingerprint)
    fill(engine, encoder)
    first = find(engine, encoder, "激光", size=50)
    seen = [
        each
        for page in range(1, first.pages + 1)
        for each in find(engine, encoder, "激光", size=50, page=page).ids
    ]
    assert len(seen) == len(set(seen)) == min(first.total, MAX_RANKED)
    assert find(engine, encoder, "激光", size=50, page=99).page == MAX_RANKED // 50


def test_candidates_for_matching_come_from_both_legs_and_other_languages(
    engine: Engine, encoder: Encoder
) -> None:
    vector = encoder.encode_queries(["想做大豆蛋白，求低温脱脂豆粕提取工艺"])[0]
    words = ["大豆", "蛋白", "豆粕", "提取"]
    proposed = matches.propose(
        engine, encoder, words, vector, "achievement", statistics.current(), lang=Lang.ZH, depth=2
    )
    assert proposed.ids[0] == "achievement-3"
    assert "achievement-7" in proposed.ids
    assert not proposed.words_only
    alone = matches.propose(engine, encoder, words, None, "achievement", statistics.current())
    assert alone.words_only
    assert alone.ids == ("achievement-3",)
    assert matches.propose(engine, encoder, words, vector, "need", statistics.current()).ids == ()


def test_silent_records_sink_alike_on_both_engines(engines: Settings, encoder: Encoder) -> None:
    """M43: what nobody confirmed stands behind its equals by words, and in lists by date as if half a year older."""
    engine = fitting_engine(engines)
    with transaction() as session:
        owner = organisation(session)
        for number, silent in enumerate((True, False, False)):
            publish(
                session, owner, number, title="活塞杆激光熔覆", abstract="油缸", keywords=[],
                silent_since=clock.now() if silent else None,
            )  # fmt: skip
    fill(engine, None)
    assert search(engine, None, PUBLIC, Search("激光熔覆")).ids == ("achievement-2", "achievement-3", "achievement-1")
    newest = search(engine, None, PUBLIC, Search(sort=NEWEST))
    assert newest.ids == ("achievement-2", "achievement-3", "achievement-1")
