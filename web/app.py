"""The application factory: settings in, one configured Flask application out."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, ValidationError
from werkzeug.utils import import_string

from config.logging import configure_logging
from config.settings import Settings, get_settings
from matcher import db
from web import assets, errors, forms, index, limits, locale, navigation, security, session, views_counter
from web import format as formats

# One line per section: a module of `web` whose `blueprint` is registered, in this order.
SECTIONS = (
    "web.health",
    "web.preferences.views",
    "web.home.views",
    "web.search.views",
    "web.searches.views",
    "web.searches.links",
    "web.records.views",
    "web.organisations.views",
    "web.accounts.views",
    "web.accounts.tokens",
    "web.publish.views",
    "web.matches.views",
    "web.matches.links",
    "web.questions.views",
    "web.freshness.links",
    "web.conversion.views",
    "web.unmet.views",
    "web.cases.routes",
    "web.prices.routes",
    "web.prices.notices",
    "web.prices.sales",
    "web.contracts.routes",
    "web.disclosure.views",
    "web.rights.views",
    "web.money.views",
    "web.statements.views",
    "web.vouchers.views",
    "web.meetings.routes",
    "web.meetings.links",
    "web.tasks.routes",
    "web.visits.routes",
    "web.stations.views",
    "web.receptions.routes",
    "web.broker.profile",
    "web.exceptions.views",
    "web.integrity.views",
    "web.digest.views",
    "web.console.views",
    "web.api.views",
)
DEVELOPMENT_SECTIONS = ("web.styleguide.views",)
MOST_ROWS = 2**31 - 1
PARTS = (assets, security, session, locale, limits, formats, forms, navigation, views_counter, index, errors)


class RowNumber(IntegerConverter):
    """`<int:…>` in an address: a number that a key of the database can be; any other address is not found.

    Without a bound the driver, or Python itself for thousands of digits, refuses the number with a crash.
    """

    regex = "[0-9]{1,10}"

    def to_python(self, value: str) -> int:
        """The number, or no such address."""
        number: int = super().to_python(value)
        if number > MOST_ROWS:
            raise ValidationError
        return number


def create_app(settings: Settings | None = None) -> Flask:
    """The portal for `settings` (default: those of this process). Opens no connection and loads no model."""
    settings = settings or get_settings()
    configure_logging(settings, "portal")
    app = Flask("web")
    app.config.from_mapping(flask_config(settings))
    app.url_map.converters["int"] = RowNumber
    db.configure(settings)
    if settings.proxy_count:
        count = settings.proxy_count
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # the documented way to wrap it
            app.wsgi_app, x_for=count, x_proto=count, x_host=count, x_prefix=count
        )
    for part in PARTS:
        part.init_app(app)
    for name in sections(settings):
        blueprint: Blueprint = import_string(f"{name}:blueprint")
        app.register_blueprint(blueprint)
    return app


def sections(settings: Settings) -> tuple[str, ...]:
    """Names of the modules whose blueprints this installation serves."""
    shows_styles = settings.environment in ("development", "test")
    return SECTIONS + (DEVELOPMENT_SECTIONS if shows_styles else ())


def flask_config(settings: Settings) -> dict[str, object]:
    """Flask's own settings: strict cookies, limits on what a request may carry, no debug pages."""
    secure = settings.environment == "production"
    return {
        "SETTINGS": settings,
        "SECRET_KEY": settings.signing_key(),
        "SESSION_COOKIE_NAME": "__Host-daqiao" if secure else "daqiao",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=14),
        "SESSION_REFRESH_EACH_REQUEST": False,
        "MAX_CONTENT_LENGTH": (settings.max_upload_mb + 1) * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "MAX_FORM_PARTS": 500,
        "WTF_CSRF_TIME_LIMIT": 12 * 3600,
        "WTF_CSRF_SSL_STRICT": False,  # web.security compares the origin itself, for http as well
        "PROPAGATE_EXCEPTIONS": False,
        "TRAP_HTTP_EXCEPTIONS": False,
    }
