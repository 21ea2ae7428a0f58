"""Closed lists of claims."""

from __future__ import annotations

from matcher.vocabulary import Term


class ClaimState(Term):
    """Where a claim stands."""

    APPLIED = "applied", "已申请"
    CHECKED = "checked", "已核查"
    APPROVED = "approved", "已批准"
    REFUSED = "refused", "未批准"
    PAID = "paid", "已拨付"


class ClaimKind(Term):
    """补助 for both sides of a converted achievement (M05), 奖补 for bringing technology in (M56)."""

    SUBSIDY = "subsidy", "成果转化补助"
    REWARD = "reward", "引进技术奖补"


class ClaimBase(Term):
    """What the rate of a rule is taken of."""

    APPROVED_TECH = "approved_tech", "核定技术交易额"
    PAID = "paid", "已到账金额"
    PAID_TECH = "paid_tech", "已到账技术交易额"
