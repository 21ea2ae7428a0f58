"""Accounts: register, verify, reset, change, close, personal tokens, roles."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from matcher import audit, clock, passwords
from matcher.actions.mail import plan_mail
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.errors import Conflict, Invalid, NotFound
from matcher.inputs.base import InputError, free_line
from matcher.inputs.people import ProfileInput, Registration, check_password
from matcher.messages import msg
from matcher.models import ApiToken, Delivery, DeliveryKind, Membership, SavedSearch, User
from matcher.permissions import SCOPES, require
from matcher.signing import BadLinkError, user_state
from matcher.vocabulary import MembershipState, Role

TOKEN_DAYS = 365
TOKEN_NAME_LIMIT = 50
TOKEN_PREFIX = "dq_"  # noqa: S105 - makes a leaked token recognisable


def user_by_email(session: Session, email: str) -> User | None:
    """The open account of that address."""
    return session.scalar(select(User).where(User.email == email.strip().lower(), User.closed_at.is_(None)))


def _add_user(session: Session, given: Registration, role: Role) -> User:
    moment = clock.now()
    user = User(
        email=given.email,
        name=given.name,
        password_hash=passwords.hash_password(given.password),
        role=role,
        locale=given.locale,
        privacy_accepted_at=moment,
        created_at=moment,
    )
    session.add(user)
    session.flush()
    return user


@action("account.register")
def register(session: Session, actor: Actor, given: Registration) -> None:
    """Make an account and mail the verification link; a known address gets a mail that says so instead."""
    known = user_by_email(session, given.email)
    if known is not None:
        passwords.hash_password(given.password)  # the same work, so that time tells nothing
        plan_mail(session, known, DeliveryKind.KNOWN_ADDRESS)
        audit.record(session, actor, "account.register", known, known=True)
        return
    closed = session.scalar(select(User).where(User.email == given.email))
    if closed is not None:
        closed.email = f"closed-{closed.id}@invalid"
        session.flush()
    user = _add_user(session, given, Role.MEMBER)
    plan_mail(session, user, DeliveryKind.VERIFY)
    audit.record(session, actor, "account.register", user)


@action("account.add")
def add_user(session: Session, actor: Actor, given: Registration, role: Role) -> int:
    """Make a verified account from the command line or the console; the id."""
    require(actor, "user.set_role")
    if user_by_email(session, given.email) is not None:
        raise Invalid({"email": msg("这个邮箱已有账号。")})
    user = _add_user(session, given, role)
    user.verified_at = clock.now()
    audit.record(session, actor, "account.add", user, role=role)
    return user.id


@action("account.resend_verification")
def resend_verification(session: Session, actor: Actor) -> None:
    """Mail a new verification link to oneself."""
    user = _own(session, actor)
    if user.verified_at is None:
        plan_mail(session, user, DeliveryKind.VERIFY)
    audit.record(session, actor, "account.resend_verification", user)


def _own(session: Session, actor: Actor) -> User:
    user = session.get(User, actor.user_id) if actor.user_id else None
    if user is None or user.closed_at is not None:
        raise NotFound
    return user


def _linked(session: Session, user_id: int, state: str) -> User:
    user = session.get(User, user_id, with_for_update=True)
    if user is None or user.closed_at is not None or not secrets.compare_digest(user_state(user), state):
        raise BadLinkError
    return user


@action("account.verify")
def verify_email(session: Session, actor: Actor, user_id: int, state: str) -> int:
    """Carry out a verification link (already unsigned); the user's id. Works once."""
    user = _linked(session, user_id, state)
    user.verified_at = clock.now()
    user.mail_bounced = False
    audit.record(session, actor, "account.verify", user)
    return user.id


@action("account.request_reset")
def request_reset(session: Session, actor: Actor, email: str) -> None:
    """Mail a reset link if the address has an account; the caller answers the same in both cases."""
    user = user_by_email(session, email)
    if user is not None:
        plan_mail(session, user, DeliveryKind.RESET)
    audit.record(session, actor, "account.request_reset", user or ("users", None))


@action("account.reset")
def reset_password(session: Session, actor: Actor, user_id: int, state: str, password: str) -> None:
    """Set a new password through a reset link; ends all sessions and proves the address."""
    user = _linked(session, user_id, state)
    _set_password(user, password)
    _revoke_tokens(session, user)  # who lost the password may have lost these, too
    user.verified_at = user.verified_at or clock.now()
    audit.record(session, actor, "account.reset", user)


@action("account.accept_invitation")
def accept_invitation(session: Session, actor: Actor, user_id: int, state: str, password: str) -> None:
    """Set the first password through an invitation link, which proves the address."""
    user = _linked(session, user_id, state)
    _set_password(user, password)
    user.verified_at = clock.now()
    user.mail_bounced = False
    audit.record(session, actor, "account.accept_invitation", user)


def _set_password(user: User, password: str, field: str = "password") -> None:
    try:
        check_password(password)
    except InputError as error:
        raise Invalid({field: error.message}) from None
    user.password_hash = passwords.hash_password(password)
    user.session_epoch += 1


@action("account.change_password")
def change_password(session: Session, actor: Actor, current: str, new: str) -> int:
    """Change one's own password; other sessions end. The new session epoch."""
    user = _own(session, actor)
    if not passwords.verify_password(user.password_hash, current):
        raise Invalid({"current": msg("当前密码不正确。")})
    _set_password(user, new, "new")
    audit.record(session, actor, "account.change_password", user)
    return user.session_epoch


