"""What all pages of the console share: who may open them, and how much waits behind each."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import Blueprint, current_app, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import login_required
from sqlalchemy import func, select

from matcher.actions.organisations import waits_for_check
from matcher.bridge import CLOSED
from matcher.claims.terms import ClaimState
from matcher.digest.plans import NOTHING_NEW
from matcher.models import (
    MODELS,
    Case,
    CaseException,
    Claim,
    Delivery,
    DeliveryKind,
    DeliveryState,
    IntegrityRecord,
    Membership,
    Organisation,
    OutboxItem,
    Stage,
    Voucher,
    VoucherOrder,
)
from matcher.permissions import allowed, require
from matcher.stalled import stalled_count
from matcher.vocabulary import MembershipState, RecordState
from matcher.vouchers.terms import OrderState, VoucherState
from matcher.waivers import ExceptionState
from web.locale import translated
from web.session import current_actor, reading

blueprint = Blueprint("console", __name__, url_prefix="/console")
TO_DECIDE = (DeliveryState.UNKNOWN, DeliveryState.FAILED)


class Place(NamedTuple):
    """A page of the console; `waits` names what waits there."""

    endpoint: str
    label: Any
    waits: str = ""
    action: str = "console.read"


PLACES = (
    Place("console.index", _l("总览")),
    Place("console.review", _l("审核"), "review"),
    Place("console.organisations", _l("单位与成员"), "organisations"),
    Place("console.cases", _l("工单指派"), "cases"),
    Place("console.stalled", _l("停滞工单"), "stalled"),
    Place("console.officers", _l("四员联动")),
    Place("console.exceptions", _l("一事一议"), "exceptions"),
    Place("console.integrity", _l("科研诚信"), "integrity"),
    Place("console.matches", _l("本周匹配")),
    Place("console.learning", _l("从答复学习"), action="learning.read"),
    Place("console.vouchers", _l("创新券"), "vouchers"),
    Place("console.claims", _l("补助申请"), "claims"),
    Place("console.stations", _l("科技驿站"), action="station.edit"),
    Place("console.deliveries", _l("邮件"), "deliveries", "delivery.read"),
    Place("console.outbox", _l("处理队列"), "outbox"),
    Place("console.index_state", _l("索引")),
    Place("console.audit", _l("操作记录"), action="audit.read"),
    Place("console.users", _l("用户与角色"), action="user.set_role"),
    Place("console.health", _l("运行状况")),
)


@blueprint.app_template_filter("delivery_kind")
def delivery_kind(code: str) -> str:
    """Which mail, in words."""
    return translated(DeliveryKind(code).label)


@blueprint.app_template_filter("delivery_state")
def delivery_state(code: str) -> str:
    """What became of a mail, in words."""
    return translated(DeliveryState(code).label)


@blueprint.app_template_filter("mail_error")
def mail_error(text: str) -> str:
    """Why a mail was not sent: our own codes in words, a server's answer as it came."""
    return str(_("没有新的内容，不用发送")) if text == NOTHING_NEW else text


@blueprint.app_template_filter("duration")
def duration(seconds: float) -> str:
    """A time of waiting in its nearest unit."""
    for size, words in ((86400, _("%(count)s 天")), (3600, _("%(count)s 小时")), (60, _("%(count)s 分钟"))):
        if seconds >= 2 * size:
            return str(words) % {"count": round(seconds / size)}
    return str(_("%(count)s 秒", count=round(seconds)))


@blueprint.app_template_filter("stage_label")
def stage_label(code: str) -> str:
    """Where an outbox item stands, in words."""
    return translated(Stage(code).label)


@blueprint.before_request
@login_required
def only_operators() -> None:
    """Everything here is for those who run the platform."""
    require(current_actor(), "console.read")


def waiting() -> dict[str, int]:
    """How much waits for an operator, by name; a fixed number of queries."""
    session = reading()

    def count(model: Any, *conditions: Any) -> int:
        return session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0

    return {
        "review": sum(count(model, model.state == RecordState.SUBMITTED) for model in MODELS.values()),
        "organisations": count(Organisation, waits_for_check())
        + count(Membership, Membership.state == MembershipState.PENDING),
        "cases": count(Case, Case.broker_id.is_(None), Case.state.not_in(CLOSED)),
        "exceptions": count(CaseException, CaseException.state == ExceptionState.REQUESTED),
        "integrity": count(IntegrityRecord, IntegrityRecord.appealed_at.is_not(None), IntegrityRecord.appeal_granted.is_(None)),
        "deliveries": count(Delivery, Delivery.state.in_(TO_DECIDE)),
        "vouchers": count(Voucher, Voucher.state == VoucherState.APPLIED)
        + count(VoucherOrder, VoucherOrder.state == OrderState.EVIDENCED),
        "claims": count(Claim, Claim.state.in_([ClaimState.APPLIED, ClaimState.CHECKED, ClaimState.APPROVED])),
        "stalled": stalled_count(session, current_app.config["SETTINGS"]),
        "outbox": count(OutboxItem, OutboxItem.stage == Stage.DEAD),
    }


def console_page(template: str, endpoint: str, **values: Any) -> str:
    """A page of the console with its side navigation; `endpoint` is the place that it belongs to."""
    counts, actor = waiting(), current_actor()
    places = [
        {"label": place.label, "url": url_for(place.endpoint), "current": place.endpoint == endpoint,
         "count": counts.get(place.waits)}
        for place in PLACES
        if allowed(actor, place.action)
    ]
    return render_template(f"console/{template}.html", places=places, waiting=counts, **values)
