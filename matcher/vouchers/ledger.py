"""The ledger of a voucher: entries are only added, every balance is a sum, and none is ever negative.

Each entry moves an amount from one account to another, so that all accounts of a voucher sum to nothing. The caller
holds the voucher's row; should two still write at once, they take the same `sequence` and one of them fails.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher import clock
from matcher.actor import Actor
from matcher.errors import Conflict
from matcher.messages import msg
from matcher.models import Voucher, VoucherEntry, VoucherOrder
from matcher.money import Yuan
from matcher.vouchers.terms import Account

NOTHING = Yuan(Decimal(0))


def balance(entries: Iterable[VoucherEntry], account: Account) -> Yuan:
    """What lies on `account`: what came in less what went out."""
    total = Decimal(0)
    for entry in entries:
        total += entry.amount * ((entry.target == account) - (entry.source == account))
    return Yuan(total)


def balances(entries: Iterable[VoucherEntry]) -> dict[Account, Yuan]:
    """Every account with what lies on it; the issuer's is what was given out, as a negative."""
    known = list(entries)
    return {account: balance(known, account) for account in Account}


def entries_of(session: Session, voucher_id: int) -> list[VoucherEntry]:
    """All entries in their order."""
    query = select(VoucherEntry).where(VoucherEntry.voucher_id == voucher_id).order_by(VoucherEntry.sequence)
    return list(session.scalars(query))


def transfer(
    session: Session,
    actor: Actor,
    voucher: Voucher,
    source: Account,
    target: Account,
    amount: Yuan,
    order: VoucherOrder | None = None,
) -> VoucherEntry | None:
    """Move `amount` (none when it is zero); `Conflict` when `source` holds less. ValueError for a negative amount."""
    if amount < 0:
        raise ValueError(f"negative amount: {amount}")
    if not amount:
        return None
    entries = entries_of(session, voucher.id)
    if source is not Account.ISSUER and balance(entries, source) < amount:
        raise Conflict(msg("余额不足，剩余 %(left)s 元。", left=f"{balance(entries, source):.2f}"))
    change = amount * ((target is Account.AVAILABLE) - (source is Account.AVAILABLE))
    entry = VoucherEntry(
        voucher_id=voucher.id,
        order_id=order.id if order else None,
        sequence=len(entries) + 1,
        source=source,
        target=target,
        amount=amount,
        available=Yuan(balance(entries, Account.AVAILABLE) + change),
        actor_id=actor.user_id,
        created_at=clock.now(),
    )
    session.add(entry)
    session.flush()
    return entry
