"""Set down who holds an achievement from which day on (M52), with the sharing rule that follows from it (M53, M67)."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matcher import audit, clock
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.errors import Conflict, Invalid
from matcher.inputs.money import HolderInput, MemberInput, RightsInput
from matcher.messages import msg
from matcher.models import (
    Achievement,
    Case,
    Distribution,
    Organisation,
    Payment,
    RightsHolder,
    RightsTable,
    TeamMember,
)
from matcher.permissions import find
from matcher.rights.minimum import minimum_for
from matcher.rights.sharing import people_percent
from matcher.rights.tables import versions_of
from matcher.rights.terms import HolderKind
from matcher.vocabulary import OrgState


@action("rights.set")
def set_rights(session: Session, actor: Actor, achievement_id: int, given: RightsInput, number: int) -> int:
    """Add version `number`, the one after those that the person saw; the table's id.

    Refused: a first day before the newest version's, one from which payments have been shared already, and a share
    for the people below the minimum.
    """
    achievement = find(session, actor, "rights.edit", Achievement, achievement_id, lock=True)
    versions = versions_of(session, achievement.id)
    if number != len(versions) + 1:
        raise Conflict(msg("权属表已有更新的版本，请核对后再保存。"))
    if versions and given.valid_from < versions[0].valid_from:
        raise Invalid({"valid_from": msg("新版本不能早于现有版本的 %(day)s。", day=versions[0].valid_from)})
    if _shared_since(session, achievement.id, given):
        raise Invalid({"valid_from": msg("这一天之后的到账已经按旧表分配，请选更晚的日期。")})
    _check_minimum(achievement.organisation, given)
    table = RightsTable(
        achievement_id=achievement.id,
        number=number,
        valid_from=given.valid_from,
        valid_to=given.valid_to,
        route=given.route,
        team_percent=given.team_percent,
        agreed_reason=given.agreed_reason,
        author_id=actor.user_id,
        created_at=clock.now(),
        holders=[_holder(session, achievement, line) for line in given.holders],
        team=[_member(session, achievement, line) for line in given.team],
    )
    session.add(table)
    audit.record(session, actor, "rights.set", table, number=number)
    return table.id


def _shared_since(session: Session, achievement_id: int, given: RightsInput) -> bool:
    query = (
        select(Distribution.id)
        .join(Payment, Payment.id == Distribution.payment_id)
        .join(Case, Case.id == Distribution.case_id)
        .where(Case.achievement_id == achievement_id, Payment.paid_on >= given.valid_from)
        .limit(1)
    )
    return session.scalar(query) is not None


def _check_minimum(owner: Organisation, given: RightsInput) -> None:
    """§45: an institute founded by the state may not go below the minimum; another owner may agree on less."""
    rule = minimum_for(owner.region, given.valid_from, given.route)
    share = people_percent([(line.kind, line.share) for line in given.holders], given.team_percent)
    if rule is None or share >= rule.percent:
        return
    params = {"share": f"{share.normalize():f}", "least": rule.percent, "source": rule.source}
    if owner.kind in rule.binding:
        raise Invalid(
            {"team_percent": msg("完成和转化人员合计得 %(share)s %%，不得低于 %(least)s %%（%(source)s）。", **params)}
        )
    if not given.agreed_reason:
        raise Invalid(
            {
                "agreed_reason": msg(
                    "完成和转化人员合计得 %(share)s %%，低于 %(least)s %%（%(source)s），请写明约定的依据。", **params
                )
            }
        )


def _organisation(session: Session, name: str) -> int | None:
    """The checked organisation of exactly that name, if just one has it."""
    found = list(
        session.scalars(
            select(Organisation.id)
            .where(func.lower(Organisation.name) == name.lower(), Organisation.state == OrgState.CHECKED)
            .limit(2)
        )
    )
    return found[0] if len(found) == 1 else None


def _looks_after(session: Session, achievement: Achievement, affiliation: str) -> int:
    """Whose people may see the statements: one's own organisation, or the owner where that is not on the platform."""
    return (_organisation(session, affiliation) if affiliation else None) or achievement.organisation_id


def _holder(session: Session, achievement: Achievement, line: HolderInput) -> RightsHolder:
    own = line.name if line.kind is HolderKind.ORGANISATION else line.affiliation
    return RightsHolder(
        kind=line.kind,
        name=line.name,
        organisation_id=_looks_after(session, achievement, own),
        type=line.type,
        share=line.share,
    )


def _member(session: Session, achievement: Achievement, line: MemberInput) -> TeamMember:
    return TeamMember(
        name=line.name,
        organisation_id=_looks_after(session, achievement, line.affiliation),
        share=line.share,
    )
