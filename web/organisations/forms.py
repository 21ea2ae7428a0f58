"""Forms of organisations."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField, URLField
from wtforms.validators import InputRequired

from matcher.vocabulary import Chain, OrgKind
from web.choices import options, regions
from web.forms import Form


class OrganisationForm(Form):
    """An organisation to found or to change."""

    kind = SelectField(
        _l("单位类型"),
        [InputRequired()],
        choices=lambda: options(OrgKind, _l("请选择")),
        description=_l("企业发布需求，高校院所发布成果和专家，技术转移机构两者都可以。"),
    )
    name = StringField(
        _l("单位全称"),
        [InputRequired()],
        description=_l("与营业执照或法人证书一致。"),
        render_kw={"autocomplete": "organization"},
    )
    credit_code = StringField(
        _l("统一社会信用代码"),
        description=_l("18 位，最后一位是校验码。境外单位可以不填。"),
        render_kw={"autocapitalize": "characters", "spellcheck": "false", "autocomplete": "off"},
    )
    region = SelectField(_l("所在地区"), [InputRequired()], choices=lambda: regions(_l("请选择")))
    chain = SelectField(_l("主要产业链"), choices=lambda: options(Chain, _l("不选")))
    introduction = TextAreaField(_l("单位简介"), description=_l("最多 2000 字，会显示在单位主页。"))
    website = URLField(
        _l("网站"),
        description=_l("以 https:// 开头。"),
        render_kw={"inputmode": "url", "placeholder": "https://"},
    )
