"""Files of a case over HTTP: limits, sniffed types, names, permission."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config.settings import Settings
from matcher.db import reading, transaction
from matcher.models import Case, CaseFile
from matcher.vocabulary import CaseState
from tests import factories as make
from tests.factories import Person
from tests.unit.web.conftest import token_in
from tests.unit.web.work import Pair, make_case, make_pair
from web.app import create_app

Browsers = Callable[[Person], FlaskClient]
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
MEGABYTE = 1024 * 1024


@pytest.fixture
def pair(settings: Settings) -> Pair:
    """Two sides."""
    return make_pair()


@pytest.fixture
def case_id(pair: Pair) -> int:
    """Their case."""
    return make_case(pair)


def upload(client: FlaskClient, case_id: int, name: str, content: bytes, **more: str) -> TestResponse:
    """Send one file with the page's token."""
    token = token_in(client.get(f"/cases/{case_id}").text)
    data = {"csrf_token": token, "file": (io.BytesIO(content), name), **more}
    return client.post(f"/cases/{case_id}/files", data=data)


def stored(settings: Settings) -> list[Path]:
    """Every file in the data folder's store."""
    return [path for path in (settings.data_dir / "files").rglob("*") if path.is_file()]


def rows() -> list[CaseFile]:
    """Every row."""
    with reading() as session:
        return list(session.query(CaseFile))


def test_a_file_goes_in_and_comes_out_as_an_attachment(
    settings: Settings, pair: Pair, case_id: int, browser_of: Browsers
) -> None:
    """67, 70: the other side fetches it, as an attachment with nosniff; strangers do not."""
    assert upload(browser_of(pair.firm), case_id, "试验方案.pdf", PDF).status_code == 303
    path = f"/cases/{case_id}/files/{rows()[0].id}"
    response = browser_of(pair.lab).get(path)
    assert response.data == PDF
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert browser_of(make.enterprise()).get(path).status_code == 404
    other = make_case(make_pair(pair.firm))
    assert browser_of(pair.lab).get(f"/cases/{other}/files/{rows()[0].id}").status_code == 404
    assert browser_of(pair.firm).get(f"/cases/{other}/files/{rows()[0].id}").status_code == 404


def test_one_byte_over_the_limit_is_413_and_nothing_is_stored(
    settings: Settings, pair: Pair, case_id: int, browser_of: Browsers
) -> None:
    """66: exactly the limit passes; one byte over, and far over, are refused before anything is stored."""
    small = settings.model_copy(update={"max_upload_mb": 1})
    client = create_app(small).test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = f"{pair.firm.id}:1"
    body = PDF + b" " * (MEGABYTE - len(PDF))
    over = upload(client, case_id, "a.pdf", body + b" ")
    assert over.status_code == 413
    assert "文件不能超过 1 MB" in over.text
    assert upload(client, case_id, "a.pdf", body * 3).status_code == 413
    assert (rows(), stored(settings)) == ([], [])
    assert upload(client, case_id, "a.pdf", body).status_code == 303
    assert rows()[0].size == MEGABYTE


def test_many_parts_and_huge_fields_are_refused(pair: Pair, case_id: int, browser_of: Browsers) -> None:
    """66: more parts than any form of ours has, and a field larger than any text of ours."""
    browser = browser_of(pair.firm)
    token = token_in(browser.get(f"/cases/{case_id}").text)
    many = {f"part{n}": (io.BytesIO(b"x"), "x.txt") for n in range(600)}
    assert browser.post(f"/cases/{case_id}/files", data={"csrf_token": token, **many}).status_code == 413
    huge = {"csrf_token": token, "body": "字" * MEGABYTE}
    assert browser.post(f"/cases/{case_id}/messages", data=huge, content_type="multipart/form-data").status_code == 413


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<!doctype html><script>alert(1)</script>"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"),
        ("report.pdf.exe", b"MZ\x90\x00"),
        ("report.pdf", b"MZ\x90\x00\x03"),
        ("photo.png", b"GIF89a<script>alert(1)</script>"),
        ("notes.txt", b"<script>alert(1)</script>"),
        ("notes.txt", b"a\x00b"),
        ("table.xlsx", b"PK\x03\x04 word/document.xml"),
        ("nothing.pdf", b""),
    ],
)
def test_what_is_not_what_it_says_is_refused(
    settings: Settings, pair: Pair, case_id: int, browser_of: Browsers, name: str, content: bytes
) -> None:
    """67: the type is sniffed; double extensions, polyglots, SVG and HTML are refused with a message at the field."""
    answer = upload(browser_of(pair.firm), case_id, name, content)
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text
    assert (rows(), stored(settings)) == ([], [])


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.txt", "..\\..\\a.txt", "a\x00b.txt", "报\u202etxt.exe.txt", "长" * 400 + ".txt", "CON .txt"]
)
def test_names_reach_neither_the_disk_nor_a_header(
    settings: Settings, pair: Pair, case_id: int, browser_of: Browsers, name: str
) -> None:
    """68: paths, NUL, direction marks, length; the storage path has no user text."""
    assert upload(browser_of(pair.firm), case_id, name, "纪要".encode()).status_code == 303
    row, path = rows()[0], stored(settings)[0]
    assert len(row.name) <= 140
    assert not set(row.name) & set("/\\\x00\u202e")
    assert path.name == row.storage_key
    header = browser_of(pair.lab).get(f"/cases/{case_id}/files/{row.id}").headers["Content-Disposition"]
    assert "\u202e" not in header
    assert "/" not in header


def test_the_same_file_twice_is_one(settings: Settings, pair: Pair, case_id: int, browser_of: Browsers) -> None:
    """A second press adds neither a row nor a file on the disk."""
    for _ in range(2):
        assert upload(browser_of(pair.firm), case_id, "a.pdf", PDF).status_code == 303
    assert (len(rows()), len(stored(settings))) == (1, 1)


def test_without_a_file_the_field_says_so(pair: Pair, case_id: int, browser_of: Browsers) -> None:
    """Bad input: the button pressed without a file."""
    browser = browser_of(pair.firm)
    token = token_in(browser.get(f"/cases/{case_id}").text)
    answer = browser.post(f"/cases/{case_id}/files", data={"csrf_token": token})
    assert answer.status_code == 422
    assert "请选择一个文件" in answer.text


def test_a_file_that_is_gone_is_not_found(settings: Settings, pair: Pair, case_id: int, browser_of: Browsers) -> None:
    """The row without its file: 404, no trace of the path."""
    upload(browser_of(pair.firm), case_id, "a.pdf", PDF)
    stored(settings)[0].unlink()
    answer = browser_of(pair.firm).get(f"/cases/{case_id}/files/{rows()[0].id}")
    assert answer.status_code == 404
    assert str(settings.data_dir) not in answer.text


def test_a_closed_case_takes_no_file(settings: Settings, pair: Pair, case_id: int, browser_of: Browsers) -> None:
    """409 with the sentence; neither a row nor a file is left."""
    browser, page = browser_of(pair.firm), f"/cases/{case_id}"
    token = token_in(browser.get(page).text)
    with transaction() as session:
        session.get_one(Case, case_id).state = CaseState.CONVERTED
    data = {"csrf_token": token, "file": (io.BytesIO(PDF), "方案.pdf")}
    answer = browser.post(f"{page}/files", data=data)
    assert answer.status_code == 409
    assert "工单已结束。" in answer.text
    assert stored(settings) == []
