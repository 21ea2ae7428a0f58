"""What people fill in of a contract. matcher.inputs.contracts says what is acceptable; these only read and keep."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms import Form as Rows
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from matcher.contracts.industries import Industry
from matcher.contracts.lists import (
    SUBTYPES,
    ContractField,
    ContractIp,
    ContractType,
    Country,
    PartyType,
    PayMode,
    Plan,
    RegistrationState,
)
from web.choices import options, regions
from web.forms import Form
from web.locale import translated
from web.publish.fields import DayField, NumberField, area, choose

NEEDED = [InputRequired()]
CHOOSE = _l("请选择")
ANSWERS = (RegistrationState.RECOGNISED, RegistrationState.RETURNED, RegistrationState.REFUSED)


def subtypes() -> dict[str, list[tuple[str, str]]]:
    """Subtypes by their type, in the page's language."""
    groups = {
        translated(kind.label): [(each.value, translated(each.label)) for each in each_of]
        for kind, each_of in SUBTYPES.items()
        if each_of
    }
    return {"": [("", str(CHOOSE))], **groups}


def divisions() -> list[tuple[str, str]]:
    """Divisions with their numbers, which people know them by."""
    return [("", str(CHOOSE)), *((each.value, f"{each.value} {translated(each.label)}") for each in Industry)]


class ClauseRow(Rows):  # type: ignore[misc]  # WTForms publishes no types
    """One clause."""

    code = HiddenField()
    title = StringField(_l("条款名称"), render_kw={"maxlength": 60})
    text = area(_l("内容"), 5)


class OwnerRow(Rows):  # type: ignore[misc]
    """One holder of the results."""

    name = StringField(_l("权利人"), render_kw={"maxlength": 100})
    share = NumberField(_l("份额（%）"))
    duties = area(_l("义务"), 2)


class VersionForm(Form):
    """A form that was made for one version of the contract."""

    version = IntegerField(widget=HiddenInput())


class ContractForm(VersionForm):
    """Everything but the registration."""

    name = StringField(_l("项目名称"), NEEDED, render_kw={"maxlength": 200})
    type = choose(_l("合同类别"), ContractType, CHOOSE, validators=NEEDED)
    subtype = SelectField(_l("子类"), choices=subtypes, validate_choice=False)
    seller_name = StringField(_l("单位全称"), NEEDED, render_kw={"maxlength": 100})
    seller_code = StringField(_l("统一社会信用代码"), render_kw={"maxlength": 18})
    seller_party_type = choose(_l("单位性质"), PartyType, CHOOSE, validators=NEEDED)
    seller_country = choose(_l("国别（地区）"), Country, CHOOSE, validators=NEEDED)
    seller_region = SelectField(_l("行政区划"), choices=lambda: regions(CHOOSE), validate_choice=False)
    buyer_name = StringField(_l("单位全称"), NEEDED, render_kw={"maxlength": 100})
    buyer_code = StringField(_l("统一社会信用代码"), render_kw={"maxlength": 18})
    buyer_party_type = choose(_l("单位性质"), PartyType, CHOOSE, validators=NEEDED)
    buyer_country = choose(_l("国别（地区）"), Country, CHOOSE, validators=NEEDED)
    buyer_region = SelectField(_l("行政区划"), choices=lambda: regions(CHOOSE), validate_choice=False)
    amount_total = NumberField(_l("合同成交总额"), validators=NEEDED)
    amount_tech = NumberField(_l("其中技术交易额"), validators=NEEDED)
    pay_mode = choose(_l("支付方式"), PayMode, CHOOSE, validators=NEEDED)
    signed = DayField(_l("签订日期"), description=_l("签字盖章之后填写，不能晚于今天。"))
    valid_from = DayField(_l("有效期开始"), validators=NEEDED)
    valid_to = DayField(_l("有效期结束"), validators=NEEDED)
    ip_kind = choose(_l("知识产权类型"), ContractIp, CHOOSE, validators=NEEDED)
    field11 = choose(_l("技术领域（登记用 11 类）"), ContractField, CHOOSE, validators=NEEDED)
    industry = SelectField(_l("买方使用技术的行业"), NEEDED, choices=divisions, validate_choice=False)
    plan = choose(_l("计划类别"), Plan, CHOOSE, validators=NEEDED)
    new_input = NumberField(_l("预计新增投入"), description=_l("技术转让合同须填写。"))
    new_output = NumberField(_l("预计新增产值"), description=_l("技术转让合同须填写。"))
    clauses = FieldList(FormField(ClauseRow))
    terms = area(_l("其他约定"), 4, description=_l("附件、补充说明等。会印在合同条款之后。"))
    owners = FieldList(FormField(OwnerRow))


class StartForm(Form):
    """Which type's clauses a new contract begins with."""

    kind = RadioField(_l("按哪一类的范本起草"), choices=[], validate_choice=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [*options(ContractType), ("", _l("还不确定，先用通用条款"))]


class SubmitForm(VersionForm):
    """The registry accepted the application."""

    day = DayField(_l("受理日期"), validators=NEEDED)
    remark = area(_l("改了什么"), 3)


class DecisionForm(VersionForm):
    """What the registry answered."""

    target = RadioField(_l("登记机构的答复"), NEEDED, choices=[], validate_choice=False)
    day = DayField(_l("答复日期"), validators=NEEDED)
    reg_no = StringField(
        _l("合同登记编号"),
        description=_l("16 位数字，已认定时填写。"),
        render_kw={"inputmode": "numeric", "maxlength": 40, "autocomplete": "off"},
    )
    approved_tech = NumberField(_l("核定技术交易额"), description=_l("已认定时填写，不超过合同成交总额。"))
    remark = area(_l("登记机构的意见"), 3, description=_l("补正和不予登记须写明。"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.target.choices = [(each.value, translated(each.label)) for each in ANSWERS]


class MilestoneForm(Form):
    """What is to be delivered, until when."""

    title = StringField(_l("交付内容"), NEEDED, render_kw={"maxlength": 200})
    due = DayField(_l("完成日期"), validators=NEEDED)


class DeliveryForm(Form):
    """It was handed over."""

    day = DayField(_l("交付日期"), validators=NEEDED)
    file = FileField(_l("交付材料"))


class PaymentForm(Form):
    """Money that has arrived."""

    payer = StringField(_l("拨款单位"), NEEDED, render_kw={"maxlength": 100})
    paid_on = DayField(_l("到账日期"), validators=NEEDED)
    amount = NumberField(_l("到账金额"), validators=NEEDED)
    amount_tech = NumberField(_l("其中技术交易额"), validators=NEEDED)
    fee = NumberField(_l("管理费用"))
    vat = NumberField(_l("增值税"))
    file = FileField(_l("到账凭证"), NEEDED, description=_l("银行回单或发票，每笔到账一份。"))


class ReportForm(Form):
    """A half-year's sales and royalty."""

    sales = NumberField(_l("用这项技术取得的销售额"), validators=NEEDED)
    royalty = NumberField(_l("应付提成"))
    remark = TextAreaField(_l("说明"), render_kw={"rows": 2, "maxlength": 2000})
