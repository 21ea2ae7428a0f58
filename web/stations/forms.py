"""What operators fill in about a service point. matcher.inputs.stations says what is acceptable."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from web.choices import regions
from web.forms import Form

NEEDED = [InputRequired()]


class StationForm(Form):
    """A service point."""

    version = IntegerField(widget=HiddenInput())
    name = StringField(_l("名称"), NEEDED, render_kw={"maxlength": 60})
    region = SelectField(_l("地区"), NEEDED, choices=lambda: regions(_l("请选择")), validate_choice=False)
    place = StringField(_l("地址"), NEEDED, render_kw={"maxlength": 200})
    hours = StringField(_l("开放时间"), NEEDED, render_kw={"maxlength": 200}, description=_l("例如：周一至周五 9:00–17:00，午休 12:00–13:00。"))
    phone = StringField(_l("电话"), NEEDED, render_kw={"maxlength": 30, "inputmode": "tel"})

    def values(self) -> dict[str, Any]:
        """What was typed, as the domain reads it."""
        return {name: self[name].data or "" for name in ("name", "region", "place", "hours", "phone")}


class StaffForm(Form):
    """Who is to receive clients."""

    email = StringField(_l("账号邮箱"), NEEDED, render_kw={"maxlength": 254, "inputmode": "email"}, description=_l("先让这个人注册并验证邮箱。"))
