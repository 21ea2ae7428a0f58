"""Closed lists of vouchers, their orders and their ledger."""

from __future__ import annotations

from matcher.vocabulary import Term


class ServiceKind(Term):
    """What a voucher may be spent on."""

    TESTING = "testing", "检验检测"
    INSTRUMENTS = "instruments", "仪器设备共享"
    RESEARCH = "research", "研发与中试"
    CONSULTING = "consulting", "技术咨询与转移"
    IP = "ip", "知识产权服务"


class VoucherState(Term):
    """Where a voucher stands."""

    APPLIED = "applied", "待审批"
    REFUSED = "refused", "未批准"
    ISSUED = "issued", "可用"
    EXPIRED = "expired", "已过期"


class OrderState(Term):
    """Where a service order paid by voucher stands."""

    RESERVED = "reserved", "已预留"
    RELEASED = "released", "已取消"
    USED = "used", "已使用"
    EVIDENCED = "evidenced", "待兑付"
    SETTLED = "settled", "已兑付"


class Account(Term):
    """The accounts of a voucher's ledger; each entry moves an amount from one to another."""

    ISSUER = "issuer", "发放方"
    AVAILABLE = "available", "可用"
    RESERVED = "reserved", "预留"
    USED = "used", "待兑付"
    SETTLED = "settled", "已兑付"
    LAPSED = "lapsed", "作废"
