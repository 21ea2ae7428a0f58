"""A file that a form brings, and a stored one that is handed out: the same limits and headers everywhere."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from flask import current_app, request, send_file
from werkzeug.wrappers import Response

from config.settings import Settings
from matcher import files
from matcher.errors import Invalid, Refused
from matcher.messages import msg
from matcher.models import CaseFile, VoucherEvidence

ATTACHMENT_POLICY = "default-src 'none'; sandbox"


def keep_upload(act: Callable[[CaseFile], object], field: str = "file") -> None:
    """Check and store the request's file and hand it to `act`; when that refuses, the file goes again."""
    settings: Settings = current_app.config["SETTINGS"]
    given = request.files.get(field)
    if given is None or not given.filename:
        raise Invalid({field: msg("请选择一个文件。")})
    row = files.store(settings, given.filename, given.stream.read(settings.max_upload_mb * 1024 * 1024 + 1))
    try:
        act(row)
    except Refused:
        with suppress(OSError):
            files.path_of(settings, row).unlink()
        raise


def keep_proof(act: Callable[[CaseFile], object], field: str = "file") -> None:
    """The same for a proof: a copy of what the case has already is not kept twice."""

    def use(row: CaseFile) -> None:
        act(row)
        if row.id is None:
            files.path_of(current_app.config["SETTINGS"], row).unlink()

    keep_upload(use, field)


def hand_out(file: CaseFile | VoucherEvidence) -> Response:
    """The file as an attachment: no browser shows it in our origin, no cache keeps it."""
    path = files.path_of(current_app.config["SETTINGS"], file)
    response = send_file(
        path.absolute(),
        file.media_type,
        as_attachment=True,
        download_name=file.name,
        conditional=False,
        etag=False,
    )
    return guarded(response)


def guarded(response: Response) -> Response:
    """The headers of every attachment."""
    response.headers["Content-Security-Policy"] = ATTACHMENT_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
