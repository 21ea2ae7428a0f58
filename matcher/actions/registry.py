"""The decorator that makes a function an action: one transaction, retried when busy, exactly one audit event."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy.orm import Session

from matcher.actor import Actor
from matcher.audit import note_refusal
from matcher.db import in_transaction
from matcher.errors import Refused

P = ParamSpec("P")
R = TypeVar("R")
ACTIONS: dict[str, Callable[..., object]] = {}


class AuditMissingError(RuntimeError):
    """An action ended without exactly one audit event: a mistake in the action, so nothing is saved."""


def action(
    name: str, *, refused: Callable[..., tuple[str, int | None]] | None = None
) -> Callable[[Callable[Concatenate[Session, Actor, P], R]], Callable[Concatenate[Actor, P], R]]:
    """Register `f(session, actor, …)` under `name`; callers call it as `f(actor, …)`.

    `refused` marks a sensitive action: a refused attempt is kept in the trail, too. From the arguments it tells the
    object (kind, number) that the attempt was about.
    """

    def decorate(body: Callable[Concatenate[Session, Actor, P], R]) -> Callable[Concatenate[Actor, P], R]:
        @wraps(body)
        def run(actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
            def work(session: Session) -> R:
                result = body(session, actor, *args, **kwargs)
                session.flush()
                if session.info.get("audited", 0) != 1:
                    raise AuditMissingError(f"{name}: {session.info.get('audited', 0)} audit events")
                return result

            try:
                return in_transaction(work)
            except Refused as error:
                if refused is not None:
                    note_refusal(actor, name, refused(*args, **kwargs), type(error).__name__)
                raise

        ACTIONS[name] = run
        return run

    return decorate
