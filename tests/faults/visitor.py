"""A person at a browser without scripts: reads a page, fills in one of its forms, sends it, sends it again."""

from __future__ import annotations

import http.client
import secrets
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import lxml.html

GONE = (http.client.RemoteDisconnected, http.client.BadStatusLine, ConnectionError)


@dataclass(frozen=True)
class Form:
    """What the browser will send."""

    action: str
    body: bytes
    content_type: str


class Visitor:
    """One person's cookies and the server they talk to."""

    def __init__(self, base: str) -> None:
        self.host = urlsplit(base).netloc
        self.cookies: SimpleCookie = SimpleCookie()

    def get(self, path: str) -> str:
        """The page's text; raises `AssertionError` when it is not 200."""
        answer = self._ask("GET", path)
        assert answer is not None, path
        assert answer[0] == 200, (path, answer[0])
        return answer[1]

    def form(self, page: str, action: str, given: dict[str, Any], file: Path | None = None) -> Form:
        """The form on `page` whose address ends so and whose hidden fields agree, filled in."""
        found = [form for form in lxml.html.fromstring(self.get(page)).forms if _fits(form, page, action, given)]
        assert found, f"{page}: no form {action}"
        form = found[0]
        values = dict(form.form_values()) | {name: str(value) for name, value in given.items()}
        target = form.action or page
        if file is None:
            return Form(target, urlencode(values).encode(), "application/x-www-form-urlencoded")
        body, kind = _multipart(values, file)
        return Form(target, body, kind)

    def send(self, form: Form) -> int | None:
        """The answer's status; None when the server died over it."""
        answer = self._ask("POST", form.action, form.body, {"Content-Type": form.content_type})
        return answer[0] if answer else None

    def sign_in(self, email: str, password: str) -> None:
        """Log in."""
        assert self.send(self.form("/login", "/login", {"email": email, "password": password})) in (302, 303)

    def _ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, str] | None:
        connection = http.client.HTTPConnection(self.host, timeout=60)
        cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookies.items())
        try:
            connection.request(method, path, body, {"Cookie": cookie, "Accept-Language": "zh", **(headers or {})})
            answer = connection.getresponse()
            for value in answer.headers.get_all("Set-Cookie", []):
                self.cookies.load(value)
            return answer.status, answer.read().decode()
        except GONE:
            return None
        finally:
            connection.close()


def _fits(form: Any, page: str, action: str, given: dict[str, Any]) -> bool:
    """Hidden fields say which of several buttons a form is; whatever else is given is filled in."""
    if form.method != "POST" or not (form.action or page).endswith(action):
        return False
    hidden = {field.name: field.value for field in form.xpath(".//input[@type='hidden']")}
    return all(hidden.get(name, str(value)) == str(value) for name, value in given.items())


def _multipart(values: dict[str, str], file: Path) -> tuple[bytes, str]:
    mark = secrets.token_hex(16)
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in values.items()
    ]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\nContent-Type: text/plain\r\n\r\n'
    return b"".join([*parts, head.encode(), file.read_bytes(), f"\r\n--{mark}--\r\n".encode()]), f"multipart/form-data; boundary={mark}"


