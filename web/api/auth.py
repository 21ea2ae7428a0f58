"""Personal tokens: `Authorization: Bearer dq_…` names the person; a session cookie counts for nothing here."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, g, request

from matcher.actions.accounts import user_of_token
from matcher.actor import VISITOR, actor_of
from web.api.operation import PROBLEMS
from web.errors import problem
from web.session import reading


def identify() -> Response | None:
    """Put the actor of the token into the request; 401 for a token that is not alive."""
    header = request.headers.get("Authorization", "")
    address = request.remote_addr or ""
    if not header:
        g.actor = replace(VISITOR, address=address)
        return None
    scheme, _, secret = header.partition(" ")
    found = user_of_token(reading(), secret.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        response = problem(401, "Unauthorized", PROBLEMS[401])
        response.headers["WWW-Authenticate"] = 'Bearer realm="daqiao", error="invalid_token"'
        return response
    user, scopes = found
    g.actor = actor_of(reading(), user, address, scopes)
    return None
