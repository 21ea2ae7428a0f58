"""What is filled in about a price and a notice. matcher.inputs.pricing says what is acceptable."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from matcher.models import CaseFile
from matcher.pricing.terms import Route, Valuation
from web.forms import Form
from web.locale import translated
from web.publish.fields import NumberField, choose

NEEDED = [InputRequired()]


class PriceForm(Form):
    """A price that the two sides settle between themselves."""

    route = RadioField(_l("定价方式"), NEEDED, validate_choice=False, default=Route.AGREEMENT,
                       choices=lambda: [SelectChoice(route.value, translated(route.label)) for route in (Route.AGREEMENT, Route.EQUITY)])
    amount = NumberField(_l("价格"), validators=NEEDED, description=_l("作价入股时填作价金额。"))
    terms = TextAreaField(_l("付款和其他条件"), render_kw={"rows": 3, "maxlength": 1000},
                          description=_l("例如：签约付 30 %，验收付 60 %，一年后付 10 %。"))
    valuation = choose(_l("评估方法"), Valuation, _l("请选择"), validate_choice=False)
    valuation_file_id = SelectField(_l("评估报告"), choices=[], validate_choice=False,
                                    description=_l("从这个工单的文件里选；没有就先到“经过”里上传。"))
    share_percent = NumberField(_l("占股比例"))

    def with_files(self, files: Iterable[CaseFile]) -> PriceForm:
        """Offer these files as the report."""
        self.valuation_file_id.choices = [SelectChoice("", str(_l("请选择"))), *(SelectChoice(str(file.id), f"{file.name} v{file.version}") for file in files)]
        return self

    def values(self) -> dict[str, object]:
        """What was typed, as the domain reads it."""
        names = ("route", "amount", "terms", "valuation", "valuation_file_id", "share_percent")
        return {name: self[name].data for name in names if self[name].data not in (None, "")}


class PricingForm(Form):
    """A button that speaks of exactly one proposal."""

    pricing_id = IntegerField(widget=HiddenInput())


class WithdrawForm(PricingForm):
    """Take a price back, with a reason."""

    reason = StringField(_l("撤回原因"), NEEDED, render_kw={"maxlength": 500})


class RangeForm(Form):
    """One side's private range."""

    round = IntegerField(widget=HiddenInput())
    low = NumberField(_l("最低"), validators=NEEDED)
    high = NumberField(_l("最高"), validators=NEEDED)


class DecisionForm(Form):
    """What is decided on an objection, and why."""

    @classmethod
    def of(cls, objection_id: int, **settings: object) -> DecisionForm:
        """The form of one objection: several stand on one page, so the field carries its number."""
        return cls(prefix=f"objection-{objection_id}", **settings)

    decision = TextAreaField(_l("理由"), NEEDED, render_kw={"rows": 3, "maxlength": 1000},
                             description=_l("写明核实了什么、依据是什么。双方和经纪人都能看到。"))


class ObjectionForm(Form):
    """Anybody's objection. `website` is left empty by people and filled in by programs."""

    name = StringField(_l("您的姓名或单位"), NEEDED, render_kw={"maxlength": 50, "autocomplete": "name"})
    contact = StringField(_l("电话或邮箱"), NEEDED, render_kw={"maxlength": 100},
                          description=_l("只有处理异议的人能看到，用来向您核实和答复。"))
    reason = TextAreaField(_l("异议内容"), NEEDED, render_kw={"rows": 6, "maxlength": 2000},
                           description=_l("写明对成果名称、权属或价格的哪一点有异议，有什么依据。"))
    website = StringField(_l("请留空"), render_kw={"tabindex": "-1", "autocomplete": "off"})


class PublicForm(Form):
    """Whether an organisation is publicly funded."""

    public = SelectField(_l("成果方是否公立机构"), choices=[SelectChoice("", _l("按单位类型判断")), SelectChoice("yes", _l("是")), SelectChoice("no", _l("不是"))])


