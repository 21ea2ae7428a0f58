"""The header's links: which pages each role has, and which of them is the present one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as pgettext

from matcher.actor import Actor
from matcher.permissions import allowed
from matcher.vocabulary import OrgKind, Role
from web.session import current_actor


@dataclass(frozen=True)
class Link:
    """A place in the header; shown only where its endpoint exists."""

    endpoint: str
    label: str
    arguments: tuple[tuple[str, str], ...] = ()

    @property
    def url(self) -> str:
        """Its address."""
        values: dict[str, Any] = dict(self.arguments)
        return url_for(self.endpoint, **values)

    @property
    def is_current(self) -> bool:
        """Whether the page shown belongs to it."""
        section = self.endpoint.split(".", 1)[0]
        if section == "search":  # three lists in one section; a record belongs to the list it is in
            return request.path == self.url or request.path.startswith(f"{self.url}/")
        return request.blueprint == section


FIND = (
    Link("search.needs", pgettext("list", "需求")),
    Link("search.achievements", pgettext("list", "成果")),
    Link("search.experts", pgettext("list", "专家")),
)
MEMBER = (
    Link("tasks.today", _l("今日")),
    Link("matches.index", _l("匹配")),
    Link("cases.index", _l("搭桥工单")),
    Link("digests.show", _l("周报")),
)
BROKER = (
    Link("broker.desk", _l("今日")),
    Link("matches.index", _l("匹配")),
    Link("cases.index", _l("搭桥工单")),
)
OPERATOR = (Link("console.index", _l("运营台")), Link("tasks.today", _l("今日")), Link("cases.index", _l("搭桥工单")))
RESEARCH = (Link("unmet.index", _l("未解需求")),)
COUNTER = (Link("receptions.index", _l("线下受理")),)
PUBLISH = (
    (Link("publish.new", _l("发布需求"), (("kind", "need"),)), "need.create"),
    (Link("publish.new", _l("发布成果"), (("kind", "achievement"),)), "achievement.create"),
    (Link("publish.new", _l("登记专家"), (("kind", "expert"),)), "expert.create"),
)


def init_app(app: Flask) -> None:
    """Give templates `navigation()`, `publish_links()` and `has_page(endpoint)`."""
    app.jinja_env.globals.update(navigation=navigation, publish_links=publish_links, has_page=has_page)


def has_page(endpoint: str) -> bool:
    """Whether this installation serves `endpoint`."""
    return endpoint in current_app.view_functions


def navigation() -> list[Link]:
    """Links for the person who asks; only the public ones on an error page that cannot ask the database."""
    links = FIND if g.get("plain_header") else (*FIND, *own_links(current_actor()))
    return [link for link in links if has_page(link.endpoint)]


def own_links(actor: Actor) -> tuple[Link, ...]:
    """What a role has beside finding."""
    if actor.is_operator:
        return OPERATOR
    if actor.role == Role.BROKER:
        return BROKER
    if actor.user_id is None:
        return ()
    research = RESEARCH if actor.org_kind in (OrgKind.INSTITUTE, OrgKind.AGENCY) else ()
    return (*MEMBER, *research, *(COUNTER if actor.stations else ()))


def publish_links() -> list[Link]:
    """What this person may publish."""
    return [link for link, action in PUBLISH if has_page(link.endpoint) and allowed(current_actor(), action)]
