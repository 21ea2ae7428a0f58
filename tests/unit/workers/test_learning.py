"""From an answer to the next ranking: rows, nights, versions, the way back; on a real index, by words alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from config.settings import Settings
from matcher import clock, learned, ranking
from matcher.actions.learning import adopt, choose, release
from matcher.actions.matches import answer_match, retract_answer
from matcher.actor import SYSTEM
from matcher.db import reading, transaction
from matcher.errors import Conflict, NotAllowed, NotFound
from matcher.learning.contest import Decision
from matcher.learning.correction import Correction
from matcher.learning.features import NAMES
from matcher.models import AuditEvent, Delivery, DeliveryKind, DeliveryState, LearningRow, Match
from matcher.ranking import level
from matcher.vocabulary import AnswerKind, Refusal
from tests import factories as make
from tests.unit.workers.carrying import match_all, matches, waiting
from tests.unit.workers.test_matching import UNRELATED
from workers import learning, matching


@pytest.fixture(autouse=True)
def by_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "encoder_or_none", lambda _settings: None)
    matching._open.cache_clear()


def rows() -> list[LearningRow]:
    with reading() as session:
        return list(session.scalars(select(LearningRow).order_by(LearningRow.id)))


def better(**weights: float) -> Decision:
    """A decision as a night with many answers would come to."""
    correction = Correction(1, ranking.CURRENT.version, weights=weights, means={})
    metrics = {"loss_before": 0.6, "loss_after": 0.5, "gain": 0.1, "low": 0.05, "order_before": 0.7, "order_after": 0.8}
    from matcher.learning.contest import Metrics

    return Decision("better", correction, Metrics(**metrics), {"answers": 90, "organisations": 13, "needs": 21})


def pair() -> tuple[make.Person, make.Person, int]:
    firm, lab = make.enterprise(), make.institute()
    return firm, lab, make.matched(make.published(firm, "need"), make.published(lab, "achievement"))


def test_an_answer_is_kept_as_the_match_was_then(database: Settings) -> None:
    """Features, probability, level and version of the moment; a later answer replaces it, a retraction removes it."""
    firm, lab, match_id = pair()
    answer_match(firm.actor, match_id, AnswerKind.REFUSED, Refusal.MATURITY)
    answer_match(lab.actor, match_id, AnswerKind.INTERESTED)
    refused, liked = rows()
    assert (refused.side, refused.outcome, refused.reason, refused.organisation_id, refused.user_id) == (
        "need", "refused", "maturity", firm.actor.org_id, firm.id,
    )  # fmt: skip
    assert (liked.side, liked.outcome, liked.reason) == ("offer", "interested", "")
    assert (refused.probability, refused.level, refused.ranking_version) == (0.8, "strong", "test")
    assert set(refused.features) == set(NAMES)
    answer_match(firm.actor, match_id, AnswerKind.LATER)
    assert [row.side for row in rows()] == ["offer"]
    retract_answer(lab.actor, match_id)
    assert rows() == []


def test_silence_is_kept_after_two_weeks(database: Settings) -> None:
    """Read and not answered: `opened`; sent by mail and not opened: `ignored`; an answer takes its place."""
    _, lab, match_id = pair()
    read = clock.now() - timedelta(days=15)
    with transaction() as session:
        match = session.get_one(Match, match_id)
        match.need_read_at = read
        match.updated_at = read - timedelta(hours=1)
        payload = {"week": "2026-W01", "items": [{"match": match_id, "print": "na"}]}
        session.add(
            Delivery(user_id=lab.id, kind=DeliveryKind.DIGEST, key="2026-W01", state=DeliveryState.SENT, payload=payload,
                     available_at=read, created_at=read, sent_at=read)
        )  # fmt: skip
    assert learning.keep_silence() == 2
    assert learning.keep_silence() == 0
    assert {(row.side, row.outcome) for row in rows()} == {("need", "opened"), ("offer", "ignored")}
    answer_match(lab.actor, match_id, AnswerKind.INTERESTED)
    assert {(row.side, row.outcome) for row in rows()} == {("need", "opened"), ("offer", "interested")}


def test_a_match_that_changed_since_it_was_read_says_nothing(database: Settings) -> None:
    """What is stored now is not what the person saw."""
    _, _, match_id = pair()
    with transaction() as session:
        session.get_one(Match, match_id).need_read_at = clock.now() - timedelta(days=15)
    assert learning.keep_silence() == 0


def test_a_night_with_few_answers_changes_nothing(settings: Settings) -> None:
    firm, _, match_id = pair()
    answer_match(firm.actor, match_id, AnswerKind.INTERESTED)
    assert learning.learn(settings) == 0
    with reading() as session:
        night = learned.last_night(session)
        assert night is not None
        assert night.value["reason"] == "short:answers"
        assert learned.in_use(session).version == 0


def test_an_adopted_version_changes_probability_level_and_version(settings: Settings) -> None:
    """Needs are matched anew; the match names the version and keeps what it was before, and goes back on roll-back."""
    make.published(make.enterprise(), "need")
    make.published(make.institute(), "achievement")
    match_all(settings)
    plain = matches()[0]
    number = adopt(SYSTEM, better(words_shared=1.0), 0)
    assert waiting()
    match_all(settings)
    changed = matches()[0]
    assert changed.ranking_version == f"{ranking.CURRENT.version}+a{number}"
    assert changed.parts["before"] == plain.probability
    assert changed.probability > plain.probability
    assert changed.level == level(changed.probability)
    with reading() as session:  # computed again from what is stored
        again = learned.in_use(session).shift({"words_shared": min(changed.parts["words"] / 0.2, 1)})
    assert changed.parts["shift"] == pytest.approx(again, abs=1e-3)
    choose(make.operator().actor, None)
    match_all(settings)
    back = matches()[0]
    assert (back.probability, back.parts, back.ranking_version) == (
        plain.probability, plain.parts, plain.ranking_version,
    )  # fmt: skip


def test_the_order_follows_the_correction(settings: Settings) -> None:
    """Of two candidates the one that the correction prefers comes first, though the ranking's score says otherwise."""
    firm, lab = make.enterprise(), make.institute()
    need = make.published(firm, "need", region="220100")
    near = make.published(lab, "achievement", title="联合脱水装备与控制系统", region="220100", abstract="设备由进料、布料、冷却、包装与电气控制五个部分组成，安装占地一百平方米，操作简单，维护方便，使用寿命长。", problem="废渣含水率高。", keywords=[])
    far = make.published(lab, "achievement", region="330000", advantage="设备耐用。")
    for number in range(12):  # so that the words they share are rare
        make.published(lab, "achievement", **{**UNRELATED, "title": f"Cataloguing old books {number}"})
    match_all(settings)
    with reading() as session:
        plain = {row.achievement_id: row.probability for row in session.scalars(select(Match))}
    assert plain[near] < plain[far], plain
    adopt(SYSTEM, better(region_near=1.0), 0)
    match_all(settings)
    with reading() as session:
        found = [row.achievement_id for row in session.scalars(select(Match).order_by(Match.probability.desc()))]
    assert (found, need) == ([near, far], need)


