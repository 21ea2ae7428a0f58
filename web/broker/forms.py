"""A broker's profile and training record. The domain validates."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from matcher.models import BrokerProfile
from matcher.tasks.terms import CertificateLevel
from matcher.vocabulary import Chain, Lang, TechField
from web.choices import Choices, options, regions
from web.forms import Form


def _ticks(label: object) -> SelectMultipleField:
    return SelectMultipleField(
        label, choices=[], validate_choice=False, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )


class ProfileForm(Form):
    """What a broker says of themselves."""

    certificate = StringField(_l("证书编号"), render_kw={"maxlength": 50})
    level = SelectField(_l("证书级别"), choices=[], validate_choice=False)
    agency = StringField(_l("所属机构"), render_kw={"maxlength": 100})
    capacity = StringField(_l("最多同时在办"), [InputRequired()], render_kw={"inputmode": "numeric"})
    chains = _ticks(_l("熟悉的产业链"))
    fields = _ticks(_l("技术领域"))
    regions = _ticks(_l("服务地区"))
    languages = _ticks(_l("工作语言"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lists: dict[str, Choices] = {
            "level": options(CertificateLevel, empty=_("没有")),
            "chains": options(Chain),
            "fields": options(TechField),
            "regions": regions(),
            "languages": options(Lang),
        }
        for name, choices in lists.items():
            self[name].choices = choices

    def values(self) -> dict[str, Any]:
        """As typed, for the domain's input."""
        return {name: self[name].data for name in PROFILE}


PROFILE = ("certificate", "level", "agency", "capacity", "chains", "fields", "regions", "languages")


def profile_form(profile: BrokerProfile | None) -> ProfileForm:
    """The form as it was saved."""
    return ProfileForm(formdata=None, data={name: getattr(profile, name) for name in PROFILE} if profile else {"capacity": 60})


class TrainingForm(Form):
    """One course."""

    title = StringField(_l("课程"), [InputRequired()], render_kw={"maxlength": 100})
    provider = StringField(_l("举办单位"), render_kw={"maxlength": 100})
    held_on = StringField(_l("日期"), [InputRequired()], render_kw={"type": "date"})
    hours = StringField(_l("学时"), [InputRequired()], render_kw={"inputmode": "numeric"})

    def values(self) -> dict[str, Any]:
        """As typed, for the domain's input."""
        return {name: self[name].data or "" for name in ("title", "provider", "held_on", "hours")}
