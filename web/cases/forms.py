"""What people fill in on a case's page. Each form is its own, so that an error stays where it belongs."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import DateField, HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import HiddenInput

from matcher.actions.filing import audiences_for
from matcher.vocabulary import Audience, CaseParty, CaseState, EndReason, PauseReason
from matcher.workdays import end_of
from web import format as words
from web.forms import Form


class MessageForm(Form):
    """A message to all who work on the case. `once` marks this page's form, so that it counts once."""

    body = TextAreaField(_l("写一条消息"), [InputRequired()], render_kw={"rows": 4, "maxlength": 5000},
                         description=_l("双方和经纪人都能看到，并会收到邮件。"))
    once = HiddenField()

    def start(self) -> MessageForm:
        """A fresh mark."""
        self.once.data = secrets.token_hex(8)
        return self


class FileForm(Form):
    """One file, and who may read it."""

    file = FileField(_l("上传文件"), [InputRequired()], description=_l("与已有文件同名，就成为它的新版本；旧版本保留。"))
    audience = RadioField(_l("谁能看到"), [InputRequired()], choices=[], validate_choice=False, default=Audience.BOTH)

    def offer(self, party: CaseParty | None) -> FileForm:
        """Let this party choose from what it may."""
        self.audience.choices = [(code, words.label(code, "Audience")) for code in audiences_for(party)]
        return self

    def readers(self) -> Audience | None:
        """For whom; None and a message when it is nobody we know. Both sides and the broker unless said otherwise."""
        try:
            return Audience(self.audience.data or Audience.BOTH)
        except ValueError:
            self.audience.errors = [_("请选择谁能看到这个文件。")]
            return None


class VersionForm(Form):
    """A form that was made for one version of the case."""

    version = IntegerField(widget=HiddenInput())


class MoveForm(VersionForm):
    """The next state, and what happened."""

    target = RadioField(_l("进展到"), [InputRequired()], choices=[], validate_choice=False)
    happened_on = DateField(_l("哪天发生的"), [Optional()], description=_l("不填就是今天；不能早于上一步。"))
    note = TextAreaField(_l("发生了什么"), render_kw={"rows": 3, "maxlength": 5000},
                         description=_l("例如：双方线上会面，确认了试验条件。会写进经过。"))

    def has_bad_day(self) -> bool:
        """Whether something was typed that is no date; then with a message."""
        bad = self.happened_on.data is None and any(self.happened_on.raw_data or ())
        if bad:
            self.happened_on.errors = [_("请填写日期，例如 2026-11-30。")]
        return bad

    def chosen(self) -> CaseState | None:
        """The state that was chosen; None and a message otherwise."""
        try:
            return CaseState(self.target.data or "")
        except ValueError:
            self.target.errors = [*self.target.errors, _("请选择一个阶段。")]
            return None


class PauseForm(VersionForm):
    """Until which day the case rests, and why."""

    until = DateField(_l("暂停到哪天"), [InputRequired()], description=_l("到期自动继续；期间不计期限，不发催办。"))
    # ids of their own: several forms of a case's page have a field of this name
    reason = RadioField(_l("暂停原因"), [InputRequired()], id="pause_reason", choices=[], validate_choice=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.reason.choices = [(code, words.label(code, "PauseReason")) for code in PauseReason]

    def day(self) -> date | None:
        """The day; None and a message when it is no date."""
        if self.until.data is None:
            self.until.errors = [_("请填写日期，例如 2026-11-30。")]
        return self.until.data  # type: ignore[no-any-return]  # WTForms publishes no types

    def why(self) -> PauseReason | None:
        """The reason; None and a message when there is none."""
        try:
            return PauseReason(self.reason.data or "")
        except ValueError:
            self.reason.errors = [*self.reason.errors, _("请选择暂停的原因。")]
            return None


class PlanForm(VersionForm):
    """What comes next, who owes it, until when."""

    step = StringField(_l("下一步做什么"), [InputRequired()], render_kw={"maxlength": 300})
    party = SelectField(_l("由谁完成"), [InputRequired()], choices=[], validate_choice=False)
    due_at = DateField(_l("哪天之前"), [InputRequired()])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.party.choices = [(code, words.label(code, "CaseParty")) for code in CaseParty]

    def moment(self) -> datetime | None:
        """The end of that working day; None and a message when it is no date."""
        if self.due_at.data is None:
            self.due_at.errors = [_("请填写日期，例如 2026-11-30。")]
            return None
        return end_of(self.due_at.data)

    def owner(self) -> CaseParty | None:
        """Who owes the step; None and a message when it is nobody we know."""
        try:
            return CaseParty(self.party.data or "")
        except ValueError:
            self.party.errors = [_("请选择由谁完成。")]
            return None


class EndForm(VersionForm):
    """Why the case ends."""

    reason = RadioField(_l("终止原因"), [InputRequired()], id="end_reason", choices=[], validate_choice=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.reason.choices = [(code, words.label(code, "EndReason")) for code in EndReason]

    def why(self) -> EndReason | None:
        """The reason; None and a message when there is none."""
        try:
            return EndReason(self.reason.data or "")
        except ValueError:
            self.reason.errors = [*self.reason.errors, _("请选择终止的原因。")]
            return None
