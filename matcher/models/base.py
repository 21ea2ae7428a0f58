"""What every table shares: the declarative base, aware times, and money kept as whole numbers."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from matcher.money import FEN, YUAN_PER_WAN, Yuan

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
# SQLite gives row ids only to INTEGER PRIMARY KEY; PostgreSQL gets room for more.
BigId = BigInteger().with_variant(Integer(), "sqlite")
Json = JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    """Base of every model."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {dict[str, Any]: Json, list[str]: Json, list[dict[str, Any]]: Json}  # noqa: RUF012


class UtcTime(TypeDecorator[datetime]):
    """An aware moment; stored in UTC, refused when naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware time into UTC (naive for SQLite, which knows no zones)."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive time")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give back an aware time in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Wan(TypeDecorator[Decimal]):
    """Money in 万元 as a Decimal of at most 4 places, stored as whole 元 so that no database rounds it."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, _dialect: Dialect) -> int | None:
        """万元 → 元; ValueError when there is a fraction of a yuan."""
        if value is None:
            return None
        yuan = Decimal(value) * YUAN_PER_WAN
        if yuan != yuan.to_integral_value():
            raise ValueError(f"not whole yuan: {value} 万元")
        return int(yuan)

    def process_result_value(self, value: int | None, _dialect: Dialect) -> Decimal | None:
        """元 → 万元."""
        return None if value is None else Decimal(value) / YUAN_PER_WAN


class Fen(TypeDecorator[Yuan]):
    """Money in 元 to the fen as a Decimal, stored as whole 分 so that no database rounds it."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Yuan | None, _dialect: Dialect) -> int | None:
        """元 → 分; ValueError when there is a fraction of a fen."""
        if value is None:
            return None
        fen = Decimal(value) / FEN
        if fen != fen.to_integral_value():
            raise ValueError(f"not whole fen: {value} 元")
        return int(fen)

    def process_result_value(self, value: int | None, _dialect: Dialect) -> Yuan | None:
        """分 → 元."""
        return None if value is None else Yuan(Decimal(value) * FEN)


class Percent(TypeDecorator[Decimal]):
    """A share in per cent of at most two places, stored as whole hundredths so that no database rounds it."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, _dialect: Dialect) -> int | None:
        """Per cent → hundredths; ValueError when there is a fraction of one."""
        if value is None:
            return None
        hundredths = Decimal(value) * 100
        if hundredths != hundredths.to_integral_value():
            raise ValueError(f"more than two places: {value} %")
        return int(hundredths)

    def process_result_value(self, value: int | None, _dialect: Dialect) -> Decimal | None:
        """Hundredths → per cent."""
        return None if value is None else Decimal(value) / 100
