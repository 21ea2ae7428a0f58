"""Users and their roles; only administrators come here."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from matcher.actions.accounts import set_role
from matcher.models import Membership, User
from matcher.permissions import require
from matcher.vocabulary import MembershipState, Role
from web.console.shell import blueprint, console_page
from web.paging import page_number, page_of
from web.session import current_actor, reading

PAGE = 30


@blueprint.get("/users")
def users() -> str:
    """Open accounts, the newest first."""
    return _page()


def _page(notice: str = "") -> str:
    require(current_actor(), "user.set_role")
    who, role = request.args.get("who", "").strip()[:254], request.args.get("role", "")
    conditions: list[ColumnElement[bool]] = [User.closed_at.is_(None)]
    if who:
        conditions.append(or_(User.email.contains(who.lower(), autoescape=True), User.name.contains(who, autoescape=True)))
    if role in list(Role):
        conditions.append(User.role == role)
    session = reading()
    page = page_of(session.scalar(select(func.count()).select_from(User).where(*conditions)) or 0, PAGE, page_number())
    rows = session.scalars(
        select(User)
        .where(*conditions)
        .options(selectinload(User.memberships).joinedload(Membership.organisation), joinedload(User.broker_profile))
        .order_by(User.id.desc())
        .offset(page.offset)
        .limit(PAGE)
    )
    by_role = select(User.role, func.count()).where(User.closed_at.is_(None)).group_by(User.role)
    counts = {row[0]: row[1] for row in session.execute(by_role)}
    return console_page(
        "users",
        "console.users",
        rows=[(user, next((m for m in user.memberships if m.state == MembershipState.ACTIVE), None)) for user in rows],
        roles=list(Role),
        counts=counts,
        asked={"who": who, "role": role},
        notice=notice,
        page=page,
        url=lambda number: url_for("console.users", who=who or None, role=role or None, page=number),
    )


@blueprint.post("/users/<int:user_id>/role")
def change_role(user_id: int) -> Response | tuple[str, int]:
    """Another role; the person's sessions end. One's own role stays, so that an administrator remains."""
    role, actor = request.form.get("role", ""), current_actor()
    require(actor, "user.set_role")
    if role not in list(Role):
        return _page(_("请选择一个角色。")), 422
    if user_id == actor.user_id:
        return _page(_("不能修改自己的角色，请由另一位管理员操作。")), 409
    set_role(actor, user_id, Role(role))
    flash(_("角色已修改，这个人的其他登录已退出。"), "ok")
    return redirect(url_for("console.users"), 303)
