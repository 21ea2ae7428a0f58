"""Accept the confidentiality agreement for a record, or withdraw it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from matcher import audit
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.disclosure.agreement import VERSION, agreement
from matcher.disclosure.receipts import acceptance, add_receipt, needs_agreement
from matcher.disclosure.terms import ReceiptKind
from matcher.errors import Conflict
from matcher.messages import msg
from matcher.models import MODELS
from matcher.permissions import find, require


def _record(session: Session, actor: Actor, kind: str, record_id: int) -> Any:
    """The locked record whose restricted detail this person may open under the agreement."""
    record: Any = find(session, actor, "record.read", MODELS[kind], record_id, lock=True)
    require(actor, "record.open_detail", record)
    if not needs_agreement(actor, record) or not getattr(record, "detail_restricted", ""):
        raise Conflict(msg("打开这条记录不需要保密承诺。"))
    return record


@action("disclosure.accept")
def accept_agreement(session: Session, actor: Actor, kind: str, record_id: int, version: str, lang: str) -> None:
    """Accept the present text for this record, for oneself and one's organisation; a year long, once at a time.

    `version` is the text that was read: `Conflict` when another one counts by now, or one's acceptance still does.
    """
    record = _record(session, actor, kind, record_id)
    if version != VERSION:
        raise Conflict(msg("保密承诺已更新，请阅读新的文本。"))
    if acceptance(session, actor, record) is not None:
        raise Conflict(msg("您已接受保密承诺。"))
    receipt = add_receipt(session, actor, record, ReceiptKind.ACCEPTED, agreement(lang))
    audit.record(session, actor, "disclosure.accept", record, receipt=receipt.number, hash=receipt.hash)


@action("disclosure.withdraw")
def withdraw_agreement(session: Session, actor: Actor, kind: str, record_id: int) -> None:
    """Open this record's detail no more; the duties for what was opened stay."""
    record = _record(session, actor, kind, record_id)
    accepted = acceptance(session, actor, record)
    if accepted is None:
        raise Conflict(msg("没有可以撤回的保密承诺。"))
    text = agreement(accepted.agreement_lang, accepted.agreement)
    receipt = add_receipt(session, actor, record, ReceiptKind.WITHDRAWN, text)
    audit.record(session, actor, "disclosure.withdraw", record, receipt=receipt.number, hash=receipt.hash)
