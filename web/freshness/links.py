"""仍有效? answered by a mail's signed links: shown by GET, which changes nothing, answered by one confirming POST."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, render_template
from flask_babel import gettext as _

from config.settings import Settings
from matcher import links
from matcher.actions.freshness import revive_record
from matcher.actions.records import confirm_record, withdraw_record
from matcher.actor import Actor
from matcher.errors import Conflict, Invalid, NotFound, Stale
from matcher.freshness.terms import ExpiryReason, round_of
from matcher.links import FreshnessAct, FreshnessLink
from matcher.models import MODELS
from matcher.permissions import find
from matcher.signing import BadLinkError
from matcher.vocabulary import RecordState
from web.cards import title_of
from web.limits import limited
from web.locale import translated
from web.mail_links import holder, refused
from web.session import reading, refresh

blueprint = Blueprint("freshness", __name__)


@dataclass(frozen=True)
class Asked:
    """One person's one answer about one record, as the link allows it, and the record as it is now."""

    actor: Actor
    record: Any
    link: FreshnessLink

    @property
    def is_archived(self) -> bool:
        """Archived for silence, so that one click brings it back."""
        return bool(
            self.record.state == RecordState.EXPIRED and self.record.expiry_reason == ExpiryReason.SILENT
        )

    @property
    def is_open(self) -> bool:
        """Whether the question of the mail is still without an answer."""
        admits = self.record.state == RecordState.PUBLISHED or (
            self.is_archived and self.link.act is FreshnessAct.VALID
        )
        return admits and round_of(self.record) == self.link.round


def read(token: str) -> Asked:
    """The link's meaning now. `BadLinkError` when it is forged or expired, its person gone, or the record not theirs."""
    settings: Settings = current_app.config["SETTINGS"]
    link = links.read_freshness(settings, token)
    actor = holder(link.user_id)
    try:
        record: Any = find(reading(), actor, "record.confirm", MODELS[link.kind], link.record_id)
    except NotFound:
        raise BadLinkError from None
    return Asked(actor, record, link)


@blueprint.errorhandler(BadLinkError)
def bad_link(error: BadLinkError) -> tuple[str, int]:
    """The page for links that do not work."""
    return refused("freshness/bad_link.html", error)


@blueprint.get("/f/<token>")
@limited("enquiry", methods=("GET",))
def confirm(token: str) -> str:
    """Ask for the one click. Mail scanners follow links, so this page alone changes nothing."""
    return page(read(token))


@blueprint.post("/f/<token>")
@limited("enquiry")
def answer(token: str) -> tuple[str, int] | str:
    """What the link names, and nothing else; a second press finds it done."""
    asked = read(token)
    if not asked.is_open:
        return page(asked)
    try:
        act(asked)
    except Invalid:
        return page(asked, _("内容里有日期已过或缺少必填项，请更新后重新提交。")), 422
    except (Conflict, Stale) as error:
        return page(asked, translated(error.message)), 409
    refresh()
    return page(read(token))


def act(asked: Asked) -> None:
    """Withdraw, confirm or bring back."""
    kind, record_id = asked.link.kind, asked.link.record_id
    if asked.link.act is FreshnessAct.WITHDRAW:
        withdraw_record(asked.actor, kind, record_id, asked.record.version)
    elif asked.is_archived:
        revive_record(asked.actor, kind, record_id)
    else:
        confirm_record(asked.actor, kind, record_id)


def page(asked: Asked, notice: str = "") -> str:
    """The question while it is open, afterwards how the record stands."""
    template = "freshness/confirm.html" if asked.is_open else "freshness/done.html"
    return render_template(template, asked=asked, record=asked.record, title=title_of(asked.record), notice=notice)
