"""Closed lists of the rights table and of benefit shares."""

from __future__ import annotations

from matcher.vocabulary import Term


class HolderKind(Term):
    """Who can hold a right."""

    ORGANISATION = "organisation", "单位"
    PERSON = "person", "个人"


class RightType(Term):
    """What is held (M52): the unit's own right, or one given to those who made it."""

    UNIT = "unit", "单位所有"
    OWNERSHIP = "ownership", "职务科技成果所有权"
    LONG_USE = "long_use", "长期使用权"


class ConversionRoute(Term):
    """How an achievement earns, as §45 of the law on promoting conversion tells the ways apart."""

    TRANSFER = "transfer", "转让或许可"
    INVESTMENT = "investment", "作价投资"
    OWN_USE = "own_use", "自行或合作实施"


class ShareBasis(Term):
    """Why somebody receives a part of a payment."""

    RIGHT = "right", "按权属份额"
    TEAM = "team", "完成和转化团队的奖励"
