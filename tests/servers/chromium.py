"""The machine's Chromium, driven by Playwright (whose own browsers are not needed)."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.servers import ServerUnavailableError

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    # nothing but this machine is ever asked
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)  # fmt: skip


def executable() -> Path:
    """Chromium's path: CHROMIUM, else the usual names; raises when there is none."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        raise ServerUnavailableError("Chromium: none installed (CHROMIUM=/path, or the package chromium)")
    return Path(found)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser; each of its contexts is a person of their own, with an empty profile."""
    path = executable()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(path), args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()
