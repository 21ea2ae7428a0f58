"""Which version of a rights table counts on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from matcher.models import RightsTable


def versions_of(session: Session, achievement_id: int) -> list[RightsTable]:
    """All versions with their lines, the one that counts latest first."""
    query = (
        select(RightsTable)
        .where(RightsTable.achievement_id == achievement_id)
        .options(selectinload(RightsTable.holders), selectinload(RightsTable.team))
        .order_by(RightsTable.valid_from.desc(), RightsTable.number.desc())
    )
    return list(session.scalars(query))


def valid_on(versions: Sequence[RightsTable], day: date) -> RightsTable | None:
    """Of versions as `versions_of` gives them the one valid on `day`; None before the first and after a last day."""
    begun = next((table for table in versions if table.valid_from <= day), None)
    return begun if begun is not None and (begun.valid_to is None or day <= begun.valid_to) else None
