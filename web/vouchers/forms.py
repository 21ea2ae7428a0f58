"""What people fill in about vouchers. `once` marks a form, so that sending it twice counts once."""

from __future__ import annotations

import secrets
from typing import Self

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from matcher.vouchers.terms import ServiceKind
from web.choices import options
from web.forms import Form
from web.publish.fields import DayField, NumberField

NEEDED = [InputRequired()]


class OnceForm(Form):
    """A form with its own mark."""

    once = HiddenField()

    def start(self) -> Self:
        """A fresh mark."""
        self.once.data = secrets.token_hex(8)
        return self

    @property
    def mark(self) -> str:
        """The mark as it was sent."""
        return (self.once.data or "")[:32]


class ApplyForm(OnceForm):
    """Ask for a voucher."""

    service = SelectField(
        _l("服务类别"), NEEDED, choices=lambda: options(ServiceKind, _l("请选择")), validate_choice=False
    )
    asked = NumberField(_l("申请额度"), validators=NEEDED)
    purpose = TextAreaField(
        _l("用来做什么"),
        NEEDED,
        render_kw={"rows": 4, "maxlength": 500},
        description=_l("要解决什么问题，需要哪些检测、试验或咨询。最多 500 字。"),
    )


class OrderForm(OnceForm):
    """Reserve an amount for a provider's service."""

    provider_id = SelectField(_l("服务机构"), NEEDED, choices=[], validate_choice=False)
    title = StringField(_l("服务内容"), NEEDED, render_kw={"maxlength": 200})
    amount = NumberField(_l("预留金额"), validators=NEEDED)


class AmountForm(Form):
    """An amount in 元."""

    amount = NumberField(_l("金额"), validators=NEEDED)


class SettleForm(AmountForm):
    """What is paid of an order; less than used needs a reason."""

    remark = StringField(_l("说明"), render_kw={"maxlength": 500})


class EvidenceForm(Form):
    """One file."""

    file = FileField(_l("凭证文件"), NEEDED)


class GrantForm(Form):
    """Grant a voucher."""

    granted = NumberField(_l("发放额度"), validators=NEEDED)
    valid_until = DayField(_l("可用到"), validators=NEEDED)


class RemarkForm(Form):
    """Why not."""

    remark = StringField(_l("原因"), NEEDED, render_kw={"maxlength": 500})
