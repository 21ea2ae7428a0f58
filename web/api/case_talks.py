"""What people say and arrange on a case, by programs: messages, notes, meetings, tasks."""

from __future__ import annotations

from typing import Any

from flask import Response

from matcher.actions import cases, meetings, tasks
from matcher.inputs.meetings import MeetingInput, MinutesInput
from matcher.inputs.tasks import NoteInput, OutcomeInput, TaskInput
from matcher.models import Case
from matcher.permissions import find, require
from web.api.blueprint import answer, blueprint
from web.api.operation import Operation, operation
from web.api.schemas_case_writes import Created, HandOnIn, MessageIn, ReplyIn
from web.session import current_actor, reading

DOES: dict[str, Any] = {"token": True, "problems": (403, 409)}


def _known(case_id: int) -> Case:
    """A case that the caller knows of; refused later is what they may not do."""
    return find(reading(), current_actor(), "case.read", Case, case_id)


@blueprint.post("/cases/<int:case_id>/messages")
@operation(Operation("Write a message", {201: Created}, body=MessageIn, **DOES))
def create_message(case_id: int, body: MessageIn) -> Response:
    """To all who work on the case; the others get a mail."""
    require(current_actor(), "case.write", _known(case_id))
    return answer(Created(id=cases.write_message(current_actor(), case_id, body.body, body.once)), 201)


@blueprint.post("/cases/<int:case_id>/notes")
@operation(Operation("Write an officer's note", {201: Created}, body=NoteInput, **DOES))
def create_note(case_id: int, body: NoteInput) -> Response:
    """The four officers alone."""
    require(current_actor(), "case.note", _known(case_id))
    return answer(Created(id=tasks.note_case(current_actor(), case_id, body)), 201)


@blueprint.post("/cases/<int:case_id>/meetings")
@operation(Operation("Call a meeting", {201: Created}, body=MeetingInput, **DOES))
def create_meeting(case_id: int, body: MeetingInput) -> Response:
    """Every guest gets an invitation with a calendar object."""
    require(current_actor(), "case.meet", _known(case_id))
    return answer(Created(id=meetings.call_meeting(current_actor(), case_id, body)), 201)


@blueprint.put("/cases/<int:case_id>/meetings/<int:meeting_id>")
@operation(Operation("Change a meeting", {204: None}, body=MeetingInput, **DOES))
def save_meeting(case_id: int, meeting_id: int, body: MeetingInput) -> Response:
    """Everybody is asked again."""
    meetings.change_meeting(current_actor(), case_id, meeting_id, body)
    return answer(None, 204)


@blueprint.delete("/cases/<int:case_id>/meetings/<int:meeting_id>")
@operation(Operation("Cancel a meeting", {204: None}, **DOES))
def delete_meeting(case_id: int, meeting_id: int) -> Response:
    """Every guest's calendar is told."""
    meetings.cancel_meeting(current_actor(), case_id, meeting_id)
    return answer(None, 204)


@blueprint.put("/cases/<int:case_id>/meetings/<int:meeting_id>/reply")
@operation(Operation("Answer an invitation", {204: None}, body=ReplyIn, **DOES))
def put_reply(case_id: int, meeting_id: int, body: ReplyIn) -> Response:
    """One's own answer; a later one replaces it."""
    meetings.reply_to_meeting(current_actor(), case_id, meeting_id, body.sequence, body.reply)
    return answer(None, 204)


@blueprint.post("/cases/<int:case_id>/meetings/<int:meeting_id>/minutes")
@operation(Operation("Minute a meeting", {204: None}, body=MinutesInput, **DOES))
def create_minutes(case_id: int, meeting_id: int, body: MinutesInput) -> Response:
    """What was said and decided; agreed tasks get owner and date."""
    meetings.minute_meeting(current_actor(), case_id, meeting_id, body)
    return answer(None, 204)


@blueprint.post("/cases/<int:case_id>/tasks")
@operation(Operation("Add a task", {201: Created}, body=TaskInput, **DOES))
def create_task(case_id: int, body: TaskInput) -> Response:
    """In whose hands, until when."""
    require(current_actor(), "case.task", _known(case_id))
    return answer(Created(id=tasks.add_task(current_actor(), body, case_id=case_id)), 201)


@blueprint.post("/tasks/<int:task_id>/complete")
@operation(Operation("Complete a task", {204: None}, body=OutcomeInput, **DOES))
def complete_task(task_id: int, body: OutcomeInput) -> Response:
    """It is done, with what came of it."""
    tasks.complete_task(current_actor(), task_id, body)
    return answer(None, 204)


@blueprint.post("/tasks/<int:task_id>/cancel")
@operation(Operation("Call a task off", {204: None}, body=OutcomeInput, **DOES))
def cancel_task(task_id: int, body: OutcomeInput) -> Response:
    """With why."""
    tasks.cancel_task(current_actor(), task_id, body)
    return answer(None, 204)


@blueprint.post("/tasks/<int:task_id>/hand-on")
@operation(Operation("Hand a task on", {204: None}, body=HandOnIn, **DOES))
def hand_task_on(task_id: int, body: HandOnIn) -> Response:
    """Into other hands, its date stays."""
    tasks.reassign_task(current_actor(), task_id, body.duty)
    return answer(None, 204)
