"""Filling in a record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from config.settings import Settings
from matcher.actions import records as records_actions
from matcher.actions.organisations import join_organisation, review_organisation
from matcher.actor import SYSTEM
from tests.factories import (
    Person,
    add_person,
    again,
    draft,
    enterprise,
    institute,
    operator,
    published,
    version,
)
from tests.unit.web.browsing import submit
from tests.unit.web.conftest import token_in
from tests.unit.web.publish.sheets import NEED, SHEETS, fill, load, records, start, whole
from web.publish.steps import STEPS

Browser = Callable[[Person], FlaskClient]


@pytest.mark.parametrize("kind", ["need", "achievement", "expert"])
def test_each_kind_can_be_filled_in_step_by_step_without_javascript(browser_of: Browser, kind: str) -> None:
    """From the empty form to submitted; each step leads to the next, the last to the check."""
    client = browser_of(enterprise() if kind == "need" else institute())
    place = start(client, kind).headers["Location"]
    number = records(kind)[0].id
    for step in STEPS[kind][1:]:
        assert place == f"/publish/{kind}/{number}/step/{step.name}"
        place = fill(client, kind, number, step.name).headers["Location"]
    assert place == f"/publish/{kind}/{number}"
    page = client.get(place).text
    assert f"/publish/{kind}/{number}/submit" in page
    sent = {"version": str(load(kind, number).version)}
    assert submit(client, f"{place}/submit", sent, page=place).status_code == 303
    assert load(kind, number).state == "submitted"


def test_what_was_typed_arrives(browser_of: Browser) -> None:
    """78: full-width digits, thousands separators, words in a line, empty rows, ticks."""
    client = browser_of(enterprise())
    start(client, "need")
    number = records("need")[0].id
    for step in NEED:
        assert fill(client, "need", number, step).status_code == 303
    need = load("need", number)
    assert (need.budget_min, need.budget_max, need.min_trl, need.deadline) == (
        80,
        1500,
        6,
        date(2099, 12, 31),
    )
    assert need.keywords == ["人参", "干燥", "废渣"]
    assert need.coop_modes == ["joint", "transfer"]
    assert [(row["name"], Decimal(row["value"]), row["must"]) for row in need.indicators] == [
        ("含水率", 12, True)
    ]
    assert need.detail_restricted == "年产 900 吨"
    client = browser_of(institute())
    start(client, "achievement")
    number = records("achievement")[0].id
    for step in SHEETS["achievement"]:
        assert fill(client, "achievement", number, step).status_code == 303
    found = load("achievement", number)
    assert found.indicators == []
    assert found.people == ["李研", "王工"]
    assert found.ip[0]["number"] == "ZL 2024 1 0000000.0"
    assert (found.price_max, found.publicly_funded, found.valid_until) == (
        Decimal("50.5"),
        True,
        date(2099, 1, 1),
    )


def test_saved_values_stand_in_the_fields(browser_of: Browser) -> None:
    """A step that was saved shows what was saved; saving it unchanged changes nothing."""
    person = enterprise()
    number = draft(person, "need", budget_min="80.5", keywords=["人参", "干燥"])
    client = browser_of(person)
    page = client.get(f"/publish/need/{number}/step/terms").text
    assert 'value="80.5"' in page
    assert 'value="人参、干燥"' in client.get(f"/publish/need/{number}/step/place").text
    assert 'value="含水率"' in client.get(f"/publish/need/{number}/step/indicators").text


BAD = [
    ("what", "title", "长" * 101),
    ("what", "title", "a\x00b"),
    ("what", "problem", "长" * 2001),
    ("what", "problem", "a\x1bb"),
    ("what", "need_type", "magic"),
    ("what", "lang", "tlh"),
    ("terms", "budget_min", "-1"),
    ("terms", "budget_min", "eighty"),
    ("terms", "budget_min", "NaN"),
    ("terms", "budget_min", "1e99"),
    ("terms", "budget_max", "10"),
    ("terms", "min_trl", "0"),
    ("terms", "min_trl", "10"),
    ("terms", "deadline", "31.12.2099"),
    ("terms", "coop_modes", "barter"),
    ("terms", "ip_terms", "mine"),
    ("place", "chain", "blockchain"),
    ("place", "region", "999999"),
    ("place", "keywords", "一、二、三、四、五、六、七、八、九"),
    ("place", "keywords", "长" * 41),
    ("seen", "decision_owner", "长" * 101),
    ("seen", "detail_restricted", "长" * 10_001),
    ("seen", "valid_until", "soon"),
]


@pytest.mark.parametrize(("step", "field", "value"), BAD)
def test_bad_input_is_422_at_its_field_and_everything_typed_is_kept(
    browser_of: Browser, step: str, field: str, value: str
) -> None:
    """78: a message in the place of the help, a link to it on top, nothing saved."""
    person = enterprise()
    number = draft(person, "need")
    before = version("need", number)
    answer = fill(browser_of(person), "need", number, step, **{field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert f'href="#{field}"' in answer.text
    for name, typed in {**NEED[step], field: value}.items():
        closed = name in (
            "coop_modes",
            "need_type",
            "lang",
            "chain",
            "region",
            "ip_terms",
            "urgency",
            "tech_field",
            "min_trl",
        )
        if not closed and "\x00" not in typed and "\x1b" not in typed:
            assert typed in answer.text, name
    assert version("need", number) == before


@pytest.mark.parametrize(
    ("part", "value", "field"),
    [
        ("value", "", "value"),
        ("value", "many", "value"),
        ("name", "长" * 61, "name"),
        ("relation", "≈", "relation"),
        ("unit", "u" * 31, "unit"),
    ],
)
def test_a_bad_row_has_its_message_in_the_row(browser_of: Browser, part: str, value: str, field: str) -> None:
    """78: rows are counted as the person sees them, empty ones between included."""
    person = enterprise()
    number = draft(person, "need")
    rows = {
        "indicators-0-name": "好的", "indicators-0-relation": ">=", "indicators-0-value": "1", "indicators-0-must": "y",
        "indicators-1-name": "", "indicators-1-relation": ">=", "indicators-1-value": "",
        "indicators-2-name": "坏的", "indicators-2-relation": ">=", "indicators-2-value": "2",
    }  # fmt: skip
    answer = fill(browser_of(person), "need", number, "indicators", **{**rows, f"indicators-2-{part}": value})
    assert answer.status_code == 422
    assert f'id="indicators-2-{field}-error"' in answer.text
    assert "indicators-0-value-error" not in answer.text


def test_a_range_needs_both_ends(browser_of: Browser) -> None:
    """The upper end may not lie under the lower."""
    person = enterprise()
    number = draft(person, "need")
    row = {"indicators-0-relation": "range", "indicators-0-value": "5", "indicators-0-value_high": "3"}
    answer = fill(browser_of(person), "need", number, "indicators", **row)
    assert answer.status_code == 422
    assert 'id="indicators-0-value-error"' in answer.text


def test_rows_are_added_and_removed_without_javascript(browser_of: Browser) -> None:
    """Nothing is saved by that, nothing typed is lost, and there are no more rows than the domain takes."""
    person = enterprise()
    number = draft(person, "need")
    client, before = browser_of(person), version("need", number)
    more = fill(client, "need", number, "indicators", rows="indicators:add")
    assert more.status_code == 200
    assert 'name="indicators-1-name"' in more.text
    assert 'value="含水率"' in more.text
    less = fill(client, "need", number, "indicators", rows="indicators:remove:0")
    assert 'value="含水率"' not in less.text
    assert 'name="indicators-1-name"' in less.text or 'name="indicators-0-name"' in less.text
    full = {f"indicators-{place}-name": f"指标{place}" for place in range(20)}
    assert (
        'name="indicators-20-name"'
        not in fill(client, "need", number, "indicators", rows="indicators:add", **full).text
    )
    for order in (
        "indicators:remove:99",
        "indicators:remove:x",
        "title:add",
        "",
        "nonsense",
        "indicators:remove:-1",
    ):
        assert fill(client, "need", number, "indicators", rows=order or "x").status_code == 200
    assert version("need", number) == before


def test_a_new_record_needs_a_name(browser_of: Browser) -> None:
    """An empty form makes no draft."""
    client = browser_of(enterprise())
    assert start(client, "need", title=" ").status_code == 422
    assert records("need") == []


def test_a_second_press_makes_no_second_record(browser_of: Browser) -> None:
    """Double submit is harmless."""
    client = browser_of(enterprise())
    first, second = start(client, "need"), start(client, "need")
    assert first.headers["Location"] == second.headers["Location"]
    assert len(records("need")) == 1


def test_saving_for_later_leads_to_the_list(browser_of: Browser) -> None:
    """A person may stop anywhere."""
    client = browser_of(enterprise())
    assert start(client, "need", then="later").headers["Location"] == "/publish/mine"
    assert "接着填" in client.get("/publish/mine", headers={"Accept-Language": "zh"}).text


JSON = {"Accept": "application/json"}


def test_saving_by_itself(browser_of: Browser) -> None:
    """A new record gets its address, an incomplete field stays on the page alone, the rest is kept."""
    client = browser_of(enterprise())
    answer = submit(client, "/publish/need/new", NEED["what"], headers=JSON)
    assert answer.status_code == 200
    number = records("need")[0].id
    assert answer.json["address"] == f"/publish/need/{number}/step/what"
    sent = {**NEED["terms"], "budget_min": "eigh", "version": str(answer.json["version"])}
    again_sent = submit(client, f"/publish/need/{number}/step/terms", sent, headers=JSON)
    assert again_sent.status_code == 200
    assert again_sent.json["version"] == load("need", number).version
    assert load("need", number).budget_max == 1500
    assert load("need", number).budget_min is None


def test_saving_by_itself_refuses_what_it_cannot_do(browser_of: Browser) -> None:
    """No name yet: 422; changed by somebody else: 409; a published record: never by itself."""
    person = enterprise()
    client = browser_of(person)
    assert submit(client, "/publish/need/new", {**NEED["what"], "title": ""}, headers=JSON).status_code == 422
    number = draft(person, "need")
    stale = submit(
        client, f"/publish/need/{number}/step/what", {**NEED["what"], "version": "99"}, headers=JSON
    )
    assert (stale.status_code, stale.mimetype) == (409, "application/problem+json")
    live = published(person, "need")
    before = version("need", live)
    assert submit(client, f"/publish/need/{live}/edit", whole("need", live), headers=JSON).status_code == 409
    assert version("need", live) == before


def test_two_people_at_once(browser_of: Browser) -> None:
    """The second gets 409, sees who saved what, keeps what was typed, and may then replace it."""
    first = enterprise(name="甲厂")
    second = add_person(name="同事乙")
    join_organisation(second.actor, first.actor.org_id or 0)
    number = draft(first, "need")
    ours = browser_of(first)
    start_version = str(version("need", number))
    other = {**NEED["what"], "title": "先保存的名称", "version": start_version}
    assert submit(ours, f"/publish/need/{number}/step/what", other).status_code == 303
    answer = submit(
        ours,
        f"/publish/need/{number}/step/what",
        {**NEED["what"], "title": "后保存的名称", "version": start_version},
    )
    assert answer.status_code == 409
    assert "先保存的名称" in answer.text
    assert 'value="后保存的名称"' in answer.text
    assert load("need", number).title == "先保存的名称"
    replaced = fill(ours, "need", number, "what", title="后保存的名称")
    assert replaced.status_code == 303
    assert load("need", number).title == "后保存的名称"


def test_a_published_record_is_changed_as_a_whole(browser_of: Browser) -> None:
    """One save, one review; the steps lead to the whole page; what is missing is named at its field."""
    person = enterprise()
    number = published(person, "need")
    client = browser_of(person)
    assert (
        client.get(f"/publish/need/{number}/step/what").headers["Location"] == f"/publish/need/{number}/edit"
    )
    page = client.get(f"/publish/need/{number}/edit")
    assert page.status_code == 200
    assert "data-autosave=" not in page.text
    gone = submit(client, f"/publish/need/{number}/edit", whole("need", number, problem=""))
    assert gone.status_code == 422
    assert 'id="problem-error"' in gone.text
    assert load("need", number).state == "published"
    assert submit(client, f"/publish/need/{number}/edit", whole("need", number)).status_code == 303
    assert load("need", number).state == "submitted"
    assert client.get(f"/publish/need/{number}/edit").headers["Location"] == f"/publish/need/{number}"


def test_what_was_typed_survives_a_colleague_who_submits(browser_of: Browser) -> None:
    """Two people at once: 409 and the text is on the page, by itself or by the button."""
    person = enterprise()
    number = draft(person, "need")
    client = browser_of(person)
    typed = {**NEED["what"], "title": "还没来得及保存", "version": str(version("need", number))}
    path = f"/publish/need/{number}/step/what"
    token = token_in(client.get(path).text)
    records_actions.submit_record(person.actor, "need", number, version("need", number))
    answer = client.post(path, data={**typed, "csrf_token": token})
    assert answer.status_code == 409
    assert 'value="还没来得及保存"' in answer.text
    assert client.post(path, data={**typed, "csrf_token": token}, headers=JSON).status_code == 409
    everything = {**whole("need", number), "csrf_token": token}
    assert client.post(f"/publish/need/{number}/edit", data=everything).status_code == 409
    assert load("need", number).title != "还没来得及保存"


def test_records_of_others_are_unknown(browser_of: Browser) -> None:
    """52: another organisation's record, another kind and an unknown id: the same 404."""
    number = draft(enterprise(), "need")
    client = browser_of(enterprise())
    token = {"csrf_token": token_in(client.get("/account").text), "version": "1"}
    for place in (number, 999_999, 2**31, 10**20):
        for path in (
            f"/publish/need/{place}",
            f"/publish/need/{place}/edit",
            f"/publish/need/{place}/step/what",
            f"/publish/need/{place}/preview",
        ):
            assert client.get(path).status_code == 404, path
        for path in (
            f"/publish/need/{place}/step/what",
            f"/publish/need/{place}/submit",
            f"/publish/need/{place}/withdraw",
        ):
            assert client.post(path, data=token).status_code == 404, path
    assert load("need", number).version == 1
    assert client.get("/publish/circus/new").status_code == 404


