"""Needs, achievements and experts: the core fields of the national forms (fields.md 4.1-4.3)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from matcher.models.base import Base, UtcTime, Wan
from matcher.models.people import Organisation, User
from matcher.vocabulary import Consent, Intake, IpTerms, Kind, Lang, PriceMode, RecordState, Urgency


class RecordMixin:
    """What the three kinds share: owner, state, version, source, freshness."""

    kind: Kind

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(16), default=RecordState.DRAFT, index=True)
    version: Mapped[int] = mapped_column(default=1)
    lang: Mapped[str] = mapped_column(String(2), default=Lang.ZH)
    keywords: Mapped[list[str]] = mapped_column(default=list)
    chain: Mapped[str | None] = mapped_column(String(24))
    tech_field: Mapped[str | None] = mapped_column(String(24))
    region: Mapped[str | None] = mapped_column(String(6))
    source: Mapped[str] = mapped_column(String(100), default="")
    source_id: Mapped[str] = mapped_column(String(100), default="")
    intake: Mapped[str] = mapped_column(String(16), default=Intake.SELF)
    review_remark: Mapped[str] = mapped_column(String(1000), default="")
    submitted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcTime, index=True)
    last_confirmed: Mapped[datetime | None] = mapped_column(UtcTime)
    asked_at: Mapped[datetime | None] = mapped_column(UtcTime)  # 仍有效? was asked and not answered since (N5)
    silent_since: Mapped[datetime | None] = mapped_column(UtcTime)  # reminded in vain: the record sinks
    valid_until: Mapped[date | None]
    expiry_reason: Mapped[str] = mapped_column(String(16), default="", server_default="")
    # what the form held when the record was last published, as plain JSON, so that a reviewer sees old beside new
    published_values: Mapped[dict[str, Any] | None] = mapped_column(deferred=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime, index=True)

    @declared_attr
    def organisation_id(cls) -> Mapped[int]:  # noqa: N805 - SQLAlchemy passes the class
        """The owner."""
        return mapped_column(ForeignKey("organisations.id"), index=True)

    @declared_attr
    def author_id(cls) -> Mapped[int | None]:  # noqa: N805
        """Who entered it; their contact is what the other side sees after both said yes."""
        return mapped_column(ForeignKey("users.id"), index=True)

    @declared_attr
    def organisation(cls) -> Mapped[Organisation]:  # noqa: N805
        """The owner's row."""
        return relationship(Organisation)

    @declared_attr
    def author(cls) -> Mapped[User | None]:  # noqa: N805
        """The author's row."""
        return relationship(User)


class Need(RecordMixin, Base):
    """技术需求 of an enterprise."""

    __tablename__ = "needs"
    __table_args__ = (
        Index("ix_needs_source", "source", "source_id"),
        Index("ix_needs_state_last_confirmed", "state", "last_confirmed"),
    )
    kind = Kind.NEED

    title: Mapped[str] = mapped_column(String(200), default="")
    need_type: Mapped[str | None] = mapped_column(String(16))
    problem: Mapped[str] = mapped_column(Text, default="")
    foundation: Mapped[str] = mapped_column(Text, default="")
    indicators: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    coop_modes: Mapped[list[str]] = mapped_column(default=list)
    budget_min: Mapped[Decimal | None] = mapped_column(Wan)
    budget_max: Mapped[Decimal | None] = mapped_column(Wan)
    budget_open: Mapped[bool] = mapped_column(default=False)
    deadline: Mapped[date | None]
    min_trl: Mapped[int | None]
    ip_terms: Mapped[str] = mapped_column(String(16), default=IpTerms.OPEN)
    partner_req: Mapped[str] = mapped_column(Text, default="")
    urgency: Mapped[str] = mapped_column(String(8), default=Urgency.MEDIUM)
    decision_owner: Mapped[str] = mapped_column(String(100), default="")
    anonymous: Mapped[bool] = mapped_column(default=False)
    detail_restricted: Mapped[str] = mapped_column(Text, default="")


class Achievement(RecordMixin, Base):
    """科技成果 of a university, institute or firm."""

    __tablename__ = "achievements"
    __table_args__ = (
        Index("ix_achievements_source", "source", "source_id"),
        Index("ix_achievements_state_last_confirmed", "state", "last_confirmed"),
        Index("ix_achievements_publicly_funded_completed_on", "publicly_funded", "completed_on"),
    )
    kind = Kind.ACHIEVEMENT

    title: Mapped[str] = mapped_column(String(200), default="")
    abstract: Mapped[str] = mapped_column(Text, default="")
    problem: Mapped[str] = mapped_column(Text, default="")
    advantage: Mapped[str] = mapped_column(Text, default="")
    economics: Mapped[str] = mapped_column(Text, default="")
    indicators: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    trl: Mapped[int | None]
    dev_state: Mapped[str | None] = mapped_column(String(16))
    coop_modes: Mapped[list[str]] = mapped_column(default=list)
    price_mode: Mapped[str] = mapped_column(String(16), default=PriceMode.NEGOTIABLE)
    price_min: Mapped[Decimal | None] = mapped_column(Wan)
    price_max: Mapped[Decimal | None] = mapped_column(Wan)
    ip: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    people: Mapped[list[str]] = mapped_column(default=list)
    funding: Mapped[str | None] = mapped_column(String(16))
    project_ref: Mapped[str] = mapped_column(String(100), default="", server_default="")
    publicly_funded: Mapped[bool] = mapped_column(default=False)
    completed_on: Mapped[date | None]
    detail_restricted: Mapped[str] = mapped_column(Text, default="")


class Expert(RecordMixin, Base):
    """科技专家 who is willing to help; shown to those whom the consent names."""

    __tablename__ = "experts"
    __table_args__ = (
        Index("ix_experts_source", "source", "source_id"),
        Index("ix_experts_state_last_confirmed", "state", "last_confirmed"),
    )
    kind = Kind.EXPERT

    name: Mapped[str] = mapped_column(String(50), default="")
    department: Mapped[str] = mapped_column(String(100), default="")
    title: Mapped[str] = mapped_column(String(24), default="other")
    profile: Mapped[str] = mapped_column(Text, default="")
    services: Mapped[list[str]] = mapped_column(default=list)
    service_regions: Mapped[list[str]] = mapped_column(default=list)
    languages: Mapped[list[str]] = mapped_column(default=list)
    consent: Mapped[str] = mapped_column(String(8), default=Consent.PUBLIC)


Record = Need | Achievement | Expert
MODELS: dict[str, type[Need | Achievement | Expert]] = {
    Kind.NEED: Need,
    Kind.ACHIEVEMENT: Achievement,
    Kind.EXPERT: Expert,
}