def test_rolled_back_stays_until_released(settings: Settings) -> None:
    """A person's word holds against the nights; each step leaves one event."""
    boss = make.operator()
    first = adopt(SYSTEM, better(chain_same=0.1), 0)
    second = adopt(SYSTEM, better(chain_same=0.2), first)
    choose(boss.actor, first)
    with pytest.raises(Conflict):
        adopt(SYSTEM, better(chain_same=0.3), first)
    with pytest.raises(Conflict):
        choose(boss.actor, first)
    release(boss.actor)
    third = adopt(SYSTEM, better(chain_same=0.3), first)
    with pytest.raises(Conflict):
        adopt(SYSTEM, better(chain_same=0.4), second)
    with reading() as session:
        assert learned.in_use(session).version == third
        assert learned.before(session, third) == first
        told = session.scalars(select(AuditEvent.action).where(AuditEvent.action.startswith("learning.")).order_by(AuditEvent.id)).all()
    assert told == ["learning.adopt", "learning.adopt", "learning.choose", "learning.release", "learning.adopt"]


def test_only_operators_choose_and_only_nights_adopt(database: Settings) -> None:
    firm, boss = make.enterprise(), make.operator()
    for act in (lambda: choose(firm.actor, None), lambda: release(firm.actor), lambda: adopt(boss.actor, better(), 0)):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(NotFound):
        choose(boss.actor, 77)
