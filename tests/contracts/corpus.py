"""Records with vectors for the contract tests of the index: real rows, random texts from a small vocabulary."""

import random
from datetime import timedelta
from decimal import Decimal

import numpy as np
from sqlalchemy.orm import Session

from config.settings import Settings
from indexes import documents, truth
from indexes.engine import Document, Engine, Fingerprint, Upsert, Vector, id_key
from indexes.facets import SORT_FIELDS
from indexes.opening import open_engine, wanted_fingerprint
from matcher import clock
from matcher.db import transaction
from matcher.embedding import open_encoder
from matcher.models import Achievement, Need, Organisation, Record
from matcher.outbox import enqueue
from matcher.vocabulary import Chain, CoopMode, OrgKind, OrgState, RecordState

WORDS = [
    "激光",
    "雷达",
    "轴承",
    "涂层",
    "电池",
    "回收",
    "人参",
    "提取",
    "大豆",
    "蛋白",
    "遥控",
    "掘进",
    "地铁",
    "监控",
    "焊接",
    "碳纤维",
    "复合",
    "材料",
    "检测",
    "传感",
]
DIMENSIONS = 384


def unit(rng: np.random.Generator) -> Vector:
    """A random vector of length 1."""
    vector = rng.normal(size=DIMENSIONS).astype(np.float32)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def make_document(number: int, rng: np.random.Generator, *, version: int = 1, **changes: object) -> Document:
    """A synthetic document of need `number`."""
    words = [str(word) for word in rng.choice(WORDS, 12)]
    facets = {
        "kind": ("need",),
        "chain": (str(rng.choice(["food", "automotive"])),),
        "region": ("220100", "220000"),
    }
    values: dict[str, object] = {
        "id": f"need-{number}",
        "version": version,
        "visibility": "public",
        "title": tuple(words[:3]),
        "body": tuple(words[3:]),
        "facets": facets,
        "sorts": {name: (int(rng.integers(1000)) << 22) | id_key(f"need-{number}") for name in SORT_FIELDS},
        "digest": f"d{number}.{version}",
        "text_hash": f"t{number}",
        "vector": unit(rng),
    }
    return Document(**{**values, **changes})  # type: ignore[arg-type]


def live_engine(settings: Settings) -> Engine:
    """The engine of the settings with an empty live index."""
    engine = open_engine(settings)
    made = engine.create(Fingerprint("m", "t", "model", DIMENSIONS))
    engine.make_live(made.generation)
    return engine


def fill(engine: Engine, count: int, seed: int = 1) -> list[Document]:
    """Put `count` synthetic documents into the index."""
    rng = np.random.default_rng(seed)
    made = [make_document(number, rng) for number in range(1, count + 1)]
    engine.apply([Upsert(document) for document in made])
    return made


def fitting_engine(settings: Settings) -> Engine:
    """The engine of the settings with an empty live index made the way the platform makes it."""
    engine = open_engine(settings)
    made = engine.create(wanted_fingerprint(open_encoder(settings)))
    engine.make_live(made.generation)
    return engine


def organisation(session: Session) -> Organisation:
    """A checked organisation."""
    moment = clock.now()
    found = Organisation(
        kind=OrgKind.INSTITUTE, name="长春精密研究所", region="220100", state=OrgState.CHECKED,
        created_at=moment, updated_at=moment,
    )  # fmt: skip
    session.add(found)
    session.flush()
    return found


def publish(
    session: Session, owner: Organisation, number: int, kind: str = "achievement", **changes: object
) -> Record:
    """A published record with its outbox item."""
    rng = random.Random(number)
    words = rng.choices(WORDS, k=20)
    moment = clock.now() - timedelta(minutes=number)
    shared: dict[str, object] = {
        "organisation_id": owner.id, "state": RecordState.PUBLISHED, "title": "".join(words[:3]) + f"第{number}号",
        "chain": rng.choice([Chain.FOOD, Chain.AUTOMOTIVE]), "region": "220100", "keywords": words[:2],
        "coop_modes": [CoopMode.LICENCE], "published_at": moment, "created_at": moment, "updated_at": moment,
    }  # fmt: skip
    if kind == "need":
        record: Record = Need(
            **{**shared, "problem": "".join(words[3:]), "budget_max": Decimal(80), **changes}
        )
    else:
        record = Achievement(**{**shared, "abstract": "".join(words[3:]), "trl": 6, **changes})
    session.add(record)
    enqueue(session, record)
    return record


def publish_many(count: int, *, vectors: str = "") -> list[Record]:
    """Published achievements and needs in the database, with stored random vectors for the model named `vectors`."""
    rng = np.random.default_rng(7)
    with transaction() as session:
        owner = organisation(session)
        made = [
            publish(session, owner, number, "need" if number % 3 == 0 else "achievement")
            for number in range(count)
        ]
        session.flush()
        if vectors:
            names = {truth.wanted(document): unit(rng) for document in map(documents.build, made) if document}
            truth.store(session, vectors, names)
        return made


def touch(record: Record, **changes: object) -> None:
    """Change a record the way an action does: row, version and outbox item in one transaction."""
    with transaction() as session:
        row = session.get(type(record), record.id)
        assert row is not None
        for name, value in changes.items():
            setattr(row, name, value)
        enqueue(session, row)
