"""The portal on a database of the test's own, and people who are signed in to it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config.settings import Settings
from matcher.db import reading
from matcher.models import User
from tests.factories import Person
from web.app import create_app


@pytest.fixture
def app(settings: Settings) -> Flask:
    """The portal; its broker is not running unless the test asks for one."""
    return create_app(settings)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor's browser."""
    return app.test_client()


@pytest.fixture
def browser_of(app: Flask) -> Callable[[Person], FlaskClient]:
    """Make a browser in which that person is signed in."""

    def make(person: Person) -> FlaskClient:
        client = app.test_client()
        with reading() as session:
            epoch = session.get_one(User, person.id).session_epoch
        with client.session_transaction() as cookie:
            cookie["_user_id"] = f"{person.id}:{epoch}"
            cookie["_fresh"] = True
        return client

    return make


def token_in(html: str) -> str:
    """The CSRF token of the first form of a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', html)
    assert found, "no form with a token"
    return found.group(1)
