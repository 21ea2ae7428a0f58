"""The matches of a week: how many, how strong, and what was answered."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from flask import current_app, request, url_for
from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import joinedload, selectinload

from matcher import clock
from matcher.digest.weeks import monday_of, week_of
from matcher.models import Achievement, Answer, Match, Need
from matcher.vocabulary import AnswerKind, Level
from web.console.shell import blueprint, console_page
from web.matches.rows import bridge_row_of
from web.paging import page_number, page_of
from web.session import reading

PAGE = 20


@blueprint.get("/matches")
def matches() -> str:
    """One week, by default the present one."""
    zone = current_app.config["SETTINGS"].zone
    now = week_of(clock.now(), zone)
    week = _week(request.args.get("week", ""), now)
    first = datetime.combine(monday_of(week), time(), zone)
    span = (Match.created_at >= first, Match.created_at < first + timedelta(days=7))
    grouped = select(Match.level, func.count()).where(*span).group_by(Match.level)
    levels = {row[0]: int(row[1]) for row in reading().execute(grouped)}
    total = sum(levels.values())
    page = page_of(total, PAGE, page_number())
    order = (Match.probability.desc(), Match.id)
    ids = select(Match.id).where(*span).order_by(*order).offset(page.offset).limit(PAGE)
    shown = reading().scalars(
        select(Match)
        .where(Match.id.in_(ids))
        .options(
            joinedload(Match.need).joinedload(Need.organisation),
            joinedload(Match.achievement).joinedload(Achievement.organisation),
            selectinload(Match.answers),
        )
        .order_by(*order)
    )
    return console_page(
        "matches",
        "console.matches",
        week=week,
        monday=monday_of(week),
        before=_shifted(week, -7),
        after=_shifted(week, 7) if week < now else "",
        total=total,
        levels=[(level, levels[level]) for level in Level if level in levels],
        answered=_answers(*span),
        items=[bridge_row_of(match) for match in shown],
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


def _answers(*span: ColumnElement[bool]) -> dict[str, int]:
    """How many of these matches have an answer of each kind; one of two yeses counts once, both apart; one query."""
    yes = func.sum(case((Answer.answer == AnswerKind.INTERESTED, 1), else_=0))
    no = func.sum(case((Answer.answer == AnswerKind.REFUSED, 1), else_=0))
    each = select(yes.label("yes"), no.label("no")).join(Match, Match.id == Answer.match_id).where(*span)
    of = each.group_by(Answer.match_id).subquery()
    count = func.count()
    row = reading().execute(
        select(count, count.filter(of.c.yes > 0), count.filter(of.c.yes > 1), count.filter(of.c.no > 0)).select_from(of)
    )
    return dict(zip(("any", "yes", "both", "no"), row.one(), strict=True))
