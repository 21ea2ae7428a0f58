"""Ask about a pair: computed at once from what the index stores, then kept."""

from __future__ import annotations

from indexes.questions import answer
from matcher.actions.questions import keep_question, pair_to_ask
from matcher.actor import Actor
from web.index import index
from web.session import reading


def ask(actor: Actor, need_id: int, achievement_id: int) -> int:
    """The number of the answer. Raises what `pair_to_ask` and `indexes.questions.answer` raise."""
    pair = pair_to_ask(reading(), actor, need_id, achievement_id)
    return keep_question(actor, answer(reading(), *index(), pair))
