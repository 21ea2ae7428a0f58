"""Who may do what: one table that answers "may this person?" and "which rows?" from the same rules.

`PERMISSIONS[action]` is a list of alternatives; each alternative is a list of rules that must all hold.
"""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import Session

from matcher.actor import Actor
from matcher.errors import NotAllowed, NotFound
from matcher.file_rules import FILE_CLERK, FILE_OFFICER, FILE_PARTY, FOR_BOTH, FOR_STAFF, OF_OWN_SIDE
from matcher.models import Case, Computed, Record
from matcher.rules import (
    ACHIEVING,
    ADMINISTRATOR,
    AGREED,
    ASSIGNED_BROKER,
    BOTH_PUBLISHED,
    BROKER,
    CASE_BROKER,
    CASE_PARTY,
    CONSENTS,
    CONSENTS_TO_BROKERS,
    ENTERPRISE,
    EVERYBODY,
    INTEGRITY_SUBJECT,
    KEPT_BY,
    LAPSED,
    MATCH_SIDE,
    MEMBER,
    NAMED,
    NEED_SIDE,
    NEEDING,
    NEVER,
    OFFER_SIDE,
    OPERATOR,
    OWN_ORGANISATION,
    OWNER,
    PROVIDER,
    PUBLISHED,
    SELF,
    SHARE_BROKER,
    SIGNED_IN,
    VERIFIED,
    VOUCHER_HOLDER,
    Rule,
)
from matcher.stations.rules import AT_OWN_STATION, CLERK, RECEIVED_BY
from matcher.tasks.rules import (
    ENVOY,
    HOLDS_POST,
    OFFICER,
    TASK_AUTHOR,
    TASK_BROKER,
    TASK_OWNER,
    TASK_PARTY,
    TASK_SIDE,
    VISITS,
)

M = TypeVar("M")
Table = dict[str, list[list[Rule]]]

