"""Keep a search, call it otherwise, let it rest, give it up. The trail names it by its number, never by its words."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher import audit, clock
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.errors import AlreadyDone, Invalid
from matcher.inputs.searches import SearchInput, SearchName
from matcher.messages import msg
from matcher.models import SavedSearch, User
from matcher.permissions import find, require

MOST = 20  # of one person


@action("search.save")
def save_search(session: Session, actor: Actor, given: SearchInput) -> int:
    """Keep it from now on; its number. `AlreadyDone` for the same words and filters, `Invalid` beyond `MOST`."""
    require(actor, "search.save")
    filters = {name: sorted(values) for name, values in sorted(given.filters.items()) if values}
    if not given.q and not set(filters) - {"kind"}:
        raise Invalid({"name": msg("请先输入要找的词句，或者选一个条件。")})
    session.get_one(User, actor.user_id, with_for_update=True)  # two clicks at once wait for each other
    kept = session.scalars(select(SavedSearch).where(SavedSearch.user_id == actor.user_id)).all()
    if any((each.q, each.filters) == (given.q, filters) for each in kept):
        raise AlreadyDone(msg("这个查找已经保存过。"))
    if len(kept) >= MOST:
        raise Invalid({"name": msg("最多保存 %(most)s 个查找，请先删除不用的。", most=MOST)})
    moment = clock.now()
    search = SavedSearch(
        user_id=actor.user_id, name=given.name, q=given.q, filters=filters, created_at=moment, active_from=moment
    )
    session.add(search)
    audit.record(session, actor, "search.save", search, filters=sorted(filters), words=bool(given.q))
    return search.id


@action("search.rename")
def rename_search(session: Session, actor: Actor, search_id: int, given: SearchName) -> None:
    """Call it otherwise."""
    search = find(session, actor, "search.keep", SavedSearch, search_id, lock=True)
    search.name = given.name
    audit.record(session, actor, "search.rename", search)


@action("search.pause")
def pause_search(session: Session, actor: Actor, search_id: int, *, rests: bool) -> None:
    """Let it rest, or take it up again: then only what arrives from now on is news. Twice is harmless."""
    search = find(session, actor, "search.keep", SavedSearch, search_id, lock=True)
    if rests:
        search.paused_at = search.paused_at or clock.now()
    elif search.paused_at is not None:
        search.paused_at, search.active_from = None, clock.now()
    audit.record(session, actor, "search.pause", search, rests=rests)


@action("search.delete")
def delete_search(session: Session, actor: Actor, search_id: int) -> None:
    """Give it up; nothing of it stays."""
    search = find(session, actor, "search.keep", SavedSearch, search_id, lock=True)
    session.delete(search)
    audit.record(session, actor, "search.delete", ("saved_searches", search_id))
