"""The tab 价格 of a case: everything it shows, and which of its forms the reader may use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template

from matcher.actions.pricing import NEGOTIATING
from matcher.actions.ranges import TALKING
from matcher.bridge import party_of
from matcher.models import Case, Pricing
from matcher.permissions import allowed
from matcher.pricing.current import current_pricing, history, needs_notice, open_objections
from matcher.pricing.owners import is_public
from matcher.pricing.ranges import ranges_of
from matcher.pricing.terms import PricingState
from matcher.vocabulary import Audience
from web.cases.frame import frame_of
from web.cases.shelf import files_of
from web.prices.forms import DecisionForm, PriceForm, PricingForm, PublicForm, RangeForm, WithdrawForm
from web.prices.presentation import comparable_rows, decided, notice_view, price_view
from web.prices.sale_part import sale_forms, sale_part
from web.prices.sealed import sealed_view
from web.session import current_actor, reading

ACTIONS = ("price.write", "price.confirm", "notice.start", "objection.decide")


def price_page(case: Case, forms: Mapping[str, Any] | None = None, notice: str = "") -> str:
    """The page; `forms` are those to show again with what was typed, `notice` is a refusal."""
    actor, session = current_actor(), reading()
    given = forms or {}
    pricing = current_pricing(session, case.id)
    agreed = pricing is not None and pricing.state == PricingState.AGREED
    may = {name.partition(".")[2]: allowed(actor, name, case) for name in ACTIONS}
    return render_template(
        "prices/of_case.html",
        frame=frame_of(case),
        notice=notice,
        party=party_of(actor, case),
        may=may,
        negotiable=case.state in NEGOTIATING,
        price=price_view(pricing) if pricing else None,
        agreed=agreed,
        shown_notice=notice_view(pricing.notice) if pricing and pricing.notice else None,
        may_start=may["start"] and needs_notice(session, case) and pricing is not None and pricing.notice is None,
        earlier=[price_view(each) for each in history(session, case.id)],
        forms=_forms(case, given, pricing.id if pricing else 0),
        decisions=_decisions(pricing, given.get("decide")),
        decided=decided,
        **sale_part(case, pricing, given),
        sealed=sealed_view(ranges_of(session, case.id), party_of(actor, case)),
        may_seal=case.state in TALKING and not agreed and allowed(actor, "range.enter", case),
        comparables=comparable_rows(session, case.achievement.tech_field or case.need.tech_field),
        public=is_public(case.offer_org),
        may_set_public=allowed(actor, "organisation.review"),
    )


def _decisions(pricing: Pricing | None, sent: DecisionForm | None) -> dict[int, DecisionForm]:
    """A form for each open objection; the one that was sent keeps what was typed."""
    waiting = open_objections(pricing.notice) if pricing and pricing.notice else []
    forms = {objection.id: DecisionForm.of(objection.id, formdata=None) for objection in waiting}
    for number, form in forms.items():
        if sent is not None and sent.decision.name == form.decision.name:
            forms[number] = sent
    return forms


def _forms(case: Case, given: Mapping[str, Any], pricing_id: int) -> dict[str, Any]:
    forms = {
        "price": given.get("price") or PriceForm(formdata=None),
        "confirm": PricingForm(formdata=None),
        "withdraw": given.get("withdraw") or WithdrawForm(formdata=None),
        "range": given.get("range") or RangeForm(formdata=None),
        "public": PublicForm(formdata=None),
        **sale_forms(given),
    }
    forms["price"].with_files(file for file in files_of(case) if file.audience == Audience.BOTH)
    for name in ("confirm", "withdraw"):
        forms[name].pricing_id.data = pricing_id
    word = case.offer_org.is_public
    forms["public"].public.data = "" if word is None else "yes" if word else "no"
    return forms
