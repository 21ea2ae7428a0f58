"""Bad input gets a sentence at its field; good input round-trips."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import Invalid
from matcher.inputs.base import parse
from matcher.inputs.money import OrderInput
from matcher.inputs.people import OrganisationInput, Registration
from matcher.inputs.pricing import PriceInput
from matcher.inputs.records import AchievementInput, ExpertInput, NeedInput
from matcher.inputs.tasks import VisitInput

INDICATOR = {"name": "含水率", "relation": "<=", "value": "12", "unit": "%"}
BAD: list[tuple[type, dict[str, object], str]] = [
    (NeedInput, {"title": "字" * 101}, "title"),
    (NeedInput, {"title": "a\x00b"}, "title"),
    (NeedInput, {"problem": "a\x1bb"}, "problem"),
    (NeedInput, {"problem": "\ud800"}, "problem"),
    (NeedInput, {"problem": "a\uffff"}, "problem"),
    *((OrderInput, {"provider_id": number}, "provider_id") for number in ("0", "-1", 2**31, 10**20, "9" * 5000)),
    *((VisitInput, {"organisation_id": number}, "organisation_id") for number in (-1, 10**20)),
    (PriceInput, {"route": "equity", "valuation_file_id": 10**20}, "valuation_file_id"),
    (NeedInput, {"problem": "字" * 2001}, "problem"),
    (NeedInput, {"need_type": "nothing"}, "need_type"),
    (NeedInput, {"budget_min": "-1"}, "budget_min"),
    (NeedInput, {"budget_min": "NaN"}, "budget_min"),
    (NeedInput, {"budget_min": "1.00001"}, "budget_min"),
    (NeedInput, {"budget_min": "很多"}, "budget_min"),
    (NeedInput, {"budget_min": "9", "budget_max": "3"}, "budget_max"),
    (NeedInput, {"min_trl": "0"}, "min_trl"),
    (NeedInput, {"min_trl": "10"}, "min_trl"),
    (NeedInput, {"deadline": "2026-02-30"}, "deadline"),
    (NeedInput, {"region": "999999"}, "region"),
    (NeedInput, {"coop_modes": ["nothing"]}, "coop_modes.0"),
    (NeedInput, {"keywords": ["词"] * 9}, "keywords"),
    (NeedInput, {"indicators": [INDICATOR, {**INDICATOR, "value": ""}]}, "indicators.1"),
    (NeedInput, {"indicators": [{**INDICATOR, "relation": "range", "value_high": "1"}]}, "indicators.0"),
    (NeedInput, {"unknown": 1}, "unknown"),
    (AchievementInput, {"price_min": "5", "price_max": "4"}, "price_max"),
    (AchievementInput, {"trl": "七"}, "trl"),
    (AchievementInput, {"ip": [{"type": "nothing"}]}, "ip.0.type"),
    (ExpertInput, {"service_regions": ["1"]}, "service_regions.0"),
    (OrganisationInput, {"kind": "enterprise", "name": "某公司", "region": "220100"}, "credit_code"),
    (
        OrganisationInput,
        {"kind": "enterprise", "name": "某公司", "region": "220100", "credit_code": "91220100MA0000000X"},
        "credit_code",
    ),
    (Registration, {"email": "a@", "name": "甲", "password": "x" * 12, "accept_privacy": True}, "email"),
    (
        Registration,
        {"email": "a@example.org", "name": "甲", "password": "short", "accept_privacy": True},
        "password",
    ),
    (Registration, {"email": "a@example.org", "name": "甲", "password": "x" * 12}, "accept_privacy"),
]


@pytest.mark.parametrize(("model", "data", "field"), BAD)
def test_bad_values_are_named_at_their_field(model: type, data: dict[str, object], field: str) -> None:
    """78: each mistake is told at its field, in a sentence."""
    with pytest.raises(Invalid) as refused:
        parse(model, data)
    assert field in refused.value.errors
    assert str(refused.value.errors[field]).endswith("。")


@given(text=st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_text_round_trips_or_is_refused(text: str) -> None:
    """78: any unicode in a text field is kept as typed (line ends unified, edges trimmed) or refused."""
    try:
        need = parse(NeedInput, {"problem": text})
    except Invalid as refused:
        assert set(refused.errors) == {"problem"}  # noqa: PT017 - either outcome is right
    else:
        assert need.problem == text.replace("\r\n", "\n").replace("\r", "\n").strip()


def test_full_width_numbers_are_numbers() -> None:
    """People type １２０ and 1,200."""
    need = parse(NeedInput, {"budget_min": "１２０", "budget_max": "1,200", "min_trl": "６"})
    assert (str(need.budget_min), str(need.budget_max), need.min_trl) == ("120", "1200", 6)


def test_markup_and_emoji_are_kept_as_text() -> None:
    """Escaping is the page's business; nothing is lost on the way in."""
    text = "<script>alert(1)</script> 😀 𠮷 ＡＢＣ"
    assert parse(AchievementInput, {"title": text}).title == text
