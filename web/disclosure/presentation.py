"""Receipts in words."""

from __future__ import annotations

from flask_babel import gettext as _

from matcher.disclosure.terms import ReceiptKind
from matcher.models import Case, Receipt
from web import format as words
from web.cases.timeline import agreed
from web.locale import translated
from web.sheets import Value


def receipt_kind(code: str) -> str:
    """What a receipt testifies to."""
    return translated(ReceiptKind(code).label)


def reader_of(receipt: Receipt) -> str:
    """Who it was, as the owner may know: name and organisation, or the office of brokers and operators."""
    of = receipt.reader_org or words.label(receipt.reader_role, "Role")
    return f"{receipt.reader_name} · {of}" if receipt.reader_name else of


def reader_in_case(receipt: Receipt, case: Case, own_org: int | None) -> str:
    """The same on a case's page: the other side stays without a name until both agreed."""
    if agreed(case) or receipt.reader_org_id in (None, own_org):
        return reader_of(receipt)
    side = "need" if receipt.reader_org_id == case.need_org_id else "offer"
    return words.label(side, "CaseParty")


def heads() -> list[str]:
    """The first row of the table that is exported."""
    return [
        _("序号"), _("时间"), _("事项"), _("记录"), _("名称"), _("版本"), _("姓名"), _("单位"), _("身份"), _("承诺书版本"),
        _("内容摘要（SHA-256）"), _("前一条的哈希"), _("哈希"),
    ]  # fmt: skip


def row_of(receipt: Receipt) -> list[Value]:
    """One receipt as a row of that table."""
    return [
        receipt.number, words.exact(receipt.at), receipt_kind(receipt.kind),
        f"{words.label(receipt.record_kind, 'Kind')} {receipt.record_id}", receipt.record_title, receipt.record_version,
        receipt.reader_name, receipt.reader_org, words.label(receipt.reader_role, "Role"), receipt.agreement,
        receipt.detail_sha256, receipt.previous, receipt.hash,
    ]  # fmt: skip