PERMISSIONS: Table = {
    # records
    "record.search": [[PUBLISHED, CONSENTS], [PUBLISHED, BROKER, CONSENTS_TO_BROKERS], [PUBLISHED, OPERATOR]],
    "record.read": [
        [PUBLISHED, CONSENTS],
        [PUBLISHED, BROKER, CONSENTS_TO_BROKERS],
        [OPERATOR],
        [OWNER],
    ],
    "need.create": [[VERIFIED, MEMBER, NEEDING]],
    # which experts could help: each reader is shown those that they may find
    "need.experts": [[OWNER], [PUBLISHED, BROKER], [OPERATOR]],
    "achievement.create": [[VERIFIED, MEMBER, ACHIEVING]],
    # which enterprises could want it, and which of their needs may be named there: never one that was withdrawn
    "achievement.demand": [[OWNER], [PUBLISHED, BROKER], [OPERATOR]],
    "need.near": [
        [PUBLISHED, NAMED],
        [LAPSED, NAMED, VERIFIED, MEMBER, ACHIEVING],
        [LAPSED, NAMED, BROKER],
        [LAPSED, NAMED, OPERATOR],
    ],
    "expert.create": [[VERIFIED, MEMBER, ACHIEVING]],
    "record.edit": [[VERIFIED, OWNER]],
    "record.delete": [[VERIFIED, OWNER]],
    "record.submit": [[VERIFIED, OWNER]],
    "record.withdraw": [[VERIFIED, OWNER], [OPERATOR]],
    "record.confirm": [[VERIFIED, OWNER]],
    "record.revive": [[VERIFIED, OWNER]],
    "record.outcomes": [[OWNER], [OPERATOR]],
    "record.open_detail": [[PUBLISHED, CONSENTS, VERIFIED, MEMBER], [OWNER], [PUBLISHED, BROKER], [OPERATOR]],
    "disclosure.read": [[OWNER], [OPERATOR]],
    "disclosure.export": [[VERIFIED, MEMBER, OWN_ORGANISATION]],
    # whose record it is: an anonymous need tells that only after both said yes, on the case's page
    "record.owner": [[NAMED], [OWNER], [OPERATOR]],
    "record.review": [[OPERATOR]],
    "record.import": [[OPERATOR]],
    "conversion.report": [[VERIFIED, OWNER]],
    "conversion.annual": [[OWN_ORGANISATION], [OPERATOR]],
    # matches
    "match.read": [[MATCH_SIDE, BOTH_PUBLISHED], [BROKER, BOTH_PUBLISHED], [OPERATOR]],
    "match.answer": [[VERIFIED, MATCH_SIDE, BOTH_PUBLISHED]],
    # what answers teach: the common correction is the operators', what an organisation's own refusals lower is its own
    "learning.read": [[OPERATOR]],
    "learning.choose": [[OPERATOR]],
    "lowering.reset": [[VERIFIED, MEMBER]],
    # why a pair is recommended or not: asked by its sides, told to nobody but the side that asked
    "question.ask": [[VERIFIED, MATCH_SIDE, BOTH_PUBLISHED], [BROKER, BOTH_PUBLISHED], [OPERATOR, BOTH_PUBLISHED]],
    "question.read": [[OWNER, MATCH_SIDE, BOTH_PUBLISHED], [BROKER, BOTH_PUBLISHED], [OPERATOR]],
    # cases
    "case.open": [[BROKER], [OPERATOR]],
    "case.read": [[CASE_PARTY], [ASSIGNED_BROKER], [OPERATOR], [VERIFIED, OFFICER], [VERIFIED, AT_OWN_STATION]],
    # price and money: whoever accompanies a case sees where it stands and when, not what it costs
    "case.business": [[CASE_PARTY], [ASSIGNED_BROKER], [OPERATOR]],
    "case.consent": [[VERIFIED, CASE_PARTY]],
    "case.step": [[VERIFIED, CASE_PARTY], [ASSIGNED_BROKER], [OPERATOR]],
    "case.resume": [[ASSIGNED_BROKER], [OPERATOR]],
    # who meets has been told of each other
    "case.meet": [[VERIFIED, CASE_PARTY, AGREED], [ASSIGNED_BROKER, AGREED], [OPERATOR, AGREED]],
    "case.write": [[VERIFIED, CASE_PARTY], [ASSIGNED_BROKER], [OPERATOR]],
    "case.contacts": [[CASE_PARTY, AGREED], [ASSIGNED_BROKER], [OPERATOR]],
    "case.assign": [[OPERATOR]],
    # 一事一议, and what bars from publishing and signing
    "exception.request": [[VERIFIED, CASE_PARTY], [ASSIGNED_BROKER], [OPERATOR]],
    "exception.decide": [[OPERATOR]],
    "integrity.read": [[INTEGRITY_SUBJECT], [OPERATOR]],
    "integrity.enter": [[OPERATOR]],
    "integrity.decide": [[OPERATOR]],
    "integrity.appeal": [[VERIFIED, INTEGRITY_SUBJECT]],
    # a file one side keeps to itself is not the operators' either
    "file.read": [
        [FILE_PARTY, FOR_BOTH],
        [FILE_PARTY, OF_OWN_SIDE],
        [CASE_BROKER],
        [OPERATOR, FOR_BOTH],
        [OPERATOR, FOR_STAFF],
        [VERIFIED, FILE_OFFICER, FOR_BOTH],
        [VERIFIED, FILE_CLERK, FOR_BOTH],
    ],
    # 科技驿站: whoever comes in person is received by its staff, a broker or an operator
    "station.edit": [[OPERATOR]],
    "reception.receive": [[VERIFIED, CLERK], [BROKER], [OPERATOR]],
    "reception.read": [[OWNER], [VERIFIED, AT_OWN_STATION], [BROKER, RECEIVED_BY], [OPERATOR]],
    "reception.serve": [[VERIFIED, AT_OWN_STATION], [BROKER, RECEIVED_BY], [OPERATOR]],
    # on sight of the licence; a broker lives on cases and checks nobody
    "organisation.check_on_sight": [[VERIFIED, CLERK], [OPERATOR]],
    # publish and agree for a client who came in person
    "client.vouch": [[VERIFIED, CLERK], [OPERATOR]],
    "membership.accept_on_sight": [[OPERATOR]],
    # the money that follows: rights and shares, vouchers, claims, finance
    "rights.read": [[OWNER], [OPERATOR]],
    "rights.edit": [[VERIFIED, OWNER]],
    "shares.read": [[OFFER_SIDE], [ASSIGNED_BROKER], [OPERATOR]],
    "shares.compute": [[VERIFIED, OFFER_SIDE], [ASSIGNED_BROKER], [OPERATOR]],
    "shares.statement": [[OWNER], [SHARE_BROKER], [OPERATOR]],
    # it names the other side and its people
    "case.diligence": [[VERIFIED, OFFER_SIDE, AGREED], [ASSIGNED_BROKER], [OPERATOR]],
    "voucher.apply": [[VERIFIED, ENTERPRISE]],
    "voucher.read": [[OWNER], [OPERATOR]],
    "voucher.spend": [[VERIFIED, OWNER]],
    "voucher.decide": [[OPERATOR]],
    "order.read": [[VOUCHER_HOLDER], [PROVIDER], [OPERATOR]],
    "order.release": [[VERIFIED, VOUCHER_HOLDER], [VERIFIED, PROVIDER]],
    "order.use": [[VERIFIED, VOUCHER_HOLDER]],
    "order.evidence": [[VERIFIED, VOUCHER_HOLDER], [VERIFIED, PROVIDER]],
    "order.settle": [[OPERATOR]],
    "claim.apply": [[VERIFIED, CASE_PARTY]],
    "claim.read": [[OWNER], [CASE_BROKER], [OPERATOR]],
    "claim.decide": [[OPERATOR]],
    "finance.ask": [[VERIFIED, CASE_PARTY]],
    "finance.read": [[OWNER], [CASE_BROKER], [OPERATOR]],
    "finance.refer": [[CASE_BROKER], [OPERATOR]],
    "finance.white_list": [[OPERATOR]],
    # the four officers accompany the case: they note and set tasks, but take no step of it
    "case.note": [[VERIFIED, OFFICER]],
    "case.task": [[VERIFIED, CASE_PARTY], [ASSIGNED_BROKER], [OPERATOR], [VERIFIED, OFFICER]],
    # tasks
    "task.read": [[TASK_OWNER], [TASK_SIDE], [TASK_PARTY], [TASK_BROKER], [OPERATOR], [VERIFIED, OFFICER]],
    "task.complete": [[VERIFIED, TASK_OWNER], [VERIFIED, TASK_SIDE], [TASK_BROKER], [OPERATOR]],
    "task.reassign": [[VERIFIED, TASK_OWNER], [TASK_BROKER], [OPERATOR], [VERIFIED, OFFICER]],
    "task.cancel": [[VERIFIED, TASK_AUTHOR], [TASK_BROKER], [OPERATOR]],
    # the four officers
    "post.decide": [[OPERATOR]],
    "post.desk": [[VERIFIED, HOLDS_POST]],
    "post.visits": [[VERIFIED, VISITS]],
    "visit.read": [[VERIFIED, OFFICER], [OWNER], [OPERATOR]],
    # price
    "price.write": [[VERIFIED, CASE_PARTY], [ASSIGNED_BROKER], [OPERATOR]],
    "price.confirm": [[VERIFIED, CASE_PARTY]],
    "range.enter": [[VERIFIED, CASE_PARTY]],
    "notice.start": [[VERIFIED, OFFER_SIDE], [ASSIGNED_BROKER], [OPERATOR]],
    "objection.file": [[EVERYBODY]],
    "objection.decide": [[VERIFIED, OFFER_SIDE], [OPERATOR]],
    # the contract and what follows it: it names both sides, so it opens with the second yes
    "contract.read": [[CASE_PARTY, AGREED], [ASSIGNED_BROKER], [OPERATOR]],
    "contract.edit": [[VERIFIED, CASE_PARTY, AGREED], [ASSIGNED_BROKER], [OPERATOR]],
    "contract.submit": [[VERIFIED, OFFER_SIDE, AGREED], [ASSIGNED_BROKER], [OPERATOR]],
    "contract.decide": [[ASSIGNED_BROKER], [OPERATOR]],
    "milestone.deliver": [[VERIFIED, OFFER_SIDE, AGREED], [ASSIGNED_BROKER], [OPERATOR]],
    "milestone.strike": [[ASSIGNED_BROKER], [OPERATOR]],
    "milestone.judge": [[VERIFIED, NEED_SIDE, AGREED], [ASSIGNED_BROKER], [OPERATOR]],
    "payment.record": [[VERIFIED, OFFER_SIDE, AGREED], [ASSIGNED_BROKER], [OPERATOR]],
    "payment.cancel": [[ASSIGNED_BROKER], [OPERATOR]],
    "report.submit": [[VERIFIED, NEED_SIDE, AGREED], [ASSIGNED_BROKER], [OPERATOR]],
    "sale.open": [[VERIFIED, OFFER_SIDE], [ASSIGNED_BROKER], [OPERATOR]],
    "sale.join": [[VERIFIED, MEMBER]],
    "sale.bid": [[VERIFIED, MEMBER]],
    "sale.deposit": [[ASSIGNED_BROKER], [OPERATOR]],
    "sale.choose": [[VERIFIED, OFFER_SIDE], [OPERATOR]],
    "sale.withdraw": [[VERIFIED, OFFER_SIDE], [OPERATOR]],
    # people
    "organisation.found": [[VERIFIED]],
    "organisation.join": [[VERIFIED]],
    "organisation.leave": [[SIGNED_IN]],
    "organisation.edit": [[VERIFIED, OWN_ORGANISATION]],
    "organisation.review": [[OPERATOR]],
    "organisation.revoke": [[OPERATOR]],
    "organisation.task": [[OPERATOR], [VERIFIED, OFFICER]],
    "organisation.visit": [[VERIFIED, ENVOY]],
    "membership.decide": [[OPERATOR]],
    "membership.contact": [[VERIFIED, MEMBER]],
    "account.edit": [[SELF]],
    "token.create": [[VERIFIED]],
    # what a person looks for is nobody else's business, the operators' neither
    "search.save": [[SIGNED_IN]],
    "search.keep": [[KEPT_BY]],
    "user.read": [[SELF], [OPERATOR]],
    "user.set_role": [[ADMINISTRATOR]],
    # running the platform
    "console.read": [[OPERATOR]],
    "outbox.retry": [[OPERATOR]],
    "delivery.read": [[OPERATOR]],
    "delivery.resolve": [[OPERATOR]],
    "audit.read": [[OPERATOR]],
    "broker.desk": [[BROKER], [OPERATOR]],
    "broker.profile": [[SELF, BROKER]],
    "broker.read_profile": [[SELF, BROKER], [OPERATOR]],
}
_CASE_WORK = ("case.", "task.", "price.", "range.", "notice.", "contract.", "milestone.", "payment.")
_CASE_ACTIONS = [action for action in PERMISSIONS if action.startswith(_CASE_WORK)]
# What a personal API token may be allowed; a token without the scope has none of these actions.
SCOPES: dict[str, tuple[str, ...]] = {
    "read": ("record.read", "record.search", "need.experts", "record.owner", "record.outcomes", "match.read", "question.ask", "question.read", "case.read", "case.business", "file.read", "task.read", "contract.read", "rights.read", "shares.statement", "voucher.read", "claim.read", "disclosure.export", "integrity.read"),
    # who writes a record gets it back as it then is
    "write": (
        "record.read",
        "record.owner",
        "need.create",
        "achievement.create",
        "record.edit",
        "record.submit",
        "record.withdraw",
    ),
    "answer": ("match.answer",),
    # who works on a case gets it back as it then is
    "cases": (*_CASE_ACTIONS, "file.read", "objection.decide", "shares.compute", "claim.apply"),
}


