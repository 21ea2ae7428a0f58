"""Whatever is sent to the API, the answer is one that the document describes."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from schemathesis.checks import CHECKS, load_all_checks

from config.settings import Settings
from indexes.opening import ensure_live, open_engine
from matcher.actions.accounts import create_token
from tests import factories as make
from tests.prices import Talks
from web.api.operation import OPERATIONS
from web.app import create_app

NAMES = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "ignored_auth",
)


@pytest.fixture
def portal(settings: Settings) -> tuple[Flask, str]:
    """The portal with a record of each kind, a match, a case at 议价, and a token that may do everything."""
    talks = Talks()
    firm, lab = talks.firm, talks.lab
    make.matched(make.published(firm, "need"), make.published(lab, "achievement"))
    make.draft(firm, "need")
    ensure_live(open_engine(settings), None)
    return create_app(settings), create_token(firm.actor, "测试", ["read", "write", "answer", "cases"])


def test_every_answer_is_described(portal: tuple[Flask, str]) -> None:
    """75: no 5xx, every status, header, type and body as documented, and tokens really required."""
    app, token = portal
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    load_all_checks()
    checks = CHECKS.get_by_names(NAMES)
    assert len(checks) == len(NAMES)
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        tried += 1

        @budget(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
        @given(case=operation.as_strategy())
        def answers_as_described(case: Any) -> None:
            case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=checks)

        answers_as_described()
    assert tried == len(OPERATIONS)
