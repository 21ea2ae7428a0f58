"""What is filled in to open a sale and to take part in one."""

from __future__ import annotations

from datetime import datetime

from flask import current_app
from flask_babel import lazy_gettext as _l
from wtforms import DateTimeLocalField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from web.forms import Form
from web.publish.fields import NumberField

NEEDED = [InputRequired()]


class ListingForm(Form):
    """A listing."""

    price = NumberField(_l("挂牌价"), validators=NEEDED, id="listing_price")  # the auction's form stands beside it
    days = NumberField(_l("挂牌天数"), validators=NEEDED)

    def values(self) -> dict[str, object]:
        """What was typed, as the domain reads it."""
        return {"price": self.price.data or "", "days": self.days.data or ""}


class AuctionForm(Form):
    """An auction. The time is of the configured zone."""

    price = NumberField(_l("起拍价"), validators=NEEDED)
    reserve = NumberField(_l("保留价"), description=_l("结束之前只有成果方和经纪人、运营人员看得到；最高价不到保留价就不成交。"))
    increment = NumberField(_l("加价幅度"), validators=NEEDED)
    deposit = NumberField(_l("保证金"), validators=NEEDED, description=_l("线下收取，由经纪人登记；登记后才能出价。"))
    extension_minutes = NumberField(_l("延时"), validators=NEEDED, description=_l("最后几分钟有人出价，就再延长这么久。"))
    ends_at = DateTimeLocalField(_l("结束时间"), NEEDED, format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])

    def values(self) -> dict[str, object]:
        """What was typed, as the domain reads it."""
        names = ("price", "reserve", "increment", "deposit", "extension_minutes")
        return {name: self[name].data or "" for name in names} | {"ends_at": self._moment()}

    def _moment(self) -> datetime | None:
        local: datetime | None = self.ends_at.data
        return local.replace(tzinfo=current_app.config["SETTINGS"].zone) if local else None


class ChooseForm(Form):
    """Who takes a listing."""

    part_id = IntegerField(widget=HiddenInput())
    reason = StringField(_l("理由"), render_kw={"maxlength": 500}, description=_l("不选最先登记的单位时要写明。"))


class EndSaleForm(Form):
    """Why a sale is taken back."""

    reason = StringField(_l("撤回原因"), NEEDED, render_kw={"maxlength": 500})


class JoinForm(Form):
    """Register for a sale."""

    note = TextAreaField(_l("说明"), render_kw={"rows": 3, "maxlength": 500}, description=_l("准备怎样使用这项成果。只有成果方、经纪人和运营人员能看到。"))


class BidForm(Form):
    """A bid."""

    amount = NumberField(_l("您的出价"), validators=NEEDED)
