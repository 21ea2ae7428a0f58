"""The closed lists of integrity records."""

from __future__ import annotations

from matcher.vocabulary import Term


class IntegrityScope(Term):
    """What a record bars."""

    ALL = "all", "发布和签约"
    PUBLISHING = "publishing", "发布需求和成果"
    SIGNING = "signing", "签订技术合同"


class IntegrityNews(Term):
    """What a mail about a record tells."""

    ENTERED = "entered", "登记"
    LIFTED = "lifted", "解除"
    GRANTED = "granted", "申诉成立"
    DISMISSED = "dismissed", "申诉不成立"
