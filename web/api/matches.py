"""Matches to read and to answer."""

from __future__ import annotations

from flask import Response

from matcher.actions.matches import answer_match, retract_answer
from matcher.lowering import lowered_for
from matcher.models import Match
from matcher.permissions import find
from web.api.blueprint import answer, blueprint
from web.api.operation import Operation, operation
from web.api.present import match_out
from web.api.schemas import AnswerDone, AnswerIn, MatchOut
from web.session import current_actor, reading


@blueprint.get("/matches/<int:match_id>")
@operation(Operation("Read a match", {200: MatchOut}, token=True))
def read_match(match_id: int) -> Response:
    """One match with its reasons."""
    actor = current_actor()
    match = find(reading(), actor, "match.read", Match, match_id)
    return answer(match_out(actor, match, lowering=lowered_for(reading(), actor, [match]).get(match.id)))


@blueprint.put("/matches/<int:match_id>/answer")
@operation(Operation("Answer a match", {200: AnswerDone}, body=AnswerIn, token=True, problems=(403, 409)))
def put_answer(match_id: int, body: AnswerIn) -> Response:
    """One answer per organisation; the second yes opens a case."""
    case_id = answer_match(current_actor(), match_id, body.answer, body.reason, body.comment)
    return answer(AnswerDone(match_id=match_id, case_id=case_id))


@blueprint.delete("/matches/<int:match_id>/answer")
@operation(Operation("Take an answer back", {204: None}, token=True, problems=(403, 409)))
def delete_answer(match_id: int) -> Response:
    """Possible until both have said yes."""
    retract_answer(current_actor(), match_id)
    return answer(None, 204)
