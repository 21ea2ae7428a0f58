"""Index documents: exactly what the public may know, nothing else."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from indexes.documents import build, passage, role, text_hash
from indexes.elastic.mapping import mapping, source
from indexes.engine import Delete, Fingerprint, Upsert, id_key, key_id, sort_key, split_id
from matcher.models import Achievement, Expert, Need, Organisation
from matcher.vocabulary import Chain, Consent, CoopMode, RecordState, TechField

GOLDEN = Path(__file__).with_name("document.json")
MOMENT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def need(**changes: object) -> Need:
    values: dict[str, object] = {
        "id": 12, "version": 3, "state": RecordState.PUBLISHED, "title": "锚杆台车无线遥控", "lang": "zh",
        "problem": "井下遥控距离不小于50米。", "foundation": "已有样机", "partner_req": "有煤安证经验", "keywords": ["遥控"],
        "indicators": [{"name": "遥控距离", "relation": ">=", "value": "50", "unit": "m"}],
        "coop_modes": [CoopMode.JOINT, CoopMode.LICENCE], "budget_min": Decimal(60), "budget_max": Decimal(150),
        "budget_open": False, "deadline": date(2027, 1, 31), "min_trl": 6, "region": "220600", "chain": Chain.EQUIPMENT,
        "tech_field": TechField.MANUFACTURING, "anonymous": False, "published_at": MOMENT,
        "detail_restricted": "只给同意的人看的秘密", "organisation": Organisation(name="白山矿机厂"),
    }  # fmt: skip
    return Need(**{**values, **changes})


def test_the_document_of_a_fixed_record_is_the_stored_one() -> None:
    """22: golden document; the mapping names every field of it and refuses others."""
    document = build(need())
    assert document is not None
    found = json.loads(json.dumps(source(Upsert(document)), ensure_ascii=False))
    assert found == json.loads(GOLDEN.read_text(encoding="utf-8"))
    made = mapping(Fingerprint("m", "t", "model", 384))
    assert made["dynamic"] == "strict"
    assert set(found) <= set(made["properties"])
    assert set(source(Delete("need-12", 4))) <= set(made["properties"])


def test_no_restricted_or_personal_text_is_in_a_document() -> None:
    """51: restricted detail and, of an anonymous need, the organisation leave no trace."""
    document = build(need(anonymous=True))
    assert document is not None
    text = "".join((*document.title, *document.body))
    assert "秘密" not in text
    assert "白山" not in text
    assert "白山矿机" in "".join(build(need()).body)  # type: ignore[union-attr]


@pytest.mark.parametrize("state", [state for state in RecordState if state != RecordState.PUBLISHED])
def test_only_published_records_have_documents(state: RecordState) -> None:
    assert build(need(state=state)) is None


def test_bands_regions_and_sorts_of_an_achievement() -> None:
    record = Achievement(
        id=1, version=1, state=RecordState.PUBLISHED, title="t", abstract="a", problem="", advantage="", economics="",
        keywords=[], indicators=[], coop_modes=[], trl=8, ip=[{"type": "invention"}, {"type": "invention"}],
        price_min=Decimal(40), price_max=Decimal(1200), region="220100", published_at=MOMENT,
        organisation=Organisation(name="o"),
    )  # fmt: skip
    document = build(record)
    assert document is not None
    assert document.facets["budget"] == ("to50", "to100", "to300", "to1000", "over")
    assert document.facets["region"] == ("220100", "220000")
    assert document.facets["trl"] == ("industry",)
    assert document.facets["ip"] == ("invention",)
    assert document.facets["year"] == ("2026",)
    assert document.sorts["maturity"] == sort_key(8, "achievement-1", descending=True)
    assert role("achievement") == "passage"


def test_an_expert_is_marked_by_consent() -> None:
    def marked(consent: Consent) -> str:
        expert = Expert(
            id=1, version=1, state=RecordState.PUBLISHED, name="王", department="", profile="激光", keywords=["激光"],
            services=["consulting"], consent=consent, published_at=MOMENT, organisation=Organisation(name="o"),
        )  # fmt: skip
        document = build(expert)
        assert document is not None
        return document.visibility

    assert [marked(each) for each in Consent] == ["public", "brokers", "hidden"]


def test_the_digest_changes_with_anything_that_a_reader_could_notice() -> None:
    base = build(need())
    assert base is not None
    for changes in (
        {"title": "x"},
        {"keywords": []},
        {"region": None},
        {"budget_max": Decimal(151)},
        {"deadline": None},
    ):
        changed = build(need(**changes))
        assert changed is not None
        assert changed.digest != base.digest
    assert build(need()).digest == base.digest  # type: ignore[union-attr]


def test_passage_and_its_hash_depend_on_the_text_alone() -> None:
    assert passage(need()).startswith("锚杆台车无线遥控。井下遥控")
    assert text_hash(passage(need())) == text_hash(passage(need(version=9, region=None)))
    assert len(passage(need(problem="长" * 5000))) <= 400


@pytest.mark.parametrize("name", ["need-1", "achievement-77", "expert-1234567"])
def test_ids_are_numbers_and_back(name: str) -> None:
    assert key_id(id_key(name)) == name


@pytest.mark.parametrize("name", ["", "need", "user-1", "need-x", "-1"])
def test_what_is_no_id_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        split_id(name)
