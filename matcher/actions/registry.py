"""The decorator that makes a function an action: one transaction, retried when busy, exactly one audit event."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy.orm import Session

from matcher.actor import Actor
from matcher.db import in_transaction

P = ParamSpec("P")
R = TypeVar("R")
ACTIONS: dict[str, Callable[..., object]] = {}


class AuditMissingError(RuntimeError):
    """An action ended without exactly one audit event: a mistake in the action, so nothing is saved."""


def action(
    name: str,
) -> Callable[[Callable[Concatenate[Session, Actor, P], R]], Callable[Concatenate[Actor, P], R]]:
    """Register `f(session, actor, …)` under `name`; callers call it as `f(actor, …)`."""

    def decorate(body: Callable[Concatenate[Session, Actor, P], R]) -> Callable[Concatenate[Actor, P], R]:
        @wraps(body)
        def run(actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
            def work(session: Session) -> R:
                result = body(session, actor, *args, **kwargs)
                session.flush()
                if session.info.get("audited", 0) != 1:
                    raise AuditMissingError(f"{name}: {session.info.get('audited', 0)} audit events")
                return result

            return in_transaction(work)

        ACTIONS[name] = run
        return run

    return decorate
