"""Planned mails for tests."""

from matcher import clock
from matcher.db import transaction
from matcher.models import Delivery, DeliveryKind
from tests.factories import Person


def planned(person: Person, kind: DeliveryKind = DeliveryKind.RESET, **payload: object) -> int:
    """A planned mail; the id."""
    with transaction() as session:
        moment = clock.now()
        row = Delivery(user_id=person.id, kind=kind, key=f"{moment.timestamp()}", payload=payload,
                       available_at=moment, created_at=moment)  # fmt: skip
        session.add(row)
        session.flush()
        return row.id
