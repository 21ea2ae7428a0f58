"""Planning the digest on real databases: who gets one, once, and what it may show."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from config.settings import Settings
from matcher import clock
from matcher.actions import accounts, deliveries, matches, records
from matcher.actor import SYSTEM
from matcher.db import reading, transaction
from matcher.digest.entries import entries, folded
from matcher.digest.planning import plan_week
from matcher.digest.plans import NOTHING_NEW, Plan, delivery_of, items_of
from matcher.errors import NotAllowed
from matcher.models import AuditEvent, Delivery, DeliveryState, Match, User
from matcher.vocabulary import AnswerKind, Refusal
from tests import factories
from tests.factories import Person

MONDAY = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
WEEK = "2026-W48"


def pair(probability: float = 0.9, level: str = "strong") -> tuple[Person, Person, int]:
    """An enterprise and an institute with an open match."""
    enterprise, institute = factories.enterprise(), factories.institute()
    need = factories.published(enterprise, "need")
    achievement = factories.published(institute, "achievement")
    return enterprise, institute, factories.matched(need, achievement, probability, level)


def plan(settings: Settings, week: str = WEEK) -> int:
    with reading() as session:
        plans = plan_week(session, settings, week)
    return deliveries.store_plans(SYSTEM, week, plans)


def of(person: Person, week: str = WEEK) -> Delivery | None:
    with reading() as session:
        return delivery_of(session, person.id, week)


def shown_to(person: Person, week: str = WEEK) -> list[int]:
    delivery = of(person, week)
    return items_of(delivery.payload) if delivery else []


def change(person: Person, **values: object) -> None:
    with transaction() as session:
        user = session.get_one(User, person.id)
        for name, value in values.items():
            setattr(user, name, value)


def test_planned_once_however_often(database: Settings) -> None:
    """36: planning the same week again, also at the same time, leaves one delivery per recipient."""
    enterprise, institute, match = pair()
    assert plan(database) == 2
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: plan(database), range(4))) == 0
    with reading() as session:
        count = session.scalar(select(func.count()).select_from(Delivery).where(Delivery.kind == "digest"))
    assert count == 2
    assert shown_to(enterprise) == shown_to(institute) == [match]


def test_planning_that_fails_leaves_nothing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """36: a planner that dies before its commit has planned nothing; the next one plans for all."""
    pair()
    whole = deliveries._insert

    def dies(session: object, one: Plan) -> bool:
        whole(session, one)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(deliveries, "_insert", dies)
        with pytest.raises(KeyboardInterrupt):
            plan(settings)
    with reading() as session:
        assert deliveries.planned_week(session) == ""
    assert plan(settings) == 2


def test_nothing_new_is_recorded_and_not_mailed(settings: Settings) -> None:
    """43: a digest with no matches is not sent; its row lets the page say so."""
    enterprise, _, _ = pair()
    idle = factories.enterprise()
    plan(settings)
    delivery = of(idle)
    assert delivery is not None
    assert (delivery.state, delivery.last_error) == (DeliveryState.SKIPPED, NOTHING_NEW)
    plan(settings, "2026-W49")
    assert shown_to(enterprise, "2026-W49") == []


@pytest.mark.parametrize(
    "values",
    [{"digest": False}, {"verified_at": None}, {"mail_bounced": True}, {"closed_at": MONDAY}],
    ids=["unsubscribed", "unverified", "bounced", "closed"],
)
def test_who_gets_none(settings: Settings, values: dict[str, object]) -> None:
    """43: unsubscribed, unverified, closed and bounced recipients get no digest."""
    enterprise, institute, _ = pair()
    change(enterprise, **values)
    plan(settings)
    assert of(enterprise) is None
    assert of(institute) is not None


def test_only_members_of_checked_organisations(settings: Settings) -> None:
    """A person without an organisation, or with one that is not checked, gets none."""
    alone, unchecked = (
        factories.add_person(),
        factories.add_member(factories.OrgKind.ENTERPRISE, checked=False),
    )
    plan(settings)
    assert of(alone) is of(unchecked) is None


def test_threshold_and_level(settings: Settings) -> None:
    """Only matches above the threshold that are at least 较强相关."""
    poor, _, _ = pair(0.49)
    weak, _, _ = pair(0.9, "weak")
    fair, _, match = pair(0.5, "fair")
    plan(settings)
    assert [shown_to(person) for person in (poor, weak, fair)] == [[], [], [match]]


def test_at_most_five(settings: Settings) -> None:
    """Seven good matches give five items, the best ones."""
    enterprise = factories.enterprise()
    need = factories.published(enterprise, "need")
    found = [
        factories.matched(
            need,
            factories.published(factories.institute(), "achievement", title=f"第 {number} 号", abstract=f"{word}" * 12),
            0.6 + number / 100,
        )
        for number, word in enumerate(("微波穿透", "真空冷冻", "热泵循环", "流化床层", "红外辐射", "滚筒烘干", "太阳能棚"))
    ]
    plan(settings)
    assert shown_to(enterprise) == found[:1:-1]


def answered(answer: AnswerKind) -> Callable[[Person, int], object]:
    reason = Refusal.PRICE if answer is AnswerKind.REFUSED else None
    return lambda person, match: matches.answer_match(person.actor, match, answer, reason)


@pytest.mark.parametrize("answer", list(AnswerKind))
def test_what_was_answered_is_not_shown(settings: Settings, answer: AnswerKind) -> None:
    """A side that has answered is not asked again; the other side is."""
    enterprise, institute, match = pair()
    answered(answer)(enterprise, match)
    plan(settings)
    assert shown_to(enterprise) == []
    assert shown_to(institute) == [match]


def test_later_comes_back_after_fourteen_days(settings: Settings) -> None:
    """稍后再看 comes back in the first digest after 14 days, once."""
    with clock.at(MONDAY):
        enterprise, _, match = pair()
        plan(settings)
        answered(AnswerKind.LATER)(enterprise, match)
    for days, week, expected in ((7, "2026-W49", []), (14, "2026-W50", [match]), (21, "2026-W51", [])):
        with clock.at(MONDAY + timedelta(days=days)):
            plan(settings, week)
        assert shown_to(enterprise, week) == expected


def test_changed_records_come_again(settings: Settings) -> None:
    """A match that was shown comes again when one of its records changed, and not otherwise."""
    enterprise, _, match = pair()
    plan(settings)
    plan(settings, "2026-W49")
    assert shown_to(enterprise, "2026-W49") == []
    with transaction() as session:
        session.get_one(Match, match).achievement_hash = "changed"
    plan(settings, "2026-W50")
    assert shown_to(enterprise, "2026-W50") == [match]


def test_what_was_never_sent_counts_as_not_shown(settings: Settings) -> None:
    """A digest that failed has shown nothing to anybody."""
    enterprise, _, match = pair()
    plan(settings)
    delivery = of(enterprise)
    assert delivery is not None
    deliveries.begin(delivery.id, "<x@example.org>")
    deliveries.failed(delivery.id, "550")
    plan(settings, "2026-W49")
    assert shown_to(enterprise, "2026-W49") == [match]


def test_withdrawn_in_between_is_not_shown(settings: Settings) -> None:
    """46: what the recipient may not see at sending time is left out, whatever was planned."""
    enterprise, institute, match = pair()
    plan(settings)
    achievement = 1
    records.withdraw_record(
        institute.actor, "achievement", achievement, factories.version("achievement", achievement)
    )
    with reading() as session:
        assert entries(session, session.get_one(User, enterprise.id), [match]) == []


def test_entries_are_the_readers_own(settings: Settings) -> None:
    """46: numbers of other people's matches show nothing."""
    _, _, match = pair()
    stranger = factories.enterprise()
    with reading() as session:
        assert entries(session, session.get_one(User, stranger.id), [match, 99999]) == []