def _alternatives(actor: Actor, action: str) -> list[list[Rule]]:
    return PERMISSIONS[action] if _in_scope(actor, action) else [[NEVER]]


def _in_scope(actor: Actor, action: str) -> bool:
    return actor.scopes is None or any(action in SCOPES.get(scope, ()) for scope in actor.scopes)


def allowed(actor: Actor, action: str, obj: Any = None) -> bool:
    """Whether `actor` may do `action` to `obj` (None for actions without an object)."""
    if actor.system:
        return True
    return any(all(rule.holds(actor, obj) for rule in rules) for rules in _alternatives(actor, action))


def require(actor: Actor, action: str, obj: Any = None) -> None:
    """Raise `NotAllowed` unless allowed."""
    if not allowed(actor, action, obj):
        raise NotAllowed


def rows(actor: Actor, action: str, model: type[Any]) -> ColumnElement[bool]:
    """The same permission as a condition on the rows of `model`."""
    if actor.system:
        return true()
    alternatives = [
        and_(true(), *(rule.where(actor, model) for rule in rules)) for rules in _alternatives(actor, action)
    ]
    return or_(false(), *alternatives)


def find(
    session: Session, actor: Actor, action: str, model: type[M], object_id: int, *, lock: bool = False
) -> M:
    """The row if it exists and `action` is allowed on it; `NotFound` in both other cases, so that ids tell nothing."""
    query = select(model).where(model.id == object_id, rows(actor, action, model))  # type: ignore[attr-defined]
    found = session.scalar(query.with_for_update(of=model) if lock else query)
    if found is None:
        raise NotFound
    return found


