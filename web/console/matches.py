"""The matches of a week: how many, how strong, and what was answered."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time, timedelta

from flask import current_app, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from matcher import clock
from matcher.digest import monday_of, week_of
from matcher.models import Achievement, Answer, Match, Need
from matcher.vocabulary import AnswerKind, Level
from web.console.shell import blueprint, console_page
from web.matches.presentation import bridge_of
from web.paging import page_number, page_of
from web.session import current_actor, reading

PAGE = 20


@blueprint.get("/matches")
def matches() -> str:
    """One week, by default the present one."""
    zone = current_app.config["SETTINGS"].zone
    now = week_of(clock.now(), zone)
    week = _week(request.args.get("week", ""), now)
    first = datetime.combine(monday_of(week), time(), zone)
    span = (Match.created_at >= first, Match.created_at < first + timedelta(days=7))
    rows = reading().execute(select(Match.id, Match.level).where(*span)).all()
    answered = _answers([row.id for row in rows])
    page = page_of(len(rows), PAGE, page_number())
    shown = reading().scalars(
        select(Match)
        .where(*span)
        .options(
            joinedload(Match.need).joinedload(Need.organisation),
            joinedload(Match.achievement).joinedload(Achievement.organisation),
            selectinload(Match.answers),
        )
        .order_by(Match.probability.desc(), Match.id)
        .offset(page.offset)
        .limit(PAGE)
    )
    actor, levels = current_actor(), Counter(row.level for row in rows)
    return console_page(
        "matches",
        "console.matches",
        week=week,
        monday=monday_of(week),
        before=_shifted(week, -7),
        after=_shifted(week, 7) if week < now else "",
        total=len(rows),
        levels=[(level, levels[level]) for level in Level if levels[level]],
        answered=answered,
        items=[bridge_of(actor, match) for match in shown],
        page=page,
        url=lambda number: url_for("console.matches", week=week, page=number),
    )


def _week(asked: str, now: str) -> str:
    try:
        monday_of(asked)
    except (ValueError, TypeError):
        return now
    return min(asked, now) if len(asked) == 8 and asked >= "2000" else now


def _shifted(week: str, days: int) -> str:
    year, number, _day = (monday_of(week) + timedelta(days=days)).isocalendar()
    return f"{year:04d}-W{number:02d}"


def _answers(ids: list[int]) -> dict[str, int]:
    """How many of these matches have an answer of each kind; one of two yeses counts once, both apart."""
    given: dict[int, list[str]] = {}
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        for match_id, kind in reading().execute(select(Answer.match_id, Answer.answer).where(Answer.match_id.in_(part))):
            given.setdefault(match_id, []).append(kind)
    return {
        "any": len(given),
        "yes": sum(AnswerKind.INTERESTED in kinds for kinds in given.values()),
        "both": sum(kinds.count(AnswerKind.INTERESTED) > 1 for kinds in given.values()),
        "no": sum(AnswerKind.REFUSED in kinds for kinds in given.values()),
    }
