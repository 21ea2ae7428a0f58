"""Put a file into a case: as the first or the next version of its name, for one audience."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher import clock
from matcher.actor import Actor
from matcher.bridge import party_of
from matcher.errors import AlreadyDone, Invalid
from matcher.messages import msg
from matcher.models import Case, CaseFile
from matcher.vocabulary import Audience, CaseParty

SIDES = (CaseParty.NEED, CaseParty.OFFER)


def audiences_for(party: CaseParty | None) -> tuple[Audience, ...]:
    """What this party may choose from: a side may keep a file to itself, broker and operators among themselves."""
    return (Audience.BOTH, Audience.SIDE if party in SIDES else Audience.STAFF)


def place_file(
    session: Session, actor: Actor, case: Case, file: CaseFile, audience: Audience = Audience.BOTH
) -> CaseFile:
    """Add a stored file (see `matcher.files`) to the locked case.

    The same name for the same readers is its next version: what others must not know of never counts. `AlreadyDone`
    when the newest version has this very content.
    """
    party = party_of(actor, case)
    if audience not in audiences_for(party):
        raise Invalid({"audience": msg("请选择谁能看到这个文件。")})
    # whose file it is matters only where one side's differ from the other's
    side = str(party) if audience == Audience.SIDE else ""
    latest = _latest(session, case, file.name, audience, side)
    if latest is not None and latest.sha256 == file.sha256:
        raise AlreadyDone(msg("这个文件已经在工单里。"))
    file.case_id, file.uploader_id, file.created_at = case.id, actor.user_id or 0, clock.now()
    file.audience, file.side, file.version = audience, side, latest.version + 1 if latest else 1
    session.add(file)
    session.flush()
    return file


def _latest(session: Session, case: Case, name: str, audience: Audience, side: str) -> CaseFile | None:
    return session.scalar(
        select(CaseFile)
        .where(
            CaseFile.case_id == case.id,
            CaseFile.name == name,
            CaseFile.audience == audience,
            CaseFile.side == side,
        )
        .order_by(CaseFile.version.desc())
        .limit(1)
    )
