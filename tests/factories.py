"""People, organisations and records for tests, made through the actions that people use."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from matcher import clock, pairing, passwords, pinned
from matcher.actions import matches, organisations, posts, records, stations
from matcher.actions.questions import Answered, keep_question
from matcher.actor import SYSTEM, Actor, actor_of
from matcher.corpus import EMPTY
from matcher.db import reading, transaction
from matcher.facts import achievement_facts, need_facts
from matcher.inputs.base import parse
from matcher.inputs.people import OrganisationInput
from matcher.inputs.records import INPUTS
from matcher.inputs.stations import ClientInput, StationInput
from matcher.inputs.tasks import PostInput
from matcher.learning.correction import NOTHING
from matcher.models import MODELS, Match, Record, User
from matcher.tasks.terms import OFFICERS, Duty
from matcher.text import tokens
from matcher.vocabulary import AnswerKind, OrgKind, Role

PASSWORD = "correct horse battery"
_numbers = itertools.count(1)
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def code(number: int) -> str:
    """Four letters for a number: no code is part of another, and none is a figure or a word of any record.

    An organisation's name is among the words of its records, so "单位10" would agree with whatever else says "10".
    """
    return "".join(_LETTERS[number // len(_LETTERS) ** place % len(_LETTERS)] for place in (3, 2, 1, 0))


def credit_code(number: int) -> str:
    """A valid 统一社会信用代码 (GB 32100) that belongs to nobody."""
    body = f"91220100{number:09d}"
    total = sum(_ALPHABET.index(char) * weight for char, weight in zip(body, _WEIGHTS, strict=True))
    return body + _ALPHABET[(31 - total % 31) % 31]


@dataclass(frozen=True)
class Person:
    """A user with the actor that they are now."""

    id: int
    email: str
    actor: Actor


@lru_cache(maxsize=1)
def _hash() -> str:
    """One hash for everybody: making each would cost the tests minutes."""
    return passwords.hash_password(PASSWORD)


def add_person(
    role: Role = Role.MEMBER, *, verified: bool = True, email: str | None = None, **fields: Any
) -> Person:
    """A user with PASSWORD and no organisation."""
    number = next(_numbers)
    address = email or f"person{number}@example.org"
    with transaction() as session:
        user = User(
            email=address,
            name=fields.pop("name", f"用户{code(number)}"),
            password_hash=_hash(),
            role=role,
            verified_at=clock.now() if verified else None,
            created_at=clock.now(),
            **fields,
        )
        session.add(user)
        session.flush()
        return Person(user.id, address, actor_of(session, user))


def again(person: Person) -> Person:
    """The same person with the actor that they are now."""
    with reading() as session:
        return Person(person.id, person.email, actor_of(session, session.get_one(User, person.id)))


def add_member(kind: OrgKind, *, checked: bool = True, name: str | None = None, **fields: Any) -> Person:
    """A person who founded an organisation of that kind, checked by an operator."""
    person = add_person(**fields)
    number = next(_numbers)
    given = parse(
        OrganisationInput,
        {
            "kind": kind,
            "name": name or f"单位{code(number)}",
            "credit_code": credit_code(number),
            "region": "220100",
        },
    )
    organisation_id = organisations.found_organisation(person.actor, given)
    if checked:
        organisations.review_organisation(SYSTEM, organisation_id, accept=True)
    return again(person)


def enterprise(**fields: Any) -> Person:
    """A member of a checked enterprise."""
    return add_member(OrgKind.ENTERPRISE, **fields)


def institute(**fields: Any) -> Person:
    """A member of a checked institute."""
    return add_member(OrgKind.INSTITUTE, **fields)


def operator() -> Person:
    """An operator."""
    return add_person(Role.OPERATOR)


def broker() -> Person:
    """A broker."""
    return add_person(Role.BROKER)


def administrator() -> Person:
    """An administrator."""
    return add_person(Role.ADMINISTRATOR)


FIELDS: dict[str, dict[str, Any]] = {
    "need": {
        "title": "人参提取废渣高值利用与快速干燥",
        "need_type": "process",
        "problem": "年产生参渣约 900 吨，含水高、易霉变，希望 6 小时内把含水率降到 12 % 以下，并开发饲用产品。",
        "chain": "medicine",
        "tech_field": "biomedicine",
        "region": "220500",
        "coop_modes": ["joint", "transfer"],
        "budget_min": "80",
        "budget_max": "150",
        "min_trl": 6,
        "keywords": ["人参", "干燥"],
        "indicators": [{"name": "含水率", "relation": "<=", "value": "12", "unit": "%"}],
    },
    "achievement": {
        "title": "过热蒸汽与射频联合的药渣快速脱水装备",
        "abstract": "处理量 2 t/h，人参药渣含水率由 70 % 降至 10 % 以下用时 3.5 h，吨能耗较热风干燥降低 38 %。",
        "problem": "人参提取废渣含水率高、易霉变，热风干燥能耗高。干渣制成饲料。",
        "advantage": "脱水快，能耗低，已中试。",
        "chain": "medicine",
        "tech_field": "biomedicine",
        "region": "220100",
        "trl": 7,
        "coop_modes": ["licence", "joint"],
        "keywords": ["药渣", "干燥"],
        "indicators": [{"name": "含水率", "relation": "<=", "value": "10", "unit": "%"}],
    },
    "expert": {
        "name": "赵研究员",
        "profile": "从事中药渣干燥与资源化利用二十年。",
        "tech_field": "biomedicine",
        "region": "220100",
        "services": ["consulting"],
        "languages": ["zh"],
    },
}


def given(kind: str, **fields: Any) -> Any:
    """A complete input of that kind with some fields changed."""
    values = {**FIELDS[kind], **fields}
    if kind == "need":
        values.setdefault("deadline", (clock.now() + timedelta(days=180)).date())
    return parse(INPUTS[kind], values)


def draft(person: Person, kind: str, **fields: Any) -> int:
    """A draft of that person's organisation; the id."""
    return records.create_record(person.actor, kind, given(kind, **fields))


