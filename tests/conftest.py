"""What every test has: real servers on request, settings of its own, no network beyond this machine, no stray mail."""

import hypothesis
import pytest
from pytest_socket import socket_allow_hosts

pytest_plugins = [
    "tests.fixtures.servers",
    "tests.fixtures.platform",
    "tests.fixtures.mail",
    "tests.fixtures.browser",
    "tests.fixtures.queries",
]

# what an example may take depends on what else the machine does
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")
LOCAL = ["127.0.0.1", "::1", "localhost"]


def pytest_runtest_setup() -> None:
    """Only this machine is ever connected to."""
    socket_allow_hosts(LOCAL, allow_unix_socket=True)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`database` runs a test on SQLite and PostgreSQL, `engines` on the embedded engine and Elasticsearch."""
    if "database" in metafunc.fixturenames:
        metafunc.parametrize("backend", ["sqlite", "postgres"], indirect=True)
    if "engines" in metafunc.fixturenames:
        metafunc.parametrize("engine_kind", ["embedded", "elastic"], indirect=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With several test processes, only one of them starts the large server."""
    for item in items:
        parameters = (
            item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        )
        asks = "elasticsearch_url" in getattr(item, "fixturenames", ())
        if asks or parameters.get("engine_kind") == "elastic":
            item.add_marker(pytest.mark.xdist_group("elasticsearch"))
