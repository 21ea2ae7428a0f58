"""Versions and audiences of a case's files on its page."""

from __future__ import annotations

import io
from collections.abc import Callable

from flask.testing import FlaskClient

from config.settings import Settings
from tests.factories import Person
from tests.unit.web.cases.test_case_files import rows, upload
from tests.unit.web.conftest import token_in
from tests.unit.web.work import make_case, make_pair

Browsers = Callable[[Person], FlaskClient]


def test_versions_stand_together_with_their_hashes(settings: Settings, browser_of: Browsers) -> None:
    """One entry with v2, the short SHA-256 and the whole one in its title; v1 is a link that still works."""
    pair = make_pair()
    case_id = make_case(pair)
    for text in (b"one", b"two"):
        assert upload(browser_of(pair.firm), case_id, "方案.txt", text).status_code == 303
    page = browser_of(pair.lab).get(f"/cases/{case_id}").text
    first, second = rows()
    assert '<b class="small">v2</b>' in page
    assert "上传了新版本 v2" in page
    assert f'title="SHA-256 {second.sha256}">{second.sha256[:12]}<' in page
    assert browser_of(pair.lab).get(f"/cases/{case_id}/files/{first.id}").data == b"one"
    assert browser_of(pair.lab).get(f"/cases/{case_id}/files/{second.id}").data == b"two"


def test_a_file_for_ones_own_side_is_nowhere_for_the_other(settings: Settings, browser_of: Browsers) -> None:
    """Neither in the list nor in the timeline nor by its address; 404 like an unknown number."""
    pair = make_pair()
    case_id = make_case(pair)
    assert upload(browser_of(pair.firm), case_id, "内部底价.txt", b"100", audience="side").status_code == 303
    address = f"/cases/{case_id}/files/{rows()[0].id}"
    own, others = browser_of(pair.firm), browser_of(pair.lab)
    assert own.get(f"/cases/{case_id}").text.count("内部底价.txt") == 2
    assert "仅本方和经纪人" in own.get(f"/cases/{case_id}").text
    assert own.get(address).data == b"100"
    assert "内部底价" not in others.get(f"/cases/{case_id}").text
    assert others.get(address).status_code == others.get(f"/cases/{case_id}/files/999").status_code == 404


def test_an_unknown_audience_is_refused_at_its_field(settings: Settings, browser_of: Browsers) -> None:
    """Bad input: a value that the form does not have, and one that is not this party's; nothing is stored."""
    pair = make_pair()
    case_id = make_case(pair)
    browser = browser_of(pair.firm)
    token = token_in(browser.get(f"/cases/{case_id}").text)
    for audience in ("everybody", "staff"):
        data = {"csrf_token": token, "file": (io.BytesIO(b"x"), "a.txt"), "audience": audience}
        answer = browser.post(f"/cases/{case_id}/files", data=data)
        assert (answer.status_code, rows()) == (422, [])
        assert "请选择谁能看到这个文件" in answer.text
    assert not [path for path in (settings.data_dir / "files").rglob("*") if path.is_file()]
