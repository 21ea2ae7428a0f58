"""Organisations, users, memberships and personal API tokens."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matcher.models.base import Base, UtcTime
from matcher.vocabulary import MembershipState, OrgState, Role


class Organisation(Base):
    """An enterprise, institute, agency or government body, checked by an operator before it may act."""

    __tablename__ = "organisations"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(100), index=True)
    credit_code: Mapped[str | None] = mapped_column(String(18), unique=True)
    region: Mapped[str] = mapped_column(String(6))
    chain: Mapped[str | None] = mapped_column(String(24))
    introduction: Mapped[str] = mapped_column(String(2000), default="")
    website: Mapped[str] = mapped_column(String(200), default="")
    # what a checked organisation wants to be called from now on; the public sees it once an operator has looked
    proposed_name: Mapped[str | None] = mapped_column(String(100))
    proposed_code: Mapped[str | None] = mapped_column(String(18))
    state: Mapped[str] = mapped_column(String(16), default=OrgState.PENDING, index=True)
    review_remark: Mapped[str] = mapped_column(String(500), default="")
    # an operator's word on whether it is publicly funded; without one the kind says so (`matcher.pricing.owners`)
    is_public: Mapped[bool | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)


class User(Base):
    """A person. `session_epoch` rises on log-out everywhere, password change and role change: older sessions end."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(50))
    phone: Mapped[str] = mapped_column(String(30), default="")
    job_title: Mapped[str] = mapped_column(String(50), default="")
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16), default=Role.MEMBER, index=True)
    locale: Mapped[str] = mapped_column(String(5), default="zh")
    session_epoch: Mapped[int] = mapped_column(default=1)
    digest: Mapped[bool] = mapped_column(default=True)
    mail_bounced: Mapped[bool] = mapped_column(default=False)
    verified_at: Mapped[datetime | None] = mapped_column(UtcTime)
    privacy_accepted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    last_login_at: Mapped[datetime | None] = mapped_column(UtcTime)
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    memberships: Mapped[list[Membership]] = relationship(back_populates="user")
    broker_profile: Mapped[BrokerProfile | None] = relationship(back_populates="user")


class Membership(Base):
    """A person's tie to an organisation; at most one that is not left at a time."""

    __tablename__ = "memberships"
    __table_args__ = (
        Index(
            "uq_memberships_user_current",
            "user_id",
            unique=True,
            sqlite_where=text("state <> 'left'"),
            postgresql_where=text("state <> 'left'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    state: Mapped[str] = mapped_column(String(16), default=MembershipState.PENDING)
    # 企业科技专员 (M33): gets the mails about the enterprise's needs and the tasks on its side
    is_contact: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)

    user: Mapped[User] = relationship(back_populates="memberships")
    organisation: Mapped[Organisation] = relationship()


class BrokerProfile(Base):
    """技术经纪人 (M29): certificate, fields, regions and languages; load and closed cases are counted, not typed."""

    __tablename__ = "broker_profiles"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    certificate: Mapped[str] = mapped_column(String(50), default="")
    level: Mapped[str | None] = mapped_column(String(16))
    agency: Mapped[str] = mapped_column(String(100), default="")
    fields: Mapped[list[str]] = mapped_column(default=list)
    chains: Mapped[list[str]] = mapped_column(default=list)
    regions: Mapped[list[str]] = mapped_column(default=list)
    languages: Mapped[list[str]] = mapped_column(default=list)
    capacity: Mapped[int] = mapped_column(default=60)

    user: Mapped[User] = relationship(back_populates="broker_profile")


class ApiToken(Base):
    """A personal token: only its hash is kept, it is shown once; scopes are action prefixes."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(50))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]] = mapped_column(default=list)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime)
