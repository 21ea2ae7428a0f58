"""Files that prove a payment or a delivery: kept with the case's files."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher import clock
from matcher.actor import Actor
from matcher.models import Case, CaseFile


def keep_proof(session: Session, actor: Actor, case: Case, file: CaseFile) -> CaseFile:
    """The row of a stored file (see `matcher.files`): that of the same content, if the case has it already."""
    known = session.scalar(
        select(CaseFile).where(CaseFile.case_id == case.id, CaseFile.sha256 == file.sha256).limit(1)
    )
    if known is not None:
        return known
    file.case_id, file.uploader_id, file.created_at = case.id, actor.user_id or 0, clock.now()
    session.add(file)
    session.flush()
    return file
