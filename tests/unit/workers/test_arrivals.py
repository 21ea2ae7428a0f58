"""What saved searches bring into the weekly digest: only what is new, fits and is not known; once; within its places."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from config.settings import Settings
from indexes.arrivals import finds
from indexes.engine import Engine
from indexes.opening import ensure_live, open_engine
from indexes.sync import step
from matcher import clock
from matcher.actions import deliveries, records, searches
from matcher.actions.matches import answer_match
from matcher.arrivals.finds import Find, choose
from matcher.db import reading, transaction
from matcher.digest.plans import Plan, delivery_of, finds_of, items_of
from matcher.digest.weeks import week_of
from matcher.inputs.base import parse
from matcher.inputs.searches import SearchInput
from matcher.models import Delivery, DeliveryState, User
from matcher.vocabulary import AnswerKind, Role
from tests import factories as make
from tests.factories import Person
from tests.servers.smtp import MailServer
from workers import digest as planning
from workers import mailer

Carry = Callable[[], None]
DRYER: dict[str, Any] = {"title": "药渣微波干燥机", "abstract": "用于中药药渣的微波干燥机，含水率由 70 % 降到 10 %，已经中试运行一年。"}
WELDING: dict[str, Any] = {
    "title": "激光焊接气孔抑制",
    "abstract": "铝合金车身激光焊接的气孔率低于 1 %，节拍不变，已在两条产线上中试。",
    "problem": "气孔导致焊缝强度不足。",
    "advantage": "不降低节拍。",
    "chain": "automotive",
    "keywords": [],
    "indicators": [],
}


@pytest.fixture
def carry(mail: Settings) -> Iterator[Carry]:
    """Carry what was published into a real index, by words alone, as the workers here open it."""
    engine: Engine = open_engine(mail)
    ensure_live(engine, None)

    def work() -> None:
        while step(engine, None).handled:
            pass

    yield work
    engine.close()


@pytest.fixture(autouse=True)
def by_words_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The index of these tests holds no vectors, so planning needs no encoder."""
    monkeypatch.setattr(planning, "encoder_or_none", lambda _settings: None)


def keep(person: Person, q: str = "药渣干燥", name: str = "", **filters: list[str]) -> int:
    given = {"name": name or q or "产业链", "q": q, "filters": filters}
    return searches.save_search(person.actor, parse(SearchInput, given))


def achievement(fields: dict[str, Any] = DRYER, **more: str) -> int:
    return make.published(make.institute(), "achievement", **{**fields, **more})


def of(person: Person, week: str) -> Delivery:
    with reading() as session:
        found = delivery_of(session, person.id, week)
    assert found is not None
    return found


def records_in(delivery: Delivery) -> list[tuple[str, int]]:
    return [(each["kind"], each["record"]) for each in finds_of(delivery.payload)]


def weeks(settings: Settings, count: int = 4) -> list[str]:
    return [week_of(clock.now() + timedelta(weeks=n), settings.zone) for n in range(count)]


def test_new_fitting_record_once_with_its_reason(mail: Settings, smtp_server: MailServer, carry: Carry) -> None:
    """It is mailed with its link, why, and the pause; not again in the following week; what does not fit never."""
    person = make.enterprise()
    old = achievement(title="药渣干燥旧设备")
    keep(person, name="药渣设备")
    new, other = achievement(), achievement(WELDING)
    carry()
    first, second, *_ = weeks(mail)
    planning.plan(mail, first)
    assert records_in(of(person, first)) == [("achievement", new)]
    assert {old, other}.isdisjoint(number for _kind, number in records_in(of(person, first)))
    mailer.send_due(mail)
    message = next(m for m in smtp_server.to(person.email) if m["List-Unsubscribe"])
    assert "药渣微波干燥机" in message["Subject"]
    plain = message.get_body(("plain",))
    assert plain is not None
    text = plain.get_content()
    assert "因为您关注“药渣设备”" in text
    assert f"https://daqiao.example/achievements/{new}" in text
    assert "https://daqiao.example/s/" in text
    with clock.at(clock.now() + timedelta(weeks=1)):
        planning.plan(mail, second)
    assert of(person, second).state == DeliveryState.SKIPPED


def test_nothing_new_sends_nothing(mail: Settings, carry: Carry) -> None:
    """A search that found nothing new leaves the week empty."""
    achievement()
    person = make.enterprise()
    keep(person)
    carry()
    planning.plan(mail, weeks(mail)[0])
    assert of(person, weeks(mail)[0]).state == DeliveryState.SKIPPED


def test_watched_chain_and_a_broker_without_organisation(mail: Settings, carry: Carry) -> None:
    """A chain brings what is new in it whatever its words, also to a person who belongs to no organisation."""
    broker = make.add_person(Role.BROKER)
    keep(broker, "", chain=["automotive"])
    achievement()
    welding = achievement(WELDING)
    carry()
    week = weeks(mail)[0]
    planning.plan(mail, week)
    assert records_in(of(broker, week)) == [("achievement", welding)]


def test_never_what_a_match_has_shown_or_was_answered_or_is_ones_own(mail: Settings, carry: Carry) -> None:
    """A record that the same digest, an earlier one or an answer knows is no news; one's own least of all."""
    person = make.enterprise()
    need = make.published(person, "need", title="药渣干燥需求", problem="药渣干燥，药渣干燥机，药渣干燥设备都可以考虑。")
    keep(person)
    shown, answered, free = achievement(), achievement(), achievement()
    make.matched(need, shown)
    answer_match(person.actor, make.matched(need, answered), AnswerKind.LATER)
    carry()
    first, second, *_ = weeks(mail)
    planning.plan(mail, first)
    assert len(items_of(of(person, first).payload)) == 1
    assert records_in(of(person, first)) == [("achievement", free)]
    with clock.at(clock.now() + timedelta(weeks=1)):
        planning.plan(mail, second)
    assert of(person, second).state == DeliveryState.SKIPPED


