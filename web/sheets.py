"""Tables as XLSX files."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from flask import Response, send_file
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from config.settings import get_settings
from matcher.workdays import local_day

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Value = str | int | float | None


def day(moment: datetime | None) -> str:
    """The local day of a moment, in a form that sorts."""
    return local_day(moment).isoformat() if moment else ""


def minute(moment: datetime | None) -> str:
    """The local day and time of a moment, in a form that sorts."""
    return f"{moment.astimezone(get_settings().zone):%Y-%m-%d %H:%M}" if moment else ""


def workbook(title: str, head: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """One sheet with a bold first row that stays in view. Text is text: what begins with `=` is never a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"

    def cell(value: Value, *, bold: bool = False) -> WriteOnlyCell:
        made = WriteOnlyCell(sheet, value)
        if isinstance(value, str):
            made.data_type = "s"
        if bold:
            made.font = Font(bold=True)
        return made

    sheet.append([cell(name, bold=True) for name in head])
    for row in rows:
        sheet.append([cell(value) for value in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def attachment(name: str, title: str, head: Sequence[str], rows: Iterable[Sequence[Value]]) -> Response:
    """The same as a download that no cache keeps."""
    content = io.BytesIO(workbook(title, head, rows))
    response = send_file(content, XLSX, as_attachment=True, download_name=name, max_age=0)
    response.headers["Cache-Control"] = "no-store"
    return response
