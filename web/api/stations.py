"""Service points for everybody, and the files of a case for their readers."""

from __future__ import annotations

from datetime import datetime

from flask import Response
from sqlalchemy import select

from matcher.models import Case, CaseFile, Station
from matcher.permissions import find, rows
from web.api.blueprint import answer, blueprint
from web.api.operation import Operation, operation
from web.api.present import absolute
from web.api.schemas import Answered
from web.session import current_actor, reading


class StationOut(Answered):
    """An open service point (科技驿站); `region` is a code of GB/T 2260."""

    id: int
    name: str
    place: str
    region: str
    hours: str
    phone: str


class Stations(Answered):
    """All open ones."""

    items: list[StationOut]


class FileOut(Answered):
    """One version of a file; `url` is fetched with a browser that is logged in."""

    id: int
    name: str
    version: int
    audience: str
    media_type: str
    size: int
    sha256: str
    created_at: datetime
    url: str


class Files(Answered):
    """Those that are for the caller, every version, oldest first."""

    items: list[FileOut]


@blueprint.get("/stations")
@operation(Operation("List open service points", {200: Stations}))
def list_stations() -> Response:
    """Where clients are received in person."""
    found = reading().scalars(select(Station).where(Station.closed_at.is_(None)).order_by(Station.id))
    return answer(Stations(items=[StationOut.model_validate(each, from_attributes=True) for each in found]))


@blueprint.get("/cases/<int:case_id>/files")
@operation(Operation("Files of a case", {200: Files}, token=True))
def list_files(case_id: int) -> Response:
    """Names, versions and hashes of the files that the caller may read."""
    actor = current_actor()
    case = find(reading(), actor, "case.read", Case, case_id)
    mine = (CaseFile.case_id == case.id, rows(actor, "file.read", CaseFile))
    found = reading().scalars(select(CaseFile).where(*mine).order_by(CaseFile.id))
    return answer(Files(items=[_out(file) for file in found]))


def _out(file: CaseFile) -> FileOut:
    return FileOut(
        id=file.id,
        name=file.name,
        version=file.version,
        audience=file.audience,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        created_at=file.created_at,
        url=absolute(f"/cases/{file.case_id}/files/{file.id}"),
    )
