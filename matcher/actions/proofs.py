"""Files that prove a payment or a delivery: kept with the case's files."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.actions.filing import place_file
from matcher.actor import Actor
from matcher.models import Case, CaseFile
from matcher.vocabulary import Audience


def keep_proof(session: Session, actor: Actor, case: Case, file: CaseFile) -> CaseFile:
    """The row of a stored file (see `matcher.files`): that of the same content, if both sides have it already."""
    same = (CaseFile.case_id == case.id, CaseFile.sha256 == file.sha256, CaseFile.audience == Audience.BOTH)
    known = session.scalar(select(CaseFile).where(*same).limit(1))
    return known or place_file(session, actor, case, file)