def test_places_are_shared(mail: Settings, carry: Carry) -> None:
    """Matches come first; of what searches found there is at least one, two of one search, five items in all."""
    person = make.enterprise()
    for number in range(6):
        need = make.published(person, "need", title=f"别的需求{number}")
        make.matched(need, achievement(WELDING, title=f"焊接{number}"))
    keep(person)
    for number in range(5):
        achievement(title=f"药渣微波干燥机{number}型")
    carry()
    week = weeks(mail)[0]
    planning.plan(mail, week)
    delivery = of(person, week)
    assert (len(items_of(delivery.payload)), len(records_in(delivery))) == (4, 1)
    alone = make.enterprise()
    keep(alone)
    achievement(title="药渣微波干燥机新型")
    achievement(title="药渣微波干燥机再新型")
    achievement(title="药渣微波干燥机最新型")
    carry()
    planning.plan(mail, week)
    assert len(records_in(of(alone, week))) == 2


def test_sending_time_decides(mail: Settings, smtp_server: MailServer, carry: Carry) -> None:
    """What was withdrawn, or whose search was paused or deleted since planning, is left out; an empty mail is not sent."""
    person, lab = make.enterprise(), make.institute()
    keep(person)
    gone = make.published(lab, "achievement", **DRYER)
    carry()
    week = weeks(mail)[0]
    planning.plan(mail, week)
    records.withdraw_record(lab.actor, "achievement", gone, make.version("achievement", gone))
    mailer.send_due(mail)
    assert of(person, week).state == DeliveryState.SKIPPED
    resting = make.enterprise()
    number = keep(resting)
    achievement()
    carry()
    planning.plan(mail, week)
    searches.pause_search(resting.actor, number, rests=True)
    mailer.send_due(mail)
    assert of(resting, week).state == DeliveryState.SKIPPED
    assert not [m for m in smtp_server.to(resting.email) if m["List-Unsubscribe"]]


def test_a_paused_search_brings_nothing_and_starts_anew(mail: Settings, carry: Carry) -> None:
    """While it rests nothing comes; what arrived meanwhile is no news afterwards."""
    person = make.enterprise()
    number = keep(person)
    searches.pause_search(person.actor, number, rests=True)
    achievement()
    carry()
    with reading() as session:
        assert finds(session, open_engine(mail), None, weeks(mail)[0]) == {}
    searches.pause_search(person.actor, number, rests=False)
    planning.plan(mail, weeks(mail)[0])
    assert records_in(of(person, weeks(mail)[0])) == []


def test_without_an_index_matches_still_go_out_and_nothing_is_lost(mail: Settings, carry: Carry) -> None:
    """While the index is away the digest holds matches alone; the next one brings what had arrived."""
    person = make.enterprise()
    need = make.published(person, "need", title="别的需求")
    make.matched(need, achievement(WELDING))
    keep(person)
    new = achievement()
    first, second, *_ = weeks(mail)
    carry()
    index = mail.data_dir / "index"
    index.rename(mail.data_dir / "away")
    planning.plan(mail, first)
    assert len(items_of(of(person, first).payload)) == 1
    assert records_in(of(person, first)) == []
    (mail.data_dir / "away").rename(index)
    with clock.at(clock.now() + timedelta(weeks=1)):
        planning.plan(mail, second)
    assert records_in(of(person, second)) == [("achievement", new)]


def test_planning_that_dies_or_runs_twice_plans_once(
    mail: Settings, smtp_server: MailServer, carry: Carry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before its commit nothing is planned; run twice one mail goes out."""
    person = make.enterprise()
    keep(person)
    achievement()
    carry()
    week = weeks(mail)[0]
    whole = deliveries._insert

    def dies(session: object, plan: Plan) -> bool:
        whole(session, plan)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(deliveries, "_insert", dies)
        with pytest.raises(KeyboardInterrupt):
            planning.plan(mail, week)
    for _ in range(2):
        planning.plan(mail, week)
        mailer.send_due(mail)
    assert len([m for m in smtp_server.to(person.email) if m["List-Unsubscribe"]]) == 1


def test_unsubscribed_people_are_not_looked_for(mail: Settings, carry: Carry) -> None:
    """Whoever gets no mail costs no search."""
    person = make.enterprise()
    keep(person)
    with transaction() as session:
        session.get_one(User, person.id).digest = False
    carry()
    with reading() as session:
        assert finds(session, open_engine(mail), None, weeks(mail)[0]) == {}


def test_choosing_takes_each_record_once_and_turns() -> None:
    """The best of every search comes before the second of any; known records are left out."""
    found = [
        Find(1, "need", 1, 0.9), Find(1, "need", 2, 0.8), Find(1, "need", 3, 0.7),
        Find(2, "need", 1, 0.6), Find(2, "need", 4, 0.5), Find(3, "need", 5, 0.4),
    ]  # fmt: skip
    assert [find.record_id for find in choose(found, [], 4)] == [1, 4, 5, 2]
    assert [find.record_id for find in choose(found, [("need", 1)], 9)] == [2, 4, 5, 3]
    assert choose(found, [], 0) == ()
