"""What people fill in on a case's money page."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from matcher.finance.terms import FinanceKind, ReferralOutcome
from web.choices import options
from web.forms import Form
from web.publish.fields import DayField, NumberField

NEEDED = [InputRequired()]


class FinanceForm(Form):
    """A need for money from outside."""

    kind = SelectField(_l("方式"), NEEDED, choices=lambda: options(FinanceKind), validate_choice=False)
    amount = NumberField(_l("金额"), validators=NEEDED)
    months = NumberField(_l("期限"))
    purpose = TextAreaField(_l("用途"), NEEDED, render_kw={"rows": 3, "maxlength": 500})


class ReferralForm(Form):
    """An institution that was told."""

    institution = StringField(_l("机构名称"), NEEDED, render_kw={"maxlength": 100})
    referred_on = DayField(_l("推荐日期"), validators=NEEDED)


class OutcomeForm(Form):
    """What it answered."""

    outcome = SelectField(
        _l("结果"), NEEDED, choices=lambda: options(ReferralOutcome), validate_choice=False
    )
    note = StringField(_l("备注"), render_kw={"maxlength": 500})
