"""What is filled in at a counter. matcher.inputs says what is acceptable; the need's fields are those of the online form."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired

from matcher.errors import Invalid
from matcher.messages import msg
from matcher.models import Station
from matcher.stations.terms import CHANNELS, Client
from web.choices import options, regions
from web.forms import Form
from web.locale import translated
from web.publish.forms import NeedForm

NEEDED = [InputRequired()]
CLIENT_FIELDS = ("credit_code", "organisation_name", "organisation_kind", "organisation_region")
PERSON_FIELDS = ("contact_name", "contact_phone", "email", "locale")
COUNTER_FIELDS = ("channel", "station_id")
WORD_FIELDS = ("identity_seen", "accept_privacy")
MARK = re.compile(r"[0-9a-f]{16}")
NUMBER = re.compile(r"(?:^|/)([0-9]{1,9})/?$", re.ASCII)


class ReceptionForm(NeedForm):
    """A client and their need. `once` marks this page's form, so that it counts once."""

    once = HiddenField()
    channel = SelectField(_l("怎么来的"), NEEDED, choices=lambda: [SelectChoice(each.value, translated(each.label)) for each in CHANNELS])
    station_id = SelectField(_l("驿站"), choices=[], validate_choice=False)
    credit_code = StringField(_l("统一社会信用代码"), render_kw={"maxlength": 18, "autocomplete": "off"},
                              description=_l("18 位，照营业执照填写。已登记的单位只填这一项就能找到；联系人已有账号的，可以只填邮箱。"))
    organisation_name = StringField(_l("单位名称"), render_kw={"maxlength": 100}, description=_l("平台上还没有这家单位时填写，与营业执照一致。"))
    organisation_kind = SelectField(_l("单位类型"), choices=lambda: options(Client))
    organisation_region = SelectField(_l("单位所在地区"), choices=lambda: regions(_l("请选择")), validate_choice=False)
    contact_name = StringField(_l("联系人姓名"), NEEDED, render_kw={"maxlength": 50})
    contact_phone = StringField(_l("联系人电话"), render_kw={"maxlength": 30, "inputmode": "tel"})
    email = StringField(_l("联系人邮箱"), render_kw={"maxlength": 254, "inputmode": "email"},
                        description=_l("有邮箱的会收到邀请信，设置密码后自己上网答复。没有的，由受理人转达。"))
    locale = SelectField(_l("来信语言"), choices=[SelectChoice("zh", "中文"), SelectChoice("en", "English")])
    identity_seen = BooleanField(_l("已核对营业执照原件和来人身份（或授权书）"),
                                 description=_l("核对过的需求当场发布；没有核对的，等运营人员核验和审核。"))
    accept_privacy = BooleanField(_l("已向客户出示隐私说明，客户当面同意"))

    def offer(self, stations: Iterable[Station], *, none: bool) -> ReceptionForm:
        """Let the clerk choose from these stations, or none of them; there is at least one row of indicators."""
        first = [SelectChoice("", str(_l("不在驿站")))] if none else []
        self.station_id.choices = first + [SelectChoice(str(each.id), each.name) for each in stations]
        if not self.indicators.entries:
            self.indicators.append_entry()
        if not MARK.fullmatch(self.once.data or ""):
            self.once.data = secrets.token_hex(8)
        return self


class PairForm(Form):
    """Which achievement to propose, from the matches or by its number, and whether the client has agreed already."""

    match = RadioField(_l("平台找到的成果"), choices=[], validate_choice=False)
    achievement = StringField(_l("或者填成果的编号、网址"), render_kw={"maxlength": 200, "autocomplete": "off"},
                              description=_l("成果页网址末尾的数字。"))
    agreed = BooleanField(_l("客户当面同意对接，并在打印的工单上签字"))

    def chosen(self) -> int:
        """The achievement's id; what was typed wins over what was ticked. Raises `Invalid`."""
        typed = (self.achievement.data or "").strip() or self.match.data or ""
        found = NUMBER.search(typed)
        if found is None:
            raise Invalid({"achievement": msg("请选择一项成果，或填写它的编号。")})
        return int(found.group(1))
