"""What people fill in about their searches. The domain validates."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import InputRequired

from matcher.inputs.searches import NAME
from matcher.vocabulary import Chain
from web.choices import options
from web.forms import Form


class NameForm(Form):
    """A search's name."""

    name = StringField(_l("名称"), [InputRequired()], render_kw={"maxlength": NAME})


class SaveForm(NameForm):
    """A search to keep: `page` and `query` are the search page's own address."""

    page = HiddenField()
    query = HiddenField()


class ChainForm(Form):
    """A chain to watch."""

    chain = SelectField(_l("产业链"), [InputRequired()], choices=[], validate_choice=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        """The chains in the page's language."""
        super().__init__(*args, **kwargs)
        self.chain.choices = options(Chain, _l("请选择"))
