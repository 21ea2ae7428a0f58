"""年度科技成果转化情况报告 of an institution (M47): a page and a file, for its members and the operators."""

from __future__ import annotations

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required

from matcher.conversion.annual import Annual, Line, Year, annual, lines
from matcher.models import Organisation
from matcher.permissions import find
from web import format as words
from web.cards import record_url, title_of
from web.conversion.blueprint import blueprint
from web.conversion.presentation import today
from web.session import current_actor, reading
from web.sheets import attachment

FIRST_YEAR = 2000
YEARS = 5  # offered as tabs


def asked() -> Year:
    """The year of the address; the present one when it names none that can be."""
    given = request.args.get("year", "")
    number = int(given) if given.isascii() and given.isdigit() and len(given) == 4 else 0
    return Year(number if FIRST_YEAR <= number <= today().year else today().year)


def reported(organisation_id: int) -> Organisation:
    """The institution if this person may read its report; unknown and foreign ones are the same."""
    return find(reading(), current_actor(), "conversion.annual", Organisation, organisation_id)


@blueprint.get("/organisations/<int:organisation_id>/conversion-report")
@login_required
def report(organisation_id: int) -> str:
    """The year's figures, and each achievement of which something came."""
    organisation, year = reported(organisation_id), asked()
    figures = annual(reading(), organisation_id, year)
    found = lines(reading(), organisation_id, year)
    moving = [line for line in found if line.moved]
    tabs = [
        {
            "label": str(number),
            "url": url_for("conversion.report", organisation_id=organisation_id, year=number),
            "current": number == year.number,
        }
        for number in range(today().year, today().year - YEARS, -1)
    ]
    return render_template(
        "conversion/report.html",
        organisation=organisation,
        year=year.number,
        tabs=tabs,
        groups=groups(figures),
        is_empty=figures.is_empty,
        rows=[(line, title_of(line.achievement), record_url(line.achievement.kind, line.achievement.id)) for line in moving],
        waiting=len(found) - len(moving),
        file=url_for("conversion.report_file", organisation_id=organisation_id, year=year.number),
    )


def groups(figures: Annual) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """The figures by subject, as the `figures` macro wants them."""
    number = words.number
    return [
        (
            str(_("成果")),
            [
                (_("新发布"), number(figures.published), ""),
                (_("其中财政资助"), number(figures.funded), ""),
                (_("披露知识产权"), number(figures.disclosed), ""),
                (_("报告启动转化"), number(figures.started), ""),
            ],
        ),
        (
            str(_("对接")),
            [
                (_("有较强相关以上匹配"), number(figures.matched), _("项成果")),
                (_("开启工单"), number(figures.cases), ""),
                (_("转化成功"), number(figures.converted), ""),
            ],
        ),
        (
            str(_("合同与到账")),
            [
                (_("签订技术合同"), number(figures.contracts), words.yuan(figures.signed)),
                (_("其中技术交易额"), words.yuan(figures.technical), ""),
                (_("认定登记"), number(figures.registered), words.yuan(figures.approved)),
                (_("到账"), words.yuan(figures.paid), ""),
            ],
        ),
    ]


@blueprint.get("/organisations/<int:organisation_id>/conversion-report.xlsx")
@login_required
def report_file(organisation_id: int) -> Response:
    """The figures first, then a row for each achievement."""
    organisation, year = reported(organisation_id), asked()
    figures = annual(reading(), organisation_id, year)
    head = [_("条目"), _("匹配"), _("工单"), _("合同"), _("合同金额（元）"), _("到账（元）")]
    rows = [[f"{title} · {label}", value, note, "", "", ""] for title, items in groups(figures) for label, value, note in items]
    rows += [_row(line) for line in lines(reading(), organisation_id, year)]
    name = f"daqiao-conversion-report-{organisation.id}-{year.number}.xlsx"
    return attachment(name, _("%(year)s 年度科技成果转化情况", year=year.number), head, rows)


def _row(line: Line) -> list[str]:
    amounts = [f"{line.signed:.2f}", f"{line.paid:.2f}"]
    return [title_of(line.achievement), str(line.matches), str(line.cases), str(line.contracts), *amounts]