def visibilities(actor: Actor) -> frozenset[str]:
    """Which of the index's visibility marks this person may find; `visibility_of` gives a record its mark."""
    if not _in_scope(actor, "record.search"):
        return frozenset({"public"})  # a token without the scope finds what everybody may find
    if actor.system or actor.is_operator or BROKER.holds(actor, None):
        return frozenset({"public", "brokers"}) | (
            {"hidden"} if actor.is_operator or actor.system else frozenset()
        )
    return frozenset({"public"})


def visibility_of(record: Record) -> str | None:
    """A record's mark in the index; None when it does not belong there."""
    if not PUBLISHED.holds(Actor(), record):
        return None
    if CONSENTS.holds(Actor(), record):
        return "public"
    return "brokers" if CONSENTS_TO_BROKERS.holds(Actor(), record) else "hidden"


def side_of(actor: Actor, obj: Computed | Case) -> str | None:
    """Which bank the actor's organisation stands on: need, offer, or None."""
    if actor.org_id is None:
        return None
    need_org, offer_org = (
        (obj.need_org_id, obj.offer_org_id)
        if isinstance(obj, Case)
        else (obj.need.organisation_id, obj.achievement.organisation_id)
    )
    return "need" if actor.org_id == need_org else "offer" if actor.org_id == offer_org else None
