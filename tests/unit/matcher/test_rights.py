"""Rights tables and benefit shares: Σ = 100 %, versions by day, the minimum, the fen."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.settings import Settings
from matcher import clock
from matcher.actions.rights import set_rights
from matcher.actions.shares import compute_shares
from matcher.db import reading, transaction
from matcher.errors import AlreadyDone, Conflict, Invalid, NotFound, Refused
from matcher.models import (
    BenefitShare,
    Delivery,
    Distribution,
    Payment,
    RightsHolder,
    RightsTable,
    TeamMember,
)
from matcher.money import HUNDRED, yuan
from matcher.rights.minimum import minimum_for
from matcher.rights.sharing import percents_of, shares_of
from matcher.rights.tables import valid_on, versions_of
from matcher.rights.terms import ConversionRoute, HolderKind
from tests import factories as make
from tests.unit.matcher.deals import DAY, Deal, table


def holders(*shares: str) -> list[dict[str, str]]:
    """One organisation for each share."""
    return [
        {"kind": "organisation", "name": f"单位{n}", "type": "unit", "share": share}
        for n, share in enumerate(shares)
    ]


def refused(**fields: Any) -> dict[str, str]:
    """What is said at which field."""
    with pytest.raises(Invalid) as error:
        table(**fields)
    return {name: str(message) for name, message in error.value.errors.items()}


def test_shares_of_99_99_percent_are_refused() -> None:
    """M52: the sentence says what the sum is; 100.01 % is refused alike, exactly 100 % is taken."""
    assert refused(holders=holders("60", "39.99")) == {"holders": "份额合计须正好为 100 %，现在是 99.99 %。"}
    assert "100.01" in refused(holders=holders("60", "40.01"))["holders"]
    assert refused(team=[{"name": "赵工", "share": "99.99"}])["team"].endswith("99.99 %。")
    assert len(table(holders=holders("33.33", "33.33", "33.34")).holders) == 3


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"share": "-10"}, "holders.0.share"),
        ({"share": "0"}, "holders.0.share"),
        ({"share": "33.333"}, "holders.0.share"),
        ({"share": "NaN"}, "holders.0.share"),
        ({"name": "研究\x00院"}, "holders.0.name"),
        ({"name": ""}, "holders.0.name"),
        ({"type": "lease"}, "holders.0.type"),
    ],
)
def test_bad_lines_are_refused_at_their_field(line: dict[str, str], field: str) -> None:
    """Negative and zero shares, three places, no number, NUL, an unknown type."""
    assert field in refused(holders=[{**holders("100")[0], **line}])


def test_a_last_day_before_the_first_is_refused() -> None:
    assert "valid_to" in refused(valid_from="2026-05-01", valid_to="2026-04-30")


def test_a_team_share_needs_a_team() -> None:
    assert "team" in refused(team=[])


def test_an_institute_may_not_go_below_the_minimum(database: Settings) -> None:
    """M67: less than 50 % for the people is refused with the law's article; with rights of their own it is enough."""
    lab = make.institute()
    achievement = make.published(lab, "achievement")
    low = table(holders=holders("100"), team_percent="49.99")
    with pytest.raises(Invalid) as error:
        set_rights(lab.actor, achievement, low, 1)
    assert "49.99 %，不得低于 50 %" in str(error.value.errors["team_percent"])
    assert "第四十五条" in str(error.value.errors["team_percent"])
    enough = table(team_percent="28.58")  # 30 % of their own and 70 % × 28.58 % = 50.006 %
    assert set_rights(lab.actor, achievement, enough, 1)


def test_another_owner_may_agree_on_less(database: Settings) -> None:
    """An enterprise needs the reason that was agreed, not the minimum."""
    firm = make.add_member(make.OrgKind.AGENCY)
    achievement = make.published(firm, "achievement")
    with pytest.raises(Invalid) as error:
        set_rights(firm.actor, achievement, table(holders=holders("100"), team_percent="10"), 1)
    assert "agreed_reason" in error.value.errors
    agreed = table(holders=holders("100"), team_percent="10", agreed_reason="劳动合同第八条")
    assert set_rights(firm.actor, achievement, agreed, 1)


