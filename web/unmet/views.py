"""还没有人能解决的需求, as a map, as a list and as a file; for everybody, with what everybody may know."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _

from matcher import clock, unmet
from matcher.models import Need
from matcher.permissions import allowed
from matcher.unmet import NONE, Asked
from matcher.vocabulary import REGIONS, Chain, TechField
from matcher.workdays import local_day
from web import format as words
from web.choices import options, regions
from web.limits import limited
from web.paging import page_number, page_of
from web.session import current_actor, reading
from web.sheets import attachment, day
from web.unmet.presentation import (
    address,
    chain_name,
    days,
    days_waited,
    field_name,
    lines_of,
    listed,
    map_of,
    publish_url,
    reasons,
    total_budget,
)
from web.views_counter import count_views

blueprint = Blueprint("unmet", __name__)
PAGE = 20
MOST_IN_FILE = 10_000


def asked() -> Asked:
    """The choice of the address; what it cannot mean is left out."""
    field, chain, region = (request.args.get(name, "") for name in ("field", "chain", "region"))
    return Asked(
        field if field in (*TechField, NONE) else "",
        chain if chain in (*Chain, NONE) else "",
        region if region in REGIONS else "",
    )


@blueprint.get("/unmet")
@limited("search", methods=("GET",))
def index() -> str:
    """The map and the needs of the choice; a fixed number of queries."""
    by, session, actor = asked(), reading(), current_actor()
    cells = unmet.cells(session, actor, by.region)
    chosen = unmet.chosen(cells, by)
    page = page_of(sum(cell.count for cell in chosen), PAGE, page_number())
    needs = unmet.needs(session, actor, by, offset=page.offset, limit=PAGE) if page.total else []
    count_views([(need.kind, need.id) for need in needs], "shown")
    return render_template(
        "unmet/index.html",
        by=by,
        map=map_of(cells, by),
        lines=lines_of(cells, by, unmet.refusals_by_cell(session, actor, by.region)),
        total=page.total,
        long=sum(cell.long for cell in chosen),
        long_days=unmet.LONG_DAYS,
        longest=days(min((cell.since for cell in chosen if cell.since), default=None)),
        budget=total_budget(unmet.budget(chosen)),
        refusals=reasons(unmet.refusals(session, actor, by)),
        fewest=unmet.FEWEST_REFUSING,
        items=listed(needs, unmet.nearest_own(session, actor, [need.id for need in needs])),
        may_publish=actor.user_id is None or allowed(actor, "achievement.create"),
        publish=publish_url(by.field, by.chain),
        chosen_name=" · ".join(
            [*([chain_name(by.chain)] if by.chain else []), *([field_name(by.field)] if by.field else [])]
        ),
        page=page,
        url=lambda number: url_for("unmet.index", **address(by, page=number), _anchor="needs"),
        file=url_for("unmet.export", **address(by)),
        clear=url_for("unmet.index"),
        none=NONE,
        fields=options(TechField),
        chains=options(Chain),
        regions=regions(),
    )


@blueprint.get("/unmet.xlsx")
@limited("search", methods=("GET",))
def export() -> Response:
    """Everything that the choice leaves, as one sheet."""
    head = [
        _("编号"),
        _("需求"),
        _("技术领域"),
        _("产业链"),
        _("地区"),
        _("预算"),
        _("已等天数"),
        _("发布日期"),
        _("截止日期"),
        _("网址"),
    ]
    found = unmet.needs(reading(), current_actor(), asked(), limit=MOST_IN_FILE)
    name = f"daqiao-unmet-{local_day(clock.now()):%Y%m%d}.xlsx"
    return attachment(name, _("还没有人能解决的需求"), head, map(_row, found))


def _row(need: Need) -> list[str | int]:
    return [
        need.id,
        need.title,
        words.label(need.tech_field, "TechField"),
        words.label(need.chain, "Chain"),
        words.region(need.region),
        words.budget(need),
        days_waited(need.published_at),
        day(need.published_at),
        need.deadline.isoformat() if need.deadline else "",
        url_for("records.show", folder="needs", record_id=need.id, _external=True),
    ]
