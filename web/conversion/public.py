"""限时转化公开清单: what is overdue, for everybody, as a page and as a file."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _

from matcher.conversion.listing import Asked, counts, listed
from matcher.conversion.status import clocks
from matcher.conversion.terms import Duty
from matcher.vocabulary import REGIONS, TechField
from web import format as words
from web.conversion.blueprint import blueprint
from web.conversion.presentation import Shown, shown_all, today
from web.limits import limited
from web.locale import translated
from web.paging import page_number, page_of
from web.session import reading
from web.sheets import attachment

PAGE = 20
MOST_IN_FILE = 10_000


def asked() -> Asked:
    """The filter of the address; what it cannot mean is left out."""
    duty = request.args.get("duty", "")
    domain, region = request.args.get("domain", ""), request.args.get("region", "")
    return Asked(
        Duty(duty) if duty in list(Duty) else None,
        domain if domain in list(TechField) else "",
        region if region in REGIONS else "",
    )


def address(by: Asked, **changes: Any) -> dict[str, Any]:
    """The filter as parts of an address."""
    values = {"duty": by.duty.value if by.duty else "", "domain": by.domain, "region": by.region, **changes}
    return {name: value for name, value in values.items() if value}


def found(by: Asked, offset: int, limit: int) -> list[Shown]:
    """A part of the list; four queries however long it is."""
    achievements = listed(reading(), by, today(), offset=offset, limit=limit)
    return shown_all(achievements, clocks(reading(), achievements))


@blueprint.get("/conversion")
@limited("search", methods=("GET",))
def index() -> str:
    """The list, the longest overdue first."""
    by = asked()
    number = counts(reading(), by, today())
    page = page_of(number[by.duty], PAGE, page_number())
    tabs = [
        {
            "label": translated(duty.label) if duty else _("全部"),
            "url": url_for("conversion.index", **address(by, duty=duty.value if duty else "")),
            "current": duty == by.duty,
            "count": number[duty],
        }
        for duty in (None, *Duty)
    ]
    return render_template(
        "conversion/index.html",
        by=by,
        tabs=tabs,
        total=number[by.duty],
        items=found(by, page.offset, PAGE) if page.total else [],
        page=page,
        url=lambda number: url_for("conversion.index", **address(by, page=number)),
        file=url_for("conversion.export", **address(by)),
        fields=[(term.value, translated(term.label)) for term in TechField],
        regions=[(code, translated(name)) for code, name in REGIONS.items()],
    )


@blueprint.get("/conversion.xlsx")
@limited("search", methods=("GET",))
def export() -> Response:
    """Everything the filter leaves, as one sheet."""
    head = [_("编号"), _("成果"), _("单位"), _("技术领域"), _("地区"), _("立项项目"), _("完成（验收）日期"), _("逾期任务"), _("网址")]
    items = found(asked(), 0, MOST_IN_FILE)
    return attachment(f"daqiao-conversion-{today():%Y%m%d}.xlsx", _("限时转化公开清单"), head, map(_row, items))


def _row(item: Shown) -> list[str]:
    each = item.achievement
    return [
        str(each.id),
        item.title,
        each.organisation.name,
        words.label(each.tech_field, "TechField"),
        words.region(each.region),
        each.project_ref,
        each.completed_on.isoformat() if each.completed_on else "",
        "；".join(chip.text for chip in item.late),
        item.url,
    ]
