"""Closed lists of the pricing subject. The routes are those of 促进科技成果转化法 art. 18 (M13)."""

from __future__ import annotations

from matcher.vocabulary import Term


class Route(Term):
    """How the price comes about."""

    AGREEMENT = "agreement", "协议定价"
    LISTING = "listing", "挂牌交易"
    AUCTION = "auction", "拍卖"
    EQUITY = "equity", "作价入股"


# Routes whose price two parties settle between themselves, so that a public institution must publish it; a listing and
# an auction find theirs in the open (国发〔2016〕16号, 一(二)).
BETWEEN_PARTIES = frozenset({Route.AGREEMENT, Route.EQUITY})


class PricingState(Term):
    """What became of a price."""

    OPEN = "open", "商定中"
    AGREED = "agreed", "已商定"
    TAKEN = "taken", "由他方取得"
    FAILED = "failed", "未成交"
    WITHDRAWN = "withdrawn", "已撤回"


CURRENT = (PricingState.OPEN, PricingState.AGREED)


class Valuation(Term):
    """Method of the valuation that a share in a company rests on."""

    INCOME = "income", "收益法"
    MARKET = "market", "市场法"
    COST = "cost", "成本法"
    NEGOTIATED = "negotiated", "协商作价"


class NoticeState(Term):
    """A public notice; while an objection is open its clock stands still."""

    RUNNING = "running", "公示中"
    PAUSED = "paused", "异议处理中"
    ENDED = "ended", "公示期满"
    FAILED = "failed", "异议成立"
    WITHDRAWN = "withdrawn", "已撤回"


STANDING = (NoticeState.RUNNING, NoticeState.PAUSED)


class ObjectionState(Term):
    """What was decided on an objection."""

    OPEN = "open", "待处理"
    REJECTED = "rejected", "不成立"
    UPHELD = "upheld", "成立"


class SaleState(Term):
    """A listing or an auction."""

    OPEN = "open", "进行中"
    SOLD = "sold", "已成交"
    UNSOLD = "unsold", "未成交"
    WITHDRAWN = "withdrawn", "已撤回"


class Gap(Term):
    """All that is said of two sealed ranges (N10)."""

    OVERLAP = "overlap", "有重叠"
    NEAR = "near", "差距 20 % 以内"
    FAR = "far", "差距大"


class Payment(Term):
    """Ways to pay that bridge a gap."""

    INSTALMENTS = "instalments", "分期付款"
    ROYALTY = "royalty", "提成"
    ENTRY_FEE = "entry_fee", "入门费加提成"
    SHARES = "shares", "作价入股"
