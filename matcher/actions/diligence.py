"""Build the 尽职免责 file of a case; that somebody took it is on record (N12)."""

from __future__ import annotations

import hashlib

from sqlalchemy.orm import Session

from config.settings import get_settings
from matcher import audit, clock
from matcher.actions.cases import find_case
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.diligence.archive import archive, decision_file


@action("case.diligence")
def build_decision_file(session: Session, actor: Actor, case_id: int, *, zipped: bool) -> bytes:
    """The file as PDF, or as ZIP with everything that it lists; its hash goes into the audit trail."""
    case = find_case(session, actor, "case.diligence", case_id)
    document, enclosures = decision_file(session, get_settings(), case, clock.now())
    content = archive(document, enclosures) if zipped else document
    audit.record(
        session, actor, "case.diligence", case, zipped=zipped, sha256=hashlib.sha256(content).hexdigest()
    )
    return content
