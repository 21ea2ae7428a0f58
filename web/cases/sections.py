"""The tabs of a case: one for each part of the file, shown where the part exists."""

from __future__ import annotations

from flask import request, url_for
from flask_babel import lazy_gettext as _l

from matcher.models import Case
from matcher.permissions import allowed
from web.navigation import has_page
from web.session import current_actor

SECTIONS = (
    ("cases.show", _l("经过")),
    ("meetings.of_case", _l("会面")),
    ("prices.of_case", _l("价格")),
    ("contracts.of_case", _l("合同")),
    ("money.of_case", _l("资金")),
    ("disclosure.of_case", _l("披露留痕")),
    ("exceptions.of_case", _l("一事一议")),
)
# a part that needs more than the case itself
ASKS = {"prices.of_case": "case.business", "money.of_case": "case.business", "contracts.of_case": "contract.read"}


def tabs_of(case: Case) -> list[dict[str, object]]:
    """For the `tabs` macro: label, address, whether the page shown belongs to it; what the reader may not open is left out."""
    return [
        {
            "label": label,
            "url": url_for(endpoint, case_id=case.id),
            "current": request.blueprint == endpoint.partition(".")[0],
        }
        for endpoint, label in SECTIONS
        if has_page(endpoint) and allowed(current_actor(), ASKS.get(endpoint, "case.read"), case)
    ]
