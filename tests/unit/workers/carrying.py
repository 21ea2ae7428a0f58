"""What the relay and the worker do, carried out in the test's own process; by words alone unless given an encoder."""

from sqlalchemy import select

from config.settings import Settings
from indexes import sync
from indexes.engine import Engine
from indexes.opening import open_engine
from matcher.db import reading
from matcher.embedding import Encoder
from matcher.models import Match, OutboxItem, Stage
from workers import matching


def carry(settings: Settings, engine: Engine | None = None, encoder: Encoder | None = None) -> None:
    """Bring everything that waits into the index, with vectors if there is an encoder."""
    engine = engine or open_engine(settings)
    while sync.step(engine, encoder).handled:
        pass


def waiting() -> list[int]:
    """Items that wait for matching."""
    with reading() as session:
        return list(
            session.scalars(
                select(OutboxItem.id).where(OutboxItem.stage == Stage.MATCH).order_by(OutboxItem.id)
            )
        )


def match_all(settings: Settings, encoder: Encoder | None = None) -> None:
    """Index and match until nothing waits."""
    carry(settings, encoder=encoder)
    while items := waiting():
        for item in items:
            matching.match_item(item)
        carry(settings, encoder=encoder)


def item(item_id: int) -> OutboxItem:
    """The item as it is now."""
    with reading() as session:
        return session.get_one(OutboxItem, item_id)


def matches() -> list[Match]:
    """All matches, oldest first."""
    with reading() as session:
        return list(session.scalars(select(Match).order_by(Match.id)))
