"""A 科技特派员's visit (M31): what was seen becomes a draft need of the enterprise, and a task to complete it."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from config.settings import get_settings
from matcher import audit, clock
from matcher.actions.registry import action
from matcher.actions.tasks import place_task
from matcher.actor import Actor
from matcher.errors import Invalid
from matcher.inputs.tasks import TaskInput, VisitInput
from matcher.messages import msg
from matcher.models import Need, Organisation, Visit
from matcher.outbox import enqueue
from matcher.permissions import find
from matcher.tasks.routing import speakers
from matcher.tasks.terms import Duty, TaskOrigin
from matcher.vocabulary import Intake, OrgKind
from matcher.workdays import workdays_after

WORKDAYS_TO_COMPLETE = 5  # a week: what was seen on the spot is still known then


@action("visit.write")
def write_visit(session: Session, actor: Actor, given: VisitInput) -> int:
    """Keep the note, make the draft and ask the enterprise's 企业科技专员 to complete it. The visit's id."""
    organisation = find(session, actor, "organisation.visit", Organisation, given.organisation_id)
    today = clock.today(get_settings().zone)
    _check(organisation, given.visited_on, today)
    need = _draft(session, organisation, given)
    visit = Visit(
        officer_id=actor.user_id,
        organisation_id=organisation.id,
        need_id=need.id,
        visited_on=given.visited_on,
        met=given.met,
        note=given.note,
        created_at=clock.now(),
    )
    session.add(visit)
    session.flush()
    due_on = workdays_after(today, WORKDAYS_TO_COMPLETE)
    # the sentence is a source string: it is translated where it is shown
    asked = TaskInput(title=msg("补充走访形成的需求草稿并提交审核").text, duty=Duty.NEED, due_on=due_on)
    place_task(session, actor, asked, organisation, origin=TaskOrigin.VISIT)
    audit.record(session, actor, "visit.write", visit, need_id=need.id)
    return visit.id


def _check(organisation: Organisation, visited_on: date, today: date) -> None:
    errors = {}
    if organisation.kind != OrgKind.ENTERPRISE:
        errors["organisation_id"] = msg("请选择一家已核验的企业。")
    if visited_on > today:
        errors["visited_on"] = msg("走访日期还没有到。")
    if errors:
        raise Invalid(errors)


def _draft(session: Session, organisation: Organisation, given: VisitInput) -> Need:
    """A draft of the enterprise: its own people complete it, so that what is published is theirs."""
    people, moment = speakers(session, organisation.id), clock.now()
    need = Need(
        organisation_id=organisation.id,
        author_id=people[0].id if people else None,
        intake=Intake.ENVOY,
        title=given.title,
        problem=given.note,
        region=organisation.region,
        chain=organisation.chain,
        version=1,
        created_at=moment,
        updated_at=moment,
    )
    session.add(need)
    enqueue(session, need)
    return need
