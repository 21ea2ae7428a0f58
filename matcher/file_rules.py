"""The rules about files of cases: who may read which, judged for one file and for rows alike."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_

from matcher.actor import Actor
from matcher.models import Case
from matcher.rules import CASE_PARTY, Rule
from matcher.stations.rules import AT_OWN_STATION
from matcher.tasks.rules import OFFICER, of_case
from matcher.vocabulary import Audience, CaseParty


def _for(audience: Audience, name: str) -> Rule:
    return Rule(
        name,
        lambda _actor, obj: obj.audience == audience,
        lambda _actor, model: model.audience == audience,
    )


def _of_own_side(actor: Actor, obj: Any) -> bool:
    side = {CaseParty.NEED: obj.case.need_org_id, CaseParty.OFFER: obj.case.offer_org_id}.get(obj.side)
    return side is not None and side == actor.org_id


def _of_own_side_where(actor: Actor, model: Any) -> ColumnElement[bool]:
    if actor.org_id is None:
        return false()
    return or_(
        and_(model.side == CaseParty.NEED, model.case.has(Case.need_org_id == actor.org_id)),
        and_(model.side == CaseParty.OFFER, model.case.has(Case.offer_org_id == actor.org_id)),
    )


FILE_PARTY = of_case(CASE_PARTY)
FILE_OFFICER = of_case(OFFICER)
FILE_CLERK = of_case(AT_OWN_STATION)
FOR_BOTH = _for(Audience.BOTH, "file for both sides and the broker")
FOR_STAFF = _for(Audience.STAFF, "file for broker and operators")
OF_OWN_SIDE = Rule("brought by one's own side", _of_own_side, _of_own_side_where)