def test_rules_come_from_their_file() -> None:
    """The route decides; before the law's revision no rule speaks."""
    found = minimum_for("220100", date(2026, 1, 1), ConversionRoute.OWN_USE)
    assert found is not None
    assert (found.percent, found.verified) == (Decimal(5), True)
    assert minimum_for("220100", date(2015, 9, 30), ConversionRoute.TRANSFER) is None


def test_the_table_of_the_day_counts(database: Settings) -> None:
    """Versions: each from its first day on; after a last day and before the first day there is none."""
    deal = Deal()
    deal.rights(valid_from="2026-01-01")
    deal.rights(valid_from="2026-07-01", valid_to="2026-12-31", team_percent="70")
    with reading() as session:
        versions = versions_of(session, deal.achievement_id)
        found = {
            day: valid_on(versions, date.fromisoformat(day))
            for day in ("2025-12-31", "2026-01-01", "2026-06-30", "2026-07-01", "2027-01-01")
        }
    numbers = {day: table.number if table else None for day, table in found.items()}
    assert list(numbers.values()) == [None, 1, 1, 2, None]


def test_versions_are_not_overtaken(database: Settings) -> None:
    """Of two people who saw the same version the second is told; an earlier first day is refused."""
    deal = Deal()
    deal.rights()
    with pytest.raises(Conflict):
        set_rights(deal.lab.actor, deal.achievement_id, table(), 1)
    with pytest.raises(Invalid) as error:
        deal.rights(valid_from="2025-12-31")
    assert "valid_from" in error.value.errors


def test_others_may_not_set_rights(database: Settings) -> None:
    """The other side and strangers find no such achievement."""
    deal = Deal()
    for person in (deal.firm, make.institute(), deal.broker, deal.staff):
        with pytest.raises(NotFound):
            set_rights(person.actor, deal.achievement_id, table(), 1)


def test_a_payment_is_shared_to_the_fen_by_the_table_of_its_day(database: Settings) -> None:
    """M53: net of fee and tax, split by rights and team, stored with its basis; everybody concerned gets a mail."""
    deal = Deal()
    deal.rights()
    deal.rights(valid_from="2026-07-01", team_percent="100")
    payment = deal.payment(deal.contract(), "1000.03", fee=yuan("0.01"), vat=yuan("0.01"))
    found = compute_shares(deal.broker.actor, deal.case_id, payment)
    with reading() as session:
        distribution = session.get_one(Distribution, found)
        shares = {(each.name, str(each.basis)): each.amount for each in distribution.shares}
        percents = {(each.name, str(each.basis)): each.percent for each in distribution.shares}
        mails = session.query(Delivery.user_id).filter(Delivery.kind == "statement").all()
    assert distribution.net == Decimal("1000.01")
    assert shares == {
        ("研究院", "right"): Decimal("280.00"),
        ("赵工", "right"): Decimal("300.01"),
        ("赵工", "team"): Decimal("210.00"),
        ("钱工", "team"): Decimal("210.00"),
    }
    assert percents["研究院", "right"] == "28"
    assert mails == [(deal.lab.id,)]


def test_a_payment_is_shared_once(database: Settings) -> None:
    """Double submit: the second is told, nothing changes."""
    deal = Deal()
    deal.rights()
    payment = deal.payment(deal.contract())
    compute_shares(deal.lab.actor, deal.case_id, payment)
    with pytest.raises(AlreadyDone):
        compute_shares(deal.lab.actor, deal.case_id, payment)
    with reading() as session:
        assert session.query(Distribution).count() == 1


