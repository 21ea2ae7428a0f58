"""What people fill in about a meeting."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    FieldList,
    FormField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms import (
    Form as PlainForm,
)
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, DateInput, ListWidget, TimeInput

from matcher.models import User
from matcher.tasks.terms import Duty
from web.choices import options
from web.forms import Form

TASK_ROWS = 4


class MeetingForm(Form):
    """When, where, about what, with whom."""

    title = StringField(_l("会面主题"), [InputRequired()], render_kw={"maxlength": 100})
    day = StringField(_l("哪天"), [InputRequired()], widget=DateInput())
    begins = StringField(_l("几点开始"), [InputRequired()], widget=TimeInput())
    ends = StringField(_l("几点结束"), [InputRequired()], widget=TimeInput())
    place = StringField(_l("地点或线上会议地址"), [InputRequired()], render_kw={"maxlength": 200})
    agenda = TextAreaField(_l("议程"), render_kw={"rows": 3, "maxlength": 2000})
    guests = SelectMultipleField(
        _l("邀请谁"), [InputRequired()], choices=[], validate_choice=False, coerce=int,
        option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False),
        description=_l("每个人会收到带日历文件的邀请，点邮件里的链接即可答复。"),
    )  # fmt: skip

    def offer(self, people: Iterable[User]) -> MeetingForm:
        """The people who can be asked."""
        self.guests.choices = [(user.id, user.name) for user in people]
        return self

    def given(self) -> dict[str, Any]:
        """What was typed, for the domain's input."""
        names = ("title", "day", "begins", "ends", "place", "agenda")
        return {**{name: getattr(self, name).data or "" for name in names}, "guests": self.guests.data or []}


class TaskRow(PlainForm):  # type: ignore[misc]  # WTForms publishes no types
    """One task that was agreed."""

    title = StringField(_l("做什么"), render_kw={"maxlength": 300})
    duty = SelectField(_l("由谁完成"), choices=[], validate_choice=False)
    due_on = StringField(_l("哪天之前"), widget=DateInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.duty.choices = options(Duty)


class MinutesForm(Form):
    """What was said, decided, agreed to be done. Empty rows count for nothing."""

    minutes = TextAreaField(_l("纪要"), [InputRequired()], render_kw={"rows": 7, "maxlength": 10000})
    decisions = TextAreaField(_l("决定"), render_kw={"rows": 3}, description=_l("一行一条，会单独写进经过。"))
    tasks = FieldList(FormField(TaskRow), min_entries=TASK_ROWS, max_entries=20)

    def given(self) -> dict[str, Any]:
        """What was typed, for the domain's input; `rows` says which row each task came from."""
        return {
            "minutes": self.minutes.data or "",
            "decisions": [line for line in (self.decisions.data or "").splitlines() if line.strip()],
            "tasks": [entry.data for entry in self._filled()],
        }

    def _filled(self) -> list[Any]:
        return [entry for entry in self.tasks if entry.form.title.data or entry.form.due_on.data]

    def place(self, path: str) -> str:
        """The field of the form that a field of the input came from."""
        parts = path.split(".")
        if parts[0] == "decisions":
            return "decisions"
        if parts[0] != "tasks" or len(parts) < 3:
            return path
        row = list(self.tasks).index(self._filled()[int(parts[1])])
        return f"tasks.{row}.{parts[2]}"
