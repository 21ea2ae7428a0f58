"""Form fields that keep what was typed, also where it is no number, date or list."""

from __future__ import annotations

import re
from datetime import date

from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms import Form as Rows
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from matcher.vocabulary import IpType, Relation, Term
from web.choices import options

SEPARATORS = re.compile(r"[、，,;；\n]+")


class DayInput(TextInput):  # type: ignore[misc]  # WTForms publishes no types
    """A date field of the browser; plain text when what was typed is no date, which the browser would hide."""

    def __call__(self, field: StringField, **attributes: object) -> Markup:
        """The element."""
        try:
            date.fromisoformat(field.data or "2000-01-01")
            self.input_type = "date"
        except ValueError:
            self.input_type = "text"
        html: Markup = super().__call__(field, **attributes)
        return html


class DayField(StringField):  # type: ignore[misc]
    """A day as text, `2026-12-31`."""

    widget = DayInput()

    def __init__(self, label: object, **settings: object) -> None:
        super().__init__(label, **settings)
        self.widget = DayInput()  # its type belongs to one field


class NumberField(StringField):  # type: ignore[misc]
    """A number as text: full-width digits and separators are read by the domain."""

    def __init__(self, label: object, **settings: object) -> None:
        super().__init__(label, render_kw={"inputmode": "decimal", "autocomplete": "off"}, **settings)


class WordsField(StringField):  # type: ignore[misc]
    """Several words in one line, separated by 、 or commas."""

    def words(self) -> list[str]:
        """The words without blanks around them; empty ones are left out."""
        return [word.strip() for word in SEPARATORS.split(self.data or "") if word.strip()]


def area(label: object, rows: int = 6, **settings: object) -> TextAreaField:
    """Several lines."""
    return TextAreaField(label, render_kw={"rows": rows}, **settings)


def choose(label: object, terms: type[Term], empty: object = "", **settings: object) -> SelectField:
    """One of a closed list."""
    return SelectField(label, choices=lambda: options(terms, empty), **settings)


def tick(label: object, terms: type[Term], **settings: object) -> SelectMultipleField:
    """Several of a closed list, as checkboxes."""
    return SelectMultipleField(
        label,
        choices=lambda: options(terms),
        widget=ListWidget(),
        option_widget=CheckboxInput(),
        **settings,
    )


class IndicatorRow(Rows):  # type: ignore[misc]
    """One row of the technical indicators."""

    name = StringField(_l("指标"), render_kw={"placeholder": _l("例如：含水率")})
    relation = choose(_l("关系"), Relation)
    value = NumberField(_l("数值"))
    value_high = NumberField(_l("上限（范围）"))
    unit = StringField(_l("计量单位"), render_kw={"placeholder": "%", "autocomplete": "off"})
    condition = StringField(_l("测试条件"), render_kw={"placeholder": _l("例如：25 ℃，按 GB/T 标准")})
    must = BooleanField(_l("必须达到"), default=True)


class IpRow(Rows):  # type: ignore[misc]
    """One right of intellectual property."""

    type = choose(_l("类型"), IpType, _l("请选择"))
    number = StringField(_l("号码"), render_kw={"autocomplete": "off"})
    name = StringField(_l("名称"))
    holder = StringField(_l("权利人"))
