"""Who may use which route. A route that is missing here fails the tests; `console.*` speaks of a whole section.

The names are those of the people in `world.py`.
"""

from __future__ import annotations

EVERYBODY = frozenset(
    {"visitor", "unverified", "stranger", "owner", "other_side", "broker", "officer", "operator", "administrator"}
)
SIGNED_IN = EVERYBODY - {"visitor"}
VERIFIED = SIGNED_IN - {"unverified"}
OWNER = frozenset({"owner"})
SIDES = frozenset({"owner", "other_side", "broker", "operator", "administrator"})
STAFF = frozenset({"operator", "administrator"})
OFFICER = frozenset({"officer"})  # 科技特派员 of the owner: reads its cases, writes notes and tasks
READERS = SIDES | OFFICER
BROKERS = STAFF | {"broker"}
ADMINISTRATORS = frozenset({"administrator"})
NOBODY: frozenset[str] = frozenset()  # needs a token or a signed link

ACCESS: dict[str, frozenset[str]] = {
    "static": EVERYBODY,
    "styles": EVERYBODY,
    "styleguide.index": EVERYBODY,
    "health.*": EVERYBODY,
    "preferences.language": EVERYBODY,
    "home.index": EVERYBODY,
    "help.*": EVERYBODY,
    "search.*": EVERYBODY,
    # the record of the world is published
    "records.show": EVERYBODY,
    # an open detail needs membership of a checked organisation, or a role
    "records.detail": VERIFIED,
    "disclosure.of_record": OWNER | STAFF,
    "disclosure.of_case": READERS,
    "disclosure.agree": VERIFIED - OFFICER,  # for an organisation, or by role
    "disclosure.export": OWNER | {"stranger", "other_side"},  # members, each of their own
    "disclosure.export_table": OWNER | {"stranger", "other_side"},
    "disclosure.*": VERIFIED,
    "exceptions.of_case": READERS,
    "exceptions.*": SIDES,
    "integrity.mine": SIGNED_IN,
    "integrity.appeal": OWNER,
    "organisations.show": EVERYBODY,
    "account.sign_in": EVERYBODY,
    "account.register": EVERYBODY,
    "account.sent": EVERYBODY,
    "account.forgot": EVERYBODY,
    "account.forgot_sent": EVERYBODY,
    "account.privacy": EVERYBODY,
    "account.verify": NOBODY,
    "account.reset": NOBODY,
    "account.invitation": NOBODY,
    "account.unsubscribe": NOBODY,
    "answers.*": NOBODY,
    "freshness.*": NOBODY,
    "unmet.*": EVERYBODY,
    "conversion.index": EVERYBODY,
    "conversion.export": EVERYBODY,
    "conversion.mine": SIGNED_IN,
    "conversion.report": OWNER | STAFF,
    "conversion.report_file": OWNER | STAFF,
    "conversion.disclosure": frozenset({"other_side"}),  # the achievement is theirs
    "conversion.plan": frozenset({"other_side"}),
    "account.sign_out": EVERYBODY,
    "account.edit_organisation": OWNER | {"stranger", "other_side"},  # members, each of their own
    "account.*": SIGNED_IN,
    "tokens.*": SIGNED_IN,
    "publish.mine": SIGNED_IN,
    "publish.new": OWNER | {"stranger"},  # of a need: enterprises
    "publish.*": OWNER,
    "matches.index": SIGNED_IN,
    "matches.show": SIDES,
    "matches.of_record": OWNER | STAFF,
    "matches.answer": OWNER | {"other_side"},
    "matches.retract": OWNER | {"other_side"},
    "questions.choose": SIGNED_IN,
    "questions.put": SIGNED_IN,  # who may ask about which pair is judged when both are known
    "questions.show": OWNER | {"broker"} | STAFF,
    "matches.undo_lowering": OWNER | {"stranger", "other_side"},  # members, each for their own organisation
    "cases.index": SIGNED_IN,
    "cases.board": SIGNED_IN,
    "cases.export": SIGNED_IN,
    "cases.by_number": READERS,
    "cases.show": READERS,
    "cases.sheet": READERS,
    "cases.timeline": READERS,
    "cases.download": READERS,
    "cases.assign": STAFF,
    "cases.resume": BROKERS,
    "cases.consent": OWNER | {"other_side"},
    "replies.*": NOBODY,
    "meetings.of_case": READERS,
    "meetings.export": READERS,
    "meetings.*": SIDES,
    "cases.*": SIDES,
    "prices.owner": STAFF,
    "prices.seal": OWNER | {"other_side"},
    "prices.confirm": OWNER | {"other_side"},
    "prices.start": SIDES - OWNER,
    "prices.list_sale": SIDES - OWNER,
    "prices.auction": SIDES - OWNER,
    "prices.deposit": BROKERS,
    "prices.choose": STAFF | {"other_side"},
    "prices.end_sale": STAFF | {"other_side"},
    "prices.decide": STAFF | {"other_side"},
    "prices.of_case": SIDES,  # whoever accompanies a case does not see its business
    "prices.*": SIDES,
    "notices.*": EVERYBODY,
    "money.of_case": SIDES,
    "contracts.index": SIGNED_IN,
    "contracts.export": SIGNED_IN,
    "contracts.submit": BROKERS | {"other_side"},
    "contracts.decide": BROKERS,
    "contracts.deliver": BROKERS | {"other_side"},
    "contracts.judge": BROKERS | OWNER,
    "contracts.pay": BROKERS | {"other_side"},
    "contracts.cancel": BROKERS,
    "contracts.report": BROKERS | OWNER,
    "contracts.*": SIDES,
    "money.claim": OWNER | {"other_side"},
    "money.ask": OWNER | {"other_side"},
    "money.white_list": STAFF,
    "money.refer": BROKERS,
    "money.outcome": BROKERS,
    "money.*": BROKERS | {"other_side"},  # shares and decision file: the achievement's side
    "rights.show": STAFF | {"other_side"},
    "rights.change": frozenset({"other_side"}),
    "statements.index": SIGNED_IN,
    "statements.export": SIGNED_IN,
    "statements.*": BROKERS | {"other_side"},
    "vouchers.index": SIGNED_IN,
    "vouchers.export": SIGNED_IN,
    "vouchers.apply": OWNER | {"stranger"},
    "vouchers.show": OWNER | STAFF,
    "vouchers.reserve": OWNER,
    "vouchers.use": OWNER,
    "vouchers.release": OWNER | {"other_side"},
    "vouchers.add_evidence": OWNER | {"other_side"},
    "vouchers.*": OWNER | STAFF | {"other_side"},  # an order and its evidence
    "tasks.today": SIGNED_IN,
    "tasks.export": SIGNED_IN,
    "tasks.contact": OWNER | {"stranger", "other_side"},  # members, each of their own organisation
    "tasks.note": OFFICER,
    "tasks.complete": OWNER | BROKERS,
    "tasks.cancel": BROKERS,
    "tasks.reassign": OWNER | BROKERS | OFFICER,
    "tasks.*": READERS,
    "visits.*": OFFICER,
    "broker.profile": frozenset({"broker"}),
    "broker.save_profile": frozenset({"broker"}),
    "broker.add_course": frozenset({"broker"}),
    "broker.remove_course": frozenset({"broker"}),
    "sales.index": EVERYBODY,
    "sales.show": EVERYBODY,
    "sales.export_sales": EVERYBODY,
    "sales.*": OWNER | {"stranger"},  # members of other organisations than the seller's
    "digests.show": SIGNED_IN,
    "searches.index": SIGNED_IN,
    "searches.new": SIGNED_IN,
    "searches.save": SIGNED_IN,
    "searches.watch": SIGNED_IN,
    "searches.*": OWNER,  # of the search, nobody else
    "pauses.*": NOBODY,
    "stations.index": EVERYBODY,
    "receptions.sheet": BROKERS | OWNER,  # the broker received them at no station
    "receptions.*": BROKERS,
    "broker.*": BROKERS,
    "console.users": ADMINISTRATORS,
    "console.*": STAFF,
    "api.search_records": EVERYBODY,
    "api.list_needs": EVERYBODY,
    "api.list_achievements": EVERYBODY,
    "api.read_need": EVERYBODY,
    "api.read_achievement": EVERYBODY,
    "api.list_overdue": EVERYBODY,
    "api.list_unmet": EVERYBODY,
    "api.read_duties": EVERYBODY,
    "api.list_notices": EVERYBODY,
    "api.list_stations": EVERYBODY,
    "api.list_sales": EVERYBODY,
    "api.read_sale": EVERYBODY,
    "api.openapi": EVERYBODY,
    "api.docs": EVERYBODY,
    "api.*": NOBODY,
}


def may_use(endpoint: str) -> frozenset[str] | None:
    """People who may use the route; None when the table does not speak of it."""
    found = ACCESS.get(endpoint)
    return found if found is not None else ACCESS.get(endpoint.partition(".")[0] + ".*")
