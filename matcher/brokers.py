"""Which broker for which case (M29): a pure ranking that says why, and what a broker's record shows, counted from rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from matcher.bridge import CLOSED
from matcher.models import Achievement, BrokerProfile, Case, CaseEvent, Need, User
from matcher.vocabulary import CaseState, Lang, Role, Term

CAPACITY = 60  # of a broker who has not said otherwise


class Fit(Term):
    """A reason to propose a broker, or to hesitate."""

    CHAIN = "chain", "产业链相符"
    LANGUAGE = "language", "语言相符"
    FIELD = "field", "技术领域相符"
    REGION = "region", "地区相符"
    FREE = "free", "手上较空"
    FULL = "full", "已到承载数"


# The chain knows the customers and a language cannot be learned for one case, so they count twice.
WEIGHTS: dict[Fit, int] = {Fit.CHAIN: 2, Fit.LANGUAGE: 2, Fit.FIELD: 1, Fit.REGION: 1, Fit.FREE: 0, Fit.FULL: -10}


@dataclass(frozen=True)
class Candidate:
    """A broker as the ranking sees them."""

    user_id: int
    name: str
    chains: frozenset[str]
    fields: frozenset[str]
    regions: frozenset[str]
    languages: frozenset[str]
    load: int
    capacity: int


@dataclass(frozen=True)
class Wanted:
    """What a case asks of its broker; `languages` beside Chinese, which every broker speaks."""

    chains: frozenset[str]
    fields: frozenset[str]
    regions: frozenset[str]
    languages: frozenset[str]


@dataclass(frozen=True)
class Proposal:
    """A broker with the reasons for and against."""

    user_id: int
    name: str
    load: int
    capacity: int
    score: int
    reasons: tuple[Fit, ...]


def rank(candidates: Iterable[Candidate], wanted: Wanted) -> list[Proposal]:
    """Best first: what fits, then the smaller share of the capacity in use, then the earlier account. Pure."""
    proposals = [_judge(candidate, wanted) for candidate in candidates]
    return sorted(proposals, key=lambda p: (-p.score, p.load / p.capacity, p.user_id))


def _judge(candidate: Candidate, wanted: Wanted) -> Proposal:
    holds = {
        Fit.CHAIN: bool(candidate.chains & wanted.chains),
        Fit.LANGUAGE: bool(wanted.languages) and wanted.languages <= candidate.languages,
        Fit.FIELD: bool(candidate.fields & wanted.fields),
        Fit.REGION: bool(candidate.regions & wanted.regions),
        Fit.FREE: 2 * candidate.load < candidate.capacity,
        Fit.FULL: candidate.load >= candidate.capacity,
    }
    reasons = tuple(fit for fit, yes in holds.items() if yes)
    score = sum(WEIGHTS[fit] for fit in reasons)
    return Proposal(candidate.user_id, candidate.name, candidate.load, candidate.capacity, score, reasons)


def wanted_for(need: Need, achievement: Achievement) -> Wanted:
    """What the two records ask for."""
    records = (need, achievement)
    return Wanted(
        chains=frozenset(r.chain for r in records if r.chain),
        fields=frozenset(r.tech_field for r in records if r.tech_field),
        regions=frozenset(r.region for r in records if r.region),
        languages=frozenset(r.lang for r in records if r.lang) - {Lang.ZH.value},
    )


def candidates(session: Session) -> list[Candidate]:
    """Everybody who is a broker now, with their open cases; one query."""
    load = (
        select(func.count())
        .where(Case.broker_id == User.id, Case.state.not_in(CLOSED))
        .correlate(User)
        .scalar_subquery()
    )
    query = select(User, load).where(User.role == Role.BROKER, User.closed_at.is_(None)).order_by(User.id)
    rows = session.execute(query.options(joinedload(User.broker_profile)))
    return [_candidate(user, open_cases or 0) for user, open_cases in rows]


def _candidate(user: User, load: int) -> Candidate:
    profile = user.broker_profile or BrokerProfile(fields=[], chains=[], regions=[], languages=[], capacity=CAPACITY)
    return Candidate(
        user.id,
        user.name,
        frozenset(profile.chains),
        frozenset(profile.fields),
        frozenset(profile.regions),
        frozenset(profile.languages),
        load,
        max(profile.capacity, 1),
    )


def proposals(session: Session, need: Need, achievement: Achievement) -> list[Proposal]:
    """Brokers for a case about these two, best first."""
    return rank(candidates(session), wanted_for(need, achievement))


@dataclass(frozen=True)
class Record:
    """What a broker's cases say: counted, never typed. `response` is the median time until they first act on a case."""

    open: int
    converted: int
    ended: int
    response: timedelta | None


def record_of(session: Session, user_id: int) -> Record:
    """From the broker's cases and their timelines; two queries."""
    by_state = select(Case.state, func.count()).where(Case.broker_id == user_id).group_by(Case.state)
    counts: dict[str, int] = {row[0]: row[1] for row in session.execute(by_state)}
    closed = {state: counts.get(state, 0) for state in CLOSED}
    return Record(
        open=sum(counts.values()) - sum(closed.values()),
        converted=closed[CaseState.CONVERTED],
        ended=closed[CaseState.ENDED],
        response=_response(session, user_id),
    )


def _response(session: Session, user_id: int) -> timedelta | None:
    """From getting the case (its opening, or the assignment to this broker) to the broker's first own line in it."""
    events = session.scalars(
        select(CaseEvent)
        .join(Case, Case.id == CaseEvent.case_id)
        .where(
            Case.broker_id == user_id,
            or_(CaseEvent.kind.in_(["opened", "assigned"]), CaseEvent.actor_id == user_id),
        )
        .order_by(CaseEvent.case_id, CaseEvent.id)
    )
    return median_response(user_id, events.all())


def median_response(user_id: int, events: Sequence[CaseEvent]) -> timedelta | None:
    """The median over cases, of events in order by case; None when the broker has not acted on any. Pure."""
    got: dict[int, datetime] = {}
    took: dict[int, timedelta] = {}
    for event in events:
        if event.kind == "assigned" and event.data.get("broker_id") == user_id:
            got[event.case_id] = event.created_at
            took.pop(event.case_id, None)
        elif event.kind == "opened":
            got[event.case_id] = event.created_at
        elif event.actor_id == user_id and event.case_id in got:
            took.setdefault(event.case_id, event.created_at - got[event.case_id])
    return timedelta(seconds=median(each.total_seconds() for each in took.values())) if took else None
