"""`daqiao match`: the best achievements for a need, computed now, with the reasons that the platform would give."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import click
from sqlalchemy.orm import joinedload

from cli.common import open_database
from indexes import documents, evidence, statistics, truth
from indexes.engine import Document, Engine, EngineError, Vector, document_id, split_id
from indexes.matches import propose
from indexes.opening import encoder_or_none, open_engine
from matcher import db, learned, ranking
from matcher.corpus import Statistics
from matcher.embedding import Encoder, EncoderUnavailable
from matcher.errors import Invalid
from matcher.evidence import carried, wanted
from matcher.explanation import explain
from matcher.facts import NeedFacts, achievement_facts, need_facts
from matcher.inputs.base import parse
from matcher.inputs.records import NeedInput
from matcher.learning.correction import best_first, corrected
from matcher.models import Achievement, Need
from matcher.ranking import Scored
from matcher.reasons import Explanation
from matcher.text import script, tokens
from matcher.vocabulary import Kind, Level, RecordState, Relation

MOST = 50
Kept = tuple[Scored, Explanation | None, Achievement]
MAX_TEXT_BYTES = 100_000
SIGNS = {"met": "✓", "short": "✗", "missing": "?", "unclear": "~"}


@dataclass(frozen=True)
class Found:
    """One achievement with its score, level and reasons."""

    id: int
    title: str
    organisation: str
    probability: float
    level: str
    score: float
    parts: dict[str, float]
    reasons: dict[str, Any]


@click.command()
@click.argument("need", required=False)
@click.option(
    "--text",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A need that is not on the platform: its title in the first line, its problem below.",
)
@click.option("--top", type=click.IntRange(1, MOST), default=10, show_default=True, help="How many.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def match(need: str | None, file: Path | None, top: int, as_json: bool) -> None:
    """Show the best achievements for NEED (12 or need-12), or for a text, with reasons.

    Computed afresh the way the worker does it; nothing is stored. The exit code is 1 when nothing fits.
    """
    if (need is None) == (file is None):
        raise click.UsageError("Name either a need or a file with --text.")
    settings = open_database()
    asked = _from_file(file) if file else _from_record(str(need))
    with closing(open_engine(settings)) as engine:
        try:
            found = find(engine, encoder_or_none(settings), asked, top)
        except EngineError as error:
            raise click.ClickException(f"The index does not answer: {error}") from error
    if as_json:
        _print_json(asked, found)
    else:
        _print(asked, found)
    if not found:
        raise click.exceptions.Exit(1)


def _from_file(path: Path) -> Need:
    content = path.read_bytes()
    try:
        title, _, problem = content[:MAX_TEXT_BYTES].decode("utf-8-sig").strip().partition("\n")
        given = parse(NeedInput, {"title": title, "problem": problem or title, "lang": script(tokens(title))})
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{path} is not UTF-8 (byte {error.start + 1}).") from error
    except Invalid as error:
        problems = "; ".join(f"{name}: {message}" for name, message in error.errors.items())
        raise click.ClickException(f"{path}: {problems}") from error
    if not title:
        raise click.ClickException(f"{path} is empty.")
    # built like a published record, but belonging to nobody
    return Need(id=0, version=1, state=RecordState.PUBLISHED, **{**given.values(), "anonymous": True})


def _from_record(name: str) -> Need:
    try:
        kind, number = split_id(name) if "-" in name else (Kind.NEED.value, int(name))
    except ValueError:
        raise click.UsageError(f"{name!r} is no need; write 12 or need-12.") from None
    if kind != Kind.NEED:
        raise click.UsageError(f"{name!r} is no need.")
    with db.reading() as session:
        need = session.get(Need, number, options=[joinedload(Need.organisation)])
    if need is None:
        raise click.ClickException(f"There is no need {number}.")
    return need


def find(engine: Engine, encoder: Encoder | None, need: Need, top: int) -> list[Found]:
    """The best `top` published achievements of other organisations, from 弱相关 up. EngineError without an index."""
    document = _document(need)
    vector = _vector(encoder, need, document)
    with db.reading() as session:
        _, corpus = statistics.latest(session)
        correction = learned.in_use(session)
    words = document.title + document.body
    proposed = propose(engine, encoder, words, vector, Kind.ACHIEVEMENT.value, corpus, lang=need.lang)
    stored = engine.stored(list(proposed.ids))
    asked = ranking.Asked(documents.with_vector(document, vector), corpus)
    offers, facts, kept = _offers(list(stored)), need_facts(need), []
    for candidate in stored.values():
        offer = offers.get(candidate.id)
        if offer is None or offer.organisation_id == need.organisation_id:
            continue
        scored, told = corrected(facts, achievement_facts(offer), corpus, asked.score(candidate), correction)
        if scored.level is not Level.NONE:
            kept.append((scored, told, offer))
    best = sorted(kept, key=lambda row: best_first(row[0]))[:top]
    told_of = _explained(facts, best, corpus, encoder)
    found = []
    for each, _, offer in best:
        found.append(
            Found(
                offer.id,
                offer.title,
                offer.organisation.name,
                each.probability,
                each.level.value,
                each.score,
                dict(each.parts),
                told_of[each.id].data(),
            )
        )
    return found


def _explained(
    need: NeedFacts, best: list[Kept], corpus: Statistics, encoder: Encoder | None
) -> dict[str, Explanation]:
    """The reasons of each by words, and where these show too little by the meaning of sentences."""
    facts = {each.id: (need, achievement_facts(offer)) for each, _, offer in best}
    told = {each.id: reasons or explain(*facts[each.id], corpus, each) for each, reasons, _ in best}
    asked = {each.id: facts[each.id] for each, _, _ in best if wanted(*facts[each.id], told[each.id], each.level)}
    with db.reading() as session:
        near, _ = evidence.near(session, encoder, encoder.fingerprint if encoder else "", asked)
    return {each.id: carried(told[each.id], *facts[each.id], each.level, near.get(each.id)) for each, _, _ in best}


def _document(need: Need) -> Document:
    """What the index would hold of the need; one that is not published is looked at as if it were."""
    document = documents.build(need)
    if document is not None:
        return document
    # what was published before is not read along, and is not asked for here
    values = {name: value for name, value in vars(need).items() if name in Need.__table__.columns}
    document = documents.build(Need(**{**values, "state": RecordState.PUBLISHED, "anonymous": True}))
    assert document is not None  # a published need always has one
    return document


def _vector(encoder: Encoder | None, need: Need, document: Document) -> Vector | None:
    """The stored vector of the need's text, else a fresh one; None without an encoder."""
    if encoder is None:
        return None
    name = truth.wanted(document)
    with db.reading() as session:
        known = truth.embeddings(session, encoder.fingerprint, [name])
    try:
        return (known or truth.encode(encoder, {name: documents.passage(need)}))[name]
    except EncoderUnavailable:
        return None


