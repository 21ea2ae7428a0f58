"""Bring organisations and people onto the platform, through the actions they would use."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import select

from demo.people import BROKERS, ORGANISATIONS, PASSWORD, PEOPLE, Org, Person
from demo.story import Story
from matcher import db
from matcher.actions import accounts, organisations
from matcher.actor import SYSTEM, Actor, actor_of
from matcher.inputs.base import parse
from matcher.inputs.people import OrganisationInput, ProfileInput, Registration
from matcher.models import BrokerProfile, Membership, User
from matcher.vocabulary import MembershipState

FIRST_DAY = 44
CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CODE_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def credit_code(org: Org, number: int) -> str:
    """A 统一社会信用代码 with a right check digit (GB 32100) whose body, all zeros and a number, belongs to nobody."""
    category = {"enterprise": "91", "institute": "12", "agency": "91"}[org.kind]
    body = f"{category}{org.region}{number:09d}"
    total = sum(CODE_ALPHABET.index(char) * weight for char, weight in zip(body, CODE_WEIGHTS, strict=True))
    return body + CODE_ALPHABET[(31 - total % 31) % 31]


@dataclass
class Cast:
    """Who is on the platform: user and organisation numbers by key."""

    users: dict[str, int] = field(default_factory=dict)
    orgs: dict[str, int] = field(default_factory=dict)
    _actors: dict[str, Actor] = field(default_factory=dict)

    def actor(self, key: str) -> Actor:
        """The person as they act once everybody has arrived."""
        if key not in self._actors:
            with db.reading() as session:
                self._actors[key] = actor_of(session, session.get_one(User, self.users[key]))
        return self._actors[key]

    def members(self, org_id: int) -> list[str]:
        """Keys of an organisation's people, its founder first."""
        org = next(key for key, number in self.orgs.items() if number == org_id)
        return [
            person.key
            for person in PEOPLE
            if person.founds == org or (person.joins == org and person.accepted)
        ]


def arrive(story: Story, cast: Cast) -> None:
    """Everybody arrives in the first days; one organisation and one membership still wait for an operator."""
    orgs = {org.key: (org, number) for number, org in enumerate(ORGANISATIONS, start=1)}
    for number, person in enumerate(PEOPLE):
        late = bool(person.joins) or not person.accepted
        day = 1 if not person.accepted else FIRST_DAY - late - number // 25
        moment = story.moment(day, 9 + number % 8, number)
        story.at(moment, partial(_register, cast, person))
        if person.founds:
            org, code = orgs[person.founds]
            story.at(moment, partial(_found, cast, person, org, code))
        if person.joins:
            story.at(moment, partial(_join, cast, person))
    story.at(story.moment(FIRST_DAY - 3, 8), lambda: _brokers(cast))


def _register(cast: Cast, person: Person) -> None:
    given = Registration(
        email=person.email, name=person.name, password=PASSWORD, accept_privacy=True, locale=person.locale
    )
    cast.users[person.key] = user_id = accounts.add_user(SYSTEM, given, person.role)
    profile = ProfileInput(
        name=person.name, phone=person.phone, job_title=person.job_title, locale=person.locale
    )
    accounts.edit_profile(Actor(user_id=user_id, verified=True), profile)


def _found(cast: Cast, person: Person, org: Org, number: int) -> None:
    abroad = org.region == "900000"
    given = parse(
        OrganisationInput,
        {
            "kind": org.kind,
            "name": org.name,
            "credit_code": None if abroad else credit_code(org, number),
            "region": org.region,
            "chain": org.chain,
            "introduction": org.introduction,
        },
    )
    founder = Actor(user_id=cast.users[person.key], verified=True)
    cast.orgs[org.key] = organisation_id = organisations.found_organisation(founder, given)
    if org.checked:
        organisations.review_organisation(_checker(cast), organisation_id, accept=True)


def _checker(cast: Cast) -> Actor:
    return cast.actor("operator") if "operator" in cast.users else SYSTEM


def _join(cast: Cast, person: Person) -> None:
    user_id = cast.users[person.key]
    organisations.join_organisation(Actor(user_id=user_id, verified=True), cast.orgs[person.joins])
    if person.accepted:
        with db.reading() as session:
            pending = select(Membership.id).where(
                Membership.user_id == user_id, Membership.state == MembershipState.PENDING
            )
            membership = session.scalars(pending).one()
        organisations.decide_membership(_checker(cast), membership, accept=True)


def _brokers(cast: Cast) -> None:
    with db.transaction() as session:
        for broker in BROKERS:
            session.add(
                BrokerProfile(
                    user_id=cast.users[broker.key],
                    certificate="",
                    level=broker.level,
                    agency=broker.agency,
                    fields=list(broker.fields),
                    chains=list(broker.chains),
                    regions=list(broker.regions),
                    languages=list(broker.languages),
                    capacity=broker.capacity,
                )
            )
