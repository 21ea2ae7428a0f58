"""What people fill in about tasks. The domain validates."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from matcher.tasks.terms import Duty
from web.choices import options
from web.forms import Form


class TaskForm(Form):
    """A new task."""

    title = StringField(_l("要做什么"), [InputRequired()], render_kw={"maxlength": 300})
    duty = SelectField(_l("由谁完成"), [InputRequired()], choices=[], validate_choice=False)
    due_on = DateField(_l("哪天之前"), [InputRequired()])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.duty.choices = options(Duty)

    def values(self) -> dict[str, object]:
        """As typed, for the domain's input."""
        return {name: self[name].raw_data[0] if self[name].raw_data else "" for name in ("title", "duty", "due_on")}


class NoteForm(Form):
    """An officer's note."""

    body = TextAreaField(_l("记一笔"), [InputRequired()], id="note_body", render_kw={"rows": 3, "maxlength": 5000},
                         description=_l("写进工单的经过，双方和经纪人能看到。"))  # fmt: skip


class DoneForm(Form):
    """What came of a task."""

    outcome = TextAreaField(_l("结果"), render_kw={"rows": 3, "maxlength": 1000},
                            description=_l("例如：样品已寄出，对方周五收到。"))  # fmt: skip


class HandOnForm(Form):
    """Into whose hands a task goes."""

    duty = RadioField(_l("交给谁"), [InputRequired()], choices=[], validate_choice=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.duty.choices = options(Duty)

    def chosen(self) -> Duty | None:
        """The duty; None and a message when it is none we know."""
        try:
            return Duty(self.duty.data or "")
        except ValueError:
            self.duty.errors = [*self.duty.errors, _l("请选择由谁完成。")]
            return None
