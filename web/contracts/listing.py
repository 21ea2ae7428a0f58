"""The list of one's contracts, and the same as XLSX."""

from __future__ import annotations

from datetime import date

from flask import Response, current_app, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required

from matcher import clock
from matcher.contracts.queries import Box, Line, contract_counts, contracts_of
from web import format as words
from web import sheets
from web.contracts.views import blueprint
from web.locale import translated
from web.paging import page_number, page_of
from web.session import current_actor, reading

PAGE = 25
MOST = 10_000  # rows of one file


def _today() -> date:
    return clock.today(current_app.config["SETTINGS"].zone)


def _box() -> Box:
    code = request.args.get("box", "")
    return Box(code) if code in set(Box) else Box.ALL


@blueprint.get("/contracts")
@login_required
def index() -> str:
    """Contracts that the reader may see, newest first."""
    box, counts = _box(), contract_counts(reading(), current_actor(), _today())
    page = page_of(counts[box], PAGE, page_number())
    return render_template(
        "contracts/index.html",
        box=box,
        boxes=[
            {
                "label": translated(each.label),
                "url": url_for("contracts.index", box=None if each is Box.ALL else each),
                "current": each is box,
                "count": counts[each],
            }
            for each in Box
        ],
        lines=contracts_of(reading(), current_actor(), box, _today(), offset=page.offset, limit=PAGE),
        page=page,
        url=lambda number: url_for("contracts.index", box=None if box is Box.ALL else box, page=number),
    )


@blueprint.get("/contracts.xlsx")
@login_required
def export() -> Response:
    """The list as a table."""
    head = [
        _("工单"), _("项目名称"), _("合同类别"), _("子类"), _("买方"), _("卖方"), _("签订日期"), _("合同成交总额（元）"),
        _("技术交易额（元）"), _("已到账（元）"), _("登记状态"), _("合同登记编号"), _("核定技术交易额（元）"), _("逾期报告"),
    ]  # fmt: skip
    lines = contracts_of(reading(), current_actor(), _box(), _today(), limit=MOST)
    return sheets.attachment("contracts.xlsx", _("技术合同"), head, (_row(line) for line in lines))


def _row(line: Line) -> list[sheets.Value]:
    contract = line.contract
    amounts = (contract.amount_total, contract.amount_tech, line.paid, contract.approved_tech)
    total, tech, paid, approved = (None if each is None else float(each) for each in amounts)
    return [
        contract.case.number,
        contract.name,
        words.label(contract.type, "ContractType"),
        words.label(contract.subtype, "Subtype"),
        contract.buyer_name,
        contract.seller_name,
        contract.signed.isoformat() if contract.signed else None,
        total,
        tech,
        paid,
        words.label(contract.reg_state, "RegistrationState"),
        contract.reg_no,
        approved,
        line.late,
    ]
