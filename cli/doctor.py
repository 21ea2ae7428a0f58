"""`daqiao doctor`: what is configured, what answers, what is missing. `daqiao settings`: the table of settings."""

from __future__ import annotations

import json
import platform
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast, get_args

import click
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from config.settings import Settings, get_settings

GOOD, POOR, BAD = "ok", "warning", "missing"
FREE_GIB = 1.0
DOCTOR_WAITS = 60.0  # seconds for a model to be loaded


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    part: str
    state: str
    text: str


def check_machine(settings: Settings) -> Finding:
    """Python, and whether the data folder can be written and has room."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.data_dir):
            pass
    except OSError as error:
        return Finding(
            "data folder", BAD, f"{settings.data_dir.absolute()} cannot be written: {error.strerror}"
        )
    free = shutil.disk_usage(settings.data_dir).free / 2**30
    text = f"{settings.data_dir.absolute()}, {free:.1f} GiB free, Python {platform.python_version()}"
    return Finding("data folder", GOOD if free >= FREE_GIB else POOR, text)


def check_database(settings: Settings) -> Finding:
    """Whether the database answers and its schema is the one this version expects."""
    from sqlalchemy.exc import SQLAlchemyError

    from matcher import db, migrations

    kind = "PostgreSQL" if settings.database_url and "postgresql" in settings.database_url else "SQLite"
    try:
        engine = db.configure(settings)
        at, expected = migrations.current(engine), migrations.head()
    except SQLAlchemyError as error:
        return Finding("database", BAD, f"{kind} does not answer: {_first_line(error)}")
    if at != expected:
        return Finding(
            "database", BAD, f"{kind} at migration {at}, expected {expected}; run `daqiao prepare`"
        )
    return Finding("database", GOOD, f"{kind}, migration {at}")


def check_broker(settings: Settings) -> Finding:
    """Whether the broker takes commands."""
    import redis

    kind = "Redis by REDIS_URL" if settings.redis_url else "embedded, started by `daqiao up`"
    try:
        with redis.Redis.from_url(settings.redis_client_url, socket_timeout=2) as client:
            info: Any = client.info("server")
    except (redis.RedisError, OSError) as error:
        return Finding("broker", BAD, f"{kind}: no answer ({_first_line(error)})")
    return Finding(
        "broker", GOOD, f"{kind}, version {info.get('valkey_version') or info.get('redis_version')}"
    )


def check_worker(_settings: Settings) -> Finding:
    """Whether a Celery worker answers over the broker."""
    from workers.app import app

    try:
        answers = app.control.ping(timeout=1.5)
    except Exception as error:  # noqa: BLE001  whatever the transport raises, the report goes on
        return Finding("worker", BAD, f"cannot be asked: {_first_line(error)}")
    names = [name for answer in answers for name in answer]
    return Finding(
        "worker", GOOD if names else BAD, ", ".join(names) or "no worker answers; `daqiao run worker`"
    )


def check_search(settings: Settings) -> Finding:
    """Whether the search engine answers, and whether its index was made the way it would be made now."""
    from indexes.engine import EngineError
    from indexes.opening import encoder_or_none, fitness, open_engine

    kind = "Elasticsearch" if settings.elasticsearch_url else "embedded"
    engine = open_engine(settings)
    try:
        generation = engine.generation
        fit = fitness(engine, encoder_or_none(settings))
    except EngineError as error:
        return Finding("search", BAD, f"{kind}: {_first_line(error)}")
    finally:
        engine.close()
    if fit.rebuild_needed:
        differs = ", ".join(fit.differs)
        return Finding("search", POOR, f"{kind}, {generation} differs in {differs}; `daqiao index rebuild`")
    return Finding("search", GOOD, f"{kind}, {generation}")


def check_outbox(settings: Settings) -> Finding:
    """Whether changes reach the index: the age of the oldest waiting one."""
    from sqlalchemy import func, select
    from sqlalchemy.exc import SQLAlchemyError

    from matcher import clock, db
    from matcher.models import OutboxItem

    try:
        with db.reading() as session:
            waiting = select(func.count(), func.min(OutboxItem.created_at)).where(
                OutboxItem.stage.in_(("index", "encode"))
            )
            row = session.execute(waiting).one()
            count, oldest = row[0], cast("datetime | None", row[1])
            dead = session.scalar(select(func.count()).where(OutboxItem.stage == "dead"))
    except SQLAlchemyError as error:
        return Finding("relay", BAD, f"the outbox cannot be read: {_first_line(error)}")
    age = (clock.now() - oldest).total_seconds() if oldest is not None else 0.0
    late = age > settings.outbox_alert_seconds
    text = f"{count} changes wait, the oldest {age:.0f} s; {dead} dead" + (
        "; does `daqiao run relay` run?" if late else ""
    )
    return Finding("relay", POOR if late or dead else GOOD, text)


def check_encoder(settings: Settings) -> Finding:
    """Whether the model can be loaded, and how long one query takes."""
    from matcher.embedding import EncoderUnavailable, open_encoder

    try:
        encoder = open_encoder(settings)
        encoder.encode_queries(["试"])
        began = time.perf_counter()
        encoder.encode_queries(["汽车零部件激光焊接"])
    except EncoderUnavailable as error:
        return Finding("encoder", BAD, f"{settings.embedding_model}: {error}; matching uses words alone")
    milliseconds = (time.perf_counter() - began) * 1000
    return Finding(
        "encoder",
        GOOD,
        f"{encoder.fingerprint}, {encoder.dimensions} dimensions, {milliseconds:.0f} ms a query",
    )


def check_reranker(settings: Settings) -> Finding:
    """Whether the model that reads the best pairs again can be loaded, and how long they take."""
    from matcher.reranking import DEPTH, RerankerUnavailable, open_reranker

    reranker = open_reranker(settings.model_copy(update={"reranker_seconds": DOCTOR_WAITS}))
    if reranker is None:
        return Finding("reranker", GOOD, "off (RERANKER_MODEL is empty)")
    pairs = [("汽车零部件激光焊接" * 20, "铝合金激光焊接气孔抑制" * 20)] * DEPTH
    try:
        reranker.agreements(pairs[:1])
        began = time.perf_counter()
        reranker.agreements(pairs)
    except RerankerUnavailable as error:
        return Finding("reranker", BAD, f"{settings.reranker_model}: {error}; matches go without it")
    seconds = time.perf_counter() - began
    state = GOOD if seconds <= settings.reranker_seconds else POOR
    return Finding("reranker", state, f"{reranker.label}, {seconds:.1f} s for {DEPTH} pairs of {settings.reranker_seconds:g} s")


def check_mail(settings: Settings) -> Finding:
    """Whether the mail server answers; nothing is sent."""
    if not settings.smtp_url:
        return Finding("mail", GOOD, "files in the data folder, readable in the console")
    import smtplib
    from urllib.parse import urlsplit

    parts = urlsplit(settings.smtp_url)
    client = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    try:
        with client(parts.hostname or "", parts.port or 0, timeout=5) as connection:
            connection.noop()
    except (OSError, smtplib.SMTPException) as error:
        return Finding("mail", BAD, f"{parts.hostname} does not answer: {_first_line(error)}")
    return Finding("mail", GOOD, f"{parts.hostname} answers")


def check_rules(settings: Settings) -> Finding:
    """Whether the rule sets of subsidies and minimum shares can be read, and how many figures nobody has verified."""
    from matcher.claims.rules import claim_rules
    from matcher.rights.minimum import minimum_shares

    try:
        verified = [rule.verified for rule in claim_rules().values()]
        verified += [rule.verified for rule in minimum_shares()]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        return Finding("rules", BAD, f"a file in RULES_DIR cannot be read: {_first_line(error)}")
    examples = verified.count(False)
    state = POOR if examples and settings.environment == "production" else GOOD
    return Finding("rules", state, f"{len(verified)} rules, {examples} of them examples (RULES_DIR)")


def check_portal(settings: Settings) -> Finding:
    """Whether the portal calls itself ready."""
    from cli.up import portal_is_ready

    if portal_is_ready(settings):
        return Finding("portal", GOOD, f"ready on port {settings.port}")
    return Finding(
        "portal", BAD, f"not ready on {settings.host}:{settings.port}; `daqiao up` or `daqiao run portal`"
    )


CHECKS: tuple[Callable[[Settings], Finding], ...] = (
    check_machine,
    check_database,
    check_broker,
    check_worker,
    check_search,
    check_outbox,
    check_encoder,
    check_reranker,
    check_mail,
    check_rules,
    check_portal,
)


def _first_line(error: BaseException) -> str:
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object for machines.")
def doctor(as_json: bool) -> None:
    """Say what is configured, what answers and what is missing.

    Ends with 1 when something is missing. Changes nothing but makes the data folder.
    """
    settings = get_settings()
    findings = []
    for check in CHECKS:
        finding = check(settings)
        findings.append(finding)
        if not as_json:
            mark = {
                GOOD: click.style("✓", "green"),
                POOR: click.style("!", "yellow"),
                BAD: click.style("✗", "red"),
            }
            click.echo(f"{mark[finding.state]} {finding.part:<12} {finding.text}")
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    if any(finding.state == BAD for finding in findings):
        raise SystemExit(1)


def _type_of(field: FieldInfo) -> str:
    arguments = [argument for argument in get_args(field.annotation) if argument is not type(None)]
    if arguments and all(isinstance(argument, str) for argument in arguments):
        return " · ".join(arguments)
    kind = (arguments[0] if arguments else field.annotation) or str
    while get_args(kind):
        kind = get_args(kind)[0]
    bounds = [f"{sign} {getattr(rule, name)}" for rule in field.metadata
              for name, sign in (("ge", "≥"), ("gt", ">"), ("le", "≤"), ("lt", "<")) if hasattr(rule, name)]  # fmt: skip
    names = {
        "str": "text",
        "Path": "folder",
        "int": "whole number",
        "float": "number",
        "bool": "true · false",
    }
    name = names.get(getattr(kind, "__name__", ""), getattr(kind, "__name__", "text"))
    return " ".join([name, *bounds])


def settings_table() -> str:
    """The table of settings as Markdown: name, what is allowed, default, meaning."""
    rows = ["| setting | allowed | default | meaning |", "|---|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, PydanticUndefined, frozenset()) else f"`{field.default}`"
        meaning = (field.description or "").replace("|", "\\|")
        rows.append(f"| `{name.upper()}` | {_type_of(field)} | {default} | {meaning} |")
    return "\n".join(rows)


@click.command()
@click.option("--markdown", is_flag=True, help="The table of docs/operations.md.")
def show_settings(markdown: bool) -> None:
    """List every setting with its default and meaning; each is an environment variable or a line of `.env`."""
    if markdown:
        click.echo(settings_table())
        return
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, PydanticUndefined, frozenset()) else str(field.default)
        click.echo(f"{name.upper()}={default}\n    {field.description} ({_type_of(field)})")
