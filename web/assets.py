"""Style sheets and scripts: small sources, one style sheet sent, addresses that change with the content."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request, url_for
from werkzeug.exceptions import NotFound

STATIC = Path(__file__).parent / "static"
STYLES = (
    "tokens",
    "base",
    "layout",
    "components",
    "bridge",
    "case",
    "forms",
    "publish",
    "tables",
    "search",
    "pages",
    "work",
    "tasks",
    "prices",
    "money",
    "contracts",
    "unmet",
    "print",
    "sheets",
)
YEAR = 31_536_000


def init_app(app: Flask) -> None:
    """Serve the joined style sheet, and give templates `asset()`."""
    app.add_url_rule("/static/daqiao.css", "styles", styles)
    app.jinja_env.globals["asset"] = asset
    app.after_request(keep_versioned)


def styles() -> Response:
    """All style sheets in their order, as one."""
    return Response(joined_styles(), mimetype="text/css")


@lru_cache(maxsize=1)
def _joined(_stamp: tuple[int, ...]) -> str:
    return "\n".join((STATIC / "css" / f"{name}.css").read_text(encoding="utf-8") for name in STYLES)


def joined_styles() -> str:
    """The text of the joined style sheet; read again when one of its sources changed."""
    return _joined(tuple((STATIC / "css" / f"{name}.css").stat().st_mtime_ns for name in STYLES))


def asset(name: str) -> str:
    """Address of a static file with the hash of its content, so that it may be kept for a year."""
    if name == "daqiao.css":
        return url_for("styles", v=_digest(joined_styles().encode()))
    path = STATIC / name
    return url_for("static", filename=name, v=_file_digest(path, path.stat().st_mtime_ns))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


@lru_cache(maxsize=64)
def _file_digest(path: Path, _stamp: int) -> str:
    return _digest(path.read_bytes())


def keep_versioned(response: Response) -> Response:
    """Let browsers keep static files: a year with a hash in the address, an hour without."""
    if request.path.startswith("/static/") and response.status_code == 200:
        age = YEAR if "v" in request.args else 3600
        response.headers["Cache-Control"] = f"public, max-age={age}" + (", immutable" if age == YEAR else "")
        response.headers.pop("Vary", None)
    return response


def static_text(name: str) -> str:
    """Text of a small static file such as the logo; `NotFound` if there is none."""
    path = (STATIC / name).resolve()
    if STATIC not in path.parents or not path.is_file():
        raise NotFound
    return path.read_text(encoding="utf-8")
