"""The search index: which engine, how it was made, how much it holds, and whether it must be made anew."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import func, select

from indexes.engine import EngineError, Filters, SetQuery
from indexes.opening import fitness
from indexes.sync import backlog
from matcher.actor import SYSTEM
from matcher.models import MODELS
from matcher.permissions import visibilities
from matcher.vocabulary import RecordState
from web.console.shell import blueprint, console_page
from web.index import index as opened_index
from web.session import reading

VISIBILITIES = visibilities(SYSTEM)  # every mark that a document may have


@dataclass(frozen=True)
class State:
    """What could be found out. `error` says why no more."""

    engine: str
    encoder: str
    generation: str = ""
    previous: str = ""
    model: str = ""
    tokens: str = ""
    dimensions: int = 0
    differs: tuple[str, ...] = ()
    held: int | None = None
    error: str = ""
    debris: tuple[str, ...] = field(default=())


def state() -> State:
    """Ask the engine; an engine that cannot answer is a state too."""
    opened = opened_index()
    encoder = opened.encoder.fingerprint if opened.encoder else ""
    try:
        made = opened.engine.fingerprint()
        live, previous, debris = opened.engine.generations()
        held = opened.engine.page(SetQuery(Filters(VISIBILITIES), limit=0)).total
        return State(opened.engine.name, encoder, live or "", previous or "", made.model, made.tokens, made.dimensions,
                     fitness(opened.engine, opened.encoder).differs, held, "", tuple(debris))
    except EngineError as error:
        return State(opened.engine.name, encoder, error=type(error).__name__)


@blueprint.get("/index")
def index_state() -> str:
    """The page."""
    counts, age = backlog(reading())
    published = {
        kind: reading().scalar(select(func.count()).select_from(model).where(model.state == RecordState.PUBLISHED)) or 0
        for kind, model in MODELS.items()
    }
    return console_page("index_state", "console.index_state", state=state(), published=published,
                        total=sum(published.values()), waiting_items=sum(counts.values()) - counts.get("dead", 0), age=age)
