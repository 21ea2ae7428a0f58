"""The rules that the permission table is written in: each can judge one object and select rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from matcher.actor import Actor
from matcher.models import Achievement, Case, Distribution, Expert, Need
from matcher.vocabulary import Consent, OrgKind, RecordState, Role


@dataclass(frozen=True)
class Rule:
    """`holds` judges one object, `where` gives the same as a condition on rows."""

    name: str
    holds: Callable[[Actor, Any], bool]
    where: Callable[[Actor, Any], ColumnElement[bool]]


def _about_actor(name: str, test: Callable[[Actor], bool]) -> Rule:
    """A rule that speaks of the actor alone."""
    return Rule(
        name, lambda actor, _obj: test(actor), lambda actor, _model: true() if test(actor) else false()
    )


def _owner_where(actor: Actor, model: Any) -> ColumnElement[bool]:
    return model.organisation_id == actor.org_id if actor.org_id is not None else false()


def _match_where(actor: Actor, model: Any) -> ColumnElement[bool]:
    if actor.org_id is None:
        return false()
    needs = select(Need.id).where(Need.organisation_id == actor.org_id)
    achievements = select(Achievement.id).where(Achievement.organisation_id == actor.org_id)
    return or_(model.need_id.in_(needs), model.achievement_id.in_(achievements))


def _case_where(actor: Actor, model: Any) -> ColumnElement[bool]:
    if actor.org_id is None:
        return false()
    return or_(model.need_org_id == actor.org_id, model.offer_org_id == actor.org_id)


def _is(value: int | None, own: int | None) -> bool:
    return own is not None and value == own


EVERYBODY = _about_actor("everybody", lambda _actor: True)
NEVER = _about_actor("never", lambda _actor: False)
SIGNED_IN = _about_actor("signed in", lambda actor: actor.user_id is not None)
VERIFIED = _about_actor("verified", lambda actor: actor.user_id is not None and actor.verified)
MEMBER = _about_actor("member of a checked organisation", lambda actor: actor.org_id is not None)
NEEDING = _about_actor(
    "enterprise or intermediary",
    lambda a: a.org_kind in (OrgKind.ENTERPRISE, OrgKind.AGENCY, OrgKind.GOVERNMENT),
)
ACHIEVING = _about_actor(
    "institute or intermediary", lambda a: a.org_kind in (OrgKind.INSTITUTE, OrgKind.AGENCY)
)
BROKER = _about_actor("broker", lambda actor: actor.role == Role.BROKER and actor.verified)
OPERATOR = _about_actor("operator", lambda actor: actor.is_operator)
ADMINISTRATOR = _about_actor("administrator", lambda actor: actor.role == Role.ADMINISTRATOR)

PUBLISHED = Rule(
    "published",
    lambda _actor, obj: obj.state == RecordState.PUBLISHED,
    lambda _actor, model: model.state == RecordState.PUBLISHED,
)
LAPSED = Rule(
    "published once, and run out by itself",
    lambda _actor, obj: obj.state == RecordState.EXPIRED and obj.published_at is not None,
    lambda _actor, model: and_(model.state == RecordState.EXPIRED, model.published_at.is_not(None)),
)
CONSENTS = Rule(
    "public consent (experts)",
    lambda _actor, obj: getattr(obj, "consent", Consent.PUBLIC) == Consent.PUBLIC,
    lambda _actor, model: model.consent == Consent.PUBLIC if model is Expert else true(),
)
CONSENTS_TO_BROKERS = Rule(
    "consent to brokers (experts)",
    lambda _actor, obj: getattr(obj, "consent", Consent.PUBLIC) in (Consent.PUBLIC, Consent.BROKERS),
    lambda _actor, model: model.consent.in_([Consent.PUBLIC, Consent.BROKERS]) if model is Expert else true(),
)
OWNER = Rule("owner", lambda actor, obj: _is(obj.organisation_id, actor.org_id), _owner_where)
NAMED = Rule(
    "published under its organisation's name",
    lambda _actor, obj: not getattr(obj, "anonymous", False),
    lambda _actor, model: model.anonymous.is_(False) if hasattr(model, "anonymous") else true(),
)
OWN_ORGANISATION = Rule(
    "own organisation, checked or not",
    lambda actor, obj: _is(obj.id, actor.member_of),
    lambda actor, model: model.id == actor.member_of if actor.member_of is not None else false(),
)
SELF = Rule(
    "oneself",
    lambda actor, obj: _is(obj.id, actor.user_id),
    lambda actor, model: model.id == actor.user_id if actor.user_id is not None else false(),
)
KEPT_BY = Rule(
    "kept by oneself",
    lambda actor, obj: _is(obj.user_id, actor.user_id),
    lambda actor, model: model.user_id == actor.user_id if actor.user_id is not None else false(),
)
MATCH_SIDE = Rule(
    "one of the two sides",
    lambda actor, obj: (
        _is(obj.need.organisation_id, actor.org_id) or _is(obj.achievement.organisation_id, actor.org_id)
    ),
    _match_where,
)
BOTH_PUBLISHED = Rule(
    "both records published",
    lambda _actor, obj: obj.need.state == obj.achievement.state == RecordState.PUBLISHED,
    # asked of each row by its key: a list of everything published would be made anew for every query
    lambda _actor, model: and_(
        model.need.has(Need.state == RecordState.PUBLISHED),
        model.achievement.has(Achievement.state == RecordState.PUBLISHED),
    ),
)
CASE_PARTY = Rule(
    "party of the case",
    lambda actor, obj: _is(obj.need_org_id, actor.org_id) or _is(obj.offer_org_id, actor.org_id),
    _case_where,
)
OFFER_SIDE = Rule(
    "achievement's side of the case",
    lambda actor, obj: _is(obj.offer_org_id, actor.org_id),
    lambda actor, model: model.offer_org_id == actor.org_id if actor.org_id is not None else false(),
)
NEED_SIDE = Rule(
    "need's side of the case",
    lambda actor, obj: _is(obj.need_org_id, actor.org_id),
    lambda actor, model: model.need_org_id == actor.org_id if actor.org_id is not None else false(),
)
ASSIGNED_BROKER = Rule(
    "assigned broker",
    lambda actor, obj: actor.role == Role.BROKER and _is(obj.broker_id, actor.user_id),
    lambda actor, model: model.broker_id == actor.user_id if actor.role == Role.BROKER else false(),
)
INTEGRITY_SUBJECT = Rule(
    "barred by the integrity record, oneself or one's organisation",
    lambda actor, obj: _is(obj.organisation_id, actor.member_of) or _is(obj.user_id, actor.user_id),
    lambda actor, model: or_(
        model.organisation_id == actor.member_of if actor.member_of is not None else false(),
        model.user_id == actor.user_id if actor.user_id is not None else false(),
    ),
)
AGREED = Rule(
    "both said yes",
    lambda _actor, obj: obj.need_agreed_at is not None and obj.offer_agreed_at is not None,
    lambda _actor, model: and_(model.need_agreed_at.is_not(None), model.offer_agreed_at.is_not(None)),
)
ENTERPRISE = _about_actor("enterprise", lambda actor: actor.org_kind == OrgKind.ENTERPRISE)
VOUCHER_HOLDER = Rule(
    "whose voucher pays the order",
    lambda actor, obj: _is(obj.voucher.organisation_id, actor.org_id),
    lambda actor, model: (
        model.voucher.has(organisation_id=actor.org_id) if actor.org_id is not None else false()
    ),
)
PROVIDER = Rule(
    "provider of the order",
    lambda actor, obj: _is(obj.provider_id, actor.org_id),
    lambda actor, model: model.provider_id == actor.org_id if actor.org_id is not None else false(),
)
CASE_BROKER = Rule(
    "broker of the case that it belongs to",
    lambda actor, obj: actor.role == Role.BROKER and _is(obj.case.broker_id, actor.user_id),
    lambda actor, model: (
        model.case.has(broker_id=actor.user_id) if actor.role == Role.BROKER else false()
    ),
)
SHARE_BROKER = Rule(
    "broker of the case whose payment was shared",
    lambda actor, obj: actor.role == Role.BROKER and _is(obj.distribution.case.broker_id, actor.user_id),
    lambda actor, model: (
        model.distribution.has(Distribution.case.has(Case.broker_id == actor.user_id))
        if actor.role == Role.BROKER
        else false()
    ),
)
