"""Headers on every response, and the check that an unsafe request comes from our own pages.

The policy allows no inline script or style, so a template lint (tests) refuses `style=` and `on…=` attributes.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, request, session
from flask_wtf.csrf import CSRFProtect

from config.settings import Settings

csrf = CSRFProtect()

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
DIRECTIVES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
POLICY = "; ".join(f"{name} {value}" for name, value in DIRECTIVES.items())
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}


def init_app(app: Flask) -> None:
    """Check unsafe requests before anything reads them, and put the headers on all answers."""
    app.before_request(limit_form)
    app.before_request(refuse_cross_site)
    csrf.init_app(app)
    app.after_request(add_headers)


def limit_form() -> None:
    """Hold a URL-encoded form to the limit that Flask applies to multipart fields only."""
    if request.mimetype == "application/x-www-form-urlencoded":
        request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]


def refuse_cross_site() -> None:
    """403 for an unsafe request that another site caused, whatever token it carries.

    Fetch Metadata where the browser sends it, else the Origin header. Neither is sent by mail programs and scripts:
    those still need a CSRF token or a personal token. A personal token is never sent by a browser on its own.
    """
    if request.method in SAFE_METHODS or request.headers.get("Authorization", "").startswith("Bearer "):
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in ("same-origin", "none"):
            abort(403)
        return
    origin = request.headers.get("Origin")
    if origin is not None and origin not in own_origins():
        abort(403)


def own_origins() -> set[str]:
    """Origins that our own pages have: the address asked for and the configured public one."""
    settings: Settings = current_app.config["SETTINGS"]
    public = urlsplit(settings.public_url)
    return {f"{request.scheme}://{request.host}", f"{public.scheme}://{public.netloc}"}


def add_headers(response: Response) -> Response:
    """The strict headers; a view may set its own value for one of them (never for the policy)."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    settings: Settings = current_app.config["SETTINGS"]
    if request.is_secure or settings.public_url.startswith("https:"):
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if "Cache-Control" not in response.headers:
        # pages of a signed-in person stay in no cache, also not in the browser's after log-out
        response.headers["Cache-Control"] = "no-store" if "_user_id" in session else "private, no-cache"
    return response


def safe_next(target: str | None, default: str = "/") -> str:
    r"""`target` if it is a path of this site, else `default`.

    Refuses other hosts, `//host`, `\\host`, schemes, control characters and anything a browser may normalise
    into one of them.
    """
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return default
    if "\\" in target or any(ord(char) < 32 or ord(char) == 127 for char in target):
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc else target
