"""The reports of 限时转化. matcher.inputs says what is acceptable; these only read and keep."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, StringField
from wtforms.validators import InputRequired

from matcher.vocabulary import CoopMode
from web.forms import Form
from web.publish.fields import DayField, IpRow, area, choose

NEEDED = [InputRequired()]


class DisclosureForm(Form):
    """知识产权信息披露表 (M45)."""

    project_ref = StringField(_l("立项项目"), NEEDED, description=_l("项目名称或编号，会公开。"), render_kw={"autocomplete": "off"})
    disclosed_on = DayField(_l("披露日期"), validators=NEEDED, description=_l("向立项部门或本单位披露的日期，不能晚于今天。"))
    ip = FieldList(FormField(IpRow))
    remark = area(_l("备注"), 3, description=_l("没有知识产权时，说明原因。"))


class PlanForm(Form):
    """启动转化的报告."""

    started_on = DayField(_l("启动日期"), validators=NEEDED, description=_l("不能晚于今天。"))
    mode = choose(_l("转化方式"), CoopMode, _l("请选择"), validators=NEEDED)
    text = area(_l("做法与进展"), 5, validators=NEEDED, description=_l("找了谁，谈到哪一步，下一步做什么。只有本单位和运营人员能看到。"))
