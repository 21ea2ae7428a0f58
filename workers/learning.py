"""Learn from answers, once a night: keep what silence says, then fit anew and see whether it earns its place.

Everything is asked of the database and judged by the same rules, so a night may run twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from config.settings import Settings
from matcher import clock, learned, ranking
from matcher.actions.learning import adopt, note_night, row_of, stored
from matcher.actor import SYSTEM
from matcher.db import in_transaction, reading
from matcher.digest.plans import print_of
from matcher.errors import Conflict
from matcher.learning.contest import Decision, decide
from matcher.learning.evidence import Outcome
from matcher.models import Achievement, Delivery, DeliveryKind, DeliveryState, Match, Membership, Need
from matcher.vocabulary import MatchState, MembershipState, Side

SILENT_DAYS = 14  # without an answer after reading, or after the mail: time enough to have answered
REACH_DAYS = 60  # how far back silence is looked for
MOST = 2000  # rows of silence kept in one night
NEW = 20  # answers since the last change before another: the same answers are not judged until they fit
log = structlog.get_logger()


def learn(_settings: Settings) -> int:
    """The night's sweep: how many rows of silence were kept, and one more when a new version came into use."""
    return keep_silence() + (refit() == "better")


def keep_silence() -> int:
    """Keep matches that were read, or sent by mail, and not answered since; how many."""
    return in_transaction(lambda session: _keep(session, Outcome.OPENED) + _keep(session, Outcome.IGNORED))


def _keep(session: Session, outcome: Outcome) -> int:
    now = clock.now()
    late, early = now - timedelta(days=SILENT_DAYS), now - timedelta(days=REACH_DAYS)
    finding = _opened if outcome is Outcome.OPENED else _ignored
    found = finding(session, early, late)
    known = stored(session, [match.id for match, _side, _at in found])
    fresh = [each for each in found if (each[0].id, each[1]) not in known][:MOST]
    for match, side, at in fresh:
        record = match.need if side == Side.NEED else match.achievement
        session.add(row_of(match, side, outcome, record.organisation_id, at))
    session.flush()
    return len(fresh)


Silence = list[tuple[Match, str, datetime]]


def _opened(session: Session, early: datetime, late: datetime) -> Silence:
    """Matches that a side read and did not answer, as they were when it read them."""
    found: Silence = []
    for side, read in ((Side.NEED, Match.need_read_at), (Side.OFFER, Match.offer_read_at)):
        query = select(Match).where(_open_without(side), read >= early, read <= late, Match.updated_at <= read)
        found += [(match, side.value, getattr(match, read.key)) for match in session.scalars(query.limit(MOST))]
    return found


def _open_without(side: Side) -> ColumnElement[bool]:
    """Open, and not answered by that side."""
    return (Match.state == MatchState.OPEN) & ~Match.answers.any(side=side.value)


def _ignored(session: Session, early: datetime, late: datetime) -> Silence:
    """Matches that a digest brought to a side, of which nobody there opened or answered them; once for each side."""
    sent = session.execute(
        select(Delivery.payload, Delivery.sent_at, Membership.organisation_id)
        .join(Membership, (Membership.user_id == Delivery.user_id) & (Membership.state == MembershipState.ACTIVE))
        .where(Delivery.kind == DeliveryKind.DIGEST, Delivery.state == DeliveryState.SENT)
        .where(Delivery.sent_at >= early, Delivery.sent_at <= late)
        .order_by(Delivery.id)
        .limit(MOST)
    )
    found: dict[tuple[int, str], tuple[Match, str, datetime]] = {}
    for payload, at, organisation_id in sent:
        prints = {int(item["match"]): item["print"] for item in payload.get("items", ())}
        for match, side in _unread(session, list(prints), organisation_id):
            if print_of(match.need_hash, match.achievement_hash) == prints[match.id]:
                found.setdefault((match.id, side), (match, side, at))
    return list(found.values())


def _unread(session: Session, ids: list[int], organisation_id: int) -> list[tuple[Match, str]]:
    found = []
    for side, read, model in (
        (Side.NEED, Match.need_read_at, Match.need.of_type(Need)),
        (Side.OFFER, Match.offer_read_at, Match.achievement.of_type(Achievement)),
    ):
        query = select(Match).where(
            Match.id.in_(ids), _open_without(side), read.is_(None), model.has(organisation_id=organisation_id)
        )
        found += [(match, side.value) for match in session.scalars(query)]
    return found


def refit() -> str:
    """Fit on all answers and adopt what earns its place; the code of what came of it, which is kept for the console."""
    with reading() as session:
        chosen, rows = learned.newest_choice(session), learned.told_rows(session)
        champion = learned.correction_of(chosen.version if chosen else None)
        fresh = learned.answers_since(session, chosen.at) if chosen is not None else NEW
    decision = decide(rows, champion, ranking.CURRENT.version)
    said = decision.reason
    if decision.adopt:
        said = _adopted(decision, champion.version, held=bool(chosen and chosen.hold), fresh=fresh)
    in_transaction(lambda session: note_night(session, decision, said))
    log.info("learning", result=said, **decision.counts)
    return said


def _adopted(decision: Decision, champion: int, *, held: bool, fresh: int) -> str:
    if held or fresh < NEW:
        return "held" if held else "too_soon"
    try:
        adopt(SYSTEM, decision, champion)
    except Conflict:  # somebody chose another version meanwhile
        return "held"
    return decision.reason
