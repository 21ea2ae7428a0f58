"""Files of a case: brought by POST, fetched as attachments by those whom each is for."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from flask import current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from config.settings import Settings
from matcher import files
from matcher.actions.cases import add_file
from matcher.errors import AlreadyDone, Conflict, Invalid, NotFound, Refused
from matcher.models import CaseFile
from matcher.permissions import find
from matcher.vocabulary import Audience
from web.cases.forms import FileForm
from web.cases.page import find_case, page
from web.cases.views import Answer, blueprint, upload_limit
from web.limits import limited
from web.locale import translated
from web.session import current_actor, reading
from web.uploads import hand_out


@blueprint.post("/cases/<int:case_id>/files")
@limited("upload")
@login_required
def upload(case_id: int) -> Answer:
    """Add a file. Whoever may not write on the case is refused before anything is stored."""
    case = find_case(case_id, "case.write")
    form, given = FileForm(), request.files.get("file")
    content = given.stream.read(upload_limit() + 1) if given else b""
    if given is None or not given.filename:
        form.file.errors = [_("请选择一个文件。")]
        return page(case, {"file": form}), 422
    if len(content) > upload_limit():
        form.file.errors = [_("文件不能超过 %(size)s MB。", size=upload_limit() // 1024 // 1024)]
        return page(case, {"file": form}), 413
    if (audience := form.readers()) is None:
        return page(case, {"file": form}), 422
    try:
        _keep(case_id, given.filename, content, audience)
    except Invalid as error:
        form.refuse(error)
        return page(case, {"file": form}), 422
    except AlreadyDone:
        return redirect(url_for("cases.show", case_id=case_id, _anchor="files"), 303)
    except Conflict as error:
        return page(find_case(case_id), None, translated(error.message)), 409
    flash(_("文件已上传。"), "ok")
    return redirect(url_for("cases.show", case_id=case_id, _anchor="files"), 303)


def _keep(case_id: int, name: str, content: bytes, audience: Audience) -> None:
    """Store the content and add its row; without the row the content goes again."""
    settings: Settings = current_app.config["SETTINGS"]
    row = files.store(settings, name, content)
    stored: Path = files.path_of(settings, row)
    try:
        add_file(current_actor(), case_id, row, audience)
    except Refused:
        with suppress(OSError):
            stored.unlink()
        raise


@blueprint.get("/cases/<int:case_id>/files/<int:file_id>")
@login_required
def download(case_id: int, file_id: int) -> Response:
    """The file as an attachment, any version of it: no browser shows it in our origin."""
    row = find(reading(), current_actor(), "file.read", CaseFile, file_id)
    if row.case_id != case_id:
        raise NotFound
    return hand_out(row)
