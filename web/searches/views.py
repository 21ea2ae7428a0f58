"""保存的查找 and watched 产业链: keep, rename, let rest, give up."""

from __future__ import annotations

from urllib.parse import parse_qsl

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from config.settings import Settings
from matcher.actions import searches
from matcher.arrivals.finds import MOST as MOST_IN_DIGEST
from matcher.errors import AlreadyDone, Invalid
from matcher.inputs.base import parse
from matcher.inputs.searches import SearchInput, SearchName
from matcher.models import SavedSearch
from matcher.permissions import find
from matcher.vocabulary import Chain
from web.locale import translated
from web.search.request import PRESETS, Asked
from web.searches.forms import ChainForm, NameForm, SaveForm
from web.searches.presentation import (
    can_be_kept,
    described,
    filters_of,
    kept,
    own_searches,
    same_as,
    suggested_name,
)
from web.session import current_actor, reading, refresh

blueprint = Blueprint("searches", __name__)


@blueprint.get("/searches")
@login_required
def index() -> str:
    """One's own searches."""
    return page(ChainForm(formdata=None))


def page(chain: ChainForm, renamed: int | None = None, name: NameForm | None = None) -> str:
    """The list; with a form that was sent back at its place."""
    settings: Settings = current_app.config["SETTINGS"]
    return render_template(
        "searches/index.html",
        items=[kept(search) for search in own_searches()],
        chain=chain,
        renamed=renamed,
        name=name,
        most=searches.MOST,
        in_digest=min(MOST_IN_DIGEST, settings.digest_max_items),
    )


def asked(endpoint: str, arguments: MultiDict[str, str]) -> Asked:
    """The search that an address of the search page means."""
    return Asked.of(endpoint if endpoint in PRESETS else "search.index", arguments)


@blueprint.get("/searches/new")
@login_required
def new() -> Response | str:
    """Give the search of the search page a name."""
    wanted = asked(request.args.get("page_of", ""), request.args)
    if not can_be_kept(wanted) or same_as(wanted, own_searches()):
        return redirect(url_for("searches.index"))
    query = request.query_string.decode("utf-8", "replace")
    form = SaveForm(formdata=None, data={"name": suggested_name(wanted), "page": wanted.endpoint, "query": query})
    return naming(wanted, form)


def naming(wanted: Asked, form: SaveForm) -> str:
    """The page that asks for the name."""
    return render_template("searches/new.html", form=form, words=described(wanted), back=wanted.url())


@blueprint.post("/searches")
@login_required
def save() -> Response | str | tuple[str, int]:
    """Keep the search."""
    form = SaveForm()
    wanted = asked(form.page.data or "", MultiDict(parse_qsl((form.query.data or "")[:4000], max_num_fields=400)))
    given = {"name": form.name.data or "", "q": wanted.q, "filters": filters_of(wanted)}
    try:
        searches.save_search(current_actor(), parse(SearchInput, given))
    except Invalid as error:
        form.refuse(error)
        return naming(wanted, form), 422
    except AlreadyDone as error:
        flash(translated(error.message), "warn")
        return redirect(url_for("searches.index"), 303)
    flash(_("已保存。以后有贴近的新记录，会写进您的周报。"), "ok")
    return redirect(url_for("searches.index"), 303)


@blueprint.post("/searches/chain")
@login_required
def watch() -> Response | tuple[str, int]:
    """Watch a chain: what is new in it, whatever its kind."""
    form = ChainForm()
    code = form.chain.data or ""
    if code not in list(Chain):
        form.chain.errors = [_("请从列表中选择。")]
        return page(form), 422
    given = {"name": translated(Chain(code).label), "filters": {"chain": [code]}}
    try:
        searches.save_search(current_actor(), parse(SearchInput, given))
    except Invalid as error:
        form.chain.errors = [translated(message) for message in error.errors.values()]
        return page(form), 422
    except AlreadyDone:
        flash(_("这条产业链已经在关注。"), "warn")
        return redirect(url_for("searches.index"), 303)
    flash(_("已关注“%(chain)s”。链上有新记录时，会写进您的周报。", chain=given["name"]), "ok")
    return redirect(url_for("searches.index"), 303)


@blueprint.post("/searches/<int:search_id>/rename")
@login_required
def rename(search_id: int) -> Response | tuple[str, int]:
    """Call it otherwise."""
    form = NameForm()
    find(reading(), current_actor(), "search.keep", SavedSearch, search_id)
    try:
        searches.rename_search(current_actor(), search_id, parse(SearchName, {"name": form.name.data or ""}))
    except Invalid as error:
        form.refuse(error)
        return page(ChainForm(formdata=None), search_id, form), 422
    flash(_("已改名。"), "ok")
    return redirect(url_for("searches.index"), 303)


@blueprint.post("/searches/<int:search_id>/pause")
@login_required
def pause(search_id: int) -> Response:
    """Let it rest, or take it up again."""
    rests = request.form.get("rests") == "1"
    searches.pause_search(current_actor(), search_id, rests=rests)
    refresh()
    flash(_("已暂停，周报里不再出现它的新记录。") if rests else _("已恢复。从现在起的新记录会写进周报。"), "ok")
    return redirect(url_for("searches.index"), 303)


@blueprint.post("/searches/<int:search_id>/delete")
@login_required
def delete(search_id: int) -> Response:
    """Give it up."""
    searches.delete_search(current_actor(), search_id)
    flash(_("已删除。"), "ok")
    return redirect(url_for("searches.index"), 303)
