"""A case's files as a reader sees them: those that are for them, the versions of one name together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from matcher.models import Case, CaseFile
from matcher.permissions import rows
from matcher.vocabulary import Audience
from web.session import current_actor, reading


@dataclass(frozen=True)
class Series:
    """One name for one audience: the newest version, and the earlier ones, newest first."""

    newest: CaseFile
    earlier: tuple[CaseFile, ...]

    @property
    def is_for_all(self) -> bool:
        """Whether both sides and the broker may read it."""
        return self.newest.audience == Audience.BOTH


def files_of(case: Case) -> list[CaseFile]:
    """The files that are for this reader, newest first, with who brought them."""
    query = (
        select(CaseFile)
        .where(CaseFile.case_id == case.id, rows(current_actor(), "file.read", CaseFile))
        .options(joinedload(CaseFile.uploader))
        .order_by(CaseFile.id.desc())
    )
    return list(reading().scalars(query))


def series_of(files: list[CaseFile]) -> list[Series]:
    """The files by name and audience; the series that grew last comes first."""

    def place(file: CaseFile) -> tuple[str, str, str]:
        return (file.name, file.audience, file.side)

    found = []
    for _place, group in groupby(sorted(files, key=lambda file: (place(file), -file.version)), place):
        newest, *earlier = group
        found.append(Series(newest, tuple(earlier)))
    return sorted(found, key=lambda series: -series.newest.id)
