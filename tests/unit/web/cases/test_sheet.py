"""The case and the receipt on paper: number, QR code, who may print them."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
import zxingcpp
from flask.testing import FlaskClient

from config.settings import Settings
from matcher.actions import receptions
from tests import factories as make
from tests.factories import Person
from tests.unit.web.work import case_of, make_case, make_pair

Browsers = Callable[[Person], FlaskClient]
STROKE = re.compile(r"([MmhH])\s*(-?[\d.]+)(?:[ ,]?(-?[\d.]+))?")


def decoded(page: str) -> str:
    """What a camera reads from the page's QR code, drawn from its SVG as a browser draws it."""
    svg = re.search(r'<svg[^>]*class="qr"[^>]*>.*?</svg>', page, re.DOTALL)
    assert svg, "no code"
    size = int(re.search(r'viewBox="0 0 (\d+) \d+"', svg[0])[1])  # type: ignore[index]
    pixels = np.full((size, size), 255, dtype=np.uint8)
    x = y = 0.0
    for command, first, second in STROKE.findall(re.findall(r' d="([^"]+)"', svg[0])[-1]):
        if command == "h":
            pixels[int(y), int(x) : int(x + float(first))] = 0
            x += float(first)
        elif command == "M":
            x, y = float(first), float(second)
        else:
            x, y = x + float(first), y + float(second)
    found = zxingcpp.read_barcodes(np.kron(pixels, np.ones((8, 8), dtype=np.uint8)))
    assert len(found) == 1, "a camera reads no code"
    return str(found[0].text)


def test_the_code_leads_to_the_case_by_its_number(settings: Settings, browser_of: Browsers) -> None:
    """The configured public address; both sides, state, next step, lines to sign on."""
    pair = make_pair()
    case = case_of(make_case(pair))
    page = browser_of(pair.firm).get(f"/cases/{case.id}/sheet").text
    assert decoded(page) == f"{settings.public_url}/cases/by-number/{case.number}"
    for words in (case.number, "双方同意", "安排首次对接", "需求方", "成果方", "签字", "双方同意对接"):
        assert words in page
    assert browser_of(pair.firm).get(f"/cases/by-number/{case.number}").status_code == 302


def test_nobody_else_prints_it(settings: Settings, browser_of: Browsers) -> None:
    """A stranger gets what an unknown number gets; a visitor is asked to log in."""
    case_id = make_case(make_pair())
    assert browser_of(make.enterprise()).get(f"/cases/{case_id}/sheet").status_code == 404
    assert browser_of(make.enterprise()).get("/cases/9999/sheet").status_code == 404


def test_a_need_without_a_case_has_a_receipt(settings: Settings, browser_of: Browsers) -> None:
    """The receipt's code leads to the need; the organisation prints it too, strangers do not."""
    clerk, station_id = make.clerk()
    firm = make.enterprise()
    client = make.client(station_id=station_id, email=firm.email, identity_seen=True)
    number = receptions.receive(clerk.actor, client, make.given("need"), "a" * 16)
    for person in (clerk, firm):
        page = browser_of(person).get(f"/receptions/{number}/sheet").text
        assert re.match(rf"{re.escape(settings.public_url)}/needs/\d+$", decoded(page))
        assert re.search(r"SL-\d{4}-\d{6}", page)
    assert browser_of(make.enterprise()).get(f"/receptions/{number}/sheet").status_code == 404


@pytest.mark.parametrize("path", ["/receptions", "/receptions/new"])
def test_the_counter_is_for_those_who_receive(settings: Settings, browser_of: Browsers, path: str) -> None:
    """Clerks, brokers and operators; an enterprise does not."""
    clerk, _station = make.clerk()
    for person in (clerk, make.broker(), make.operator()):
        assert browser_of(person).get(path).status_code == 200
    assert browser_of(make.enterprise()).get(path).status_code == 403