def test_entries_show_the_other_side(settings: Settings) -> None:
    """Each side sees the other's record."""
    enterprise, institute, match = pair()
    with reading() as session:
        for person, shown, own in ((enterprise, "achievement", "need"), (institute, "need", "achievement")):
            entry = entries(session, session.get_one(User, person.id), [match])[0]
            assert (entry.shown.kind, entry.own.kind) == (shown, own)


def test_preview_of_one_person_writes_nothing(settings: Settings) -> None:
    """Preview and worker plan with the same function; it only reads."""
    enterprise, _, match = pair()
    with reading() as session:
        plans = plan_week(session, settings, WEEK, only=enterprise.id)
    assert [(one.user_id, [item.match_id for item in one.items]) for one in plans] == [
        (enterprise.id, [match])
    ]
    assert of(enterprise) is None


def test_planning_is_one_audited_action(settings: Settings) -> None:
    """Planning a week writes one event and is not everybody's."""
    pair()
    plan(settings)
    with reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "digest.plan")).all()
    assert [event.changes for event in events] == [{"week": WEEK, "mails": 2, "added": 2}]
    with pytest.raises(NotAllowed):
        deliveries.store_plans(factories.enterprise().actor, WEEK, [])


def test_unsubscribing_stops_it(settings: Settings) -> None:
    """43: after the unsubscribe link nothing is planned for that person."""
    enterprise, _, _ = pair()
    accounts.unsubscribe(enterprise.actor, enterprise.id)
    plan(settings)
    assert of(enterprise) is None


ABSTRACT = "处理量 2 t/h，人参药渣含水率由 70 % 降至 10 % 以下用时 3.5 h，吨能耗较热风干燥降低 38 %，已在两家药厂连续运行一年，操作简单。"


def test_twins_take_one_place_and_do_not_come_again(settings: Settings) -> None:
    """Near-identical achievements for one need are one item; in the next week none of them is news; when the first is
    withdrawn before the mail goes out, its twin stands in its place.
    """
    enterprise, lab, agency = factories.enterprise(), factories.institute(), factories.institute()
    need = factories.published(enterprise, "need")
    first = factories.published(lab, "achievement", title="药渣快速脱水装备", abstract=ABSTRACT)
    copy = factories.published(agency, "achievement", title="药渣快速脱水装备（转让）", abstract=ABSTRACT + "欢迎合作。")
    pairs = [factories.matched(need, first, 0.95), factories.matched(need, copy, 0.7)]
    others = [
        factories.matched(
            need,
            factories.published(factories.institute(), "achievement", title=f"{word}干燥机", abstract=f"{word}" * 12),
            0.8 + number / 100,
        )
        for number, word in enumerate(("微波穿透", "真空冷冻", "热泵循环", "流化床层"))
    ]
    plan(settings)
    assert shown_to(enterprise) == [*pairs, *others[::-1]]
    with reading() as session:
        user = session.get_one(User, enterprise.id)
        folds = folded(entries(session, user, shown_to(enterprise)))
    assert [each.lead.match.id for each in folds] == [pairs[0], *others[::-1]]
    assert [twin.match.id for twin in folds[0].twins] == pairs[1:]
    plan(settings, "2026-W49")
    assert shown_to(enterprise, "2026-W49") == []
    records.withdraw_record(lab.actor, "achievement", first, factories.version("achievement", first))
    with reading() as session:
        user = session.get_one(User, enterprise.id)
        folds = folded(entries(session, user, shown_to(enterprise)))
    assert folds[0].lead.match.id == pairs[1]
    assert folds[0].twins == ()