def test_who_may_not_publish_yet_sees_what_to_do(browser_of: Browser, settings: Settings) -> None:
    """Every state has its page: unverified, no organisation, waiting, refused, another kind of organisation."""
    refused = enterprise(checked=False)
    review_organisation(SYSTEM, again(refused).actor.member_of or 0, accept=False, remark="代码不符")
    waiting = add_person()
    join_organisation(waiting.actor, enterprise().actor.org_id or 0)
    people = {
        "/verify-again": add_person(verified=False),
        "/account/organisation": add_person(),
        "等待核对": waiting,
        "等待核验": enterprise(checked=False),
        "代码不符": refused,
        "登记为高校院所": institute(),
    }
    for words, person in people.items():
        answer = browser_of(person).get("/publish/need/new", headers={"Accept-Language": "zh"})
        assert answer.status_code == 403
        assert words in answer.text
        mine = browser_of(person).get("/publish/mine", headers={"Accept-Language": "zh"})
        assert mine.status_code == 200
        assert words in mine.text or words.startswith("登记为")
    assert browser_of(operator()).get("/publish/need/new").status_code == 403


@pytest.mark.parametrize("kind", ["need", "achievement", "expert"])
@how(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_text_in_any_field_is_kept_or_refused(
    browser_of: Browser, kind: str, data: st.DataObject
) -> None:
    """78: whatever is typed anywhere, the answer is 303 or 422, and a page that shows it still opens."""
    person = enterprise() if kind == "need" else institute()
    client = browser_of(person)
    number = draft(person, kind)
    for step, fields in SHEETS[kind].items():
        noise = {
            name: data.draw(st.one_of(st.just(value), st.text(max_size=80))) for name, value in fields.items()
        }
        typed = {
            name: [v.encode(errors="replace") for v in value]
            if isinstance(value, list)
            else value.encode(errors="replace")
            for name, value in noise.items()
        }
        answer = fill(client, kind, number, step, **typed)
        assert answer.status_code in (303, 422)
        assert client.get(f"/publish/{kind}/{number}/step/{step}").status_code == 200
    for path in ("", "/preview"):
        assert client.get(f"/publish/{kind}/{number}{path}").status_code == 200


@how(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=100).filter(
        lambda t: t.strip()
    )
)
def test_text_comes_back_as_it_was_typed(browser_of: Browser, text: str) -> None:
    """78: emoji, rare characters, markup: stored as typed (white space of a line made single), shown as text."""
    person = enterprise()
    number = draft(person, "need")
    client = browser_of(person)
    assert fill(client, "need", number, "what", title=text, problem=text).status_code == 303
    assert load("need", number).title == " ".join(text.split())
    assert load("need", number).problem == text.strip()
    assert client.get(f"/publish/need/{number}/preview").status_code == 200


def test_markup_is_shown_as_text(browser_of: Browser) -> None:
    """78: a script in every text field is text on every page of publishing."""
    person = enterprise()
    script = "<script>alert(1)</script>"
    number = draft(person, "need", title=script, problem=script, keywords=[script], detail_restricted=script)
    client = browser_of(person)
    paths = [f"/publish/need/{number}/step/{step.name}" for step in STEPS["need"]]
    for path in (*paths, f"/publish/need/{number}", f"/publish/need/{number}/preview", "/publish/mine"):
        page = client.get(path).text
        assert script not in page
        assert page.count("<script") == client.get("/account").text.count("<script") + page.count(
            "autosave.js"
        )
