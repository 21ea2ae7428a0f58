"""The agreement as a page, the owner's receipts and their files, the case's tab."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from cli.main import cli
from config.settings import Settings
from matcher.actions.disclosure import accept_agreement
from matcher.actions.records import open_detail
from matcher.db import reading
from matcher.models import Receipt
from tests import factories as make
from tests.factories import Person
from tests.unit.web.browsing import submit
from tests.unit.web.work import Pair, make_case, make_pair

Browsers = Callable[[Person], FlaskClient]
SECRET = "样机图号 X-15"


@pytest.fixture
def pair(settings: Settings) -> Pair:
    """Two sides; the need has a restricted detail."""
    return make_pair(make.enterprise(name="辽河机械厂"), make.institute(name="松江研究院"), detail_restricted=SECRET)


def receipts() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(Receipt.kind).order_by(Receipt.number)))


def test_from_the_page_to_the_open_detail(pair: Pair, browser_of: Browsers) -> None:
    """F24: the page offers the agreement, not the detail; after accepting the detail opens and says that it left a trace."""
    page, reader = f"/needs/{pair.need_id}", browser_of(pair.lab)
    first = reader.get(page).text
    assert f"{page}/agreement" in first
    assert "打开受限详情</button>" not in first
    assert submit(reader, f"{page}/detail", {}, page).location == f"{page}/agreement"
    text = reader.get(f"{page}/agreement").text
    assert "保密承诺（第 1 版）" in text
    answer = submit(reader, f"{page}/agreement", {"accept": "yes", "version": "1", "lang": "zh"})
    assert (answer.status_code, answer.location) == (303, f"{page}#detail")
    opened = submit(reader, f"{page}/detail", {}, page).text
    assert SECRET in opened
    assert "已经留痕" in opened
    assert receipts() == ["accepted", "opened"]


def test_english_reader_accepts_the_english_text(pair: Pair, browser_of: Browsers) -> None:
    page, reader = f"/needs/{pair.need_id}/agreement", browser_of(pair.lab)
    text = reader.get(page, headers={"Cookie": ""}).text
    reader.set_cookie("lang", "en")
    with reader.session_transaction() as cookie:
        cookie["lang"] = "en"
    text = reader.get(page).text
    assert "Confidentiality agreement (version 1)" in text
    assert 'name="lang" value="en"' in text
    submit(reader, page, {"accept": "yes", "version": "1", "lang": "en"})
    with reading() as session:
        assert session.scalars(select(Receipt.agreement_lang)).all() == ["en"]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 422),
        ({"accept": "no", "version": "1"}, 422),
        ({"accept": "yes", "version": "0"}, 409),
        ({"accept": "yes", "version": "x" * 5000}, 409),
        ({"accept": "yes"}, 409),
    ],
)
def test_bad_acceptances_accept_nothing(pair: Pair, browser_of: Browsers, fields: dict[str, str], status: int) -> None:
    """Bad input: not ticked, another version, too long, none."""
    assert submit(browser_of(pair.lab), f"/needs/{pair.need_id}/agreement", fields).status_code == status
    assert receipts() == []


def test_accepting_and_withdrawing_twice(pair: Pair, browser_of: Browsers) -> None:
    """Bad input: double submits lead to the same place and leave one receipt each."""
    page, reader = f"/needs/{pair.need_id}/agreement", browser_of(pair.lab)
    good = {"accept": "yes", "version": "1", "lang": "zh"}
    assert [submit(reader, page, good).status_code for _ in range(2)] == [303, 303]
    assert "您已接受" in reader.get(page).text
    assert [submit(reader, f"{page}/withdraw", {}, page).status_code for _ in range(2)] == [303, 409]
    assert receipts() == ["accepted", "withdrawn"]
    assert submit(reader, f"/needs/{pair.need_id}/detail", {}, page).location == page


def read_twice(pair: Pair) -> None:
    accept_agreement(pair.lab.actor, "need", pair.need_id, "1", "zh")
    for _ in range(2):
        open_detail(pair.lab.actor, "need", pair.need_id)


def test_owner_sees_and_exports_what_anyone_can_verify(pair: Pair, browser_of: Browsers, tmp_path: Path) -> None:
    """N11: the page, the file of lines with its check, the table; formulas are text."""
    read_twice(pair)
    owner = browser_of(pair.firm)
    page = owner.get(f"/needs/{pair.need_id}/receipts").text
    assert page.count("查看受限详情") == 2
    assert "松江研究院" in page
    file = tmp_path / "receipts.jsonl"
    file.write_bytes(owner.get("/receipts.jsonl").data)
    good = CliRunner().invoke(cli, ["verify", "receipts", str(file)])
    assert (good.exit_code, good.output[:18]) == (0, "3 entries in order")
    head = good.output.split()[-1]
    assert head in page
    assert CliRunner().invoke(cli, ["verify", "receipts", str(file), "--head", head]).exit_code == 0
    other = CliRunner().invoke(cli, ["verify", "receipts", str(file), "--head", "0" * 64])
    assert other.exit_code == 1
    file.write_text(file.read_text().replace("松江研究院", "松花研究院", 1))
    bad = CliRunner().invoke(cli, ["verify", "receipts", str(file)])
    assert bad.exit_code == 1
    assert "Entry 1 is broken: its content was changed" in bad.stderr
    sheet = load_workbook(io.BytesIO(owner.get("/receipts.xlsx").data)).active
    assert sheet is not None
    assert sheet.max_row == 4


def test_titles_that_look_like_formulas_are_text(settings: Settings, browser_of: Browsers) -> None:
    """Bad input: a title that begins with an equals sign."""
    pair = make_pair(detail_restricted=SECRET, title='=HYPERLINK("http://x","y")')
    read_twice(pair)
    sheet = load_workbook(io.BytesIO(browser_of(pair.firm).get("/receipts.xlsx").data)).active
    assert sheet is not None
    assert (sheet["E2"].data_type, sheet["E2"].value) == ("s", '=HYPERLINK("http://x","y")')


def test_others_find_no_receipts(pair: Pair, browser_of: Browsers) -> None:
    """52: a reader may not see who else read; a draft's receipts are as unknown as its page; files are one's own."""
    read_twice(pair)
    draft = make.draft(pair.firm, "need", detail_restricted=SECRET)
    reader = browser_of(pair.lab)
    others = (pair.need_id, draft, 999_999, 2**31)
    assert {reader.get(f"/needs/{number}/receipts").status_code for number in others} == {404}
    assert {reader.get(f"/needs/{number}/agreement").status_code for number in (draft, 999_999)} == {404}
    assert reader.get("/receipts.jsonl").text.count("\n") == 1
    assert browser_of(make.add_person()).get("/receipts.jsonl").status_code == 403


def test_case_shows_what_its_people_opened(pair: Pair, browser_of: Browsers) -> None:
    """披露留痕 as a tab: both sides see the openings of their case, not those of others; strangers find nothing."""
    case_id = make_case(pair)
    read_twice(pair)
    outsider = make.institute(name="路人研究所")
    accept_agreement(outsider.actor, "need", pair.need_id, "1", "zh")
    for person in (pair.firm, pair.lab):
        page = browser_of(person).get(f"/cases/{case_id}/disclosure").text
        assert page.count("查看受限详情</td>") == 2
        assert "松江研究院" in page
        assert "路人研究所" not in page
    assert browser_of(outsider).get(f"/cases/{case_id}/disclosure").status_code == 404
    assert f"/cases/{case_id}/disclosure" in browser_of(pair.firm).get(f"/cases/{case_id}").text


def test_an_anonymous_side_stays_without_a_name(settings: Settings, browser_of: Browsers) -> None:
    """51: before both agreed, the case's page does not tell who of the hidden side opened the other's detail."""
    from matcher.actions import cases

    lab = make.institute()
    firm = make.enterprise(name="隐名机械厂")
    need = make.published(firm, "need", anonymous=True)
    offer = make.published(lab, "achievement", detail_restricted=SECRET)
    case_id = cases.open_case(make.broker().actor, need, offer)
    accept_agreement(firm.actor, "achievement", offer, "1", "zh")
    page = browser_of(lab).get(f"/cases/{case_id}/disclosure").text
    assert "接受保密承诺</td>" in page
    assert "隐名机械厂" not in page
