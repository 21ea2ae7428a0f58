"""Closed lists of finance needs and referrals."""

from __future__ import annotations

from matcher.vocabulary import Term


class FinanceKind(Term):
    """投、保、贷 and the like (M57)."""

    LOAN = "loan", "信贷"
    EQUITY = "equity", "股权投资"
    GUARANTEE = "guarantee", "担保"
    INSURANCE = "insurance", "保险"


class ReferralOutcome(Term):
    """What came of a referral."""

    PENDING = "pending", "等待答复"
    GRANTED = "granted", "已达成"
    REFUSED = "refused", "未达成"
    WITHDRAWN = "withdrawn", "企业撤回"
