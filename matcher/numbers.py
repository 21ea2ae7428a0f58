"""Consecutive numbers. Whoever takes one holds the series until the transaction ends, so that none is given twice."""

from __future__ import annotations

from sqlalchemy.orm import Session

from matcher.models import NumberSeries


def locked_series(session: Session, name: str) -> NumberSeries:
    """The series, made on first use; others who want it wait for this transaction."""
    series = session.get(NumberSeries, name, with_for_update=True, populate_existing=True)
    if series is None:
        series = NumberSeries(name=name, last=0)
        session.add(series)
    return series


def next_in(session: Session, name: str) -> int:
    """The next number of the series, from 1."""
    series = locked_series(session, name)
    series.last += 1
    session.flush()
    return series.last