def test_no_table_no_shares(database: Settings) -> None:
    """Without a table of its day, cancelled, of another case, or by the wrong side: nothing is shared."""
    deal, other = Deal(), Deal()
    contract = deal.contract()
    payment = deal.payment(contract)
    with pytest.raises(Conflict, match="没有有效的权属表"):
        compute_shares(deal.lab.actor, deal.case_id, payment)
    deal.rights()
    other.rights()
    with pytest.raises(NotFound):
        compute_shares(deal.firm.actor, deal.case_id, payment)
    with pytest.raises(NotFound):
        compute_shares(other.lab.actor, other.case_id, payment)
    with transaction() as session:
        session.get_one(Payment, payment).cancelled_at = clock.now()
    with pytest.raises(Conflict, match="作废"):
        compute_shares(deal.lab.actor, deal.case_id, payment)
    with reading() as session:
        assert session.query(BenefitShare).count() == 0


def test_the_past_that_was_shared_stays(database: Settings) -> None:
    """A new version cannot begin before a payment that was shared by the old one."""
    deal = Deal()
    deal.rights()
    compute_shares(deal.lab.actor, deal.case_id, deal.payment(deal.contract()))
    with pytest.raises(Invalid):
        deal.rights(valid_from="2026-06-01")
    assert deal.rights(valid_from="2026-06-02")


def test_statements_belong_to_the_persons_organisation(database: Settings) -> None:
    """A person's affiliation on the platform looks after their statement; a name that it does not know, the owner."""
    deal, partner = Deal(), make.institute(name="合作研究所")
    team = [
        {"name": "孙工", "share": "50", "affiliation": "合作研究所"},
        {"name": "李工", "share": "50", "affiliation": "别处大学"},
    ]
    deal.rights(holders=holders("100"), team=team)
    with reading() as session:
        found = {member.name: member.organisation_id for member in session.query(TeamMember)}
    assert found == {"孙工": partner.actor.org_id, "李工": deal.lab.actor.org_id}


PARTS = st.lists(st.integers(1, 10_000), min_size=1, max_size=8)


def _percents(parts: list[int]) -> list[Decimal]:
    """Two-place percentages in about these proportions that make exactly 100."""
    total = sum(parts)
    found = [max(1, part * 10_000 // total) for part in parts]
    found[found.index(max(found))] += 10_000 - sum(found)
    return [Decimal(each) / 100 for each in found]


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**12), PARTS, PARTS, st.integers(0, 10_000))
def test_shares_sum_to_the_payment(fen: int, rights: list[int], team: list[int], team_part: int) -> None:
    """Property: whatever the table, the parts make 100 %, the shares make the payment, and none is negative."""
    net = yuan(Decimal(fen) / 100)
    found = RightsTable(
        team_percent=Decimal(team_part) / 100,
        holders=[
            RightsHolder(kind=list(HolderKind)[n % 2], name=f"h{n}", share=share)
            for n, share in enumerate(_percents(rights))
        ],
        team=[TeamMember(name=f"t{n}", share=share) for n, share in enumerate(_percents(team))],
    )
    percents, shares = percents_of(found), shares_of(net, found)
    assert sum(percents.values()) == HUNDRED
    assert sum(shares.values()) == net
    assert min(shares.values()) >= 0
    assert all(abs(shares[who] - net * percents[who] / HUNDRED) < Decimal("0.01") for who in shares)


def test_a_new_table_and_a_distribution_at_once(database: Settings) -> None:
    """Whichever comes first, the payment is shared by the table that counts on its day."""
    deal = Deal()
    deal.rights()
    payment = deal.payment(deal.contract())
    start = Barrier(2)

    def press(act: Callable[[], object]) -> None:
        start.wait()
        with suppress(Refused):
            act()

    newer = table(valid_from="2026-05-01", team_percent="80")
    acts = (
        lambda: compute_shares(deal.lab.actor, deal.case_id, payment),
        lambda: set_rights(deal.lab.actor, deal.achievement_id, newer, 2),
    )
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(press, acts))
    with reading() as session:
        found = session.query(Distribution).one()
        counting = valid_on(versions_of(session, deal.achievement_id), DAY)
        assert counting is not None
        assert found.table_id == counting.id
