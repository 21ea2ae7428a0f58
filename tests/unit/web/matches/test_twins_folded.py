"""Near-identical achievements in lists: one line, the others folded below it and open to a click."""

from collections.abc import Callable

from flask.testing import FlaskClient

from config.settings import Settings
from tests import factories as make
from tests.factories import Person

Browsers = Callable[[Person], FlaskClient]
TEXT = "处理量 2 t/h，人参药渣含水率由 70 % 降至 10 % 以下用时 3.5 h，吨能耗较热风干燥降低 38 %，已在两家药厂连续运行一年。"


def test_one_line_with_its_twins(settings: Settings, browser_of: Browsers) -> None:
    """In the inbox, on the need's page of matches and in the digest; another need's match is not folded with it."""
    firm = make.enterprise()
    need, other = make.published(firm, "need"), make.published(firm, "need", title="另一条需求")
    ends = [make.published(make.institute(), "achievement", title=f"药渣快速脱水装备{mark}", abstract=TEXT) for mark in ("", "（一）", "（二）")]
    first, second, third = (make.matched(need, end, 0.9 - place / 10) for place, end in enumerate(ends))
    elsewhere = make.matched(other, ends[0], 0.85)
    browser = browser_of(firm)
    for path, lines in ((f"/needs/{need}/matches", 1), ("/matches", 2), ("/digest", 2)):
        page = browser.get(path).text
        assert page.count('class="bridge-row"') == lines, path
        assert "另有 2 项相近成果" in page
        for match in (first, second, third):
            assert f'href="/matches/{match}"' in page
    assert "共 3 条" in browser.get(f"/needs/{need}/matches").text
    assert "另有" not in browser.get(f"/needs/{other}/matches").text
    assert browser.get(f"/matches/{third}").status_code == 200
    assert f'href="/matches/{elsewhere}"' in browser.get("/matches").text
