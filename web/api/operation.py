"""One decorator that validates a request and describes it for OpenAPI, so that the two cannot differ."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

from flask import Response, request
from pydantic import BaseModel, ValidationError

from matcher.errors import Invalid
from matcher.inputs.base import parse
from matcher.messages import msg
from web.errors import problem
from web.session import current_actor

V = TypeVar("V", bound=Callable[..., Any])
MAX_BODY = 256 * 1024
PROBLEMS = {
    400: "The request is not understood",
    401: "A valid token is needed",
    403: "Not allowed",
    404: "No such thing, or not for you",
    409: "The state does not admit this",
    412: "Somebody changed it meanwhile",
    413: "Too large",
    415: "Not JSON",
    422: "Some fields are not acceptable",
    428: "If-Match is needed",
    429: "Too many requests",
    503: "A part of the platform is away",
}


@dataclass(frozen=True)
class Operation:
    """What one endpoint takes and answers."""

    summary: str
    answers: dict[int, type[BaseModel] | None]
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    token: bool = False
    if_match: bool = False
    etag: bool = False
    upload: bool = False  # the body's fields come in a multipart form beside the part `file`
    binary: bool = False  # the answer is a file
    problems: tuple[int, ...] = field(default=())


OPERATIONS: dict[str, Operation] = {}


def operation(described: Operation) -> Callable[[V], V]:
    """Hand the view its `query` and `body` as models; refuse with problem+json what does not fit."""

    def decorate(view: V) -> V:
        @wraps(view)
        def run(**path: Any) -> Response:
            if described.token and current_actor().user_id is None:
                return _unauthorised()
            if described.query is not None:
                path["query"] = _query(described.query)
            if described.body is not None:
                given = dict(request.form.items()) if described.upload else _json()
                path["body"] = parse(described.body, given)
            return view(**path)  # type: ignore[no-any-return]

        OPERATIONS[view.__name__] = described
        return run  # type: ignore[return-value]

    return decorate


def _unauthorised() -> Response:
    response = problem(401, "Unauthorized", PROBLEMS[401])
    response.headers["WWW-Authenticate"] = 'Bearer realm="daqiao"'
    return response


class MalformedError(Exception):
    """The body is not what the address takes: (status, sentence)."""

    def __init__(self, status: int, detail: str) -> None:
        """Keep both."""
        self.status, self.detail = status, detail
        super().__init__(detail)


def _json() -> dict[str, Any]:
    if request.mimetype != "application/json":
        raise MalformedError(415, "Content-Type must be application/json")
    if request.content_length is not None and request.content_length > MAX_BODY:
        raise MalformedError(413, f"At most {MAX_BODY} bytes")
    try:
        data = json.loads(request.get_data().decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise MalformedError(400, "The body is not JSON in UTF-8") from None
    if not isinstance(data, dict):
        raise MalformedError(422, "The body must be an object")
    return data


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _query(model: type[BaseModel]) -> BaseModel:
    """Query parameters; one that may be repeated is a list in the model. Unknown names are refused."""
    lists = {name for name, info in model.model_fields.items() if "list" in str(info.annotation)}
    data = {name: values if name in lists else values[-1] for name, values in request.args.lists()}
    try:
        return model.model_validate(data)
    except ValidationError as error:
        names = {
            ".".join(map(str, item["loc"][:1])) or "query": msg("内容不正确。") for item in error.errors()
        }
        raise Invalid(names) from None
