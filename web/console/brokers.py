"""A broker as the operators see them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from matcher.errors import NotFound
from matcher.models import User
from matcher.permissions import rows
from matcher.tasks.terms import CertificateLevel
from matcher.vocabulary import Role
from web.broker.profile import facts_of
from web.console.shell import blueprint, console_page
from web.locale import translated
from web.session import current_actor, reading


@blueprint.app_template_filter("certificate_level")
def certificate_level(code: str | None) -> str:
    """A certificate's level, in words."""
    return translated(CertificateLevel(code).label) if code in list(CertificateLevel) else ""


@blueprint.get("/brokers/<int:user_id>")
def broker(user_id: int) -> str:
    """Profile, record and trainings."""
    readable = rows(current_actor(), "broker.read_profile", User)
    query = select(User).where(User.id == user_id, User.role == Role.BROKER, readable)
    found = reading().scalar(query.options(joinedload(User.broker_profile)))
    if found is None:
        raise NotFound
    return console_page("broker", "console.cases", broker=found, profile=found.broker_profile, **facts_of(found))
