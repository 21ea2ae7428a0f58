"""What a person does in a browser, without one: open a page, send its form."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.unit.web.conftest import token_in


def submit(
    client: FlaskClient, path: str, data: dict[str, Any] | None = None, page: str = "", **how: Any
) -> TestResponse:
    """Send `data` to `path` with the token of `page` (default: `path` itself)."""
    token = token_in(client.get(page or path).text)
    return client.post(path, data={**(data or {}), "csrf_token": token}, **how)
