"""Which language a page is in, and how its dates are written."""

from __future__ import annotations

from flask import Flask, current_app, request, session
from flask_babel import Babel, get_locale, gettext

from config.settings import Settings
from matcher.messages import Message
from web.session import signed_in_user

LANGUAGES = {"zh": "中文", "en": "English"}
COOKIE = "lang"
babel = Babel()


def init_app(app: Flask) -> None:
    """Set up Flask-Babel; templates get `lang` (for `<html lang>`) and `languages`."""
    settings: Settings = app.config["SETTINGS"]
    app.config["BABEL_DEFAULT_LOCALE"] = "zh"
    app.config["BABEL_DEFAULT_TIMEZONE"] = settings.timezone
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    babel.init_app(app, locale_selector=choose)
    app.jinja_env.filters["translated"] = translated
    app.jinja_env.globals["current_language"] = current_language
    app.context_processor(lambda: {"lang": current_language(), "languages": LANGUAGES})


def choose() -> str:
    """The language of this request.

    What was switched to in this session, else the signed-in person's preference, else the switch's cookie, else
    what the browser asks for, else the configured default.
    """
    user = signed_in_user()
    for code in (session.get(COOKIE), user.locale if user else None, request.cookies.get(COOKIE)):
        if code in LANGUAGES:
            return str(code)
    settings: Settings = current_app.config["SETTINGS"]
    if not request.accept_languages:
        return settings.default_locale
    return request.accept_languages.best_match(list(LANGUAGES)) or settings.default_locale


def current_language() -> str:
    """`zh` or `en`; the default outside a request."""
    found = get_locale()
    return found.language if found is not None and found.language in LANGUAGES else "zh"


def translated(message: Message | str) -> str:
    """A message of the domain (or a Chinese source string, such as a label) in the page's language."""
    if isinstance(message, str):
        return str(gettext(message)) if message else ""
    return str(gettext(message.text, **message.params))
