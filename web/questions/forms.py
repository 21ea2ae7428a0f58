"""Which record to hold against this one."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired

from matcher.errors import Invalid
from matcher.messages import msg
from matcher.vocabulary import Kind
from web.cards import record_named
from web.forms import Form


class OtherForm(Form):
    """The other record by its number or address, typed or from a button."""

    other = StringField(_l("或者填编号、粘贴网址"), [InputRequired()], description=_l("编号是网址末尾的数字。"), render_kw={"maxlength": 300, "autocomplete": "off", "inputmode": "url"})

    def number(self, wanted: Kind) -> int:
        """The number of a record of that kind. Raises `Invalid` with a sentence for what else was typed."""
        kind, number = record_named(self.other.data or "")
        if not number:
            raise Invalid({"other": msg("请填写编号，或粘贴它的网址。编号是网址末尾的数字。")})
        if kind not in (None, wanted):
            asked = msg("这是另一类记录的网址，这里要填成果。") if wanted is Kind.ACHIEVEMENT else msg("这是另一类记录的网址，这里要填需求。")
            raise Invalid({"other": asked})
        return number
