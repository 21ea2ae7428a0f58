"""What each kind of mail says, gathered at the moment of sending under the permissions of that moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from config.settings import Settings
from matcher import links
from matcher.models import Delivery, DeliveryKind, User
from workers.desk import HIDDEN, Desk, Skip
from workers.letters_account import (
    known_address_letter,
    membership_letter,
    organisation_letter,
    reset_letter,
    review_letter,
    verify_letter,
)
from workers.letters_case import case_letter, message_letter, step_letter
from workers.letters_contracts import registration_letter, report_letter
from workers.letters_counter import received_letter
from workers.letters_match import digest_letter, other_side_letter
from workers.letters_meeting import meeting_letter
from workers.letters_money import claim_letter, statement_letter, voucher_letter
from workers.letters_price import price_letter
from workers.letters_task import task_letter
from workers.letters_time import asked_after, duty_due, offered
from workers.letters_trace import exception_decided, integrity_news
from workers.wording import Wording

# These answer somebody's own request and are what repairs an account, so they also go to an address that bounced.
PERSONAL = frozenset({DeliveryKind.VERIFY, DeliveryKind.RESET, DeliveryKind.KNOWN_ADDRESS, DeliveryKind.RECEIVED})
CLOSED, UNVERIFIED, BOUNCED, UNSUBSCRIBED = "closed", "unverified", "bounced", "unsubscribed"


@dataclass(frozen=True)
class Letter:
    """The values that a mail's templates are filled with."""

    kind: DeliveryKind
    user: User
    wording: Wording
    values: Mapping[str, Any]
    unsubscribe: str = ""


def compose(session: Session, settings: Settings, delivery: Delivery) -> Letter | Skip:
    """The letter as it may go out now, or why none may."""
    user = session.get_one(User, delivery.user_id)
    kind = DeliveryKind(delivery.kind)
    reason = refusal(user, kind)
    if reason:
        return Skip(reason)
    wording = Wording(user.locale if user.locale in {"zh", "en"} else settings.default_locale, settings.zone)
    found = WRITERS[kind](Desk(session, settings, user, wording, delivery.payload)) or Skip(HIDDEN)
    if isinstance(found, Skip):
        return found
    unsubscribe = links.unsubscribe(settings, user) if kind is DeliveryKind.DIGEST else ""
    return Letter(kind, user, wording, found, unsubscribe)


def refusal(user: User, kind: DeliveryKind) -> str:
    """Why this person gets no mail of that kind now; empty when they do."""
    if user.closed_at is not None:
        return CLOSED
    if user.verified_at is None and kind not in PERSONAL:
        return UNVERIFIED
    if user.mail_bounced and kind not in PERSONAL:
        return BOUNCED
    if kind is DeliveryKind.DIGEST and not user.digest:
        return UNSUBSCRIBED
    return ""


# a writer that gives nothing: the reader may not know of it now
Writer = Callable[[Desk], "dict[str, Any] | Skip | None"]
WRITERS: dict[DeliveryKind, Writer] = {
    DeliveryKind.DIGEST: digest_letter,
    DeliveryKind.VERIFY: verify_letter,
    DeliveryKind.RESET: reset_letter,
    DeliveryKind.KNOWN_ADDRESS: known_address_letter,
    DeliveryKind.REVIEW_RESULT: review_letter,
    DeliveryKind.OTHER_SIDE_YES: other_side_letter,
    DeliveryKind.RECEIVED: received_letter,
    DeliveryKind.CASE_OPENED: case_letter,
    DeliveryKind.CASE_MOVED: step_letter,
    DeliveryKind.CASE_MESSAGE: message_letter,
    DeliveryKind.MEETING: meeting_letter,
    DeliveryKind.MEMBERSHIP: membership_letter,
    DeliveryKind.TASK_ASSIGNED: task_letter,
    DeliveryKind.REMINDER: task_letter,
    DeliveryKind.OVERDUE: task_letter,
    DeliveryKind.ESCALATED: task_letter,
    DeliveryKind.PRICE_AGREED: price_letter,
    DeliveryKind.NOTICE_STARTED: price_letter,
    DeliveryKind.OBJECTION_FILED: price_letter,
    DeliveryKind.NOTICE_ENDED: price_letter,
    DeliveryKind.SALE_TAKEN: price_letter,
    DeliveryKind.OUTBID: price_letter,
    DeliveryKind.SALE_ENDED: price_letter,
    DeliveryKind.ORGANISATION: organisation_letter,
    DeliveryKind.CONTRACT_RETURNED: registration_letter,
    DeliveryKind.CONTRACT_DECIDED: registration_letter,
    DeliveryKind.REPORT_DUE: report_letter,
    DeliveryKind.VOUCHER: voucher_letter,
    DeliveryKind.CLAIM: claim_letter,
    DeliveryKind.STATEMENT: statement_letter,
    DeliveryKind.FRESHNESS: asked_after,
    DeliveryKind.CONVERSION_DUTY: duty_due,
    DeliveryKind.CONVERSION_OFFER: offered,
    DeliveryKind.INTEGRITY: integrity_news,
    DeliveryKind.EXCEPTION: exception_decided,
}