def version(kind: str, record_id: int) -> int:
    """The record's version now."""
    return load(kind, record_id).version


def load(kind: str, record_id: int) -> Record:
    """The record as it is in the database."""
    with reading() as session:
        record: Record = session.get_one(MODELS[kind], record_id)  # type: ignore[assignment]
        return record


def published(person: Person, kind: str, **fields: Any) -> int:
    """A published record of that person's organisation; the id."""
    record_id = draft(person, kind, **fields)
    records.submit_record(person.actor, kind, record_id, version(kind, record_id))
    records.review_record(SYSTEM, kind, record_id, version(kind, record_id), publish=True)
    return record_id


def matched(need_id: int, achievement_id: int, probability: float = 0.8, level: str = "strong") -> int:
    """An open match of the two as the matching would store it; the id."""
    need, achievement = load("need", need_id), load("achievement", achievement_id)
    moment = clock.now()
    with transaction() as session:
        match = Match(
            need_id=need_id,
            achievement_id=achievement_id,
            score=probability,
            probability=probability,
            level=level,
            parts={},
            reasons={},
            ranking_version="test",
            model="test",
            need_version=need.version,
            achievement_version=achievement.version,
            need_hash="n",
            achievement_hash="a",
            created_at=moment,
            updated_at=moment,
        )
        session.add(match)
        session.flush()
        return match.id


def asked(person: Person, need_id: int, achievement_id: int) -> int:
    """That person's question about the two, answered by words alone and without an index; the id."""
    need: Any = load("need", need_id)
    achievement: Any = load("achievement", achievement_id)
    sides = (
        pairing.Side(need_facts(need), pinned.Text(f"need-{need_id}", tuple(tokens(need.title)), tuple(tokens(need.problem)), None)),
        pairing.Side(
            achievement_facts(achievement),
            pinned.Text(f"achievement-{achievement_id}", tuple(tokens(achievement.title)), tuple(tokens(achievement.abstract)), None),
        ),
    )
    values = {
        "need_id": need_id, "achievement_id": achievement_id, "need_version": need.version,
        "achievement_version": achievement.version, "ranking_version": NOTHING.ranking_version, "model": "", "snapshot_id": None,
        **pairing.values(*sides, EMPTY, *pairing.judge(*sides, EMPTY, NOTHING)),
    }  # fmt: skip
    return keep_question(person.actor, Answered(values, [], pinned.pin(*sides)))


def bridged(**need: Any) -> tuple[Person, Person, int]:
    """An enterprise and an institute whose two yeses opened a case; the case's id."""
    firm, lab = enterprise(), institute()
    match = matched(published(firm, "need", **need), published(lab, "achievement"))
    matches.answer_match(firm.actor, match, AnswerKind.INTERESTED)
    case_id = matches.answer_match(lab.actor, match, AnswerKind.INTERESTED)
    assert case_id is not None
    return firm, lab, case_id


def station(**fields: Any) -> StationInput:
    """What a service point is made of, under a new name."""
    values = {"name": f"驿站{code(next(_numbers))}", "place": "长春市人民大街 1 号", "region": "220100", "hours": "周一至周五 9:00–17:00"}
    return parse(StationInput, {**values, "phone": "0431-12345678", **fields})


def client(**fields: Any) -> ClientInput:
    """Who came in, having agreed to the privacy notice."""
    return parse(ClientInput, {"contact_name": "李工", "contact_phone": "13800000000", "accept_privacy": True, **fields})


def clerk(**fields: Any) -> tuple[Person, int]:
    """A person who receives clients at a new station; with the station's id."""
    person = add_person(**fields)
    station_id = stations.add_station(SYSTEM, station())
    stations.add_staff(SYSTEM, station_id, person.email)
    return again(person), station_id


def officers(organisation_id: int | None, *duties: Duty, region: str | None = None) -> dict[Duty, Person]:
    """New people who hold these posts (all four when none is named) of an enterprise or a region."""
    found = {}
    for duty in duties or OFFICERS:
        person = add_person()
        scope = {"organisation_id": organisation_id, "region": region}
        posts.assign_post(SYSTEM, parse(PostInput, {"email": person.email, "duty": duty, **scope}))
        found[duty] = again(person)
    return found
