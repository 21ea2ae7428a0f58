"""The page of one reception, for those who serve the client."""

from __future__ import annotations

from flask import render_template
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload
from wtforms import SelectChoice

from matcher.models import Achievement, Case, Match, Reception
from matcher.permissions import allowed
from matcher.vocabulary import MatchState, RecordState
from web import format as words
from web.cards import title_of
from web.receptions.forms import PairForm
from web.session import current_actor, reading

BEST = 8


def reception_page(reception: Reception, form: PairForm | None = None, notice: str = "") -> str:
    """The page; `form` is to be shown again with what was typed, `notice` is a refusal."""
    form, matches = form or PairForm(formdata=None), matches_of(reception)
    form.match.choices = [SelectChoice(str(match.achievement_id), _worded(match)) for match in matches]
    return render_template(
        "receptions/show.html",
        reception=reception,
        form=form,
        matches=matches,
        cases=cases_of(reception),
        published=reception.need.state == RecordState.PUBLISHED,
        may_vouch=reception.identity_seen and allowed(current_actor(), "client.vouch"),
        notice=notice,
    )


def _worded(match: Match) -> str:
    level = words.label(match.level, "Level")
    return f"{title_of(match.achievement)} · {match.achievement.organisation.name} · {level}"


def matches_of(reception: Reception) -> list[Match]:
    """The best open matches of the client's need, as far as they have been computed."""
    query = (
        select(Match)
        .join(Match.achievement)
        .where(
            Match.need_id == reception.need_id,
            Match.state == MatchState.OPEN,
            Achievement.state == RecordState.PUBLISHED,
        )
        .options(contains_eager(Match.achievement).joinedload(Achievement.organisation))
        .order_by(Match.probability.desc(), Match.id)
        .limit(BEST)
    )
    return list(reading().scalars(query))


def cases_of(reception: Reception) -> list[Case]:
    """The cases of the client's need, whoever opened them."""
    query = select(Case).where(Case.need_id == reception.need_id).options(joinedload(Case.achievement))
    return list(reading().scalars(query.order_by(Case.id.desc())))
