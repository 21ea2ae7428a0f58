"""What a browser makes of the pages of money: accessible, no wider than a small phone, read in few queries."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from config.settings import Settings
from matcher.actions import vouchers
from matcher.inputs.base import parse
from matcher.inputs.money import VoucherApplication
from tests.factories import Person
from tests.security.money import money_of
from tests.unit.matcher.deals import Deal
from tests.unit.web.test_look_of_work import NewPage, World, each_page

ASKED = {"service": "testing", "purpose": "样机检测", "asked": "1000"}


@pytest.fixture
def world(app: Flask, settings: Settings) -> Iterator[World]:
    """A case with everything that money leaves behind, and a voucher that waits."""
    deal = Deal()
    values = money_of(settings, deal.firm, deal.lab, deal.staff, deal.case_id)
    vouchers.apply_for_voucher(deal.firm.actor, parse(VoucherApplication, ASKED))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    pages = [
        *((person, f"/cases/{deal.case_id}/money") for person in (deal.firm, deal.lab, deal.broker, deal.staff)),
        (deal.lab, f"/achievements/{deal.achievement_id}/rights"),
        (deal.lab, "/statements"),
        (deal.firm, "/vouchers"),
        (deal.firm, f"/vouchers/{values['voucher_id']}"),
        (deal.lab, f"/vouchers/orders/{values['order_id']}"),
        (deal.staff, "/console/vouchers"),
        (deal.staff, "/console/claims"),
    ]
    yield World(f"http://127.0.0.1:{server.server_port}", pages, app)
    server.shutdown()
    thread.join()
    server.server_close()


def test_no_serious_violation_on_any_page(world: World, new_page: NewPage) -> None:
    """99: axe finds nothing serious, with everything that folds unfolded."""
    found = []
    for path, page in each_page(world, new_page, bypass_csp=True):
        page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
        violations = Axe().run(page).response["violations"]
        found += [
            (path, each["id"], each["nodes"][0]["html"][:160])
            for each in violations
            if each["impact"] in ("serious", "critical")
        ]
    assert found == []


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_pages_fit_a_small_phone(world: World, new_page: NewPage, language: str) -> None:
    """99: at 320 px nothing scrolls sideways, in both languages."""
    options: dict[str, Any] = {"viewport": {"width": 320, "height": 640}, "locale": language}
    too_wide = [
        path
        for path, page in each_page(world, new_page, **options)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    ]
    assert too_wide == []


def test_lists_ask_a_constant_number_of_times(
    settings: Settings, browser_of: Callable[[Person], FlaskClient], count_queries: Any
) -> None:
    """As many queries for one voucher, payment and claim as for several."""
    deal = Deal()
    values = money_of(settings, deal.firm, deal.lab, deal.staff, deal.case_id)
    pages = [
        (browser_of(deal.firm), "/vouchers"),
        (browser_of(deal.staff), "/console/vouchers"),
        (browser_of(deal.lab), "/statements"),
        (browser_of(deal.lab), f"/cases/{deal.case_id}/money"),
    ]

    def asked() -> list[int]:
        counts = []
        for client, path in pages:
            with count_queries() as counted:
                assert client.get(path).status_code == 200
            counts.append(counted.total)
        return counts

    asked()
    before = asked()
    for _more in range(3):
        vouchers.apply_for_voucher(deal.firm.actor, parse(VoucherApplication, ASKED))
        deal.payment(int(str(values["contract_id"])))
    assert asked() == before
