"""What mails about vouchers, claims and shares say, under the permissions of the moment of sending; None: not theirs."""

from __future__ import annotations

from typing import Any

from matcher import links
from matcher.actor import actor_of
from matcher.claims.rules import claim_rules
from matcher.claims.terms import ClaimState
from matcher.models import Claim, Distribution, Voucher
from matcher.permissions import allowed
from workers.desk import Desk


def voucher_letter(desk: Desk) -> dict[str, Any] | None:
    """What happened to a voucher: issued, refused, ending, settled, or its evidence returned."""
    voucher = desk.session.get(Voucher, desk.payload["voucher_id"])
    if voucher is None or not allowed(actor_of(desk.session, desk.user), "voucher.read", voucher):
        return None
    return {
        "voucher": voucher,
        "news": desk.payload["news"],
        "until": desk.wording.day(voucher.valid_until),
        "granted": desk.wording.yuan(voucher.granted),
        "link": links.page(desk.settings, "vouchers", voucher.id),
    }


def claim_letter(desk: Desk) -> dict[str, Any] | None:
    """What was decided on a claim, or that it was paid."""
    claim = desk.session.get(Claim, desk.payload["claim_id"])
    if claim is None or not allowed(actor_of(desk.session, desk.user), "claim.read", claim):
        return None
    rule = claim_rules().get(claim.rule)
    return {
        "claim": claim,
        "state": desk.payload["state"],
        "state_label": desk.wording.say(ClaimState(desk.payload["state"]).label),
        "kind_label": desk.wording.say(rule.kind.label) if rule else claim.rule,
        "amount": desk.wording.yuan(claim.amount),
        "link": links.page(desk.settings, "cases", claim.case_id, "money"),
    }


def statement_letter(desk: Desk) -> dict[str, Any] | None:
    """That a payment was shared; names and amounts stay on the page, for mail is read by more than its reader."""
    found = desk.session.get(Distribution, desk.payload["distribution_id"])
    actor = actor_of(desk.session, desk.user)
    if found is None:
        return None
    own = [share for share in found.shares if allowed(actor, "shares.statement", share)]
    if not own:
        return None
    return {"count": len(own), "link": links.page(desk.settings, "statements")}
