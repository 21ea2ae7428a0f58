"""Forms of accounts. They only read what was typed; matcher.inputs says what is acceptable."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    PasswordField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
)
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from matcher.inputs.people import PASSWORD_MIN
from web.forms import Form
from web.locale import LANGUAGES

NEW_PASSWORD_HELP = _l("至少 %(count)s 个字符。几个不相干的词连在一起，好记也难猜。", count=PASSWORD_MIN)


def _email(**extra: object) -> EmailField:
    attributes = {"autocomplete": "username", "inputmode": "email", "spellcheck": "false", **extra}
    return EmailField(_l("邮箱"), [InputRequired()], render_kw=attributes)


def _password(label: object, autocomplete: str, description: object = "", **extra: object) -> PasswordField:
    attributes = {"autocomplete": autocomplete, **extra}
    return PasswordField(label, [InputRequired()], description=description, render_kw=attributes)


class RegisterForm(Form):
    """A new account."""

    name = StringField(
        _l("姓名"),
        [InputRequired()],
        description=_l("双方都同意对接之后，对方才会看到。"),
        render_kw={"autocomplete": "name", "autofocus": True},
    )
    email = _email()
    password = _password(_l("密码"), "new-password", NEW_PASSWORD_HELP)
    accept_privacy = BooleanField(_l("我已阅读并同意隐私说明"), [InputRequired()])


class SignInForm(Form):
    """Address and password."""

    email = _email(autofocus=True)
    password = _password(_l("密码"), "current-password")


class ForgotForm(Form):
    """The address to which a reset link goes."""

    email = _email(autofocus=True)


class ResetForm(Form):
    """A new password, behind a link."""

    password = _password(_l("新密码"), "new-password", NEW_PASSWORD_HELP, autofocus=True)


class ProfileForm(Form):
    """What a person may change of themselves."""

    name = StringField(_l("姓名"), [InputRequired()], render_kw={"autocomplete": "name"})
    phone = TelField(
        _l("电话"), description=_l("双方都同意对接之后，对方才会看到。"), render_kw={"autocomplete": "tel"}
    )
    job_title = StringField(_l("职务"), render_kw={"autocomplete": "organization-title"})
    locale = SelectField(
        _l("语言"),
        [InputRequired()],
        choices=[SelectChoice(code, name) for code, name in LANGUAGES.items()],
        description=_l("页面和邮件使用的语言。"),
    )
    digest = BooleanField(_l("每周一收到一封匹配周报（没有新内容就不发）"))


class PasswordForm(Form):
    """The present password and a new one."""

    current = _password(_l("当前密码"), "current-password")
    new = _password(_l("新密码"), "new-password", NEW_PASSWORD_HELP)


class CloseForm(Form):
    """The password, as a signature."""

    password = _password(_l("当前密码"), "current-password")


class TokenForm(Form):
    """What a program may do in one's own name."""

    name = StringField(
        _l("用途"), [InputRequired()], description=_l("写给自己看的名字，例如“每日同步需求”。")
    )
    scopes = SelectMultipleField(
        _l("允许做什么"),
        [InputRequired()],
        choices=[
            SelectChoice("read", _l("读取我能看到的内容")),
            SelectChoice("write", _l("填写和提交需求、成果")),
            SelectChoice("answer", _l("答复匹配")),
            SelectChoice("cases", _l("办理搭桥工单")),
        ],
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )
