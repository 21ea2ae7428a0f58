"""Ask why a pair is recommended or not, and have an answer computed again."""

from __future__ import annotations

from flask import Response

from indexes import statistics
from indexes.engine import EngineUnavailableError
from matcher.gaps import PathStep, path_of
from matcher.models import Question
from matcher.permissions import find
from matcher.rerun import rerun
from web.api.blueprint import answer, blueprint, reread
from web.api.operation import MalformedError, Operation, operation
from web.api.present import absolute
from web.api.schemas import PathStepOut, QuestionIn, QuestionOut, RerunOut
from web.questions.asking import ask
from web.session import current_actor, reading


@blueprint.post("/questions")
@operation(
    Operation(
        "Ask why a need and an achievement are recommended to each other, or not",
        {201: QuestionOut},
        body=QuestionIn,
        token=True,
        problems=(403, 404, 409),
    )
)
def ask_question(body: QuestionIn) -> Response:
    """For a side of the pair, brokers and operators. The same inputs and versions give the same answer."""
    try:
        number = ask(current_actor(), body.need_id, body.achievement_id)
    except EngineUnavailableError:
        raise MalformedError(503, "The index cannot be asked now; try again in a moment") from None
    reread()
    return answer(_out(_find(number)), 201, Location=absolute(f"/api/v1/questions/{number}"))


@blueprint.get("/questions/<int:question_id>")
@operation(Operation("Read the answer to a question about a pair", {200: QuestionOut}, token=True))
def read_question(question_id: int) -> Response:
    """As it was stored."""
    return answer(_out(_find(question_id)))


@blueprint.get("/questions/<int:question_id>/rerun")
@operation(Operation("Compute an answer again from what is stored with it", {200: RerunOut}, token=True))
def rerun_question(question_id: int) -> Response:
    """Changes nothing; says whether every digit is the same."""
    question = _find(question_id)
    found = rerun(reading(), question, statistics.pinned(reading(), question.snapshot_id))
    return answer(RerunOut(known=found.known, same=found.same, differs=list(found.differs), same_reasons=found.same_reasons))


def _find(question_id: int) -> Question:
    return find(reading(), current_actor(), "question.read", Question, question_id)


def _out(question: Question) -> QuestionOut:
    names = [name for name in QuestionOut.model_fields if name not in ("url", "path")]
    return QuestionOut(
        **{name: getattr(question, name) for name in names},
        path=[_step(step) for step in path_of(question.reasons.get("gaps", ()))],
        url=absolute(f"/why/{question.id}"),
    )


def _step(step: PathStep) -> PathStepOut:
    means = step.means
    return PathStepOut(
        step=step.step.value,
        mover=means.mover.value,
        facility=means.facility,
        voucher=means.voucher,
        levels=step.levels,
        gaps=[dict(gap) for gap in step.gaps],
    )
