"""Load the demonstration once."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from config.settings import Settings
from demo import vectors
from demo.cases import AGREED, PROPOSED, TRIAL, Bridges
from demo.cast import Cast, arrive
from demo.contracts import SIGNED, Contracts
from demo.deadlines import keep_deadlines
from demo.history import Follow, Platform, unfold
from demo.listings import Listings, enter, read
from demo.meetings import RESTING, Meetings
from demo.money import Money
from demo.officers import Officers
from demo.past import enter_past
from demo.people import DEMO_ACCOUNTS, PASSWORD
from demo.prices import PRICED, Prices
from demo.searches import keep_searches
from demo.stations import Counter
from demo.story import Story
from demo.trace import leave_traces
from indexes import statistics
from indexes.opening import encoder_or_none, open_engine
from matcher import clock, db
from matcher.corpus import collect
from matcher.embedding import Encoder
from matcher.models import CorpusSnapshot, NamedValue
from matcher.text import tokens

LOADED = "demo_accounts"  # named value that the log-in page reads; written last
Report = Callable[[str, int, int], object]


def is_loaded() -> bool:
    """Whether a demonstration has been loaded completely into the configured database."""
    with db.reading() as session:
        return session.get(NamedValue, LOADED) is not None


def load(settings: Settings, match: Follow, report: Report = lambda *_: None) -> bool:
    """Fill the configured, empty database and its index; False when that was done before.

    `match` computes the matches of one outbox item, as the worker does. `report` gets what is being done and how
    many of how many steps are behind.
    """
    if is_loaded():
        return False
    story = Story(clock.now(), settings.zone)
    engine, encoder = open_engine(settings), encoder_or_none(settings)
    cast, listings = Cast(), Listings()
    bridges = Bridges(story, cast, listings, settings)
    if encoder is not None:
        vectors.prepare(encoder, lambda done, of: report("vectors", done, of))
    _statistics(story, encoder)
    arrive(story, cast)
    enter(story, cast, listings)
    unfold(story, cast, Platform(settings, engine, encoder, match), _titles(TRIAL, AGREED, PROPOSED, SIGNED, *PRICED, *RESTING))
    bridges.plan()
    Contracts(story, cast, bridges, settings).plan()
    Prices(story, cast, listings).plan()
    keep_deadlines(story, cast)
    keep_searches(story, cast)
    enter_past(story, cast)
    Counter(story, cast).plan()
    Money(story, cast, bridges, settings).plan()
    Officers(story, cast, bridges, settings).plan()
    Meetings(story, cast, listings, bridges, settings).plan()
    leave_traces(story, cast, bridges)
    try:
        story.tell(lambda done, of: report("history", done, of))
    finally:
        engine.close()
    statistics.take(encoder)
    db.in_transaction(_mark)
    return True


def _titles(*needs: str) -> set[str]:
    return {row["title"] for row in read("needs.jsonl") if row["need_id"] in needs}


def _statistics(story: Story, encoder: Encoder | None) -> None:
    """The corpus statistics that the first matches are scored with: an empty platform would have none to speak of."""
    contents = vectors.texts()
    known = vectors.vectors(encoder, contents) if encoder is not None else {}
    found = collect(
        (tokens(content), known.get(name) if name[0] == "passage" else None)
        for name, content in contents.items()
    )

    def work(session: Session) -> None:
        moment = story.moment(45, 3)
        session.add(CorpusSnapshot(documents=found.documents, data=found.dump(), created_at=moment))

    db.in_transaction(work)
    statistics.forget()


def _mark(session: Session) -> None:
    value = {"password": PASSWORD, "accounts": DEMO_ACCOUNTS}
    session.add(NamedValue(name=LOADED, value=value, updated_at=clock.now()))
