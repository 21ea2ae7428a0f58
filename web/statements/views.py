"""The list of benefit statements, each as PDF and XLSX."""

from __future__ import annotations

import io

from flask import Blueprint, render_template, send_file, url_for
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from matcher.models import BenefitShare, Distribution, Payment
from matcher.papers.pdf import pdf
from matcher.permissions import find, rows
from matcher.rights.statement import lines_of, statement, total_of
from web import format as words
from web.paging import page_number, page_of
from web.session import current_actor, reading
from web.sheets import Value, attachment
from web.uploads import guarded

blueprint = Blueprint("statements", __name__, url_prefix="/statements")
PAGE = 50


def _mine() -> Select[BenefitShare]:
    """Shares that this person may know of, newest payment first."""
    return (
        select(BenefitShare)
        .where(rows(current_actor(), "shares.statement", BenefitShare))
        .options(
            joinedload(BenefitShare.organisation),
            joinedload(BenefitShare.distribution).joinedload(Distribution.payment).joinedload(Payment.contract),
            joinedload(BenefitShare.distribution).joinedload(Distribution.case),
        )
        .order_by(BenefitShare.distribution_id.desc(), BenefitShare.id)
    )


@blueprint.get("")
@login_required
def index() -> str:
    """Everything that this person may read, a page at a time."""
    total = reading().scalar(select(func.count()).select_from(_mine().order_by(None).subquery())) or 0
    page = page_of(total, PAGE, page_number())
    return render_template(
        "statements/index.html",
        shares=list(reading().scalars(_mine().offset(page.offset).limit(PAGE))),
        page=page,
        url=lambda number: url_for("statements.index", page=number),
    )


@blueprint.get("/export.xlsx")
@login_required
def export() -> Response:
    """The same list as a table."""
    lines: list[list[Value]] = [
        [
            share.name,
            words.label(share.kind, "HolderKind"),
            share.organisation.name if share.organisation else "",
            share.distribution.case.number,
            words.exact(share.distribution.payment.paid_on),
            words.label(share.basis, "ShareBasis"),
            float(share.percent),
            float(share.amount),
        ]
        for share in reading().scalars(_mine())
    ]
    head = [
        _("收款人"),
        _("类别"),
        _("所属单位"),
        _("工单"),
        _("到账日期"),
        _("分配依据"),
        _("比例（%）"),
        _("金额（元）"),
    ]
    return attachment("statements.xlsx", _("收益分配"), head, lines)


def _find(share_id: int) -> tuple[Distribution, BenefitShare]:
    found = find(reading(), current_actor(), "shares.statement", BenefitShare, share_id)
    distribution = reading().get_one(
        Distribution,
        found.distribution_id,
        options=[selectinload(Distribution.shares), joinedload(Distribution.table), joinedload(Distribution.payment)],
    )
    return distribution, found


@blueprint.get("/<int:share_id>.pdf")
@login_required
def as_pdf(share_id: int) -> Response:
    """One recipient's statement of one payment."""
    distribution, share = _find(share_id)
    document = pdf(statement(distribution, share), distribution.created_at)
    name = f"{distribution.case.number}-{share.id}.pdf"
    return guarded(send_file(io.BytesIO(document), "application/pdf", as_attachment=True, download_name=name))


@blueprint.get("/<int:share_id>.xlsx")
@login_required
def as_xlsx(share_id: int) -> Response:
    """The same as a table."""
    distribution, share = _find(share_id)
    lines = lines_of(distribution, share)
    body: list[list[Value]] = [[words.label(each.basis, "ShareBasis"), float(each.percent), float(each.amount)] for each in lines]
    head: list[str] = [share.name, _("比例（%）"), _("金额（元）")]
    rows_: list[list[Value]] = [*body, [_("合计"), None, float(total_of(lines))]]
    return attachment(f"{distribution.case.number}-{share.id}.xlsx", _("收益分配单"), head, rows_)
