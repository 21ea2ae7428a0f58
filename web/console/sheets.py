"""Lists of the console as sheets: records of integrity, exceptions."""

from __future__ import annotations

from flask import Response
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from matcher.models import Case, CaseException, IntegrityRecord
from web import format as words
from web import sheets
from web.cards import title_of
from web.console.shell import blueprint
from web.session import reading


@blueprint.get("/integrity/export.xlsx")
def integrity_export() -> Response:
    """Every record, the latest first."""
    query = (
        select(IntegrityRecord)
        .options(joinedload(IntegrityRecord.organisation), joinedload(IntegrityRecord.user))
        .order_by(IntegrityRecord.id.desc())
    )
    head = [_("单位或个人"), _("限制"), _("原因"), _("依据来源"), _("开始日期"), _("结束日期"), _("申诉"), _("申诉答复"), _("解除时间"), _("解除原因")]
    return sheets.attachment("integrity.xlsx", _("科研诚信"), head, map(_record, reading().scalars(query)))


def _record(each: IntegrityRecord) -> list[str]:
    subject = each.organisation or each.user
    return [
        subject.name if subject else "",
        words.label(each.scope, "IntegrityScope"),
        each.reason,
        each.source,
        each.starts_on.isoformat(),
        each.ends_on.isoformat(),
        each.appeal,
        each.appeal_answer,
        sheets.minute(each.lifted_at),
        each.lift_reason,
    ]


@blueprint.get("/exceptions/export.xlsx")
def exceptions_export() -> Response:
    """Every request, the latest first."""
    about = joinedload(CaseException.case)
    query = (
        select(CaseException)
        .options(about.joinedload(Case.need), about.joinedload(Case.achievement))
        .options(joinedload(CaseException.requester), joinedload(CaseException.decider))
        .order_by(CaseException.requested_at.desc(), CaseException.id.desc())
    )
    head = [_("工单"), _("需求"), _("成果"), _("规则"), _("理由"), _("申请人"), _("申请时间"), _("状态"), _("审批人"), _("审批意见"), _("审批时间")]
    return sheets.attachment("exceptions.xlsx", _("一事一议"), head, map(_exception, reading().scalars(query)))


def _exception(each: CaseException) -> list[str]:
    return [
        each.case.number,
        title_of(each.case.need),
        title_of(each.case.achievement),
        words.label(each.waives, "Waivable"),
        each.reason,
        each.requester.name,
        sheets.minute(each.requested_at),
        words.label(each.state, "ExceptionState"),
        each.decider.name if each.decider else "",
        each.decision,
        sheets.minute(each.decided_at),
    ]