@action("account.login")
def record_login(session: Session, actor: Actor, user_id: int, password: str) -> None:
    """Note a log-in that succeeded, and upgrade a hash made with older parameters."""
    user = session.get_one(User, user_id)
    if passwords.needs_upgrade(user.password_hash):
        user.password_hash = passwords.hash_password(password)
    user.last_login_at = clock.now()
    audit.record(session, actor, "account.login", user)


def _revoke_tokens(session: Session, user: User) -> None:
    session.execute(
        update(ApiToken)
        .where(ApiToken.user_id == user.id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )


@action("account.logout_everywhere")
def logout_everywhere(session: Session, actor: Actor) -> None:
    """End all of one's sessions and personal tokens."""
    user = _own(session, actor)
    user.session_epoch += 1
    _revoke_tokens(session, user)
    audit.record(session, actor, "account.logout_everywhere", user)


@action("account.edit")
def edit_profile(session: Session, actor: Actor, given: ProfileInput) -> None:
    """Change one's own name, phone, job title, language and whether the digest comes."""
    user = _own(session, actor)
    for name, value in given.model_dump().items():
        setattr(user, name, value)
    audit.record(session, actor, "account.edit", user, fields=audit.changed_fields(user))


@action("account.unsubscribe")
def unsubscribe(session: Session, actor: Actor, user_id: int) -> None:
    """Stop the digest of the person whom a signed link names."""
    user = session.get(User, user_id)
    if user is None:
        raise BadLinkError
    user.digest = False
    audit.record(session, actor, "account.unsubscribe", user)


@action("account.close")
def close_account(session: Session, actor: Actor, password: str) -> None:
    """Close one's own account: personal data is removed, the records stay with the organisation."""
    user = _own(session, actor)
    if not passwords.verify_password(user.password_hash, password):
        raise Invalid({"password": msg("当前密码不正确。")})
    _keep_an_administrator(session, user)
    moment = clock.now()
    session.execute(
        update(Membership)
        .where(Membership.user_id == user.id)
        .values(state=MembershipState.LEFT, decided_at=moment)
    )
    _revoke_tokens(session, user)
    session.execute(update(Delivery).where(Delivery.user_id == user.id).values(subject="", text=""))
    session.execute(delete(SavedSearch).where(SavedSearch.user_id == user.id))
    user.email, user.name, user.phone, user.job_title = f"closed-{user.id}@invalid", "", "", ""
    user.password_hash, user.digest, user.closed_at = "!", False, moment
    user.session_epoch += 1
    audit.record(session, actor, "account.close", user)


def _keep_an_administrator(session: Session, leaving: User) -> None:
    """Refuse what would leave the platform without an administrator; two who leave at once wait for each other."""
    administrators = session.scalars(
        select(User.id)
        .where(User.role == Role.ADMINISTRATOR, User.closed_at.is_(None))
        .order_by(User.id)
        .with_for_update()
    ).all()
    if list(administrators) == [leaving.id]:
        raise Conflict(msg("这是平台唯一的管理员账号，请先指定另一位管理员。"))


@action("user.set_role", refused=lambda user_id, *_, **__: ("users", user_id))
def set_role(session: Session, actor: Actor, user_id: int, role: Role) -> None:
    """Give a person another platform role; their sessions end, so that the old role dies with them."""
    require(actor, "user.set_role")
    user = session.get(User, user_id)
    if user is None or user.closed_at is not None:
        raise NotFound
    if role != Role.ADMINISTRATOR:
        _keep_an_administrator(session, user)
    old, user.role = user.role, role
    user.session_epoch += 1
    audit.record(session, actor, "user.set_role", user, old=old, new=role)


def token_hash(token: str) -> str:
    """What is kept of a token. It is random and long, so a fast hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


@action("token.create")
def create_token(session: Session, actor: Actor, name: str, scopes: Collection[str]) -> str:
    """A personal API token for the given scopes; this is the only time that it can be seen."""
    require(actor, "token.create")
    name = free_line("name", name, TOKEN_NAME_LIMIT)
    chosen = [scope for scope in SCOPES if scope in scopes]
    errors = {} if name else {"name": msg("请填写。")}
    if not chosen:
        errors["scopes"] = msg("请至少选择一项。")
    if errors:
        raise Invalid(errors)
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    moment = clock.now()
    token = ApiToken(
        user_id=_own(session, actor).id,
        name=name,
        token_hash=token_hash(secret),
        scopes=chosen,
        created_at=moment,
        expires_at=moment + timedelta(days=TOKEN_DAYS),
    )
    session.add(token)
    audit.record(session, actor, "token.create", token, scopes=chosen)
    return secret


@action("token.revoke")
def revoke_token(session: Session, actor: Actor, token_id: int) -> None:
    """End one of one's own tokens."""
    token = session.get(ApiToken, token_id)
    if token is None or token.user_id != actor.user_id:
        raise NotFound
    token.revoked_at = token.revoked_at or clock.now()
    audit.record(session, actor, "token.revoke", token)


def user_of_token(session: Session, secret: str) -> tuple[User, frozenset[str]] | None:
    """The person and scopes of a live token."""
    token = session.scalar(select(ApiToken).where(ApiToken.token_hash == token_hash(secret)))
    if token is None or token.revoked_at or (token.expires_at and token.expires_at < clock.now()):
        return None
    user = session.get(User, token.user_id)
    return (user, frozenset(token.scopes)) if user is not None and user.closed_at is None else None