def _offers(ids: list[str]) -> dict[str, Achievement]:
    with db.reading() as session:
        found = truth.records(session, [split_id(each) for each in ids])
    return {
        document_id(kind, number): cast("Achievement", record)
        for (kind, number), record in found.items()
        if record.state == RecordState.PUBLISHED
    }


def _print_json(need: Need, found: list[Found]) -> None:
    with db.reading() as session:
        correction = learned.in_use(session)
    value = {
        "need": {"id": need.id or None, "title": need.title},
        "ranking": correction.ranking_version,
        "matches": [asdict(each) for each in found],
    }
    click.echo(json.dumps(value, ensure_ascii=False))


def _print(need: Need, found: list[Found]) -> None:
    click.echo(f"{need.title}\n")
    for place, each in enumerate(found, start=1):
        click.echo(f"{place:2}. {Level(each.level).label} {each.probability:.0%}  {each.title}")
        click.echo(f"    achievement-{each.id} · {each.organisation}")
        if each.reasons["terms"]:
            click.echo(f"    {'、'.join(each.reasons['terms'])}")
        for reason in each.reasons["reasons"]:
            if reason["kind"] == "indicator":
                click.echo(f"    {_indicator(reason)}")
    if not found:
        click.echo("没有找到合适的成果。")


def _indicator(reason: dict[str, Any]) -> str:
    """The need's figure, and the other side's if there is one."""
    asked, stated = reason["params"]["asked"], reason["params"]["stated"]
    quoted = (reason["right"] or {}).get("text", "")
    answer = _figure(stated) if stated else quoted
    return f"{SIGNS.get(reason['verdict'], '·')} {asked['name']} {_figure(asked)}{f' | {answer}' if answer else ''}"


def _figure(row: dict[str, Any]) -> str:
    relation = Relation(row["relation"])
    if relation is Relation.RANGE:
        return f"{row['value']}–{row['high']} {row['unit']}".strip()
    return f"{relation.label} {row['value']} {row['unit']}".strip()
