"""Answers to matches, and cases to read."""

from __future__ import annotations

from flask import Response

from matcher.actions.matches import answer_match, retract_answer
from matcher.desk import cases_of
from matcher.models import Case, Match
from matcher.permissions import find
from web.api.blueprint import answer, blueprint
from web.api.operation import Operation, operation
from web.api.present import case_out, match_out
from web.api.schemas import AnswerDone, AnswerIn, CaseOut, CasePage, MatchOut, PageQuery
from web.session import current_actor, reading


@blueprint.get("/matches/<int:match_id>")
@operation(Operation("Read a match", {200: MatchOut}, token=True))
def read_match(match_id: int) -> Response:
    """One match with its reasons."""
    actor = current_actor()
    return answer(match_out(actor, find(reading(), actor, "match.read", Match, match_id)))


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


@blueprint.get("/cases")
@operation(Operation("List cases", {200: CasePage}, query=PageQuery, token=True))
def list_cases(query: PageQuery) -> Response:
    """Open cases that the caller may read, the next due first."""
    found = cases_of(reading(), current_actor(), offset=(query.page - 1) * query.size, limit=query.size)
    return answer(CasePage(items=[case_out(case) for case in found], page=query.page, size=query.size))


@blueprint.get("/cases/<int:case_id>")
@operation(Operation("Read a case", {200: CaseOut}, token=True))
def read_case(case_id: int) -> Response:
    """One case."""
    return answer(case_out(find(reading(), current_actor(), "case.read", Case, case_id)))
