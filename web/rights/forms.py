"""The form of a rights table: rows without a name and a share are left out."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, HiddenField, SelectField, StringField, TextAreaField
from wtforms import Form as Rows
from wtforms.validators import InputRequired

from matcher.inputs.money import ROWS
from matcher.models import RightsTable
from matcher.rights.terms import ConversionRoute, HolderKind, RightType
from web.choices import options
from web.forms import Form
from web.publish.fields import DayField, NumberField

NEEDED = [InputRequired()]
MORE = 2  # blank rows that are offered beyond the filled ones


class HolderRow(Rows):  # type: ignore[misc]  # WTForms publishes no types
    """One holder."""

    name = StringField(_l("权利人"))
    kind = SelectField(_l("类别"), choices=lambda: options(HolderKind), validate_choice=False)
    type = SelectField(_l("权利类型"), choices=lambda: options(RightType), validate_choice=False)
    share = NumberField(_l("份额"))
    affiliation = StringField(_l("个人所属单位"))


class MemberRow(Rows):  # type: ignore[misc]
    """One of the team."""

    name = StringField(_l("姓名"))
    share = NumberField(_l("团队内份额"))
    affiliation = StringField(_l("所属单位"))


class RightsForm(Form):
    """A new version of the rights table."""

    number = HiddenField()
    valid_from = DayField(_l("从哪一天起"), validators=NEEDED)
    valid_to = DayField(_l("到哪一天止"), description=_l("不填为一直有效，直到下一版。"))
    route = SelectField(_l("转化方式"), NEEDED, choices=lambda: options(ConversionRoute), validate_choice=False)
    holders = FieldList(FormField(HolderRow), max_entries=ROWS)
    team_percent = NumberField(
        _l("团队奖励比例"),
        validators=NEEDED,
        description=_l("从单位所得的部分中，奖励给完成和转化人员的比例。"),
    )
    team = FieldList(FormField(MemberRow), max_entries=ROWS)
    agreed_reason = TextAreaField(
        _l("低于规定比例的约定依据"),
        render_kw={"rows": 2, "maxlength": 500},
        description=_l("企业等单位与人员另有约定时填写，例如合同条款或制度名称。"),
    )

    def given(self) -> dict[str, Any]:
        """What was typed, without blank rows, as the domain reads it."""
        return {
            "valid_from": self.valid_from.data,
            "valid_to": self.valid_to.data,
            "route": self.route.data,
            "holders": _filled(self.holders),
            "team_percent": self.team_percent.data,
            "team": _filled(self.team),
            "agreed_reason": self.agreed_reason.data or "",
        }

    def drop_blanks(self) -> None:
        """Put filled rows first, so that a message for the n-th row stands at the n-th row."""
        for rows in (self.holders, self.team):
            filled = _filled(rows)
            while rows.entries:
                rows.pop_entry()
            for row in filled:
                rows.append_entry(row)

    def add_rows(self) -> None:
        """Blank rows at the end."""
        for rows in (self.holders, self.team):
            for _number in range(min(MORE, ROWS - len(rows))):
                rows.append_entry({})


def _filled(rows: FieldList) -> list[dict[str, Any]]:
    """Data of the rows in which something was typed."""
    return [
        {name: value or "" for name, value in row.items() if name != "csrf_token"}
        for row in rows.data
        if any((row.get(name) or "").strip() for name in ("name", "share", "affiliation"))
    ]


def form_for(table: RightsTable | None, number: int, people: list[str], owner: str) -> RightsForm:
    """A form that starts from the present version, or from what the achievement says of its people."""
    form = RightsForm(formdata=None)
    form.number.data = str(number)
    if table is None:
        form.holders.append_entry({"name": owner, "kind": HolderKind.ORGANISATION, "share": "100"})
        for person in people:
            form.team.append_entry({"name": person})
    else:
        _copy(form, table)
    form.add_rows()
    return form


def _copy(form: RightsForm, table: RightsTable) -> None:
    form.route.data, form.team_percent.data = table.route, f"{table.team_percent.normalize():f}"
    form.agreed_reason.data = table.agreed_reason
    for holder in table.holders:
        is_person = holder.kind == HolderKind.PERSON
        form.holders.append_entry(
            {
                "name": holder.name,
                "kind": holder.kind,
                "type": holder.type,
                "share": f"{holder.share.normalize():f}",
                "affiliation": holder.organisation.name if is_person and holder.organisation else "",
            }
        )
    for member in table.team:
        form.team.append_entry(
            {
                "name": member.name,
                "share": f"{member.share.normalize():f}",
                "affiliation": member.organisation.name if member.organisation else "",
            }
        )
