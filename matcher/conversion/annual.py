"""年度科技成果转化情况 of one institution, counted from its own rows (M47). Money in 元 to the fen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from config.settings import get_settings
from matcher.contracts.lists import RegistrationState
from matcher.models import (
    Achievement,
    Case,
    CaseEvent,
    Contract,
    ConversionPlan,
    IpDisclosure,
    Match,
    Payment,
)
from matcher.money import Yuan, yuan
from matcher.vocabulary import CaseState, Level

ZERO = yuan(0)


@dataclass(frozen=True)
class Line:
    """One achievement in that year: what came of it. `paid` has arrived, `signed` stands in contracts of the year."""

    achievement: Achievement
    matches: int
    cases: int
    contracts: int
    signed: Yuan
    paid: Yuan

    @property
    def moved(self) -> bool:
        """Whether anything came of it beyond its publication."""
        return any((self.matches, self.cases, self.contracts, self.paid))


@dataclass(frozen=True)
class Annual:
    """Counts and amounts of one institution and year."""

    published: int
    funded: int
    disclosed: int
    started: int
    matched: int
    cases: int
    converted: int
    contracts: int
    signed: Yuan
    technical: Yuan
    registered: int
    approved: Yuan
    paid: Yuan

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all happened."""
        return not any(getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True)
class Year:
    """A calendar year of the configured zone as conditions on days and moments."""

    number: int

    def day(self, column: InstrumentedAttribute[date] | InstrumentedAttribute[date | None]) -> ColumnElement[bool]:
        """Days within it."""
        return column.between(date(self.number, 1, 1), date(self.number, 12, 31))

    def moment(
        self, column: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]
    ) -> ColumnElement[bool]:
        """Moments within it."""
        zone = get_settings().zone
        first, after = (datetime(year, 1, 1, tzinfo=zone).astimezone(UTC) for year in (self.number, self.number + 1))
        return and_(column >= first, column < after)


def annual(session: Session, organisation_id: int, year: Year) -> Annual:
    """The figures of the year; one query each, however many rows."""
    own = Achievement.organisation_id == organisation_id
    cases = Case.offer_org_id == organisation_id
    published = and_(own, year.moment(Achievement.published_at))
    contracts = select(Contract).join(Case, Case.id == Contract.case_id).where(cases)
    signed = contracts.where(year.day(Contract.signed))
    registered = contracts.where(
        year.day(Contract.reg_decided), Contract.reg_state == RegistrationState.RECOGNISED
    )
    paid = (
        select(Payment)
        .join(Contract, Contract.id == Payment.contract_id)
        .join(Case, Case.id == Contract.case_id)
        .where(cases, year.day(Payment.paid_on), Payment.cancelled_at.is_(None))
    )
    return Annual(
        published=_count(session, select(Achievement.id).where(published)),
        funded=_count(session, select(Achievement.id).where(published, Achievement.publicly_funded)),
        disclosed=_count(
            session, select(IpDisclosure.id).join(Achievement).where(own, year.day(IpDisclosure.disclosed_on))
        ),
        started=_count(
            session, select(ConversionPlan.id).join(Achievement).where(own, year.day(ConversionPlan.started_on))
        ),
        matched=_count(session, _good_matches(own, year).with_only_columns(Match.achievement_id).distinct()),
        cases=_count(session, select(Case.id).where(cases, year.moment(Case.created_at))),
        converted=_count(session, _reached(CaseState.CONVERTED, year).where(cases)),
        contracts=_count(session, signed.with_only_columns(Contract.id)),
        signed=_sum(session, signed, Contract.amount_total),
        technical=_sum(session, signed, Contract.amount_tech),
        registered=_count(session, registered.with_only_columns(Contract.id)),
        approved=_sum(session, registered, Contract.approved_tech),
        paid=_sum(session, paid, Payment.amount),
    )


def lines(session: Session, organisation_id: int, year: Year) -> list[Line]:
    """The institution's achievements of which something came that year or that were published in it; five queries."""
    of_year = or_(
        year.moment(Achievement.published_at),
        Achievement.id.in_(select(Case.achievement_id).where(year.moment(Case.created_at))),
        Achievement.id.in_(
            select(Case.achievement_id).join(Contract, Contract.case_id == Case.id).where(year.day(Contract.signed))
        ),
        Achievement.id.in_(
            select(Case.achievement_id)
            .join(Contract, Contract.case_id == Case.id)
            .join(Payment, Payment.contract_id == Contract.id)
            .where(year.day(Payment.paid_on), Payment.cancelled_at.is_(None))
        ),
    )
    own = Achievement.organisation_id == organisation_id
    found = session.scalars(select(Achievement).where(own, of_year).order_by(Achievement.id)).all()
    matches = _grouped(session, _good_matches(own, year).with_only_columns(Match.achievement_id, func.count()))
    mine = Case.offer_org_id == organisation_id
    cases = _grouped(session, select(Case.achievement_id, func.count()).where(mine, year.moment(Case.created_at)))
    signed = select(Case.achievement_id, func.count(), func.sum(Contract.amount_total))
    signed = signed.join(Contract, Contract.case_id == Case.id).where(mine, year.day(Contract.signed))
    contracts = {row[0]: (row[1], row[2]) for row in session.execute(signed.group_by(Case.achievement_id))}
    paid = select(Case.achievement_id, func.sum(Payment.amount)).join(Contract, Contract.case_id == Case.id)
    paid = paid.join(Payment, Payment.contract_id == Contract.id)
    paid = paid.where(mine, year.day(Payment.paid_on), Payment.cancelled_at.is_(None))
    received = {row[0]: row[1] for row in session.execute(paid.group_by(Case.achievement_id))}
    return [
        Line(
            each,
            matches.get(each.id, 0),
            cases.get(each.id, 0),
            contracts.get(each.id, (0, ZERO))[0],
            contracts.get(each.id, (0, ZERO))[1] or ZERO,
            received.get(each.id) or ZERO,
        )
        for each in found
    ]


def _good_matches(own: ColumnElement[bool], year: Year) -> Select[Match]:
    """较强相关 or better, computed first in that year."""
    query = select(Match).join(Achievement, Achievement.id == Match.achievement_id)
    return query.where(own, Match.level.in_([Level.STRONG, Level.FAIR]), year.moment(Match.created_at))


def _reached(state: CaseState, year: Year) -> Select[int]:
    """Cases that entered `state` in that year."""
    query = select(Case.id).join(CaseEvent, CaseEvent.case_id == Case.id)
    return query.where(CaseEvent.data["state"].as_string() == state, year.moment(CaseEvent.created_at)).distinct()


def _count(session: Session, query: Select[int]) -> int:
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _sum(session: Session, query: Select[Contract] | Select[Payment], column: InstrumentedAttribute[Yuan | None]) -> Yuan:
    return session.scalar(query.with_only_columns(func.sum(column))) or ZERO


def _grouped(session: Session, query: Select[int, int]) -> Mapping[int, int]:
    key = query.selected_columns[0]
    return dict(session.execute(query.group_by(key)).all())
