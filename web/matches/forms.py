"""The answer to a match."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired

from matcher.vocabulary import AnswerKind, Refusal
from web import format as words
from web.forms import Form

COMMENT_LENGTH = 500


class AnswerForm(Form):
    """An answer with, for a refusal, its reason."""

    answer = RadioField(_l("回复"), choices=[], validate_choice=False)
    reason = RadioField(_l("哪里不合适"), [InputRequired()], choices=[], validate_choice=False,
                        description=_l("对方只看到各原因的合计数，看不到是谁选的。"))
    comment = TextAreaField(_l("补充说明"), description=_l("只有平台运营人员和经纪人看得到，最多 500 字。"),
                            render_kw={"maxlength": COMMENT_LENGTH, "rows": 3})

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.reason.choices = [(code, words.label(code, "Refusal")) for code in Refusal]
        self.answer.choices = [(code, words.label(code, "AnswerKind")) for code in AnswerKind]

    def chosen(self) -> AnswerKind | None:
        """The answer that was pressed; None and a message when it is no answer."""
        try:
            return AnswerKind(self.answer.data or "")
        except ValueError:
            self.answer.errors = [*self.answer.errors, _("请选择一种回复。")]
            return None

    def why(self) -> Refusal | None:
        """The reason of a refusal, if one was chosen."""
        return Refusal(self.reason.data) if self.reason.data in list(Refusal) else None
