"""Every failure as a page in full sentences, or as problem+json under /api."""

from __future__ import annotations

from http import HTTPStatus
from typing import NamedTuple

import structlog
from flask import Flask, Response, g, jsonify, render_template, request
from flask_babel import lazy_gettext as _l
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from matcher import errors as refusals
from web.limits import seconds_until_allowed
from web.locale import translated
from web.session import ask_to_sign_in, signed_in_user

log = structlog.get_logger()


class Page(NamedTuple):
    """What an error page says: what happened, and what to do next."""

    title: str
    text: str


PAGES: dict[int, Page] = {
    400: Page(_l("请求无法理解"), _l("页面可能放得太久，或提交的内容不完整。请返回上一页，刷新后再试一次。")),
    403: Page(_l("不能这样操作"), _l("这个请求不是从本站页面发出的，或您没有这项权限。请回到本站页面操作。")),
    404: Page(_l("没有这一页"), _l("地址可能有误，内容可能已撤回，或者只有有权限的人可以查看。")),
    405: Page(_l("不能这样打开"), _l("这个地址只接受表单提交。请返回上一页操作。")),
    409: Page(_l("内容已被他人更新"), _l("您打开之后，有人先保存了修改。请查看最新内容，再填写您的修改。")),
    413: Page(_l("内容太大"), _l("文件或文字超过了上限。请压缩文件、拆分后再提交。")),
    415: Page(_l("不支持这种格式"), _l("请换一种文件格式后再试。")),
    422: Page(_l("内容不符合要求"), _l("请按提示修改后重新提交。")),
    429: Page(_l("操作太频繁"), _l("为了所有人都能正常使用，这项操作有次数限制。请稍后再试。")),
    500: Page(
        _l("这里出错了"), _l("问题已记录，我们会处理。您可以返回上一页再试，已提交成功的内容不会丢失。")
    ),
    503: Page(
        _l("暂时不能使用"), _l("数据库暂时连接不上，正在恢复。请过一会儿再打开，已保存的内容不会丢失。")
    ),
}


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(RateLimitExceeded, on_limit)
    app.register_error_handler(CSRFError, on_http)
    app.register_error_handler(refusals.Refused, on_refusal)
    app.register_error_handler(OperationalError, on_database)
    app.register_error_handler(InterfaceError, on_database)
    app.register_error_handler(DataError, on_unstorable)
    app.register_error_handler(Exception, on_crash)


def on_http(error: HTTPException) -> Response:
    """An HTTP error raised by us or by Flask, redirects left alone."""
    code = error.code or 500
    if code < 400:
        return error.get_response()  # type: ignore[return-value]
    response = answer(code)
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


REFUSALS: tuple[tuple[type[refusals.Refused], int], ...] = (
    (refusals.NotFound, 404),
    (refusals.NotAllowed, 403),
    (refusals.Stale, 409),
    (refusals.Conflict, 409),
)


def on_refusal(error: refusals.Refused) -> BaseResponse:
    """A refusal that no view has handled. What may not be known of is not found; a visitor is asked to log in."""
    code = next((code for kind, code in REFUSALS if isinstance(error, kind)), 422)
    if code == 403 and not wants_json() and signed_in_user() is None:
        return ask_to_sign_in()
    return answer(code, "" if code == 404 else translated(error.message))


def on_limit(error: RateLimitExceeded) -> Response:
    """429 with the seconds to wait."""
    response = answer(429)
    response.headers["Retry-After"] = str(seconds_until_allowed(error.limit.limit.get_expiry()))
    return response


def on_database(error: DBAPIError) -> Response:
    """The database is away or too busy: 503, and a page that needs no database itself."""
    log.error("database unavailable", error=type(error.orig).__name__, path=_path())
    response = answer(503)
    response.headers["Retry-After"] = "10"
    return response


def on_unstorable(error: DataError) -> Response:
    """A value that the database cannot hold, such as NUL in a text or a number beyond its column: nothing was saved."""
    log.warning("value refused by the database", error=type(error.orig).__name__, path=_path())
    return answer(422)


def _path() -> str:
    """The path for the log; a signed link in it is a key, and the log is read by more than its owner."""
    token = (request.view_args or {}).get("token")
    return request.path.replace(str(token), "…") if token else request.path


def on_crash(error: Exception) -> Response:
    """Anything unforeseen: logged with its trace, shown without any detail."""
    log.error("request failed", exc_info=error, path=_path(), method=request.method, error=type(error).__name__)
    return answer(500)


def answer(code: int, detail: str = "") -> Response:
    """The page for `code`, or a problem document where the caller reads JSON. `detail` replaces the page's text."""
    page = PAGES.get(code, PAGES[500 if code >= 500 else 400])
    if wants_json():
        response = problem(code, str(page.title), detail or str(page.text))
    else:
        # the header of an error page asks neither for the user nor for counts: the database may be the reason
        g.plain_header = code >= 500
        page_html = render_template("errors/page.html", code=code, page=page, detail=detail)
        response = Response(page_html, mimetype="text/html")
    response.status_code = code
    return response


def wants_json() -> bool:
    """Whether the caller reads JSON: everything under /api, and those who prefer it over HTML."""
    if request.path.startswith("/api/"):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json" and request.accept_mimetypes["application/json"] > 0


def problem(code: int, title: str, detail: str, **more: object) -> Response:
    """A problem document (RFC 9457)."""
    body = {"type": "about:blank", "title": title, "status": code, "detail": detail, **more}
    response = jsonify(body)
    response.mimetype = "application/problem+json"
    response.status_code = code
    return response


def status_phrase(code: int) -> str:
    """The standard phrase of a status code, such as `Not Found`."""
    return HTTPStatus(code).phrase
