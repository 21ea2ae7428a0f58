"""Mails in the console: read, filtered, decided about; keys in links masked."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient

from config.settings import Settings
from matcher.actions import records
from matcher.db import reading, transaction
from matcher.links import masked
from matcher.models import Delivery, DeliveryState
from tests import factories as make
from tests.factories import Person
from tests.unit.web.browsing import submit
from web.console.mails import read_mail

Browsers = Callable[[Person], FlaskClient]


def test_mails_are_read_with_their_keys_masked(settings: Settings, browser_of: Browsers) -> None:
    """39: an unknown outcome waits for a decision; links in a mail open nothing for the operator."""
    firm = make.enterprise()
    need_id = make.draft(firm, "need")
    records.submit_record(firm.actor, "need", need_id, 1)
    records.review_record(make.operator().actor, "need", need_id, make.version("need", need_id), publish=True)
    with transaction() as session:
        row = session.query(Delivery).filter_by(user_id=firm.id, kind="review_result").one()
        row.state, row.last_error = DeliveryState.UNKNOWN, "timeout"
    folder = settings.data_dir / "mail"
    folder.mkdir()
    secret = "eyJ1c2VyIjoxfQ.aBcDeF.0123456789-_abcdef"
    body = f"Subject: =?utf-8?b?5a6h5qC4?=\nContent-Type: text/plain; charset=utf-8\n\nhttp://x/a/{secret} <i>\n"
    (folder / f"{row.id:08d}-{row.kind}.eml").write_text(body, encoding="utf-8")
    browser, path = browser_of(make.operator()), f"/console/mails/{row.id}"
    page = browser.get(path).text
    assert secret not in page
    assert "http://x/a/••••••" in page
    assert "&lt;i&gt;" in page
    assert "1 封需要决定" in browser.get("/console/mails").text
    assert submit(browser, path, {"decision": "perhaps"}).status_code == 422
    assert submit(browser, path, {"decision": "again"}).status_code == 303
    with reading() as session:
        assert session.get_one(Delivery, row.id).state == DeliveryState.PLANNED
    assert browser.get("/console/mails/99999999999999999999").status_code == 404


def test_keys_are_shown_in_the_demo_alone(settings: Settings) -> None:
    """The demo's mails are for clicking."""
    row = Delivery(id=7, kind="verify")
    folder = settings.data_dir / "mail"
    folder.mkdir()
    link = "http://x/verify/abcdefghijklmnop.q.r"
    (folder / "00000007-verify.eml").write_text(f"Subject: a\n\n{link}\n")
    demo = read_mail(settings.model_copy(update={"environment": "demo"}), row)
    real = read_mail(settings.model_copy(update={"environment": "production"}), row)
    assert demo is not None
    assert real is not None
    assert (link in demo.text, link in real.text) == (True, False)
    assert masked("http://x/needs/12 /about/a/short") == "http://x/needs/12 /about/a/short"
    assert read_mail(settings, Delivery(id=8, kind="verify")) is None


def test_mails_sent_by_smtp_are_read_from_their_row(settings: Settings, browser_of: Browsers) -> None:
    """Subject in the list; subject, text and a word on the masked keys on the page; markup stays text."""
    firm = make.enterprise()
    with transaction() as session:
        row = session.query(Delivery).filter_by(user_id=firm.id).one()
        row.state, row.subject = DeliveryState.SENT, "请验证邮箱"
        row.text = "您好 <b>！\nhttp://x/verify/••••••\n"
    browser = browser_of(make.operator())
    assert "请验证邮箱" in browser.get("/console/mails").text
    page = browser.get(f"/console/mails/{row.id}").text
    for words in ("请验证邮箱", "您好 &lt;b&gt;！", "http://x/verify/••••••", "链接里的密钥已遮住", firm.email):
        assert words in page


def test_mail_filters(settings: Settings, browser_of: Browsers) -> None:
    """By state, kind and recipient; nonsense finds everything."""
    firm, other = make.enterprise(email="one@example.org"), make.enterprise(email="two@example.org")
    browser = browser_of(make.operator())
    page = browser.get("/console/mails?who=ONE@&kind=organisation&state=planned").text
    assert firm.email in page
    assert other.email not in page
    assert "没有符合的邮件" in browser.get("/console/mails?state=sent").text
    assert other.email in browser.get("/console/mails?state=nonsense&kind=%00&page=-1").text
