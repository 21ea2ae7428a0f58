"""Every setting once: its name, type, default and one line of meaning. Environment first, `.env` for development."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile, gettempdir
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

import holidays
from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

INSECURE_KEY = "development-only-key"
MIN_KEY_LENGTH = 32
MAX_SOCKET_PATH = 100
PRICE_KEY_BYTES = 32


class SettingsError(Exception):
    """A setting has a value that is not allowed; the message names it and says what is."""


def _url(*schemes: str) -> AfterValidator:
    def check(value: str | None) -> str | None:
        if value and urlsplit(value).scheme not in schemes:
            raise ValueError(f"allowed schemes: {', '.join(schemes)}")
        return value or None

    return AfterValidator(check)


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError("must be an IANA time zone such as Asia/Shanghai")
    return value


def _country(value: str) -> str:
    if value not in holidays.list_supported_countries():
        raise ValueError("must be an ISO 3166 country code such as CN")
    return value


def _keys(value: str | None) -> str | None:
    if value:
        decode_keys(value)
    return value or None


def decode_keys(text: str) -> list[bytes]:
    """The keys of a comma-separated list; ValueError when one is not 32 bytes in base64. Never quotes a key."""
    try:
        keys = [base64.b64decode(part.strip(), altchars=b"-_", validate=True) for part in text.split(",")]
    except ValueError:
        keys = []
    if not keys or any(len(key) != PRICE_KEY_BYTES for key in keys):
        raise ValueError("each key must be 32 random bytes in base64")
    return keys


def _dates(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


class Settings(BaseSettings):
    """The one settings class. A bad value stops the start (see `get_settings`)."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    environment: Literal["production", "development", "demo", "test"] = Field(
        "production",
        description="What this installation is for; only demo shows its accounts and full mail links.",
    )
    data_dir: Path = Field(
        Path("data"),
        description="Folder of everything the embedded parts store: database, index, files, mails.",
    )
    database_url: Annotated[str | None, _url("sqlite", "postgresql", "postgresql+psycopg")] = Field(
        None, description="PostgreSQL address; empty: SQLite in the data folder."
    )
    elasticsearch_url: Annotated[str | None, _url("http", "https")] = Field(
        None, description="Elasticsearch 9 address; empty: the embedded engine in the data folder."
    )
    index_prefix: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,40}$")] = Field(
        "daqiao",
        description="Prefix of index and alias names, so that several installations share a cluster.",
    )
    redis_url: Annotated[str | None, _url("redis", "rediss", "unix", "redis+socket")] = Field(
        None, description="Redis address; empty: the embedded Valkey server that `daqiao up` starts."
    )
    embedding_model: str = Field(
        "e5",
        min_length=1,
        description="e5 (built in), or the name or folder of a sentence-transformers model.",
    )
    reranker_model: str | None = Field(
        None,
        description="Name or folder of a sentence-transformers cross-encoder that reads the 50 best pairs again (extra `models`). Empty: none.",
    )
    reranker_seconds: float = Field(
        5.0, gt=0, le=60, description="Seconds that matching waits for it; then the order without it stands."
    )
    smtp_url: Annotated[str | None, _url("smtp", "smtps")] = Field(
        None,
        description="Mail server, smtp://user:password@host:587?tls=starttls or smtps://…; empty: files in the data folder.",
    )
    mail_from: str = Field("Daqiao <no-reply@daqiao.example>", description="Sender of every mail.")
    secret_key: str | None = Field(
        None,
        description="Signs sessions and links; at least 32 characters. Empty: made once and kept in the data folder.",
    )
    price_key: Annotated[str | None, AfterValidator(_keys)] = Field(
        None,
        description="Seals price ranges: 32 random bytes in base64, older keys after commas. Empty: no sealed ranges in production, elsewhere made once and kept in the data folder.",
    )
    notice_days: int = Field(
        15, ge=15, le=90, description="Days that a price is on public notice; the law asks for at least 15."
    )
    listing_days: int = Field(20, ge=1, le=365, description="Fewest days that a listing stays open.")
    rules_dir: Path | None = Field(
        None,
        description="Folder with claims.toml and minimum-shares.toml in place of the shipped rules of subsidies and minimum shares.",
    )
    auction_days: int = Field(
        7, ge=0, le=60, description="Fewest days between announcing an auction and its end (拍卖法 art. 45: seven)."
    )
    public_url: Annotated[str, _url("http", "https")] = Field(
        "http://127.0.0.1:8000", description="The address people use; the only source of links in mails."
    )
    host: str = Field("127.0.0.1", description="Address that the portal listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port that the portal listens on.")
    web_workers: int = Field(2, ge=1, le=64, description="Portal processes.")
    web_threads: int = Field(4, ge=1, le=64, description="Threads of each portal process.")
    worker_processes: int = Field(1, ge=1, le=64, description="Processes of a Celery worker.")
    proxy_count: int = Field(
        0, ge=0, le=10, description="How many proxies in front of the portal are trusted."
    )
    timezone: Annotated[str, AfterValidator(_zone)] = Field(
        "Asia/Shanghai", description="Zone of the dates shown and of the weekly digest."
    )
    calendar_country: Annotated[str, AfterValidator(_country)] = Field(
        "CN", description="Country whose public holidays and working weekends count, by its ISO 3166 code."
    )
    extra_holidays: Annotated[frozenset[date], NoDecode, BeforeValidator(_dates)] = Field(
        frozenset(), description="Further days on which offices are closed: 2027-02-05,2027-02-06."
    )
    extra_workdays: Annotated[frozenset[date], NoDecode, BeforeValidator(_dates)] = Field(
        frozenset(), description="Further days on which offices are open, weekends that are worked."
    )
    default_locale: Literal["zh", "en"] = Field("zh", description="Language of those who chose none.")
    digest_weekday: int = Field(0, ge=0, le=6, description="Day of the weekly digest, 0 is Monday.")
    digest_hour: int = Field(8, ge=0, le=22, description="Hour of the weekly digest in the configured zone.")
    digest_max_items: int = Field(5, ge=1, le=20, description="Most items in one digest.")
    digest_min_probability: float = Field(
        0.5, ge=0, le=1, description="Probability below which a match is not worth a place in the digest."
    )
    digest_explore: bool = Field(
        True, description="Whether a free place of a digest may ask about one match that is not sure, marked as such."
    )
    max_upload_mb: int = Field(20, ge=1, le=500, description="Largest file that may be uploaded, in MiB.")
    valid_days: int = Field(
        365, ge=7, le=3650, description="Days a listing stays valid when its owner names no date."
    )
    remind_workdays: int = Field(
        2, ge=0, le=30, description="Working days before a step or task is due on which its owner is reminded; 0: on the day itself."
    )
    escalate_workdays: int = Field(
        2, ge=1, le=60, description="Working days after which what is overdue goes to the next of the four officers."
    )
    stalled_overdue_days: int = Field(
        5, ge=1, le=365, description="Days overdue from which a case is on the operators' list of stalled cases."
    )
    stalled_silent_days: int = Field(
        14, ge=1, le=365, description="Days without any change from which a case is on that list."
    )
    freshness_days: int = Field(
        60, ge=7, le=3650, description="Days after which the author of a listing is asked whether it is still valid."
    )
    freshness_reminder_days: int = Field(
        14, ge=1, le=365, description="Days without an answer after which a reminder goes out and the listing sinks."
    )
    freshness_archive_days: int = Field(
        30, ge=1, le=365, description="Further days without an answer after which the listing is archived."
    )
    database_timeout: float = Field(30.0, gt=0, le=300, description="Seconds to wait for a busy database.")
    index_timeout: float = Field(
        5.0, gt=0, le=60, description="Seconds a search may take before it is given up."
    )
    outbox_alert_seconds: int = Field(
        300,
        ge=1,
        description="Age of the oldest waiting index item above which the platform reports itself degraded.",
    )
    rate_limits: bool = Field(
        default=True, description="Whether log-in, sign-up, search and others are limited."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="Least severe log line kept."
    )
    log_format: Literal["console", "json"] = Field(
        "console", description="Log lines for people or for machines."
    )

    @model_validator(mode="after")
    def _check_key(self) -> Settings:
        if self.environment != "production" or self.secret_key is None:
            return self
        if self.secret_key == INSECURE_KEY or len(self.secret_key) < MIN_KEY_LENGTH:
            raise ValueError(f"secret_key: at least {MIN_KEY_LENGTH} characters, and not the development key")
        return self

    @property
    def sqlalchemy_url(self) -> str:
        """Database URL with the driver named; SQLite in the data folder when none is set."""
        if not self.database_url:
            return f"sqlite:///{self.data_dir.absolute() / 'daqiao.sqlite3'}"
        return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def broker_url(self) -> str:
        """Redis URL of the broker; the embedded server listens on a socket in the data folder."""
        return self.redis_url or f"redis+socket://{self.broker_socket}"

    @property
    def broker_socket(self) -> Path:
        """Socket of the embedded broker; in the temporary folder when the path is longer than sockets may be."""
        path = self.data_dir.absolute() / "broker.sock"
        if len(str(path)) <= MAX_SOCKET_PATH:
            return path
        return Path(gettempdir()) / f"daqiao-{hashlib.sha256(str(path).encode()).hexdigest()[:16]}.sock"

    @property
    def redis_client_url(self) -> str:
        """The same broker in the form that the Redis client (not Celery) understands."""
        return self.broker_url.replace("redis+socket://", "unix://", 1)

    @property
    def zone(self) -> ZoneInfo:
        """The configured time zone."""
        return ZoneInfo(self.timezone)

    @property
    def is_demo(self) -> bool:
        """Whether this is a demonstration: accounts are listed on the log-in page, mail links shown in full."""
        return self.environment == "demo"

    def signing_key(self) -> str:
        """Key for sessions and signed links: the setting, else one made on first use and kept in the data folder."""
        return self.secret_key or _stored_key(self.data_dir / "secret.key", lambda: secrets.token_urlsafe(48))

    def price_keys(self) -> list[bytes]:
        """Keys that seal price ranges, the one for new ones first; none in production unless the setting gives one."""
        if self.price_key:
            return decode_keys(self.price_key)
        if self.environment == "production":
            return []
        return decode_keys(_stored_key(self.data_dir / "price.key", _new_price_key))


def _new_price_key() -> str:
    return base64.b64encode(secrets.token_bytes(PRICE_KEY_BYTES)).decode()


def _stored_key(path: Path, make: Callable[[], str]) -> str:
    """What `make` gave the first process that asked; the file appears at once and whole, for other processes read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent) as file:  # readable by its owner alone
            file.write(make())
            file.flush()
            with suppress(FileExistsError):
                path.hardlink_to(file.name)
    return path.read_text(encoding="utf-8").strip()


def load_settings(**overrides: object) -> Settings:
    """Read the settings afresh; raises `SettingsError` naming each bad one and what is allowed."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic checks the values
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc'])).upper() or 'SETTINGS'}: {e['msg']}" for e in error.errors()]
        raise SettingsError("\n".join(lines)) from None


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process."""
    return load_settings()
